"""What is wrong with a gzip member, in words for people who do not know zlib's."""

from __future__ import annotations

import zlib

_WHY = {
    "incorrect header check": "no gzip member begins here",
    "incorrect data check": "the CRC-32 of its gzip member is not that of its bytes",
    "incorrect length check": "the length at the end of its gzip member is not that of its bytes",
    "unknown compression method": "no gzip member begins here",
    "unknown header flags set": "the header of its gzip member has flags that nobody knows",
    "header crc mismatch": "the header of its gzip member does not agree with its CRC",
}


def member_flaw(error: zlib.error) -> str:
    """A clause without full stop about the record in the member."""
    # Which of zlib's other words come up depends on bytes that mean nothing to a reader.
    return _WHY.get(str(error).rpartition("data: ")[2], "its gzip member is damaged")
