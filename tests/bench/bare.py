"""Contender (a): what a Scrapy user would write first. No archive; the fields of an article page by CSS selectors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.http import Response


class BareSpider(scrapy.Spider):
    """Fetches the addresses in the file named by the argument ``urls``, one a line."""

    name = "bare"
    urls: str

    async def start(self) -> AsyncIterator[Any]:
        for url in Path(self.urls).read_text("utf-8").split():
            yield scrapy.Request(url)

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Both page layouts of the replica."""
        yield {
            "url": response.url,
            "title": response.css("h1.article-title::text, h2.nk-story__headline::text").get(),
            "facts": " ".join(response.css(".article-meta ::text, .nk-story__facts ::text").getall()),
            "original_url": response.css(".article-meta a::attr(href), .nk-story__facts a::attr(href)").get(),
            "body": response.css(".article-content > p, .nk-story__text > .par").xpath("string()").getall(),
            "photos": response.css(".article-content img::attr(src), .nk-slide img::attr(src)").getall(),
            "sections": response.css(".article-sections a::text").getall(),
            "description": response.css("meta[property='og:description']::attr(content)").get(),
            "related": [
                {
                    "title": card.css("h4 a::text, strong::text").get(),
                    "url": card.css("a::attr(href)").get(),
                    "excerpt": card.css("p::text, .nk-more__text::text").get(),
                    "published": card.css("p:nth-of-type(2)::text, time::text").get(),
                }
                for card in response.css(".more-item, .nk-more__card")
            ],
        }
