"""Words for the full-text search of ReplayWeb.page, which finds whole words only.

It cuts text at spaces and marks and looks each piece up as it is. Korean writes particles at the end of a word and
joins nouns; Chinese and Japanese write no spaces at all. So that a word is found inside such a piece, its parts are
given to the search as words of their own.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"[\uac00-\ud7a3]{3,}|[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff]{3,}")
_PART = range(2, 5)
"""Letters of a part, wherever in the run it stands."""

_BEGINNING = range(5, 9)
"""Letters of a part at the beginning of a run, where the word before a particle stands."""


def search_words(text: str) -> str:
    """Parts of the Korean, Chinese and Japanese words of a text that are no words of it, each once, with spaces."""
    runs = dict.fromkeys(_RUN.findall(text))
    words: dict[str, None] = {}
    for run in runs:
        parts = [run[at : at + size] for size in _PART for at in range(len(run) - size + 1)]
        parts += [run[:size] for size in _BEGINNING if size < len(run)]
        words.update(dict.fromkeys(parts))
    return " ".join(word for word in words if word not in runs)
