"""Links the photographs of articles to their pictures from the archive alone, and to the same ones as the crawl did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from kcnacrawl.archive.answers import MOST_REDIRECTS, Answers, crawl_of
from kcnacrawl.archive.photos import Moved, Picture
from kcnacrawl.archive.reader import find_file
from kcnacrawl.archive.targets import warc_files
from kcnacrawl.items import Article
from kcnacrawl.pages.requisites import resolve
from kcnacrawl.urls import target_uri


class Pictures:
    """The pictures of an archive; where they are is looked for when the first article asks for one.

    What an address gave to the crawl of the article itself counts; when it was not asked, what it gave before: a crawl
    asks for no picture that is on record. That one may lie in a file beside those given.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._index: Answers | None = None
        self._is_whole = False

    def link(self, article: Article, number: int) -> None:
        """Give the photographs of an article their digests and receipts.

        :param number: which of the files the article was read from
        """
        crawl = crawl_of(self._paths[number])
        for photo in article.photos:
            url = resolve(photo.url, photo.url)
            picture = self._find(target_uri(url), crawl, article.fetched_at or "") if url is not None else None
            if picture is not None:
                photo.sha256, photo.receipt = picture.sha256, picture.receipt

    def _find(self, url: str, crawl: str, date: str, hops: int = MOST_REDIRECTS) -> Picture | None:
        found = self._answer(url, crawl, date)
        if isinstance(found, Moved):
            return self._find(found.url, crawl, date, hops - 1) if found.url is not None and hops else None
        return found

    def _answer(self, url: str, crawl: str, date: str) -> Picture | Moved | None:
        if self._index is None:
            self._index = Answers()
            self._index.add_files(self._paths)
        if not self._index.was_asked(url, crawl) and not self._is_whole:
            self._is_whole = True
            self._index.add_files(_files_beside(self._paths))
        if self._index.was_asked(url, crawl):
            return self._index.of_crawl(url, crawl)
        return self._index.before(url, date)


def _files_beside(paths: Iterable[Path]) -> list[Path]:
    given = {find_file(path).resolve() for path in paths}
    folders = dict.fromkeys(path.parent for path in given)
    return [path for folder in folders for path in warc_files(folder) if path.resolve() not in given]
