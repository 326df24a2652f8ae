"""Page problems by cause, and what a crawl says that met one of them again and again."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from kcnacrawl.causes import Cause, Causes, is_told
from tests.crawl.running import crawl

FORBIDDEN = "is not fetched: robots.txt does not allow it."


def add(causes: Causes, *names: str) -> Cause:
    found = [
        causes.add(f"http://a.example/{name}", "refused", f"http://a.example/{name} {FORBIDDEN}") for name in names
    ]
    return found[0]


def test_one_problem_is_told_as_it_was() -> None:
    causes = Causes()
    assert str(add(causes, "1")) == f"refused: http://a.example/1 {FORBIDDEN}"
    assert str(causes.add("http://a.example/2", "gone", "The server answered 404.")) == (
        "gone: http://a.example/2: The server answered 404."
    )


def test_many_with_one_cause_are_told_together() -> None:
    causes = Causes()
    assert str(add(causes, "1", "2")) == f"refused: 2 addresses (http://a.example/1, http://a.example/2): … {FORBIDDEN}"
    assert str(add(causes, "3", "4", "5")) == (
        f"refused: 5 addresses (http://a.example/1, http://a.example/2, http://a.example/3 and others): … {FORBIDDEN}"
    )


def test_other_reasons_and_other_sentences_are_other_causes() -> None:
    causes = Causes()
    for reason, sentence in (("gone", "404."), ("gone", "410."), ("not_fetched", "404."), ("gone", "404.")):
        causes.add("http://a.example/", reason, sentence)
    assert [(cause.reason, cause.sentence, cause.count) for cause in causes] == [
        ("gone", "404.", 2),
        ("gone", "410.", 1),
        ("not_fetched", "404.", 1),
    ]


def test_what_no_two_have_in_common_does_not_fill_the_memory() -> None:
    causes = Causes()
    for number in range(1_500):
        assert causes.add("http://a.example/", "unreadable", f"{number} letters.").count == 1
    assert len(list(causes)) == 1_000


def test_when_a_cause_is_told() -> None:
    assert [count for count in range(1, 20_000) if is_told(count)] == [1, 100, 1_000, 10_000]


@pytest.fixture
def nowhere() -> str:
    """An address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_site_that_is_not_there(nowhere: str, tmp_path: Path) -> None:
    run = crawl(tmp_path, nowhere)
    assert run.status == 1
    told = [line for line in run.err.splitlines() if "listing/listing_failed" in line]
    count = len(run.summary["problems"])
    assert count > 10
    assert len(told) == 2
    assert f"listing/listing_failed: {count} addresses ({nowhere}/newstream/, " in told[1]
    assert told[1].endswith(" and others): … is not fetched: robots.txt could not be had, so nothing is allowed.")
    assert len(run.err.splitlines()) < 10
    assert not (tmp_path / "output/articles").exists()
    assert "articles file: none;" in run.err
    (manifest,) = (tmp_path / "output/runs").glob("*.manifest.json")
    assert {file["kind"] for file in json.loads(manifest.read_text())["files"]} == {"warc", "summary"}


def test_an_output_that_was_asked_for_is_there_also_when_it_is_empty(nowhere: str, tmp_path: Path) -> None:
    run = crawl(tmp_path, nowhere, "-o", "mine.jsonl", "-o", "mine.json")
    assert run.status == 1
    assert (tmp_path / "mine.jsonl").read_text() == ""
    assert json.loads((tmp_path / "mine.json").read_text()) == []
