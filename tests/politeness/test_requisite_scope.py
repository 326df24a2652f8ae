"""Where what pages need to be seen may come from: the site, its subdomains, and hosts that were named."""

from __future__ import annotations

from urllib.parse import urlparse

import pytest

from kcnacrawl.middlewares.scope import covers

SITE = frozenset({"paper.invalid", "www.paper.invalid"})


@pytest.mark.parametrize(
    ("hosts", "url", "expected"),
    [
        (SITE, "https://paper.invalid/a.css", True),
        (SITE, "https://CDN.Paper.invalid./a.css", True),
        (SITE, "https://a.b.paper.invalid/", True),
        (SITE, "https://paper.invalid:8443/", False),
        (SITE, "https://newspaper.invalid/", False),
        (SITE, "https://paper.invalid.example/", False),
        (SITE, "https://invalid/", False),
        (SITE, "ftp://paper.invalid/", False),
        (SITE, "https://user:word@paper.invalid/", False),
        (SITE, "https://paper.invalid:99999/", False),
        (frozenset({"paper.invalid:8443"}), "https://cdn.paper.invalid:8443/", True),
        (frozenset({"127.0.0.1:80"}), "http://127.0.0.1/", True),
        (frozenset({"0.0.1"}), "http://127.0.0.1/", False),
        (frozenset({"[::1]:8080"}), "http://[::1]:8080/", True),
        (frozenset(), "http://paper.invalid/", False),
    ],
)
def test_hosts_cover_themselves_and_what_is_below_them(hosts: frozenset[str], url: str, expected: bool) -> None:
    assert covers(hosts, urlparse(url)) is expected
