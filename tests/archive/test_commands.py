"""``scrapy wire``, ``verify`` and ``reextract`` as a person runs them."""

from __future__ import annotations

import argparse
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import orjson
import pytest
from scrapy.commands import ScrapyCommand, ScrapyHelpFormatter
from scrapy.settings import Settings

from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.reextract import Summary, reextract
from kcnacrawl.commands import record, verify, wire
from kcnacrawl.commands import reextract as reextract_command
from tests.archive.conftest import Recorded

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def articles(recorded: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the lines of the crawl."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "kcnawatch-1.jsonl").write_bytes(b"".join(reextract([recorded.path], Summary(), 1)))
    return folder


def scrapy(*arguments: str | Path, warc: Path, articles: Path = Path("none")) -> tuple[int, bytes, str]:
    """Exit status, standard output, standard error."""
    command = [sys.executable, "-m", "scrapy", *map(str, arguments)]
    command += ["-s", f"WARC_DIR={warc}", "-s", f"ARTICLES_DIR={articles}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("by", ["record id", "place", "name and offset", "article id", "article id in a file"])
def test_wire_gives_the_bytes_received(recorded: Recorded, articles: Path, by: str) -> None:
    one, (identity, receipt) = recorded.exchanges[5], recorded.receipts[5]
    assert receipt is not None
    assert identity is not None
    ways: dict[str, list[str | Path]] = {
        "record id": [receipt.record_id.strip("<>")],
        "place": [f"{recorded.path}:{receipt.offset}"],
        "name and offset": [f"{recorded.path.name}:{receipt.offset}"],
        "article id": [identity],
        "article id in a file": [identity, "--items", articles / "kcnawatch-1.jsonl"],
    }
    assert scrapy("wire", *ways[by], warc=recorded.folder, articles=articles) == (0, one.received, "")


def test_a_folder_that_is_not_there_is_named(recorded: Recorded, articles: Path, tmp_path: Path) -> None:
    none = tmp_path / "none"
    identity, receipt = next((one, receipt) for one, receipt in recorded.receipts if one is not None)
    assert receipt is not None
    for name in (identity, receipt.record_id):
        told = scrapy("wire", name, warc=none, articles=articles)
        elsewhere = "bring it back from a copy, or say with -s WARC_DIR=FOLDER where it is"
        said = f"There is no folder {none}; a first crawl makes it. If it was there, {elsewhere}."
        assert told == (1, b"", f"scrapy wire: {said}\n")
    lines = sum(1 for _ in (articles / "kcnawatch-1.jsonl").open())
    status, out, err = scrapy("verify", articles, warc=none)
    finding, summary = out.decode().splitlines()
    assert (status, err) == (1, "")
    assert finding.startswith(
        f"{none}: there is no such folder, and {lines} articles lead into its files; bring it back"
    )
    assert summary.startswith(f"{lines} articles checked, 1 finding.")


def test_wire_gives_the_request_into_a_file(recorded: Recorded, tmp_path: Path) -> None:
    one, (_, receipt) = recorded.exchanges[5], recorded.receipts[5]
    assert receipt is not None
    path = tmp_path / "request"
    assert scrapy("wire", receipt.record_id, "--request", "-o", path, warc=recorded.folder) == (0, b"", "")
    assert path.read_bytes() == one.sent


@pytest.mark.parametrize(
    ("what", "sentence"),
    [("urn:uuid:00000000-0000-4000-8000-000000000000", "No record has the id <urn:uuid:00000000-0000-4000-8000-"),
     ("none.warc.gz:0", "{folder}/none.warc.gz does not exist."), ("{path}:1", "{path}: no record begins at 1."),
     ("{path}:0", "{name}: the record at 0 ("), ("kcnawatch:1-2", "No article has the id kcnawatch:1-2.")],
)  # fmt: skip
def test_wire_says_in_a_sentence_what_it_cannot_do(
    recorded: Recorded, articles: Path, what: str, sentence: str
) -> None:
    names = {"path": recorded.path, "folder": recorded.folder, "name": recorded.path.name}
    status, output, error = scrapy("wire", what.format(**names), warc=recorded.folder, articles=articles)
    assert (status, output) == (1, b"")
    assert error.startswith("scrapy wire: " + sentence.format(**names))
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [(["wire"], "Name one record: its id, FILE:OFFSET or the id of an article."),
     (["wire", "a", "b"], "Name one record"),
     (["reextract"], "Name WARC files, or a folder of them."),
     (["reextract", "a", "--processes", "0"], "--processes is 0; it must be at least 1."),
     (["verify", "--processes", "0"], "--processes is 0; it must be at least 1."),
     (["verify", "--head", "1"], "--head belongs to --chain."),
     (["verify", "--chain", "--head", "sha256:dead"],
      "--head sha256:dead is no hash of a manifest; it has 64 hexadecimal digits, as scrapy verify --chain prints it."),
     (["verify", "--chain", "a"], "--chain checks all runs; name no file and no --id with it.")],
)  # fmt: skip
def test_wrong_usage_is_status_2_and_says_why(recorded: Recorded, arguments: list[str], cause: str) -> None:
    status, output, error = scrapy(*arguments, warc=recorded.folder)
    assert (status, output) == (2, b"")
    assert f": error: {cause}" in error


def test_verify_proves_all_or_one(recorded: Recorded, articles: Path) -> None:
    records = sum(1 for _ in iter_records(recorded.path))
    proven = (0, b"1 WARC file with %d records, 24 articles checked, 0 findings.\n" % records, "")
    assert scrapy("verify", warc=recorded.folder, articles=articles) == proven
    one = ("verify", articles / "kcnawatch-1.jsonl", "--id", recorded.ids[7])
    assert scrapy(*one, warc=recorded.folder) == (0, b"1 article checked, 0 findings.\n", "")


def test_verify_names_what_does_not_hold(recorded: Recorded, articles: Path, tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    first, *others = (articles / "kcnawatch-1.jsonl").read_bytes().splitlines(keepends=True)
    item = orjson.loads(first)
    path.write_bytes(orjson.dumps({**item, "title": "Another"}) + b"\n" + b"".join(others)[:-40])
    status, output, error = scrapy("verify", path, warc=recorded.folder)
    *findings, summary = output.decode().splitlines()
    assert (status, error, summary) == (1, "", "24 articles checked, 2 findings.")
    assert findings[0].startswith(
        f"{path}:1: {item['id']}: {recorded.path} at {item['receipt']['offset']}, record <urn:"
    )
    command = f"scrapy reextract {recorded.path} -O {path}"
    anew = f"write the file anew with `{command}`, or bring it back from a copy."
    assert findings[0].endswith(f'field title is "Another", but the page says "{item["title"]}"; {anew}')
    assert findings[1] == f"{path}:24: the line is not an article in JSON; {anew}"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["none.jsonl"], "none.jsonl cannot be read: No such file or directory."),
     (["--id", "kcnawatch:1-2"], "No article has the id kcnawatch:1-2."),
     ([], "There is nothing to check: no WARC file in none, no .jsonl file in none."),
     (["--chain", "-s", "RUNS_DIR=none"], "There is no manifest in none.")],
)  # fmt: skip
def test_verify_says_in_a_sentence_what_it_cannot_do(
    recorded: Recorded, articles: Path, arguments: list[str], sentence: str
) -> None:
    folder = articles if arguments else Path("none")
    status, output, error = scrapy("verify", *arguments, warc=Path("none"), articles=folder)
    assert (status, output, error) == (1, b"", f"scrapy verify: {sentence}\n")


