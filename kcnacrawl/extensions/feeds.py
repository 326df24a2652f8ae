"""JSON Lines through Scrapy's feed exports, made so that a kill cannot spoil two lines and a full disk is loud."""

from __future__ import annotations

import io
import logging
import os
from pathlib import Path
from typing import IO, Any, Self

import orjson
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exporters import JsonLinesItemExporter
from scrapy.extensions.feedexport import FeedExporter, FileFeedStorage

from kcnacrawl.extensions.closing import close_spider
from kcnacrawl.extensions.lines import Judge, Stock, sync_folder, take_stock
from kcnacrawl.items import Article

logger = logging.getLogger(__name__)


def uri_params(params: dict[str, Any], spider: Spider) -> dict[str, Any]:
    """``FEED_URI_PARAMS``: adds ``%(run)s``, the name of the crawl, so that all its runs write one file."""
    return {**params, "run": getattr(spider, "crawl", spider.name)}


def fail_output(crawler: Crawler, sentence: str) -> None:
    """Note that articles cannot be written, and end the crawl."""
    assert crawler.stats is not None
    if crawler.stats.get_value("output/failed") is None:
        logger.error("%s", sentence)
        crawler.stats.set_value("output/failed", sentence)
        # Scrapy would go on to say that the articles were stored.
        logging.getLogger(FeedExporter.__module__).addFilter(lambda record: record.levelno > logging.INFO)
        close_spider(crawler, "output_failed")


class Nowhere(io.BytesIO):
    """Takes what is written and keeps nothing, in place of a file of a crawl that is ending because it has none."""

    def write(self, data: Any, /) -> int:
        return len(data)


class ArticleLinesExporter(JsonLinesItemExporter):
    """One article, one line, one write: whatever ends the program, at most the last line is torn."""

    def __init__(self, file: IO[bytes], crawler: Crawler, **options: Any) -> None:
        super().__init__(file, **options)  # type: ignore[arg-type]  # Scrapy gives it any binary file
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler, file: IO[bytes], **options: Any) -> Self:
        return cls(file, crawler, **options)

    def export_item(self, item: Any) -> None:
        try:
            if isinstance(item, Article) and not self.fields_to_export:
                self.file.write(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE))
            else:
                super().export_item(item)
            self.file.flush()
        except OSError as error:
            fail_output(self.crawler, f"An article could not be written to {_name(self.file)}: {error.strerror}.")


class LineSafeFileStorage(FileFeedStorage):
    """A local feed file whose torn lines, left by a kill, are mended before anything is added; on disk once closed."""

    def __init__(self, uri: str, crawler: Crawler, *, feed_options: dict[str, Any] | None = None) -> None:
        super().__init__(uri, feed_options=feed_options)
        self.crawler = crawler
        options = feed_options or {}
        self.lines = options.get("format") in ("jsonlines", "jsonl", "jl") and "postprocessing" not in options
        self.tells = self.lines and options.get("fields") is None and not options.get("batch_item_count")
        """Whether the lines of the file say which article each is, and where its bytes are."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any] | None = None) -> Self:
        return cls(uri, crawler, feed_options=feed_options)

    def take_stock(self, judge: Judge) -> Stock:
        """Mend the file a crawl goes on with; it is not overwritten any more, except for the lines of others.

        :raises OSError: when the file cannot be read or changed
        """
        stock = take_stock(Path(self.path), judge, only_own=self.write_mode == "wb")
        self.write_mode = "ab"
        if Path(self.path).is_file():
            self._name()  # the manifest of this run is the first to name what a killed one wrote
        if stock.torn:
            logger.warning(_moved(self.path, stock.torn))
        return stock

    def open(self, spider: Spider) -> IO[bytes]:
        try:
            if self.lines and self.write_mode == "ab":
                mend_last_line(Path(self.path))
            file = super().open(spider)
        except OSError as error:
            fail_output(self.crawler, f"The articles file {self.path} cannot be opened: {error.strerror}.")
            return Nowhere()  # raised, it would be a traceback for every article until the crawl has ended
        self._name()
        return file

    def _name(self) -> None:
        """Name the file among those that hold articles of the run."""
        assert self.crawler.stats is not None
        files = self.crawler.stats.get_value("output/files", [])
        self.crawler.stats.set_value("output/files", list(dict.fromkeys([*files, self.path])))

    def store(self, file: IO[bytes]) -> None:
        if isinstance(file, Nowhere):
            return
        try:
            sync_feed(file, Path(self.path).parent)
        except OSError as error:
            fail_output(self.crawler, f"The articles file {self.path} cannot be written: {error.strerror}.")
        super().store(file)


def sync_feed(file: IO[bytes], folder: Path) -> None:
    """Bring a feed file and its name to the disk.

    :raises OSError: when that fails
    """
    file.flush()
    os.fsync(file.fileno())
    sync_folder(folder)


def sync_feeds(crawler: Crawler) -> None:
    """Bring what was written to open feed files to the disk, when nobody will close them."""
    feeds = crawler.get_extension(FeedExporter)
    for slot in feeds.slots if feeds is not None else ():
        storage = slot.storage
        if slot.file is None or slot.file.closed or not isinstance(storage, LineSafeFileStorage):
            continue
        try:
            sync_feed(slot.file, Path(storage.path).parent)
        except OSError as error:
            fail_output(crawler, f"The articles file {storage.path} cannot be written: {error.strerror}.")


def mend_last_line(path: Path) -> None:
    """End a file of lines with a line end: a whole JSON line gets it, a torn one moves to ``<name>.torn``.

    :raises OSError: when the file cannot be read or changed
    """
    if not path.is_file() or path.stat().st_size == 0:
        return
    with path.open("r+b") as file:
        start, tail = _last_line(file)
        if tail.endswith(b"\n"):
            return
        try:
            orjson.loads(tail)
        except orjson.JSONDecodeError:
            with path.with_name(path.name + ".torn").open("ab") as torn:
                torn.write(tail + b"\n")
            file.truncate(start)
            logger.warning(
                "%s ended in half a line, left by a run that was killed; it was moved to %s.torn.", path, path.name
            )
        else:
            file.seek(0, os.SEEK_END)
            file.write(b"\n")


def _last_line(file: IO[bytes]) -> tuple[int, bytes]:
    """Offset and bytes of the last line, its line end included if it has one."""
    end = file.seek(0, os.SEEK_END)
    start, step = end, 65536
    while start > 0:
        start = max(0, start - step)
        file.seek(start)
        chunk = file.read(end - start)
        cut = chunk.rfind(b"\n", 0, len(chunk) - 1)
        if cut >= 0:
            return start + cut + 1, chunk[cut + 1 :]
    file.seek(0)
    return 0, file.read()


def _moved(path: str, count: int) -> str:
    lines = "A line" if count == 1 else f"{count} lines"
    return f"{lines} of {path} that a break had damaged moved to {path}.torn; what they held comes out again."


def _name(file: IO[bytes]) -> str:
    return str(getattr(file, "name", "the output"))
