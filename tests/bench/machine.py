"""The machine and the versions a figure belongs to."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path


def describe() -> str:
    """One line: processor, cores, memory, system, versions."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [
        f"{cores} core{'s' if cores > 1 else ''} of {processor()}",
        f"{memory:.0f} GB memory",
        f"Linux {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
        f"Scrapy {version('Scrapy')}",
        said("nginx", "-v"),
        said("wget", "--version"),
    ]
    return ", ".join(filter(None, parts))


def processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.M)
    return found[1].strip() if found else platform.machine()


def said(program: str, flag: str) -> str:
    """Name and version of a program as it gives them, or nothing when it is not there."""
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    try:
        answer = subprocess.run(
            [program, flag], capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
        )
    except FileNotFoundError:
        return ""
    found = re.search(r"\d+(\.\d+)+", answer.stdout + answer.stderr)
    return f"{program} {found[0]}" if found else ""
