"""One invented article, and its text derived from its number alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from kcnacrawl.replica.dice import Dice
from kcnacrawl.replica.sources import SLOTS, Source
from kcnacrawl.replica.wording import Filler, Topic, Wording, load_wording

_SLUG_LIMIT = 200  # characters of the escaped slug, as on the site
EXCERPT_LIMIT = 130
JUCHE_DROPPED = date(2024, 10, 28)
"""The agency printed Juche years before this day and Gregorian years from it on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article as it truly is in one edition."""

    n: int
    epoch: int
    number: int
    source: Source
    language: str
    layout: str
    listed: date
    """Day shown by listings; it stays when edition 2 corrects the day on the page."""
    published: date
    title: str
    slug: str
    dateline: tuple[str, str, int, int, str] | None
    """Place, agency, month, day, text as printed."""
    paragraphs: tuple[str, ...]
    """Clean, dateline included."""
    end_mark: str
    trailer: tuple[str, str, str] | None
    """Text as printed, site, ISO day."""
    original_url: str | None
    photos: tuple[tuple[str, str | None], ...]
    """Path on the site, caption."""
    sections: tuple[str, ...]
    kind: str

    @property
    def key(self) -> str:
        return f"{self.epoch}-{self.number}"

    @property
    def path(self) -> str:
        return f"/newstream/{self.key}/{self.slug}"

    @property
    def printed(self) -> tuple[str, ...]:
        """Paragraphs as printed, end mark included, trailer not."""
        return (*self.paragraphs[:-1], self.paragraphs[-1] + self.end_mark)

    @property
    def excerpt(self) -> str:
        """Start of the text as listings show it: cut at a word boundary, no ellipsis."""
        text = " ".join(self.paragraphs)
        if len(text) <= EXCERPT_LIMIT:
            return text
        space = text.rfind(" ", 0, EXCERPT_LIMIT + 1)
        return text[: space if space > 0 else EXCERPT_LIMIT]


def make_slug(title: str) -> str:
    """The title as WordPress puts it into an address: lower case, hyphens, escaped UTF-8, at most 200 characters."""
    words = re.sub(r"[^\w·]+", "-", title.lower().replace("'", "")).strip("-")
    slug = ""
    for character in words:
        escaped = quote(character, safe="").lower()
        if len(slug) + len(escaped) > _SLUG_LIMIT:
            break
        slug += escaped
    return slug.strip("-")


def write_story(n: int, epoch: int, number: int, listed: date, edition: int) -> Story:
    """Article ``n`` as edition 1 or 2 has it; the caller knows which numbers an edition holds."""
    slot = SLOTS[n % len(SLOTS)]
    wording = load_wording(slot.language)
    dice = Dice(n, 77)
    topic = dice.pick(wording.topics)
    filler = Filler(wording, dice)
    choice = dice.below(len(topic.titles))
    title = wording.title_mark + filler.fill(topic.titles[choice])
    paragraphs = _paragraphs(topic, choice, filler, dice)
    dateline = _dateline(wording, listed, dice) if slot.source.dateline and dice.below(12) else None
    photos = _photos(wording, filler, n, listed, dice)
    original = _original(slot.source, slot.language, listed, n, dice)
    slug = make_slug(title)
    fate = slot.fate if edition > 1 and n >= 0 else "same"
    if fate == "sentence":
        paragraphs[1] = _other(topic.middles, filler, paragraphs)
    if fate == "headline":
        title = _new_title(topic, choice, wording, n, title)
    if dateline:
        paragraphs[0] = dateline[4] + wording.dateline_gap + paragraphs[0]
    return Story(
        n=n,
        epoch=epoch,
        number=number,
        source=slot.source,
        language=slot.language,
        layout="AB"[Dice(n, 5).below(2)],
        listed=listed,
        published=listed + timedelta(days=1) if fate == "date" else listed,
        title=title,
        slug=slug,
        dateline=dateline,
        paragraphs=tuple(paragraphs),
        end_mark=wording.end_mark if slot.source.dateline else "",
        trailer=_trailer(slot.source, slot.language, listed),
        original_url=original,
        photos=photos,
        sections=topic.sections,
        kind=topic.kind,
    )


def _paragraphs(topic: Topic, choice: int, filler: Filler, dice: Dice) -> list[str]:
    """Three to nine paragraphs; title and lead of the same place in their lists belong together."""
    count = dice.between(3, 9)
    drawn = [filler.fill(pattern) for pattern in dice.sample(topic.middles, 2 * count)]
    paragraphs = [filler.fill(topic.leads[choice % len(topic.leads)])]
    joint = "" if drawn[0][-1] in "。" else " "
    per = max(1, len(drawn) // (count - 2))
    paragraphs += [
        joint.join(drawn[i * per : (i + 1) * per]) for i in range(count - 2) if drawn[i * per : (i + 1) * per]
    ]
    paragraphs.append(filler.fill(dice.pick(topic.ends)))
    return paragraphs


def _other(patterns: tuple[str, ...], filler: Filler, paragraphs: list[str]) -> str:
    """A sentence on the subject that the article does not hold yet."""
    text = "\n".join(paragraphs)
    for pattern in patterns:
        sentence = filler.fill(pattern)
        if sentence not in text:
            return sentence
    return paragraphs[-1]


def _new_title(topic: Topic, choice: int, wording: Wording, n: int, old: str) -> str:
    """A headline on the subject that differs from the old one."""
    seed = 78
    while True:
        choice = (choice + 1) % len(topic.titles)
        title = wording.title_mark + Filler(wording, Dice(n, seed)).fill(topic.titles[choice])
        if title != old:
            return title
        seed += 1


def _dateline(wording: Wording, listed: date, dice: Dice) -> tuple[str, str, int, int, str]:
    day = listed - timedelta(days=1) if dice.below(5) == 0 else listed
    text = dice.pick(wording.datelines).format(month=wording.months[day.month - 1], day=_digits(wording, day.day))
    return wording.place, wording.agency, day.month, day.day, text


def _digits(wording: Wording, number: int) -> str:
    # The agency sets Japanese dates in full-width digits.
    return str(number).translate({48 + i: 0xFF10 + i for i in range(10)}) if wording.language == "ja" else str(number)


def _trailer(source: Source, language: str, day: date) -> tuple[str, str, str] | None:
    site = source.trailer_site
    if site is None:
        return None
    era = "주체" if language == "ko" else "Juche"
    printed = f"{day:%Y.%m.%d.}" if day >= JUCHE_DROPPED else f"{era}{day.year - 1911}.{day.month}.{day.day}."
    return f"{site} ({printed})", site, day.isoformat()


def _photos(wording: Wording, filler: Filler, n: int, listed: date, dice: Dice) -> tuple[tuple[str, str | None], ...]:
    count = max(0, dice.below(9) - 4)
    captions = [filler.fill(dice.pick(wording.captions)) if dice.below(3) else None for _ in range(count)]
    folder = f"/wp-content/uploads/sites/5/{listed:%Y/%m}"
    return tuple((f"{folder}/p{n & 0xFFFFFF:06x}-{i}.jpg", caption) for i, caption in enumerate(captions, 1))


def _original(source: Source, language: str, day: date, n: int, dice: Dice) -> str | None:
    token = dice.hexadecimal(dice.pick((32, 64, 96)))
    language = {"ko": "kp", "zh": "cn", "ja": "jp"}.get(language, language)
    return source.original and source.original.format(token=token, lang=language, day=day, n=n % 10_000)
