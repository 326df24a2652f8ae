"""Ends each run with a manifest of what it left, chained to that of the run before."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.ending import Ended, end_run, name_file
from kcnacrawl.archive.manifest import Named
from kcnacrawl.extensions.archive import ArchiveExtension
from kcnacrawl.extensions.report import RunReport
from kcnacrawl.signals import warc_closed
from kcnacrawl.spiders.base import SourceSpider

logger = logging.getLogger(__name__)


class ManifestExtension:
    """Hashes files as they are closed, so that the end of a long run is not a long end."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.runs = Path(crawler.settings["RUNS_DIR"])
        self.hashed: dict[Path, Future[Named]] = {}
        self.pool = ThreadPoolExecutor(1)
        self.written = self.failed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.hash, warc_closed)
        crawler.signals.connect(extension.write, signals.engine_stopped)
        return extension

    def hash(self, path: Path) -> None:
        self.hashed[path] = self.pool.submit(name_file, path, "warc", self.runs)

    def write(self) -> None:
        """Write the manifest; one that cannot be written makes the run a failed one."""
        spider, report = self.crawler.spider, self.crawler.get_extension(RunReport)
        if self.written or not isinstance(spider, SourceSpider) or report is None:
            return
        self.written = True
        try:
            end_run(self.ended(spider, report))
        except ArchiveError as error:
            logger.error("%s", error)
            report.verdict.append(str(error))
            self.failed = True
        finally:
            self.pool.shutdown()
            self.conclude(report)

    def conclude(self, report: RunReport) -> None:
        archive = self.crawler.get_extension(ArchiveExtension)
        if archive is None:
            return
        archive.conclude(whole=not self.failed and report.path is not None)
        if archive.failure is not None and str(archive.failure) not in report.verdict:
            report.verdict.append(str(archive.failure))

    def ended(self, spider: SourceSpider, report: RunReport) -> Ended:
        stats = report.stats()
        return Ended(
            runs=self.runs,
            run=spider.run,
            crawl=str(getattr(spider, "crawl", spider.run)),
            time=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            warc_folder=Path(self.crawler.settings["WARC_DIR"]),
            warcs=[Path(path) for path in stats.get("warc/files", [])],
            lines=[path for name in stats.get("output/files", []) if (path := Path(name)).is_file()],
            summaries=[report.path] if report.path else [],
            known=self.known,
        )

    def known(self) -> dict[Path, Named]:
        """What was hashed of the files that were closed; waits until all are."""
        return {path: named.result() for path, named in self.hashed.items() if named.exception() is None}
