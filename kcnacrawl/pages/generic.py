"""The last resort for layouts nobody knows: a general extractor library."""

from __future__ import annotations

from kcnacrawl.pages.document import Document


def read_generic_body(document: Document) -> str | None:
    """Give what looks like the main text, paragraphs joined by an empty line, or ``None``."""
    import trafilatura  # slow to load, seldom needed

    try:
        text = trafilatura.extract(document.text, include_comments=False, include_tables=False, favor_precision=True)
    except Exception:  # noqa: BLE001 - a page must not be able to end a crawl through a third library
        return None
    return "\n\n".join(line for part in (text or "").splitlines() if (line := part.strip())) or None
