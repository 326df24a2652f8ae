"""A project as crawls leave it: all of it is proven, and what is done to it afterwards is told."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, environment, scrapy


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls of the same site, and the index of both."""
    folder = tmp_path_factory.mktemp("nights")
    with Replica(articles=25) as site:
        assert [crawl(folder, site.url).status for _ in range(2)] == [0, 0]
    assert scrapy(folder, "cdxj").status == 0
    return folder


@pytest.fixture
def project(nights: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(nights, tmp_path / "project"))


def lines(folder: Path, night: int) -> Path:
    return sorted((folder / "output/articles").glob("*.jsonl"))[night]


def test_everything_is_proven(nights: Path) -> None:
    done = scrapy(nights, "verify", "--notes")
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(r"2 WARC files with \d+ records, 3 indexes, 50 articles checked, 0 findings\.\n", done.out)
    second = [json.loads(line) for line in lines(nights, 1).read_text("utf-8").splitlines()]
    assert sum(item["receipt"]["revisit"] is not None for item in second) > 20
    assert sum(photo["receipt"] is not None for item in second for photo in item["photos"]) > 20


def test_the_chain_is_whole_and_says_its_head(nights: Path) -> None:
    done = scrapy(nights, "verify", "--chain")
    found = re.fullmatch(r"chain of 2 runs, head (sha256:[0-9a-f]{64}), 0 findings\.\n", done.out)
    assert done.status == 0
    assert found
    assert scrapy(nights, "verify", "--chain", "--head", found[1]).status == 0
    other = scrapy(nights, "verify", "--chain", "--head", "sha256:" + "0" * 64)
    assert (other.status, other.out.count("no manifest of the chain has the hash")) == (1, 1)


def change(folder: Path, night: int, number: int, **fields: object) -> tuple[Path, dict[str, object]]:
    """Change fields of a line; its file and the article as it was."""
    path = lines(folder, night)
    texts = path.read_text("utf-8").splitlines()
    item = json.loads(texts[number])
    texts[number] = json.dumps({**item, **fields}, ensure_ascii=False)
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path.relative_to(folder), item


def test_a_changed_article_of_a_later_night_is_told(project: Path) -> None:
    path, item = change(project, 1, 3, title="Another")
    done = scrapy(project, "verify", str(path))
    first, summary = done.out.splitlines()
    assert done.status == 1
    assert first.startswith(f"{path}:4: {item['id']}: output/warc/kcnawatch-")
    assert f'field title is "Another", but the page says {json.dumps(item["title"], ensure_ascii=False)}; ' in first
    assert summary == "25 articles checked, 1 finding."


@pytest.mark.parametrize("damage", ["a byte changed", "a stretch cut out", "a stretch of zeros"])
def test_damage_of_a_file_leads_to_that_file_alone(project: Path, damage: str) -> None:
    """Account, index, articles and revisits of a later night miss what is lost; bringing one file back mends them."""
    first = json.loads(lines(project, 0).read_text("utf-8").splitlines()[3])["receipt"]
    path = project / "output/warc" / first["warc"]
    data = bytearray(path.read_bytes())
    place = first["offset"] + first["length"] // 2
    stretch = {"a byte changed": (1, bytes([data[place] ^ 1])), "a stretch cut out": (3000, b"")}
    size, new = stretch.get(damage, (3000, bytes(3000)))
    data[place : place + size] = new
    path.write_bytes(data)
    name = path.relative_to(project)
    done = scrapy(project, "verify")
    *found, _ = done.out.splitlines()
    assert done.status == 1
    assert [line.partition(":")[0] for line in found] == [str(name)] * len(found)
    assert re.fullmatch(rf"{name}:\d+: .*; bring the file back from a copy\.", found[0])
    assert re.search(r": \d+ articles.*, \d+ revisits? and \d+ lines of indexes lead into what is damaged", found[-1])
    notes = scrapy(project, "verify", "--notes").out
    for kind in ("runs", "cdxj", "articles"):
        told = re.findall(rf"^output/{kind}/.*: note: .*; (.*)\.$", notes, re.MULTILINE)
        assert {f"bring {name} back from a copy"} == set(told), kind
    # Named alone, articles and index lead to the file as well.
    alone = scrapy(project, "verify", str(lines(project, 0).relative_to(project))).out
    assert f"; bring {name} back from a copy." in alone


def damaged_late(project: Path) -> tuple[dict[str, Any], Path]:
    """The receipt of the first article, whose file was damaged far behind it."""
    receipts = [json.loads(line)["receipt"] for line in lines(project, 0).read_text("utf-8").splitlines()]
    path = project / "output/warc" / receipts[0]["warc"]
    data = bytearray(path.read_bytes())
    data[receipts[-1]["offset"] + receipts[-1]["length"] - 8] ^= 1  # of its CRC-32
    path.write_bytes(data)
    return receipts[0], path.relative_to(project)


