"""What pages and style sheets need to be seen: every way to name a file, and hostile ways to name many."""

from __future__ import annotations

import signal

import pytest

from kcnacrawl.pages.picture import picture_sha256
from kcnacrawl.pages.requisites import LONGEST_URL, PER_DOCUMENT, Need, needs, resolve
from kcnacrawl.replica.assets import asset, picture
from kcnacrawl.replica.jpeg import photograph

PAGE = "https://paper.invalid/day/one/story/"


def of_page(html: str, content_type: str = "text/html; charset=utf-8") -> list[tuple[str, str]]:
    return [
        (need.url.removeprefix("https://paper.invalid"), need.kind) for need in needs(html.encode(), PAGE, content_type)
    ]


def of_sheet(css: str) -> list[tuple[str, str]]:
    found = needs(css.encode(), "https://paper.invalid/css/all.css", "text/css")
    return [(need.url.removeprefix("https://paper.invalid"), need.kind) for need in found]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<link rel=stylesheet href=/a.css>", [("/a.css", "style")]),
        ("<LINK REL='StyleSheet' HREF='/a.css'>", [("/a.css", "style")]),
        ('<link href="/p.css" media="print" rel="nofollow stylesheet">', [("/p.css", "style")]),
        ('<link rel="alternate stylesheet" href="/b.css">', []),
        ('<link rel="shortcut icon" href="/i.ico"><link rel="canonical" href="/c">', [("/i.ico", "image")]),
        ('<link rel=preload as=font href="/f.woff2"><link rel=preload as=fetch href=/d>', [("/f.woff2", "font")]),
        ('<link rel=preload as=image imagesrcset="/1.jpg 1x, /2.jpg 2x">', [("/1.jpg", "image"), ("/2.jpg", "image")]),
        ('<link rel=modulepreload href="/m.mjs"><link rel=preconnect href="//cdn.invalid">', [("/m.mjs", "script")]),
        ('<script src="/j.js"></script><script>"<img src=/no.png>"</script>', [("/j.js", "script")]),
        ("<img src='/a b.png' alt='<img src=/no.png>'>", [("/a b.png", "image")]),
        ('<img alt="1 > 0" src="/a.png">', [("/a.png", "image")]),
        ('<img src="data:image/gif;base64,R0lGOD" data-src="/lazy.jpg">', [("/lazy.jpg", "image")]),
        (
            '<img data-lazy-src="/1.jpg" data-original="/2.jpg" data-lazy="/3.jpg">',
            [(f"/{n}.jpg", "image") for n in "123"],
        ),
        (
            '<img src="" srcset="/s.jpg 320w,/m,w_640.jpg 640w, /l.jpg 2x">',
            [(p, "image") for p in ("/s.jpg", "/m,w_640.jpg", "/l.jpg")],
        ),
        ('<img data-srcset="/1.jpg, /2.jpg 2x,">', [("/1.jpg", "image"), ("/2.jpg", "image")]),
        (
            '<picture><source srcset="/p.avif" type="image/avif"><img src="/p.jpg"></picture>',
            [("/p.avif", "image"), ("/p.jpg", "image")],
        ),
        ('<video poster="/v.jpg" src="/v.mp4"><source src="/v.webm"></video>', [("/v.jpg", "image")]),
        ('<input type=IMAGE src="/go.png"><input type=text src="/no.png">', [("/go.png", "image")]),
        (
            '<svg><image xlink:href="/in.png"/><use href="/sprite.svg#star"/><use href="#here"/></svg>',
            [("/in.png", "image"), ("/sprite.svg", "image")],
        ),
        ('<body background="/wall.gif"><td background=/cell.gif>', [("/wall.gif", "image"), ("/cell.gif", "image")]),
        (
            '<object data="/map.svg" type="image/svg+xml"></object><object data="/x.swf"></object>',
            [("/map.svg", "image")],
        ),
        ("<style>@import '/i.css';p{background:url(/u.png)}</style>", [("/i.css", "style"), ("/u.png", "image")]),
        ('<p style="background: url(&quot;/q.png&quot;)">', [("/q.png", "image")]),
        ("<p STYLE='background:url(/r.png)'>", [("/r.png", "image")]),
        ("<!-- <img src=/no.png> --><img src=/yes.png>", [("/yes.png", "image")]),
        ("<!--><img src=/after.png>", [("/after.png", "image")]),
        ("<noscript><img src=/plain.jpg></noscript>", [("/plain.jpg", "image")]),
        ('<base href="/other/"><base href="/never/"><img src="x.png">', [("/other/x.png", "image")]),
        ('<img src="../../up.png#frag"><img src=../../up.png>', [("/day/up.png", "image")]),
        ('<img src="/a/../b/./c.png?x=1&amp;y=2">', [("/b/c.png?x=1&y=2", "image")]),
        ('<img src=" \n/sp\nlit.png ">', [("/split.png", "image")]),
        ('<img src="\\\\other.invalid\\back.png">', [("https://other.invalid/back.png", "image")]),
        ('<img src="blob:https://paper.invalid/1"><img src="javascript:1"><img src="file:///etc/x"><img src="#">', []),
        ('<img src="http://"><img src="http://[::1"><img src="http://h:99999999/x">', []),
        ("<image-card src=/no.png><imgs src=/no.png>", []),
        ("<iframe src=/page.html></iframe><a href=/photo.jpg>", []),
        ("<img src=/first.png><img src=/never-closed.png ", [("/first.png", "image")]),
    ],
)
def test_what_a_page_needs(html: str, expected: list[tuple[str, str]]) -> None:
    assert of_page(html) == expected


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("@import url(base.css);", [("/css/base.css", "style")]),
        ("@import \"a.css\" screen;@import url( 'b.css' ) print;", [("/css/a.css", "style"), ("/css/b.css", "style")]),
        ("@import/* which */'c.css';", [("/css/c.css", "style")]),
        ("@IMPORT URL('d.css');", [("/css/d.css", "style")]),
        ("p{background:url( /a.png ) no-repeat, URL('/b.png')}", [("/a.png", "image"), ("/b.png", "image")]),
        ("/* url(/no.png) */ p{cursor:url(/c.cur)}", [("/c.cur", "image")]),
        ("p::before{content:'/* url(/no.png)'}q{background:url(/y.png)}", [("/y.png", "image")]),
        (r"p{background:url(/a\(1\).png)}", [("/a(1).png", "image")]),
        (r"p{background:url('/\61 b.png')}", [("/ab.png", "image")]),
        ("p{background:image-set('/1.png' 1x, url(/2.png) 2x)}", [("/1.png", "image"), ("/2.png", "image")]),
        ("p{filter:url(#blur);background:url()}", []),
        ("p{background:url(data:image/png;base64,iVBO/+=)}", []),
        ("@namespace svg url(http://www.w3.org/2000/svg);p{background:url(/a.png)}", [("/a.png", "image")]),
        (
            "@font-face{src:url(f.eot);src:url(f.eot?#iefix) format('embedded-opentype'),"
            "url(f.woff2) format('woff2'),url(f.ttf)}",
            [("/css/f.woff2", "font")],
        ),
        (
            "@font-face{src:local('X'),url(a.ttf)}@font-face{src:url(b.otf)}p{background:url(/p.png)}",
            [("/css/a.ttf", "font"), ("/css/b.otf", "font"), ("/p.png", "image")],
        ),
        ("p{background:url(/open.png", []),
        ("p{color:red}", []),
    ],
)
def test_what_a_style_sheet_needs(css: str, expected: list[tuple[str, str]]) -> None:
    assert of_sheet(css) == expected


