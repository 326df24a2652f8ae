"""A file of articles that is damaged or gone is made again, to the byte, by the command that the finding names."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.replica import Replica
from kcnacrawl.settings import ITEM_PIPELINES
from tests.crawl.breaking import again, broken_off
from tests.crawl.running import Run, crawl, scrapy
from tests.verify.museum.piece import exchange, page

WIDE = ("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8", "-s", "CONCURRENT_REQUESTS=16")
WITH_PHOTOS = ("-s", "REQUISITES_ENABLED=True")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls, one after another and not alike; the second asked for much at once and got revisits."""
    folder = tmp_path_factory.mktemp("nights")
    with Replica(articles=24) as site:
        assert crawl(folder, site.url, "-s", "WARC_MAX_BYTES=100000").status == 0
        site.amend("Amended since.", *list(site.paths())[:3])
        assert crawl(folder, site.url, *WIDE).status == 0
    return folder


@pytest.fixture
def folder(nights: Path, tmp_path: Path) -> Path:
    return shutil.copytree(nights, tmp_path / "a folder")


def files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("output/articles/*.jsonl"))
    assert found
    return found


def name_of(path: Path) -> str:
    return path.stem.removeprefix("kcnawatch-")


def commands(run: Run) -> list[str]:
    """The commands that the findings name, each once, as they stand there."""
    return list(dict.fromkeys(re.findall(r"`(scrapy [^`]+)`", run.out)))


def only_command(folder: Path, *arguments: str) -> str:
    """The command that the findings of ``scrapy verify`` name."""
    told = scrapy(folder, "verify", *arguments)
    assert told.status == 1
    (command,) = commands(told)
    return command


def follow(folder: Path, *arguments: str) -> None:
    """Do what ``scrapy verify`` says, and have nothing left to say."""
    done = scrapy(folder, *shlex.split(only_command(folder, *arguments))[1:])
    assert done.status == 0, done.err
    for kind in ((), ("--chain",)):
        proof = scrapy(folder, "verify", *kind)
        assert proof.status == 0, proof.out


@pytest.mark.parametrize("more", [(), WIDE, ("-a", "limit=7", *WIDE)])
def test_a_crawl_writes_its_lines_in_the_order_of_their_records(tmp_path: Path, more: tuple[str, ...]) -> None:
    with Replica(articles=24) as site:
        assert crawl(tmp_path, site.url, *more).status == 0
    (path,) = files(tmp_path)
    assert scrapy(tmp_path, "reextract", "output/warc", "-o", "again.jsonl").status == 0
    assert (tmp_path / "again.jsonl").read_bytes() == path.read_bytes()


def test_a_pipeline_behind_may_put_out_what_it_likes(tmp_path: Path) -> None:
    pipelines = json.dumps(ITEM_PIPELINES | {"tests.crawl.behind.OtherItems": 900})
    with Replica(articles=24) as site:
        run = crawl(tmp_path, site.url, *WITH_PHOTOS, *WIDE, "-s", f"ITEM_PIPELINES={pipelines}")
        (path,) = files(tmp_path)
        found = [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]
        path.unlink()
        whole = scrapy(tmp_path, "reextract", "output/warc", "-o", str(path))
    assert whole.status == 0
    every = [article["id"] for article in Run(tmp_path, 0, "", "").articles]
    assert found == [one for number, one in enumerate(every, 1) if number % 3 and number % 5]
    assert len(found) == 13
    # Three were lost to an error of that pipeline.
    assert run.status == 1
    assert "3 errors in the program" in run.err


