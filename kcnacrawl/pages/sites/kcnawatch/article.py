"""A KCNA Watch article: what is printed on the page, and what its head says where the page does not."""

from __future__ import annotations

from kcnacrawl.items import Article
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.flatten import Flat
from kcnacrawl.pages.generic import read_generic_body
from kcnacrawl.pages.media import read_media
from kcnacrawl.pages.metadata import Metadata
from kcnacrawl.pages.sites.kcnawatch.body import BodyReader
from kcnacrawl.pages.sites.kcnawatch.ending import find_end
from kcnacrawl.pages.sites.kcnawatch.infoline import InfoLine, find_info_line, is_read_original
from kcnacrawl.pages.sites.kcnawatch.related import read_related
from kcnacrawl.pages.sites.kcnawatch.title import read_subtitle, read_title
from kcnacrawl.pages.sites.kcnawatch.view import View, views
from kcnacrawl.text.clean import clean_line
from kcnacrawl.urls import article_id

READER = "KcnaWatchArticle/1"


class ArticleReader:
    """Reads one document as an article."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.url = document.url.partition("#")[0]
        self.metadata = Metadata(document)
        self.id = article_id(document.url)
        self.has_info_line = False
        """Whether the page prints day and source."""

    def read(self) -> Article | None:
        """The article, or ``None`` when neither the page nor its head shows one."""
        for view in views(self.document):
            if info := find_info_line(view.flat):
                self.has_info_line = True
                if article := self._read_view(view, info):
                    return article
        return self._read_metadata()

    def _read_view(self, view: View, info: InfoLine) -> Article | None:
        """The article in a view; from a part of the page only one that the whole page would show no other way."""
        flat = view.flat
        title = read_title(flat, info, self.metadata)
        end, heading = find_end(flat, info, self.id)
        if not view.is_whole and not (title.sure and heading):
            return None
        paragraphs, how = BodyReader(flat, info, end, title.text).read()
        if not view.is_whole and not paragraphs:
            return None
        body_raw = "\n\n".join(paragraphs) or None
        if body_raw is None and (body_raw := self.metadata.body()):
            how = "metadata"
        photos, videos = read_media(flat, self.document, title.line + 1, end)
        article = self._start(body_raw, f"{READER}:{how}")
        article.title = title.text
        article.subtitle = read_subtitle(flat, title.line, info)
        article.source_label = info.source_label
        article.published_raw = info.published_raw
        if info.published:
            article.published, article.published_from = info.published, "page"
        article.original_url = self._original(flat, info)
        article.sections = _sections(flat, info.first, end) or self.metadata.sections()
        article.photos, article.videos = photos, videos
        if view.related is not None:
            article.related = view.related
        elif heading is not None:
            article.related = read_related(flat, self.document, heading, self.id)
        return article

    def _read_metadata(self) -> Article | None:
        if not self.metadata.is_article():
            return None
        body, extractor = self.metadata.body(), f"{READER}:metadata"
        if body is None:
            body, extractor = read_generic_body(self.document), "GenericArticle/1:trafilatura"
        if not body or not self.metadata.titles:
            return None
        article = self._start(body, extractor)
        article.title = self.metadata.titles[0]
        article.sections = self.metadata.sections()
        if published := self.metadata.published():
            article.published, article.published_raw = published
            article.published_from = "metadata"
        return article

    def _start(self, body_raw: str | None, extractor: str) -> Article:
        own, canonical = {self.url}, self.metadata.canonical
        if canonical and self.id and article_id(canonical) == self.id:
            own.add(canonical.partition("#")[0])
        return Article(
            id=self.id or "", site="kcnawatch", url=self.url, urls=sorted(own), body_raw=body_raw, extractor=extractor
        )

    def _original(self, flat: Flat, info: InfoLine) -> str | None:
        """Where the link leads whose text says that it leads to the original."""
        lines = flat.lines
        for line in (*lines[info.first : info.last + 2], *lines[info.last + 2 :]):
            for text, element in line.pieces:
                if is_read_original(text) and (href := flat.link(element)):
                    return self.document.absolute(href)
        return None


def _sections(flat: Flat, first: int, end: int) -> list[str]:
    """The links between two lines that the page calls its categories or tags."""
    found: dict[str, None] = {}
    for line in flat.lines[first:end]:
        for text, element in line.pieces:
            tag = flat.tags[element]
            if ' rel="' in tag and {"tag", "category"} & set(flat.get(element, "rel").split()):
                found.setdefault(clean_line(text))
    return list(found)
