"""What is shown first: the newest article of an index, or the newest page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.newest import Capture, newest_capture
from kcnacrawl.archive.pywb import ENVIRONMENT, find_pywb


def line(path: str, timestamp: str, mime: str, status: str = "200") -> str:
    """A line of an index for a page of one site."""
    fields = {"url": f"http://site/{path}", "mime": mime, "status": status}
    return f"site)/{path.rstrip('/')} {timestamp} {json.dumps(fields)}\n"


PAGE = line("a", "20260101000000", "text/html")
OLD = line("newstream/1700000000-1/", "20250101000000", "text/html")
NEW = line("newstream/1700000000-2/", "20250601000000", "warc/revisit")
GONE = line("newstream/1700000000-3/", "20251201000000", "text/html", "404")
RAW = 'urn:x 20270101000000 {"url": "urn:x", "mime": "text/html", "status": "200"}\n'


@pytest.mark.parametrize(
    ("lines", "newest"),
    [
        ([PAGE, OLD, NEW, GONE, RAW], Capture("20250601000000", "http://site/newstream/1700000000-2/")),
        ([PAGE, GONE], Capture("20260101000000", "http://site/a")),
        ([GONE, RAW], None),
        ([], None),
    ],
)
def test_newest(tmp_path: Path, lines: list[str], newest: Capture | None) -> None:
    index = tmp_path / "index.cdxj"
    index.write_text("".join(lines), "utf-8")
    assert newest_capture(index) == newest


def test_an_index_that_is_none(tmp_path: Path) -> None:
    index = tmp_path / "index.cdxj"
    index.write_text("nothing\n", "utf-8")
    with pytest.raises(ArchiveError, match=r"index\.cdxj cannot be read"):
        newest_capture(index)


def test_where_pywb_is_looked_for(tmp_path: Path) -> None:
    program = tmp_path / ENVIRONMENT / "bin/wayback"
    program.parent.mkdir(parents=True)
    program.touch()
    assert find_pywb(None, [tmp_path / "elsewhere", tmp_path]) == program
