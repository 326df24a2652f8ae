"""What a robots.txt says, by the examples of RFC 9309 and by files as they are found."""

from __future__ import annotations

import pytest

from kcnacrawl.middlewares.robots_rules import SIZE_MAX, parse_robots, product_token

PATHS = [
    # RFC 9309, 2.2.2: percent-encoding is undone where it means nothing.
    ("Disallow: /foo/bar?baz=quz", "/foo/bar?baz=quz", False),
    ("Disallow: /foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar", False),
    ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
    ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", False),
    ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
    ("Disallow: /foo/bar/baz", "/foo/bar/%62%61%7A", False),
    ("Disallow: /a%2Fb", "/a/b", True),
    # 2.2.3: special characters.
    ("Disallow: /this/*/exactly", "/this/path/exactly", False),
    ("Disallow: /this/path/exactly$", "/this/path/exactly", False),
    ("Disallow: /this/path/exactly$", "/this/path/exactly/not", True),
    ("Disallow: *.gif$", "/a/b.gif", False),
    ("Disallow: *.gif$", "/a/b.gif?x", True),
    ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", False),
    ("Disallow: /path/foo-%24", "/path/foo-$", False),
    ("Disallow: / # comment", "/page", False),
    ("Disallow: /*?", "/page?query", False),
    ("Disallow: /*?", "/page", True),
    # 5.2: the longest match wins; of equals the one that allows.
    ("Allow: /example/page/\nDisallow: /example/page/disallowed.gif", "/example/page/disallowed.gif", False),
    ("Allow: /example/page/\nDisallow: /example/", "/example/page/x", True),
    ("Disallow: /same\nAllow: /same", "/same", True),
    ("Disallow: /\nAllow: /$", "/", True),
    ("Disallow: /\nAllow: /$", "/page", False),
    # The rest of the world.
    ("Disallow:", "/page", True),
    ("Disallow: /Page", "/page", True),
    ("disallow:/page", "/page", False),
    ("  Disallow :   /page  ", "/page", False),
    ("Disallow /page", "/page", True),
    ("Disallow: /", "/robots.txt", True),
    ("Disallow: /a b", "/a%20b", False),
]

GROUPS = {
    "our own group counts, not the general one": (
        "User-agent: *\nDisallow: /\n\nUser-agent: kcnacrawl\nAllow: /\n",
        True,
    ),
    "the order of groups does not matter": ("User-agent: kcnacrawl\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False),
    "names in any case": ("User-Agent: KcnaCrawl\nDisallow: /\n", False),
    "a version behind the name does not count": ("User-agent: kcnacrawl/0.1\nDisallow: /\n", False),
    "another crawler's name that begins ours": ("User-agent: kcna\nDisallow: /\n", True),
    "another crawler's name that begins like ours": ("User-agent: kcnacrawler\nDisallow: /\n", True),
    "several names for one group": ("User-agent: x\nUser-agent: kcnacrawl\nUser-agent: y\nDisallow: /\n", False),
    "groups of the same name are joined": (
        "User-agent: kcnacrawl\nDisallow: /other\n\nUser-agent: x\nDisallow: /x\n\n"
        "User-agent: kcnacrawl\nDisallow: /page\n",
        False,
    ),
    "unknown lines do not end a list of names": (
        "User-agent: kcnacrawl\nSitemap: /s\nMood: fine\nUser-agent: x\nDisallow: /\n",
        False,
    ),
    "empty lines do not end a group": ("User-agent: kcnacrawl\n\n\nDisallow: /\n", False),
    "rules before any name belong to nobody": ("Disallow: /\nUser-agent: x\nDisallow: /\n", True),
    "names without rules between belong to one group": ("User-agent: kcnacrawl\n\nUser-agent: *\nDisallow: /", False),
    "a group of our own without rules": ("User-agent: *\nDisallow: /\nUser-agent: kcnacrawl\n", True),
    "no group for us": ("User-agent: x\nDisallow: /\n", True),
    "nothing at all": ("", True),
    "a page": ("<!DOCTYPE html><html><body>Not found: /robots.txt</body></html>", True),
}

FORMS = {
    "byte order mark": b"\xef\xbb\xbfUser-agent: *\nDisallow: /page\n",
    "carriage returns": b"User-agent: *\rDisallow: /page\r",
    "network line ends": b"User-agent: *\r\nDisallow: /page\r\n",
    "mixed line ends": b"User-agent: *\r\rDisallow: /x\n\rDisallow: /page",
    "invalid bytes": b"# \xff\xfe\x80\nUser-agent: *\nDisallow: /\xff\nDisallow: /page\n",
    "other line breaks are no line ends": "User-agent: *\nDisallow: /x\u2028y\x0b\x85\nDisallow: /page\n".encode(),
    "nul bytes": b"User-agent: *\n\0\0\0\nDisallow: /page\n",
    "a rule before the limit": b"User-agent: *\nDisallow: /page\n" + b"# filler\n" * 100_000,
}


@pytest.mark.parametrize(("rules", "path", "allowed"), PATHS)
def test_paths(rules: str, path: str, allowed: bool) -> None:
    robots = parse_robots(f"User-agent: *\n{rules}\n".encode(), "kcnacrawl")
    assert robots.allows(f"https://a.invalid{path}") is allowed


@pytest.mark.parametrize("name", GROUPS)
def test_groups(name: str) -> None:
    text, allowed = GROUPS[name]
    assert parse_robots(text.encode(), "kcnacrawl").allows("https://a.invalid/page") is allowed


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    robots = parse_robots(FORMS[name], "kcnacrawl")
    assert not robots.allows("https://a.invalid/page")
    assert robots.allows("https://a.invalid/elsewhere")


def test_only_the_first_500_kib_count() -> None:
    filler = b"# filler\n" * (SIZE_MAX // 9 + 1)
    assert parse_robots(b"User-agent: *\n" + filler + b"Disallow: /\n", "kcnacrawl").allows("https://a.invalid/page")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("10", 10.0), ("0.5", 0.5), ("0", 0.0), ("-1", None), ("soon", None), ("inf", None), ("nan", None), ("", None)],
)
def test_crawl_delay(value: str, seconds: float | None) -> None:
    text = f"User-agent: *\nCrawl-delay: 99\n\nUser-agent: kcnacrawl\nCrawl-delay: {value}\nDisallow: /x\n"
    assert parse_robots(text.encode(), "kcnacrawl").crawl_delay == seconds


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [("kcnacrawl/0.1 (+mailto:x@example.org)", "kcnacrawl"), ("Kcna-Crawl_x 2", "kcna-crawl_x"), ("", ""), ("123", "")],
)
def test_product_token(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token
