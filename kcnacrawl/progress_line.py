"""The progress line of a crawl: as much of it as fits a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

BREAK = len("^C")
"""Columns left free for what a terminal shows of Ctrl-C; on a line of its own it would leave the line before behind."""

BAR, BAR_MAX = 10, 40
"""Columns of the bar, at least and at most."""

COUNTERS = ("articles", "pages", "waiting", "problems")
SHORT = {"articles": "art", "pages": "pg", "waiting": "wait", "problems": "prob"}
FORMS = (
    (False, ("name", "bar", *COUNTERS, "rate", "quiet", "time")),
    (False, ("bar", *COUNTERS, "quiet", "time")),
    (False, ("bar", *COUNTERS, "time")),
    (True, ("bar", *COUNTERS, "time")),
    (True, (*COUNTERS, "time")),
    (True, ("sign", *COUNTERS)),
    (True, ("sign", "articles", "pages", "problems")),
    (True, ("sign", "articles", "problems")),
    (True, ("sign", "articles")),
)
"""Whether words and gaps are short, and the cells; the first form that fits is drawn.

In each the time or a sign that turns moves also while nothing is fetched."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a crawl is."""

    name: str
    articles: int
    pages: int
    waiting: int
    problems: int
    seconds: float
    """Since it began."""

    quiet: float
    """Seconds since the last answer."""

    limit: int | None = None
    """Articles that were asked for."""

    @property
    def done(self) -> float:
        """From 0 to 1: of the articles asked for, or else of the pages known of so far."""
        part, whole = (self.articles, self.limit) if self.limit else (self.pages, self.pages + self.waiting)
        return min(part / max(whole, 1), 1.0)


def progress_line(standing: Standing, width: int) -> Table:
    """The line, which leaves some of *width* columns free."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    cells, gap, bar = _fitting(standing, width - BREAK - 1)
    row = Table.grid(padding=(0, gap, 0, 0), pad_edge=False)
    for _ in cells:
        row.add_column(no_wrap=True, overflow="crop")
    row.add_row(
        *(
            ProgressBar(total=1, completed=standing.done, width=bar)
            if name == "bar"
            else Text(text, _style(name, standing))
            for name, text in cells
        )
    )
    return row


def _fitting(standing: Standing, width: int) -> tuple[Sequence[tuple[str, str]], int, int]:
    """Names and texts of the cells, the columns between two of them, and those of the bar."""
    for is_short, names in FORMS:
        texts = _texts(standing, is_short=is_short)
        cells = [(name, texts[name]) for name in names]
        gap = 1 if is_short else 2
        room = width - sum(len(text) for _, text in cells) - gap * (len(cells) - 1)
        if room >= (BAR if "bar" in names else 0):
            break
    return cells, gap, min(room, BAR_MAX)


def _texts(standing: Standing, *, is_short: bool) -> Mapping[str, str]:
    seconds = int(standing.seconds)
    words = SHORT if is_short else dict(zip(COUNTERS, COUNTERS, strict=True))
    return {
        "sign": "|/-\\"[int(standing.seconds * 4) % 4],
        "name": standing.name,
        "bar": "",
        **{name: f"{getattr(standing, name)} {words[name]}" for name in COUNTERS},
        "rate": f"{60 * standing.pages / max(standing.seconds, 1):.1f} pages/min",
        "quiet": f"quiet {int(standing.quiet):2} s",
        "time": f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}",
    }


def _style(name: str, standing: Standing) -> str:
    styles = {"name": "bold", "articles": "green", "problems": "red" if standing.problems else "dim"}
    return styles.get(name, "")
