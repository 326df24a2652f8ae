"""Run the real ``scrapy`` command in a folder of its own and look at what it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
