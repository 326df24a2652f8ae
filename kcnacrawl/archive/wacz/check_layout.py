"""What is in a package, where, and how it is stored."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator

from kcnacrawl.archive.lint.finding import Finding, quoted
from kcnacrawl.archive.mapped import is_path
from kcnacrawl.archive.wacz.subject import REFETCH, REMAKE, Subject

_ENDINGS = {
    "archive": (".warc", ".warc.gz"),
    "indexes": (".cdx", ".cdx.gz", ".cdxj", ".cdxj.gz", ".idx"),
    "pages": (".jsonl",),
}
"""Folders of the format, and how names of files in them end; others may not be there."""


def check_layout(subject: Subject) -> Iterator[Finding]:
    """Findings on names, places and compression."""
    counts = Counter(info.filename for info in subject.zip.infolist())
    for name in (name for name, count in counts.items() if count > 1):
        yield subject.finding(name, "it is in the package more than once, and readers take different ones")
    yield from _missing(subject)
    for name, info in subject.entries.items():
        folder = name.partition("/")[0]
        endings = _ENDINGS.get(folder, ("",)) if "/" in name else ("",)
        if not name.endswith(endings):
            yield subject.finding(
                name, f"files of this kind may not stand in {folder}/", "put it in another folder and list it"
            )
        if not is_path(name):
            yield subject.finding(name, f"its name, {quoted(name)}, is no path, so what it holds is not checked")
        if info.flag_bits & 1:
            yield subject.finding(name, "it is encrypted, so no reader can show it")
        elif info.compress_type != zipfile.ZIP_STORED and name.endswith((".warc.gz", ".cdx.gz", ".cdxj.gz")):
            yield subject.finding(
                name, "it is compressed once more by the ZIP file, so no reader can go to a record in it"
            )
        yield from _header(subject, name, info)


def _missing(subject: Subject) -> Iterator[Finding]:
    for needed in ("datapackage.json", "datapackage-digest.json", "pages/pages.jsonl"):
        if needed not in subject.entries:
            yield subject.finding(needed, "it is missing")
    if not subject.below("archive"):
        yield subject.finding("archive/", "there is no WARC file in it")
    indexes = subject.below("indexes")
    if not any(name.endswith((".cdx", ".cdx.gz", ".cdxj", ".cdxj.gz")) for name in indexes):
        yield subject.finding("indexes/", "there is no index in it")
    for name in indexes:
        if name.endswith((".cdxj", ".cdxj.gz")):
            remedy = "call it index.cdx, or index.cdx.gz with index.idx beside it"
            yield subject.finding(name, "pywb looks for no index of this name", remedy)
    if any(name.endswith(".gz") for name in indexes) and not any(name.endswith(".idx") for name in indexes):
        yield subject.finding("indexes/", "there is no .idx that tells where the blocks of the compressed index are")


def _header(subject: Subject, name: str, info: zipfile.ZipInfo) -> Iterator[Finding]:
    try:
        extra = subject.start(name) - info.header_offset - 30 - len(info.filename.encode())
    except zipfile.BadZipFile as error:
        yield subject.finding(name, f"the ZIP file is damaged: {error}", REFETCH)
        return
    if extra and not info.extra:
        yield subject.finding(
            name, "its two headers have extra fields of different lengths, which ReplayWeb.page cannot read", REMAKE
        )
