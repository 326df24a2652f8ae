"""Recorded pages: the bytes of a page, how it was served, and what its reader finds, in a folder of three files."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.items import Article
from kcnacrawl.pages import open_page
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import ArticlePage, BlockedPage, ListingPage, Page

_NAME = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")
_LARGEST = 32 << 20
_TIMEOUT = 120
# What later steps fill in: no reader is to be tested for it.
_DERIVED = frozenset(
    {"source", "body", "language", "dateline", "trailer", "ingested_at", "fetched_at", "text_digest", "revision"}
    | {"problems", "receipt", "kind"}
)


class RecordingError(Exception):
    """A case that cannot be made; the message is one sentence."""


@dataclass(kw_only=True)
class Case:
    """A page as it was served, without content codings."""

    body: bytes
    url: str
    content_type: str
    status: int
    fetched: str
    """UTC, ISO 8601."""


def case_folder(folder: Path, name: str) -> Path:
    """The folder of a case named ``site/case``."""
    if not _NAME.fullmatch(name):
        raise RecordingError(f"{name} is no name of a case (site/case).")
    return folder / name


def fetch(url: str, user_agent: str) -> Case:
    """Fetch a page with one request (and one for each redirect)."""
    if not url.startswith(("http://", "https://")):
        raise RecordingError(f"{url} is no http or https address.")
    request = Request(url, headers={"User-Agent": user_agent, "Accept-Encoding": "identity"})
    try:
        with urlopen(request, timeout=_TIMEOUT) as response:
            body = response.read(_LARGEST + 1)
            url, headers, status = response.url, response.headers, response.status
    except HTTPError as error:
        with error:
            body, url, headers, status = error.read(_LARGEST + 1), error.url, error.headers, error.code
    except (URLError, OSError, ValueError) as error:
        raise RecordingError(f"{url} could not be fetched: {error}.") from error
    if len(body) > _LARGEST:
        raise RecordingError(f"{url} is larger than {_LARGEST} bytes.")
    return Case(
        body=decode_entity(body, headers.get("Content-Encoding", "")),
        url=url,
        content_type=headers.get("Content-Type", ""),
        status=status,
        fetched=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )


def from_warc(path: Path, offset: int) -> Case:
    """Take a page from the response record at an offset of a WARC file."""
    record = read_record(path, offset)
    response = stored_response(record)
    if response is None:
        raise RecordingError(f"{path.name} has no HTTP response at {offset}.")
    return Case(
        body=decode_entity(bytes(response.body), ",".join(response.headers("content-encoding"))),
        url=record.uri,
        content_type=response.header("content-type"),
        status=response.status,
        fetched=record.get("WARC-Date") or "",
    )


def save(case: Case, folder: Path) -> str:
    """Write a new case and give the text of what is expected of it."""
    if folder.exists():
        raise RecordingError(
            f"{folder} is there already; `scrapy record --refresh {folder.name}` reads its page again."
        )
    page = open_page(case.body, case.url, case.content_type, status=case.status)
    folder.mkdir(parents=True)
    (folder / "page.html").write_bytes(case.body)
    meta = {"url": case.url, "content_type": case.content_type, "status": case.status, "fetched": case.fetched}
    (folder / "meta.json").write_text(_dump(meta), "utf-8")
    return _write_expected(page, folder)


def refresh(folder: Path) -> str:
    """Read a stored page again, replace what is expected of it, and give that text."""
    return _write_expected(read_case(folder), folder)


def read_case(folder: Path) -> Page:
    """The page of a stored case."""
    if not (folder / "meta.json").exists():
        raise RecordingError(f"{folder} is no recorded case.")
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    return open_page((folder / "page.html").read_bytes(), meta["url"], meta["content_type"], status=meta["status"])


def describe(page: Page) -> dict[str, Any]:
    """What a reader found, as JSON: the kind of page and its fields; of an article those that readers fill."""
    if isinstance(page, ArticlePage):
        names = [field.name for field in fields(Article) if field.name not in _DERIVED]
        found = asdict(page.article)
        return {"page": "article"} | {name: found[name] for name in names}
    kinds: dict[type[ListingPage | BlockedPage], str] = {ListingPage: "listing", BlockedPage: "blocked"}
    return {"page": kinds[type(page)]} | asdict(page)


def _write_expected(page: Page, folder: Path) -> str:
    text = _dump({"reviewed": False} | describe(page))
    (folder / "expected.json").write_text(text, "utf-8")
    return text


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