def test_a_slow_pipeline_behind_while_others_drop_what_is_beyond_the_limit(tmp_path: Path) -> None:
    pipelines = json.dumps(ITEM_PIPELINES | {"tests.crawl.behind.SlowItems": 900})
    more = (*WITH_PHOTOS, *WIDE, "-a", "limit=7", "-s", f"ITEM_PIPELINES={pipelines}")
    with Replica(articles=24) as site:
        run = crawl(tmp_path, site.url, *more, timeout=60)
    assert (run.status, run.summary["reason"]) == (0, "limit")
    (path,) = files(tmp_path)
    assert scrapy(tmp_path, "reextract", "output/warc", "-o", "again.jsonl").status == 0
    ids = [
        [json.loads(line)["id"] for line in one.read_bytes().splitlines()] for one in (path, tmp_path / "again.jsonl")
    ]
    assert len(ids[0]) == 7
    assert ids[0] == ids[1]


def test_each_crawl_of_a_folder_is_made_again_by_its_name(nights: Path, tmp_path: Path) -> None:
    for path in files(nights):
        output = tmp_path / path.name
        run = scrapy(nights, "reextract", "output/warc", "--crawl", name_of(path), "-o", str(output))
        assert run.status == 0, run.err
        assert output.read_bytes() == path.read_bytes()


def _edit(change: Callable[[list[bytes]], object]) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        lines = path.read_bytes().splitlines(keepends=True)
        change(lines)
        path.write_bytes(b"".join(lines))

    return edit


def _alter(lines: list[bytes]) -> None:
    lines[3] = lines[3].replace(b'"title":"', b'"title":"Not ', 1)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "altered": _edit(_alter),
    "torn": _edit(lambda lines: lines.__setitem__(5, lines[5][:70] + b"\n")),
    "twice": _edit(lambda lines: lines.insert(9, lines[4])),
    "nothing whole": _edit(lambda lines: lines.__setitem__(slice(None), [b'{"id":\n'])),
    "a line gone": _edit(lambda lines: lines.pop(2)),
    "gone": Path.unlink,
}


@pytest.mark.parametrize(("number", "damage"), [(number % 2, damage) for number, damage in enumerate(DAMAGES)])
def test_the_command_in_the_finding_makes_the_file_again(folder: Path, number: int, damage: str) -> None:
    path = files(folder)[number]
    before = path.read_bytes()
    for kind in ((), ("--chain",)):
        DAMAGES[damage](path)
        done = scrapy(folder, *shlex.split(only_command(folder, *kind))[1:])
        assert done.status == 0, done.err
        assert path.read_bytes() == before


def test_one_file_of_two_crawls_is_made_again(tmp_path: Path) -> None:
    with Replica(articles=12) as site:
        for _ in range(2):
            assert crawl(tmp_path, site.url, "-o", "all.jsonl").status == 0
    before = (tmp_path / "all.jsonl").read_bytes()
    (tmp_path / "all.jsonl").write_bytes(before[:-50])
    follow(tmp_path, "--chain")
    assert (tmp_path / "all.jsonl").read_bytes() == before


def test_the_file_of_a_crawl_that_was_broken_off(tmp_path: Path) -> None:
    """Here it lacked nothing when the crawl was taken up again; that it may have is said."""
    with Replica(articles=24) as site:
        broken_off(tmp_path, site, *WITH_PHOTOS)
        assert again(tmp_path, site, *WITH_PHOTOS).status == 0
    (path,) = files(tmp_path)
    before = sorted(path.read_bytes().splitlines())
    path.unlink()
    told = scrapy(tmp_path, "verify", "--chain")
    (command,) = commands(told)
    assert f"or write its lines anew with `{command}`: in the same order, unless the file lacked some" in told.out
    assert scrapy(tmp_path, *shlex.split(command)[1:]).status == 0
    assert sorted(path.read_bytes().splitlines()) == before
    assert scrapy(tmp_path, "verify").status == 0


def test_a_file_does_not_give_way_to_one_that_may_lack_something(folder: Path) -> None:
    path = files(folder)[1]
    before = path.read_bytes()
    damaged = sorted(folder.glob("output/warc/*.warc.gz"))[-1]
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    name = str(path.relative_to(folder))
    run = scrapy(folder, "reextract", "output/warc", "--crawl", name_of(path), "-O", name)
    assert run.status == 1
    assert run.err.endswith(f"{name} is left as it is, as not everything could be read; -o writes what could.\n")
    assert path.read_bytes() == before


