"""What the reference indexer says, and files to ask it about."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from cdxj_indexer.main import CDXJIndexer
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DATE = "2026-03-01T04:05:06Z"


def reference(paths: Iterable[Path], **options: Any) -> list[bytes]:
    """The lines of cdxj-indexer, sorted."""
    out = io.StringIO()
    CDXJIndexer(out, [str(path) for path in paths], sort=True, **options).process_all()
    return out.getvalue().encode().splitlines(keepends=True)


def record(
    kind: str = "response",
    block: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nhello",
    *,
    url: str | None = "http://example.org/",
    date: str | None = DATE,
    version: str = "1.1",
    **more: str,
) -> bytes:
    """A record as bytes. Names of further fields have ``_`` for ``-``."""
    fields = {"WARC-Type": kind, "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000001>"}
    fields |= {"WARC-Target-URI": url} if url is not None else {}
    fields |= {"WARC-Date": date} if date is not None else {}
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    fields.setdefault("Content-Length", str(len(block)))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/{version}\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def write(path: Path, records: Sequence[bytes]) -> Path:
    """A file of records, compressed one by one when its name ends in ``.gz``."""
    path.write_bytes(b"".join(gzip.compress(one) if path.suffix == ".gz" else one for one in records))
    return path


def write_by_warcio(path: Path, *, version: str) -> Path:
    """A file by another writer, with records of all types."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz", warc_version=version)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "other/1"}))
        page = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        asked = StatusAndHeaders("GET /news HTTP/1.1", [("Host", "example.kp")], is_http_request=True)
        for number in range(5):
            url = f"http://www.example.kp/뉴스/{number}?b=2&A=1"
            response = writer.create_warc_record(url, "response", payload=BytesIO(b"x" * number), http_headers=page)
            request = writer.create_warc_record(url, "request", http_headers=asked)
            writer.write_request_response_pair(request, response)
        writer.write_record(
            writer.create_revisit_record("http://example.kp/again", "sha1:AAAA", "http://example.kp/", DATE, page)
        )
        for kind, mime in (("resource", "image/png"), ("metadata", "application/json"), ("metadata", "")):
            block = BytesIO(b"some bytes")
            writer.write_record(
                writer.create_warc_record(
                    f"http://example.kp/{kind}", kind, payload=block, length=10, warc_content_type=mime
                )
            )
    return path
