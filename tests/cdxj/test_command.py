"""``scrapy cdxj`` as a person uses it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kcnacrawl.counted import counted
from kcnacrawl.replica import Replica
from tests.cdxj.reference import record, reference, write
from tests.crawl.running import crawl, scrapy


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archive of a crawl."""
    folder = tmp_path_factory.mktemp("project")
    with Replica(articles=30) as site:
        assert crawl(folder, site.url, "-a", "limit=12").status == 0
    return folder


def test_the_index_of_a_crawl_is_that_of_the_reference(project: Path) -> None:
    run = scrapy(project, "cdxj")
    warcs = sorted((project / "output/warc").glob("*.warc.gz"))
    assert (run.status, run.out) == (0, "")
    assert run.err == f"{counted(len(warcs), 'file')} indexed, 0 known already: output/cdxj/index.cdxj\n"
    index = project / "output/cdxj/index.cdxj"
    assert index.read_bytes().splitlines(keepends=True) == reference(warcs)
    assert len(reference(warcs)) > 12
    again = scrapy(project, "cdxj")
    assert again.err == f"0 files indexed, {len(warcs)} known already: output/cdxj/index.cdxj\n"


def test_zipnum_of_the_archive(project: Path, tmp_path: Path) -> None:
    run = scrapy(project, "cdxj", "--zipnum", "-s", f"CDXJ_DIR={tmp_path}")
    assert run.status == 0
    warcs = sorted((project / "output/warc").glob("*.warc.gz"))
    assert gzip.decompress((tmp_path / "index.cdx.gz").read_bytes()).splitlines(keepends=True) == reference(warcs)
    assert scrapy(project, "cdxj", "-s", "CDXJ_ZIPNUM_BYTES=10", "-s", f"CDXJ_DIR={tmp_path}").err.endswith(".idx\n")


def test_named_files_go_to_standard_output_or_a_new_file(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{name}.warc.gz", [record(url=f"http://a.kp/{name}")]) for name in "ba"]
    names = [path.name for path in paths]
    run = scrapy(tmp_path, "cdxj", *names)
    assert run.status == 0
    assert run.out.encode().splitlines(keepends=True) == reference(paths)
    assert run.err == ""
    assert scrapy(tmp_path, "cdxj", *names, "-o", "x.cdxj").status == 0
    assert (tmp_path / "x.cdxj").read_text() == run.out
    taken = scrapy(tmp_path, "cdxj", *names, "-o", "x.cdxj")
    assert (taken.status, taken.err) == (1, "scrapy cdxj: x.cdxj is there already; name another file.\n")
    assert scrapy(tmp_path, "cdxj", *names, "--zipnum", "-o", "x.cdx.gz", "--processes", "1").status == 0
    assert gzip.decompress((tmp_path / "x.cdx.gz").read_bytes()).decode() == run.out
    assert (
        json.loads((tmp_path / "x.idx").read_text().partition("!meta 0 ")[2].splitlines()[0])["filename"] == "x.cdx.gz"
    )


def test_files_that_cannot_be_indexed_do_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path / "a.warc.gz", [record()])
    (tmp_path / "b.warc.gz").touch()
    run = scrapy(tmp_path, "cdxj", "a.warc.gz", "b.warc.gz", "c.warc.gz")
    assert (run.status, run.out.count("\n")) == (1, 1)
    assert run.err == "scrapy cdxj: b.warc.gz is empty.\nscrapy cdxj: c.warc.gz does not exist.\n"
    none = scrapy(tmp_path, "cdxj", "b.warc.gz", "-o", "x.cdxj")
    assert (none.status, none.err) == (1, "scrapy cdxj: b.warc.gz is empty.\n")
    assert not (tmp_path / "x.cdxj").exists()


def test_damage_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [record(url=f"http://a.kp/{name}") for name in "ab"])
    path.write_bytes(path.read_bytes()[:-10])
    run = scrapy(tmp_path, "cdxj", "a.warc.gz")
    assert run.status == 1
    assert run.out.startswith("kp,a)/a ")
    offset = len(gzip.compress(record(url="http://a.kp/a")))
    assert run.err == f"scrapy cdxj: a.warc.gz: the record at {offset} is damaged: the file ends inside it.\n"
    (tmp_path / "output/warc").mkdir(parents=True)
    path.rename(tmp_path / "output/warc/a.warc.gz")
    for _ in range(2):
        run = scrapy(tmp_path, "cdxj")
        assert run.status == 1
        assert f"scrapy cdxj: output/warc/a.warc.gz: the record at {offset} is damaged" in run.err
        assert (tmp_path / "output/cdxj/index.cdxj").read_text().count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["missing.warc.gz"], 1, "scrapy cdxj: missing.warc.gz does not exist."),
        (
            [],
            1,
            "scrapy cdxj: There is no folder output/warc; a first crawl makes it. If it was there, bring it back from "
            "a copy, or say with -s WARC_DIR=FOLDER where it is.",
        ),
        (["--processes", "0"], 2, "--processes is 0; it must be at least 1."),
        (["-o", "x"], 2, "-o and --no-post are for named files"),
        (["a", "--anew"], 2, "--anew is for the index of the archive"),
        (["a", "--zipnum"], 2, "name the first with -o, ending in .cdx.gz"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path, arguments: list[str], status: int, sentence: str) -> None:
    run = scrapy(tmp_path, "cdxj", *arguments)
    assert run.status == status
    assert sentence in run.err
    assert "Traceback" not in run.err


def test_a_file_that_is_gone_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "output/warc").mkdir(parents=True)
    for name in "ab":
        write(tmp_path / f"output/warc/{name}.warc.gz", [record(url=f"http://a.kp/{name}")])
    assert scrapy(tmp_path, "cdxj").status == 0
    (tmp_path / "output/warc/a.warc.gz").unlink()
    run = scrapy(tmp_path, "cdxj")
    told = (
        "scrapy cdxj: output/warc/a.warc.gz is gone, so its lines were taken out of the index; bring it back from a "
        "copy and index again, or, if it was removed on purpose, leave it so."
    )
    summary = "0 files indexed, 1 known already, 1 gone: output/cdxj/index.cdxj"
    assert (run.status, run.err.splitlines()) == (1, [told, summary])
    assert scrapy(tmp_path, "cdxj").status == 0
