"""Progress bars of commands, on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bars:
    """A bar for each thing that is done."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        """Move the bar of a thing on.

        :param done: how much more of it is done
        """
        self.bar.advance(self._task(what, total), done)

    def reach(self, what: str, done: int, total: int) -> None:
        """Move the bar of a thing to a place.

        :param done: how much of it is done in all
        """
        self.bar.update(self._task(what, total), completed=done)

    def _task(self, what: str, total: int) -> TaskID:
        if what not in self._tasks:
            self._tasks[what] = self.bar.add_task(what, total=total)
        return self._tasks[what]


@contextmanager
def progress_bars() -> Iterator[Bars]:
    """Bars on standard error while it is a terminal; they go away at the end."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        yield Bars(bar)
