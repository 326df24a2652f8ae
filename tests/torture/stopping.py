"""A crawl that gets a signal right before or after it calls a certain function: chance would miss the spot."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass

from tests.torture.crawling import Broken

PROGRAM = """
import importlib, os, sys
when, place, *numbers = sys.argv.pop(1).split()
module, _, path = place.partition(":")
owner = importlib.import_module(module)
*outer, name = path.split(".")
for part in outer:
    owner = getattr(owner, part)
kept = getattr(owner, name)

def strike():
    while numbers:
        os.kill(os.getpid(), int(numbers.pop(0)))

def struck(*args, **kwargs):
    if when == "before":
        strike()
    result = kept(*args, **kwargs)
    strike()
    return result

setattr(owner, name, struck)
from scrapy.cmdline import execute
execute()
"""


@dataclass
class Struck(Broken):
    """Gets signals at a place in the program for as long as one is named."""

    place: str = ""
    """``before`` or ``after``, and ``module:path.of.function``."""

    signals: Sequence[signal.Signals] = ()

    def command(self, wrapper: Sequence[str] = ()) -> list[str]:
        whole = super().command(wrapper)
        if not self.place:
            return whole
        at = whole.index("-m")
        strike = " ".join([self.place, *(str(int(number)) for number in self.signals)])
        return [*whole[:at], "-c", PROGRAM, strike, *whole[at + 2 :]]
