"""Identities met before, in little memory."""

from __future__ import annotations

from hashlib import blake2b


class SeenIds:
    """A set of identities kept as 64-bit digests: about 70 bytes each, whatever their length.

    Two of a million identities share a digest with a chance of 3 in 100 million.
    """

    def __init__(self) -> None:
        self._digests: set[int] = set()

    def add(self, identity: str) -> bool:
        """Note an identity; whether it was new."""
        digest = int.from_bytes(blake2b(identity.encode(), digest_size=8).digest(), "big")
        if digest in self._digests:
            return False
        self._digests.add(digest)
        return True

    def __len__(self) -> int:
        return len(self._digests)
