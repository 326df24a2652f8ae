"""A crawl of the live site without a contact says so; no other does."""

from __future__ import annotations

import logging

import pytest
from scrapy.utils.test import get_crawler

from kcnacrawl.spiders.kcnawatch import KcnaWatchSpider


@pytest.mark.parametrize(
    ("base_url", "contact", "warned"),
    [
        ("https://kcnawatch.org", None, True),
        ("https://www.kcnawatch.xyz", None, True),
        ("https://kcnawatch.org", "archive@example.org", False),
        ("http://127.0.0.1:8000", None, False),
    ],
)
def test_who_asks(caplog: pytest.LogCaptureFixture, base_url: str, contact: str | None, warned: bool) -> None:
    crawler = get_crawler(KcnaWatchSpider, {"CONTACT": contact})
    with caplog.at_level(logging.WARNING):
        KcnaWatchSpider.from_crawler(crawler, base_url=base_url)
    assert ("without saying who asks" in caplog.text) is warned
