"""``scrapy replica`` as a user runs it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kcnacrawl.replica import Replica
from tests.replica.wire import page

SCRAPY = [sys.executable, "-m", "scrapy", "replica"]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held.getsockname()[1]


def test_serves_until_interrupted_and_says_how_to_crawl() -> None:
    process = subprocess.Popen([*SCRAPY, "--port", "0", "--articles", "7"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        first, crawl = process.stdout.readline(), process.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", first)
        assert url, first
        assert "7 invented articles" in first
        assert f"scrapy crawl kcnawatch -a base_url={url[0]}" in crawl
        assert page(url[0] + next(iter(Replica(7).paths())))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--articles", "0"], "the number of articles must be from 1 to 100,000,000, not 0"),
        (["--edition", "5"], "the edition must be 1 or 2, not 5"),
        (["--port", "70000"], "--port must be from 0 to 65535, not 70000"),
        (["extra"], "replica takes options only"),
    ],
)
def test_bad_options_are_one_sentence(options: list[str], sentence: str) -> None:
    run = subprocess.run([*SCRAPY, *options], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert sentence in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_taken_port_is_one_sentence(taken: int) -> None:
    run = subprocess.run([*SCRAPY, "--port", str(taken)], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert f"port {taken} is taken" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
