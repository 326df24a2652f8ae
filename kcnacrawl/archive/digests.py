"""Digests as WARC files write them: ours, and those of other writers."""

from __future__ import annotations

import base64
import hashlib

_ALGORITHMS = {
    "sha1": "sha1",
    "sha-1": "sha1",
    "sha256": "sha256",
    "sha-256": "sha256",
    "sha512": "sha512",
    "md5": "md5",
}


def agrees(noted: str, data: bytes | memoryview) -> bool:
    """Whether a labelled digest (``sha256:<hex>``, ``sha1:<Base32>``) is that of *data*.

    :raises ValueError: when its algorithm is not known here
    """
    label, _, value = noted.partition(":")
    algorithm = _ALGORITHMS.get(label.strip().lower())
    if algorithm is None:
        raise ValueError(f"the digest algorithm {label[:20]!r} is not known")
    digest = hashlib.new(algorithm, data, usedforsecurity=False)
    value = value.strip().lower()
    if value == digest.hexdigest():
        return True
    base32 = base64.b32encode(digest.digest()).decode().lower()
    return value in (base32, base32.rstrip("="))
