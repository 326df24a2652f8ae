"""``scrapy replay`` as a person uses it: crawl, replay, look; and what it says when it cannot."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from kcnacrawl.replica import Replica
from tests.crawl.running import crawl, environment, scrapy
from tests.limits import UNPRIVILEGED
from tests.replay.tools import PYWB


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Folder with the archive of a crawl, and the title of its newest article."""
    folder = tmp_path_factory.mktemp("crawled")
    with Replica(articles=6) as site:
        run = crawl(folder, site.url)
        assert run.status == 0, run.err
        (folder / ".titles").write_text("\n".join(true["title"] for true in site.truth()), "utf-8")
    return folder, (folder / ".titles").read_text("utf-8")


def replaying(folder: Path, *before: str, **environ: str) -> subprocess.Popen[str]:
    # Tests that run in the background of a shell inherit that SIGINT is ignored.
    command = ["env", "--default-signal=INT,TERM,HUP", sys.executable, "-m", "scrapy", "replay", "--port", "0"]
    return subprocess.Popen(
        [*before, *command, "-s", f"PYWB={PYWB}"],
        cwd=folder,
        env=environment() | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_address_printed_shows_an_article(crawled: tuple[Path, str]) -> None:
    folder, titles = crawled
    process = replaying(folder)
    assert process.stdout is not None
    said = process.stdout.readline(), process.stdout.readline()
    try:
        address = said[1].strip()
        framed = address.replace("/http", "mp_/http", 1)
        with urllib.request.urlopen(framed, timeout=60) as answer:
            page = answer.read().decode()
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert said[0].startswith("The archive is served on http://127.0.0.1:"), said
    assert any(title in page for title in titles.splitlines())
    assert (process.returncode, "Traceback" in err) == (0, False), err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_by_a_signal_it_takes_pywb_along(crawled: tuple[Path, str], number: signal.Signals) -> None:
    process = replaying(crawled[0])
    assert process.stdout is not None
    port = int(process.stdout.readline().split(":")[2].split("/")[0])
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    try:
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 5)
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_archive_that_may_not_be_written_is_shown(
    crawled: tuple[Path, str], tmp_path: Path, number: signal.Signals
) -> None:
    shutil.copytree(crawled[0] / "output/warc", tmp_path / "output/warc")
    (tmp_path / "tmp").mkdir()
    (tmp_path / "output").chmod(0o555)
    process = replaying(tmp_path, *UNPRIVILEGED, TMPDIR=str(tmp_path / "tmp"))
    assert process.stdout is not None
    said = process.stdout.readline(), process.stdout.readline()
    try:
        (index,) = (tmp_path / "tmp").glob("kcnacrawl-cdxj-*")
        with urllib.request.urlopen(said[1].strip().replace("/http", "mp_/http", 1), timeout=60) as answer:
            page = answer.read().decode()
    finally:
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert any(title in page for title in crawled[1].splitlines())
    told = f"output/cdxj may not be written, so the index is kept in {index}, which is removed at the end."
    assert (process.returncode, err) == (0, f"scrapy replay: {told}\n")
    assert not list((tmp_path / "tmp").iterdir())
    assert [path.name for path in (tmp_path / "output").iterdir()] == ["warc"]


def test_without_pywb_it_says_how_to_install_it(crawled: tuple[Path, str]) -> None:
    run = scrapy(crawled[0], "replay", "-s", "PYWB=no-such-program")
    assert (run.status, run.err) == (1, "scrapy replay: PYWB names no-such-program, which is not a program.\n")


def test_nothing_to_show(tmp_path: Path) -> None:
    (tmp_path / "output/warc").mkdir(parents=True)
    run = scrapy(tmp_path, "replay", "-s", f"PYWB={PYWB}")
    assert (run.status, run.err) == (1, "scrapy replay: There is no page in output/warc to show.\n")


def test_taken_port(crawled: tuple[Path, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = scrapy(crawled[0], "replay", "--port", str(port), "-s", f"PYWB={PYWB}")
    assert run.status == 1
    assert run.err == f"scrapy replay: Port {port} is taken (Address already in use); choose another with --port.\n"
