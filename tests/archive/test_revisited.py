"""What was not stored again is given back all the same: bytes, articles, proofs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from kcnacrawl.archive import ArchiveError, ranges
from kcnacrawl.archive.lines import Line
from kcnacrawl.archive.originals import Original, RunOriginals
from kcnacrawl.archive.reader import find_record, iter_records
from kcnacrawl.archive.record import Record
from kcnacrawl.archive.reextract import Summary, reextract
from kcnacrawl.archive.restore import restore
from kcnacrawl.archive.revisits import revisited_response
from kcnacrawl.archive.targets import find_places, record_heads
from kcnacrawl.archive.verify import Verifier
from kcnacrawl.archive.writer import WarcWriter
from kcnacrawl.urls import article_id
from tests.archive.conftest import Recorded
from tests.archive.nights import BODY, PAGE, UNCHANGED, Night, original
from tests.archive.samples import NASTY, SENT, STARTED, exchange
from tests.archive.test_restore import change


def revisits(path: Path) -> list[Record]:
    return [record for record in iter_records(path) if record.type == "revisit"]


def two_nights(folder: Path, received: bytes) -> tuple[Path, Path]:
    """The same answer, recorded in two files."""
    first = Night(folder, minimum=1)
    receipt = first.fetch(received)
    one = first.close()
    assert not revisits(one)
    second = Night(folder, {receipt.payload_digest: original(receipt)}, minimum=1)
    second.fetch(received, day=1)
    return one, second.close()


WITH_BODY = {name: received for name, received in NASTY.items() if b"hello" in received or b"abc" in received}
WHOLE = sorted(set(WITH_BODY) - {
    "switching protocols", "no content, with a length", "too long", "size malformed later", "chunk longer than said",
    "size of 500 digits", "size beyond all", "no last chunk",
})  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_every_sample_comes_back_from_its_revisit(tmp_path: Path, name: str) -> None:
    one, two = two_nights(tmp_path, NASTY[name])
    (revisit,) = revisits(two)
    for record in iter_records(two):
        if record.type in ("revisit", "request", "metadata"):
            wire = restore(record)
            assert (wire.data, wire.flaw, wire.redacted) == (NASTY[name], None, ())
    assert restore(revisit, request=True).data == SENT
    one.unlink()
    sentence = rf"revisit record at {revisit.offset} \({revisit.id}\) refers to <urn:uuid:[0-9a-f-]+>, which is in no "
    with pytest.raises(ArchiveError, match=sentence):
        restore(revisit)
    assert restore(revisit, request=True).data == SENT


def test_a_304_comes_back_as_received(tmp_path: Path) -> None:
    night = Night(tmp_path)
    known = original(night.fetch())
    night.writer.write(replace(exchange(UNCHANGED, not_modified=known), started=STARTED + timedelta(1)))
    for record in list(iter_records(night.close()))[3:]:
        wire = restore(record)
        assert (wire.data, wire.flaw) == (UNCHANGED, None)
        assert restore(record, request=True).data == SENT


def test_a_changed_original_gives_nothing_back(tmp_path: Path) -> None:
    one, two = two_nights(tmp_path, PAGE)
    changed = change(one, b"mill", b"farm")
    one.write_bytes(changed.read_bytes())
    changed.unlink()
    with pytest.raises(ArchiveError, match=r", but the payload there has another digest: it was changed since"):
        restore(revisits(two)[0])


def test_a_changed_head_is_noticed(tmp_path: Path) -> None:
    _, two = two_nights(tmp_path, PAGE)
    (revisit,) = revisits(change(two, b"text/html", b"text/xtml"))
    assert "the bytes differ from those received" in (restore(revisit).flaw or "")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"To-Date: 2026-03-01", b"To-Date: 2025-03-01", ", but the date there is 2026-03-01T"),
        (b"To-Target-URI: http://m", b"To-Target-URI: http://n", ", but the address there is http://mirror.example/"),
        (b"WARC-Payload-Digest: sha256:", b"WARC-Payload-Digest: sha1:", ", but the payload digest there is sha256:"),
        (b"WARC-Refers-To: ", b"WARC-Refers-No: ", " refers to no record id, which is in no WARC file of "),
    ],
)
def test_an_original_that_is_not_the_one_meant_gives_nothing_back(
    tmp_path: Path, old: bytes, new: bytes, sentence: str
) -> None:
    _, two = two_nights(tmp_path, PAGE)
    (revisit,) = revisits(change(two, old, new))
    with pytest.raises(ArchiveError, match=re.escape(sentence)):
        restore(revisit)


def test_a_revisit_of_a_revisit_is_told(tmp_path: Path) -> None:
    one, two = two_nights(tmp_path, PAGE)
    (revisit,) = revisits(two)
    target = revisit.get("WARC-Refers-To") or ""
    one.unlink()
    (changed,) = revisits(change(two, target.encode(), revisit.id.encode()))
    with pytest.raises(ArchiveError, match=r", but that record is a revisit\.$"):
        restore(changed)


def test_the_head_is_that_of_the_revisit_unless_it_is_a_304(tmp_path: Path) -> None:
    response = Record(tmp_path, 0, 0, b"", PAGE)
    for head, content_type in (
        (PAGE.removesuffix(BODY).replace(b"html", b"xml"), "text/xml"),
        (UNCHANGED, "text/html"),
    ):
        found = revisited_response(Record(tmp_path, 0, 0, b"", head), response)
        assert found is not None
        assert (found.status, found.body, found.header("content-type")) == (200, BODY, content_type)


def test_an_original_among_many_files_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = two_nights(tmp_path, PAGE)
    for number in range(5):
        night = Night(tmp_path, minimum=1 << 40)
        night.fetch(PAGE.replace(b"mill", b"%d" % number))
        night.close()
    (revisit,) = revisits(two)
    looked: list[str] = []

    def heads(path: Path) -> Any:
        looked.append(path.name)
        return record_heads(path)

    monkeypatch.setattr("kcnacrawl.archive.targets.record_heads", heads)
    for name in ("c-20260228000000-x", "d-20260302000000-x", "notes"):
        (tmp_path / f"{name}.warc.gz").touch()
    one.rename(tmp_path / "b-20260301040400-x.warc.gz")
    assert restore(revisit).data == PAGE
    assert looked == ["b-20260301040400-x.warc.gz"]


class Again:
    """The pages of a recorded crawl, fetched a second night: some unchanged, some answered 304."""

    def __init__(self, recorded: Recorded, folder: Path) -> None:
        self.first = folder / recorded.path.name
        self.first.write_bytes(recorded.path.read_bytes())
        known: dict[str, Original] = {}
        by_url: dict[str, Original] = {}
        for one, (_, receipt) in zip(recorded.exchanges, recorded.receipts, strict=True):
            if receipt is not None and one.cut is None:
                by_url[one.url] = known.setdefault(receipt.payload_digest, original(receipt, one.url))
        writer = WarcWriter(
            folder, "second", info={"software": "x"}, originals=RunOriginals(lambda payload, _: known.get(payload))
        )
        self.lines: list[dict[str, Any]] = []
        self.receipts: dict[str, Any] = {}
        for number, one in enumerate(recorded.exchanges):
            later = replace(one, started=one.started + timedelta(days=1))
            if number % 3 == 0 and one.url in by_url:
                unchanged = b"HTTP/1.1 304 Not Modified\r\n\r\n"
                later = replace(later, received=unchanged, not_modified=by_url[one.url])
            receipt = writer.write(later)
            if (identity := article_id(one.url)) and receipt is not None:
                self.receipts.setdefault(identity, receipt)
        (self.second,) = writer.close()

    def articles(self, *paths: Path, processes: int = 1) -> tuple[list[dict[str, Any]], Summary]:
        summary = Summary()
        return [orjson.loads(line) for line in reextract(list(paths), summary, processes)], summary


@pytest.fixture
def again(recorded: Recorded, tmp_path: Path) -> Again:
    return Again(recorded, tmp_path)


def test_the_second_night_alone_gives_the_same_articles(again: Again) -> None:
    first, _ = again.articles(again.first)
    second, summary = again.articles(again.second)
    assert summary.damages == []
    assert len(second) == len(first) > 20
    profiles = {record.get("WARC-Profile") for record in revisits(again.second)}
    assert len(profiles) == 2
    for one, two in zip(first, second, strict=True):
        revisit = two["receipt"].pop("revisit")
        assert one["receipt"].pop("revisit") is None
        assert revisit["warc"] == again.second.name
        assert two.pop("fetched_at") == revisit["date"] > one.pop("fetched_at")
        assert one == two


def test_the_lines_have_the_receipts_that_the_writer_gave(again: Again) -> None:
    for article in again.articles(again.second)[0]:
        assert article["receipt"] == orjson.loads(orjson.dumps(again.receipts[article["id"]]))


@pytest.mark.parametrize("processes", [1, 3])
def test_ranges_with_revisits_give_the_same_lines(
    again: Again, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    whole, _ = again.articles(again.second)
    both, _ = again.articles(again.first, again.second)
    monkeypatch.setattr(ranges, "RANGE", 3_000)
    assert again.articles(again.second, processes=processes)[0] == whole
    assert again.articles(again.first, again.second, processes=processes)[0] == both


def test_a_folder_is_looked_through_once(again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Any] = []
    monkeypatch.setattr(ranges, "RANGE", 3_000)

    def find(*what: Any) -> Any:
        looks.append(what)
        return find_places(*what)

    monkeypatch.setattr("kcnacrawl.archive.ranges.find_places", find)
    again.articles(again.second)
    assert len(looks) == 1
    again.articles(again.first)
    assert len(looks) == 1


def test_a_missing_original_is_told_and_costs_its_pages_only(again: Again) -> None:
    whole, _ = again.articles(again.second)
    again.first.unlink()
    found, summary = again.articles(again.second)
    assert len(whole) > 20
    assert found == []  # what was cut off the first night is so the second
    lost = {record.offset: record for record in revisits(again.second) if article_id(record.uri)}
    assert summary.counts["lost"] == len(lost) > len(whole)
    dates = sorted(record.get("WARC-Refers-To-Date") or "" for record in lost.values())
    assert summary.lost == [
        f"{again.second}: the bytes of {len(lost)} pages that came again unchanged are in no WARC file of "
        f"{again.second.parent}; bring back what was written from {dates[0]} to {dates[-1]}."
    ]
    assert summary.damages == []
    assert str(summary).endswith(f"0 records damaged, {len(lost)} pages whose bytes are not there.")


def findings(again: Again, article: dict[str, Any]) -> str:
    line = Line(Path("a.jsonl"), 1, orjson.loads(orjson.dumps(article)))
    return "\n".join(map(str, Verifier(again.second.parent).check(line)))


def test_articles_of_both_nights_are_proven(again: Again) -> None:
    for path in (again.first, again.second):
        for article in again.articles(path)[0]:
            assert findings(again, article) == ""


@pytest.mark.parametrize(
    ("field", "value", "finding"),
    [
        ("date", "2026-01-01T00:00:00.000000Z", "receipt.revisit.date is '2026-01-01T00:00:00.000000Z', but "),
        ("record_id", "<urn:uuid:0>", "receipt.revisit.record_id is '<urn:uuid:0>', but the record says '<urn"),
        ("length", 7, "receipt.revisit.length is 7, but the record says "),
        ("warc", "none.warc.gz", "none.warc.gz does not exist"),
    ],
)
def test_a_wrong_revisit_is_named(again: Again, field: str, value: Any, finding: str) -> None:
    article = next(one for one in again.articles(again.second)[0] if one["receipt"]["revisit"])
    article["receipt"]["revisit"][field] = value
    assert finding in findings(again, article)


def test_a_revisit_of_another_page_is_named(again: Again) -> None:
    one, two = [article for article in again.articles(again.second)[0] if article["receipt"]["revisit"]][5:7]
    one["receipt"]["revisit"] = two["receipt"]["revisit"]
    assert "is a revisit of another record" in findings(again, one)


def test_a_record_of_the_second_night_leads_to_the_bytes(again: Again, recorded: Recorded) -> None:
    article = next(one for one in again.articles(again.second)[0] if one["receipt"]["revisit"])
    record = find_record([again.second], article["receipt"]["revisit"]["record_id"])
    served = {one.received for one in recorded.exchanges if article_id(one.url) == article["id"]}
    assert restore(record).data in served | {b"HTTP/1.1 304 Not Modified\r\n\r\n"}
