"""The papers whose articles the replica shows, and which article belongs to which paper."""

from __future__ import annotations

from dataclasses import dataclass

from kcnacrawl.replica.dice import Dice


@dataclass(frozen=True, slots=True)
class Source:
    """One paper or site as KCNA Watch names it."""

    id: int
    """Number in ``/article/<id>/`` and in the ajax listing; 189661, 190036, 156 and 163 are the site's own."""
    label: str
    share: int
    """Articles out of each 200."""
    languages: tuple[str, ...]
    """Languages in turn; streams are mixed."""
    logo: str
    dateline: bool = False
    trailer_site: str | None = None
    original: str | None = None
    """Address of the original with ``{token}`` (hexadecimal), ``{day}`` and ``{n}``, or null: the page links none."""

    @property
    def name(self) -> str:
        """The paper in lower case, without the language."""
        return self.label.partition(" (")[0].lower()


_KCNA = "http://www.kcna.kp/{lang}/article/q/{token}.kcmsf"
_RODONG = "http://www.rodong.rep.kp/{lang}/index.php?strPageID=SF01_02_01&newsID={day}-{n:04d}"
SOURCES = (
    Source(156, "KCNA.kp (En)", 44, ("en",) * 7 + ("es",), "kcna-english", True, "www.kcna.kp", _KCNA),
    Source(190036, "KCNA.kp (Kr)", 44, ("ko",), "kcnakorean", True, "www.kcna.kp", _KCNA),
    Source(189661, "Rodong Sinmun (Kr)", 22, ("ko",), "rodong-korean", original=_RODONG),
    Source(163, "Rodong Sinmun (En)", 18, ("en",), "rodong-english", original=_RODONG),
    Source(
        171204, "Voice of Korea", 24, ("ja", "zh", "ru", "ja", "es", "zh", "ru", "ja"), "voice-of-korea", True,
        original="http://www.vok.rep.kp/index.php/detail_com/{token}/{lang}",
    ),
    Source(188305, "Minju Choson", 10, ("ko",), "minju_choson"),
    Source(
        172911, "Naenara", 20, ("zh", "ru", "ja", "es"), "naenara", False, "www.naenara.com.kp",
        "http://naenara.com.kp/main/index/{lang}/news?num={n}",
    ),
    Source(190477, "Pyongyang Times (En)", 18, ("en",), "pyongyang-times", original="http://www.pyongyangtimes.com.kp/?bbs={n}"),
)  # fmt: skip
CYCLE = 200
"""Article n and article n + 200 come from the same paper, in the same language."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What the place of an article in the cycle settles."""

    source: Source
    language: str
    fate: str
    """What edition 2 does: ``same``; edits ``sentence``, ``headline``, ``date``; ``gone`` (404); ``home`` (page)."""


_FATES = {5: "sentence", 11: "headline", 17: "date", 7: "gone", 19: "home"}
_UNTOUCHED = CYCLE - 8
"""The last places of the cycle belong to the articles that edition 2 adds (negative numbers): they stay as they are."""


def _slots() -> tuple[Slot, ...]:
    cards = [(source, source.languages[i % len(source.languages)]) for source in SOURCES for i in range(source.share)]
    mixed = Dice(2011).sample(cards, CYCLE)
    return tuple(
        Slot(source, language, _FATES.get(place % 24, "same") if place < _UNTOUCHED else "same")
        for place, (source, language) in enumerate(mixed)
    )


SLOTS = _slots()
