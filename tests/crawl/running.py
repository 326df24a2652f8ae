"""Run the real ``scrapy`` command in a folder of its own and look at what it leaves."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Run:
    """One finished command and the folder it ran in."""

    folder: Path
    status: int
    out: str
    err: str

    @property
    def articles(self) -> list[dict[str, Any]]:
        """Lines of the default output, all files."""
        files = sorted((self.folder / "output/articles").glob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]

    @property
    def summary(self) -> dict[str, Any]:
        """The run summary; there must be just one."""
        (file,) = (self.folder / "output/runs").glob("*-????.json")
        summary: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return summary

    @property
    def warc(self) -> Path:
        """The closed WARC file; there must be just one."""
        (file,) = (self.folder / "output/warc").glob("*.warc.gz")
        return file


def environment() -> dict[str, str]:
    """The environment in which ``scrapy`` finds this project from any folder."""
    return os.environ | {
        "SCRAPY_SETTINGS_MODULE": "kcnacrawl.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def scrapy(folder: Path, *arguments: str, timeout: float = 120) -> Run:
    """Run ``scrapy`` with *arguments* in *folder*."""
    command = [sys.executable, "-m", "scrapy", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=timeout, check=False
    )
    return Run(folder, done.returncode, done.stdout, done.stderr)


def on_terminal(folder: Path, *arguments: str, columns: int = 80, with_output: bool = False) -> tuple[int, str]:
    """Run ``scrapy`` with standard error on a terminal of that width; exit status and all that was drawn.

    :param with_output: standard output goes there, too
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    unset = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=folder,
        env={name: value for name, value in environment().items() if name not in unset} | {"TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=theirs if with_output else subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    with contextlib.suppress(OSError):  # once the other side is closed
        while chunk := os.read(ours, 65536):
            drawn += chunk
    os.close(ours)
    return process.wait(timeout=60), drawn.decode()


def crawl(folder: Path, base_url: str, *arguments: str, timeout: float = 120) -> Run:
    """Crawl *base_url* without the delay that is kept for real sites."""
    return scrapy(
        folder,
        "crawl",
        "kcnawatch",
        *("-a", f"base_url={base_url}", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_WAIT=0.05"),
        *arguments,
        timeout=timeout,
    )
