"""``scrapy crawl``: Scrapy's own, with arguments checked before any request and an exit status that tells the truth."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from kcnacrawl.arguments import ArgumentError
from kcnacrawl.extensions.report import RunReport
from kcnacrawl.extensions.summary import print_summary
from kcnacrawl.settings import DEFAULT_FEED
from kcnacrawl.settings_check import settings_problems
from kcnacrawl.spiders.base import SourceSpider


class Command(ScrapyCrawl):
    """Exit status 0: the crawl did what was asked; 1: it did not; 2: it could not be understood."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if opts.output or opts.overwrite_output:
            # An output named on the command line stands in place of the default one, not beside it.
            feeds = {uri: feed for uri, feed in self.settings.getdict("FEEDS").items() if uri != DEFAULT_FEED}
            self.settings.set("FEEDS", feeds, priority="project")
        super().process_options(args, opts)
        self._quiet_on_terminal(opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError
        assert self.crawler_process is not None
        assert self.settings is not None
        spidercls = self._spider(args[0])
        if (sentence := self._first_problem(spidercls, opts.spargs)) is not None:
            print(f"scrapy crawl: {sentence}", file=sys.stderr)
            self.exitcode = 2
            return
        crawler = self._create_crawler(spidercls)
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        self._conclude(crawler)

    def _conclude(self, crawler: Crawler) -> None:
        assert self.crawler_process is not None
        report = crawler.get_extension(RunReport) if crawler._extensions else None
        if report is None:
            self.exitcode = 1 if self.crawler_process.bootstrap_failed else 0
            return
        print_summary(report)
        for sentence in report.verdict:
            print(f"scrapy crawl: {sentence}", file=sys.stderr)
        self.exitcode = 1 if report.verdict or self.crawler_process.bootstrap_failed else 0

    def _spider(self, name: str) -> type[Any]:
        assert self.crawler_process is not None
        known = self.crawler_process.spider_loader.list()
        if name not in known:
            raise UsageError(
                f"There is no spider {name!r}; the spiders are: {', '.join(sorted(known))}.", print_help=False
            )
        return self.crawler_process.spider_loader.load(name)

    def _first_problem(self, spidercls: type[Any], given: dict[str, str]) -> str | None:
        assert self.settings is not None
        for sentence in settings_problems(self.settings):
            return sentence
        if issubclass(spidercls, SourceSpider):
            try:
                spidercls.check_arguments(given)
            except ArgumentError as error:
                return str(error)
        return None

    def _quiet_on_terminal(self, opts: argparse.Namespace) -> None:
        """On a terminal the progress line tells how it goes; the log keeps to what needs somebody."""
        assert self.settings is not None
        if sys.stderr.isatty() and opts.loglevel is None and self.settings.getpriority("LOG_LEVEL") != 40:
            self.settings.set("LOG_LEVEL", "WARNING", priority="project")
