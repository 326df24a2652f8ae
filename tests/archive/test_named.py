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