def test_other_documents_need_nothing() -> None:
    page = b"<img src=/a.png>"
    assert needs(page, PAGE, "application/json") == []
    assert needs(page, PAGE, "image/svg+xml") == []
    assert needs(b"", PAGE, "text/html") == []
    assert needs(page, PAGE, "") == [Need("https://paper.invalid/a.png", "image")]
    assert needs(page, PAGE, "application/xhtml+xml") == [Need("https://paper.invalid/a.png", "image")]


def test_addresses_are_read_in_the_encoding_of_the_page() -> None:
    page = "<p>사진은 이 밑에 있다</p><img src='/사진.jpg'>"
    for encoding in ("utf-8", "euc-kr", "utf-16"):
        (need,) = needs(page.encode(encoding), PAGE, f"text/html; charset={encoding}")
        assert need.url == "https://paper.invalid/사진.jpg"


def test_each_file_is_needed_once_and_only_so_many() -> None:
    html = "".join(f"<img src=/{n}.png><img src=/{n}.png#x>" for n in range(100_000))
    found = needs(html.encode(), PAGE, "text/html")
    assert [need.url for need in found] == [f"https://paper.invalid/{n}.png" for n in range(PER_DOCUMENT)]
    assert len(needs(html.encode(), PAGE, "text/html", limit=7)) == 7


