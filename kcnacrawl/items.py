"""What a crawl produces: one article and the facts that belong to it. Plain dataclasses, no behaviour.

The docstring under each field is its description in the JSON Schema (``scrapy schema``).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(kw_only=True, slots=True)
class Revisit:
    """Where it is written that a later fetch gave the very bytes that had been archived before."""

    warc: str
    """Name of the WARC file with the revisit record, without folder, as it is called once closed."""

    offset: int
    """Offset of the revisit record's gzip member in the file, in bytes."""

    length: int
    """Length of that gzip member, in bytes."""

    record_id: str
    """``WARC-Record-ID`` of the revisit record: ``<urn:uuid:…>``."""

    date: str
    """``WARC-Date`` of the revisit record: UTC, ISO 8601 with microseconds, ending in ``Z``."""


@dataclass(kw_only=True, slots=True)
class Receipt:
    """Where the bytes are that an article was read from: always those of a response record, never of a revisit."""

    warc: str
    """Name of the WARC file, without folder, as it is called once closed (``….warc.gz``)."""

    offset: int
    """Offset of the response record's gzip member in the file, in bytes."""

    length: int
    """Length of that gzip member, in bytes."""

    record_id: str
    """``WARC-Record-ID`` of the response record: ``<urn:uuid:…>``."""

    payload_digest: str
    """``WARC-Payload-Digest`` of the record: ``sha256:`` and 64 lower-case hexadecimal digits."""

    date: str
    """``WARC-Date`` of the record: UTC, ISO 8601 with microseconds, ending in ``Z``."""

    revisit: Revisit | None = None
    """Set when the bytes had been archived before: the record of the fetch that found them unchanged."""


@dataclass(kw_only=True, slots=True)
class Dateline:
    """The opening of an agency text: place, day and agency."""

    place: str | None = None
    """Place as printed (``Pyongyang``, ``평양``), or null when the opening names none."""

    month: int | None = None
    """Month, 1 to 12."""

    day: int | None = None
    """Day of the month, 1 to 31. It may differ from ``published`` by a day; it is never repaired."""

    agency: str | None = None
    """Agency as printed (``KCNA``, ``조선중앙통신``)."""

    text: str
    """The dateline exactly as printed, without the white space around it."""


@dataclass(kw_only=True, slots=True)
class Trailer:
    """The closing line of an agency text: its site and date."""

    text: str
    """The trailer exactly as printed: ``www.kcna.kp (2025.04.17.)``."""

    site: str
    """Host name printed in the trailer."""

    date: str | None = None
    """Day in the trailer as ISO 8601 (Juche years converted), or null when it is not a day."""


@dataclass(kw_only=True, slots=True)
class Photo:
    """One photograph of an article."""

    url: str
    """Absolute address of the image as linked by the page."""

    caption: str | None = None
    """Caption as printed, or null."""

    order: int
    """Place among the photographs of the page, from 1."""

    sha256: str | None = None
    """SHA-256 of the image's bytes in lower-case hexadecimal, or null when it was not fetched."""

    receipt: Receipt | None = None
    """Where the image's bytes are, or null when it was not fetched."""


@dataclass(kw_only=True, slots=True)
class Related:
    """Another article that the page points to, as the page describes it."""

    title: str
    """Title as printed."""

    url: str | None = None
    """Absolute address, or null when the page gives none."""

    excerpt: str | None = None
    """Excerpt as printed, or null."""

    published: str | None = None
    """Day printed beside it, ISO 8601, or null."""


@dataclass(kw_only=True, slots=True)
class Problem:
    """Something about an article that a reader of it should know."""

    code: str
    """Stable short name, lower-case with underscores: ``no_date``."""

    message: str
    """One sentence for a person."""


@dataclass(kw_only=True, slots=True)
class Article:
    """One revision of one article; one line of the JSON Lines output."""

    id: str
    """Stable identity, independent of host, slug and URL scheme: ``kcnawatch:<epoch>-<number>``."""

    source: str | None = None
    """Site or paper the text comes from, lower case, without language: ``kcna.kp``; null when the page does not say."""

    source_label: str | None = None
    """Source as printed on the page: ``KCNA.kp (En)``."""

    site: str
    """Site that served the page: the spider's name for it (``kcnawatch``)."""

    url: str
    """Address the page was served from, after redirects, without fragment."""

    urls: list[str] = field(default_factory=list)
    """All addresses of this article known from the page and its fetch, sorted, each once."""

    original_url: str | None = None
    """Address of the original at the agency, as linked by the page."""

    title: str | None = None
    """Title as printed, white space normalised. A leading ``·`` of Korean titles is kept."""

    subtitle: str | None = None
    """Second headline, or null."""

    body: str | None = None
    """Clean text: paragraphs joined by one empty line; no end mark, no trailer."""

    body_raw: str | None = None
    """Text as printed in the body of the page, end mark and trailer included; paragraphs joined by one empty line."""

    language: str | None = None
    """Language of the text as detected, ISO 639-1; null when it cannot be told."""

    published: str | None = None
    """Day of publication in Korea, ISO 8601. Never the time of the crawl; null when nothing says it."""

    published_raw: str | None = None
    """The date exactly as printed where ``published`` was taken from."""

    published_from: str | None = None
    """Where ``published`` comes from: ``page``, ``metadata``, ``listing``, ``trailer`` or null."""

    dateline: Dateline | None = None
    """Opening of the text, or null when it has none."""

    trailer: Trailer | None = None
    """Closing line of the text, or null when it has none."""

    ingested_at: str | None = None
    """When KCNA Watch took the article in, UTC, ISO 8601 ending in ``Z``; from the address, null elsewhere."""

    sections: list[str] = field(default_factory=list)
    """Sections or categories named by the page, in page order."""

    kind: str = "article"
    """``article``, ``commentary``, ``statement``, ``photo`` or ``video``."""

    photos: list[Photo] = field(default_factory=list)
    """Photographs in page order."""

    videos: list[str] = field(default_factory=list)
    """Absolute addresses of videos, in page order."""

    related: list[Related] = field(default_factory=list)
    """Other articles the page points to ("More From …"), in page order."""

    fetched_at: str | None = None
    """Instant the capture began, UTC: the ``date`` of the receipt or, when it has one, of its revisit."""

    text_digest: str | None = None
    """``sha256:`` and the digest of the normalised title and body: equal digests mean equal text."""

    revision: int = 1
    """Which of the texts seen under this id it is, from 1. A crawl without a catalogue of earlier runs says 1."""

    extractor: str | None = None
    """Reader class and version that read the page: ``KcnaWatchArticle/1:<what found the body>``."""

    problems: list[Problem] = field(default_factory=list)
    """What is missing or odd, found by the checks; empty when all is well."""

    receipt: Receipt | None = None
    """Where the bytes are; null only when the archive is switched off."""
