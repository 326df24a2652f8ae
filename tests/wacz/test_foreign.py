"""Archives of other programs: requests before answers, revisits that name their original by address and date only."""

from __future__ import annotations

import gzip
import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.wacz.check import check_wacz
from kcnacrawl.archive.wacz.plan import make_plan
from kcnacrawl.archive.wacz.scratch import Scratch
from kcnacrawl.archive.wacz.selection import Selection
from tests.wacz.packing import pack

URL = "http://mirror.example"
PAGE = b"<html><title>A page</title><p>Words.</html>"


def write(
    writer: WARCWriter, path: str, day: str, body: bytes = PAGE, *, method: str = "GET", request_first: bool = True
) -> None:
    """One exchange as warcio writes it."""
    headers = {"WARC-Date": day}
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    response = writer.create_warc_record(
        URL + path, "response", payload=BytesIO(body), http_headers=head, warc_headers_dict=dict(headers)
    )
    asked = StatusAndHeaders(f"{method} {path} HTTP/1.1", [("Host", "mirror.example")], is_http_request=True)
    headers["WARC-Concurrent-To"] = response.rec_headers.get_header("WARC-Record-ID")
    request = writer.create_warc_record(URL + path, "request", http_headers=asked, warc_headers_dict=headers)
    for record in (request, response) if request_first else (response, request):
        writer.write_record(record)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A folder for an archive."""
    (tmp_path / "output/warc").mkdir(parents=True)
    return tmp_path / "output"


def test_request_before_its_answer_goes_with_it_and_the_index_leads_to_the_answer(output: Path, tmp_path: Path) -> None:
    with (output / "warc/other.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(4):
            write(writer, f"/{number}", f"2026-11-0{1 + number // 2}T00:00:0{number}Z")
    packed = pack(output, tmp_path / "a.wacz", since=date(2026, 11, 2))
    assert [record["WARC-Type"] for record in packed.records()] == ["warcinfo", *["request", "response"] * 2]
    assert [fields["url"] for _, _, fields in packed.index()] == [f"{URL}/2", f"{URL}/3"]
    assert list(check_wacz(packed.path)) == []


@pytest.mark.parametrize("request_first", [True, False])
def test_answer_to_a_post_is_no_page(output: Path, tmp_path: Path, request_first: bool) -> None:
    with (output / "warc/other.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        write(writer, "/asked", "2026-11-01T00:00:00Z", method="POST", request_first=request_first)
        write(writer, "/page", "2026-11-01T00:00:01Z", request_first=request_first)
    packed = pack(output, tmp_path / "a.wacz")
    assert [(page["url"], page["title"]) for page in packed.pages()] == [(f"{URL}/page", "A page")]


def test_original_is_found_by_address_and_date(output: Path, tmp_path: Path) -> None:
    for day, name in ((1, "first"), (2, "second")):
        with (output / f"warc/{name}.warc.gz").open("wb") as file:
            writer = WARCWriter(file, gzip=True)
            info = {"isPartOf": name}
            writer.write_record(writer.create_warcinfo_record(f"{name}.warc.gz", info))
            if day == 1:
                write(writer, "/page", "2026-11-01T00:00:00Z")
                continue
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            revisit = writer.create_revisit_record(
                f"{URL}/page",
                "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                f"{URL}/page",
                "2026-11-01T00:00:00Z",
                http_headers=head,
                warc_headers_dict={"WARC-Date": "2026-11-02T00:00:00Z"},
            )
            writer.write_record(revisit)
    packed = pack(output, tmp_path / "a.wacz", spider="second")
    assert packed.made.originals == 1
    assert [(page["title"], page["ts"]) for page in packed.pages()] == [("A page", "2026-11-02T00:00:00Z")]


def test_two_captures_in_a_second_are_sorted_by_their_milliseconds(output: Path, tmp_path: Path) -> None:
    with (output / "warc/other.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        write(writer, "/page", "2026-11-01T00:00:00.9Z", b"<p>later and longer")
        write(writer, "/page", "2026-11-01T00:00:00.100Z", b"<p>earlier")
        write(writer, "/page", "2026-11-01T00:00:00Z", b"<p>first")
    packed = pack(output, tmp_path / "a.wacz")
    assert [stamp for _, stamp, _ in packed.index()] == [f"20261101000000{part}" for part in ("000", "100", "900")]
    assert [finding.sentence for finding in check_wacz(packed.path)] == [
        "the first record of the file is no warcinfo record"
    ]


def test_no_two_resources_have_the_same_name(output: Path, tmp_path: Path) -> None:
    for name in ("Other.warc.gz", "other.warc.gz"):
        with (output / "warc" / name).open("wb") as file:
            write(WARCWriter(file, gzip=True), f"/{name}", "2026-11-01T00:00:00Z")
    listed = json.loads(pack(output, tmp_path / "a.wacz").read("datapackage.json"))["resources"]
    names = [resource["name"] for resource in listed if resource["path"].startswith("archive/")]
    assert names == ["other.warc.gz", "2-other.warc.gz"]


def test_file_in_one_gzip_member_cannot_be_packaged(output: Path) -> None:
    plain = BytesIO()
    write(WARCWriter(plain, gzip=False), "/page", "2026-11-01T00:00:00Z")
    (output / "warc/other.warc.gz").write_bytes(gzip.compress(plain.getvalue()))
    told: list[str] = []
    with Scratch() as scratch, pytest.raises(ArchiveError, match="1 file cannot go into a package, so there is none"):
        make_plan(output / "warc", Selection(), scratch, told.append)
    path = output / "warc/other.warc.gz"
    assert told == [f"{path} is not compressed record by record, so it cannot stand in a package."]
