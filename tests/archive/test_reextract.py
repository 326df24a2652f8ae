"""Articles from the archive alone: the same as their pages give, in order, each once."""

from __future__ import annotations

import gzip
import random
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from kcnacrawl.archive import ArchiveError, ranges
from kcnacrawl.archive.cards import FirstCards
from kcnacrawl.archive.reextract import Summary, reextract
from kcnacrawl.archive.wire import parse_response
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.assemble import apply_card, assemble, finish
from kcnacrawl.items import Article
from kcnacrawl.pages.page import ArticlePage, Card
from tests.archive.conftest import Recorded
from tests.archive.samples import exchange


def articles(*paths: Path, processes: int | None = 1) -> tuple[list[dict[str, Any]], Summary]:
    summary = Summary()
    lines = list(reextract(list(paths), summary, processes))
    assert all(line.endswith(b"}\n") and line.count(b"\n") == 1 for line in lines)
    return [orjson.loads(line) for line in lines], summary


def test_every_whole_article_comes_out_once_in_order(recorded: Recorded) -> None:
    found, summary = articles(recorded.path)
    expected = [recorded.ids[number] for number in (2, 0, 3, *range(5, 25), 40)]
    assert [article["id"] for article in found] == expected
    assert summary.counts == {"articles": 24, "duplicates": 1}
    assert summary.damages == []
    (blocked,) = summary.unreadable
    assert blocked.startswith(recorded.exchanges[-3].url + ": ")


def test_articles_are_what_their_pages_say(recorded: Recorded) -> None:
    found = {article["id"]: article for article in articles(recorded.path)[0]}
    for number in range(5, 25):
        truth = recorded.truth[recorded.ids[number]]
        article = found[truth["id"]]
        for name in ("title", "body", "published", "source_label", "language", "dateline", "trailer", "original_url"):
            assert article[name] == truth[name], name


def test_articles_are_those_that_the_served_bytes_give(recorded: Recorded) -> None:
    found = {article["id"]: article for article in articles(recorded.path)[0]}
    for one, (identity, receipt) in zip(recorded.exchanges[4:24], recorded.receipts[4:24], strict=True):
        response = parse_response(one.received)
        body = gzip.decompress(bytes(response.body))
        page = assemble(body, one.url, "text/html; charset=UTF-8", receipt=receipt)
        assert isinstance(page, ArticlePage)
        assert identity is not None
        assert receipt is not None
        assert page.article.fetched_at == receipt.date == found[identity]["fetched_at"]
        assert found[identity] == asdict(page.article)
        assert list(found[identity]) == list(asdict(page.article))


