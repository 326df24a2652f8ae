"""What is right is found right, and every kind of wrong is named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.lines import read_lines
from kcnacrawl.archive.proving import prove
from kcnacrawl.archive.reader import iter_records
from kcnacrawl.archive.reextract import Summary, reextract
from kcnacrawl.archive.wire import parse_response
from kcnacrawl.archive.writer import WarcWriter
from tests.archive.conftest import Recorded
from tests.archive.test_restore import change


@pytest.fixture(scope="module")
def items(recorded: Recorded) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in reextract([recorded.path], Summary(), 1)]


REWRITE = "write the file anew with `{command}`, or bring it back from a copy"
RESTORE = "bring the file back from a copy"


def findings(folder: Path, *items: Any, at: Path) -> list[str]:
    """What verification says of lines, without what says where."""
    path = at / "items.jsonl"
    path.write_bytes(b"".join(item if isinstance(item, bytes) else orjson.dumps(item) + b"\n" for item in items))
    found = list(prove(read_lines([path]), folder, processes=1))
    assert all(finding.file == str(path) and 1 <= (finding.offset or 0) <= len(items) for finding in found)
    command = rf"`scrapy reextract {folder}/\S+\.warc\.gz -O {path}`"
    remedies = [re.sub(command, "`{command}`", one.remedy) for one in found]
    return [f"{one.sentence}; {remedy}" for one, remedy in zip(found, remedies, strict=True)]


def test_all_is_well(recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path) -> None:
    assert {item["published_from"] for item in items} == {"page", "listing", "trailer"}
    assert findings(recorded.folder, *items, at=tmp_path) == []


def test_a_file_that_is_still_open_will_do(recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path) -> None:
    shutil.copy(recorded.path, tmp_path / f"{recorded.path.name}.open")
    assert findings(tmp_path, *items, at=tmp_path) == []


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "title": (
        lambda item: item.update(title="Another"),
        'field title is "Another", but the page says "{title}"',
    ),
    "day": (
        lambda item: item.update(published="2001-01-01"),
        'field published is "2001-01-01", but the page says "{published}"',
    ),
    "a field that nobody knows": (lambda item: item.update(new=1), "field new is 1, but the page says null"),
    "a field that is not there": (
        lambda item: item.pop("site"),
        'field site is null, but the page says "kcnawatch"',
    ),
    "digest in the receipt": (
        lambda item: item["receipt"].update(payload_digest="sha256:0"),
        "field receipt.payload_digest is 'sha256:0', but the record says '{receipt[payload_digest]}'",
    ),
    "length in the receipt": (
        lambda item: item["receipt"].update(length=5),
        "field receipt.length is 5, but the record says {receipt[length]}",
    ),
    "id in the receipt": (
        lambda item: item["receipt"].update(record_id="<urn:uuid:0>"),
        "field receipt.record_id is '<urn:uuid:0>', but the record says '{receipt[record_id]}'",
    ),
    "date in the receipt": (
        lambda item: item["receipt"].update(date="2001-01-01T00:00:00Z"),
        "field receipt.date is '2001-01-01T00:00:00Z', but the record says '{receipt[date]}'",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_line_is_named(recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path, name: str) -> None:
    changing, sentence = CHANGES[name]
    item = orjson.loads(orjson.dumps(items[5]))
    changing(item)
    place = f"{items[5]['id']}: {recorded.path} at {items[5]['receipt']['offset']}, "
    place += f"record {items[5]['receipt']['record_id']}: "
    assert findings(recorded.folder, items[4], item, at=tmp_path) == [
        f"{place}{sentence.format(**items[5])}; {REWRITE}"
    ]


def test_long_values_are_cut(recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path) -> None:
    (finding,) = findings(recorded.folder, {**items[5], "body": "x" * 500}, at=tmp_path)
    assert f'field body is "{"x" * 76}…, but' in finding


def test_long_values_are_cut_where_they_differ(recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path) -> None:
    body = max((item["body"] for item in items), key=len)
    item = next(item for item in items if item["body"] == body)
    place = len(body) // 2
    mark = next(mark for mark in "xy" if mark != body[place])
    (finding,) = findings(recorded.folder, {**item, "body": body[:place] + mark + body[place + 1 :]}, at=tmp_path)
    said = re.search("field body is (….*…), but the page says (….*…); ", finding)
    assert said
    here, there = said.groups()
    assert (len(here), len(there), here[:31], here[32:]) == (78, 78, there[:31], there[32:])
    assert (here[31], there[31]) == (mark, body[place])


def test_the_end_of_a_longer_value_is_shown(recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path) -> None:
    item = max(items, key=lambda item: len(item["body"]))
    (finding,) = findings(recorded.folder, {**item, "body": item["body"] + " More."}, at=tmp_path)
    assert re.search('field body is …(.{30}) More."?, but the page says …\\1"; ', finding)


@pytest.mark.parametrize("receipt", [None, {}, {"warc": "a"}, 5, "text", {"warc": 1, "offset": 0, "length": 0}])
def test_a_line_without_receipt_is_named(
    recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path, receipt: Any
) -> None:
    (finding,) = findings(recorded.folder, {**items[5], "receipt": receipt}, at=tmp_path)
    assert finding == f"{items[5]['id']}: there is no whole receipt, so nothing proves it; {RESTORE}"


@pytest.mark.parametrize(
    "line", [b'{"id": "kcnawatch:1-2", "tit\n', b"[]\n", b"{}\n", b"\n", b"\xff\n", b'{"id": 5}\n']
)
def test_a_line_that_is_none_is_named(
    recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path, line: bytes
) -> None:
    assert findings(recorded.folder, items[5], line, at=tmp_path) == [f"the line is not an article in JSON; {REWRITE}"]


@pytest.mark.parametrize("start", [b"# Heading\n", b"\x1f\x8b\x08\x00\n", b"[\n", b"{\n", b"5\n", b"\xff\n"])
def test_a_file_of_something_else_is_told_once(recorded: Recorded, tmp_path: Path, start: bytes) -> None:
    with pytest.raises(ArchiveError, match=r"items\.jsonl is not a JSON Lines file\.$"):
        findings(recorded.folder, start + b"more\n" * 3, at=tmp_path)


@pytest.mark.parametrize("line", [b'{"id": "kcnawatch:1-2", "tit\n', b"{}\n", b"\n", b'{ "id": 5}\n'])
def test_a_damaged_first_line_is_a_finding(recorded: Recorded, tmp_path: Path, line: bytes) -> None:
    assert findings(recorded.folder, line, at=tmp_path) == [f"the line is not an article in JSON; {RESTORE}"]


@pytest.mark.parametrize(
    ("receipt", "sentence"),
    [({"warc": "../a.warc.gz"}, "'../a.warc.gz' is not the name of a WARC file; {restore}"),
     ({"warc": "none.warc.gz"}, "{folder}/none.warc.gz does not exist; {restore}"),
     ({"offset": 7}, "{path}: no record begins at 7; bring {path} back from a copy"),
     ({"offset": 10**9}, "{path} has {size} bytes; no record begins at 1000000000; bring {path} back from a copy"),
     ({"offset": "x"}, "there is no whole receipt, so nothing proves it; {rewrite}")],
)  # fmt: skip
def test_a_receipt_that_leads_nowhere_is_named(
    recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path, receipt: dict[str, Any], sentence: str
) -> None:
    item = {**items[5], "receipt": {**items[5]["receipt"], **receipt}}
    size = recorded.path.stat().st_size
    (finding,) = findings(recorded.folder, item, at=tmp_path)
    names = {"folder": recorded.folder, "path": recorded.path, "size": size, "restore": RESTORE, "rewrite": REWRITE}
    expected = sentence.format(**names)
    assert finding == f"{item['id']}: {expected}"


def test_changed_bytes_are_named(recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info={"software": "x"})
    one = recorded.exchanges[0]
    writer.write(one)
    (path,) = writer.close()
    (line,) = reextract([path], Summary(), 1)
    title = orjson.loads(line)["title"].encode()
    assert bytes(parse_response(one.received).body).count(title) > 1
    changed = change(path, title, title[::-1])
    item = orjson.loads(line)
    place = next(record for record in iter_records(changed) if record.type == "response")
    item["receipt"] |= {"warc": changed.name, "offset": place.offset, "length": place.length}
    told = " ".join(findings(tmp_path, item, at=tmp_path))
    assert f"WARC-Block-Digest is not that of the bytes: they were changed since the capture; {RESTORE}" in told
    assert f"WARC-Payload-Digest is not that of the bytes: they were changed since the capture; {RESTORE}" in told
    assert f'field title is "{title.decode()}", but the page says "{title[::-1].decode()}"' in told


def test_a_receipt_for_another_record_is_named(recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path) -> None:
    request = {**items[5]["receipt"], "offset": items[5]["receipt"]["offset"] + items[5]["receipt"]["length"]}
    told = " ".join(findings(recorded.folder, {**items[5], "receipt": request}, at=tmp_path))
    assert "the record is a request, not a response" in told
    other = findings(recorded.folder, {**items[5], "receipt": items[6]["receipt"]}, at=tmp_path)
    assert any(f'field id is "{items[5]["id"]}", but the page says "{items[6]["id"]}"' in one for one in other)


def test_a_line_that_stands_there_twice_is_named(
    recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path
) -> None:
    remedy = f"take the line out, or {REWRITE}"
    assert findings(recorded.folder, *items[:3], items[1], at=tmp_path) == [
        f"{items[1]['id']}: it is line 2 once more; {remedy}"
    ]


def test_another_capture_of_an_article_is_another_line(
    recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path
) -> None:
    """As in a file to which two crawls wrote; that the page is another one is told as before."""
    told = findings(recorded.folder, items[1], {**items[1], "receipt": items[2]["receipt"]}, at=tmp_path)
    assert not any("once more" in one for one in told)


@pytest.mark.parametrize("revision", [0, -1, 2, "1", None, True, 1.0])
def test_a_revision_that_cannot_be_is_named(
    recorded: Recorded, items: list[dict[str, Any]], tmp_path: Path, revision: object
) -> None:
    shown = orjson.dumps(revision).decode()
    assert findings(recorded.folder, {**items[5], "revision": revision}, at=tmp_path) == [
        f"{items[5]['id']}: field revision is {shown}, but no article has one other than 1 yet; {REWRITE}"
    ]
