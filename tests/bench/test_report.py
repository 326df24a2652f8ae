"""The benchmark's arithmetic: medians, ratios, and when a goal is met."""

from __future__ import annotations

from tests.bench.measure import Usage
from tests.bench.report import Figures, comparison, figures, goal_table, goals
from tests.bench.rounds import Outcome


def outcome(seconds: float, cpu: float, peak: int, warc: int) -> Outcome:
    return Outcome(pages=500, usage=Usage(seconds=seconds, cpu=cpu, peak=peak, status=0), warc_bytes=warc)


def kept(cpu: float, peak: float = 80e6, warc: float = 5000) -> Figures:
    return Figures(rate=100, cpu=cpu, peak=peak, warc=warc)


def test_figures_are_medians_per_page() -> None:
    runs = [outcome(2, 1, 80_000_000, 500_000), outcome(1, 3, 90_000_000, 600_000), outcome(10, 2, 70_000_000, 550_000)]
    assert figures(runs) == Figures(rate=250, cpu=4, peak=80_000_000, warc=1100)


def test_comparison_is_relative_to_bare_scrapy() -> None:
    table = comparison({"a": "bare", "b": "ours"}, {"a": kept(4, warc=0), "b": kept(1.25)})
    assert table.splitlines()[2:] == [
        "| a | bare | 100 | 4.00 | 1.00 | 80 MB | - |",
        "| b | ours | 100 | 1.25 | 3.20 | 80 MB | 5,000 |",
    ]


def test_goals_met() -> None:
    found = goals({"a": kept(4), "b": kept(1), "c": kept(0.95), "d": kept(1)}, kept(0.9, 82e6), kept(0.2))
    assert all(goal.met for goal in found)
    assert [goal.measured for goal in found] == [
        "4.00 times", "1.00 times", "+5.3%", "+0.0%", "80 MB", "82 MB", "+2.5%", "0.90 times", "5,000",
    ]  # fmt: skip


def test_goals_missed_are_called_missed() -> None:
    by_key = {"a": kept(1.9), "b": kept(1, 91e6, 5200), "c": kept(0.8), "d": kept(0.9)}
    found = goals(by_key, kept(1, 97e6), kept(0.21))
    assert not any(goal.met for goal in found)
    assert goal_table(found).count("**missed**") == len(found) == 9