def test_a_day_that_the_page_lacks_comes_from_a_listing_captured_before(recorded: Recorded) -> None:
    found = {article["id"]: article for article in articles(recorded.path)[0]}
    before, after, closed, elsewhere = (found[recorded.ids[number]] for number in (2, 0, 3, 40))
    for article in (closed, after):
        truth = recorded.truth[article["id"]]
        assert (article["published"], article["published_from"]) == (truth["published"], "listing")
        assert article["published_raw"]
        assert "no_date" not in [problem["code"] for problem in article["problems"]]
    assert closed["trailer"] is not None
    assert after["trailer"] is None
    # The first page was captured before the listing, the last is in none.
    for article in (before, elsewhere):
        trailer = recorded.truth[article["id"]]["trailer"]
        assert article["published_from"] == ("trailer" if trailer else None)
        assert article["published"] == (trailer["date"] if trailer else None)


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_any_number_of_processes_gives_the_same_lines(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    whole = articles(recorded.path)[0]
    monkeypatch.setattr(ranges, "RANGE", 7_000)
    assert len(ranges.RangeReader([recorded.path], 1)._ranges) > 10
    found, summary = articles(recorded.path, processes=processes)
    assert found == whole
    assert summary.counts == {"articles": 24, "duplicates": 1}


def test_several_files_are_one_archive(recorded: Recorded, tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "other", info={"software": "x"})
    for one in recorded.exchanges[11:14]:
        writer.write(one)
    (other,) = writer.close()
    both, summary = articles(other, recorded.path)
    first = [recorded.ids[number] for number in (12, 13, 14)]
    assert [article["id"] for article in both][:3] == first
    assert {article["receipt"]["warc"] for article in both[:3]} == {other.name}
    assert summary.counts == {"articles": 24, "duplicates": 4}


def test_progress_adds_up_to_the_files(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE", 7_000)
    steps: list[int] = []
    list(reextract([recorded.path], Summary(), 1, progress=steps.append))
    assert len(steps) > 10
    assert sum(steps) == recorded.path.stat().st_size


def test_damage_costs_the_damaged_records_only(recorded: Recorded, tmp_path: Path) -> None:
    whole, _ = articles(recorded.path)
    receipt = whole[7]["receipt"]
    data = bytearray(recorded.path.read_bytes())
    data[receipt["offset"] + receipt["length"] // 2] ^= 0xFF
    path = tmp_path / recorded.path.name
    path.write_bytes(bytes(data)[:-5])
    found, summary = articles(path)
    assert [article["id"] for article in found] == [article["id"] for article in whole if article != whole[7]]
    assert [f"the record at {receipt['offset']} is damaged" in sentence for sentence in summary.damages] == [
        True,
        False,
    ]


def repack(data: bytes, level: int) -> bytes:
    """The same records in gzip members of another level; 0 leaves their bytes as they are."""
    members = []
    while data:
        stream = zlib.decompressobj(31)
        members.append(gzip.compress(stream.decompress(data), level))
        data = stream.unused_data
    return b"".join(members)


def test_a_body_cannot_pass_itself_off_as_records(
    recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = repack(recorded.path.read_bytes(), 0)
    body = random.Random(1).randbytes(9_000) + forged + random.Random(2).randbytes(9_000)
    writer = WarcWriter(tmp_path, "a", info={"software": "x"}, level=1)
    url = "http://mirror.example/download.warc.gz"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    writer.write(exchange(head + body, url=url))
    writer.write(recorded.exchanges[6])
    (path,) = writer.close()
    path.write_bytes(repack(path.read_bytes(), 0))
    assert path.read_bytes().count(b"\r\nWARC-Type: response\r\n") > 25
    monkeypatch.setattr(ranges, "RANGE", 5_000)
    for processes in (1, 2):
        found, summary = articles(path, processes=processes)
        assert [article["id"] for article in found] == [recorded.ids[7]]
        assert summary.damages == []


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    empty = tmp_path / "empty.warc.gz"
    empty.write_bytes(b"")
    with pytest.raises(ArchiveError, match=r"empty\.warc\.gz is empty\.$"):
        articles(empty)
    with pytest.raises(ArchiveError, match=r"none\.warc\.gz does not exist\.$"):
        articles(tmp_path / "none.warc.gz")
    text = tmp_path / "text.warc.gz"
    text.write_text("hello")
    found, summary = articles(text)
    assert found == []
    assert "is not a WARC file" in summary.damages[0]


def test_the_first_card_counts() -> None:
    second = replace(CARD, published="2016-01-05")
    cards = FirstCards([((0, 5), CARD), ((0, 9), second), ((1, 0), second)])
    assert cards.before(CARD.id, (0, 6)) == cards.before(CARD.id, (2, 0)) == CARD
    assert cards.before(CARD.id, (0, 5)) is None
    assert cards.before("kcnawatch:1-2", (2, 0)) is None


CARD = Card(id="kcnawatch:1451890016-8404287", url="http://a/", published="2016-01-04", published_raw="January 4, 2016")


def article(**more: Any) -> Article:
    return Article(id=CARD.id, site="kcnawatch", url=CARD.url, title="A title", body_raw="A text.", **more)


@pytest.mark.parametrize("derived_first", [False, True])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("2016-01-04", "listing", "January 4, 2016")),
        ({"published": "2016-01-03", "published_from": "page"}, ("2016-01-03", "page", None)),
        ({"published": "2016-01-03", "published_from": "metadata"}, ("2016-01-03", "metadata", None)),
        ({"body_raw": "A text. -0-\n\nwww.kcna.kp (2016.01.02.)"}, ("2016-01-04", "listing", "January 4, 2016")),
    ],
)
def test_a_card_gives_a_day_where_the_page_has_none(
    derived_first: bool, given: dict[str, Any], expected: tuple[str, str, str | None]
) -> None:
    one = replace(article(), **given)
    if derived_first:
        finish(one)
    apply_card(one, CARD)
    finish(one)
    assert (one.published, one.published_from, one.published_raw) == expected


def test_a_card_without_a_day_changes_nothing() -> None:
    one = article()
    apply_card(one, replace(CARD, published=None, published_raw=None))
    assert one == article()
