"""The true article of a page, computed from the data and never through the readers under test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from kcnacrawl.replica.related import Pointer
from kcnacrawl.replica.story import Story


def true_article(story: Story, pointers: list[Pointer], base_url: str) -> dict[str, Any]:
    """What a crawl of ``base_url`` should output for the article; field names are those of the item."""
    page_url = base_url + story.path
    trailer = story.trailer
    return {
        "id": f"kcnawatch:{story.key}",
        "source": story.source.name,
        "source_label": story.source.label,
        "original_url": story.original_url,
        "title": _spaced(story.title),
        "body": "\n\n".join(story.paragraphs),
        "body_raw": "\n\n".join([*story.printed, *([trailer[0]] if trailer else [])]),
        "language": story.language,
        "published": story.published.isoformat(),
        "published_raw": f"{story.published:%d/%m/%Y}",
        "dateline": story.dateline
        and dict(zip(("place", "agency", "month", "day", "text"), story.dateline, strict=True)),
        "trailer": trailer and dict(zip(("text", "site", "date"), trailer, strict=True)),
        "ingested_at": f"{datetime.fromtimestamp(story.epoch, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "sections": list(story.sections),
        "kind": story.kind,
        "photos": [
            {"url": urljoin(page_url, path), "caption": caption, "order": i}
            for i, (path, caption) in enumerate(story.photos, 1)
        ],
        "related": [
            {
                "title": _spaced(pointer.story.title),
                "url": urljoin(page_url, pointer.href),
                "excerpt": pointer.story.excerpt,
                "published": pointer.story.listed.isoformat(),
            }
            for pointer in pointers
        ],
    }


def _spaced(text: str) -> str:
    """One plain space for each run of white space: Japanese headlines are printed with ideographic spaces."""
    return " ".join(text.split())
