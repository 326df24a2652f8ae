"""The crawl end to end: the real command against the served replica, compared with what is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.commands.schema import article_schema
from kcnacrawl.replica import Replica
from tests.crawl.running import Run, crawl, scrapy


@pytest.fixture(scope="module")
def site() -> Iterator[Replica]:
    with Replica(articles=300) as replica:
        yield replica


@pytest.fixture(scope="module")
def whole(site: Replica, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A crawl of everything the replica has."""
    site.requests.clear()
    return crawl(tmp_path_factory.mktemp("whole"), site.url)


def true_ids(site: Replica) -> set[str]:
    return {article["id"] for article in site.truth()}


def test_a_whole_crawl_succeeds_and_says_so(whole: Run) -> None:
    assert whole.status == 0, whole.err[-2000:]
    assert whole.summary["did_what_was_asked"] is True
    assert whole.summary["failures"] == []


def test_every_article_comes_out_once(site: Replica, whole: Run) -> None:
    found = [article["id"] for article in whole.articles]
    assert len(found) == len(set(found))
    assert set(found) == true_ids(site)


def test_every_field_is_the_true_one(site: Replica, whole: Run) -> None:
    articles = {article["id"]: article for article in whole.articles}
    wrong = []
    for true in site.truth():
        found = articles[true["id"]]
        for name, value in true.items():
            if not same(found[name], value):
                wrong.append((true["id"], name, found[name], value))
    assert wrong == []


def same(found: Any, true: Any) -> bool:
    """Whether all that is true was found; a true object may say less than an item does."""
    if isinstance(true, dict):
        return isinstance(found, dict) and all(same(found.get(name), value) for name, value in true.items())
    if isinstance(true, list):
        return isinstance(found, list) and len(found) == len(true) and all(map(same, found, true))
    return bool(found == true)


def test_every_line_fits_the_schema(whole: Run) -> None:
    validator = jsonschema.Draft202012Validator(article_schema())
    for article in whole.articles:
        validator.validate(article)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**whole.articles[0], "title": 7})


def test_each_article_is_fetched_once(site: Replica, whole: Run) -> None:
    asked = [seen.target for seen in site.requests if "/newstream/1" in seen.target]
    assert len(asked) == len(set(asked))
    # A slug that is not the article's is redirected by the site, which makes two addresses of one article.
    assert len(asked) <= len(true_ids(site)) + whole.summary["stats"]["redirect/followed"]


def test_robots_txt_is_asked_for_first(site: Replica, whole: Run) -> None:
    assert site.requests[0].target == "/robots.txt"


def test_every_request_has_its_record(site: Replica, whole: Run) -> None:
    with whole.warc.open("rb") as file:
        archived = [
            record.rec_headers.get_header("WARC-Target-URI")
            for record in ArchiveIterator(file)
            if record.rec_type == "request"
        ]
    assert sorted(archived) == sorted(site.url + seen.target for seen in site.requests)


def test_receipts_lead_to_the_record(whole: Run) -> None:
    for article in whole.articles[::29]:
        receipt = article["receipt"]
        assert receipt["warc"] == whole.warc.name
        with whole.warc.open("rb") as file:
            file.seek(receipt["offset"])
            record = next(ArchiveIterator(file))
            assert record.rec_headers.get_header("WARC-Record-ID") == receipt["record_id"]
            assert record.rec_headers.get_header("WARC-Target-URI") == article["url"]
            assert record.rec_headers.get_header("WARC-Date") == receipt["date"] == article["fetched_at"]


def test_reextraction_gives_the_same_lines(whole: Run) -> None:
    again = scrapy(whole.folder, "reextract", str(whole.warc), "-o", "again.jsonl")
    assert again.status == 0, again.err
    lines = [orjson.loads(line) for line in (whole.folder / "again.jsonl").read_bytes().splitlines()]
    by_id = {article["id"]: article for article in whole.articles}
    assert len(lines) == len(by_id)
    for line in lines:
        assert line == by_id[line["id"]]


def test_verify_proves_every_article(whole: Run) -> None:
    proof = scrapy(whole.folder, "verify")
    assert proof.status == 0, proof.err + proof.out


def test_verify_finds_an_altered_article(whole: Run, tmp_path: Path) -> None:
    altered = {**whole.articles[0], "title": "Another title"}
    (tmp_path / "altered.jsonl").write_bytes(orjson.dumps(altered) + b"\n")
    proof = scrapy(whole.folder, "verify", str(tmp_path / "altered.jsonl"))
    assert proof.status == 1
    assert "title" in proof.out + proof.err


def test_wire_gives_back_bytes_that_were_received(whole: Run) -> None:
    article = whole.articles[0]
    wire = scrapy(whole.folder, "wire", article["receipt"]["record_id"], "-o", "wire.bin")
    assert wire.status == 0, wire.err
    assert (whole.folder / "wire.bin").read_bytes().startswith(b"HTTP/1.1 200 OK\r\n")


def test_since_and_until_bound_the_crawl(site: Replica, tmp_path: Path) -> None:
    days = sorted(article["published"] for article in site.truth())
    since, until = days[100], days[140]
    run = crawl(tmp_path, site.url, "-a", f"since={since}", "-a", f"until={until}")
    assert run.status == 0, run.err[-2000:]
    wanted = {article["id"] for article in site.truth() if since <= article["published"] <= until}
    assert {article["id"] for article in run.articles} == wanted


