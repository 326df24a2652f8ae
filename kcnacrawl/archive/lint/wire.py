"""Whether the bytes as received, told by a ``metadata`` record of ours, can be given back and are those noted."""

from __future__ import annotations

from kcnacrawl.archive.framing import apply_framing
from kcnacrawl.archive.lint.digests import MalformedDigestError, UnknownDigestError, agrees

Notes = dict[str, str]


def wire_flaw(block: bytes | memoryview, notes: Notes) -> str | None:
    """A clause on why the bytes received cannot be given back, or null when they can.

    :param block: of the response they belong to, or of the record that holds them as they were
    """
    try:
        data = apply_framing(bytes(block), notes["wireFraming"]) if "wireFraming" in notes else bytes(block)
    except ValueError as error:
        return f"its wireFraming does not give back the bytes received ({error})"
    if str(len(data)) != notes.get("wireLength"):
        return f"its wireLength is {notes.get('wireLength')}, but the bytes given back are {len(data)}"
    try:
        same = agrees(notes["wireDigest"].encode(), data)
    except (MalformedDigestError, UnknownDigestError):
        same = False
    return None if same else "its wireDigest is not that of the bytes given back"
