"""Files damaged below the level of records: cut, flipped, zeroed, mixed up."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import deflate

from tests.verify.museum.exhibit import MEND, Exhibit, restored
from tests.verify.museum.piece import Piece

Places = dict[str, tuple[int, int]]


def _bytes(what: str, damage: Callable[[bytearray, Places], bytes | bytearray], *said: str) -> Exhibit:
    def set_up(piece: Piece) -> None:
        piece.damage = damage

    return Exhibit(what, set_up, restored(*said))


def _cut(data: bytearray, places: Places) -> bytearray:
    return data[:-5]


def _cut_to_magic(data: bytearray, places: Places) -> bytearray:
    return data[: places["end"][0] + 2]


def _zeroed(data: bytearray, places: Places) -> bytearray:
    start, end = places["chunked"]
    data[start:end] = bytes(end - start)
    return data


def _zeroed_inside(data: bytearray, places: Places) -> bytearray:
    start = places["page"][0]
    data[start + 60 : start + 90] = bytes(30)
    return data


def _flip(role: str, offset: int, mask: int = 1) -> Callable[[bytearray, Places], bytearray]:
    """One bit in the gzip member of a record, counted from its end when *offset* is negative."""

    def damage(data: bytearray, places: Places) -> bytearray:
        start, end = places[role]
        data[(start if offset >= 0 else end) + offset] ^= mask
        return data

    return damage


def _garbage(garbage: bytes, role: str) -> Callable[[bytearray, Places], bytearray]:
    def damage(data: bytearray, places: Places) -> bytearray:
        end = places[role][1]
        return data[:end] + garbage + data[end:]

    return damage


def _trailer_twice(data: bytearray, places: Places) -> bytearray:
    end = places["page"][1]
    return data[:end] + data[end - 8 : end] + data[end:]


def _left_out(data: bytearray, places: Places) -> bytearray:
    start, end = places["chunked request"]
    return data[:start] + data[end:]


def _together(piece: Piece) -> None:
    """Two records in one gzip member, in the middle of the file."""
    page, request = bytes(piece["page"]), bytes(piece["page request"])

    def damage(data: bytearray, places: Places) -> bytearray:
        both = deflate.gzip_compress(page + request, 6)
        return data[: places["page"][0]] + both + data[places["page request"][1] :]

    piece.damage = damage


def _inside(role: str, change: Callable[[bytes], bytes]) -> Callable[[Piece], None]:
    """The text of a record changed and compressed again, so that only its own rules can tell."""

    def set_up(piece: Piece) -> None:
        changed = bytes(deflate.gzip_compress(change(bytes(piece[role])), 6))

        def damage(data: bytearray, places: Places) -> bytearray:
            start, end = places[role]
            return data[:start] + changed + data[end:]

        piece.damage = damage

    return set_up


def _of_one_member(piece: Piece) -> None:
    whole = b"".join(map(bytes, piece.records.values()))
    piece.damage = lambda data, places: bytes(deflate.gzip_compress(whole, 6))


def _named(data: bytearray, places: Places) -> bytearray:
    """A file name in a gzip header, as ``gzip`` puts it there."""
    start = places["page"][0]
    return data[:start] + b"\x1f\x8b\x08\x08" + data[start + 4 : start + 10] + b"name\x00" + data[start + 10 :]


def _bomb(piece: Piece) -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = compressor.compress(b"WARC/1.1\r\n") + b"".join(compressor.compress(bytes(1 << 24)) for _ in range(65))
    bomb = zeros + compressor.flush()
    piece.damage = lambda data, places: data[: places["end"][0]] + bomb


LOST_ORIGINAL = tuple(
    f"{role}: its original, {{page}}, is in none of the files; bring back the file that was being written at "
    "2026-03-01T04:05:06.000789Z."
    for role in ("revisit", "unchanged")
)
CHUNKED_LOST = "{chunked}, is in none of the files"

EXHIBITS = [
    _bytes("the tail torn off", _cut, "@end: the file ends inside it; " + MEND + "."),
    _bytes("two bytes of a member", _cut_to_magic,
           "odd metadata: 2 bytes that belong to no record follow it; " + MEND + "."),
    _bytes("a hole of zeros", _zeroed,
           "page request: {size_chunked} bytes that belong to no record follow it; " + MEND + ".",
           "chunked request: the record it is concurrent to, " + CHUNKED_LOST,
           "chunked metadata: the record it is concurrent to, " + CHUNKED_LOST),
    _bytes("zeros inside a member", _zeroed_inside,
           "@page: its gzip member is damaged",
           "page request: the record it is concurrent to, {page}, is in none of the files",
           *LOST_ORIGINAL),
    _bytes("a bit of a CRC", _flip("end", -8), "@end: the CRC-32 of its gzip member is not that of its bytes; "
           + MEND + "."),
    _bytes("a bit of a length", _flip("failed request", -4),
           "@failed request: the length at the end of its gzip member is not that of its bytes",
           "failed metadata: the record it is concurrent to, {failed request}, is in none of the files"),
    _bytes("a bit of a gzip time", _flip("page", 4),
           "page: the header of its gzip member is not as this program writes it"),
    _bytes("an unknown gzip flag", _flip("end", 3, 0x20),
           "@end: the header of its gzip member has flags that nobody knows; " + MEND + "."),
    _bytes("another compression", _flip("end", 2, 2),
           "odd metadata: {size_end} bytes that belong to no record follow it; " + MEND + "."),
    _bytes("a name in a gzip header", _named, "page: the header of its gzip member is not as this program writes it"),
    _bytes("bytes between records", _garbage(b"left by somebody", "page"),
           "page: 16 bytes that belong to no record follow it; " + MEND + "."),
    _bytes("the end of a member twice", _trailer_twice,
           "page: 8 bytes that belong to no record follow it; " + MEND + "."),
    _bytes("bytes behind the last record", _garbage(b"\x00", "end"),
           "end: 1 bytes that belong to no record follow it; " + MEND + "."),
    _bytes("a record left out", _left_out,
           "chunked: the record it is concurrent to, {chunked request}, is in none of the files"),
    Exhibit("two records in a member", _together, restored(
        "page: another record follows it in its gzip member",
        "page: the record it is concurrent to, {page request}, is in none of the files")),
    Exhibit("a character less", _inside("failed request", lambda data: data.replace(b"mirror.example\r\n\r\n\r\n",
            b"mirror.exampl\r\n\r\n\r\n")), restored(
        "failed request: its block is not followed by two line ends",
        "failed request: its WARC-Block-Digest is not that of its bytes",
        "failed request: it asks the host 'mirror.exampl', but its WARC-Target-URI is http://mirror.example/d")),
    Exhibit("no line ends behind the block", _inside("failed request", lambda data: data[:-4] + b"    "), restored(
        "failed request: its block is not followed by two line ends")),
    Exhibit("one line end behind the block", _inside("failed request", lambda data: data[:-2]), restored(
        "failed request: its block is not followed by two line ends")),
    Exhibit("no Content-Length", _inside("failed request", lambda data: data.replace(b"Content-Length: 41\r\n", b"")),
            restored("failed request: it has no Content-Length")),
    Exhibit("a Content-Length of letters", _inside("failed request",
            lambda data: data.replace(b"Content-Length: 41", b"Content-Length: 4E")),
            restored("failed request: its Content-Length '4E' is no number")),
    Exhibit("another text", _inside("page", lambda data: data.replace(b"river", b"lakes", 1)), restored(
        "page: its WARC-Block-Digest is not that of its bytes",
        "page: its WARC-Payload-Digest is not that of its bytes")),
    Exhibit("no WARC at all", _inside("end", lambda data: b"hello"), (
        "@end: it does not begin as a WARC record does; " + MEND + ".",)),
    Exhibit("a header without end", _inside("end", lambda data: data.partition(b"\r\n\r\n")[0]), (
        "@end: its header does not end; " + MEND + ".",)),
    Exhibit("one member for all", _of_one_member, (
        "file: several records share a gzip member; compress the file anew with one gzip member for each record.",)),
    Exhibit("a bomb", _bomb, (
        "@end: it is larger than 1073741824 bytes, which is taken for an attack; " + MEND + ".",)),
    _bytes("nothing", lambda data, places: b"", "file: it is empty"),
]  # fmt: skip
"""``@part``: the finding is at the place of that record and names no id."""
