"""Identities met before, in little memory."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b


class SeenIds:
    """A set of identities kept as 64-bit digests: about 70 bytes each, whatever their length.

    Two of a million identities share a digest with a chance of 3 in 100 million.
    """

    def __init__(self) -> None:
        self._digests: set[int] = set()

    def add(self, identity: str) -> bool:
        """Note an identity; whether it was new."""
        before = len(self._digests)
        self._digests.add(_digest(identity))
        return len(self._digests) > before

    @classmethod
    def common(cls, sets: Iterable[SeenIds]) -> SeenIds:
        """The identities that are in all of them, of which there must be one at least."""
        seen = cls()
        seen._digests = set.intersection(*(other._digests for other in sets))
        return seen

    def __contains__(self, identity: str) -> bool:
        return bool(self._digests) and _digest(identity) in self._digests

    def __len__(self) -> int:
        return len(self._digests)


def _digest(identity: str) -> int:
    return int.from_bytes(blake2b(identity.encode(), digest_size=8).digest(), "big")
