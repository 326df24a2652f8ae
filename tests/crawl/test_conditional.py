"""A site crawled night after night: what did not change is not stored again, and often not even sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.replica import Replica
from kcnacrawl.replica.answer import Answer, RawAnswer, Request
from tests.archive.checklist import Raw, check_file, check_originals, raw_records
from tests.crawl.running import crawl, scrapy

ONE_PAGE_AT_A_TIME = ("-s", "REQUISITES_ENABLED=False", "-s", "CONCURRENT_REQUESTS=1")


class Nights:
    """Crawls of the same articles into the same folder."""

    def __init__(self, site: Replica, folder: Path, count: int = 3) -> None:
        self.site = site
        self.folder = folder
        self.urls = [f"{site.url}{path}/" for path in site.paths()][:count]

    def crawl(self, *arguments: str, urls: list[str] | None = None) -> list[dict[str, Any]]:
        """One more night; its articles."""
        before = set((self.folder / "output/articles").glob("*.jsonl"))
        self.site.requests.clear()
        named = f"start_urls={','.join(urls or self.urls)}"
        run = crawl(self.folder, self.site.url, "-a", named, *ONE_PAGE_AT_A_TIME, *arguments)
        assert run.status == 0, run.err
        (new,) = set((self.folder / "output/articles").glob("*.jsonl")) - before
        return sorted(map(json.loads, new.read_text("utf-8").splitlines()), key=lambda article: str(article["id"]))

    @property
    def asked(self) -> list[tuple[int, str | None]]:
        """Status and If-None-Match of each request for a page in the latest night."""
        pages = [seen for seen in self.site.requests if seen.target != "/robots.txt"]
        return [(seen.status, seen.headers.get("if-none-match")) for seen in pages]

    @property
    def files(self) -> list[Path]:
        return sorted((self.folder / "output/warc").glob("*.warc.gz"), key=lambda path: path.stat().st_mtime_ns)

    def records(self, kind: str, night: int = -1) -> list[Raw]:
        return [record for record in raw_records(self.files[night]) if record.type == kind]


def unlike(article: dict[str, Any]) -> dict[str, Any]:
    """An article without what differs from night to night."""
    receipt = {name: value for name, value in article["receipt"].items() if name != "revisit"}
    return {**article, "receipt": receipt, "fetched_at": None}


def reextracted(nights: Nights) -> list[dict[str, Any]]:
    run = scrapy(nights.folder, "reextract", str(nights.files[-1]))
    assert run.status == 0, run.err
    return sorted(map(json.loads, run.out.splitlines()), key=lambda article: str(article["id"]))


def test_pages_with_validators_are_not_sent_again(tmp_path: Path) -> None:
    with Replica(6, validators=True, keep_bytes=True) as site:
        nights = Nights(site, tmp_path)
        first = nights.crawl()
        assert [status for status, tag in nights.asked if tag is None] == [200] * 3
        second = nights.crawl()
        assert [status for status, tag in nights.asked if tag] == [304] * 3
        assert [seen.headers.get("if-none-match") for seen in site.requests if seen.target == "/robots.txt"] == [None]
        sent = {seen.sent for seen in site.requests if seen.status == 304}
        third = nights.crawl()
        assert len(nights.asked) == 3
    assert list(map(unlike, first)) == list(map(unlike, second)) == list(map(unlike, third))
    for article, again in zip(first, second, strict=True):
        assert again["fetched_at"] == again["receipt"]["revisit"]["date"] > article["fetched_at"]
        assert again["receipt"]["revisit"]["warc"] == nights.files[1].name
    for path in nights.files:
        check_file(path)
    assert len(check_originals(*nights.files)) == 6
    requests = {record["WARC-Target-URI"]: record.block for record in nights.records("request", 1)}
    for revisit in nights.records("revisit", 1):
        assert revisit["WARC-Profile"].endswith("/server-not-modified")
        assert f"If-None-Match: {revisit['WARC-Etag']}\r\n".encode() in requests[revisit["WARC-Target-URI"]]
        wire = scrapy(tmp_path, "wire", revisit["WARC-Record-ID"], "-o", revisit["WARC-Record-ID"][-13:-1])
        assert wire.status == 0, wire.err
        assert (tmp_path / revisit["WARC-Record-ID"][-13:-1]).read_bytes() in sent
    assert reextracted(nights) == third
    assert scrapy(tmp_path, "verify").status == 0


def test_pages_without_validators_are_not_stored_again(tmp_path: Path) -> None:
    with Replica(6, keep_bytes=True) as site:
        nights = Nights(site, tmp_path)
        first, second = nights.crawl(), nights.crawl()
        assert nights.asked == [(200, None)] * 3
        sent = {seen.sent for seen in site.requests}
    assert list(map(unlike, first)) == list(map(unlike, second))
    for path in nights.files:
        check_file(path)
    check_originals(*nights.files)
    revisits = nights.records("revisit")
    assert len(revisits) == 3
    for revisit in revisits:
        assert revisit["WARC-Profile"].endswith("/identical-payload-digest")
        wire = scrapy(tmp_path, "wire", revisit["WARC-Record-ID"], "-o", revisit["WARC-Record-ID"][-13:-1])
        assert wire.status == 0, wire.err
        assert (tmp_path / revisit["WARC-Record-ID"][-13:-1]).read_bytes() in sent
    assert reextracted(nights) == second
    assert scrapy(tmp_path, "verify").status == 0


def test_changed_pages_are_stored(tmp_path: Path) -> None:
    with Replica(320, validators=True) as site:
        edited = [f"{site.url}{path}/" for path in site.paths() if f"kcnawatch:{path.split('/')[2]}" in site.edited()]
        nights = Nights(site, tmp_path)
        nights.urls = edited[:2]
        first = nights.crawl()
        site.edition = 2
        second = nights.crawl()
        assert [(status, bool(tag)) for status, tag in nights.asked] == [(200, True)] * 2
    assert [article["id"] for article in first] == [article["id"] for article in second]
    assert {article["receipt"]["revisit"] for article in second} == {None}
    assert len(nights.records("response")) >= 2


@pytest.mark.parametrize("setting", ["CONDITIONAL_REQUESTS=False", "WARC_RENEW_RUNS=1"])
def test_settings_switch_conditions_off(tmp_path: Path, setting: str) -> None:
    with Replica(6, validators=True) as site:
        nights = Nights(site, tmp_path)
        nights.crawl()
        nights.crawl("-s", setting)
        assert nights.asked == [(200, None)] * 3
    assert len(nights.records("revisit")) == (0 if setting.startswith("WARC_RENEW") else 3)


def test_without_dedup_everything_is_stored_that_is_sent(tmp_path: Path) -> None:
    with Replica(6) as site:
        nights = Nights(site, tmp_path)
        nights.crawl("-s", "WARC_DEDUP=False")
        nights.crawl("-s", "WARC_DEDUP=False")
    assert nights.records("revisit") == []


def test_an_archive_that_lost_the_pages_asks_for_them(tmp_path: Path) -> None:
    with Replica(6, validators=True) as site:
        nights = Nights(site, tmp_path)
        nights.crawl()
        nights.files[0].unlink()
        articles = nights.crawl()
        assert nights.asked == [(200, None)] * 3
    assert [article["receipt"]["revisit"] for article in articles] == [None] * 3


def test_validators_are_those_of_the_address_that_is_asked(tmp_path: Path) -> None:
    with Replica(6, validators=True) as site:
        nights = Nights(site, tmp_path, 1)
        elsewhere = [nights.urls[0].rpartition("/")[0].rpartition("/")[0] + "/an-older-slug/"]
        nights.crawl(urls=elsewhere)
        assert nights.asked == [(301, None), (200, None)]
        second = nights.crawl(urls=elsewhere)
        (redirect, (status, tag)) = nights.asked
        assert redirect == (301, None)
        assert (status, bool(tag)) == (304, True)
        assert second[0]["receipt"]["revisit"] is not None


class Lying(Replica):
    """Answers requests for articles as it likes."""

    def __init__(self, lie: Callable[[Request, Answer], Answer | RawAnswer]) -> None:
        super().__init__(20, validators=True)
        self.lie: Callable[[Request, Answer], Answer | RawAnswer] | None = lie

    def _respond(self, request: Request) -> Answer | RawAnswer:
        answer = super()._respond(request)
        if self.lie is None or not request.path.startswith("/newstream/1") or not isinstance(answer, Answer):
            return answer
        return self.lie(request, answer)


def test_a_redirect_does_not_take_validators_along(tmp_path: Path) -> None:
    moved: list[str] = []

    def move(request: Request, answer: Answer) -> Answer:
        if moved and request.path == moved[0]:
            return Answer(status=302, content_type="", headers=(("Location", moved[1]),))
        return answer

    with Lying(move) as site:
        nights = Nights(site, tmp_path, 2)
        nights.crawl()
        pages = {record["WARC-Target-URI"]: record.block for record in nights.records("response")}
        etags = {url: re.findall(rb"ETag: (.+?)\r", block) for url, block in pages.items()}
        moved += [url.removeprefix(site.url) for url in nights.urls]
        nights.crawl(urls=nights.urls[:1])
        expected = [etags[url][0].decode() for url in nights.urls]
        assert nights.asked == [(302, expected[0]), (304, expected[1])]
    assert expected[0] != expected[1]


def with_etag(answer: Answer, etag: str) -> Answer:
    others = tuple(header for header in answer.headers if header[0] != "ETag")
    return replace(answer, headers=(*others, ("ETag", etag)))


def another_etag(_: Request, answer: Answer) -> Answer:
    return with_etag(answer, '"other"') if answer.status == 304 else answer


def with_body(_: Request, answer: Answer) -> Answer | RawAnswer:
    if answer.status != 304:
        return answer
    return RawAnswer([b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n<p>But here it is.</p>"])


def test_a_304_that_says_something_else_is_not_believed(tmp_path: Path) -> None:
    for number, lie in enumerate((another_etag, with_body)):
        with Lying(lie) as site:
            nights = Nights(site, tmp_path / str(number), 5)
            nights.folder.mkdir()
            first = nights.crawl()
            second = nights.crawl()
            tags = [bool(tag) for _, tag in nights.asked]
            # After three of them the server is asked no such questions any more.
            assert tags == [True, False, True, False, True, False, False, False]
        assert list(map(unlike, first)) == list(map(unlike, second))
        check_file(nights.files[1])
        assert len(check_originals(*nights.files)) == 5
        assert {one["WARC-Profile"].rpartition("/")[2] for one in nights.records("revisit")} == {
            "identical-payload-digest"
        }
        unasked = [one for one in nights.records("response") if one.block.startswith(b"HTTP/1.1 304")]
        assert len(unasked) == 3


def test_a_304_that_nobody_asked_for_is_asked_about_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def at_first(request: Request, answer: Answer) -> Answer:
        asked.append(request.path)
        return Answer(status=304, content_type="") if asked.count(request.path) == 1 else answer

    with Lying(at_first) as site:
        nights = Nights(site, tmp_path, 2)
        articles = nights.crawl()
        assert [status for status, _ in nights.asked] == [304, 200] * 2
    assert len(articles) == 2

    with Lying(lambda request, answer: Answer(status=304, content_type="")) as site:
        nights = Nights(site, tmp_path / "always", 1)
        nights.folder.mkdir()
        run = crawl(nights.folder, site.url, "-a", f"start_urls={nights.urls[0]}", *ONE_PAGE_AT_A_TIME)
        assert run.status == 1
        assert [status for status, _ in nights.asked] == [304, 304]


def test_an_original_that_vanishes_while_the_server_answers_is_asked_for(tmp_path: Path) -> None:
    removed: list[Path] = []

    def remove(request: Request, answer: Answer) -> Answer:
        if answer.status == 304 and not removed:
            removed.append(nights.files[0])
            removed[0].unlink()
        return answer

    with Lying(remove) as site:
        nights = Nights(site, tmp_path, 2)
        nights.crawl()
        second = nights.crawl()
        assert [(status, bool(tag)) for status, tag in nights.asked] == [(304, True), (200, False), (200, False)]
    assert [article["receipt"]["revisit"] for article in second] == [None, None]
    assert len(removed) == 1


def test_a_date_too_fresh_to_mean_one_text_is_not_asked_with(tmp_path: Path) -> None:
    dates = [*(f"Mon, 03 Mar {year} 04:05:06 GMT" for year in (2025, 2100, 2106)), "a while ago"]
    seen: dict[str, str | None] = {}

    def only_dates(request: Request, answer: Answer) -> Answer:
        number = sorted(paths).index(request.path)
        seen[dates[number]] = request.headers.get("if-modified-since")
        if seen[dates[number]] is not None:
            return Answer(status=304, content_type="", headers=(("Last-Modified", dates[number]),))
        others = tuple(header for header in answer.headers if header[0] != "ETag" or number == 2)
        return replace(answer, headers=(*others, ("Last-Modified", dates[number])))

    with Lying(only_dates) as site:
        nights = Nights(site, tmp_path, 4)
        paths = [url.removeprefix(site.url) for url in nights.urls]
        nights.crawl()
        articles = nights.crawl()
        assert seen == {dates[0]: dates[0], dates[1]: None, dates[2]: None, dates[3]: None}
        assert [status for status, _ in nights.asked].count(304) == 2
    assert len(articles) == 4
    assert all(article["receipt"]["revisit"] for article in articles)
