"""What a selection takes: just the captures asked for, and what these cannot do without."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from gzip import decompress
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.wacz.check import check_wacz
from kcnacrawl.archive.wacz.selection import Selection
from tests.wacz.nights import Archive, answer
from tests.wacz.packing import Packed, pack

DAY = date(2026, 11, 22)
NEXT = date(2026, 11, 23)


def ids(records: list[dict[str, str]], *kinds: str) -> set[str]:
    return {record["WARC-Record-ID"] for record in records if record["WARC-Type"] in kinds}


def test_day_takes_just_its_captures_from_a_file_that_goes_past_midnight(archive: Archive, tmp_path: Path) -> None:
    days = [pack(archive.output, tmp_path / f"{day}.wacz", since=day, until=day) for day in (DAY, NEXT)]
    name = archive.nights[2].warc.name.removesuffix(".warc.gz") + "-excerpt.warc.gz"
    parts = [packed.records(name) for packed in days]
    for day, records in zip((DAY, NEXT), parts, strict=True):
        assert {record["WARC-Date"][:10] for record in records if record["WARC-Type"] != "warcinfo"} == {str(day)}
    whole = pack(archive.output, tmp_path / "both.wacz", since=DAY).records(archive.nights[2].warc.name)
    for kinds in (("response", "revisit"), ("request",), ("metadata",)):
        assert ids(parts[0], *kinds) | ids(parts[1], *kinds) == ids(whole, *kinds)
        assert not ids(parts[0], *kinds) & ids(parts[1], *kinds)
    assert len(ids(parts[0], "response")) == 3


def test_excerpt_is_made_of_the_bytes_of_its_source(archive: Archive, tmp_path: Path) -> None:
    packed = pack(archive.output, tmp_path / "day.wacz", since=DAY, until=DAY)
    name = archive.nights[2].warc.name.removesuffix(".warc.gz") + "-excerpt.warc.gz"
    excerpt, source = packed.read(f"archive/{name}"), archive.nights[2].warc.read_bytes()
    records = packed.records(name)
    own = excerpt.index(b"\x1f\x8b\x08", 10)
    assert excerpt[own:] == source[: len(excerpt) - own]
    infos = [record for record in records if record["WARC-Type"] == "warcinfo"]
    assert [info["WARC-Filename"] for info in infos] == [name, archive.nights[2].warc.name]
    assert {record.get("WARC-Warcinfo-ID") for record in records[2:]} == {infos[1]["WARC-Record-ID"]}


def test_records_of_a_capture_stay_together(archive: Archive, tmp_path: Path) -> None:
    packed = pack(archive.output, tmp_path / "day.wacz", since=NEXT, until=NEXT)
    records = packed.records()
    by_file: dict[str, set[str]] = {}
    for record in records:
        by_file.setdefault(record["file"], set()).add(record["WARC-Record-ID"])
    linked = [record for record in records if "WARC-Concurrent-To" in record]
    assert linked
    for record in linked:
        assert record["WARC-Concurrent-To"] in by_file[record["file"]]


def test_second_night_depends_on_no_file_outside(archive: Archive, second: Packed) -> None:
    records = second.records()
    revisits = [record for record in records if record["WARC-Type"] == "revisit"]
    assert {record["WARC-Profile"].rpartition("/")[2] for record in revisits} == {
        "identical-payload-digest",
        "server-not-modified",
    }
    responses = {record["WARC-Record-ID"]: record for record in records if record["WARC-Type"] == "response"}
    lines = {(fields["url"], stamp) for _, stamp, fields in second.index() if fields["mime"] != "warc/revisit"}
    for revisit in revisits:
        original = responses[revisit["WARC-Refers-To"]]
        assert original["file"] == "originals-20261124010203.warc.gz"
        date_digits = "".join(mark for mark in original["WARC-Date"] if mark.isdigit())[:17]
        assert (revisit["WARC-Refers-To-Target-URI"], date_digits) in lines
    assert second.made.originals == len(revisits) == 6


def test_index_leads_to_every_record_wherever_it_was_copied_to(second: Packed) -> None:
    records = {record["WARC-Record-ID"] for record in second.records()}
    seen = set()
    for _, _, fields in second.index():
        data = second.read(f"archive/{fields['filename']}")
        part = data[int(fields["offset"]) : int(fields["offset"]) + int(fields["length"])]
        head = decompress(part).partition(b"\r\n\r\n")[0].decode().split("\r\n")
        assert f"WARC-Target-URI: {fields['url']}" in head
        seen.add(next(line.partition(": ")[2] for line in head if line.startswith("WARC-Record-ID")))
    assert seen <= records
    assert len(seen) == len(second.index())


def test_pages_bring_what_they_need_from_the_night_before(archive: Archive, second: Packed) -> None:
    found = {fields["url"] for _, _, fields in second.index() if fields["filename"].startswith("requisites-")}
    assert found == set(archive.requisites)


def test_pages_need_not_bring_it(archive: Archive, tmp_path: Path) -> None:
    packed = pack(archive.output, tmp_path / "bare.wacz", run=archive.nights[1].run, crawls_back=None)
    assert not [name for name in packed.names() if "requisites" in name]
    assert packed.made.originals == 6


def test_requisites_are_looked_for_in_so_many_crawls_and_sheets_bring_their_own(tmp_path: Path) -> None:
    made = Archive(tmp_path / "output", "http://mirror.example", [], [])
    sheet = answer("/a.css", "text/css", "body { background: url(/b.png) }" + " " * 99)
    picture = answer("/b.png", "image/png", "no real picture" * 9)
    changed = answer("/b.png", "image/png", "changed meanwhile" * 9)
    pages = [answer(f"/{n}", "text/html", f"<link rel=stylesheet href=/a.css><p>{n}" + " text" * 99) for n in (1, 2)]
    nights = ([sheet, picture], [changed], [pages[0]], [pages[1]])
    for day, exchanges in enumerate(nights, 1):
        made.record(f"run-{day}", datetime(2026, 11, day, tzinfo=UTC), exchanges)
    near = pack(made.output, tmp_path / "near.wacz", run="run-4", crawls_back=2)
    far = pack(made.output, tmp_path / "far.wacz", run="run-4", crawls_back=3)
    assert near.made.requisites == 0
    found = {(fields["url"], stamp[:8]) for _, stamp, fields in far.index()}
    assert found == {
        ("http://mirror.example/2", "20261104"),
        ("http://mirror.example/a.css", "20261101"),
        ("http://mirror.example/b.png", "20261102"),
    }


def test_fetch_that_failed_does_not_stand_for_the_style_sheet(tmp_path: Path) -> None:
    made = Archive(tmp_path / "output", "http://mirror.example", [], [])
    sheet = answer("/a.css", "text/css", "body { background: url(/b.png) }" + " " * 99)
    picture = answer("/b.png", "image/png", "no real picture" * 9)
    page = answer("/1", "text/html", "<link rel=stylesheet href=/a.css><p>" + " text" * 99)
    lost = replace(sheet, received=b"", error="The connection was reset.")
    cut = replace(picture, received=picture.received[:-9], cut="disconnect", error="The connection was reset.")
    for day, exchanges in enumerate(([sheet, picture], [lost, lost, cut], [page, lost, cut]), 1):
        made.record(f"run-{day}", datetime(2026, 11, day, tzinfo=UTC), exchanges, lines=False)
    packed = pack(made.output, tmp_path / "night.wacz", run="run-3")
    copied = {(fields["url"], stamp[:8]) for _, stamp, fields in packed.index() if "requisites" in fields["filename"]}
    assert copied == {("http://mirror.example/a.css", "20261101"), ("http://mirror.example/b.png", "20261101")}
    assert packed.made.requisites == 2
    assert list(map(str, check_wacz(packed.path))) == []


@pytest.mark.parametrize("name", ["run", "crawl"])
def test_run_and_crawl_choose_files(archive: Archive, tmp_path: Path, name: str) -> None:
    choice: dict[str, Any] = {name: archive.nights[0].run}
    packed = pack(archive.output, tmp_path / "run.wacz", **choice)
    files = [path for path in packed.names() if path.startswith("archive/")]
    assert files == [f"archive/{archive.nights[0].warc.name}"]


def test_original_that_is_nowhere_is_counted_and_its_page_left_out(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "output/warc"
    folder.mkdir(parents=True)
    os.link(archive.nights[1].warc, folder / archive.nights[1].warc.name)
    packed = pack(tmp_path / "output", tmp_path / "alone.wacz")
    assert packed.unresolved == 6
    assert [page["url"] for page in packed.pages()] == [archive.articles[6]]


def test_open_file_is_left_out_and_told(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "output/warc"
    folder.mkdir(parents=True)
    os.link(archive.nights[0].warc, folder / "closed.warc.gz")
    os.link(archive.nights[2].warc, folder / "late.warc.gz.open")
    (folder / "plain.warc").write_bytes(b"WARC/1.1")
    packed = pack(tmp_path / "output", tmp_path / "closed.wacz")
    assert [path for path in packed.names() if path.startswith("archive/")] == ["archive/closed.warc.gz"]
    assert packed.told == [
        "plain.warc is not compressed record by record; it is left out.",
        f"{folder}/late.warc.gz.open was left open by a run that was broken off; it is left out: "
        f"close it with `scrapy mend {folder}/late.warc.gz.open`, as the next crawl does.",
    ]


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        ({"spider": "rodong"}, "Nothing in {} is of spider rodong, so there is nothing to package."),
        (
            {"since": date(2027, 1, 1)},
            "Nothing in {} is captured from 2027-01-01 (UTC), so there is nothing to package.",
        ),
    ],
)
def test_nothing_chosen_is_a_sentence(
    archive: Archive, tmp_path: Path, selection: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ArchiveError) as error:
        pack(archive.output, tmp_path / "none.wacz", **selection)
    assert str(error.value) == sentence.format(archive.warcs)
    assert list(tmp_path.iterdir()) == []


def test_damaged_file_is_a_sentence(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "output/warc"
    folder.mkdir(parents=True)
    data = archive.nights[0].warc.read_bytes()
    (folder / "torn.warc.gz").write_bytes(data[:-100])
    with pytest.raises(
        ArchiveError, match=r"^1 file cannot go into a package, so there is none: `scrapy mend .*torn\.warc\.gz`"
    ):
        pack(tmp_path / "output", tmp_path / "torn.wacz")
    assert not (tmp_path / "torn.wacz").exists()


@pytest.mark.parametrize(
    ("selection", "name"),
    [
        (Selection(), "all"),
        (Selection(since=DAY, until=DAY), "2026-11-22"),
        (Selection(since=DAY, until=NEXT), "2026-11-22--2026-11-23"),
        (Selection(until=NEXT), "--2026-11-23"),
        (Selection(run="r", since=DAY), "run-r-2026-11-22--"),
        (Selection(crawl="c"), "crawl-c"),
    ],
)
def test_selection_has_a_name(selection: Selection, name: str) -> None:
    assert selection.name == name
