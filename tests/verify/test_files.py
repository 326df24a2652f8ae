"""Several files, several processes, records that are far apart, large or hostile."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kcnacrawl.archive import ranges
from kcnacrawl.archive.kinds import find_files, known_files, sort_files
from kcnacrawl.archive.lint import index, members
from kcnacrawl.archive.lint import ranges as lint_ranges
from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.originals import Original, RunOriginals
from kcnacrawl.archive.proof import Proof
from kcnacrawl.archive.writer import WarcWriter
from tests.verify.museum.piece import CHUNKED, SITE, exchange, page, perfect

INFO = {"software": "kcnacrawl/1"}
WORDS = [bytes(random.Random(number).choices(b"abcdefghij", k=6)) for number in range(400)]


def text(number: int, words: int = 300) -> bytes:
    return b" ".join(random.Random(number).choices(WORDS, k=words))


def errors(*paths: Path, others: tuple[Path, ...] = (), processes: int = 1) -> list[str]:
    found = lint(paths, Counts(), others=others, processes=processes)
    return [f"{Path(one.file).name}: {one.sentence}; {one.remedy}." for one in found if one.level == "error"]


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a few records each; processes that are forked see it too."""
    monkeypatch.setattr(ranges, "RANGE", 3000)
    monkeypatch.setattr("kcnacrawl.archive.lint.check.RANGE", 3000)


def chunked(body: bytes) -> bytes:
    return CHUNKED.replace(b"5\r\nhello", b"%x\r\n%s" % (len(body), body))


def many(folder: Path, count: int = 60) -> Path:
    """Captures of three records each, a few of them revisits."""
    writer = WarcWriter(folder, "many", info=INFO, originals=RunOriginals(lambda digest, url: None))
    for number in range(count):
        writer.write(exchange(f"/{number}", chunked(text(number % 50)), number))
    (path,) = writer.close()
    return path


def test_notes_do_not_keep_an_error_from_being_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_ranges, "MOST", 3)
    piece = perfect(tmp_path)
    for record in piece.records.values():
        record.set("WARC-Strange", "yes")
    path = piece.write(tmp_path)
    path.write_bytes(path.read_bytes() + b"junk")
    found = list(lint([path], Counts()))
    assert [one.level for one in found] == ["note"] * 3 + ["error"], found


@pytest.mark.parametrize("processes", [1, 2])
def test_captures_across_ranges(small_ranges: None, tmp_path: Path, processes: int) -> None:
    path = many(tmp_path)
    assert len(ranges.split(path, 3000)) > 8
    counts = Counts()
    assert list(lint([path], counts, processes=processes)) == []
    assert counts.records == 1 + 60 * 3


@pytest.mark.parametrize("processes", [1, 2])
def test_what_is_wrong_across_ranges_is_told(small_ranges: None, tmp_path: Path, processes: int) -> None:
    piece = perfect(tmp_path)
    for number in range(30):
        piece.records[f"more {number}"] = record = type(piece["page"])([*piece["failed metadata"].fields], b"")
        record.drop("WARC-Concurrent-To")
        record.set("WARC-Record-ID", f"<urn:uuid:00000000-0000-4000-8000-{number:012}>")
        record.set("WARC-Target-URI", SITE + "/d")
        record.put(b"fetchTimeMs: 1\r\nerror: " + text(number) + b"\r\n")
    # The response goes to the end, ranges away from its request.
    piece.records["page"] = piece.records.pop("page")
    piece["page request"].set("WARC-Date", "2026-03-01T04:05:07.000000Z")
    piece["chunked"].put(piece["chunked"].block.replace(b"hello", b"jello"))
    piece.records["chunked"] = piece.records.pop("chunked")
    piece.records["end"] = piece.records.pop("end")
    path = piece.write(tmp_path)
    assert len(ranges.split(path, 3000)) > 3
    said = errors(path, processes=processes)
    assert [line.partition("; ")[0].partition(": ")[2] for line in said] == [
        f"its WARC-Date is 2026-03-01T04:05:07.000000Z, that of the record it is concurrent to, {piece['page'].id}, is "
        "2026-03-01T04:05:06.000789Z",
        "its wireDigest is not that of the bytes given back",
    ]


