"""Digests of blocks and payloads computed again, in every notation that writers use."""

from __future__ import annotations

import base64
import hashlib
import re
from hashlib import sha256

Bytes = bytes | bytearray | memoryview

_ALGORITHMS = {
    **{name: name for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
    **{f"sha-{size}": f"sha{size}" for size in (1, 224, 256, 384, 512)},
}
_HEX = re.compile(r"[0-9a-fA-F]+")
_BASE32 = re.compile(r"[A-Za-z2-7]+=*")


class UnknownDigestError(Exception):
    """The digest cannot be checked; the message is its algorithm."""


class MalformedDigestError(Exception):
    """The value is no digest of its algorithm."""


def agrees(noted: bytes, data: Bytes) -> bool:
    """Whether a labelled digest is that of *data*: hexadecimal or Base32, any case, padded or not.

    :raises UnknownDigestError: when its algorithm is not known here
    :raises MalformedDigestError: when it cannot be a digest of its algorithm
    """
    if noted.startswith(b"sha256:") and noted[7:] == sha256(data).hexdigest().encode():
        return True
    return _agrees_slowly(noted, data)


def differ(one: bytes, other: bytes) -> bool:
    """Whether two labelled digests are of the same algorithm and not of the same bytes."""
    (label, value), (other_label, other_value) = _value(one), _value(other)
    return label is not None and label == other_label and value != other_value


def _value(noted: bytes) -> tuple[str | None, bytes]:
    label, _, value = noted.decode("latin-1").partition(":")
    name = _ALGORITHMS.get(label.lower())
    size = hashlib.new(name, usedforsecurity=False).digest_size if name else 0
    if len(value) == 2 * size and _HEX.fullmatch(value):
        return name, bytes.fromhex(value)
    bare = value.rstrip("=").upper()
    try:
        return name, base64.b32decode(bare + "=" * (-len(bare) % 8))
    except ValueError:
        return None, b""


def _agrees_slowly(noted: bytes, data: Bytes) -> bool:
    label, _, value = noted.decode("latin-1").partition(":")
    name = _ALGORITHMS.get(label.lower())
    if name is None:
        raise UnknownDigestError(label)
    computed = hashlib.new(name, data, usedforsecurity=False)
    if len(value) == 2 * computed.digest_size and _HEX.fullmatch(value):
        return value.lower() == computed.hexdigest()
    base32 = base64.b32encode(computed.digest()).decode()
    if len(value.rstrip("=")) != len(base32.rstrip("=")) or not _BASE32.fullmatch(value):
        raise MalformedDigestError
    return value.rstrip("=").upper() == base32.rstrip("=")
