"""Addresses of KCNA Watch and of mirrors."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcnacrawl.urls import KCNAWATCH_HOSTS, article_id, canonical_url, ingested_at, rebase, target_uri

ID = "kcnawatch:1451890016-8404287"


@pytest.mark.parametrize(
    "url",
    [
        "https://kcnawatch.org/newstream/1451890016-8404287/",
        "https://kcnawatch.org/newstream/1451890016-8404287",
        "http://www.kcnawatch.co/newstream/1451890016-8404287/a-slug-2/",
        "HTTPS://KCNAWATCH.XYZ/newstream/1451890016-8404287/%c2%b7%eb%af%b8?x=1#top",
        "https://kcnawatch.xyz/newstream/1451890016-8404287/·미국?page=/newstream/1-2/",
        "https://kcnawatch.org/newstream/1451890016-8404287/laws/a-law/",
        "https://kcnawatch.org/newstream/1451890016-8404287?utm_source=x",
        "https://kcnawatch.org/newstream/1451890016-8404287#comments",
        "https://kcnawatch.org//newstream//1451890016-8404287//",
        "https://kcnawatch.org/newstream/1451890016%2d8404287/",
        "http://127.0.0.1:8041/newstream/1451890016-8404287/a-slug",
        "http://[::1]:8041/mirror/of/newstream/1451890016-8404287/a-slug",
        "//kcnawatch.org/newstream/1451890016-8404287/",
        "/newstream/1451890016-8404287/a-slug",
        " \n https://kcnawatch.org/newstream/1451890016-8404287/a\n-slug \t",
    ],
)
def test_article(url: str) -> None:
    assert article_id(url) == ID


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://kcnawatch.org/",
        "https://kcnawatch.org/newstream/",
        "https://kcnawatch.org/newstream/page/2/",
        "https://kcnawatch.org/newstream/14518900-8404287/",
        "https://kcnawatch.org/newstream/145189001612-8404287/",
        "https://kcnawatch.org/newstream/1451890016-/",
        "https://kcnawatch.org/newstream/1451890016-84042870000/",
        "https://kcnawatch.org/newstream/1451890016-8404287a/",
        "https://kcnawatch.org/newstream/1451890016-8404287.html",
        "https://kcnawatch.org/newstream/١٤٥١٨٩٠٠١٦-8404287/",
        "https://kcnawatch.org/oldnewstream/1451890016-8404287/",
        "https://kcnawatch.org/?p=/newstream/1451890016-8404287/",
        "https://kcnawatch.org/#/newstream/1451890016-8404287/",
        "ftp://kcnawatch.org/newstream/1451890016-8404287/",
        "javascript:location='/newstream/1451890016-8404287/'",
        "file:///newstream/1451890016-8404287/",
    ],
)
def test_no_article(url: str) -> None:
    assert article_id(url) is None


def test_identity_and_back() -> None:
    assert canonical_url(ID) == "https://kcnawatch.org/newstream/1451890016-8404287/"
    assert article_id(canonical_url(ID)) == ID
    assert urlsplit(canonical_url(ID)).hostname in KCNAWATCH_HOSTS
    assert "www.kcnawatch.xyz" in KCNAWATCH_HOSTS


@pytest.mark.parametrize("identity", ["", "kcna:0123", "kcnawatch:", "kcnawatch:1-2", f"{ID}/x", f"x{ID}"])
def test_other_identities(identity: str) -> None:
    assert ingested_at(identity) is None
    with pytest.raises(ValueError, match=re.escape(repr(identity))):
        canonical_url(identity)


@pytest.mark.parametrize(
    ("identity", "instant"),
    [
        (ID, "2016-01-04T06:46:56Z"),
        ("kcnawatch:1750885366-665971553", "2025-06-25T21:02:46Z"),
        ("kcnawatch:000000000-1", "1970-01-01T00:00:00Z"),
        ("kcnawatch:99999999999-1", "5138-11-16T09:46:39Z"),
    ],
)
def test_ingest(identity: str, instant: str) -> None:
    assert ingested_at(identity) == instant


@pytest.mark.parametrize(
    ("url", "base_url", "moved"),
    [
        (
            "https://kcnawatch.org/newstream/1-2/a?x=1#y",
            "http://127.0.0.1:80",
            "http://127.0.0.1:80/newstream/1-2/a?x=1",
        ),
        ("https://kcnawatch.org/a/", "http://m.example/kcna/", "http://m.example/kcna/a/"),
        ("http://m.example/kcna/a", "http://m.example/kcna", "http://m.example/kcna/a"),
        ("http://M.Example/kcna", "http://m.example/kcna/", "http://m.example/kcna"),
        ("http://m.example/kcnawatch/a", "http://m.example/kcna", "http://m.example/kcna/kcnawatch/a"),
        ("/a?b", "http://m.example/kcna", "http://m.example/kcna/a?b"),
        ("a/b", "http://m.example", "http://m.example/a/b"),
        ("https://kcnawatch.org", "http://[::1]:8041/", "http://[::1]:8041/"),
        ("https://kcnawatch.org?s=x", "http://m.example", "http://m.example/?s=x"),
        ("//evil.example/a", "http://m.example", "http://m.example/a"),
        ("@evil.example/a", "http://m.example", "http://m.example/@evil.example/a"),
        ("https://u:p@kcnawatch.org/%C2%B7/é", "http://m.example", "http://m.example/%C2%B7/é"),
    ],
)
def test_rebase(url: str, base_url: str, moved: str) -> None:
    assert rebase(url, base_url) == moved
    assert rebase(moved, base_url) == moved


@pytest.mark.parametrize("base_url", ["", "m.example", "//m.example/", "/kcna", "http://"])
def test_rebase_needs_an_absolute_base(base_url: str) -> None:
    with pytest.raises(ValueError, match="is not an absolute address"):
        rebase("https://kcnawatch.org/", base_url)


@given(st.text(st.sampled_from("abc.:/?#@[]\\%20é \t\n·") | st.characters(exclude_categories=["Cs"])))
def test_rebase_never_leaves_the_host(url: str) -> None:
    moved = rebase(url, "http://127.0.0.1:8041/mirror")
    assert moved.startswith("http://127.0.0.1:8041/")
    assert urlsplit(moved).netloc == "127.0.0.1:8041"
    assert rebase(moved, "http://127.0.0.1:8041/mirror") == moved


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://kcnawatch.org/newstream/1-2/a?x=1&y=%c2%b7", "https://kcnawatch.org/newstream/1-2/a?x=1&y=%c2%b7"),
        ("https://kcnawatch.org/a#b", "https://kcnawatch.org/a"),
        ("https://kcnawatch.org#b", "https://kcnawatch.org/"),
        ("https://kcnawatch.org?s=", "https://kcnawatch.org/?s="),
        ("http://kcnawatch.org:80/a", "http://kcnawatch.org:80/a"),
        ("HTTP://KCNAWatch.org/A", "HTTP://KCNAWatch.org/A"),
        (" https://kcnawatch.org/a b ", "https://kcnawatch.org/a%20b"),
        ("https://kcnawatch.org/·미국?q=평양", "https://kcnawatch.org/%C2%B7%EB%AF%B8%EA%B5%AD?q=%ED%8F%89%EC%96%91"),
        ("https://kcnawatch.org/%C2%B7미", "https://kcnawatch.org/%C2%B7%EB%AF%B8"),
        ("http://평양.example/", "http://xn--og5b13x.example/"),
        ("http://平壌.example:8080/a", "http://xn--3ps74k.example:8080/a"),
        ("http://[::1]:8041/a", "http://[::1]:8041/a"),
        (
            "http://www.rodong.rep.kp/en/index.php?MTJAMjAyNi0x==",
            "http://www.rodong.rep.kp/en/index.php?MTJAMjAyNi0x==",
        ),
        ("http://a.example/\r\nX: y", "http://a.example/X:%20y"),
        ("http://a.example/x?[b]={c}|d", "http://a.example/x?%5Bb%5D=%7Bc%7D%7Cd"),
        ("http://user:secret@a.example:81/a", "http://a.example:81/a"),
        ("http://.평양/a", "http://.%ED%8F%89%EC%96%91/a"),
        ("http://a.example/pair\ud83d\ude00", "http://a.example/pair%F0%9F%98%80"),
        ("http://a.example/half\ud83d", "http://a.example/half%EF%BF%BD"),
    ],
)
def test_target(url: str, written: str) -> None:
    assert target_uri(url) == written
    assert target_uri(written) == written


@given(st.text(st.sampled_from("abc.:/?#@[]\\%20é \r\n·평") | st.characters()))
def test_target_is_one_ascii_word_without_fragment(rest: str) -> None:
    written = target_uri("http://a.example/" + rest)
    assert written.isascii()
    assert written.isprintable()
    assert " " not in written
    assert "#" not in written
    assert target_uri(written) == written
