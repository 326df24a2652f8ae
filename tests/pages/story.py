"""Invented articles in the agencies' forms, and what every page made from one of them has to give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kcnacrawl.items import Article
from kcnacrawl.text.dates import parse_date


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """A related article as the page shows it."""

    title: str
    excerpt: str
    day: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """An article as its page prints it."""

    title: str
    day: str
    """``DD/MM/YYYY``."""
    label: str
    paragraphs: tuple[str, ...]
    """As printed, end mark included."""
    trailer: str | None
    original: str | None
    related: tuple[Pointer, ...]

    def facts(self) -> dict[str, Any]:
        """What a reader has to find."""
        return {
            "title": self.title,
            "published": parse_date(self.day, day_first=True),
            "published_raw": self.day,
            "published_from": "page",
            "source_label": self.label,
            "original_url": self.original,
            "body_raw": "\n\n".join([*self.paragraphs, *([self.trailer] if self.trailer else [])]),
            "related": [(p.title, p.excerpt, parse_date(p.day), p.url) for p in self.related],
        }


def facts(article: Article) -> dict[str, Any]:
    """What a reader found, in the form of ``Story.facts``."""
    related = [(r.title, r.excerpt, r.published, r.url) for r in article.related]
    return {name: getattr(article, name) for name in STORIES[0].facts() if name != "related"} | {"related": related}


def _pointers(topic: str, dateline: str, sentence: str) -> tuple[Pointer, ...]:
    """Sixteen related articles, newest first, their excerpts cut as the site cuts them."""
    made = []
    for n in range(16):
        text = f"{dateline} {sentence} ".replace("#", str(31 + 7 * n)) + f"{sentence} ".replace("#", str(5 + n)) * 3
        made.append(
            Pointer(
                title=topic.replace("#", str(n + 2)),
                excerpt=text[:128].rsplit(" ", 1)[0] if " " in text[60:128] else text[:128].strip(),
                day=f"November {25 - n // 6}, 2025",
                url=f"https://kcnawatch.org/newstream/{1764000000 + 61 * n}-{7919 * n + 13}/a-slug-{n}/",
            )
        )
    return tuple(made)


_TRICKY = Story(
    title='Kiln & Brickyard of Songbawi Township Report "Record" Firing',
    day="17/04/2025",
    label="KCNA.kp (En)",
    paragraphs=(
        "Pyongyang, April 17 (KCNA) -- Workers of the Songbawi Kiln fired 40 000 bricks in a single week.",
        "More From Less is the motto painted over the gate of the kiln, said its chief engineer.",
        "Date: 03/02/2011 | so reads a slip of paper found under the oldest chimney.",
        "- The first firing took three days and the second only two.",
        "- The Blue Rock Brigade mended the conveyor while it was running.",
        '"The clay of our hills is the best there is," an old potter told this reporter. "It never cracks."',
        "Print this page and share it, a notice board says; visitors must verify they are human.",
        "The kiln's song group sang until midnight: it had learned five new songs. -0-",
    ),
    trailer="www.kcna.kp (2025.04.17.)",
    original="http://www.kcna.kp/en/article/q/0f1e2d.kcmsf?page=1&part=2",
    related=_pointers(
        'More Articles of Station No. # on "Snow"',
        "Pyongyang, November 24 (KCNA) --",
        "The station on Rimul Hill has counted # kinds of snowflakes since the first frost and has drawn each by hand,",
    ),
)

STORIES = (
    _TRICKY,
    Story(
        title="·새돌협동농장에서 배추 수확",
        day="21/08/2024",
        label="KCNA.kp (Kr)",
        paragraphs=(
            "(평양 8월 21일발 조선중앙통신) 새돌협동농장에서 배추 수확이 한창이다.",
            "농장원들은 이른아침부터 밭에 나와 배추 300여t을 거두어들였다.",
            "저녁에는 마을회관에서 노래모임이 열렸다.(끝)",
        ),
        trailer="www.kcna.kp (주체113.8.21.)",
        original="http://www.kcna.kp/kp/article/q/aa01.kcmsf",
        related=_pointers(
            "·제#호 기상관측소 첫눈 관측",
            "(평양 11월 24일발 조선중앙통신)",
            "관측소에서는 눈송이 #가지를 그림으로 남겼다.",
        ),
    ),
    Story(
        title="Inaugurada una panadería en la aldea de Piedra Azul",
        day="03/01/2023",
        label="KCNA.kp (Es)",
        paragraphs=(
            "Pyongyang, 3 de enero (ACNC) -- La aldea de Piedra Azul cuenta desde ayer con una panadería propia.",
            "El maestro panadero, de 70 años, enseñó a los niños a hacer trenzas de pan.",
            "La aldea invita a todos a probar el primer pan del año. -0-",
        ),
        trailer=None,
        original=None,
        related=_pointers(
            "Nieva sobre la estación número #",
            "Pyongyang, 24 de noviembre (ACNC) --",
            "La estación anotó # copos de nieve.",
        ),
    ),
    Story(
        title="青石村图书馆开馆",
        day="09/10/2022",
        label="Naenara (Ch)",
        paragraphs=(
            "青石村的新图书馆九日开馆。",
            "馆里有图书三千册，还有一间给孩子们讲故事的小屋。",
            "村民们说，冬天再也不怕夜长了。",
        ),
        trailer=None,
        original="http://naenara.com.kp/main/index/ch/news?num=12",
        related=_pointers(
            "第#号气象站记录初雪",
            "朝中社平壤11月24日电",
            "气象站画下了#种雪花的样子，并且把每一张画都挂在墙上供村里的孩子们观看和学习。",
        ),
    ),
    Story(
        title="青い岩の村に新しい橋",
        day="05/07/2021",
        label="KCNA.kp (Jp)",
        paragraphs=(
            "【平壌７月５日発朝鮮中央通信】青い岩の村に新しい橋が架けられた。",
            "橋の長さは４０メートルで、村人たちが石を運んだ。",
            "渡り初めには村の楽団が演奏した。－－－",
        ),
        trailer="www.kcna.kp (Juche110.7.5.)",
        original="http://www.kcna.kp/jp/article/q/bb02.kcmsf",
        related=_pointers(
            "第#気象台で初雪",
            "【平壌１１月２４日発朝鮮中央通信】",
            "気象台では雪の結晶#種類を絵に描いて壁に飾り、村の子どもたちに見せた。",
        ),
    ),
    Story(
        title="В селе Голубой Камень открыта новая школа",
        day="31/12/2020",
        label="KCNA.kp (Ru)",
        paragraphs=(
            "Пхеньян, 31 декабря. /ЦТАК/ -- В селе Голубой Камень открылась школа на сорок учеников.",
            "Школьный хор спел песню о первом снеге.",
            "Учитель подарил каждому ученику по книге. -0-",
        ),
        trailer="www.kcna.kp (2020.12.31.)",
        original="http://www.kcna.kp/ru/article/q/cc03.kcmsf",
        related=_pointers(
            "Станция № # считает снежинки",
            "Пхеньян, 24 ноября. /ЦТАК/ --",
            "Станция на холме насчитала # видов снежинок и нарисовала каждый из них.",
        ),
    ),
    Story(
        title="Letter from a Reader",
        day="29/02/2024",
        label="Rodong Sinmun (En)",
        paragraphs=("I walked along the river in the evening and heard the mill turning.", "It was a good sound"),
        trailer=None,
        original=None,
        related=_TRICKY.related,
    ),
)
