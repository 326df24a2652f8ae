"""Packages whose hashes agree are held against their own records; those that only leave something out are sound."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from kcnacrawl.archive.photos import picture_of
from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.wacz.check import check_wacz
from tests.verify.museum.fields import UNKNOWN
from tests.verify.museum.piece import Rec
from tests.wacz.lies import LIES
from tests.wacz.lying import Damage, Lines, article, articles, articles_of, page, photo, records, unsigned
from tests.wacz.museum import listed
from tests.wacz.nights import Archive
from tests.wacz.packing import Packed, pack
from tests.wacz.rebuilding import Parts, rebuild


def told(path: Path, archive: Archive) -> list[str]:
    """Findings with names in place of what is another each time."""
    lines = []
    for finding in check_wacz(path, 1):
        text = str(finding).removeprefix(f"{path}!/").removeprefix(f"{path}: ").replace(f"{path}!/", "")
        text = re.sub(r"<urn:uuid:(?!0{8})[0-9a-f-]{36}>", "<id>", text).replace(archive.site, "{site}")
        text = text.replace("1,0,0,127:" + archive.site.rpartition(":")[2] + ")", "{key}")
        text = re.sub(r"(archive/\S+?\.warc\.gz):\d+", r"\1:N", text)
        text = re.sub(r"\b(at|record says) \d+(?!-)\b", r"\1 N", text)
        for number, night in enumerate(archive.nights, 1):
            text = text.replace(night.warc.name, f"{{night {number}}}")
        text = re.sub(r"(originals|requisites)-\d{14}\.warc\.gz", r"{\1}", text)
        lines.append(re.sub(r"sha256:(?!0{8})[0-9a-f]{64}", "sha256:…", text))
    return lines


@pytest.mark.parametrize("name", LIES)
def test_lie_is_told(name: str, archive: Archive, second: Packed, tmp_path: Path) -> None:
    damage, said = LIES[name]
    path = rebuild(second.path, tmp_path / "lie.wacz", unsigned(damage))
    assert told(path, archive) == list(said)


def test_a_record_changed_with_its_digests_is_told(archive: Archive, second: Packed, tmp_path: Path) -> None:
    def change(found: list[Rec]) -> None:
        [record for record in found if record["WARC-Type"] == b"response"][-1].swap(b"200 OK", b"404 No")

    lines = told(rebuild(second.path, tmp_path / "lie.wacz", records("originals", change)), archive)
    said = "its status is '200', that of the original, in archive/{originals} at N, is '404'; "
    assert any(said in line for line in lines)


def test_a_line_and_its_page_that_lie_alike_are_both_told(archive: Archive, second: Packed, tmp_path: Path) -> None:
    def change(parts: Parts) -> None:
        article(1, title="Another")(parts)
        page(2, title="Another")(parts)

    line, listed_line = told(rebuild(second.path, tmp_path / "lie.wacz", unsigned(change)), archive)
    assert 'field title is "Another", but the page says "' in line
    assert listed_line.startswith("pages/pages.jsonl:3: record <id>: its title is 'Another', but its record gives ")


def linked(archive: Archive) -> Damage:
    """Give the first photograph its receipt, as a crawl does."""

    def change(lines: Lines) -> None:
        item = next(line for line in lines if line["photos"])
        one = next(one for one in item["photos"] if one["url"] in archive.nights[0].receipts)
        receipt = archive.nights[0].receipts[one["url"]]
        assert receipt is not None
        picture = picture_of(read_record(archive.warcs / receipt.warc, receipt.offset))
        assert picture is not None
        one.update(sha256=picture.sha256, receipt=asdict(receipt))

    return articles(change)


def test_a_photo_that_is_another_is_told(archive: Archive, whole: Packed, tmp_path: Path) -> None:
    path = rebuild(whole.path, tmp_path / "sound.wacz", linked(archive))
    assert told(path, archive) == []
    (line,) = told(rebuild(path, tmp_path / "lie.wacz", photo(sha256="0" * 64)), archive)
    assert ': its sha256 is "' + "0" * 64 + '", but the record holds another picture; ' in line


def test_a_photo_that_was_left_out_is_a_note(archive: Archive, whole: Packed, tmp_path: Path) -> None:
    def change(parts: Parts) -> None:
        linked(archive)(parts)
        parts.change(articles_of(parts), lambda data: data.replace(b'"sha256": "', b'"sha256": "0', 1))
        articles(lambda lines: _of_other_file(lines))(parts)

    (line,) = told(rebuild(whole.path, tmp_path / "bare.wacz", change), archive)
    assert re.search(rf": note: kcnawatch:\d+-\d+: photo 1: its record, {UNKNOWN}, is not in the package; ", line)


def _of_other_file(lines: Lines) -> None:
    one = next(photo for line in lines for photo in line["photos"] if photo["receipt"])
    one["receipt"].update(warc="other.warc.gz", record_id=UNKNOWN)


SOUND = {
    "without texts": {"wanted": {"with_text": False}},
    "without requisites": {"crawls_back": None},
    "of a day": {"since": date(2026, 11, 23)},
    "of two days": {"until": date(2026, 11, 21)},
}


@pytest.mark.parametrize("what", SOUND)
def test_packages_that_leave_something_out_are_sound(what: str, archive: Archive, tmp_path: Path) -> None:
    assert told(pack(archive.output, tmp_path / "part.wacz", **SOUND[what]).path, archive) == []  # type: ignore[arg-type]


def test_a_day_from_a_listing_that_was_left_out_cannot_be_proven(
    archive: Archive, second: Packed, tmp_path: Path
) -> None:
    """The listing is of the first night; that the day is none of the page's is no lie."""

    def change(lines: Lines) -> None:
        lines[1].update(published_from="listing", published="2025-11-23", published_raw="23/11/2025")

    path = rebuild(second.path, tmp_path / "part.wacz", unsigned(articles(change)))
    assert told(path, archive) == []


def test_texts_of_other_programs_are_their_own(archive: Archive, second: Packed, tmp_path: Path) -> None:
    def change(parts: Parts) -> None:
        listed(software="another/1")(parts)
        parts.change("pages/pages.jsonl", lambda data: data.replace(b'"title":"Del', b'"title":"Tel'))
        parts.change(articles_of(parts), lambda data: data.replace(b'"title":"Del', b'"title":"Tel'))

    assert told(rebuild(second.path, tmp_path / "other.wacz", change), archive) == []


def test_whatever_stands_in_the_index_there_are_sentences(archive: Archive, second: Packed, tmp_path: Path) -> None:
    def change(parts: Parts) -> None:
        name = "indexes/index.cdx.gz"
        parts.files["indexes/index.cdx"] = b'a)/ 20260101000000 {"url": 5, "offset": [], "digest": {}}\n'
        parts.files["indexes/other.cdx"] = json.dumps({"a": "b"}).encode() + b"\n"
        parts.files[name] = parts.files[name][:-20]

    lines = told(rebuild(second.path, tmp_path / "odd.wacz", change), archive)
    assert any("indexes/other.cdx:1: it is no line of CDXJ" in line for line in lines)
