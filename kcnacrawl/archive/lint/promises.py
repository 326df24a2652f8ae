"""What our own writer promises of the records of one capture: each names the other, and together they tell it all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kcnacrawl.archive.framing import apply_framing
from kcnacrawl.archive.lint.finding import quoted, shown
from kcnacrawl.archive.lint.ours import redacted_in
from kcnacrawl.archive.lint.seeing import LEADING, Seen
from kcnacrawl.archive.stored import stored_head

_CONDITION = re.compile(rb"\nif-(?:none-match|modified-since)[ \t]*:")
"""In the head of a request, in lower case."""


def follower_flaws(record: Seen, leader: Seen) -> Iterator[str]:
    """Clauses on a record that names the one its capture begins with."""
    if leader.kind in LEADING and record.id not in leader.concurrent:
        yield f"the {leader.kind} that it belongs to, {shown(leader.id)}, does not name it"
    here, there = record.get("warc-ip-address"), leader.get("warc-ip-address")
    if here != there:
        yield (
            f"its WARC-IP-Address is {quoted(here)}, that of the record it is concurrent to, {shown(leader.id)}, is "
            f"{quoted(there)}"
        )
    if record.kind == "request" and _is_unmodified(leader) and not _has_condition(record):
        yield (
            "it has neither If-None-Match nor If-Modified-Since, but the revisit that it belongs to, "
            f"{shown(leader.id)}, is of an answer of 304"
        )


def named_flaws(record: Seen, leader: Seen) -> Iterator[str]:
    """Clauses on a record that is named by the one its capture begins with."""
    if leader.kind in LEADING and leader.id not in record.concurrent:
        yield f"it does not name the {leader.kind} that names it, {shown(leader.id)}"


def capture_flaws(records: Sequence[Seen]) -> Iterator[tuple[Seen, str]]:
    """What is wrong with the records of a whole capture: the record it is wrong with, and a clause."""
    leader, *others = records
    if leader.kind in ("warcinfo", "") or (leader.kind not in LEADING and leader.concurrent):
        return  # the range begins inside this capture
    metadata = leader if leader.kind == "metadata" else None
    metadata = next((one for one in others if one.kind == "metadata"), metadata)
    notes = metadata.notes if metadata is not None else {}
    if set(leader.concurrent) <= {one.id for one in others}:
        # What it names and is not there has a finding of its own.
        yield from ((leader, f"no {clause}") for clause in _missing(leader, others, notes))
    if leader.kind == "response" and leader.has_body and any(one.method == b"HEAD" for one in others):
        yield leader, "it has a body, but the request was HEAD"
    if leader.kind == "response" and "error" in notes and not leader.get("warc-truncated"):
        yield leader, f"it has no WARC-Truncated, but the notes beside it say {quoted(notes['error'])}"
    if leader.kind == "revisit" and not len(leader.block) and "wireFraming" in notes:
        yield from ((leader, clause) for clause in _validators(leader, notes["wireFraming"]))
    yield from _redacted(leader, others, metadata, notes.get("redacted", ""))


def _missing(leader: Seen, others: Sequence[Seen], notes: dict[str, str]) -> Iterator[str]:
    """What must stand beside the record that a capture begins with, and does not."""
    if leader.kind in LEADING and all(one.kind != "request" for one in others):
        yield "request record beside it says what was asked for"
    if leader.kind == "request" and "error" not in notes:
        yield "metadata record beside it says why there is no answer"
    if "wireDigest" not in notes and (leader.was_changed or _is_unmodified(leader)):
        yield "metadata record beside it tells the bytes as they were received"
    if leader.kind == "response" and leader.get("warc-truncated") and "error" not in notes:
        yield "metadata record beside it says why it was cut off"


def _is_unmodified(leader: Seen) -> bool:
    return leader.kind == "revisit" and leader.get("warc-profile").endswith(b"/server-not-modified")


def _has_condition(request: Seen) -> bool:
    head = bytes(request.block).partition(b"\r\n\r\n")[0]
    return _CONDITION.search(head.lower()) is not None


def _validators(leader: Seen, framing: str) -> Iterator[str]:
    """Clauses on validators of a revisit that are not those of its answer of 304."""
    try:
        answer = stored_head(304, apply_framing(b"", framing))
    except ValueError:
        return  # told where the bytes are given back
    for name, field in (("etag", "WARC-Etag"), ("last-modified", "WARC-Last-Modified")):
        here, there = leader.get(field.lower()).decode("utf-8", "replace"), answer.header(name)
        if there and here != there:
            yield f"its {field} is {quoted(here)}, but the server said {quoted(there)}"


def _redacted(leader: Seen, others: Sequence[Seen], metadata: Seen | None, noted: str) -> Iterator[tuple[Seen, str]]:
    values = filter(None, (one.get("warc-json-metadata") for one in (leader, *others)))
    said = [name for value in values for name in redacted_in(value) or ()]
    listed = [name for name in noted.split(", ") if name and name != "uri/userinfo"]
    if (said or listed) and sorted(said) != sorted(listed):
        sentence = f"{quoted(', '.join(said))} was taken out of its capture, but its notes say {quoted(noted)}"
        yield metadata or leader, sentence