def test_reextract_writes_the_lines(recorded: Recorded, articles: Path, tmp_path: Path) -> None:
    lines = (articles / "kcnawatch-1.jsonl").read_bytes()
    status, output, error = scrapy("reextract", recorded.path, warc=recorded.folder)
    assert (status, output) == (0, lines)
    assert error.endswith("\n24 articles; 1 duplicate left out, 1 page unreadable, 0 records damaged.\n")
    path = tmp_path / "new" / "again.jsonl"
    path.parent.mkdir()
    assert scrapy("reextract", recorded.path, "-o", path, warc=recorded.folder)[:2] == (0, b"")
    assert path.read_bytes() == lines
    assert list(path.parent.iterdir()) == [path]


def test_reextract_tells_of_damage_and_gives_the_rest(recorded: Recorded, articles: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.warc.gz"
    broken.write_bytes(recorded.path.read_bytes()[:-3])
    status, output, error = scrapy("reextract", broken, warc=recorded.folder)
    assert status == 1
    assert output.count(b"\n") == 24
    assert f"scrapy reextract: {broken}: the record at " in error
    assert error.endswith("1 page unreadable, 1 record damaged.\n")


def test_reextract_gives_the_good_files_when_others_are_bad(recorded: Recorded, articles: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.warc.gz").touch()
    files = [tmp_path / "none.warc.gz", recorded.path, tmp_path / "empty.warc.gz"]
    status, output, error = scrapy("reextract", *files, warc=recorded.folder)
    assert (status, output) == (1, (articles / "kcnawatch-1.jsonl").read_bytes())
    assert error.startswith(f"scrapy reextract: {files[0]} does not exist.\nscrapy reextract: {files[2]} is empty.\n")
    assert error.endswith("\n24 articles; 1 duplicate left out, 1 page unreadable, 0 records damaged.\n")


def test_reextract_of_bad_files_alone_writes_nothing(recorded: Recorded, tmp_path: Path) -> None:
    missing, output = tmp_path / "none.warc.gz", tmp_path / "a.jsonl"
    sentence = f"scrapy reextract: {missing} does not exist.\n"
    assert scrapy("reextract", missing, "-o", output, warc=recorded.folder) == (1, b"", sentence)
    assert not output.exists()


def test_verify_tells_once_of_a_file_that_is_something_else(recorded: Recorded, articles: Path) -> None:
    files = [ROOT / "LICENSE", articles / "kcnawatch-1.jsonl", ROOT / "README.md"]
    status, output, error = scrapy("verify", *files, warc=recorded.folder)
    assert (status, output) == (1, b"24 articles checked, 0 findings.\n")
    assert error.splitlines() == [f"scrapy verify: {files[n]} is not a JSON Lines file." for n in (0, 2)]


def test_wire_takes_a_later_capture_when_the_first_is_lost(recorded: Recorded, articles: Path, tmp_path: Path) -> None:
    one, (identity, receipt) = recorded.exchanges[5], recorded.receipts[5]
    assert receipt is not None
    good = {"warc": recorded.path.name, "offset": receipt.offset}
    receipts: list[object] = [None, {"warc": "none.warc.gz", "offset": 0}, {**good, "offset": 7}, good]
    lines = [orjson.dumps({"id": identity, "receipt": one}) + b"\n" for one in receipts]
    items = tmp_path / "items.jsonl"
    items.write_bytes(b"".join(lines))
    status, output, error = scrapy("wire", str(identity), "--items", items, warc=recorded.folder)
    assert (status, output) == (0, one.received)
    first, second = error.splitlines()
    assert first.startswith(f"scrapy wire: {recorded.folder / 'none.warc.gz'} does not exist. ")
    assert second.startswith(f"scrapy wire: {recorded.path}: no record begins at 7. ")
    items.write_bytes(b"".join(lines[:3]))
    status, output, error = scrapy("wire", str(identity), "--items", items, warc=recorded.folder)
    assert (status, output) == (1, b"")
    assert error == f"scrapy wire: {recorded.folder / 'none.warc.gz'} does not exist.\n"


@pytest.mark.parametrize("command", [verify.Command, wire.Command, reextract_command.Command, record.Command])
@pytest.mark.parametrize("columns", range(50, 140, 3))
def test_help_has_no_headings_but_its_own(
    monkeypatch: pytest.MonkeyPatch, command: type[ScrapyCommand], columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    parser = argparse.ArgumentParser(formatter_class=ScrapyHelpFormatter)
    one = command()
    one.settings = Settings()
    one.add_options(parser)
    lines = parser.format_help().partition("Global Options")[0].splitlines()
    assert [above for above, line in pairwise(lines) if line and not line.strip("=")] == ["Usage", "Options"]


def test_wire_says_how_a_record_in_a_file_is_named(recorded: Recorded) -> None:
    where = "the offset stands in the receipt of an article and in an index"
    said = f"is a WARC file; name one record in it with {recorded.path}:OFFSET ({where})."
    assert scrapy("wire", recorded.path, warc=recorded.folder) == (1, b"", f"scrapy wire: {recorded.path} {said}\n")


def test_wire_tells_once_of_captures_that_lead_to_the_same_bytes(recorded: Recorded, tmp_path: Path) -> None:
    """Two nights led to a file that is gone, and the third to one that is there."""
    identity, receipt = recorded.receipts[5]
    assert receipt is not None
    gone = {"id": identity, "receipt": {"warc": "gone.warc.gz", "offset": 7}}
    other = {"id": identity, "receipt": {"warc": "gone.warc.gz", "offset": 8}}
    there = {"id": identity, "receipt": {"warc": recorded.path.name, "offset": receipt.offset}}
    (tmp_path / "a.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in (gone, gone, other, there)))
    told = f"scrapy wire: {recorded.folder}/gone.warc.gz does not exist. These bytes are of a later capture.\n"
    expected = (0, recorded.exchanges[5].received, told)
    assert scrapy("wire", str(identity), warc=recorded.folder, articles=tmp_path) == expected
