"""Packages that are sound and packages that are not, each with the sentence expected."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path
from types import FrameType

import pytest

from kcnacrawl.archive.wacz.check import check_wacz
from kcnacrawl.archive.wacz.signing import new_key
from kcnacrawl.assemble import assemble
from tests.wacz.museum import DIGEST, MUSEUM
from tests.wacz.nights import Archive
from tests.wacz.packing import Packed, pack
from tests.wacz.rebuilding import Parts, rebuild


@pytest.fixture(scope="module")
def sound(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """A signed package of the second night."""
    path = tmp_path_factory.mktemp("sound") / "sound.wacz"
    return pack(archive.output, path, run=archive.nights[1].run, wanted={"key": new_key()})


def findings(path: Path) -> list[str]:
    return [str(finding).removeprefix(f"{path}!/").removeprefix(f"{path}: ") for finding in check_wacz(path)]


@pytest.mark.parametrize("chosen", ["sound", "whole", "second"])
def test_packages_of_ours_are_sound(chosen: str, request: pytest.FixtureRequest) -> None:
    packed: Packed = request.getfixturevalue(chosen)
    assert findings(packed.path) == []


def test_every_page_is_read_once(archive: Archive, whole: Packed) -> None:
    read = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is assemble.__code__:
            read.append(frame.f_locals["url"])

    sys.setprofile(note)
    try:
        assert list(check_wacz(whole.path, processes=1)) == []
    finally:
        sys.setprofile(None)
    captured = [page["url"] for page in whole.pages() if page["url"] in archive.articles]
    assert sorted(read) == sorted(captured)


@pytest.mark.parametrize("damage", [0, 30])
def test_progress_is_told_on_the_way_to_the_whole_package(damage: int, sound: Packed, tmp_path: Path) -> None:
    path = tmp_path / "some.wacz"
    data = sound.path.read_bytes()[: -damage or None]
    path.write_bytes(data)
    done: list[int] = []
    assert len(list(check_wacz(path, 1, done.append))) == bool(damage)
    assert sum(done) == len(data)
    assert all(size > 0 for size in done)
    if not damage:
        assert len(done) >= 6
        assert max(done) <= len(data) / 6 + 1


def test_rebuilding_alone_is_no_damage(sound: Packed, tmp_path: Path) -> None:
    def unsign(parts: Parts) -> None:
        parts.edit(DIGEST, signedData=None)

    assert findings(rebuild(sound.path, tmp_path / "same.wacz", unsign)) == []


@pytest.mark.parametrize("name", MUSEUM)
def test_damage_is_told(name: str, sound: Packed, tmp_path: Path) -> None:
    damage, sentence = MUSEUM[name]
    path = rebuild(sound.path, tmp_path / "damaged.wacz", lambda parts: void(damage(parts)))
    found = findings(path)
    assert [line for line in found if re.search(sentence, line)], found


def void(_: object) -> None:
    """What a lambda gives is of no interest."""


def test_package_cut_short_is_told(sound: Packed, tmp_path: Path) -> None:
    path = tmp_path / "short.wacz"
    path.write_bytes(sound.path.read_bytes()[:-30])
    (finding,) = findings(path)
    assert finding.startswith("it is no whole ZIP file (there is no directory at its end); get an undamaged copy")


def test_name_that_is_no_text_is_told(sound: Packed, tmp_path: Path) -> None:
    data = bytearray(sound.path.read_bytes())
    data[data.rindex(b"pages/pages.jsonl")] = 0xFF
    path = tmp_path / "nameless.wacz"
    path.write_bytes(data)
    (finding,) = findings(path)
    assert finding.startswith("it is no whole ZIP file (a name in its directory is no UTF-8); get an undamaged copy")


def test_byte_changed_in_the_zip_is_told(sound: Packed, tmp_path: Path) -> None:
    data = bytearray(sound.path.read_bytes())
    data[5000] ^= 1
    path = tmp_path / "flipped.wacz"
    path.write_bytes(data)
    assert any("it cannot be read out of the ZIP file (Bad CRC-32" in finding for finding in findings(path))


def test_headers_that_replaywebpage_misreads_are_told(sound: Packed, tmp_path: Path) -> None:
    path = tmp_path / "forced.wacz"
    with zipfile.ZipFile(sound.path) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            with target.open(name, "w", force_zip64=True) as entry:
                entry.write(source.read(name))
    assert any("its two headers have extra fields of different lengths" in finding for finding in findings(path))


def test_other_ending_is_told(sound: Packed, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(sound.path.read_bytes())
    assert findings(path) == ["its name does not end in .wacz; rename it."]
