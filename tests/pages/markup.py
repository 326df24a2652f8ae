"""Ever different markup around the same article. What a page is made of is drawn; what it says is not.

Every template is one way to mark up a part. Text order is that of the one page of KCNA Watch whose text is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from random import Random

from tests.pages.story import Pointer, Story

LONG, SHORT = "November 25, 2025", "Nov 25, 2025"
TODAY = (
    f"<div class=today><span>{LONG}</span><span>{SHORT}</span></div>",
    f"<p>{LONG}<b>{SHORT}</b></p>",
    f"{LONG}{SHORT}<br>",
    f"<div>{LONG}</div><div>{SHORT}</div>",
    f"<header><x-today>{LONG}{SHORT}</x-today></header>",
)
FRAME = (
    "",
    "<nav><a href=/>Home</a> <a href=/newstream/>Newstream</a></nav>",
    '<h1 class=site-title><a href="/">KCNA Watch</a></h1>',
    "<form><input name=s><select name=source><option value=156>KCNA.kp</option></select><button>Go</button></form>",
)
LOGO = (
    '<div class=logo><img src=/l/kcna-english.png alt="KCNA"> {label}</div>',
    "<div>KCNA <b>{label}</b></div>",
    "<a href=/article/156/>KCNA {label}</a><br>",
    "<h4>KCNA {label}</h4>",
    "",
)
TITLE = (
    "<h1>{title}</h1>",
    "<h2 class=entry-title>{title}</h2>",
    "<p><b>{title}</b></p>",
    "<x-headline>{title}</x-headline>",
    "<table><tr><td><strong>{title}</strong></td></tr></table>",
    "{title}<br>",
    "<div><div>\n\n{title}\n\n</div></div>",
    '<h1 class="d-none d-md-block">{title}</h1><h1 class="d-md-none">{title}</h1>',
    "<h1><span class=wide>{title}</span><span class=narrow>{title}</span></h1>",
    "<dl><dt>{title}</dt></dl>",
)
INFO = (
    "<p>Date: {day} | Source: {label} | {link}</p>",
    "<p>Date:&nbsp;{day}&nbsp;|&nbsp;Source:&nbsp;{label}&nbsp;|&nbsp;{link}</p>",
    "<div><span>Date: {day}</span><span>|</span><span>Source: {label}</span><span>|</span>{link}</div>",
    "<p><strong>Date:</strong> {day} | <strong>Source:</strong> {label} | {link}</p>",
    "<p>Date: {day} |<br>Source: {label} |<br>{link}</p>",
    "<ul><li>Date: {day}</li><li>Source: {label}</li><li>{link}</li></ul>",
    "<dl><dt>Date:</dt><dd>{day}</dd><dt>Source:</dt><dd>{label}</dd><dd>{link}</dd></dl>",
    "<table><tr><td>Date:</td><td>{day}</td><td>|</td><td>Source:</td><td>{label}</td><td>{link}</td></tr></table>",
    "<div>Date: <time>{day}</time> | Source: <a href=/article/156/>{label}</a> | <em>{link}</em></div>",
    "<x-meta>Date: {day} <x-bar>|</x-bar> Source: {label} <x-bar>|</x-bar> {link}</x-meta>",
    "<p>\n  Date:\n  {day}\n  |\n  Source:\n  {label}\n  |\n  {link}\n</p>",
    "Date: {day} | Source: {label} | {link}<br>",
    "<div class=wide>Date: {day} | Source: {label} | {link}</div><div>Date: {day} | Source: {label} | {link}</div>",
)
LINK = (
    '<a href="{href}">Read original version at source</a>',
    '<a href="{href}"><i>Read original version</i> at source</a>',
)
PARAGRAPHS = {
    "p": ("", "<p>{}</p>", ""),
    "p and empty": ("", "<p>{}</p><p>&nbsp;</p>", ""),
    "div": ("", "<div>{}</div>", ""),
    "br br": ("", "{}<br><br>\n", ""),
    "br": ("", "{}<br>", ""),
    "block span": ("", "<span style='display:block'>{}</span>", ""),
    "list": ("<ul>", "<li>{}</li>", "</ul>"),
    "table": ("<table>", "<tr><td>{}</td></tr>", "</table>"),
    "pre": ("<pre>", "{}\n", "</pre>"),
    "kept lines": ("<div style='white-space: pre-line'>", "{}\n\n", "</div>"),
    "bare": ("", "{}\n\n", ""),
    "custom": ("", "<x-para>{}</x-para>", ""),
    "p in div": ("", "<div class=block><p>{}</p></div>", ""),
}
WORDS = ("{}", "<nobr><span class=name>{}</span></nobr>", "<b>{}</b>", "{}\n      ")
WIDGETS = (
    "<script>document.write('<p>Not a text.</p>')</script>",
    "<!-- Date: 1/1/2001 | Source: No | Read original version -->",
    '<div class="share-buttons"><a href="#">Share</a> <a href="#">Tweet</a></div>',
    '<div class="ad-slot"><p>Buy a tractor and get a second one for half the price.</p></div>',
    "<aside><h4>Podcast</h4><p>Listen to our experts every week.</p></aside>",
    '<figure><img src="/p/one.jpg" alt=""><figcaption>Workers at the kiln. (Photo: agency)</figcaption></figure>',
    '<div class="wp-caption"><img src="/p/two.jpg"><p class="wp-caption-text">A view of the kiln.</p></div>',
    "<noscript><p>Please switch on scripts.</p></noscript>",
    '<form class="newsletter"><p>News by mail every morning.</p><input type=email><button>Subscribe</button></form>',
    "<button>Print</button>",
    '<div style="display:none">Hidden words that nobody sees.</div>',
)
CONTAINER = (
    '<div class="article-content">{}</div>',
    '<div id=c class="col-md-8 article-content clearfix"><div class=inner>{}</div></div>',
    "<section class=text>{}</section>",
    "{}",
    "<table width=100%><tr><td>{}</td></tr></table>",
    "<x-body>{}</x-body>",
    '<div class="print-content ad-free"><div class=related-wrap>{}</div></div>',
)
TRAILER = (
    "<p>{host}{rest}</p>",
    '<p><a href="http://{host}">{host}</a>{rest}</p>',
    "<div class=foot><em>{host}</em>{rest}</div>",
)
HEADING = (
    "<h3>More From {label}</h3>",
    "<h2>More From <span>{label}</span></h2>",
    "<p><b>More From {label}</b></p>",
    "<div class=wrap><div><h3>More From&nbsp;{label}</h3></div></div>",
    "<h3>More\n From {label}</h3>",
)
CARD = {
    "div": "<div class=card>{a}{t}</a><h4>{a}{t}</a></h4><p>{e}</p><span>{d}</span><p class=m>{e}</p></div>",
    "desc": (
        '<article>{a}<img src="/t.jpg" alt="{t}"></a><div class="article-desc"><h4>{a}{t}</a></h4>'
        '<h4 class=m>{a}{t}</a></h4><div>{e}</div><div class="articled-date"><span>{d}</span></div>'
        "<div>{e}</div></div></article>"
    ),
    "one link": "{a}<div>{t}</div><div>{t}</div><div>{e}</div><div>{d}</div><div>{e}</div></a>",
    "flat": "<h4>{a}{t}</a></h4><h4>{a}{t}</a></h4><p>{e}</p><p>{d}</p><p>{e}</p>",
    "flat br": "{a}{t}</a><br>{a}{t}</a><br>{e}<br>{d}<br>{e}<br>",
    "custom": "<x-card><x-t>{a}{t}</a></x-t><x-t>{a}{t}</a></x-t><x-e>{e}</x-e><x-d>{d}</x-d><x-e>{e}</x-e></x-card>",
    "glued": "<div>{a}<span>{t}</span><span>{t}</span></a><p>{e}</p><i>{d}</i></div>",
    "read more": "<div><h4>{a}{t}</a></h4><p>{d}</p><p>{e}</p>{a}Read more</a></div>",
    "labelled": "<div><h4>{a}{t}</a></h4><p class=src>Naenara (Ch)</p><p>{e}</p><p>{d}</p></div>",
    "rows": "<table><tr><td>{a}{t}</a><br>{a}{t}</a></td><td>{e}<br>{d}<br>{e}</td></tr></table>",
}
MORE = (
    '<a class="more-full-link" href="#">More Articles</a>',
    "<button>More Articles</button>",
    "<p>More Articles</p>",
)
SHELL = ("{}", "<main>{}</main>", "<div id=wrap>{}</div>", "<x-app>{}</x-app>")
FOOTER = (
    "",
    f"<footer><p>© 2025 KCNA Watch. {LONG}</p><a href=/about/>About</a></footer>",
    '<div class=popular><h4>Most read</h4><a href="/newstream/1700000001-55/other/">Another article</a></div>',
)
POPUP = (
    "",
    '<div class="nk-paywall-free-member-form" style="display:none"><form><input type=password>'
    "<button>Sign up to continue reading</button></form></div>",
)
HEAD = ("", "<title>{t} | KCNA Watch</title>", '<meta content="{t}" property="og:title">', "<title>KCNA Watch</title>")
GAP = ("", "\n", "\n    ")


class Wrapper:
    """Wraps one story; a seed always draws the same page."""

    def __init__(self, story: Story, seed: int) -> None:
        self.story = story
        self.random = Random(seed)
        self.drawn: dict[str, str] = {}

    def draw(self, name: str, options: Sequence[str]) -> str:
        self.drawn[name] = self.random.choice(options)
        return self.drawn[name]

    def page(self) -> str:
        """The whole page."""
        story, gap = self.story, self.draw("gap", GAP)
        label = escape(story.label)
        parts = (
            self.draw("logo", LOGO).format(label=label),
            self.draw("title", TITLE).format(title=escape(story.title)),
            self.draw("info", INFO).format(day=story.day, label=label, link=self._link()),
            self._body(gap),
            self.draw("heading", HEADING).format(label=label),
            self._cards(gap),
            self.draw("more", MORE),
        )
        main = self.draw("shell", SHELL).format(gap.join(parts))
        around = (self.draw("today", TODAY), self.draw("frame", FRAME), main, self.draw("footer", FOOTER))
        body = gap.join((*around, self.draw("popup", POPUP)))
        head = self.draw("head", HEAD).format(t=escape(story.title))
        html = f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
        return self._roughen(html)

    def _link(self) -> str:
        if not self.story.original:
            return "Read original version at source"
        return self.draw("link", LINK).format(href=escape(self.story.original))

    def _body(self, gap: str) -> str:
        before, each, after = PARAGRAPHS[self.draw("paragraphs", tuple(PARAGRAPHS))]
        keeps_spaces = self.drawn["paragraphs"] in ("pre", "kept lines", "bare")
        word = self.draw("words", WORDS[:-1] if keeps_spaces else WORDS)
        parts = [each.format(self._inner(text, word)) for text in self.story.paragraphs]
        if not keeps_spaces and before == "" and "br" not in self.drawn["paragraphs"]:
            for widget in self.random.sample(WIDGETS, self.random.randint(0, 3)):
                parts.insert(self.random.randint(0, len(parts)), widget)
        text = before + ("" if keeps_spaces else gap).join(parts) + after
        trailer = self._trailer()
        inside = self.random.random() < 0.5
        box = self.draw("container", CONTAINER)
        return box.format(text + trailer) if inside else box.format(text) + gap + trailer

    def _inner(self, text: str, word: str) -> str:
        """The paragraph with its third word marked up."""
        words = escape(text, quote=False).split(" ")
        if len(words) > 5:
            words[2] = word.format(words[2])
        return " ".join(words)

    def _trailer(self) -> str:
        if not self.story.trailer:
            return ""
        host, space, rest = self.story.trailer.partition(" ")
        return self.draw("trailer", TRAILER).format(host=host, rest=space + rest)

    def _cards(self, gap: str) -> str:
        card = CARD[self.draw("card", tuple(CARD))]
        return gap.join(self._card(card, pointer) for pointer in self.story.related)

    def _card(self, card: str, pointer: Pointer) -> str:
        link = f'<a href="{escape(pointer.url)}">'
        return card.format(a=link, t=escape(pointer.title), e=escape(pointer.excerpt), d=pointer.day)

    def _roughen(self, html: str) -> str:
        """Tag names in capitals, or end tags left out where HTML allows it, or neither."""
        manner = self.draw("manner", ("as written", "as written", "capitals", "end tags left out"))
        if manner == "capitals":
            return re.sub(r"(</?)([a-z][a-z0-9]*)(?![a-z0-9-])", lambda tag: tag[1] + tag[2].upper(), html)
        if manner == "end tags left out":
            blocks = "p|div|li|ul|td|tr|table|dl|dd|dt|section|article|h[1-6]|main"
            return re.sub(rf"</(?:p|li|td|tr|dd|dt)>(?=\s*</?(?:{blocks})\b)", "", html)
        return html
