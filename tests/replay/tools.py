"""The replay tools that the test set-up installed beside the project."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYWB = ROOT / ".pywb/bin/wayback"
REPLAYWEBPAGE = ROOT / ".replaywebpage"
CHROMIUM = "/usr/bin/chromium"

CHROMIUM_OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
