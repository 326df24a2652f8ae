"""ECDSA over P-384 by the textbook, to have a second opinion on signatures."""

from __future__ import annotations

import hashlib

P = 2**384 - 2**128 - 2**96 + 2**32 - 1
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
G = (
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
)
SPKI = bytes.fromhex("3076301006072a8648ce3d020106052b81040022036200")
"""What stands before the point in a ``SubjectPublicKeyInfo`` of this curve (RFC 5480)."""

Point = tuple[int, int] | None


def add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % P == 0:
            return None
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope * slope - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(factor: int, point: Point) -> Point:
    result: Point = None
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


def verifies(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature (two numbers of 48 bytes) of a message's SHA-256 is by a key (DER)."""
    assert public_key.startswith(SPKI + b"\x04")
    assert len(public_key) == len(SPKI) + 97
    assert len(signature) == 96
    point = int.from_bytes(public_key[-96:-48]), int.from_bytes(public_key[-48:])
    r, s = int.from_bytes(signature[:48]), int.from_bytes(signature[48:])
    digest = int.from_bytes(hashlib.sha256(message).digest())
    inverse = pow(s, -1, N)
    found = add(times(digest * inverse % N, G), times(r * inverse % N, point))
    return found is not None and found[0] % N == r
