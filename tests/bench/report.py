"""What the runs amount to: medians, ratios, goals, as Markdown. Arithmetic only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.rounds import Outcome

MB = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Medians over the rounds of one contender."""

    rate: float
    """Pages a second."""

    cpu: float
    """CPU seconds for 1,000 pages."""

    peak: float
    """Peak memory in bytes."""

    warc: float
    """WARC bytes a page."""


def figures(outcomes: Sequence[Outcome]) -> Figures:
    return Figures(
        rate=median(outcome.rate for outcome in outcomes),
        cpu=median(outcome.cpu for outcome in outcomes),
        peak=median(outcome.usage.peak for outcome in outcomes),
        warc=median(outcome.warc for outcome in outcomes),
    )


def comparison(titles: Mapping[str, str], measured: Mapping[str, Figures]) -> str:
    """One row a contender; the ratios are to (a), more is better for pages per CPU second."""
    first = measured["a"]
    rows = [
        "| | program | pages/s | CPU s per 1,000 pages | pages per CPU s, (a) = 1 | peak memory | WARC bytes/page |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for key, it in measured.items():
        warc = f"{it.warc:,.0f}" if it.warc else "-"
        rows.append(
            f"| {key} | {titles[key]} | {it.rate:,.0f} | {it.cpu:.2f} | {first.cpu / it.cpu:.2f} "
            f"| {it.peak / MB:.0f} MB | {warc} |"
        )
    return "\n".join(rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """Something wanted, what was measured, and whether it is enough."""

    wanted: str
    measured: str
    met: bool


def goals(by_key: Mapping[str, Figures], large: Figures | None, reread: Figures | None) -> list[Goal]:
    """The wanted figures of the project beside the measured ones; *large* is (b) over ten times the pages."""
    a, b, c, d = (by_key[key] for key in "abcd")
    found = [
        goal("(b) at least twice (a) in pages per CPU second", a.cpu / b.cpu, "{:.2f} times", at_least=2),
        goal("(b) no dearer than (d) in CPU", b.cpu / d.cpu, "{:.2f} times", at_most=1),
        goal("(b) within 10 % of (c) in CPU", b.cpu / c.cpu - 1, "{:+.1%}", at_most=0.10),
        goal("WARC bytes a page within 2 % of (d)", b.warc / d.warc - 1, "{:+.1%}", at_most=0.02),
        goal("peak memory of (b) under 90 MB", b.peak / MB, "{:.0f} MB", at_most=90),
    ]
    if large is not None:
        found += [
            goal("peak memory of (b) under 90 MB, ten times the pages", large.peak / MB, "{:.0f} MB", at_most=90),
            goal("and flat (at most 5 % more)", large.peak / b.peak - 1, "{:+.1%}", at_most=0.05),
            goal("(b) no dearer than (d) in CPU, ten times the pages", large.cpu / d.cpu, "{:.2f} times", at_most=1),
        ]
    if reread is not None:
        found.append(goal("re-extraction, articles per CPU second", 1000 / reread.cpu, "{:,.0f}", at_least=5000))
    return found


def goal(
    wanted: str, value: float, form: str, *, at_least: float = float("-inf"), at_most: float = float("inf")
) -> Goal:
    return Goal(wanted=wanted, measured=form.format(value), met=at_least <= value <= at_most)


def goal_table(found: Sequence[Goal]) -> str:
    rows = [f"| {it.wanted} | {it.measured} | {'met' if it.met else '**missed**'} |" for it in found]
    return "\n".join(["| wanted | measured | |", "|---|--:|---|", *rows])
