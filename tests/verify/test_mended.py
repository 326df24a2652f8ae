"""What a file lost before it was mended is a note from then on; what is taken out of it later is a finding as ever."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from kcnacrawl.archive.lint.check import Counts, lint
from kcnacrawl.archive.loss import lost_ids, read_loss
from kcnacrawl.archive.mend import mend
from kcnacrawl.replica import Replica
from tests.archive.leftovers import check_same
from tests.crawl.breaking import again, broken_off, check_done
from tests.crawl.running import scrapy
from tests.verify.museum.piece import ROLES, Piece, parse, perfect
from tests.verify.museum.piece import members as members_of

OPEN_ROLES = ROLES[:-1]
"""A run that was killed says nothing of its end."""

CAPTURES = [
    {"page", "page request"},
    {"chunked", "chunked request", "chunked metadata"},
    {"revisit", "revisit request"},
    {"unchanged", "unchanged request", "unchanged metadata"},
    {"failed request", "failed metadata"},
    {"odd request", "odd", "odd metadata"},
]


def flip(role: str) -> Callable[[bytearray, dict[str, tuple[int, int]]], bytearray]:
    def flipped(data: bytearray, places: dict[str, tuple[int, int]]) -> bytearray:
        data[sum(places[role]) // 2] ^= 0xFF
        return data

    return flipped


def mended(folder: Path, role: str) -> Piece:
    """A file that was mended after one record in it was damaged."""
    piece = perfect(folder)
    piece.order(*OPEN_ROLES)
    piece.damage = flip(role)
    path = piece.write(folder)
    result = mend(path.rename(path.with_name(path.name + ".open")))
    records = [parse(data) for data in members_of(result.path.read_bytes())]
    roles = [one for one in OPEN_ROLES if one != role] + ["loss"]
    return Piece(path.name, dict(zip(roles, records, strict=True)))


def told(path: Path) -> tuple[list[str], list[str]]:
    """Findings and notes on a file."""
    found = list(lint([path], Counts(), processes=1))
    return [str(one) for one in found if one.level == "error"], [str(one) for one in found if one.level == "note"]


@pytest.mark.parametrize("role", OPEN_ROLES[1:-1])
def test_a_lost_record_is_a_note_and_another_one_taken_out_is_a_finding(tmp_path: Path, role: str) -> None:
    piece = mended(tmp_path, role)
    path = tmp_path / piece.name
    check_same(path)
    errors, notes = told(path)
    assert errors == []
    assert any(
        f" bytes of the file were damaged when it was mended; {path.name}.damaged is the file" in n for n in notes
    )
    capture = next(one for one in CAPTURES if role in one)
    others = [one for one in piece.records if one != "warcinfo" and one not in capture and one != "loss"]
    for other in others:
        whole = perfect(tmp_path)
        whole.order(*(one for one in OPEN_ROLES if one != other))
        if not told(whole.write(tmp_path))[0]:
            continue
        taken = Piece(piece.name, {name: record for name, record in piece.records.items() if name != other})
        assert told(taken.write(tmp_path))[0], other


def test_only_the_record_at_the_end_excuses_what_is_lost(tmp_path: Path) -> None:
    piece = mended(tmp_path, "chunked")
    piece.without("loss")
    assert any("is in none of the files" in one for one in told(piece.write(tmp_path))[0])
    piece = mended(tmp_path, "page")
    last = piece.records.pop("loss")
    piece.records = {"warcinfo": piece["warcinfo"], "loss": last, **piece.records}
    assert any(
        "records follow it, but it is the last of a file that was mended" in one
        for one in told(piece.write(tmp_path))[0]
    )


def test_an_original_that_is_damaged_as_well_is_lost(tmp_path: Path) -> None:
    """Of two files that a dead run left the first is mended while the damaged original is in the second."""
    piece = perfect(tmp_path)
    piece.order(*OPEN_ROLES)
    original = piece["page"].id
    second = tmp_path / "second.warc.gz.open"
    path = piece.write(tmp_path)
    path.rename(second)
    data = bytearray(second.read_bytes())
    data[data.find(b"\x1f\x8b\x08", data.find(b"\x1f\x8b\x08", 1) + 1) - 6] ^= 1
    second.write_bytes(data)
    piece.order(*(role for role in OPEN_ROLES if role not in ("page", "page request")))
    piece.damage = flip("chunked")
    piece.write(tmp_path).rename(path.with_name(path.name + ".open"))
    loss = read_loss(mend(path.with_name(path.name + ".open")).path)
    assert loss is not None
    assert original in [one.decode() for one in lost_ids(loss.block)]


def damage_middle(folder: Path, times: int = 1) -> Path:
    """Flip a bit in the middle of the file that a killed run left, or so many here and there."""
    (path,) = folder.glob("output/warc/*.open")
    data = bytearray(path.read_bytes())
    for number in range(1, times + 1):
        data[len(data) * number // (times + 1)] ^= 0x10
    path.write_bytes(data)
    return path


def damage_article(folder: Path) -> None:
    """Flip a bit in the record of an article whose line is there."""
    (path,) = folder.glob("output/warc/*.open")
    (lines,) = folder.glob("output/articles/*.jsonl")
    receipt = json.loads(lines.read_bytes().splitlines()[5])["receipt"]
    data = bytearray(path.read_bytes())
    data[receipt["offset"] + receipt["length"] // 2] ^= 0x10
    path.write_bytes(data)


def test_a_crawl_goes_on_behind_damage_and_all_is_clean(tmp_path: Path) -> None:
    with Replica(articles=24) as site:
        broken_off(tmp_path, site, lines=12)
        path = damage_middle(tmp_path)
        assert again(tmp_path, site).status == 0
        check_done(tmp_path, site)
    for arguments in ((), ("--chain",)):
        proof = scrapy(tmp_path, "verify", *arguments)
        assert proof.status == 0, proof.out
    assert " bytes of the file were damaged when it was mended" in scrapy(tmp_path, "verify", "--notes").out
    assert path.with_suffix(".damaged").exists()


@pytest.mark.parametrize("which", ["all", "the second run"])
def test_a_package_with_records_of_a_mended_file_is_sound(tmp_path: Path, which: str) -> None:
    """Of the second run alone it has style sheets and images out of the file of the first."""
    with_photos = ("-s", "REQUISITES_ENABLED=True")
    with Replica(articles=24) as site:
        broken_off(tmp_path, site, *with_photos, lines=12)
        damage_middle(tmp_path, times=30)
        assert again(tmp_path, site, *with_photos).status == 0
    (account,) = tmp_path.glob("output/runs/*-????.json")
    chosen = ("--run", account.stem) if which != "all" else ()
    assert scrapy(tmp_path, "wacz", "-o", "some.wacz", *chosen).status == 0
    proof = scrapy(tmp_path, "verify", "--notes", "some.wacz")
    assert proof.status == 0, proof.out
    assert "is in none of the files; it was damaged before" in proof.out


def test_after_mending_by_hand_the_command_of_the_finding_is_all_there_is_to_do(tmp_path: Path) -> None:
    with Replica(articles=24) as site:
        broken_off(tmp_path, site, lines=12)
    damage_article(tmp_path)
    assert scrapy(tmp_path, "mend", "output/warc").status == 0
    (command,) = set(re.findall(r"`(scrapy [^`]+)`", scrapy(tmp_path, "verify").out))
    assert scrapy(tmp_path, *shlex.split(command)[1:]).status == 0
    proof = scrapy(tmp_path, "verify")
    assert proof.status == 0, proof.out
