"""Closed WARC files that no manifest names: left by a run that was broken off, or put there by somebody."""

from __future__ import annotations

import json
from pathlib import Path

from kcnacrawl.archive.chain import read_chain
from kcnacrawl.archive.ending import end_run
from kcnacrawl.archive.lint.remedies import RESTORE
from kcnacrawl.archive.manifest import Named, chain_lock, is_growing
from kcnacrawl.archive.writer import WarcWriter
from tests.verify.museum.piece import exchange, page
from tests.verify.runs import Project


def test_what_a_killed_run_closed_is_named_by_the_next(project: Project) -> None:
    left = project.warc("killed")
    note = f"warc/{left.name}: note: no manifest names it: run killed was broken off; the next run will name it."
    assert project.told() == [note]
    manifest = json.loads(project.run("r4").read_bytes())
    assert f"warc/{left.name}" in {one["path"] for one in manifest["files"]}
    assert project.told() == []


def test_what_a_run_could_not_close_is_named_by_the_run_that_mended_it(project: Project) -> None:
    closed = project.warc("failed")
    left = closed.rename(closed.with_name(closed.name + ".open"))
    manifest = json.loads(end_run(project.ended("failed")).read_bytes())
    assert manifest["open"] == [f"warc/{closed.name}"]
    assert project.told() == []
    left.rename(closed)
    note = f"warc/{closed.name}: note: no manifest names it: run failed could not close it; the next run will name it."
    assert project.told() == [note]
    manifest = json.loads(project.run("r4").read_bytes())
    assert f"warc/{closed.name}" in {one["path"] for one in manifest["files"]}
    assert "open" not in manifest
    assert project.told() == []


def test_a_file_that_claims_to_be_of_a_run_that_ended_is_told(project: Project) -> None:
    late = project.warc("r2")
    project.run("r4")
    assert project.told() == [f"warc/{late.name}: no manifest names it; find out who put it there."]


def test_what_a_living_run_closed_is_left_to_it(project: Project) -> None:
    left = project.warc("living")
    writer = WarcWriter(project.folder / "warc", "other", info={"software": "kcnacrawl/1", "run": "living"})
    writer.write(exchange("/b", page(), 0))
    manifest = json.loads(project.run("r4").read_bytes())
    assert f"warc/{left.name}" not in {one["path"] for one in manifest["files"]}
    note = f"warc/{left.name}: note: no manifest names it: run living is under way; that run will name it."
    assert project.told() == [note]
    writer.close()
    assert [line.partition(": run ")[2] for line in project.told()] == [
        "living was broken off; the next run will name it."
    ] * 2


def test_a_run_that_ends_while_the_chain_is_checked_is_not_suspected(project: Project) -> None:
    left = project.warc("living")
    project.lines.write_bytes(project.lines.read_bytes() + b'{"id": "living-1"}\n')
    info = {"software": "kcnacrawl/1", "crawl": "c", "run": "living"}
    writer = WarcWriter(project.folder / "warc", "other", info=info)
    writer.write(exchange("/b", page(), 0))
    chain = read_chain(project.runs, project.folder / "warc")
    (last,) = writer.close()
    summary = project.runs / "living.json"
    summary.write_text(json.dumps({"run": "living", "crawl": "c"}))
    end_run(project.ended("living", warcs=[left, last], lines=[project.lines], summaries=[summary]))
    found = [*chain.findings, *chain.files(), *chain.unnamed()]
    assert [finding.level for finding in found] == ["note", "note"]
    assert project.told() == []


def test_a_run_that_writes_its_manifest_at_this_moment_is_not_suspected(project: Project) -> None:
    left = project.warc("ending")
    summary = project.runs / "ending.json"
    summary.write_text(json.dumps({"run": "ending", "crawl": "c"}))
    with chain_lock(project.runs):
        note = "no manifest names it: run ending may be ending at this moment; check again in a while"
        assert project.told() == [f"warc/{left.name}: note: {note}."]
        chain = read_chain(project.runs, project.folder / "warc")
    assert project.told() == [
        f"runs/ending.manifest.json: it is not there, but the account of run ending is, and {left.name}; {RESTORE}."
    ]
    stranger = project.warc("r2")
    late = read_chain(project.runs, project.folder / "warc")
    end_run(project.ended("ending", warcs=[left], summaries=[summary]))
    assert [*chain.findings, *chain.files(), *chain.unnamed()] == []
    told = [str(finding) for finding in late.unnamed()]
    assert told == [f"{stranger}: no manifest names it; find out who put it there."]


def test_a_run_holds_the_chain_while_it_hashes(project: Project) -> None:
    held = []

    def known() -> dict[Path, Named]:
        held.append(is_growing(project.runs))
        return {}

    end_run(project.ended("r4", warcs=[project.warc("r4")], known=known))
    assert held == [True]
    assert not is_growing(project.runs)
