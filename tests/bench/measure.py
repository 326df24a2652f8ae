"""One run of a program: time, CPU and memory of it and everything it starts."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What a program took."""

    seconds: float
    """Wall-clock time from start to end."""

    cpu: float
    """User and system time of the program and all it started and waited for, in seconds."""

    peak: int
    """Largest sum of resident memory over the process tree, in bytes."""

    status: int
    """Exit status; negative: the signal that ended it."""


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path, limit: float = 1800.0) -> Usage:
    """Run a program to its end; what it prints goes to *log*. It is killed after *limit* seconds."""
    with log.open("wb") as output:
        start = time.perf_counter()
        program = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        sampled = _watch(program.pid, start + limit)
        _, status, used = os.wait4(program.pid, 0)
        seconds = time.perf_counter() - start
    program.returncode = os.waitstatus_to_exitcode(status)  # told to Popen, which would otherwise wait for it again
    return Usage(
        seconds=seconds,
        cpu=used.ru_utime + used.ru_stime,
        # Not ru_maxrss: the kernel starts it from the size of the process that forked.
        peak=sampled,
        status=program.returncode,
    )


def _watch(pid: int, until: float) -> int:
    """Sample memory until the process ends, which is not waited for; the largest sum in bytes."""
    peak = 0
    ended = os.pidfd_open(pid)
    try:
        while not select.select([ended], [], [], SAMPLE_SECONDS)[0]:
            peak = max(peak, tree_memory(pid), high_water(pid))
            if time.perf_counter() > until:
                os.kill(pid, signal.SIGKILL)
    finally:
        os.close(ended)
    return peak


def high_water(pid: int) -> int:
    """The kernel's own record of the most memory the process had resident, in bytes: it sees peaks between samples."""
    try:
        status = (Path("/proc") / str(pid) / "status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)
    return int(found[1]) * 1024 if found else 0


def tree_memory(pid: int) -> int:
    """Resident memory of a process and all below it, in bytes; 0 for one that has ended."""
    process = Path("/proc") / str(pid)
    try:
        resident = int((process / "statm").read_text().split()[1]) * _PAGE
        children = [child for task in (process / "task").iterdir() for child in (task / "children").read_text().split()]
    except (OSError, IndexError):
        return 0
    return resident + sum(tree_memory(int(child)) for child in children)
