"""What a package is made of, told by the standard library, warcio, cdxj-indexer and ``wacz validate``."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.wacz.nights import Archive
from tests.wacz.packing import Packed, pack


def test_files_stand_where_the_format_wants_them(archive: Archive, whole: Packed) -> None:
    assert sorted(whole.names()) == sorted(
        [
            *(f"archive/{night.warc.name}" for night in archive.nights),
            *("indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"),
            *(f"data/articles-kcnawatch-{night.run}.jsonl" for night in archive.nights[:2]),
            *("datapackage.json", "datapackage-digest.json"),
        ]
    )


def test_compressed_files_are_stored_and_whole_files_copied(archive: Archive, whole: Packed) -> None:
    with zipfile.ZipFile(whole.path) as package:
        assert package.testzip() is None
        kinds = {info.filename: info.compress_type for info in package.infolist()}
    assert all(kind == zipfile.ZIP_STORED for name, kind in kinds.items() if name.endswith((".gz", ".idx")))
    assert kinds["pages/pages.jsonl"] == zipfile.ZIP_DEFLATED
    for night in archive.nights:
        assert whole.read(f"archive/{night.warc.name}") == night.warc.read_bytes()


def test_every_file_is_listed_with_its_hash_and_size(whole: Packed) -> None:
    about = whole.json("datapackage.json")
    listed = {resource["path"]: resource for resource in about["resources"]}
    assert set(listed) == set(whole.names()) - {"datapackage.json", "datapackage-digest.json"}
    for path, resource in listed.items():
        data = whole.read(path)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert resource["bytes"] == len(data)
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
    assert len({resource["name"] for resource in about["resources"]}) == len(listed)
    digest = whole.json("datapackage-digest.json")
    hashed = hashlib.sha256(whole.read("datapackage.json")).hexdigest()
    assert digest == {"path": "datapackage.json", "hash": f"sha256:{hashed}"}


def test_package_says_what_it_is(archive: Archive, whole: Packed) -> None:
    about = whole.json("datapackage.json")
    assert (about["profile"], about["wacz_version"]) == ("data-package", "1.1.1")
    assert about["created"] == about["modified"] == "2026-11-24T01:02:03Z"
    assert about["title"] == "kcnawatch"
    assert about["software"].startswith("kcnacrawl/")
    page = {(page["url"], page["ts"]): page for page in whole.pages()}[about["mainPageUrl"], about["mainPageDate"]]
    newest = max(archive.articles, key=lambda url: int(url.split("/")[4].split("-")[0]))
    assert page["url"] == newest


def test_index_has_the_lines_of_cdxj_indexer(archive: Archive, whole: Packed) -> None:
    files = [str(night.warc) for night in archive.nights]
    program = "import sys; from cdxj_indexer.main import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", program, "--sort", "--post-append", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    reference = [line.split(" ", 2) for line in done.stdout.splitlines()]
    wanted = {(key, stamp, json.dumps(json.loads(text), sort_keys=True)) for key, stamp, text in reference}
    found, filled = set(), set()
    for key, stamp, fields in whole.index():
        assert fields.keys() >= {"url", "digest", "mime", "filename", "offset", "length", "status"}
        unknown = {name for name, value in fields.items() if value in ("-", "unk")}
        filled |= {(fields["mime"], name) for name in unknown}
        known = {name: value for name, value in fields.items() if name not in unknown}
        found.add((key, stamp[:14], json.dumps(known, sort_keys=True)))
    assert found == wanted
    # Of the answer of 304, whose record has no block.
    assert filled == {("warc/revisit", "status")}


def test_index_is_sorted_by_bytes_and_exact_to_the_millisecond(whole: Packed) -> None:
    lines = gzip.decompress(whole.read("indexes/index.cdx.gz")).splitlines()
    assert lines == sorted(lines)
    assert {stamp[14:] for _, stamp, _ in whole.index()} == {"351"}


def test_table_leads_to_blocks(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kcnacrawl.archive.wacz.index.LINES", 7)
    packed = pack(archive.output, tmp_path / "blocks.wacz")
    meta, *table = packed.read("indexes/index.idx").decode().splitlines()
    assert meta == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    blocks = packed.read("indexes/index.cdx.gz")
    end = 0
    for line in table:
        key, _, text = line.partition(" {")
        fields = json.loads("{" + text)
        assert fields["offset"] == end
        end += fields["length"]
        block = blocks[fields["offset"] : end]
        assert fields["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
        assert gzip.decompress(block).decode().startswith(key + " {")
    assert end == len(blocks)
    assert len(table) == -(-len(packed.index()) // 7)


@pytest.mark.parametrize("chosen", ["whole", "second"])
def test_wacz_validate_finds_nothing(chosen: str, request: pytest.FixtureRequest) -> None:
    packed: Packed = request.getfixturevalue(chosen)
    command = [sys.executable, "-m", "wacz", "validate", "-f", str(packed.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Validation succeeded, the passed WACZ is valid")


def test_lines_are_those_of_the_selection_and_unchanged(archive: Archive, tmp_path: Path) -> None:
    output = tmp_path / "output"
    (output / "changes/2026").mkdir(parents=True)
    for folder in ("warc", "articles"):
        (output / folder).symlink_to(archive.output / folder)
    mine = pack(output, tmp_path / "first.wacz", run=archive.nights[1].run).pages()[0]["id"]
    lines = [{"event": "changed", "new": [{"record_id": f"<urn:uuid:{mine}>"}]}, {"event": "changed", "new": []}]
    (output / "changes/2026/11.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    packed = pack(output, tmp_path / "second.wacz", run=archive.nights[1].run)
    name = f"data/articles-kcnawatch-{archive.nights[1].run}.jsonl"
    assert packed.read(name) == (archive.output / "articles" / name.removeprefix("data/articles-")).read_bytes()
    assert json.loads(packed.read("data/changes-2026-11.jsonl")) == lines[0]
    assert f"data/articles-kcnawatch-{archive.nights[0].run}.jsonl" not in packed.names()


def test_torn_line_stays_out(archive: Archive, tmp_path: Path) -> None:
    articles = archive.output / "articles" / f"kcnawatch-{archive.nights[0].run}.jsonl"
    output = tmp_path / "output"
    (output / "articles").mkdir(parents=True)
    (output / "warc").symlink_to(archive.warcs)
    whole_lines = articles.read_bytes().splitlines(keepends=True)
    (output / "articles/torn.jsonl").write_bytes(b"".join(whole_lines[:2]) + whole_lines[2][:-2])
    packed = pack(output, tmp_path / "torn.wacz")
    assert packed.read("data/articles-torn.jsonl") == b"".join(whole_lines[:2])
