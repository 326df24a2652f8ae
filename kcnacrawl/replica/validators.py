"""Validators as the site has them: its static files carry ETag and Last-Modified, its pages do not unless told to."""

from __future__ import annotations

import zlib
from dataclasses import replace
from email.utils import parsedate_to_datetime

from kcnacrawl.replica.answer import Answer, RawAnswer, Request

STATIC = ("/wp-content/", "/tvarchive/")
LAST_MODIFIED = "Mon, 03 Mar 2025 04:05:06 GMT"


def revalidate(request: Request, answer: Answer | RawAnswer, *, pages: bool) -> Answer | RawAnswer:
    """The answer with its validators, or a 304 when the client has it already.

    :param pages: whether everything else carries an ETag, too
    """
    if not isinstance(answer, Answer) or answer.status != 200 or request.method not in ("GET", "HEAD"):
        return answer
    static = request.path.startswith(STATIC)
    if not static and not pages:
        return answer
    validators = [("ETag", _etag(answer))]
    if static:
        validators.append(("Last-Modified", LAST_MODIFIED))
    if _is_known(request, dict(validators)):
        return Answer(status=304, content_type="", headers=tuple(validators))
    return replace(answer, headers=(*answer.headers, *validators))


def _etag(answer: Answer) -> str:
    digits = f"{zlib.crc32(answer.body):08x}-{len(answer.body):x}"
    # As nginx does it: what it may send compressed has a weak one.
    return f'W/"{digits}"' if answer.content_type.startswith(("text/", "application/")) else f'"{digits}"'


def _is_known(request: Request, validators: dict[str, str]) -> bool:
    """RFC 9110, 13.2.2: If-None-Match counts, and If-Modified-Since only without it."""
    if (tags := request.headers.get("if-none-match")) is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return validators["ETag"].removeprefix("W/") in known
    since = request.headers.get("if-modified-since")
    if since is None or "Last-Modified" not in validators:
        return False
    try:
        return parsedate_to_datetime(validators["Last-Modified"]) <= parsedate_to_datetime(since)
    except ValueError:
        return False
