"""What `scrapy wacz` says of lines and files that a package cannot vouch for."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from kcnacrawl.archive.wacz.check import check_wacz
from tests.crawl.running import scrapy
from tests.wacz.nights import Archive
from tests.wacz.test_command import packages


@pytest.fixture
def changeable(archive: Archive, tmp_path: Path) -> Path:
    """The same with files of its own."""
    shutil.copytree(archive.output / "warc", tmp_path / "output/warc")
    shutil.copytree(archive.output / "articles", tmp_path / "output/articles")
    return tmp_path


def test_a_file_that_is_gone_is_named(archive: Archive, changeable: Path) -> None:
    """Articles lead into it, and originals of revisits were in it."""
    gone = changeable / "output/warc" / archive.nights[0].warc.name
    gone.unlink()
    run = scrapy(changeable, "wacz")
    (name,) = packages(changeable)
    assert run.status == 1
    lacking, named = run.err.splitlines()[1:]
    assert re.fullmatch(
        rf"scrapy wacz: 6 records that revisits in {name} refer to are in no file of output/warc, so their pages "
        r"cannot be seen in it; bring back what was being written from \S+Z to \S+Z from a copy and make "
        r"another package\.",
        lacking,
    )
    assert re.fullmatch(
        rf"scrapy wacz: output/warc/{gone.name} is not there, and \d+ articles lead into it, so {name} lacks what it "
        r"held; bring the file back from a copy and make another package\.",
        named,
    )
    gone.write_bytes(archive.nights[0].warc.read_bytes())
    assert scrapy(changeable, "wacz", "-o", "whole.wacz").status == 0


def test_a_night_of_unchanged_pages_that_is_gone_is_named(archive: Archive, changeable: Path) -> None:
    """Only revisits were in it, and a new page: what its articles' receipts lead into first is there."""
    gone = changeable / "output/warc" / archive.nights[1].warc.name
    gone.unlink()
    lines = (changeable / f"output/articles/kcnawatch-{archive.nights[1].run}.jsonl").read_text("utf-8").splitlines()
    revisits = sum(json.loads(line)["receipt"]["revisit"] is not None for line in lines)
    assert (revisits, len(lines)) == (5, 6)
    named = f"scrapy wacz: output/warc/{gone.name} is not there, and 6 articles lead into it, "
    for options in ((), ("--from", "2026-11-21"), ("--spider", "kcnawatch")):
        run = scrapy(changeable, "wacz", "-o", f"{len(packages(changeable))}.wacz", *options)
        assert (run.status, run.err.count(named), len(run.err.splitlines())) == (1, 1, 2), run.err
    for options in (("--from", "2026-11-22"), ("--to", "2026-11-20"), ("--run", archive.nights[0].run)):
        run = scrapy(changeable, "wacz", "-o", f"{len(packages(changeable))}.wacz", *options)
        assert (run.status, len(run.err.splitlines())) == (0, 1), run.err


@pytest.mark.parametrize("of_revisit", [False, True])
def test_a_file_of_photos_that_is_gone_is_named(archive: Archive, changeable: Path, of_revisit: bool) -> None:
    path = changeable / f"output/articles/kcnawatch-{archive.nights[1].run}.jsonl"
    first, *others = path.read_text("utf-8").splitlines(keepends=True)
    item = json.loads(first)
    part = {"warc": "kcnawatch-gone.warc.gz", "date": "2026-11-19T21:00:00.000000Z"}
    receipt = item["receipt"] | {"revisit": part} if of_revisit else item["receipt"] | part | {"revisit": None}
    item["photos"] = [{"url": "http://mirror.example/a.jpg", "order": order, "receipt": receipt} for order in (1, 2)]
    path.write_text("".join([json.dumps(item, ensure_ascii=False) + "\n", *others]), "utf-8")
    run = scrapy(changeable, "wacz", "-o", "a.wacz", "--run", archive.nights[1].run)
    assert (run.status, run.err.splitlines()[1:]) == (
        1,
        [
            "scrapy wacz: output/warc/kcnawatch-gone.warc.gz is not there, and 1 article leads into it, so a.wacz "
            "lacks what it held; bring the file back from a copy and make another package."
        ],
    )
    # It was fetched earlier than the pages that are asked for.
    run = scrapy(changeable, "wacz", "-o", "b.wacz", "--from", "2026-11-21", "--no-requisites")
    assert (run.status, len(run.err.splitlines())) == (0, 1), run.err


def test_a_line_that_was_altered_is_told(archive: Archive, changeable: Path) -> None:
    path = min((changeable / "output/articles").rglob("*.jsonl"))
    first, *others = path.read_text("utf-8").splitlines(keepends=True)
    item = json.loads(first)
    item["body"] += " And more."
    path.write_text("".join([json.dumps(item, ensure_ascii=False) + "\n", *others]), "utf-8")
    run = scrapy(changeable, "wacz", "-o", "altered.wacz")
    assert (changeable / "altered.wacz").exists()
    place = f"{path.relative_to(changeable)}:1, {item['id']}"
    assert (run.status, run.err.splitlines()[1:]) == (
        1,
        [
            "scrapy wacz: 1 line of articles in altered.wacz was altered: title and text do not give the text_digest "
            f"({place}); `scrapy verify` tells what the pages say and what to do, make another package then."
        ],
    )
    run = scrapy(changeable, "wacz", "-o", "third.wacz", "--run", archive.nights[2].run)
    assert run.status == 0, "the line is of another night"


def test_a_line_that_is_no_article_is_told(archive: Archive, changeable: Path) -> None:
    path = changeable / f"output/articles/kcnawatch-{archive.nights[0].run}.jsonl"
    whole = path.read_bytes()
    first, *others = whole.splitlines(keepends=True)
    nameless = json.dumps({name: value for name, value in json.loads(first).items() if name != "id"}).encode() + b"\n"
    path.write_bytes(b"".join([nameless, *others[:-1], b"[]\n", others[-1][:90]]))
    name, last = path.relative_to(changeable), len(others) + 2
    said = (
        f"3 lines of articles hold no article in JSON ({name}:1; {name}:{last - 1}; {name}:{last}) and are left out of "
        "{}; `scrapy verify` tells what the pages say and what to do, make another package then."
    )
    for number, options in enumerate(((), ("--run", archive.nights[0].run), ("--to", "2026-11-20"))):
        run = scrapy(changeable, "wacz", "-o", f"{number}.wacz", *options)
        assert (run.status, run.err.splitlines()[1:]) == (1, [f"scrapy wacz: {said.format(f'{number}.wacz')}"])
        found = list(check_wacz(changeable / f"{number}.wacz"))
        assert found == [], found
    run = scrapy(changeable, "wacz", "-o", "second.wacz", "--run", archive.nights[1].run)
    assert run.status == 0, "the lines are beside articles of another night"
    path.write_bytes(whole.removesuffix(b"\n"))
    run = scrapy(changeable, "wacz", "-o", "unended.wacz")
    assert run.status == 0, run.err
    with zipfile.ZipFile(changeable / "unended.wacz") as package:
        assert package.read(f"data/articles-{path.name}") == path.read_bytes()
    assert list(check_wacz(changeable / "unended.wacz")) == []
