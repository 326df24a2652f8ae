"""A museum of packages whose hashes agree and whose contents lie: what was done, and all that is said, word for word.

``<id>`` stands for an id of a record, ``N`` for a place in a WARC file, ``{originals}`` and ``{requisites}`` for the
names of these files, ``{night 1}`` for the file of a night, ``{site}`` for the address of the site.
"""

from __future__ import annotations

from tests.verify.museum.fields import UNKNOWN
from tests.wacz.lying import (
    Damage,
    also,
    article,
    articles,
    articles_of,
    index_line,
    listed_pages,
    page,
    receipt,
)
from tests.wacz.museum import PAGES, listed, plain, put

REMAKE = "make the package again from its WARC files (scrapy wacz)."
REFETCH = f"get an undamaged copy of the package, or {REMAKE[:-1].replace('the package', 'it')}, and remove this one."
NOTHING = "sha256:" + "0" * 64

_INDEX = "indexes/index.cdx.gz"
_LINE = f"{_INDEX}:1: record <id>: its"
_RECORD = "the record at N of {originals}"
_PAGE = "pages/pages.jsonl:3: record <id>: it"
_ARTICLE = "data/articles-kcnawatch-20261121210000-bbbb.jsonl:2: kcnawatch:1763975744-450510031:"
_AT = f"{_ARTICLE} archive/{{originals}} at N, record <id>:"
_LIST = "datapackage.json:"
_SECOND = "{site}/newstream/1763933149-63089542/%c2%b7%ec%b2%ad%eb%b9%9b%e…"

Lie = tuple[Damage, tuple[str, ...]]


def _index(damage: Damage, *said: str) -> Lie:
    return damage, tuple(f"{line}; {REMAKE}" for line in said)


def _data(damage: Damage, *said: str) -> Lie:
    return damage, tuple(f"{line}; {REFETCH}" for line in said)


