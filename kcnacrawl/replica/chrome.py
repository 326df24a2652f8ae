"""What stands around every page: head, menus, today's date, scripts, footer. Nothing here is part of an article."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from html import escape

from kcnacrawl.replica.dice import Dice
from kcnacrawl.replica.sources import SOURCES

THEME = "/wp-content/themes/kcnawatch"
_MENU = {
    "Browse": ["Newstream", "Top Stories", "Archive by Day", "Sections", "Languages"],
    "Periodicals": ["Rodong PDFs (Discontinued)", "Pyongyang Times PDF", "Foreign Trade", "Korea Magazine"],
    "Broadcasts": ["KCTV Archive", "Live Stream", "Radio Schedule"],
    "About": ["About KCNA Watch", "Frequent Questions", "Contact", "Upgrade to NK PRO today"],
}


def long_day(day: date) -> str:
    """``November 05, 2025``, as listings print it."""
    return f"{day:%B %d, %Y}"


@lru_cache(maxsize=64)
def head_common() -> str:
    """Style sheets, scripts and inline rules that every page of the theme carries."""
    dice = Dice(404)
    rules = "".join(
        f".kw-{dice.hexadecimal(5)}-{name}{{margin:{dice.below(40)}px {dice.below(40)}px;color:#{dice.hexadecimal(6)};"
        f"padding:{dice.below(20)}px;font-size:{dice.between(11, 32)}px;line-height:1.{dice.below(9)}}}\n"
        for name in ("nav", "card", "thumb", "meta", "row", "list", "more", "foot", "form", "icon")
    )
    emoji = ",".join(f'"{dice.hexadecimal(16)}":{dice.below(10**6)}' for _ in range(28))
    return (
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="generator" content="WordPress">\n'
        f'<link rel="stylesheet" href="{THEME}/style.css?ver=4.2" media="all">\n'
        f'<link rel="stylesheet" href="{THEME}/css/grid.css?ver=4.2">\n'
        f'<link rel="icon" href="{THEME}/images/icon.png">\n'
        '<link rel="alternate" type="application/rss+xml" title="KCNA Watch" href="/feed/">\n'
        f'<style id="kw-inline">\n{rules}</style>\n'
        f"<script>window._kwSettings={{{emoji}}};window.dataLayer=window.dataLayer||[];"
        'function track(){dataLayer.push(arguments)}track("js",new Date());</script>\n'
        f'<script src="{THEME}/js/main.js?ver=4.2" defer></script>\n'
    )


@lru_cache(maxsize=16)
def header(today: date) -> str:
    """Logo, today's date in long and short form glued together, menus, the search form with all sources."""
    menus = "".join(
        f'<li class="menu-item menu-item-has-children"><a href="#">{title}</a><ul class="sub-menu">'
        + "".join(
            f'<li class="menu-item menu-item-{i}{n}"><a href="/{name.lower().replace(" ", "-")}/">{name}</a></li>'
            for n, name in enumerate(names)
        )
        + "</ul></li>\n"
        for i, (title, names) in enumerate(_MENU.items(), 10)
    )
    papers = "".join(
        f'<li class="menu-item"><a href="/article/{source.id}/"><img src="{THEME}/images/{source.logo}.png" alt="" '
        f'width="24" height="24">{source.label}</a></li>\n'
        for source in SOURCES
    )
    options = "".join(f'<option value="{source.id}">{source.label}</option>' for source in SOURCES)
    return (
        '<header class="site-header"><div class="container">'
        f'<a href="/" class="logo"><img src="{THEME}/images/logo.png" alt="KCNA Watch Logo"></a>'
        f'<div class="today"><span class="d-none d-md-inline">{today:%B %d, %Y}</span>'
        f'<span class="d-md-none">{today:%b %d, %Y}</span></div>'
        f'<nav class="main-menu"><ul class="menu">\n{menus}</ul><ul class="menu papers">\n{papers}</ul></nav>'
        '<form class="search-form" action="/" method="get"><input type="search" name="s" placeholder="Search">'
        f'<select name="source"><option value="">All sources</option>{options}</select>'
        '<input name="start" placeholder="DD-MM-YYYY"><input name="end" placeholder="DD-MM-YYYY">'
        '<button type="submit">Browse</button></form></div></header>\n'
    )


@lru_cache(maxsize=1)
def footer() -> str:
    """Links by month, the notice, late scripts."""
    months = "".join(
        f'<li><a href="/?s=&amp;start=01-{month:02d}-{year}&amp;end=28-{month:02d}-{year}">'
        f"{date(year, month, 1):%B %Y}</a></li>"
        for year in (2025, 2024)
        for month in range(1, 13)
    )
    return (
        f'<footer class="site-footer"><h4>Archive</h4><ul class="by-month">{months}</ul>'
        "<p>This address serves invented articles for tests. Nothing here was published by any agency.</p>"
        '<a class="upgrade" href="/free-member-form/">Upgrade to NK PRO today</a></footer>\n'
        '<script>document.querySelectorAll("a.more-full-link").forEach(function(a){a.addEventListener("click",'
        "function(e){/* loads the next cards in place */})});</script>\n</body>\n</html>\n"
    )


def page(title: str, body: str, *, today: date, head: str = "", body_class: str = "page") -> str:
    """A whole page of the site around ``body``."""
    return (
        '<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="UTF-8">\n'
        f"<title>{escape(title)}</title>\n{head}{head_common()}</head>\n"
        f'<body class="{body_class}">\n{header(today)}{body}{footer()}'
    )
