"""Indexes held against the records: every wrong line is told, and every record without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kcnacrawl.archive.cdxj import sorted_lines, write_zipnum
from kcnacrawl.archive.kinds import sort_files
from kcnacrawl.archive.proof import Proof
from kcnacrawl.archive.writer import WarcWriter
from tests.verify.museum.piece import exchange, perfect

REINDEX = "make the index anew with `scrapy cdxj --anew`"
UPDATE = "bring the index up to date with `scrapy cdxj`"


@dataclass
class Indexed:
    """A WARC file and its index."""

    warc: Path
    index: Path
    lines: list[bytes]

    def told(self, *names: Path) -> list[str]:
        """Findings on the indexes named, without the folder."""
        findings = Proof(self.warc.parent, 1).check(sort_files(names or [self.index]))
        return [str(finding).replace(f"{self.warc.parent}/", "") for finding in findings if finding.level == "error"]

    def write(self) -> None:
        self.index.write_bytes(b"".join(self.lines))

    def change(self, number: int, **fields: str) -> None:
        """Other values in a line; they stay in their order."""
        head, _, text = self.lines[number].partition(b" {")
        self.lines[number] = head + b" " + json.dumps(json.loads(b"{" + text) | fields).encode() + b"\n"

    def field(self, number: int, name: str) -> str:
        return str(json.loads(b"{" + self.lines[number].partition(b" {")[2])[name])


@pytest.fixture
def indexed(tmp_path: Path) -> Indexed:
    warc = perfect(tmp_path).write(tmp_path)
    made = Indexed(warc, tmp_path / "index.cdxj", list(sorted_lines([warc])))
    made.write()
    assert len(made.lines) == 5
    return made


def test_an_index_as_it_should_be(indexed: Indexed) -> None:
    assert indexed.told() == []


def test_of_a_damaged_record_the_index_is_right(indexed: Indexed) -> None:
    """Making the index anew would change nothing."""
    data = bytearray(indexed.warc.read_bytes())
    data[int(indexed.field(2, "offset")) + int(indexed.field(2, "length")) - 8] ^= 1  # of its CRC-32
    indexed.warc.write_bytes(data)
    told = [line for line in indexed.told() if line.startswith("index.cdxj:3: it leads to no record")]
    assert [line.endswith(f"; bring {indexed.warc.name} back from a copy.") for line in told] == [True], told


def test_an_index_in_other_words(indexed: Indexed) -> None:
    for number, line in enumerate(indexed.lines):
        head, _, text = line.partition(b" {")
        fields = json.loads(b"{" + text)
        turned = {"extra": "x"} | dict(reversed(fields.items()))
        indexed.lines[number] = head + b" " + json.dumps(turned, separators=(",", ":")).encode() + b"\n"
    indexed.lines.sort()
    indexed.write()
    assert indexed.told() == []


CHANGES: dict[str, tuple[Callable[[Indexed], object], list[str]]] = {
    "a line left out": (
        lambda one: one.lines.pop(0),
        [f"{{warc}}:{{offset}}: record {{id}}: no line of the index leads to it; {REINDEX}."],
    ),
    "a line twice": (
        lambda one: one.lines.insert(0, one.lines[0]),
        [f"index.cdxj:2: it stands there more than once; {REINDEX}."],
    ),
    "two lines turned round": (
        lambda one: one.lines.insert(1, one.lines.pop(0)),
        [f"index.cdxj:2: it stands behind a line that sorts after it; {REINDEX}."],
    ),
    "another digest": (
        lambda one: one.change(2, digest="sha256:0"),
        [
            "index.cdxj:3: its digest is 'sha256:0', but the record at {at 2} of {warc} gives '{digest 2}'; "
            f"{REINDEX}."
        ],
    ),
    "another address": (
        lambda one: one.change(2, url="http://a/"),
        [f"index.cdxj:3: its url is 'http://a/', but the record at {{at 2}} of {{warc}} gives '{{url 2}}'; {REINDEX}."],
    ),
    "another length": (
        lambda one: one.change(2, length="7"),
        [f"index.cdxj:3: its length is '7', but the record at {{at 2}} of {{warc}} gives '{{length 2}}'; {REINDEX}."],
    ),
    "an offset inside a record": (
        lambda one: one.change(2, offset="7"),
        [
            "index.cdxj:3: it leads to no record ({warc}: the record at 7 is damaged: no gzip member begins here); "
            f"{REINDEX}.",
            f"{{warc}}:{{offset}}: record {{id}}: no line of the index leads to it; {REINDEX}.",
        ],
    ),
    "an offset of letters": (
        lambda one: one.change(2, offset="x"),
        [
            f"index.cdxj:3: it leads to no record ('x' is no offset); {REINDEX}.",
            f"{{warc}}:{{offset}}: record {{id}}: no line of the index leads to it; {REINDEX}.",
        ],
    ),
    "another file": (
        lambda one: one.change(2, filename="gone.warc.gz"),
        [
            f"{{warc}}:{{offset}}: record {{id}}: no line of the index leads to it; {REINDEX}.",
            "gone.warc.gz: it is not there, and 1 line of an index leads into it; bring the file back from a copy, or "
            f"{UPDATE}.",
        ],
    ),
    "a line for a warcinfo record": (
        lambda one: one.lines.insert(0, one.lines[0].replace(b'"offset": "%s"' % one.field(0, "offset").encode(),
                                                             b'"offset": "0"')),
        [f"index.cdxj:1: it leads to the record at 0 of {{warc}}, which belongs into no index; {REINDEX}."],
    ),
    "half a line": (
        lambda one: one.lines.insert(5, one.lines[4][:30] + b"\n"),
        [f"index.cdxj:6: it stands behind a line that sorts after it; {REINDEX}.",
         f"index.cdxj:6: it is no line of CDXJ: '{{half}}'; {REINDEX}."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_wrong_index_is_told(indexed: Indexed, what: str) -> None:
    change, said = CHANGES[what]
    lost = 0 if what == "a line left out" else 2
    names = {"warc": indexed.warc.name, "offset": indexed.field(lost, "offset"), "at 2": indexed.field(2, "offset")}
    names |= {f"{name} 2": indexed.field(2, name) for name in ("digest", "url", "length")}
    names["half"] = indexed.lines[4][:30].decode()
    change(indexed)
    indexed.write()
    told = indexed.told()
    expected = []
    for line in said:
        for name, value in names.items():
            line = line.replace("{" + name + "}", value)
        expected.append(line)
    assert [_without_id(line) for line in told] == [line.replace("record {id}: ", "") for line in expected]


def _without_id(line: str) -> str:
    before, found, after = line.partition("record <urn:uuid:")
    return before + after.partition(">: ")[2] if found else line


def _zipnum(indexed: Indexed) -> tuple[Path, Path]:
    data, idx = indexed.warc.parent / "i.cdx.gz", indexed.warc.parent / "i.idx"
    with data.open("wb") as blocks, idx.open("wb") as rows:
        write_zipnum(indexed.lines, blocks, rows, name=data.name, block_lines=2)
    return data, idx


def test_zipnum_as_it_should_be(indexed: Indexed) -> None:
    _, idx = _zipnum(indexed)
    assert indexed.told(idx) == []


def test_zipnum_with_a_wrong_offset(indexed: Indexed) -> None:
    _, idx = _zipnum(indexed)
    meta, first, *others = idx.read_bytes().splitlines(keepends=True)
    idx.write_bytes(meta + first.replace(b'"offset": 0', b'"offset": 1') + b"".join(others))
    told = indexed.told(idx)
    assert told[0] == f"i.idx:2: its block begins at 1, but the one before ends at 0; {REINDEX}."
    assert f"i.idx:2: its digest is not that of its block; {REINDEX}." in told
    assert f"i.idx:2: its block is damaged (no gzip member begins here); {REINDEX}." in told


@pytest.mark.parametrize("length", [1 << 20, 1 << 59])
def test_zipnum_with_a_block_that_ends_behind_its_file(indexed: Indexed, length: int) -> None:
    data, idx = _zipnum(indexed)
    before, mark, last = idx.read_bytes().rpartition(b'"length": ')
    idx.write_bytes(before + mark + b"%d" % length + last[last.index(b",") :])
    start, size = (
        json.loads(b"{" + idx.read_bytes().splitlines()[-1].partition(b" {")[2])["offset"],
        data.stat().st_size,
    )
    ends = f"i.idx:4: its block ends at {start + length}, but i.cdx.gz has {size} bytes; {REINDEX}."
    assert ends in indexed.told(idx)


def test_zipnum_with_a_changed_block(indexed: Indexed) -> None:
    data, idx = _zipnum(indexed)
    data.write_bytes(data.read_bytes() + b"more")
    size = data.stat().st_size
    assert indexed.told(idx) == [f"i.idx: its blocks end at {size - 4}, but i.cdx.gz has {size} bytes; {REINDEX}."]


def test_zipnum_with_another_key(indexed: Indexed) -> None:
    _, idx = _zipnum(indexed)
    text = idx.read_bytes().replace(indexed.lines[2].partition(b" {")[0] + b" {", b"key 20260101000000 {")
    idx.write_bytes(text)
    begin = indexed.lines[2].decode()[:79]
    assert indexed.told(idx) == [
        f"i.idx:3: its key is 'key 20260101000000', but its block begins with '{begin}…'; {REINDEX}."
    ]


def test_zipnum_with_half_a_row(indexed: Indexed) -> None:
    _, idx = _zipnum(indexed)
    idx.write_bytes(idx.read_bytes()[:-40])
    told = indexed.told(idx)
    assert told[0].startswith("i.idx:4: it is no line of a list of blocks: '")
    assert told[-1].endswith(f"no line of the index leads to it; {REINDEX}.")


def test_lists_of_single_files_are_whole_only_together(indexed: Indexed) -> None:
    lists = indexed.warc.parent / f"{indexed.warc.name}.cdxj"
    lists.write_bytes(b"".join(indexed.lines))
    indexed.lines.pop()
    indexed.write()
    assert len(indexed.told(indexed.index, lists)) == 1


def test_an_index_that_is_not_there(indexed: Indexed, tmp_path: Path) -> None:
    proof = Proof(tmp_path, 1)
    assert list(proof.check(sort_files([tmp_path / "none.cdxj", tmp_path / "none.idx"]))) == []
    assert [str(error) for error in proof.lost] == [
        f"{tmp_path}/none.cdxj cannot be read: No such file or directory.",
        f"{tmp_path}/none.cdx.gz cannot be read: No such file or directory.",
    ]


def _failed(folder: Path) -> Path:
    """A WARC file in which no fetch got an answer."""
    writer = WarcWriter(folder, "failed", info={"software": "kcnacrawl/0"})
    for number in range(3):
        writer.write(exchange(f"/{number}", b"", number, error="Connection refused."))
    return writer.close()[0]


@pytest.mark.parametrize("has_others", [True, False])
def test_a_file_without_anything_to_index_is_not_missed(indexed: Indexed, has_others: bool) -> None:
    """Indexing it again would change nothing; of one that has something to index it is told."""
    failed = _failed(indexed.warc.parent)
    assert list(sorted_lines([failed])) == []
    if not has_others:
        indexed.warc.unlink()
        indexed.lines.clear()
    indexed.write()
    findings = list(Proof(failed.parent, 1).check(sort_files([indexed.index])))
    assert [str(finding) for finding in findings] == []
    other = failed.with_name("other.warc.gz")
    other.write_bytes(perfect(failed.parent).write(failed.parent).read_bytes())
    notes = [str(finding) for finding in Proof(failed.parent, 1).check(sort_files([indexed.index]))]
    assert f"{other}: note: no index names its records; {UPDATE}." in notes
