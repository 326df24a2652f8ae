"""One bar for a package that is gone through several times, so that it moves whatever is being done."""

from __future__ import annotations

from collections.abc import Callable


class Steps:
    """Turns what is done of each step into bytes of the package: every step stands for an equal part of them."""

    def __init__(self, size: int, count: int, progress: Callable[[int], None]) -> None:
        """
        :param size: of the package, in bytes
        :param count: of the steps; the last ones may be left out
        :param progress: is told how many more bytes are done
        """
        self._size = size
        self._count = count
        self._progress = progress
        self._begun = 0
        self._told = 0

    def begin(self, total: int) -> Callable[[int], None]:
        """The next step: what is returned is told how much more of it is done.

        :param total: how much there is of it, in bytes, lines, or whatever it counts
        """
        before, done = self._begun, 0
        self._begun += 1
        self._reach(before / self._count)

        def tell(more: int) -> None:
            nonlocal done
            done += more
            self._reach((before + min(done, total) / max(total, 1)) / self._count)

        return tell

    def finish(self) -> None:
        """All is done."""
        self._reach(1)

    def _reach(self, part: float) -> None:
        if (now := int(self._size * part)) > self._told:
            self._progress(now - self._told)
            self._told = now
