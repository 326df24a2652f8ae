"""A KCNA Watch article: what is printed on the page, and what its head says where the page does not."""

from __future__ import annotations

from kcnacrawl.items import Article
from kcnacrawl.pages.document import Document
from kcnacrawl.pages.flatten import Flat, flatten
from kcnacrawl.pages.generic import read_generic_body
from kcnacrawl.pages.media import read_media
from kcnacrawl.pages.metadata import Metadata
from kcnacrawl.pages.sites.kcnawatch.body import BodyReader, find_end
from kcnacrawl.pages.sites.kcnawatch.infoline import InfoLine, find_info_line, is_read_original
from kcnacrawl.pages.sites.kcnawatch.related import read_related
from kcnacrawl.pages.sites.kcnawatch.title import read_subtitle, read_title
from kcnacrawl.urls import article_id

READER = "KcnaWatchArticle/1"


class ArticleReader:
    """Reads one document as an article."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.metadata = Metadata(document)
        body = document.tree.body
        self.flat: Flat = flatten((body.html or "") if body is not None else "")
        self.info: InfoLine | None = find_info_line(self.flat)
        self.id = article_id(document.url)

    def read(self) -> Article | None:
        """The article, or ``None`` when neither the page nor its head shows one."""
        article = self._read_text(self.info) if self.info else self._read_metadata()
        if article is not None:
            article.urls = self._addresses()
        return article

    def _read_text(self, info: InfoLine) -> Article:
        flat = self.flat
        title, title_line = read_title(flat, info, self.metadata)
        end, heading = find_end(flat, info, self.id)
        paragraphs, how = BodyReader(flat, info, end, title).read()
        body_raw = "\n\n".join(paragraphs) or None
        if body_raw is None and (body_raw := self.metadata.body()):
            how = "metadata"
        photos, videos = read_media(flat, self.document, title_line + 1, end)
        return Article(
            id=self.id or "",
            site="kcnawatch",
            url=self.document.url.partition("#")[0],
            title=title,
            subtitle=read_subtitle(flat, title_line, info),
            body_raw=body_raw,
            source_label=info.source_label,
            published=info.published,
            published_raw=info.published_raw,
            published_from="page" if info.published else None,
            original_url=self._original(),
            photos=photos,
            videos=videos,
            related=read_related(flat, self.document, heading, self.id) if heading is not None else [],
            extractor=f"{READER}:{how}",
        )

    def _read_metadata(self) -> Article | None:
        if not self.metadata.is_article():
            return None
        body, extractor = self.metadata.body(), f"{READER}:metadata"
        if body is None:
            body, extractor = read_generic_body(self.document), "GenericArticle/1:trafilatura"
        title = next(iter(self.metadata.titles()), None)
        if not body or not title:
            return None
        day, raw = self.metadata.published() or (None, None)
        return Article(
            id=self.id or "",
            site="kcnawatch",
            url=self.document.url.partition("#")[0],
            title=title,
            body_raw=body,
            published=day,
            published_raw=raw,
            published_from="metadata" if day else None,
            original_url=self._original(),
            extractor=extractor,
        )

    def _original(self) -> str | None:
        for node in self.document.tree.css("a[href]"):
            if is_read_original(node.text()):
                return self.document.absolute(node.attributes.get("href") or "")
        return None

    def _addresses(self) -> list[str]:
        own = {self.document.url.partition("#")[0]}
        own.update(url for url in self.metadata.canonical() if self.id and article_id(url) == self.id)
        return sorted(own)
