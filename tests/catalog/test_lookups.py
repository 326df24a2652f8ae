"""What a catalog is told, it answers."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from kcnacrawl.archive.entries import Entry
from kcnacrawl.catalog import CatalogError
from kcnacrawl.catalog.catalog import Catalog
from tests.catalog.samples import NOW, SITE, WARC, Archive, digest, entry

RUN = "20260301040506-abcd"


@pytest.fixture
def catalog(archive: Archive) -> Catalog:
    """With a crawl begun, and a file that another process seems to be writing."""
    catalog = archive.open()
    catalog.begin("mirror", {}, RUN, NOW)
    catalog.add_file(WARC, RUN, RUN)
    return catalog


def revisit(number: int, of: Entry, **more: object) -> Entry:
    said = {"kind": "revisit", "profile": "identical-payload-digest", "refers_to": of.record_id, "payload_size": 0}
    return entry(number, **({"url": of.url, "payload_digest": of.payload_digest} | said | more))


def test_a_record_is_found_by_its_id(catalog: Catalog) -> None:
    catalog.commit([entry(1), entry(2)])
    assert catalog.record(entry(2).record_id) == entry(2)
    assert catalog.record(entry(3).record_id) is None


def test_entries_of_a_file_come_in_its_order(catalog: Catalog) -> None:
    catalog.commit([entry(3), entry(1)])
    catalog.commit([entry(2)])
    assert list(catalog.entries_of(WARC)) == [entry(1), entry(2), entry(3)]
    assert catalog.last_entry(WARC) == entry(3)
    assert list(catalog.entries_of("other.warc.gz")) == []


def test_only_other_runs_of_the_same_crawl_answer(catalog: Catalog) -> None:
    page = entry(1)
    catalog.commit([page])
    assert catalog.capture(RUN, page.url, before_run=RUN) is None
    catalog.close()


def test_the_newest_get_of_an_earlier_run_answers(archive: Archive) -> None:
    catalog = archive.open()
    catalog.begin("mirror", {}, RUN, NOW)
    (archive.warc / f"{WARC}.open").touch()
    catalog.add_file(WARC, RUN, RUN)
    page = entry(1)
    posted = entry(4, url=page.url, method="POST")
    wire = entry(5, url=page.url, kind="resource")
    catalog.commit([page, revisit(2, page), entry(3), posted, wire])
    catalog.close()
    (archive.warc / f"{WARC}.open").rename(archive.warc / f"{WARC}.open.kept")
    catalog = archive.open()
    assert catalog.files()[0].gone
    catalog.mark(WARC, gone=False)
    crawl = catalog.begin("mirror", {}, "20260302040506-abcd", NOW)
    assert crawl.resumed
    assert crawl.id == RUN
    found = catalog.capture(RUN, page.url, before_run="20260302040506-abcd")
    assert found == revisit(2, page)
    assert catalog.capture(RUN, page.url + "?", before_run="20260302040506-abcd") is None
    catalog.mark(WARC, gone=True)
    assert catalog.capture(RUN, page.url, before_run="20260302040506-abcd") is None


def test_originals_are_whole_responses_to_get_those_of_the_address_first(catalog: Catalog) -> None:
    same = digest("the same")
    others = {number: entry(number, payload_digest=same) for number in (1, 2, 3)}
    catalog.commit(others.values())
    catalog.commit([entry(4, payload_digest=same, whole=False), entry(5, payload_digest=same, method="POST")])
    catalog.commit([revisit(6, others[1]), entry(7, payload_digest=same, kind="resource")])
    found = catalog.originals(same, others[2].url)
    assert [original.offset for original in found] == [20_000, 30_000, 10_000]
    original = catalog.original(same, others[2].url)
    assert original is not None
    assert (original.record_id, original.date, original.etag) == (others[2].record_id, others[2].date, '"2"')
    assert catalog.original(same, others[2].url, oldest_number=1) == original
    assert catalog.original(same, others[2].url, oldest_number=2) is None
    catalog.mark(WARC, gone=True)
    assert catalog.originals(same, others[2].url) == []


class TestLatest:
    """What an address gave last: asking whether it changed is only safe against just that."""

    def test_a_response(self, catalog: Catalog) -> None:
        page = entry(1)
        catalog.commit([page, entry(2, url=page.url)])
        assert catalog.latest(page.url) == entry(2, url=page.url)
        assert catalog.latest(page.url, oldest_number=2) is None
        assert catalog.latest(SITE + "/other") is None

    def test_a_text_that_came_back_is_not_the_one_in_between(self, catalog: Catalog) -> None:
        first = entry(1)
        catalog.commit([first, entry(2, url=first.url), revisit(3, first, etag='"again"')])
        assert catalog.latest(first.url) == replace(first, etag='"again"', last_modified=entry(3).last_modified)

    def test_a_revisit_of_another_address_with_the_validators_of_this_one(self, catalog: Catalog) -> None:
        other = entry(1)
        mine = revisit(2, other, url=SITE + "/mine", etag='"mine"', last_modified=None)
        catalog.commit([other, mine])
        assert catalog.latest(SITE + "/mine") == replace(other, etag='"mine"', last_modified=None)

    def test_not_modified_means_what_was_there_before(self, catalog: Catalog) -> None:
        page = entry(1)
        gone = {"profile": "server-not-modified", "status": None, "etag": None, "last_modified": None}
        catalog.commit([page, revisit(2, page, **gone)])
        assert catalog.latest(page.url) == page

    @pytest.mark.parametrize(
        "newest",
        [{"status": 404}, {"status": 503}, {"whole": False}, {"payload_digest": None}],
        ids=["404", "503", "cut", "no digest"],
    )
    def test_an_answer_that_tells_nothing_makes_it_unsure(self, catalog: Catalog, newest: dict[str, object]) -> None:
        catalog.commit([entry(1), entry(2, url=entry(1).url, **newest)])
        assert catalog.latest(entry(1).url) is None

    def test_a_removed_original_cannot_be_referred_to(self, catalog: Catalog) -> None:
        catalog.commit([entry(1)])
        catalog.mark(WARC, gone=True)
        assert catalog.latest(entry(1).url) is None


def test_the_frontier_counts_what_was_asked_and_not_answered(catalog: Catalog) -> None:
    urls = [f"{SITE}/{number}" for number in range(1000)]
    catalog.commit([], asked=urls)
    catalog.commit([], asked=urls[:10])
    assert catalog.waiting(RUN) == 1000
    catalog.commit([], answered=[*urls[:3], SITE + "/never asked"])
    assert catalog.waiting(RUN) == 997
    catalog.commit([], asked=[SITE + "/both#part"], answered=[SITE + "/both"])
    assert catalog.waiting(RUN) == 997
    catalog.end(RUN, RUN, "finished", True, NOW)
    assert catalog.waiting(RUN) == 0


def test_only_a_crawl_has_a_frontier(archive: Archive) -> None:
    catalog = archive.open()
    with pytest.raises(CatalogError, match=r"^Only a crawl that was begun"):
        catalog.commit([], asked=[SITE])


def test_addresses_with_equal_hashes(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("addresses", "catalog", "lookups"):
        monkeypatch.setattr(f"kcnacrawl.catalog.{module}.first_key", lambda url: 7)
    catalog.commit([entry(1)], asked=[entry(2).url])
    catalog.commit([entry(2), entry(3)], answered=[entry(2).url])
    assert catalog.waiting(RUN) == 0
    assert [catalog.latest(entry(number).url) for number in (1, 2, 3, 4)] == [entry(1), entry(2), entry(3), None]
    assert list(catalog.entries_of(WARC)) == [entry(1), entry(2), entry(3)]


def test_what_is_asked_from_other_threads_is_answered(catalog: Catalog) -> None:
    found: list[Entry | None] = []

    def ask() -> None:
        catalog.commit([entry(1)])
        found.append(catalog.record(entry(1).record_id))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [entry(1)]


def test_a_row_is_small(archive: Archive, catalog: Catalog) -> None:
    for start in range(1, 10_001, 1_000):
        catalog.commit([entry(number) for number in range(start, start + 1_000)])
    catalog.close()
    # 1,000 captures of different addresses, each with validators: their addresses, records and three indexes.
    assert archive.path.stat().st_size / 10 < 420_000