def test_the_wire_form_of_a_revisit_is_put_together_with_its_original(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO, originals=RunOriginals(lambda digest, url: None))
    for number in range(2):
        writer.write(exchange(f"/{number}", chunked(text(1)), number))
    (path,) = writer.close()
    assert writer.records["revisit"] == 1
    assert errors(path) == []
    data = path.read_bytes()
    notes = [member for member in members_of(data) if b"wireFraming" in member]
    assert len(notes) == 2
    place = notes[1].index(b"wireDigest: sha256:") + 20
    changed = notes[1][:place] + (b"0" if notes[1][place : place + 1] != b"0" else b"1") + notes[1][place + 1 :]
    path.write_bytes(data[: data.rindex(b"\x1f\x8b\x08")] + _gzip(changed))
    assert any("its wireDigest is not that of the bytes given back" in line for line in errors(path))


def members_of(data: bytes) -> Iterator[bytes]:
    while data:
        one = zlib.decompressobj(31)
        yield one.decompress(data)
        data = one.unused_data


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def two_nights(folder: Path) -> tuple[Path, Path]:
    """A file, and one whose revisits lead to it."""
    first = WarcWriter(folder, "a", info=INFO)
    receipt = first.write(exchange("/a", page(text(1)), 0))
    assert receipt is not None
    (one,) = first.close()
    original = Original(
        warc=receipt.warc, offset=receipt.offset, length=receipt.length, record_id=receipt.record_id,
        url=SITE + "/a", date=receipt.date, payload_digest=receipt.payload_digest,
    )  # fmt: skip
    second = WarcWriter(folder, "b", info=INFO, originals=RunOriginals(lambda digest, url: original))
    second.write(exchange("/a", page(text(1)), 9))
    (two,) = second.close()
    assert second.records["revisit"] == 1
    return one, two


def test_originals_are_looked_for_in_files_that_are_not_checked(tmp_path: Path) -> None:
    one, two = two_nights(tmp_path)
    assert errors(one, two) == errors(two, one) == errors(two, others=(one,)) == []
    (said,) = errors(two)
    assert said.startswith("b-")
    assert "is in none of the files; bring back the file that was being written at 2026-03-01T04:05:06.000789Z." in said
    proof = Proof(tmp_path, 1)
    assert list(proof.check(sort_files([two]))) == []


def test_a_copy_of_a_file_is_told(tmp_path: Path) -> None:
    one, _ = two_nights(tmp_path)
    copy = tmp_path / "copy.warc.gz"
    copy.write_bytes(one.read_bytes())
    said = errors(one, copy)
    assert said[0] == f"copy.warc.gz: its WARC-Filename is '{one.name}'; name it {one.name} again."
    assert len(said) == 4
    assert all(
        "its id is that of another record" in line and "remove one of the two files" in line for line in said[1:]
    )


def test_a_file_left_open_is_told_and_one_being_written_is_not(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "a", info=INFO)
    writer.write(exchange("/a", page(text(1)), 0))
    writer.sync()
    path = writer.path
    assert errors(path) == []
    with path.open("ab") as file:
        file.write(b"\x1f\x8b\x08\x00half")
    assert errors(path) == []
    dead = tmp_path / "dead.warc.gz.open"
    dead.write_bytes(path.read_bytes())
    sentences = [line.partition(": ")[2] for line in errors(dead)]
    assert sentences[0].startswith("it was left open by a run that was broken off; close it with `scrapy mend ")
    assert sentences[-1].startswith("the file ends inside it; ")
    writer.close()


def test_a_record_larger_than_what_is_held_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(members, "IN_MEMORY", 50_000)
    writer = WarcWriter(tmp_path, "a", info=INFO)
    body = text(1, 40_000)
    writer.write(exchange("/a", page(body), 0))
    (path,) = writer.close()
    assert len(body) > 5 * 50_000
    assert errors(path) == []
    (packed,) = [member for member in members_of(path.read_bytes()) if b"WARC-Type: response" in member]
    data = path.read_bytes()
    start = data.find(b"\x1f\x8b\x08", 20)
    end = data.find(b"\x1f\x8b\x08", start + 1000)
    path.write_bytes(data[:start] + _gzip(packed.replace(body[-20:], b"x" * 20)) + data[end:])
    assert [line.partition(": ")[2].partition(";")[0] for line in errors(path)] == [
        "its WARC-Block-Digest is not that of its bytes",
        "its WARC-Payload-Digest is not that of its bytes",
    ]


