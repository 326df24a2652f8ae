"""Recorded pages: the bytes of a page, how it was served, and what its reader finds, in a folder of three files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from kcnacrawl.archive.reader import read_record
from kcnacrawl.archive.stored import stored_response
from kcnacrawl.items import Article
from kcnacrawl.pages import find_sites, open_page
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import ArticlePage, BlockedPage, ListingPage, Page

_NAME = re.compile(r"(?:[a-z0-9_-]+/)?[a-z0-9_-]+")
CASES = Path("tests/pages")
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


def case_folder(folder: Path, name: str, case: Case) -> Path:
    """The folder of a new case: ``site/case`` as named, or ``case`` under the site whose reader knows its page."""
    if "/" in name:
        return folder / name
    document = Document(case.body, case.url, case.content_type, case.status)
    for site in find_sites():
        if site.recognises(case.url, document.text):
            return folder / str(getattr(site, "__name__", "")).rpartition(".")[2] / name
    raise RecordingError(f"No page reader knows {case.url}; name the case site/{name}.")


def existing_cases(folder: Path, name: str) -> list[Path]:
    """The folders of the cases so named: at most one by ``site/case``, one of each site by ``case``."""
    if not _NAME.fullmatch(name):
        raise RecordingError(f"{name} is no name of a case: a-z, 0-9, - and _, as in case or site/case.")
    return sorted(folder.glob(name if "/" in name else f"*/{name}"))


def find_case(folder: Path, name: str) -> Path:
    """The folder of the one case so named."""
    found = existing_cases(folder, name)
    if not found:
        raise RecordingError(f"{folder / name} is no recorded case.")
    if len(found) > 1:
        names = " or ".join(f"{path.parent.name}/{path.name}" for path in found)
        raise RecordingError(f"Several cases are named {name}; say {names}.")
    return found[0]


def refuse_existing(folder: Path, name: str) -> None:
    """:raises RecordingError: when a case so named is there, before anything is fetched for it"""
    for path in existing_cases(folder, name):
        options = "" if folder == CASES else f" --folder {folder}"
        again = f"scrapy record --refresh{options} {path.parent.name}/{path.name}"
        raise RecordingError(f"{path} is there already; `{again}` reads its page again.")


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
        raise RecordingError(f"{url} could not be fetched: {_reason(error)}.") from error
    if len(body) > _LARGEST:
        raise RecordingError(f"{url} is larger than {_LARGEST} bytes.")
    return Case(
        body=decode_entity(body, headers.get("Content-Encoding", "")),
        url=url,
        content_type=headers.get("Content-Type", ""),
        status=status,
        fetched=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    return (cause.strerror if isinstance(cause, OSError) else None) or str(cause)


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
    page = open_page(case.body, case.url, case.content_type, status=case.status)
    meta = {"url": case.url, "content_type": case.content_type, "status": case.status, "fetched": case.fetched}
    with _sentences(folder):
        folder.mkdir(parents=True)
        (folder / "page.html").write_bytes(case.body)
        (folder / "meta.json").write_text(_dump(meta), "utf-8")
    return _write_expected(page, folder)


def refresh(folder: Path) -> str:
    """Read a stored page again, replace what is expected of it, and give that text."""
    return _write_expected(read_case(folder), folder)


def read_case(folder: Path) -> Page:
    """The page of a stored case."""
    if not (folder / "meta.json").exists():
        raise RecordingError(f"{folder} is no recorded case.")
    with _sentences(folder):
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
        body = (folder / "page.html").read_bytes()
    return open_page(body, meta["url"], meta["content_type"], status=meta["status"])


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
    with _sentences(folder):
        (folder / "expected.json").write_text(text, "utf-8")
    return text


@contextmanager
def _sentences(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordingError(f"{error.filename or folder}: {error.strerror}.") from error


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
