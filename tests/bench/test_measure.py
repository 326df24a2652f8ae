"""What the benchmark measures of a program, checked on programs whose use is known."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.bench.measure import run

MEGABYTE = 1_000_000


def measured(tmp_path: Path, program: str, *, limit: float = 60.0) -> tuple[float, float, int, int, str]:
    usage = run([sys.executable, "-c", program], cwd=tmp_path, env=os.environ, log=tmp_path / "log", limit=limit)
    return usage.seconds, usage.cpu, usage.peak, usage.status, (tmp_path / "log").read_text()


def test_cpu_counts_children_and_leaves_out_sleep(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    program = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {work!r}]); time.sleep(0.5)"
    seconds, cpu, _, status, _ = measured(tmp_path, program)
    assert status == 0
    assert cpu >= 0.3
    assert seconds >= 0.8
    assert cpu < seconds


def test_memory_is_the_sum_over_the_tree(tmp_path: Path) -> None:
    hold = "import time; held = bytearray(b'x') * 60_000_000; time.sleep(1)"
    program = (
        f"import subprocess, sys; held = bytearray(b'x') * 60_000_000; subprocess.run([sys.executable, '-c', {hold!r}])"
    )
    _, _, peak, _, _ = measured(tmp_path, program)
    assert 120 * MEGABYTE < peak < 200 * MEGABYTE


def test_memory_is_the_programs_own_and_not_the_measurers(tmp_path: Path) -> None:
    held = bytearray(b"x") * 200_000_000
    _, _, peak, _, _ = measured(tmp_path, "import time; time.sleep(0.2)")
    assert len(held) == 200_000_000
    assert 1 * MEGABYTE < peak < 60 * MEGABYTE


def test_short_peak_between_samples_is_seen(tmp_path: Path) -> None:
    _, _, peak, _, _ = measured(tmp_path, "import time; bytearray(b'x') * 150_000_000; time.sleep(0.3)")
    assert peak > 150 * MEGABYTE


def test_status_and_words_of_a_failure_are_kept(tmp_path: Path) -> None:
    *_, status, said = measured(tmp_path, "import sys; print('out', flush=True); sys.exit('it broke')")
    assert (status, said) == (1, "out\nit broke\n")


def test_program_that_does_not_end_is_killed(tmp_path: Path) -> None:
    *_, status, _ = measured(tmp_path, "import time; time.sleep(600)", limit=0.2)
    assert status == -9
