"""A file as a run leaves it that is killed: what is in it, and where each capture ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastWarcIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from kcnacrawl.archive.exchange import Exchange
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.checklist import check_file, raw_records
from tests.archive.samples import CHUNKED, NASTY, PLAIN, exchange

INFO = {"software": "kcnacrawl/0"}

CAPTURES = [
    exchange(CHUNKED),
    exchange(NASTY["names that look like ours"]),
    exchange(PLAIN, hops="LR"),
    exchange(NASTY["until close"]),
    exchange(b"nonsense"),
    exchange(b"nonsense", sent=b""),
    exchange(b"", error="The connection was closed."),
    exchange(b"", sent=b"", error="The name does not resolve."),
    exchange(PLAIN),
]
"""Captures of one to four records, with and without something behind that they need."""


@dataclass(frozen=True)
class LeftOver:
    """An open file of a dead run."""

    name: str
    """Its final name."""

    data: bytes
    ends: list[int]
    """Where the first record and then each capture ends."""

    def last_whole(self, size: int) -> int:
        """Where the last capture ends that is whole in the first *size* bytes."""
        return max((end for end in self.ends if end <= size), default=0)

    def put(self, folder: Path, data: bytes) -> Path:
        """Leave *data* behind under the name the file had while it was written."""
        path = folder / f"{self.name}.open"
        path.write_bytes(data)
        return path


def left_over(folder: Path, exchanges: list[Exchange], *, level: int = 4) -> LeftOver:
    """Write exchanges; the file as it was before it was closed."""
    writer = WarcWriter(folder, "dead", info=INFO, level=level)
    ends = [writer.bytes_written]
    for one in exchanges:
        writer.write(one)
        ends.append(writer.bytes_written)
    data = writer.path.read_bytes()
    (path,) = writer.close()
    path.unlink()
    return LeftOver(path.name, data, ends)


def without_loss(path: Path) -> bytes:
    """The bytes of a mended file up to the record that says what was lost; that must be there, and be the last."""
    last = raw_records(path)[-1]
    assert last.type == "metadata"
    assert last["WARC-Target-URI"] == f"urn:kcnacrawl:mended:{path.name}"
    return path.read_bytes()[: last.offset]


def check_readable(path: Path) -> None:
    """Our checklist, warcio and FastWARC read the same records."""
    ours = [(one.offset, one.fields, one.block) for one in check_file(path)]
    check_same(path, ours)


def check_same(path: Path, ours: list[tuple[int, list[tuple[str, str]], bytes]] | None = None) -> None:
    """Warcio and FastWARC read the same records as we do; what is said in them is not looked at."""
    if ours is None:
        ours = [(one.offset, one.fields, one.block) for one in raw_records(path)]
    with path.open("rb") as file:
        warcio = [
            (one.rec_headers.headers, one.raw_stream.read()) for one in WarcioIterator(file, no_record_parse=True)
        ]
    assert warcio == [(fields, block) for _, fields, block in ours]
    fastwarc = [
        (one.stream_pos, list(one.headers.items()), one.reader.read())
        for one in FastWarcIterator(str(path), parse_http=False)
    ]
    assert fastwarc == ours
