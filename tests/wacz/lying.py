"""What can be done to a package so that all its hashes agree: the file, the line, and what it then says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import deflate

from tests.verify.museum.piece import Rec, members, parse
from tests.wacz.museum import DIGEST, PAGES, plain
from tests.wacz.rebuilding import Parts

Damage = Callable[[Parts], object]
Lines = list[dict[str, Any]]


def unsigned(damage: Damage) -> Damage:
    """The same in a package that nobody signed: who lies can make all hashes anew."""

    def change(parts: Parts) -> None:
        parts.edit(DIGEST, signedData=None)
        damage(parts)

    return change


def articles_of(parts: Parts) -> str:
    return next(name for name in parts.files if name.startswith("data/articles-"))


def _changed(name_of: Callable[[Parts], str], change: Callable[[Lines], object]) -> Damage:
    def damage(parts: Parts) -> None:
        name = name_of(parts)
        lines = [json.loads(line) for line in parts.files[name].splitlines()]
        change(lines)
        parts.files[name] = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)

    return damage


def articles(change: Callable[[Lines], object]) -> Damage:
    """Change the lines of articles."""
    return _changed(articles_of, change)


def listed_pages(change: Callable[[Lines], object]) -> Damage:
    """Change the lines of the list of pages, its header included."""
    return _changed(lambda parts: PAGES, change)


def article(number: int, **fields: object) -> Damage:
    return articles(lambda lines: lines[number].update(fields))


def page(number: int, **fields: object) -> Damage:
    return listed_pages(lambda lines: lines[number].update(fields))


def receipt(number: int, **fields: object) -> Damage:
    return articles(lambda lines: lines[number]["receipt"].update(fields))


def photo(**fields: object) -> Damage:
    """Change the first photograph of the first article that has some."""
    return articles(lambda lines: next(line for line in lines if line["photos"])["photos"][0].update(fields))


def index_line(number: int, *, stamp: Callable[[bytes], bytes] = bytes, **fields: object) -> Damage:
    """Change a line of the index; null takes a field out."""

    def change(lines: list[bytes]) -> list[bytes]:
        head, _, text = lines[number].partition(b" {")
        key, time = head.split(b" ")
        said = {name: value for name, value in (json.loads(b"{" + text) | fields).items() if value is not None}
        lines[number] = b"%s %s %s\n" % (key, stamp(time), json.dumps(said).encode())
        return lines

    return plain(change)


def records(prefix: str, change: Callable[[list[Rec]], object]) -> Damage:
    """Change records of the first WARC file whose name begins so."""

    def damage(parts: Parts) -> None:
        name = next(name for name in parts.files if name.startswith(f"archive/{prefix}"))
        found = [parse(data) for data in members(parts.files[name])]
        change(found)
        parts.files[name] = b"".join(bytes(deflate.gzip_compress(bytes(record), 4)) for record in found)

    return damage


def also(name: str, like: str) -> Damage:
    """Put an entry in once more, under another name."""
    return lambda parts: parts.files.update({name: parts.files[like]})