def test_a_srcset_gives_a_few_candidates_only() -> None:
    html = f"<img srcset='{', '.join(f'/{n}.jpg {n}w' for n in range(1, 500))}'>"
    assert of_page(html) == [(f"/{n}.jpg", "image") for n in range(1, 9)]


def test_an_endless_address_is_left_out() -> None:
    assert of_page(f"<img src='/{'a' * 1_000_000}'><img src=/b.png>") == [("/b.png", "image")]
    assert resolve("/" + "a" * (LONGEST_URL - 1), PAGE) is not None
    assert resolve("/" + "a" * LONGEST_URL, PAGE) is None


HOSTILE = {
    "tags without end": "<img " * 200_000,
    "tags in quotes": '<p a="' + '<img " a="' * 100_000 + "<x>",
    "attributes without end": "<img " + 'a="b" ' * 200_000,
    "equal signs": "<img " + "=" * 1_000_000 + ">",
    "open quotes": "<img a=\"'" * 150_000,
    "comments without end": "<!--" * 250_000,
    "scripts without end": "<script>" * 120_000,
    "one long candidate list": "<img srcset='" + "," * 1_000_000 + "'>",
    "style attributes": '<p style="url(' * 80_000,
    "brackets in a sheet": "<style>" + "url(" * 250_000 + "</style>",
    "strings in a sheet": "<style>@import url(" + "'\\" * 400_000 + "</style>",
    "comments in a sheet": "<style>url(" + "/*" * 400_000 + "</style>",
    "bases": "<base href=a/>" * 70_000 + "<img src=x>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_do_not_hang(name: str) -> None:
    """All of them take well under a second; anything quadratic takes many minutes and is ended by the alarm."""
    signal.alarm(60)
    try:
        assert len(needs(HOSTILE[name].encode(), PAGE, "text/html")) <= PER_DOCUMENT
    finally:
        signal.alarm(0)


def test_a_picture_is_known_by_its_bytes() -> None:
    png, jpeg = picture("/a.png", 4, 4), photograph(1)
    for body in (png, jpeg, b"GIF89a....", b"RIFF\0\0\0\0WEBPVP8 ", b"\0\0\0\x20ftypavif"):
        assert picture_sha256(body, "text/html") is not None
    assert picture_sha256(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml") is not None
    for body in (b"", b"<!DOCTYPE html><title>Sign up</title>", b'{"error": "gone"}'):
        assert picture_sha256(body, "image/jpeg") is None
    assert picture_sha256(b"plain words", "text/plain") is None


def test_the_sheets_of_the_replica_need_what_they_name() -> None:
    theme = "/wp-content/themes/kcnawatch"
    style, base = asset(f"{theme}/style.css"), asset(f"{theme}/css/base.css")
    assert style is not None
    assert base is not None
    found = needs(style.body, f"https://paper.invalid{theme}/style.css", style.content_type)
    assert found == [
        Need(f"https://paper.invalid{theme}/css/base.css?ver=4.2", "style"),
        Need(f"https://paper.invalid{theme}/images/paper.png", "image"),
    ]
    found = needs(base.body, f"https://paper.invalid{theme}/css/base.css", base.content_type)
    assert found == [Need(f"https://paper.invalid{theme}/fonts/marks.woff2", "font")]
