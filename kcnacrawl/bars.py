"""The progress bar of a command, on standard error: one line, whatever is being done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from kcnacrawl.archive.output import Output

WIDTH = 40
"""Columns of a bar at most."""

BESIDE = 30
"""Columns for what is told beside a bar, and for what a terminal shows of Ctrl-C."""


class Bars:
    """A bar for each thing that is done one after the other; only that of the thing being done now is seen."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}
        self._shown: TaskID | None = None

    def __call__(self, what: str, done: int, total: int) -> None:
        """Move the bar of a thing on.

        :param done: how much more of it is done
        """
        self._bar.advance(self._task(what, total), done)

    def reach(self, what: str, done: int, total: int) -> None:
        """Move the bar of a thing to a place.

        :param done: how much of it is done in all
        """
        self._bar.update(self._task(what, total), completed=done)

    def print(self, text: str, output: Output) -> None:
        """Write a line to *output*, which is standard output; above the bar when both are on a terminal."""
        if not self._bar.disable and sys.stdout.isatty():
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            output.print(text)

    def _task(self, what: str, total: int) -> TaskID:
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total, visible=False)
        if (task := self._tasks[what]) != self._shown:
            if self._shown is not None:
                self._bar.refresh()  # how far it came is seen before the next one takes its place
                self._bar.update(self._shown, visible=False)
            self._bar.update(task, visible=True)
            self._shown = task
        return task


@contextmanager
def progress_bars(*, beside_lines: bool = False) -> Iterator[Bars]:
    """A bar on standard error while it is a terminal; it goes away at the end.

    :param beside_lines: standard output gets lines meanwhile; on a terminal they show how far it is, and no bar does
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.table import Column

    console = Console(stderr=True)
    # Rich takes a pipe for a terminal when FORCE_COLOR is set.
    is_seen = sys.stderr.isatty() and console.is_terminal and not (beside_lines and sys.stdout.isatty())
    columns = (
        TextColumn("{task.description}"),
        BarColumn(None, table_column=Column(max_width=max(4, min(WIDTH, console.width - BESIDE)))),
        TaskProgressColumn(),
        TimeRemainingColumn(table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=console, disable=not is_seen, transient=True) as bar:
        yield Bars(bar)