HOSTILE = {
    "a header of megabytes": b"WARC/1.1\r\n" + b"A: b\r\n" * 700_000 + b"\r\n",
    "a line of megabytes": b"WARC/1.1\r\nA: " + b"b" * (3 << 20) + b"\r\n\r\n",
    "a header of blanks": b"WARC/1.1\r\nA:" + b" " * (900 << 10) + b"\r\n\r\n",
    "many empty lines": b"WARC/1.1\r\n" + b"\r\n" * 500_000,
    "many folded lines": b"WARC/1.1\r\nA: b\r\n" + b" c\r\n" * 200_000 + b"Content-Length: 0\r\n\r\n\r\n\r\n",
    "a length of many digits": b"WARC/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "a length beyond all": b"WARC/1.1\r\nContent-Length: 999999999999999999\r\n\r\n",
    "braces": b"WARC/1.1\r\nWARC-Type: {file} {0} %s\r\nWARC-Record-ID: {x}\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
    "a terminal sequence": b"WARC/1.1\r\nWARC-Record-ID: \x1b[2J\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
}


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_records_are_told_in_short_lines(tmp_path: Path, what: str, compressed: bool) -> None:
    path = tmp_path / ("a.warc.gz" if compressed else "a.warc")
    path.write_bytes(_gzip(HOSTILE[what]) if compressed else HOSTILE[what])
    findings = list(lint([path], Counts(), processes=1))
    assert any(one.level == "error" for one in findings)
    assert all(len(str(one)) < 1500 + 2 * len(str(path)) and str(one).isprintable() for one in findings)
    assert len(findings) <= lint_ranges.MOST


def test_ids_are_found_again() -> None:
    known = index.RecordIndex()
    ids = [f"<urn:uuid:{random.Random(number).randbytes(16).hex()}>".encode() for number in range(3000)]
    ids += [b"<urn:uuid:%08x-0000-4000-8000-000000000000>" % number for number in range(3000)]
    keys = [index.key(one) for one in ids]
    assert len(set(keys)) == len(ids)
    for number, one in enumerate(keys):
        packed = index.pack(one, number.to_bytes(8, "little"), index.place(number % 7, number), "response")
        assert list(known.add(packed)) == []
    for number, one in enumerate(keys):
        assert known.find(one) == index.Entry(number.to_bytes(8, "little"), number % 7, number, "response", 0)
    (again,) = known.add(index.pack(keys[5], bytes(8), index.place(1, 2), "request"))
    assert again == (1, 2, index.Entry((5).to_bytes(8, "little"), 5, 5, "response", 0))
    assert known.find(index.key(b"<urn:x>")) is None


def test_files_by_their_endings(tmp_path: Path) -> None:
    names = ["a.warc.gz", "b.warc", "c.warc.gz.open", "i.cdxj", "i.idx", "p.wacz", "l.jsonl", "other"]
    targets = sort_files(tmp_path / name for name in names)
    assert [path.name for path in targets.warcs] == names[:3]
    assert [path.name for path in targets.indexes] == names[3:5]
    assert [path.name for path in targets.packages] == names[5:6]
    assert [path.name for path in targets.articles] == names[6:]
    for name in [*names, "a.warc.gz.damaged", "l.jsonl.torn"]:
        (tmp_path / name).touch()
    found = find_files(warcs=tmp_path, articles=tmp_path, indexes=tmp_path, packages=tmp_path, runs=tmp_path)
    assert [path.name for path in found.warcs] == names[:3]
    assert [path.name for path in found.articles] == ["l.jsonl"]


def test_only_names_of_runs_make_accounts_and_manifests(tmp_path: Path) -> None:
    names = ["20261123161909-b77d.json", "20261123161909-b77d.manifest.json", "lines.json", "lines.manifest.json"]
    targets = sort_files(tmp_path / name for name in names)
    assert [path.name for path in targets.accounts] == names[:1]
    assert [path.name for path in targets.manifests] == names[1:2]
    assert [path.name for path in targets.articles] == names[2:]


def test_the_same_file_named_twice_is_checked_once(tmp_path: Path) -> None:
    one, _ = two_nights(tmp_path)
    proof = Proof(tmp_path, 1)
    assert list(proof.check(sort_files([one, one]))) == []
    assert str(proof) == "1 WARC file with 3 records checked, 0 findings."


def test_a_link_to_a_file_beside_it_is_not_checked_again(tmp_path: Path) -> None:
    one, two = two_nights(tmp_path)
    (tmp_path / "0.warc.gz").symlink_to(one.name)
    (tmp_path / "z.warc.gz").symlink_to(two)
    proof = Proof(tmp_path, 1)
    assert list(proof.check(sort_files(known_files(tmp_path)))) == []
    assert proof.counts.files == 2
