"""Files that stand for the folder that they are in."""

from __future__ import annotations

from pathlib import Path

from kcnacrawl.archive.named import files_in


def test_links_in_a_folder_give_each_file_once(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "articles", tmp_path / "elsewhere"
    for path in (folder / "2026", elsewhere):
        path.mkdir(parents=True)
    for path in (folder / "a.jsonl", folder / "2026/b.jsonl", elsewhere / "c.jsonl"):
        path.touch()
    for name, target in (("0", "2026"), ("latest", "."), ("more", elsewhere), ("itself", "itself"), ("none", "gone")):
        (folder / name).symlink_to(target)
    (folder / "2026/up").symlink_to(folder)
    found = [folder / "2026/b.jsonl", folder / "a.jsonl", folder / "more/c.jsonl"]
    assert files_in(folder, (".jsonl",), deep=True) == found
    assert files_in(folder, (".jsonl",)) == [folder / "a.jsonl"]
    (tmp_path / "linked").symlink_to(folder)
    assert files_in(tmp_path / "linked", (".jsonl",), deep=True) == [
        tmp_path / "linked" / path.relative_to(folder) for path in found
    ]
    assert files_in(folder / "none", ("",), deep=True) == []


def test_links_to_files_give_each_file_once(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "warc", tmp_path / "elsewhere.warc.gz"
    (folder / "inner").mkdir(parents=True)
    for path in (folder / "m.warc.gz", folder / "inner/n.warc.gz", elsewhere):
        path.touch()
    links = {
        "a": "m.warc.gz",
        "z": "m.warc.gz",
        "b": "inner/n.warc.gz",
        "c": str(elsewhere),
        "d": str(elsewhere),
        "e": "gone",
    }
    for name, target in links.items():
        (folder / f"{name}.warc.gz").symlink_to(target)
    names = ["b.warc.gz", "c.warc.gz", "e.warc.gz", "m.warc.gz"]
    assert files_in(folder, (".warc.gz",)) == [folder / name for name in names]
    deep = ["c.warc.gz", "e.warc.gz", "inner/n.warc.gz", "m.warc.gz"]
    assert files_in(folder, (".warc.gz",), deep=True) == [folder / name for name in deep]
    assert files_in(folder, ("a.warc.gz",)) == [folder / "a.warc.gz"]
