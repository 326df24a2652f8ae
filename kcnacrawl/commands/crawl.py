"""``scrapy crawl``: Scrapy's own, with arguments checked before any request and an exit status that tells the truth."""

from __future__ import annotations

import argparse
import asyncio
import logging
import resource
import signal
import sys

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.settings import SETTINGS_PRIORITIES
from scrapy.spiderloader import get_spider_loader

from kcnacrawl.arguments import NAMES, ArgumentError
from kcnacrawl.command import refuse_settings
from kcnacrawl.extensions.archive import ArchiveExtension
from kcnacrawl.extensions.begin import SIGNALS, STOPPED, CrawlRefusedError, end_at_once
from kcnacrawl.extensions.feeds import sync_feeds
from kcnacrawl.extensions.manifest import ManifestExtension
from kcnacrawl.extensions.progress import ProgressExtension
from kcnacrawl.extensions.report import RunReport
from kcnacrawl.extensions.summary import print_summary
from kcnacrawl.settings import DEFAULT_FEED
from kcnacrawl.settings_check import place_problems
from kcnacrawl.spiders.base import SourceSpider

OPEN_FILES = 64
"""A crawl has some 30 open at most; the rest is for what Python opens on the way."""

SETTING_UP = (
    *("scrapy.utils.log", "scrapy.crawler", "scrapy.middleware", "scrapy.addons"),
    *("alembic.runtime.plugins", "alembic.runtime.migration"),
)
"""Loggers that tell versions, settings and parts at length; the run summary and the WARC file keep them."""


class Command(ScrapyCrawl):
    """Exit status 0: the crawl did what was asked; 1: it did not; 2: it could not be understood."""

    def long_desc(self) -> str:
        return f"Run a spider. Arguments of kcnawatch, each given as -a NAME=VALUE: {', '.join(NAMES)}. See README.md."

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        for number in SIGNALS:
            signal.signal(number, end_at_once)  # until the event loop runs, and Scrapy's own handlers are there
        if opts.output or opts.overwrite_output:
            # An output named on the command line stands in place of the default one, not beside it.
            feeds = {uri: feed for uri, feed in self.settings.getdict("FEEDS").items() if uri != DEFAULT_FEED}
            self.settings.set("FEEDS", feeds, priority="project")
        super().process_options(args, opts)
        # Here and not in run(): by then Scrapy has set itself up and said so in a dozen lines.
        refuse_settings("crawl", self.settings, opts.set)
        if (sentence := self._first_problem(args, opts)) is not None:
            print(f"scrapy crawl: {sentence}", file=sys.stderr)
            sys.exit(2)
        self._quieten(opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None
        crawler = self._create_crawler(args[0])
        task = asyncio.ensure_future(self.crawler_process.crawl(crawler, **opts.spargs))
        self.crawler_process.start()
        if (refusal := _refusal(task, crawler)) is not None:
            print(f"scrapy crawl: {refusal}", file=sys.stderr)
            self.exitcode = 1
            return
        self._conclude(crawler)

    def _conclude(self, crawler: Crawler) -> None:
        assert self.crawler_process is not None
        report = crawler.get_extension(RunReport) if crawler._extensions else None
        if report is None:
            self.exitcode = 1 if self.crawler_process.bootstrap_failed else 0
            return
        if not report.written:
            _break_off(crawler, report)
        print_summary(report)
        for sentence in report.verdict:
            print(f"scrapy crawl: {sentence}", file=sys.stderr)
        self.exitcode = 1 if report.verdict or self.crawler_process.bootstrap_failed else 0
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # one that comes while Python ends would replace this status

    def _first_problem(self, args: list[str], opts: argparse.Namespace) -> str | None:
        assert self.settings is not None
        if (sentence := _too_few_files()) is not None:
            return sentence
        for sentence in place_problems(self.settings):
            return sentence
        loader = get_spider_loader(self.settings)
        known = f"the spiders are: {', '.join(sorted(loader.list()))}"
        if len(args) != 1:
            return f"Name one spider and nothing else, not {' '.join(args)!r}; {known}."
        if args[0] not in loader.list():
            return f"There is no spider {args[0]!r}; {known}."
        return _argument_problem(loader.load(args[0]), opts.spargs)

    def _quieten(self, opts: argparse.Namespace) -> None:
        """Tell what goes on, not how Scrapy is set up; on a terminal the progress line does even that."""
        assert self.settings is not None
        chosen = self.settings.getpriority("LOG_LEVEL") == SETTINGS_PRIORITIES["cmdline"]
        if chosen:
            return
        for name in SETTING_UP:
            # A filter, because Scrapy sets the levels of its loggers anew.
            logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
        if sys.stderr.isatty():
            self.settings.set("LOG_LEVEL", "WARNING", priority="project")


def _too_few_files() -> str | None:
    """Why a crawl cannot begin under this limit on open files: with fewer the event loop aborts without a word."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit != resource.RLIM_INFINITY and limit < OPEN_FILES:
        return f"A crawl needs {OPEN_FILES} open files, and the limit here is {limit}; raise it with `ulimit -n`."
    return None


def _argument_problem(spidercls: type[Spider], given: dict[str, str]) -> str | None:
    if issubclass(spidercls, SourceSpider):
        try:
            spidercls.check_arguments(given)
        except ArgumentError as error:
            return str(error)
    return None


def _refusal(task: asyncio.Task[None], crawler: Crawler) -> str | None:
    """Why the crawl could not begin; an error of the program is raised."""
    if not task.done() and crawler._extensions is None:
        return STOPPED  # the event loop ended before the crawl had taken a step
    error = task.exception() if task.done() and not task.cancelled() else None
    if error is not None and not isinstance(error, CrawlRefusedError):
        raise error
    return str(error) if error is not None else None


def _break_off(crawler: Crawler, report: RunReport) -> None:
    """Close what a second Ctrl-C left open: Scrapy then ends without telling anybody."""
    if crawler.spider is None:
        return
    if (progress := crawler.get_extension(ProgressExtension)) is not None:
        progress.close()
    sync_feeds(crawler)
    if (archive := crawler.get_extension(ArchiveExtension)) is not None:
        archive.ended("broken off")
        archive.close()
    report.ended(crawler.spider, "broken off")
    report.write()
    if (manifest := crawler.get_extension(ManifestExtension)) is not None:
        manifest.write()
