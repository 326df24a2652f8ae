"""Many captures made durable at once, and who waits for that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class GroupCommit:
    """Calls *commit* once for several captures: those of one turn of the event loop at least.

    Nobody waits for a capture that cannot come: when fewer fetches are under way, fewer captures are enough.
    """

    def __init__(
        self, commit: Callable[[], None], *, records: int, seconds: float, under_way: Callable[[], int]
    ) -> None:
        """
        :param commit: makes everything written so far durable; what it raises is raised to all who wait
        :param records: so many captures are committed at once
        :param seconds: so long after the first of them the commit comes even if there are fewer; 0 for this turn's end
        :param under_way: how many fetches have not handed on their answer, those that wait for the commit included
        """
        self._commit = commit
        self._under_way = under_way
        self._records = records
        self._seconds = seconds
        self._count = 0
        self._timer: asyncio.Handle | None = None
        self._waiting: asyncio.Future[None] | None = None

    def add(self) -> None:
        """A capture was written; a commit will follow."""
        self._count += 1
        loop = asyncio.get_running_loop()
        if self._seconds <= 0 or self._count >= min(self._records, self._under_way()):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_soon(self.flush)
        elif self._timer is None:
            self._timer = loop.call_later(self._seconds, self.flush)

    async def durable(self) -> None:
        """Return when everything written up to now is durable; raise what the commit raised."""
        if self._timer is None:
            return
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._waiting)

    def flush(self) -> None:
        """Commit now; an error goes to those who wait, and is raised only when nobody does."""
        waiting, self._waiting, self._count = self._waiting, None, 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            self._commit()
        except Exception as error:
            if waiting is None:
                raise
            waiting.set_exception(error)
            waiting.exception()  # whoever waited may be gone; that is no error of its own
        else:
            if waiting is not None:
                waiting.set_result(None)
