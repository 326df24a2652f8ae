"""Packages that py-wacz makes: sound but for what it leaves out, and held against their records like any other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kcnacrawl.archive.wacz.check import check_wacz
from tests.wacz.lying import index_line, listed_pages
from tests.wacz.museum import plain
from tests.wacz.nights import Archive
from tests.wacz.packing import Packed
from tests.wacz.rebuilding import rebuild

REMAKE = "make the package again from its WARC files (scrapy wacz)."


@pytest.fixture(scope="module")
def other(archive: Archive, whole: Packed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of all nights, with a list of pages of somebody's own."""
    folder = tmp_path_factory.mktemp("other")
    path, pages = folder / "other.wacz", folder / "pages.jsonl"
    some = [{"id": page["id"], "url": page["url"], "ts": page["ts"], "title": "Own"} for page in whole.pages()[:2]]
    header = {"format": "json-pages-1.0", "id": "pages", "title": "Own"}
    pages.write_text("".join(json.dumps(line) + "\n" for line in (header, *some)))
    warcs = [str(night.warc) for night in archive.nights]
    # Not in this process: what it does to the indexer that it uses stays.
    program = Path(sys.executable).with_name("wacz")
    subprocess.run([program, "create", "-o", path, "-p", pages, *warcs], check=True, capture_output=True)
    return path


def told(path: Path) -> list[str]:
    return [str(finding).removeprefix(f"{path}!/") for finding in check_wacz(path, 1)]


def test_what_py_wacz_makes_is_sound(other: Path) -> None:
    """It leaves out the status of a revisit without head, which the specification asks for."""
    assert told(other) == [f"indexes/index.cdx.gz:16: it has no status; {REMAKE}"]


def test_another_digest_of_the_same_bytes_is_right(other: Path, tmp_path: Path) -> None:
    """Some indexers leave out the name of the algorithm."""
    good = len(told(other))

    def bare(lines: list[bytes]) -> list[bytes]:
        return [line.replace(b'"digest": "sha256:', b'"digest": "') for line in lines]

    assert len(told(rebuild(other, tmp_path / "bare.wacz", plain(bare)))) == good


LIES = {
    "digest": "its digest is 'sha256:" + "0" * 64 + "', but the record at ",
    "status": "its status is '404', but the record at ",
    "mime": "its mime is 'image/gif', but the record at ",
}
VALUES = {"digest": "sha256:" + "0" * 64, "status": "404", "mime": "image/gif"}


@pytest.mark.parametrize("name", LIES)
def test_an_index_line_that_lies_is_told(name: str, other: Path, tmp_path: Path) -> None:
    path = rebuild(other, tmp_path / "lie.wacz", index_line(0, **{name: VALUES[name]}))  # type: ignore[arg-type]
    assert [line for line in told(path) if LIES[name] in line]


def test_a_key_under_which_nobody_looks_is_told(other: Path, tmp_path: Path) -> None:
    def change(lines: list[bytes]) -> list[bytes]:
        return sorted([b"zz,zz" + lines[0][lines[0].index(b")") :], *lines[1:]])

    new = [line for line in told(rebuild(other, tmp_path / "lie.wacz", plain(change))) if " its key is 'zz,zz)" in line]
    assert len(new) == 1


def test_pages_of_others_must_be_there_and_may_say_what_they_like(other: Path, tmp_path: Path) -> None:
    good = told(other)

    def change(lines: list[dict[str, object]]) -> None:
        lines[1].update(title="Another", text="Other words.")
        lines[2].update(url="http://a.example/")

    (new,) = set(told(rebuild(other, tmp_path / "lie.wacz", listed_pages(change)))) - set(good)
    assert new.startswith("pages/pages.jsonl:3: the index has no capture of http://a.example/ at ")
