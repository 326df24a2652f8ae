"""``make demo`` as somebody sees it who tries the program out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.crawl.running import environment

DEMO = [sys.executable, "-m", "kcnacrawl.demo", "--articles"]


def test_long_fields_are_shortened(tmp_path: Path) -> None:
    done = subprocess.run([*DEMO, "12"], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (line,) = (json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"id"'))
    photo, *more = line["photos"]
    assert list(photo["receipt"]) == ["warc", "offset", "length", "…"]
    assert len(photo["sha256"]) == 7
    assert all(isinstance(one, str) and one.startswith("… ") for one in more)
    assert len(more) <= 1
    assert len(line["related"]) <= 2
    assert len(line["body"]) == 101


def test_whoever_stops_it_is_told_what_goes_on(tmp_path: Path) -> None:
    command = [*DEMO, "3000"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=-1, stderr=-1, text=True, start_new_session=True
    ) as demo:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("output/warc/*.open")) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(demo.pid, signal.SIGINT)
        out, err = demo.communicate(timeout=60)
    assert demo.returncode == 1, err
    assert out.splitlines()[-1:] == [
        "The replica has ended with its crawl, and the next one has another address: `make demo` begins again."
    ], err
    assert not list(tmp_path.glob("output/warc/*.open")), "the crawl was left the time to close its files"