LIES: dict[str, Lie] = {
    "status in the index": _index(index_line(0, status="404"), f"{_LINE} status is '404', but {_RECORD} gives '200'"),
    "media type in the index": _index(
        index_line(0, mime="text/plain"), f"{_LINE} mime is 'text/plain', but {_RECORD} gives 'text/html'"
    ),
    "digest in the index": _index(
        index_line(0, digest=NOTHING), f"{_LINE} digest is '{NOTHING}', but {_RECORD} gives 'sha256:…'"
    ),
    "no digest in the index": _index(
        index_line(0, digest="-"), f"{_LINE} digest is '-', but {_RECORD} gives 'sha256:…'"
    ),
    "digest of a record in the index": _index(
        index_line(0, recordDigest=NOTHING), f"{_LINE} recordDigest is '{NOTHING}', but {_RECORD} has 'sha256:…'"
    ),
    "a page said to be posted": _index(
        index_line(0, method="POST", requestBody="a=b"),
        f"{_LINE} method is 'POST', but {_RECORD} gives ''",
        f"{_LINE} requestBody is 'a=b', but {_RECORD} gives ''",
    ),
    "year in the index": _index(
        index_line(0, stamp=lambda time: b"2025" + time[4:]),
        f"{_LINE} timestamp is '20251120210002', but {_RECORD} gives '20261120210002'",
    ),
    "milliseconds in the index": _index(
        index_line(0, stamp=lambda time: time[:14] + b"999"),
        f"{_LINE} timestamp is '20261120210002999', but the milliseconds of {_RECORD} are 351",
    ),
    "no milliseconds in the index": _index(
        index_line(0, stamp=lambda time: time[:14]),
        f"{_LINE} timestamp '20261120210002' has no milliseconds, without which revisits are shown wrongly",
    ),
    "key in the index": _index(
        plain(lambda lines: [*lines[:-1], b"zz,zz)/" + lines[-1][lines[-1].index(b" ") :]]),
        f"{_INDEX}:30: record <id>: its key is 'zz,zz)/', but the record at N of {{requisites}} gives "
        "'{key}/wp-content/uploads/sites/5/2025/11/p000000-4.jpg'",
    ),
    "a line twice": _index(
        plain(lambda lines: [lines[0], *lines]), f"{_INDEX}:2: it leads to {_RECORD}, as line 1 does"
    ),
    "title of a page": _index(
        page(2, title="Another"), f"{_PAGE}s title is 'Another', but its record gives '·청빛군에 첫눈'"
    ),
    "text of a page": _index(page(2, text="Other words."), f"{_PAGE}s text is not that which its record gives"),
    "one text left out": _index(
        listed_pages(lambda lines: lines[2].pop("text")),
        f"{_PAGE} has no text, but its record gives one, and other pages have theirs",
    ),
    "a field that no page has": _index(
        page(2, mood="fine"), "pages/pages.jsonl:3: it has a field mood, which this program does not write"
    ),
    "a page that is another": _index(
        listed_pages(lambda lines: lines[2].update(url=lines[3]["url"], ts=lines[3]["ts"])),
        f"{_PAGE}s url is '{{site}}/newstream/1763975744-450510031/delegation-of-vietnam-arr…', but its record gives "
        f"'{_SECOND}'",
        f"{_PAGE}s ts is '2026-11-21T21:00:02Z', but its record gives '2026-11-21T21:00:01Z'",
    ),
    "a page of an unknown record": _index(
        page(2, id="x"),
        f"pages/pages.jsonl: record <id>: it has no line for the capture of {_SECOND} at 2026-11-21T21:00:01Z",
        "pages/pages.jsonl:3: no capture of a page in the package has its id, 'x'",
    ),
    "a page left out": _index(
        listed_pages(lambda lines: lines.pop(2)),
        f"pages/pages.jsonl: record <id>: it has no line for the capture of {_SECOND} at 2026-11-21T21:00:01Z",
    ),
    "a page more": _index(
        listed_pages(lambda lines: lines.append({**lines[2], "id": "y"})),
        "pages/pages.jsonl:9: no capture of a page in the package has its id, 'y'",
    ),
    "title of an article": _data(
        article(1, title="Another"),
        f'{_AT} field title is "Another", but the page says "Delegation of Vietnam Arrives"',
    ),
    "day of an article": _data(
        article(1, published="2001-01-01"), f'{_AT} field published is "2001-01-01", but the page says "2025-11-24"'
    ),
    "revision of an article": _data(
        article(1, revision=2), f"{_ARTICLE} field revision is 2, but no article has one other than 1 yet"
    ),
    "an article twice": _data(
        articles(lambda lines: lines.append(lines[1])), f"{_ARTICLE.replace('l:2', 'l:7')} it is line 2 once more"
    ),
    "an article of no record": _data(
        receipt(1, record_id=UNKNOWN, warc="other.warc.gz"), f"{_ARTICLE} its record, {UNKNOWN}, is not in the package"
    ),
    "an article from elsewhere": _data(
        receipt(1, warc="other.warc.gz"),
        f"{_ARTICLE} field receipt.warc is 'other.warc.gz', but its record, <id>, is from '{{night 1}}'",
    ),
    "length in a receipt": _data(receipt(1, length=5), f"{_AT} field receipt.length is 5, but the record says N"),
    "no receipt": _data(article(1, receipt=None), f"{_ARTICLE} there is no whole receipt, so nothing proves it"),
    "half a line": _data(
        lambda parts: parts.change(articles_of(parts), lambda data: data + b'{"id"\n'),
        f"{_ARTICLE.partition(':')[0]}:7: the line is not an article in JSON",
    ),
    "version 9": _index(listed(wacz_version="9"), f"{_LIST} its wacz_version 9 is none that is known"),
    "version 1.3.0": _index(listed(wacz_version="1.3.0"), f"{_LIST} its wacz_version 1.3.0 is none that is known"),
    "profile of another version": _index(listed(profile="wacz"), f"{_LIST} its profile is not data-package"),
    "modified before it was made": _index(
        listed(modified="2001-01-01T00:00:00Z"),
        f"{_LIST} modified is 2001-01-01T00:00:00Z, but the package was created 2026-11-24T01:02:03Z",
    ),
    "made at another time": _index(
        listed(created="2001-01-01T00:00:00Z", modified="2001-01-01T00:00:00Z"),
        f"{_LIST} created is 2001-01-01T00:00:00Z, but {{originals}} was made with the package",
        f"{_LIST} created is 2001-01-01T00:00:00Z, but {{requisites}} was made with the package",
    ),
    "no page to begin with": _index(
        listed(mainPageUrl=None, mainPageDate=None), f"{_LIST} it names no page to begin with"
    ),
    "a file of another kind": _index(
        put("data/notes.txt", b"x"), "data/notes.txt: this program puts no file of this name into a package"
    ),
    "a second list of pages": _index(
        also("pages/extraPages.jsonl", PAGES),
        "pages/extraPages.jsonl: this program puts no file of this name into a package",
    ),
}
