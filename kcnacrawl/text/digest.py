"""One number for one text: equal wording gives the same digest whatever layout it was read from."""

from __future__ import annotations

from hashlib import sha256

from kcnacrawl.text.clean import bare_title, clean_line


def text_digest(title: str | None, body: str | None) -> str:
    """Give ``sha256:`` and the hexadecimal digest of title and body.

    White space counts only as a boundary between words, so paragraph breaks make no difference; the ``·`` before Korean
    titles does not count.
    """
    # A line break cannot stand in either part, so title and body cannot be mistaken for each other.
    text = bare_title(clean_line(title or "")) + "\n" + clean_line((body or "").replace("\n\n", " "))
    return "sha256:" + sha256(text.encode()).hexdigest()
