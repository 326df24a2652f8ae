"""Photographs that no camera took: JPEG files of a real size, sky above and fields below, without a codec.

A baseline JPEG whose rows of blocks stand between restart markers, so that any rows put one below the other are a
picture. The rows are coded once; a picture is a choice of them.
"""

from __future__ import annotations

import struct
from functools import lru_cache

from kcnacrawl.replica.dice import Dice

WIDTH, HEIGHT = 640, 480
_BLOCK = 8
_LEVELS, _VARIANTS = 12, 4
_SKY, _FIELD = (90, 30, -40), (-30, -30, 30)
"""Brightness, blue and red differences, as the coefficients of blocks of one colour."""

# All codes of one length: plain to write, and legal as long as none is all ones.
_DC_BITS, _AC_BITS = 4, 5
_DC_SYMBOLS = bytes(range(12))
_AC_SYMBOLS = bytes([0x00, *range(0x01, 0x07), *range(0x11, 0x15), *range(0x21, 0x24), 0x31, 0x32])


@lru_cache(maxsize=64)
def photograph(seed: int) -> bytes:
    """A JPEG of 640 by 480, some 50 to 60 kB; another seed gives another picture, the same always the same."""
    dice = Dice(seed, 11)
    horizon = dice.between(20, 40)
    rows = []
    for row in range(HEIGHT // _BLOCK):
        is_sky = row < horizon
        level = (row * _LEVELS // horizon) if is_sky else (row - horizon) * _LEVELS // (60 - horizon)
        rows.append(_row(is_sky, min(_LEVELS - 1, level), dice.below(_VARIANTS)))
    scan = b"".join(data + bytes((0xFF, 0xD0 + i % 8)) for i, data in enumerate(rows[:-1])) + rows[-1]
    return _head() + scan + b"\xff\xd9"


@lru_cache(maxsize=1)
def _head() -> bytes:
    frame = struct.pack(">BHHB", 8, HEIGHT, WIDTH, 3) + bytes([1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0])
    dc = bytes([0x00, *(len(_DC_SYMBOLS) if i == _DC_BITS else 0 for i in range(1, 17))]) + _DC_SYMBOLS
    ac = bytes([0x10, *(len(_AC_SYMBOLS) if i == _AC_BITS else 0 for i in range(1, 17))]) + _AC_SYMBOLS
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            _segment(0xDB, bytes([0, *[10] * 64])),
            _segment(0xC0, frame),
            _segment(0xC4, dc),
            _segment(0xC4, ac),
            _segment(0xDD, struct.pack(">H", WIDTH // _BLOCK)),
            _segment(0xDA, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])),
        )
    )


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


@lru_cache(maxsize=2 * _LEVELS * _VARIANTS)
def _row(is_sky: bool, level: int, variant: int) -> bytes:
    dice = Dice(variant * 100 + level, 12 if is_sky else 13)
    light, blue, red = (value * (level + 6) // (_LEVELS + 6) for value in (_SKY if is_sky else _FIELD))
    bits, before = [], [0, 0, 0]
    for _ in range(WIDTH // _BLOCK):
        wanted = (light + dice.below(9) - 4, blue, red)
        for i, value in enumerate(wanted):
            bits.append(_number(_DC_SYMBOLS, _DC_BITS, 0, value - before[i]))
            bits.append(_texture(dice.below(64), 4 if is_sky else 14) if i == 0 else _code(_AC_SYMBOLS, _AC_BITS, 0))
            before[i] = value
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")


@lru_cache(maxsize=128)
def _texture(number: int, coefficients: int) -> str:
    """The codes of a block's details, up to its end."""
    dice = Dice(number, 14)
    drawn = [(dice.below(2), dice.between(1, 3) * (1 if dice.below(2) else -1)) for _ in range(coefficients)]
    return "".join(_number(_AC_SYMBOLS, _AC_BITS, run, value) for run, value in drawn) + _code(_AC_SYMBOLS, _AC_BITS, 0)


def _number(symbols: bytes, length: int, run: int, value: int) -> str:
    size = abs(value).bit_length()
    low = value if value > 0 else value + (1 << size) - 1
    return _code(symbols, length, run << 4 | size) + (f"{low:0{size}b}" if size else "")


def _code(symbols: bytes, length: int, symbol: int) -> str:
    return f"{symbols.index(symbol):0{length}b}"
