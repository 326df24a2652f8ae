"""What the archive says about the run must not give secrets away."""

from __future__ import annotations

import pytest

from kcnacrawl.extensions.warcinfo import command_line


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["scrapy", "crawl", "kcnawatch"], "scrapy crawl kcnawatch"),
        (["scrapy", "-s", "DOWNLOAD_DELAY=3"], "scrapy -s DOWNLOAD_DELAY=3"),
        (["scrapy", "-s", "COOKIES_ENABLED=True"], "scrapy -s COOKIES_ENABLED=True"),
        (["scrapy", "-s", "HTTPPROXY_AUTH=a b"], "scrapy -s 'HTTPPROXY_AUTH=[redacted]'"),
        (["scrapy", "--set", "PASSWORD=a"], "scrapy --set 'PASSWORD=[redacted]'"),
        (["scrapy", "--set=PASSWORD=a"], "scrapy '--set=PASSWORD=[redacted]'"),
        (["scrapy", "-sPASSWORD=a"], "scrapy '-sPASSWORD=[redacted]'"),
        (
            ["scrapy", "-s", 'DEFAULT_REQUEST_HEADERS={"Cookie": "a=b"}'],
            "scrapy -s 'DEFAULT_REQUEST_HEADERS=[redacted]'",
        ),
        (["scrapy", "-a", "base_url=http://u:p@h/"], "scrapy -a base_url=http://[redacted]@h/"),
        (["scrapy", "-a", "query=two\nlines"], "scrapy -a 'query=two lines'"),
    ],
)
def test_command_line(arguments: list[str], shown: str) -> None:
    assert command_line(arguments) == shown