def test_a_file_to_which_a_run_writes_is_left_alone(folder: Path) -> None:
    path = files(folder)[0]
    info = {"software": "kcnacrawl/1", "crawl": name_of(path), "run": "r"}
    writer = WarcWriter(folder / "output/warc", "kcnawatch", info=info)
    writer.write(exchange("/a", page(), 0))
    name, other = (str(one.relative_to(folder)) for one in files(folder))
    run = scrapy(folder, "reextract", "output/warc", "-O", name, "--crawl", name_of(path))
    assert (run.status, run.out) == (1, "")
    assert run.err == f"scrapy reextract: Crawl {name_of(path)} is under way; {name} is left as it is.\n"
    assert scrapy(folder, "reextract", "output/warc", "-O", other, "--crawl", name_of(files(folder)[1])).status == 0
    writer.close()


def test_a_crawl_of_which_there_is_nothing(folder: Path) -> None:
    run = scrapy(folder, "reextract", "output/warc", "--crawl", "20260101000000-0000")
    sentence = "None of the WARC files is of crawl 20260101000000-0000; accounts of runs name theirs."
    assert (run.status, run.out, run.err) == (1, "", f"scrapy reextract: {sentence}\n")


def test_lines_of_a_warc_file_that_is_gone_stay(tmp_path: Path) -> None:
    """The command for the rest of the file would take them out, and they are all that is left of the file."""
    with Replica(articles=6) as site:
        for _ in range(2):
            assert crawl(tmp_path, site.url, "-o", "all.jsonl").status == 0
    path = tmp_path / "all.jsonl"
    DAMAGES["altered"](path)
    before = path.read_bytes()
    _, second = sorted(tmp_path.glob("output/warc/*.warc.gz"))
    second.unlink()
    told = scrapy(tmp_path, "verify", "all.jsonl")
    assert told.status == 1
    assert commands(told) == []
    run = scrapy(tmp_path, "reextract", "output/warc", "-O", "all.jsonl")
    sentence = (
        f"all.jsonl is left as it is: lines of it lead into {second.name}, which would not be read; bring back or "
        "name what is missing, or write to another file with -o."
    )
    assert (run.status, run.out, run.err) == (1, "", f"scrapy reextract: {sentence}\n")
    assert path.read_bytes() == before


def test_photos_of_a_warc_file_that_is_gone_stay(tmp_path: Path) -> None:
    with Replica(articles=6) as site:
        assert crawl(tmp_path, site.url, *WITH_PHOTOS, "-s", "WARC_MAX_BYTES=20000").status == 0
    (path,) = files(tmp_path)
    before = path.read_bytes()
    lines = [json.loads(line) for line in before.splitlines()]
    behind = {line["receipt"]["warc"] for line in lines}
    shown = [photo["receipt"]["warc"] for line in lines for photo in line["photos"] if photo["receipt"]]
    only = next(name for name in shown if name not in behind)
    (tmp_path / "output/warc" / only).unlink()
    run = scrapy(tmp_path, "reextract", "output/warc", "-O", str(path))
    assert run.status == 1
    assert f"{path} is left as it is: lines of it lead into {only}, which would not be read" in run.err
    assert path.read_bytes() == before


def test_a_file_of_another_kind_does_not_give_way_to_articles(folder: Path) -> None:
    path = next(folder.glob("output/warc/*.warc.gz"))
    before = path.read_bytes()
    name = str(path.relative_to(folder))
    run = scrapy(folder, "reextract", name, "-O", name)
    sentence = f"{name} is left as it is: its name is not that of a file of articles; -o writes a new one."
    assert (run.status, run.err) == (1, f"scrapy reextract: {sentence}\n")
    assert path.read_bytes() == before
