"""Manifests of runs: one chain, in which nothing can be missing or changed without being told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.chain import read_chain
from kcnacrawl.archive.ending import end_run
from kcnacrawl.archive.manifest import manifest_path
from tests.verify.runs import Project

RESTORE = "bring the file back from a copy"
ANEW = (
    "bring it back from a copy, or write its lines anew with "
    "`scrapy reextract warc --crawl c -O articles/crawl.jsonl`: "
    "in the same order, unless the file lacked some of them when its crawl was taken up again"
)


def test_a_whole_chain(project: Project) -> None:
    assert project.told() == []
    chain = read_chain(project.runs, project.folder / "warc")
    assert [(one.run, one.number) for one in chain.manifests] == [("r1", 1), ("r2", 2), ("r3", 3)]
    assert chain.head is not None
    assert chain.head.sha256 == hashlib.sha256(manifest_path(project.runs, "r3").read_bytes()).hexdigest()


def test_what_a_manifest_says(project: Project) -> None:
    manifest = json.loads(manifest_path(project.runs, "r2").read_bytes())
    first = hashlib.sha256(manifest_path(project.runs, "r1").read_bytes()).hexdigest()
    assert manifest["previous"] == {"run": "r1", "sha256": first}
    assert manifest["version"] == 1
    files = {one["path"]: one for one in manifest["files"]}
    warc, lines = project.warcs["r2"], project.lines.read_bytes()
    assert files.keys() == {f"warc/{warc.name}", "articles/crawl.jsonl", "runs/r2.json"}
    assert files[f"warc/{warc.name}"]["sha256"] == hashlib.sha256(warc.read_bytes()).hexdigest()
    # The file has grown since; what it was then is still its beginning.
    size = files["articles/crawl.jsonl"]["bytes"]
    assert size == len(lines) * 2 // 3
    assert files["articles/crawl.jsonl"]["sha256"] == hashlib.sha256(lines[:size]).hexdigest()


def _change(path: Path, place: int = 30) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def _edit(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


MANIFEST_TIME = len(b'{\n  "version": 1,\n  "run": "r2",\n  "crawl": "c",\n  "number": 2,\n  "time": "2')
"""Where the time of a manifest stands: nothing else depends on it."""

DAMAGES: dict[str, tuple[Callable[[Project], object], list[str]]] = {
    "a WARC file changed": (
        lambda project: _change(project.warcs["r1"]),
        [f"warc/{{warc r1}}: it was changed since its manifest was written; {RESTORE}."],
    ),
    "a WARC file gone": (
        lambda project: project.warcs["r2"].unlink(),
        [f"warc/{{warc r2}}: it is not there, but a manifest names it; {RESTORE}."],
    ),
    "a WARC file cut": (
        lambda project: project.warcs["r2"].write_bytes(b"cut"),
        [f"warc/{{warc r2}}: it has 3 bytes, but had {{size r2}} when its manifest was written; {RESTORE}."],
    ),
    "a WARC file grown": (
        lambda project: project.warcs["r2"].write_bytes(project.warcs["r2"].read_bytes() + b"123"),
        [f"warc/{{warc r2}}: it has {{more r2}} bytes, but had {{size r2}} when its manifest was written; {RESTORE}."],
    ),
    "a line changed": (
        lambda project: _change(project.lines, 4),
        [f"articles/crawl.jsonl: it was changed since its manifest was written; {ANEW}."],
    ),
    "lines cut": (
        lambda project: project.lines.write_bytes(project.lines.read_bytes()[:40]),
        [f"articles/crawl.jsonl: it has 40 bytes, but had 90 when its manifest was written; {ANEW}."],
    ),
    "lines more": (
        lambda project: project.lines.write_bytes(project.lines.read_bytes() + b"{}\n"),
        [
            "articles/crawl.jsonl: 3 bytes stand behind the 90 that its newest manifest hashed, and no run that could "
            f"have written them is under way or was broken off; {RESTORE}."
        ],
    ),
    "a manifest renamed": (
        lambda project: manifest_path(project.runs, "r3").rename(manifest_path(project.runs, "r9")),
        ["runs/r9.manifest.json: it is that of run r3; name it r3.manifest.json again."],
    ),
    "the newest manifest of another crawl": (
        lambda project: _edit(manifest_path(project.runs, "r3"), b'"crawl": "c"', b'"crawl": "d"'),
        [f"runs/r3.manifest.json: its crawl is d, but should be c; {RESTORE}."],
    ),
    "the newest manifest of another number": (
        lambda project: _edit(manifest_path(project.runs, "r3"), b'"number": 3', b'"number": 7'),
        [f"runs/r3.manifest.json: its number is 7, but should be 3; {RESTORE}."],
    ),
    "a summary changed": (
        lambda project: _change(project.runs / "r1.json", 3),
        [f"runs/r1.json: it was changed since its manifest was written; {RESTORE}."],
    ),
    "a WARC file added": (
        lambda project: (project.folder / "warc/b.warc.gz").write_bytes(b"x"),
        ["warc/b.warc.gz: no manifest names it; find out who put it there."],
    ),
    "a manifest changed": (
        lambda project: _change(manifest_path(project.runs, "r2"), MANIFEST_TIME),
        [f"runs/r2.manifest.json: it was changed since run r3 followed it; {RESTORE}."],
    ),
    "a manifest that is none": (
        lambda project: manifest_path(project.runs, "r2").write_bytes(b"{}"),
        [
            f"runs/r2.manifest.json: it is no manifest; {RESTORE}.",
            f"runs/r2.manifest.json: it is damaged, and run r3 follows it; {RESTORE}.",
        ],
    ),
    "a manifest gone": (
        lambda project: manifest_path(project.runs, "r1").unlink(),
        [
            f"runs/r1.manifest.json: it is not there, but run r2 follows it; {RESTORE}.",
        ],
    ),
    "the newest manifest gone": (
        lambda project: manifest_path(project.runs, "r3").unlink(),
        [
            "articles/crawl.jsonl: 30 bytes stand behind the 60 that its newest manifest hashed, and no run that could "
            f"have written them is under way or was broken off; {RESTORE}.",
            f"runs/r3.manifest.json: it is not there, but the account of run r3 is, and {{warc r3}}; {RESTORE}.",
        ],
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_told(project: Project, what: str) -> None:
    damage, said = DAMAGES[what]
    names = {f"warc {run}": path.name for run, path in project.warcs.items()}
    names |= {f"size {run}": str(path.stat().st_size) for run, path in project.warcs.items()}
    names |= {f"more {run}": str(path.stat().st_size + 3) for run, path in project.warcs.items()}
    damage(project)
    expected = []
    for line in said:
        for name, value in names.items():
            line = line.replace("{" + name + "}", value)
        expected.append(line)
    assert project.told() == expected


def test_a_noted_head_is_looked_for(project: Project) -> None:
    second = hashlib.sha256(manifest_path(project.runs, "r2").read_bytes()).hexdigest()
    assert project.told(second) == project.told(f"sha256:{second.upper()}") == []
    manifest_path(project.runs, "r3").unlink()
    manifest_path(project.runs, "r2").unlink()
    clause = f"no manifest of the chain has the hash {second}; bring the folder back from a copy."
    assert f"{project.runs.name}: {clause}" in [line.replace(f"{project.folder}/", "") for line in project.told(second)]


def test_a_file_that_was_replaced_is_named_anew(project: Project) -> None:
    manifest = json.loads(project.run("r4", replace=True).read_bytes())
    assert [one.get("replaced") for one in manifest["files"]] == [None, True, None]
    assert project.told() == []
    project.run("r5")
    assert project.told() == []
    _change(project.lines, 4)
    assert project.told() == [f"articles/crawl.jsonl: it was changed since its manifest was written; {ANEW}."]


def test_runs_that_end_at_once_make_one_chain(project: Project) -> None:
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(_end, [(project, f"p{number}") for number in range(12)]))
    chain = read_chain(project.runs, project.folder / "warc")
    assert chain.findings == []
    assert [one.number for one in chain.manifests] == list(range(1, 16))


def _end(given: tuple[Project, str]) -> None:
    project, run = given
    end_run(project.ended(run))


def test_a_manifest_that_cannot_be_written_is_told(project: Project) -> None:
    (project.runs / "r4.manifest.json.open").mkdir()
    sentence = r"^The manifest of the run cannot be written: .*r4\.manifest\.json\.open: Is a directory\.$"
    with pytest.raises(ArchiveError, match=sentence):
        end_run(project.ended("r4"))
    assert len(read_chain(project.runs, project.folder / "warc").manifests) == 3


def test_a_file_that_cannot_be_read_is_told(project: Project) -> None:
    sentence = r"^The manifest of the run cannot be written: .*none: No such file or directory\.$"
    with pytest.raises(ArchiveError, match=sentence):
        end_run(project.ended("r4", lines=[project.folder / "none"]))


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"version": 2}', b"[" * 100_000, b'{"version": 1, "run": 5}'])
def test_files_that_are_no_manifests_are_told(project: Project, data: bytes) -> None:
    (project.runs / "x.manifest.json").write_bytes(data)
    assert project.told() == [f"runs/x.manifest.json: it is no manifest; {RESTORE}."]
    project.run("r4")
    assert len(read_chain(project.runs, project.folder / "warc").manifests) == 4
