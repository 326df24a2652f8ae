"""Runs ``wire_crawl.py`` for a test module and gives back what it saw."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def crawl(requests: list[dict[str, Any]], settings: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """Crawl *requests* in a process of its own; see ``wire_crawl.py`` for the result; ``log`` is added."""
    with tempfile.TemporaryDirectory() as folder:
        job, result = Path(folder, "job"), Path(folder, "result")
        job.write_bytes(pickle.dumps({"requests": requests, "settings": settings, **extra}))
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("wire_crawl.py")), str(job), str(result)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "no_proxy": "*"},
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert result.exists(), done.stderr[-3000:]
        answer: dict[str, Any] = pickle.loads(result.read_bytes())
    return {**answer, "log": done.stderr}
