"""Files of lines that are longer than their newest manifest says: legal only while a run may be writing to them."""

from __future__ import annotations

import json
from pathlib import Path

from kcnacrawl.archive.ending import end_run
from kcnacrawl.archive.writer import WarcWriter
from tests.verify.runs import Project

GROWN = (
    "articles/crawl.jsonl: note: {bytes} bytes stand behind the 90 that its newest manifest hashed; run {run} has not"
)
GO_ON = " ended; go on with the crawl, whose next manifest will name them."


def test_lines_of_a_run_that_was_broken_off_are_named_by_the_next(project: Project) -> None:
    project.warc("killed", crawl="c")
    _append(project.lines, b'{"id": "killed-1"}\n{"id": "ki')
    assert project.told()[0] == GROWN.format(bytes=29, run="killed") + GO_ON
    # Another crawl that ends names the WARC file, not the lines.
    end_run(project.ended("other"))
    assert project.told() == [GROWN.format(bytes=29, run="killed") + GO_ON]
    end_run(project.ended("again", lines=[project.lines]))
    assert project.told() == []


def test_lines_that_another_crawl_writes_to_the_same_file_are_known_by_their_receipts(project: Project) -> None:
    writer = WarcWriter(
        project.folder / "warc", "kcnawatch", info={"software": "kcnacrawl/1", "crawl": "d", "run": "s1"}
    )
    receipt = {"receipt": {"warc": writer.files[0], "revisit": None}}
    _append(project.lines, json.dumps({"id": "s1-1", **receipt}).encode() + b"\n")
    (told,) = project.told()
    assert told.endswith("; run s1 has not" + GO_ON)
    writer.close()


def _append(path: Path, data: bytes) -> None:
    path.write_bytes(path.read_bytes() + data)
