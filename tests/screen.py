"""What a terminal shows of what a program writes to it: as much of one as progress bars need."""

from __future__ import annotations

import re

_PARTS = re.compile(r"\x1b\[([0-9?;]*)([A-Za-z])|(.)", re.DOTALL)


class Screen:
    """A terminal that is as high as it needs to be, and goes to the next line where a line is full."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.most = 0
        """Lines that were seen at once, at most."""

        self._lines: list[list[str]] = [[]]
        self._row = self._column = 0

    def feed(self, drawn: str) -> Screen:
        for number, control, character in _PARTS.findall(drawn):
            if control == "A":
                self._row = max(0, self._row - int(number or 1))
            elif control == "K":
                assert number == "2", "only whole lines are cleared"
                self._lines[self._row] = []
            elif character == "\r":
                self._column = 0
            elif character == "\n":
                self._go_down()
            elif character:
                self._put(character)
            self.most = max(self.most, len(self.lines))
        return self

    @property
    def lines(self) -> list[str]:
        """Lines that are not blank, from the top."""
        return list(filter(None, ("".join(line).rstrip() for line in self._lines)))

    def _go_down(self) -> None:
        self._row += 1
        if self._row == len(self._lines):
            self._lines.append([])

    def _put(self, character: str) -> None:
        if self._column == self.columns:
            self._column = 0
            self._go_down()
        line = self._lines[self._row]
        line.extend(" " * (self._column + 1 - len(line)))
        line[self._column] = character
        self._column += 1
