"""Content codings: undone, bounded, and named when they are damaged."""

from __future__ import annotations

import gzip
import zlib
from functools import partial

import brotli  # type: ignore[import-untyped]
import pytest

from kcnacrawl.pages.entity import decode_entity
from kcnacrawl.pages.page import PageError

pack = partial(gzip.compress, mtime=0)  # the names of the tests hold these bytes
TEXT = b"<p>The mill of Blue Rock turns day and night.</p>" * 400
BARE = zlib.compressobj(wbits=-15)
BARE_DEFLATE = BARE.compress(TEXT) + BARE.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", pack(TEXT)),
        ("X-GZIP", pack(TEXT)),
        ("gzip", pack(TEXT[:5000]) + pack(TEXT[5000:])),
        ("gzip", pack(TEXT[:9800]) + pack(TEXT[:9800])),
        ("gzip", pack(TEXT) + b"\0" * 512),
        ("gzip", pack(TEXT) + b"rubbish"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", BARE_DEFLATE),
        ("br", brotli.compress(TEXT)),
        ("gzip, br", brotli.compress(pack(TEXT))),
        ("deflate,identity , gzip", pack(zlib.compress(TEXT))),
    ],
)
def test_codings_are_undone(coding: str, body: bytes) -> None:
    expected = TEXT[:9800] * 2 if body.startswith(pack(TEXT[:9800])) else TEXT
    assert decode_entity(body, coding) == expected


def test_nothing_was_ever_coded_in_an_empty_body() -> None:
    assert decode_entity(b"", "gzip") == b""
    assert decode_entity(pack(b""), "gzip") == b""


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", pack(TEXT)[:-20]),
        ("gzip", pack(TEXT)[:-8] + b"\0" * 8),
        ("gzip", pack(TEXT)[:-4]),
        ("gzip", TEXT),
        ("deflate", zlib.compress(TEXT)[:-3]),
        ("deflate", BARE_DEFLATE[:-3]),
        ("deflate", TEXT),
        ("br", brotli.compress(TEXT)[:-3]),
        ("br", b"\xff" + brotli.compress(TEXT)),
        ("gzip, gzip", pack(TEXT)),
    ],
)
def test_damage_is_named(coding: str, body: bytes) -> None:
    with pytest.raises(PageError) as caught:
        decode_entity(body, coding)
    assert caught.value.code == "damaged_coding"
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("coding", ["zstd", "compress", "gzip, gzip, gzip, gzip, gzip"])
def test_unknown_codings_are_named(coding: str) -> None:
    with pytest.raises(PageError) as caught:
        decode_entity(TEXT, coding)
    assert caught.value.code == "unknown_coding"


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", pack(bytes(3_000_000))),
        ("gzip", pack(bytes(3_000_000))[:-4] + b"\1\0\0\0"),
        ("gzip", pack(b"x") * 1001),
        ("deflate", zlib.compress(bytes(3_000_000))),
        ("br", brotli.compress(bytes(3_000_000))),
        ("gzip, gzip", pack(pack(bytes(3_000_000)))),
        ("", bytes(3_000_000)),
    ],
)
def test_bombs_are_stopped_at_the_limit(coding: str, bomb: bytes) -> None:
    with pytest.raises(PageError) as caught:
        decode_entity(bomb, coding, limit=1_000_000)
    assert caught.value.code == "too_large"
