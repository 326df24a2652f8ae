"""Keys are those of the ``surt`` package, for addresses as they are and as they should not be."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from surt import surt as reference

from kcnacrawl.archive.surt import surt

PIECES = (
    *("http://", "https://", "HTTP://", "http:", "https:/", "ftp://", "dns:", "urn:", "filedesc://"),
    *("www.", "www2.", "WWW.", "example.com", "Ex-ample.CO.kr", "kcna.kp", "조선.kp", "xn--abc", "..", "."),
    *("1.2.3.4", "010.1", "0x7f.1", "2130706433", "1.2", "[::1]", "[fe80::1%25eth]", "user:pw@", "@"),
    *(":80", ":443", ":8080", ":0", ":99999", ":abc", ":", ":0080"),
    *("/", "//", "/./", "/../", "/..", "/.", "a", "B", "c.aspx", "index.html", ".well-known", "~", "+", "!"),
    *("%2e", "%2F", "%25", "%2525", "%zz", "%", "%ED%95%9C", "%ed%95%9c", "%C3", "%00", "%0a", "%20", "%23", "%3f"),
    *("한글", "é", "\xa0", "\x00", " ", "\t", "?", "??", "&", "=", "a=1", "B=2", "a-b=1", "a=", "%26", "%3D"),
    *(f"{name}={'a1' * 16}" for name in ("sid", "jsessionid", "PHPSESSID")),
    *("cfid=1&cftoken=2", f"ASPSESSIONIDabcdefgh={'q' * 24}", f"/({'a1' * 12})/x.aspx", f"/(a({'b2' * 12}))/y.aspx"),
    *("#", "#part", "'", '"', "<", ">", "{", "|", "\\", "^", "`", "[", "]", ";", "*", "$", ",", "-", "_"),
)
SITES = ("example.com", "www.kcna.kp", "a.b.c", "조선.kp", "1.2.3", "007.1", "www1.x.org:80", "x:443", "X.y:0443")


def told(url: str) -> str:
    """The key that cdxj-indexer takes: the address itself when the package gives up."""
    try:
        key: str = reference(url)
    except (ValueError, AttributeError):
        return url
    return key


def addresses(seed: int, count: int) -> list[str]:
    dice = random.Random(seed)
    made = []
    for _ in range(count):
        url = "".join(dice.choices(PIECES, k=dice.randint(1, 9)))
        if dice.random() < 0.7:
            url = dice.choice(("http://", "https://")) + dice.choice(SITES) + dice.choice(("", "/")) + url
        made.append(url)
    return made


@pytest.mark.parametrize("seed", range(4))
def test_keys_of_odd_addresses_are_those_of_the_package(seed: int) -> None:
    for url in addresses(seed, 10_000):
        assert surt(url) == told(url), url


SEGMENT = st.text("abcABC019-_.~%+'()ü한", min_size=1, max_size=8)
QUERY = st.lists(st.tuples(SEGMENT, SEGMENT), max_size=4)


@given(st.sampled_from(SITES), st.lists(SEGMENT, max_size=5), QUERY, st.booleans())
def test_keys_of_ordinary_addresses_are_those_of_the_package(
    site: str, path: list[str], query: list[tuple[str, str]], slash: bool
) -> None:
    arguments = "&".join("=".join(pair) for pair in query)
    url = f"https://{site}/{'/'.join(path)}{'/' if slash else ''}{'?' if query else ''}{arguments}"
    assert surt(url) == told(url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.kcna.kp/en/article/q/d1c02a.kcmsf", "kp,kcna)/en/article/q/d1c02a.kcmsf"),
        (
            "https://kcnawatch.org/newstream/1763948357-837930520/a-Title/",
            "org,kcnawatch)/newstream/1763948357-837930520/a-title",
        ),
        ("https://kcnawatch.org:443/?lang=ko&S=b&a", "org,kcnawatch)/?a&lang=ko&s=b"),
        ("http://127.0.0.1:40609", "1,0,0,127:40609)/"),
        ("http://조선.kp/한글", "kp,xn--6i4bt7k)/%ed%95%9c%ea%b8%80"),
        ("dns:kcna.kp", "dns:kcna.kp"),
        ("dns://www.kcna.kp/", "kp,kcna,www)/"),
        ("http://99999999999/", "255,231,118,72)/"),
        ("urn:kcnacrawl:crawl:20261123-aaaa", "urn:kcnacrawl:crawl:20261123-aaaa"),
        ("http://example.org:99999/", "http://example.org:99999/"),
        ("", "-"),
    ],
)
def test_keys_one_by_one(url: str, key: str) -> None:
    assert surt(url) == key == told(url)
