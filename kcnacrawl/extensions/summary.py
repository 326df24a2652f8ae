"""The end of a run, for a person: a table on a terminal, two lines in a log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from kcnacrawl.extensions.report import RunReport
from kcnacrawl.outcome import articles

SHOWN = 10
"""Causes of page problems shown; the JSON file lists all problems."""

SHOWN_PARTS = 5
"""Reasons and hosts named in one row."""


def print_summary(report: RunReport) -> None:
    """Print what the run made and what went wrong, to standard error."""
    rows = summary_rows(report.stats(), report)
    if not sys.stderr.isatty():
        print("; ".join(f"{name}: {value}" for name, value in rows), file=sys.stderr)
        return
    from rich.console import Console  # only where there is a terminal
    from rich.table import Table

    table = Table(title=f"{report.crawler.spidercls.name}: {report.reason}", show_header=False, title_justify="left")
    for name, value in rows:
        table.add_row(name, value)
    causes = list(report.causes)
    for cause in causes[:SHOWN]:
        table.add_row(cause.reason, f"{cause.addresses}\n{cause.sentence}", style="yellow")
    if len(causes) > SHOWN:
        table.add_row("", f"… and {len(causes) - SHOWN} more causes; all problems are in {report.path}")
    Console(stderr=True, highlight=False, markup=False).print(table)


def summary_rows(stats: dict[str, Any], report: RunReport) -> list[tuple[str, str]]:
    """Names and values of the summary, in reading order."""
    problems = sum(value for name, value in stats.items() if name.startswith("problems/"))
    rows = [
        ("articles", _articles(stats)),
        ("pages fetched", str(pages_fetched(stats))),
        ("page problems", str(problems)),
        *_requisites(stats),
        ("articles file", ", ".join(stats.get("output/files", [])) or "none"),
        ("WARC", ", ".join(map(_with_size, stats.get("warc/files", []))) or "none"),
        ("seconds", f"{stats.get('elapsed_time_seconds', 0.0):.1f}"),
    ]
    if report.path is not None:
        rows.append(("run summary", str(report.path)))
    return rows


def pages_fetched(stats: dict[str, Any]) -> int:
    """Pages that came from the site; those answered from the archive are not among them, nor what pages need."""
    others = int(stats.get("resume/pages", 0)) + int(stats.get("requisites/answered", 0))
    return int(stats.get("response_received_count", 0)) - others


def _requisites(stats: dict[str, Any]) -> list[tuple[str, str]]:
    """What pages need to be seen, and what of it could not be had."""
    fetched, failed = _sum(stats, "requisites/fetched/"), _sum(stats, "requisites/failed/")
    known, elsewhere = int(stats.get("requisites/known", 0)), _sum(stats, "requisites/not_asked/")
    if not (fetched or failed or known or elsewhere):
        return []
    told = [f"{fetched} fetched"]
    told += [f"{known} on record"] if known else []
    told += [f"{failed} not to be had ({_parts(stats, 'requisites/failed/')})"] if failed else []
    told += [f"{elsewhere} on hosts not asked ({_parts(stats, 'requisites/not_asked/')})"] if elsewhere else []
    rows = [("page requisites", ", ".join(told))]
    linked, missing = int(stats.get("photos/linked", 0)), _sum(stats, "photos/missing/")
    return [*rows, ("photos", f"{linked} of {linked + missing}")] if linked or missing else rows


def _sum(stats: dict[str, Any], prefix: str) -> int:
    return sum(int(value) for name, value in stats.items() if name.startswith(prefix))


def _parts(stats: dict[str, Any], prefix: str) -> str:
    """The five most frequent, most frequent first."""
    named = sorted((-value, name.removeprefix(prefix)) for name, value in stats.items() if name.startswith(prefix))
    shown = [f"{name} {-value}" for value, name in named[:SHOWN_PARTS]]
    return ", ".join(shown) + (", …" if len(named) > SHOWN_PARTS else "")


def _articles(stats: dict[str, Any]) -> str:
    before = stats.get("resume/articles", 0)
    return f"{articles(stats)} ({before} of them before the break)" if before else str(articles(stats))


def _with_size(path: str) -> str:
    file = Path(path)
    return f"{path} ({file.stat().st_size / 1e6:.1f} MB)" if file.exists() else path