def test_a_damaged_file_does_not_excuse_a_receipt_that_was_altered(project: Path) -> None:
    receipt, warc = damaged_late(project)
    path, item = change(project, 0, 0, receipt={**receipt, "offset": receipt["offset"] + 5})
    told = scrapy(project, "verify").out
    assert f"{path}:1: {item['id']}: {warc}: no record begins at {receipt['offset'] + 5};" in told
    assert re.search(rf"^{warc}: .* and 2 lines of indexes lead into what is damaged in it;", told, re.MULTILINE)


def test_a_damaged_file_does_not_excuse_an_index_that_was_altered(project: Path) -> None:
    receipt, warc = damaged_late(project)
    index, at = project / "output/cdxj/index.cdxj", f'"offset": "{receipt["offset"]}"'
    whole = index.read_text("utf-8").splitlines(keepends=True)
    (number,) = (number for number, line in enumerate(whole) if at in line and warc.name in line)
    missing = f"{warc}:{receipt['offset']}: record {receipt['record_id']}: no line of the index leads to it;"
    index.write_text("".join(whole[:number] + whole[number + 1 :]), "utf-8")
    assert missing in scrapy(project, "verify").out
    whole[number] = whole[number].replace(at, f'"offset": "{receipt["offset"] + 5}"')
    index.write_text("".join(whole), "utf-8")
    told = scrapy(project, "verify").out
    assert missing in told
    assert f"output/cdxj/index.cdxj:{number + 1}: it leads to no record" in told


def test_a_damaged_file_does_not_excuse_a_record_that_was_taken_out(project: Path) -> None:
    receipt, warc = damaged_late(project)
    data = (project / warc).read_bytes()
    (project / warc).write_bytes(data[: receipt["offset"]] + data[receipt["offset"] + receipt["length"] :])
    told = scrapy(project, "verify", str(warc)).out
    assert f"the record it is concurrent to, {receipt['record_id']}, is in none of the files;" in told


def test_lines_that_are_gone_are_missed(project: Path) -> None:
    """Also when nothing else of the line is left anywhere but what the account of the run says."""
    first, second = (path.relative_to(project) for path in (lines(project, 0), lines(project, 1)))
    account = f"output/runs/{first.stem.removeprefix('kcnawatch-')}.json"
    run = Path(account).stem
    remedy = (
        f"write it anew with `scrapy reextract output/warc --crawl {run} -O {first}`, or bring it back from a copy."
    )
    whole = (project / first).read_bytes().splitlines(keepends=True)
    (project / first).write_bytes(b"".join(whole[:7] + whole[8:]))
    done = scrapy(project, "verify")
    said = f"but the account of run {run} says that 25 articles came out; {remedy}"
    assert (done.status, done.out.splitlines()[:-1]) == (1, [f"{first}: it has 24 lines, {said}"])
    (project / first).rename(project / "elsewhere.txt")
    assert scrapy(project, "verify").out.splitlines()[:-1] == [f"{first}: it is not there, {said}"]
    # Files that were not asked for are not missed, nor counted when one article of them is wanted.
    (project / "elsewhere.txt").rename(project / first)
    assert scrapy(project, "verify", account, str(second)).status == 0
    assert scrapy(project, "verify", "--id", json.loads(whole[3])["id"], account, str(first)).status == 0


def test_all_files_of_articles_that_are_gone_are_missed(project: Path) -> None:
    names = [lines(project, night).relative_to(project) for night in (0, 1)]
    shutil.rmtree(project / "output/articles")
    done = scrapy(project, "verify")
    *told, summary = done.out.splitlines()
    assert [line.partition(",")[0] for line in told] == [f"{name}: it is not there" for name in names]
    assert (done.status, summary.endswith("checked, 2 findings.")) == (1, True)
    (project / "output/articles").mkdir()
    assert scrapy(project, "verify").out == done.out
    assert scrapy(project, "verify", "output/runs", "output/warc").status == 0
    command = re.search("`scrapy (.*)`", told[0])
    assert command
    assert scrapy(project, *command[1].split()).status == 0
    assert [line.partition(":")[0] for line in scrapy(project, "verify").out.splitlines()[:-1]] == [str(names[1])]


def test_a_number_of_articles_that_an_account_does_not_have_from_its_run_is_told(project: Path) -> None:
    path = next(path for path in (project / "output/runs").glob("*.json") if re.fullmatch(r"[0-9]+-\w+", path.stem))
    path.write_text(json.dumps({**json.loads(path.read_text()), "articles": 5}))
    done = scrapy(project, "verify", "output/runs", "output/articles")
    said = "it says that 5 articles came out, but its statistics say 25; bring the file back from a copy."
    assert (done.status, done.out.splitlines()[:-1]) == (1, [f"{path.relative_to(project)}: {said}"])


def test_a_receipt_of_another_capture_is_told(project: Path) -> None:
    items = [json.loads(line) for line in lines(project, 1).read_text("utf-8").splitlines()]
    one, other = [item["receipt"] for item in items if item["receipt"]["revisit"]][:2]
    number = next(n for n, item in enumerate(items) if item["receipt"] == one)
    path, _ = change(project, 1, number, receipt={**one, "revisit": other["revisit"]})
    done = scrapy(project, "verify", str(path))
    assert done.status == 1
    assert done.out.count("is a revisit of another record (the id there is ") == 1


