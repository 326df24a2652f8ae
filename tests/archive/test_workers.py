"""Processes that read for a command leave Ctrl-C to it, and never keep it from ending."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from tests.crawl.running import environment

PROGRAM = """
import sys, time
from kcnacrawl.archive.workers import reading_pool
from kcnacrawl.command import ProjectCommand

class Command(ProjectCommand):
    def short_desc(self):
        return ""

    def perform(self, args, opts):
        with reading_pool(2) as pool:
            tasks = [pool.submit(time.sleep, 60) for _ in range(4)]
            print("reading", flush=True)
            tasks[0].result()

command = Command()
command.run([], None)
sys.exit(command.exitcode)
"""


def begin() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "reading\n"
    return process


def test_a_second_ctrl_c_ends_the_command_at_once() -> None:
    process = begin()
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes of the command
        time.sleep(0.5)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "scrapy __main__: Stopped.\n")


def test_they_end_with_the_process_that_started_them() -> None:
    process = begin()
    process.kill()
    # The pipes are closed once nobody has them open any more.
    assert process.communicate(timeout=30) == ("", "")
