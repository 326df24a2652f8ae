"""A museum of damaged packages: what was done to a sound one, and the sentence expected."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable

from kcnacrawl.archive.wacz.signing import new_key, sign
from tests.wacz.rebuilding import Parts

INDEX, TABLE, PAGES = "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"
LIST, DIGEST = "datapackage.json", "datapackage-digest.json"
Damage = Callable[[Parts], object]


def remove(name: str) -> Damage:
    return lambda parts: parts.files.pop(name)


def rename(name: str, to: str) -> Damage:
    def change(parts: Parts) -> None:
        parts.files[to] = parts.files.pop(name)

    return change


def deflate(folder: str) -> Damage:
    return lambda parts: parts.deflated.add(parts.only(folder))


def put(name: str, data: bytes) -> Damage:
    return lambda parts: parts.files.update({name: data})


def plain(change: Callable[[list[bytes]], list[bytes]], *, table: bool = True) -> Damage:
    """Change the lines of the index; it then is in one block."""

    def damage(parts: Parts) -> None:
        lines = change(gzip.decompress(parts.files[INDEX]).splitlines(keepends=True))
        parts.files[INDEX] = gzip.compress(b"".join(lines))
        if table:
            key = lines[0].partition(b" {")[0].decode()
            digest = f"sha256:{hashlib.sha256(parts.files[INDEX]).hexdigest()}"
            about = {"offset": 0, "length": len(parts.files[INDEX]), "digest": digest, "filename": "index.cdx.gz"}
            meta = '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
            parts.files[TABLE] = f"{meta}\n{key} {json.dumps(about)}\n".encode()

    return damage


def pages(change: Callable[[list[bytes]], list[bytes]]) -> Damage:
    return lambda parts: parts.change(PAGES, lambda data: b"".join(change(data.splitlines(keepends=True))))


def listed(**fields: object) -> Damage:
    return lambda parts: parts.edit(LIST, **fields)


def unlisted(damage: Damage) -> Damage:
    """The same with the list left as it was."""

    def change(parts: Parts) -> None:
        damage(parts)
        parts.relist = False

    return change


def resource(number: int, **fields: object) -> Damage:
    def change(parts: Parts) -> None:
        about = parts.list()
        about["resources"][number] |= fields
        parts.edit(LIST, resources=about["resources"])
        parts.relist = False

    return change


def signature(**fields: object) -> Damage:
    def change(parts: Parts) -> None:
        data = json.loads(parts.files[DIGEST])
        data["signedData"] = {key: value for key, value in (data["signedData"] | fields).items() if value is not None}
        parts.files[DIGEST] = json.dumps(data).encode()
        parts.relist = False

    return change


def other_key(parts: Parts) -> None:
    signed = json.loads(parts.files[DIGEST])["signedData"]
    fresh = sign("sha256:other", signed["created"], signed["software"], new_key())
    signature(signature=fresh["signature"])(parts)


def cut_table(parts: Parts) -> None:
    plain(lambda lines: lines)(parts)
    parts.files[INDEX] += gzip.compress(b"zz,example)/ 20261121210000351 {}\n")


def length(value: int) -> Damage:
    """Another length of the first block."""
    new = b'"length": %d' % value
    return lambda parts: parts.change(TABLE, lambda data: re.sub(rb'"length": \d+', new, data, count=1))


def flip_checksum(parts: Parts) -> None:
    """Change the CRC-32 of the second record in a WARC file; a bit within the record may make it unreadable as well."""
    name = parts.only("archive")
    data = bytearray(parts.files[name])
    rest = bytes(data)
    for _ in range(2):
        member = zlib.decompressobj(31)
        member.decompress(rest)
        rest = member.unused_data
    data[len(data) - len(rest) - 8] ^= 0xFF
    parts.files[name] = bytes(data)


MUSEUM: dict[str, tuple[Damage, str]] = {
    "WARC deflated": (deflate("archive"), r"kcnawatch-.*: it is compressed once more by the ZIP file, so no reader"),
    "index deflated": (lambda parts: parts.deflated.add(INDEX), r"index\.cdx\.gz: it is compressed once more"),
    "no list": (remove(LIST), r"^datapackage\.json: it is missing; make the package again"),
    "no digest": (remove(DIGEST), r"^datapackage-digest\.json: it is missing;"),
    "no pages": (remove(PAGES), r"^pages/pages\.jsonl: it is missing;"),
    "no index": (remove(INDEX), r"^indexes/: there is no index in it;"),
    "no table": (remove(TABLE), r"^indexes/: there is no \.idx that tells where the blocks"),
    "no WARC": (
        lambda parts: [parts.files.pop(name) for name in list(parts.files) if name.startswith("archive/")],
        r"^archive/: there is no WARC file in it;",
    ),
    "index called .cdxj": (
        lambda parts: (put("indexes/index.cdxj", gzip.decompress(parts.files[INDEX]))(parts), remove(INDEX)(parts)),
        r"^indexes/index\.cdxj: pywb looks for no index of this name; call it index\.cdx",
    ),
    "strange file in archive/": (put("archive/notes.txt", b"a"), r"^archive/notes\.txt: files of this kind may not"),
    "WARC called otherwise": (
        lambda parts: rename(parts.only("archive"), parts.only("archive").removesuffix(".gz"))(parts),
        r"\.warc: its name does not say whether it is compressed; call it \.warc\.gz or \.warc\.$",
    ),
    "file not listed": (
        unlisted(put("data/more.jsonl", b"{}\n")),
        r"^data/more\.jsonl: it is not listed in datapackage",
    ),
    "file listed and gone": (
        unlisted(remove(TABLE)),
        r"^indexes/index\.idx: datapackage\.json lists it, but it is not in the package;",
    ),
    "file changed": (
        unlisted(pages(lambda lines: [*lines[:-1], lines[-1].replace(b'"title"', b'"Title"')])),
        r"^pages/pages\.jsonl: it was changed: its hash is not the one in datapackage\.json; get an undamaged copy",
    ),
    "size wrong": (resource(1, bytes=5), r": it has \d+ bytes, but datapackage\.json says 5;"),
    "hash of another kind": (resource(1, hash="md5:00"), r": its hash in datapackage\.json is not sha256: and 64"),
    "name in capitals": (
        resource(1, name="Pages"),
        r"^datapackage\.json: the name of resource .* is not of lower-case",
    ),
    "name twice": (resource(1, name="index.idx"), r"^datapackage\.json: two resources are called index\.idx;"),
    "path twice": (resource(1, path=PAGES), r"^datapackage\.json: resource pages/pages\.jsonl is listed twice;"),
    "resource without path": (resource(1, path=7), r"^datapackage\.json: resource 2 has no path;"),
    "no resources": (unlisted(listed(resources=[])), r"^datapackage\.json: it lists no resources;"),
    "no JSON": (unlisted(put(LIST, b"[]")), r"^datapackage\.json: it is no JSON object;"),
    "digest no JSON": (unlisted(put(DIGEST, b"{}{}")), r"^datapackage-digest\.json: it is no JSON object;"),
    "profile": (listed(profile="tabular"), r"^datapackage\.json: its profile is not data-package;"),
    "no version": (listed(wacz_version=None), r"^datapackage\.json: it has no wacz_version;"),
    "date": (listed(created="2026-11-24"), r"^datapackage\.json: created is no date and time of RFC 3339;"),
    "main page": (listed(mainPageUrl="http://a.example/"), r"^datapackage\.json: the page to begin with, http://a\.ex"),
    "list changed": (
        unlisted(listed(title="Other")),
        r"^datapackage\.json: it was changed: its hash is not the one in",
    ),
    "digest of another file": (
        lambda parts: parts.edit(DIGEST, path="pages.json"),
        r"^datapackage-digest\.json: its path is not datapackage\.json;",
    ),
    "signature of another key": (other_key, r"^datapackage-digest\.json: the signature is not that of its hash by its"),
    "signature of another hash": (signature(hash="sha256:00"), r"digest\.json: what was signed is not the hash beside"),
    "signature with more": (signature(note="a"), r"digest\.json: its signedData may not have a property note;"),
    "signature with less": (signature(publicKey=None), r"digest\.json: its signedData has no publicKey;"),
    "signature of another time": (signature(created="2020-01-01T00:00:00Z"), r"the signature was not created when"),
    "signature no object": (
        unlisted(lambda parts: parts.edit(DIGEST, signedData="x")),
        r"^datapackage-digest\.json: its signedData is no object of texts;",
    ),
    "index unsorted": (
        plain(lambda lines: [lines[1], lines[0], *lines[2:]]),
        r"^indexes/index\.cdx\.gz:2: it is not sorted: this line should stand before the one above it",
    ),
    "index line lost": (
        plain(lambda lines: lines[:-1]),
        r"^archive/.*: record <urn:uuid:.*>: the index has no line for it, so it will not be found;",
    ),
    "index line torn": (
        plain(lambda lines: [*lines[:-1], lines[-1][:-5]]),
        r"index\.cdx\.gz:\d+: it is no line of CDXJ",
    ),
    "index line without url": (
        plain(lambda lines: [lines[0].replace(b'"url"', b'"uri"'), *lines[1:]]),
        r"^indexes/index\.cdx\.gz:1: it has no url;",
    ),
    "index offset wrong": (
        plain(lambda lines: [lines[0].replace(b'"offset": "', b'"offset": "9'), *lines[1:]]),
        r"^indexes/index\.cdx\.gz:1: no record that an index has lines for begins at 9\d+ of ",
    ),
    "index length wrong": (
        plain(lambda lines: [lines[0].replace(b'"length": "', b'"length": "9'), *lines[1:]]),
        r"^indexes/index\.cdx\.gz:1: record .*: its length is '9\d+', but the record at \d+ of \S+ gives '\d+';",
    ),
    "index url wrong": (
        plain(lambda lines: [lines[0].replace(b'"url": "http', b'"url": "ftp'), *lines[1:]]),
        r"^indexes/index\.cdx\.gz:1: record .*: its url is 'ftp://.*', but the record at \d+ of \S+ gives 'http://.*';",
    ),
    "index file unknown": (
        plain(lambda lines: [lines[0].replace(b'"filename": "', b'"filename": "x'), *lines[1:]]),
        r"^indexes/index\.cdx\.gz:1: it leads to x.*, which is not in archive/;",
    ),
    "index in two blocks, one known": (
        cut_table,
        r"^indexes/index\.cdx\.gz: indexes/index\.idx leads to its first \d+ b",
    ),
    "index changed behind its table": (
        plain(lambda lines: lines[1:], table=False),
        r"^indexes/index\.idx:2: the digest is not that of its block at 0 of indexes/index\.cdx\.gz;",
    ),
    "table without format": (
        lambda parts: parts.change(TABLE, lambda data: data.replace(b"cdxj-gzip-1.0", b"zip")),
        r"^indexes/index\.idx:1: its first line does not name the format cdxj-gzip-1\.0;",
    ),
    "table without digest": (
        lambda parts: parts.change(TABLE, lambda data: data.replace(b'"digest"', b'"sha256"')),
        r"^indexes/index\.idx:2: the digest is not that of its block at 0 of indexes/index\.cdx\.gz;",
    ),
    "table with a hole": (
        lambda parts: parts.change(TABLE, lambda data: data.replace(b'"offset": 0', b'"offset": 9')),
        r"^indexes/index\.idx:2: its block does not begin where the one before ends;",
    ),
    "table with a block of a negative length": (
        length(-1),
        r"^indexes/index\.idx:2: its block at 0 of indexes/index\.cdx\.gz has -1 bytes, it says, but \d+ are there;",
    ),
    "table with an endless block": (
        length(1 << 60),
        r"^indexes/index\.idx:2: its block at 0 of indexes/index\.cdx\.gz has 1152921504606846976 bytes, it says,",
    ),
    "table with a block that ends behind its file": (
        length(1 << 20),
        r"^indexes/index\.idx:2: its block at 0 of indexes/index\.cdx\.gz has 1048576 bytes, it says, but \d+ are",
    ),
    "table with a negative place": (
        lambda parts: parts.change(TABLE, lambda data: data.replace(b'"offset": 0', b'"offset": -9')),
        r"^indexes/index\.idx:2: its block does not begin where the one before ends;",
    ),
    "WARC damaged": (
        flip_checksum,
        r"^archive/.*: the CRC-32 of its gzip member is not that of its bytes; get",
    ),
    "original gone": (
        lambda parts: parts.files.pop(next(name for name in parts.files if "originals-" in name)),
        r"^archive/.*: record .*: its original, <urn:uuid:.*>, is in none of the files; get an undamaged copy",
    ),
    "pages without header": (
        pages(lambda lines: lines[1:]),
        r"^pages/pages\.jsonl:1: its first line is no header with the format json-pages-1\.0; readers skip that line;",
    ),
    "page without ts": (
        pages(lambda lines: [lines[0], lines[1].replace(b'"ts"', b'"date"')]),
        r"^pages/pages\.jsonl:2: it has no ts that is a date and time of RFC 3339;",
    ),
    "page without url": (
        pages(lambda lines: [lines[0], lines[1].replace(b'"url"', b'"uri"')]),
        r"^pages/pages\.jsonl:2: it has no url;",
    ),
    "page twice": (
        pages(lambda lines: [*lines, lines[1]]),
        r"^pages/pages\.jsonl:9: its id is that of a page above, which ReplayWeb\.page then leaves out;",
    ),
    "page not captured": (
        pages(lambda lines: [*lines[:-1], lines[-1].replace(b"T21:", b"T22:")]),
        r"^pages/pages\.jsonl:8: the index has no capture of http://.* at 2026-11-21T22:.*, so the page cannot be op",
    ),
    "page torn": (pages(lambda lines: [*lines[:-1], lines[-1][:-9]]), r"^pages/pages\.jsonl:8: it is no JSON object;"),
}
