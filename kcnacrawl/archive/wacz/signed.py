"""By whom a package is signed: who takes ``signedData`` out leaves a package that is whole, and signed by nobody."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.wacz.check_lists import DIGEST
from kcnacrawl.archive.wacz.signing import ANONYMOUS, is_signature
from kcnacrawl.archive.wacz.subject import PACKAGE, Subject

_REMEDY = "get the package anew from whoever signed it"


@dataclass(frozen=True, slots=True)
class Signed:
    """What is known of the signature of a package."""

    path: Path
    clause: str
    """In words: whether it is signed, with which key, when."""

    key: str | None = None
    """``sha256:`` and the hash of the public key; null when there is no anonymous signature, or it does not hold."""

    def __str__(self) -> str:
        return f"{self.path}: {self.clause}."

    def flaws(self, wanted: str) -> Iterator[Finding]:
        """A finding when it is not signed with a key.

        :param wanted: as ``key``
        """
        if self.key != wanted:
            clause = f"it is {self.clause}; the key asked for is {wanted}"
            yield Finding(str(self.path), None, None, clause, _REMEDY)


def read_signed(path: Path) -> Signed | None:
    """The signature of a package; null when that is no whole ZIP file, which is told where it is checked."""
    try:
        with Subject(path) as subject:
            signed = (subject.json(DIGEST) or {}).get("signedData")
            found = f"sha256:{hashlib.sha256(subject.read(PACKAGE)).hexdigest()}"
    except (zipfile.BadZipFile, OSError):
        return None
    if signed is None:
        return Signed(path, "not signed")
    if isinstance(signed, dict) and "domain" in signed:
        return Signed(path, f"signed for the domain {shown(str(signed['domain']))}, which is not checked here")
    if not _holds(signed, found):
        return Signed(path, "signed, but the signature does not hold")
    key = f"sha256:{hashlib.sha256(base64.b64decode(signed['publicKey'])).hexdigest()}"
    return Signed(path, f"signed with the key {key} at {shown(signed['created'])}", key)


def _holds(signed: Any, found: str) -> bool:
    """Whether it is a signature of a hash."""
    if not isinstance(signed, dict) or not all(isinstance(signed.get(name), str) for name in ANONYMOUS):
        return False
    return bool(signed["hash"] == found) and is_signature(signed)
