"""Character encodings, declared, undeclared and wrongly declared."""

from __future__ import annotations

import codecs

import pytest

from kcnacrawl.pages.charset import decode_text

KOREAN = "새돌협동농장에서 배추 수확이 한창이다. 농장원들은 이른아침부터 밭에 나와 노래를 불렀다."
CHINESE = "青石村的新图书馆今天开馆。馆里有图书三千册，还有一间给孩子们讲故事的小屋。"
JAPANESE = "青い岩の村に新しい橋が架けられた。渡り初めには村の楽団が演奏した。"
RUSSIAN = "В селе Голубой Камень открылась новая школа на сорок учеников."
SPANISH = "El panadero enseñó a los niños cómo se hace el pan de la región."
TEXTS = {
    "euc-kr": KOREAN,
    "cp949": KOREAN,
    "gb2312": CHINESE,
    "gb18030": CHINESE,
    "shift_jis": JAPANESE,
    "euc-jp": JAPANESE,
    "iso-2022-jp": JAPANESE,
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "iso-8859-1": SPANISH,
    "utf-8": KOREAN + CHINESE + JAPANESE + RUSSIAN + SPANISH,
}
CASES = sorted(TEXTS)


@pytest.mark.parametrize("encoding", CASES)
def test_the_header_tells(encoding: str) -> None:
    assert decode_text(TEXTS[encoding].encode(encoding), f'text/html; Charset="{encoding}"') == TEXTS[encoding]


@pytest.mark.parametrize("encoding", CASES)
@pytest.mark.parametrize(
    "meta",
    [
        "<meta charset={}>",
        '<META http-equiv=Content-Type content="text/html; charset={}">',
        "<?xml version='1.0' encoding='{}'?>",
    ],
)
@pytest.mark.parametrize("padding", [0, 3000])
def test_the_page_tells(encoding: str, meta: str, padding: int) -> None:
    if meta.startswith("<?xml") and padding:
        padding = 0  # the declaration of XML stands first or nowhere
    text = (
        "<!--" + "x" * padding + "-->" + meta.format(encoding) + TEXTS[encoding]
        if padding
        else meta.format(encoding) + TEXTS[encoding]
    )
    assert decode_text(text.encode(encoding), "text/html") == text


@pytest.mark.parametrize("encoding", [name for name in CASES if not name.startswith("iso-2022")])
@pytest.mark.parametrize("claimed", ["utf-8", "euc-kr", "iso-8859-1", "gb2312", "shift_jis", "no-such-charset", ""])
def test_wrong_claims_are_survived(encoding: str, claimed: str) -> None:
    text = f"<p>{TEXTS[encoding]}</p>" * 3
    assert decode_text(text.encode(encoding), f"text/html; charset={claimed}" if claimed else "text/html") == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_beats_every_claim(mark: bytes, encoding: str) -> None:
    assert decode_text(mark + KOREAN.encode(encoding), "text/html; charset=euc-kr") == KOREAN


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(encoding: str) -> None:
    text = f"<html><p>{KOREAN}</p></html>"
    assert decode_text(text.encode(encoding), "text/html; charset=utf-16") == text


def test_a_page_cut_off_in_a_character_is_still_utf_8() -> None:
    text = KOREAN.rstrip(".") * 5
    assert decode_text(text.encode()[:-1], "text/html") == text[:-1] + "\ufffd"


def test_one_bad_byte_does_not_change_the_encoding() -> None:
    assert decode_text(
        (KOREAN + "|").encode("euc-kr") + b"\xff" + KOREAN.encode("euc-kr"), "text/html; charset=euc-kr"
    ) == (KOREAN + "|\ufffd" + KOREAN)


@pytest.mark.parametrize("junk", [b"", b"\xff", b"\xff\xfe", b"\x00", bytes(range(256)) * 4, b"\x1b$B" + b"\x80" * 9])
@pytest.mark.parametrize("claimed", ["utf-8", "iso-2022-jp", "hex", "punycode", "utf-7", "utf-16"])
def test_nothing_is_raised(junk: bytes, claimed: str) -> None:
    assert isinstance(decode_text(junk, f"text/html; charset={claimed}"), str)