def test_a_photo_of_another_page_is_told(project: Path) -> None:
    items = [json.loads(line) for line in lines(project, 0).read_text("utf-8").splitlines()]
    number, photos = next((n, item["photos"]) for n, item in enumerate(items) if item["photos"])
    path, _ = change(project, 0, number, photos=[{**photos[0], "sha256": "0" * 64}, *photos[1:]])
    done = scrapy(project, "verify", str(path))
    assert done.status == 1
    assert ": photo 1: output/warc/kcnawatch-" in done.out
    assert f'its sha256 is "{"0" * 64}", but the record holds another picture; ' in done.out


def test_a_caption_that_the_page_does_not_have_is_told(project: Path) -> None:
    items = [json.loads(line) for line in lines(project, 0).read_text("utf-8").splitlines()]
    number, photos = next((n, item["photos"]) for n, item in enumerate(items) if item["photos"])
    path, _ = change(project, 0, number, photos=[{**photos[0], "caption": "A cat"}, *photos[1:]])
    done = scrapy(project, "verify", str(path))
    assert (done.status, done.out.count("field photos is ")) == (1, 1)


def test_a_file_that_was_removed_is_one_finding(project: Path) -> None:
    first, second = sorted((project / "output/warc").glob("*.warc.gz"))
    first.unlink()
    done = scrapy(project, "verify")
    finding, summary = done.out.splitlines()
    assert done.status == 1
    assert re.fullmatch(
        rf"{first.relative_to(project)}: it is not there, and 50 articles, \d+ revisits and \d+ lines of indexes lead "
        r"into it; bring the file back from a copy\.",
        finding,
    )
    assert ", 1 finding. " in summary
    noted = scrapy(project, "verify", "--notes")
    assert noted.status == 1
    assert "is in none of the files; bring back the file that was being written at 20" in noted.out
    assert f"it leads to {first.name}, which is not there; " in noted.out
    assert f"{first.relative_to(project)} does not exist; bring the file back from a copy." in noted.out
    identity = json.loads(lines(project, 0).read_text("utf-8").splitlines()[0])["id"]
    only = scrapy(project, "verify", "--id", identity)
    assert only.out.splitlines()[0].endswith(" articles lead into it; bring the file back from a copy.")
    chain = scrapy(project, "verify", "--chain")
    said = f"{first.relative_to(project)}: it is not there, but a manifest names it; bring the file back from a copy."
    assert said in chain.out.splitlines()
    assert (chain.status, second.exists()) == (1, True)


def test_a_folder_stands_for_all_that_is_in_it(project: Path) -> None:
    everything, named = scrapy(project, "verify"), scrapy(project, "verify", "output")
    assert (everything.status, everything.out) == (named.status, named.out) == (0, named.out)
    runs = scrapy(project, "verify", "output/runs")
    assert (runs.status, runs.out) == (0, "4 accounts and manifests of runs checked, 0 findings.\n")
    (project / "output/wacz").mkdir()
    (project / "output/wacz/a.wacz.open").write_bytes(b"PK\x03\x04")
    assert scrapy(project, "verify", "output").out == named.out
    account, other = sorted((project / "output/runs").glob("*-????.json"))
    account.write_text(account.read_text().replace('"warc/records/request": ', '"warc/records/request": 1'))
    manifest = other.with_name(other.name.replace(".json", ".manifest.json"))
    manifest.write_text("{}")
    for arguments in ((), ("output",)):
        done = scrapy(project, "verify", *arguments)
        assert done.status == 1
        assert f"{account.relative_to(project)}: it says that 1" in done.out
        assert f"{manifest.relative_to(project)}: it is no manifest; bring the file back from a copy." in done.out


def test_a_run_that_is_told_to_stop_leaves_its_manifest(tmp_path: Path) -> None:
    with Replica(articles=60) as site:
        command = [sys.executable, "-m", "scrapy", "crawl", "kcnawatch", "-a", f"base_url={site.url}"]
        command += ["-s", "DOWNLOAD_DELAY=0.2"]
        run = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("output/warc/*.open")) and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1)
        run.send_signal(signal.SIGTERM)
        assert run.wait(60) == 1
    done = scrapy(tmp_path, "verify", "--chain")
    assert (done.status, done.out.partition(",")[0]) == (0, "chain of 1 run")
    assert scrapy(tmp_path, "verify").status == 0


def test_a_manifest_that_cannot_be_written_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "output/runs/chain.lock").mkdir(parents=True)
    with Replica(articles=5) as site:
        done = crawl(tmp_path, site.url)
    assert done.status == 1
    assert (
        "scrapy crawl: The manifest of the run cannot be written: output/runs/chain.lock: Is a directory." in done.err
    )
