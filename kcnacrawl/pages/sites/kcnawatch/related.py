"""The block "More From …": other articles, each printed in copies for wide and narrow screens."""

from __future__ import annotations

import re

from kcnacrawl.items import Related
from kcnacrawl.pages.cards import Group, group_by_days, group_by_links
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.flatten import Flat, Line
from kcnacrawl.text.clean import clean_line
from kcnacrawl.urls import article_id

_END = re.compile(
    r"(?:more|load more|view more|show more|see more|all) (?:articles|news|stories)\W*|(?:load|show) more\W*",
    re.IGNORECASE,
)


def read_related(flat: Flat, document: Document, heading: int, own: str | None) -> list[Related]:
    """Give the articles behind a heading's line, each once, in page order."""
    lines = _block(flat, heading)
    links = _links(flat, lines, own)
    groups = list(group_by_links(flat, lines, links).values()) if links else group_by_days(flat, lines)
    return [related for group in groups if (related := _describe(group, document))]


def _block(flat: Flat, heading: int) -> list[Line]:
    """The lines up to the closing button or the page's footer."""
    lines: list[Line] = []
    for line in flat.lines[heading + 1 :]:
        if _END.fullmatch(clean_line(line.text)) or any(
            flat.names[e] == "footer" for e in flat.chain(line.pieces[0][1])
        ):
            break
        lines.append(line)
    return lines


def _links(flat: Flat, lines: list[Line], own: str | None) -> list[tuple[int, str]]:
    """The links of the block and what each leads to: an identity, or an address where no link has one."""
    if not lines:
        return []
    first = lines[0].pieces[0][1]
    start = min([first, *(element for element in flat.chain(first) if flat.names[element] == "a")])
    names, links = flat.names, []
    last = max(element for line in lines for _, element in line.pieces)
    for element in range(start, last + 1):
        if names[element] == "a" and (href := flat.get(element, "href")):
            links.append((element, href))
    named = [(element, identity) for element, href in links if (identity := article_id(href)) and identity != own]
    return named or [link for link in links if not link[1].startswith(("#", "javascript:", "mailto:"))]


def _describe(group: Group, document: Document) -> Related | None:
    if group.title is None:
        return None
    return Related(
        title=group.title,
        url=document.absolute(group.href) if group.href else None,
        excerpt=group.excerpt,
        published=group.day,
    )
