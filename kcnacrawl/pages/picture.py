"""Whether bytes are a picture, and the digest by which a photograph is known."""

from __future__ import annotations

from hashlib import sha256

_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0", b"\xff\x0a")
_BOXES = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"jxl ")


def picture_sha256(body: bytes, content_type: str) -> str | None:
    """SHA-256 of a picture in lower-case hexadecimal; null for anything else, such as a page served in its place.

    As in browsers the bytes decide, whatever the server calls them; a vector drawing has to be called one.

    :param body: without content codings
    """
    return sha256(body).hexdigest() if _is_picture(body, content_type) else None


def _is_picture(body: bytes, content_type: str) -> bool:
    if body.startswith(_MAGIC) or (body[:4] == b"RIFF" and body[8:12] == b"WEBP"):
        return True
    if body[4:8] == b"ftyp" and body[8:12] in _BOXES:
        return True
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "image/svg+xml":
        return b"<svg" in body[:4096]
    return media_type.startswith("image/") and bool(body) and body[:64].lstrip()[:1] not in (b"<", b"{", b"")
