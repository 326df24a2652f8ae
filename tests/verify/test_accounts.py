"""Accounts of runs held against what the runs left."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive.accounts import check_accounts, check_lines
from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.lint.finding import Lack
from tests.verify.museum.piece import Piece, perfect

RESTORE = "bring the file back from a copy"


def account_of(piece: Piece) -> dict[str, Any]:
    kinds = [record["WARC-Type"].decode() for record in piece.records.values()]
    stats = {f"warc/records/{kind}": kinds.count(kind) for kind in kinds}
    return {"run": "r", "reason": "finished", "warc": [f"output/warc/{piece.name}"], "stats": stats}


def told(folder: Path, piece: Piece, account: object) -> list[str]:
    path = folder / "r.json"
    path.write_text(json.dumps(account))
    counts = Counts()
    assert [finding for finding in lint([piece.write(folder)], counts) if finding.level == "error"] == []
    return [str(finding).removeprefix(f"{path}: ") for finding in check_accounts([path], counts)]


def test_an_account_that_is_true(tmp_path: Path) -> None:
    piece = perfect(tmp_path)
    assert told(tmp_path, piece, account_of(piece)) == []


def gone(*roles: str) -> Callable[[Piece], object]:
    return lambda piece: piece.without(*roles)


DAMAGES: dict[str, tuple[Callable[[Piece], object], dict[str, object], list[str]]] = {
    "a capture taken out": (
        gone("failed request", "failed metadata"),
        {},
        [
            "it says that 5 metadata records were written, but its WARC files hold 4",
            "it says that 6 request records were written, but its WARC files hold 5",
        ],
    ),
    "a revisit taken out": (
        gone("revisit", "revisit request"),
        {},
        [
            "it says that 6 request records were written, but its WARC files hold 5",
            "it says that 2 revisit records were written, but its WARC files hold 1",
        ],
    ),
    "the end taken out": (gone("end"), {}, ["it says that 5 metadata records were written, but its WARC files hold 4"]),
    "another end": (
        lambda piece: piece["end"].swap(b"ended: finished", b"ended: limit"),
        {},
        ["it says that the run ended as 'finished', but the last record of the run says 'limit'"],
    ),
    "another run": (gone(), {"run": "x"}, ["it is the account of run x"]),
    "something else": (gone(), {"run": 5}, ["it is no account of a run"]),
    "a run that was broken off": (gone("failed request", "failed metadata", "end"), {"reason": "shutdown"}, []),
    "files that were not checked": (gone("end"), {"warc": ["output/warc/other.warc.gz"]}, []),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_what_an_account_says_and_the_files_do_not(what: str, tmp_path: Path) -> None:
    damage, fields, said = DAMAGES[what]
    piece = perfect(tmp_path)
    account = account_of(piece)
    damage(piece)
    assert told(tmp_path, piece, {**account, **fields}) == [f"{line}; {RESTORE}." for line in said]


def test_a_damaged_file_is_the_reason_for_less_but_not_for_more(tmp_path: Path) -> None:
    piece = perfect(tmp_path)
    path, account = tmp_path / "r.json", account_of(piece)
    account["stats"]["warc/records/request"] += 1
    account["stats"]["warc/records/metadata"] -= 1
    path.write_text(json.dumps(account))
    counts = Counts()
    list(lint([piece.write(tmp_path)], counts))
    counts.damaged[piece.name] = tmp_path / piece.name
    lacks = {finding.sentence.split()[4]: finding.lack for finding in check_accounts([path], counts)}
    assert lacks == {"metadata": None, "request": Lack("other", piece.name, is_there=True)}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a crawl of three articles."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "r.json"
    said = {"did_what_was_asked": True, "spider": "s", "crawl": "c", "articles": 3, "articles_files": ["old/s-c.jsonl"]}
    path.write_text(json.dumps(said))
    return path


def lacking(account: Path, lines: dict[str, int], *there: str, folder: str | None = None) -> list[str]:
    for name in (*lines, *there):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()
    read = {Path(name): count for name, count in lines.items()}
    found = check_lines([account], read, Path("warc"), Path(folder) if folder else None)
    return [f"{finding.file}: {finding.sentence.partition(',')[0]}" for finding in found]


def test_a_copy_does_not_hide_that_lines_are_gone(account: Path) -> None:
    assert lacking(account, {"old/s-c.jsonl": 2, "z/s-c.jsonl": 3}) == ["old/s-c.jsonl: it has 2 lines"]
    assert lacking(account, {"old/s-c.jsonl": 3, "z/s-c.jsonl": 2}) == []
    whole = str(account.parent / "old/s-c.jsonl")
    assert lacking(account, {whole: 2, "z/s-c.jsonl": 3}) == [f"{whole}: it has 2 lines"]


def test_files_that_were_moved_are_missed_where_they_are(account: Path) -> None:
    assert lacking(account, {"new/s-c.jsonl": 2, "z/other.jsonl": 2}) == ["new/s-c.jsonl: it has 2 lines"]
    assert lacking(account, {"new/s-c.jsonl": 3, "z/s-c.jsonl": 2}) == []
    # It is there, though it was not asked for.
    assert lacking(account, {"new/other.jsonl": 2}, "new/s-c.jsonl") == []
    assert lacking(account, {"y/more.jsonl": 2}) == ["old/s-c.jsonl: it is not there"]


def test_a_folder_that_was_emptied_is_missed(account: Path) -> None:
    assert lacking(account, {}, folder="old") == ["old/s-c.jsonl: it is not there"]
    # The project, or only this folder of it, was moved since.
    assert lacking(account, {}, folder="copy/old") == ["copy/old/s-c.jsonl: it is not there"]
    assert lacking(account, {}, "old/s-c.jsonl", folder="old") == []
    assert lacking(account, {}) == []


@pytest.mark.parametrize(
    "said",
    [
        {"articles": 0, "articles_files": []},
        {"articles": 0},
        {"did_what_was_asked": False},
        {"articles_files": ["elsewhere/s-c.jsonl"]},
        {"articles_files": ["old/mine.jsonl"]},
        {"articles_files": ["old/s-c.jsonl", "old/mine.jsonl"]},
        {"spider": "\0", "articles_files": ["old\0/\0-c.jsonl"]},
    ],
)
def test_no_file_is_missed_that_need_not_be_there(account: Path, said: dict[str, object]) -> None:
    account.write_text(json.dumps({**json.loads(account.read_text()), **said}))
    assert lacking(account, {}, folder="old") == []