def test_source_bounds_the_crawl(site: Replica, tmp_path: Path) -> None:
    run = crawl(tmp_path, site.url, "-a", "source=KCNA.kp (En)")
    assert run.status == 0, run.err[-2000:]
    wanted = {article["id"] for article in site.truth() if article["source_label"] == "KCNA.kp (En)"}
    assert wanted
    assert {article["id"] for article in run.articles} == wanted


def test_limit_is_never_passed(site: Replica, tmp_path: Path) -> None:
    run = crawl(tmp_path, site.url, "-a", "limit=7", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=4")
    assert run.status == 0, run.err[-2000:]
    assert len(run.articles) == 7
    assert run.summary["reason"] == "limit"


def test_named_articles_alone_are_fetched(site: Replica, tmp_path: Path) -> None:
    wanted = [article["id"] for article in site.truth()][:3]
    urls = ",".join(f"https://kcnawatch.xyz/newstream/{identity.removeprefix('kcnawatch:')}/any" for identity in wanted)
    site.requests.clear()
    run = crawl(tmp_path, site.url, "-a", f"start_urls={urls}")
    assert run.status == 0, run.err[-2000:]
    assert {article["id"] for article in run.articles} == set(wanted)
    assert not any("admin-ajax" in seen.target for seen in site.requests)


def test_output_option_takes_the_place_of_the_default(site: Replica, tmp_path: Path) -> None:
    run = crawl(tmp_path, site.url, "-a", "limit=2", "-o", "mine/some.jsonl")
    assert run.status == 0, run.err[-2000:]
    assert len((tmp_path / "mine/some.jsonl").read_bytes().splitlines()) == 2
    assert not (tmp_path / "output/articles").exists()


def test_appending_never_follows_half_a_line(site: Replica, tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_bytes(b'{"id": "kcnawatch:1-1"}\n{"id": "kcnawa')
    run = crawl(tmp_path, site.url, "-a", "limit=2", "-o", "some.jsonl")
    assert run.status == 0, run.err[-2000:]
    lines = [orjson.loads(line) for line in (tmp_path / "some.jsonl").read_bytes().splitlines()]
    assert len(lines) == 3


def test_overwriting_starts_anew(site: Replica, tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_bytes(b'{"id": "kcnawatch:1-1"}\n')
    run = crawl(tmp_path, site.url, "-a", "limit=2", "-O", "some.jsonl")
    assert run.status == 0, run.err[-2000:]
    assert len((tmp_path / "some.jsonl").read_bytes().splitlines()) == 2


def test_without_archive_the_articles_are_the_same(site: Replica, whole: Run, tmp_path: Path) -> None:
    run = crawl(tmp_path, site.url, "-a", "limit=5", "-s", "WARC_ENABLED=False")
    assert run.status == 0, run.err[-2000:]
    assert not (tmp_path / "output/warc").exists()
    by_id = {article["id"]: article for article in whole.articles}
    for article in run.articles:
        # Nothing can prove what was not archived, so pictures are not fetched either.
        photos = [{**photo, "sha256": None, "receipt": None} for photo in by_id[article["id"]]["photos"]]
        expected = by_id[article["id"]] | {"receipt": None, "fetched_at": article["fetched_at"], "photos": photos}
        assert article == expected


def test_the_user_agent_says_who_asks(site: Replica, tmp_path: Path) -> None:
    site.requests.clear()
    crawl(tmp_path, site.url, "-a", "limit=1", "-s", "CONTACT=archive@example.org")
    assert {seen.headers["user-agent"] for seen in site.requests} == {
        "kcnacrawl/0.1.0 (archive of state media for research; archive@example.org)"
    }
    assert {seen.headers["accept-encoding"] for seen in site.requests} == {"gzip"}


@pytest.mark.parametrize(
    "arguments",
    [("-a", "source=KCNA.kp (En)"), ("-a", "since=2025-11-10", "-a", "until=2025-11-14"), ("-a", "limit=9")],
)
def test_reextraction_knows_what_was_asked_for(site: Replica, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run = crawl(tmp_path, site.url, *arguments)
    again = scrapy(tmp_path, "reextract", str(run.warc), "-o", "again.jsonl")
    assert again.status == 0, again.err
    lines = [orjson.loads(line) for line in (tmp_path / "again.jsonl").read_bytes().splitlines()]
    assert lines
    # An article with photos comes out when it has them, so that others may overtake it.
    assert sorted(lines, key=lambda line: line["id"]) == sorted(run.articles, key=lambda article: article["id"])


def test_any_record_of_a_capture_leads_to_the_bytes_received(whole: Run) -> None:
    receipt = whole.articles[0]["receipt"]
    with whole.warc.open("rb") as file:
        beside = {
            record.rec_type: record.rec_headers.get_header("WARC-Record-ID")
            for record in ArchiveIterator(file)
            if record.rec_headers.get_header("WARC-Concurrent-To") == receipt["record_id"]
        }
    assert set(beside) == {"request", "metadata"}
    for number, record_id in enumerate((receipt["record_id"], *beside.values())):
        wire = scrapy(whole.folder, "wire", record_id, "-o", f"beside-{number}.bin")
        assert wire.status == 0, wire.err
    received = [(whole.folder / f"beside-{number}.bin").read_bytes() for number in range(3)]
    assert received[0] == received[1] == received[2]
    assert received[0].startswith(b"HTTP/1.1 200 OK\r\n")
