"""The run summary: counts every page problem, judges the run, writes output/runs/<run>.json."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from kcnacrawl.archive.whole import write_whole
from kcnacrawl.causes import Causes, is_told
from kcnacrawl.extensions.closing import close_spider
from kcnacrawl.extensions.warcinfo import software, without_userinfo
from kcnacrawl.outcome import articles, failures
from kcnacrawl.signals import article_known, page_problem

logger = logging.getLogger(__name__)

LISTED = 20_000
"""Page problems listed one by one; more are only counted, so that memory stays flat."""

STREAK = ("blocked/sign_up", "blocked/bot_check", "blocked/national_block", "blocked/network_block", "blocked/refused")


class RunReport:
    """Keeps the account of a run; ``verdict`` is what ``scrapy crawl`` turns into its exit status."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.problems: list[dict[str, str]] = []
        self.causes = Causes()
        self.blocked_in_a_row = 0
        self.most_blocked = crawler.settings.getint("BLOCKED_PAGES_MAX")
        self.reason = "not started"
        self.verdict: list[str] = ["The crawl did not start."]
        self.path: Path | None = None
        self.written = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.problem, page_problem)
        crawler.signals.connect(extension.lose, signals.item_error)
        crawler.signals.connect(extension.article, signals.item_scraped)
        crawler.signals.connect(extension.article, article_known)
        crawler.signals.connect(extension.ended, signals.spider_closed)
        crawler.signals.connect(extension.write, signals.engine_stopped)
        return extension

    def problem(self, url: str, reason: str, sentence: str) -> None:
        """Count a page problem, list it, tell its cause, and stop the crawl when the site blocks page after page."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"problems/{reason}")
        cause = self.causes.add(url, reason, sentence)
        if is_told(cause.count):
            logger.warning("%s", cause)
        if len(self.problems) < LISTED:
            self.problems.append({"url": url, "reason": reason, "sentence": sentence})
        self.blocked_in_a_row = self.blocked_in_a_row + 1 if reason in STREAK else 0
        if self.most_blocked and self.blocked_in_a_row == self.most_blocked:
            close_spider(self.crawler, "blocked")

    def article(self) -> None:
        self.blocked_in_a_row = 0

    def lose(self) -> None:
        """Count an item that a pipeline failed at."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("pipelines/errors")

    def ended(self, spider: Spider, reason: str) -> None:
        self.reason = reason
        for cause in self.causes:
            if not is_told(cause.count):
                logger.warning("%s", cause)

    def write(self) -> None:
        """Judge the run and write its summary; a summary that cannot be written is itself a failure."""
        self.written = True
        stats = self.stats()
        self.verdict = self.judge(stats)
        folder = Path(self.crawler.settings["RUNS_DIR"])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{getattr(self.crawler.spider, 'run', 'run')}.json"
            write_whole(path, (json.dumps(self.summary(stats), indent=1, ensure_ascii=False) + "\n").encode())
            self.path = path
        except OSError as error:
            self.verdict.append(f"The run summary could not be written to {folder}: {error.strerror}.")

    def judge(self, stats: dict[str, Any]) -> list[str]:
        arguments = getattr(self.crawler.spider, "arguments", None)
        return failures(
            stats,
            self.reason,
            most_unreadable=self.crawler.settings.getfloat("UNREADABLE_SHARE_MAX"),
            named=bool(getattr(arguments, "start_urls", ())),
        )

    def stats(self) -> dict[str, Any]:
        assert self.crawler.stats is not None
        return dict(self.crawler.stats.get_stats())

    def summary(self, stats: dict[str, Any]) -> dict[str, Any]:
        """What goes into the JSON file."""
        return {
            "run": getattr(self.crawler.spider, "run", None),
            "crawl": getattr(self.crawler.spider, "crawl", None),
            "spider": self.crawler.spidercls.name,
            "arguments": {
                name: without_userinfo(value) for name, value in getattr(self.crawler.spider, "given", {}).items()
            },
            "software": software(),
            "started": _instant(stats.get("start_time")),
            "finished": _instant(stats.get("finish_time") or datetime.now(UTC)),
            "reason": self.reason,
            "did_what_was_asked": not self.verdict,
            "failures": self.verdict,
            "articles": articles(stats),
            "articles_before": stats.get("resume/articles", 0),
            "articles_files": stats.get("output/files", []),
            "warc": stats.get("warc/files", []),
            "problems": self.problems,
            "problems_not_listed": max(0, _count(stats, "problems/") - len(self.problems)),
            "stats": {name: _plain(value) for name, value in sorted(stats.items())},
        }


def _count(stats: dict[str, Any], prefix: str) -> int:
    return sum(value for name, value in stats.items() if name.startswith(prefix))


def _instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool, list, type(None))) else str(value)
