"""How a run begins: the catalog is opened, what dead runs left is mended, a crawl is begun or taken up again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from scrapy.settings import BaseSettings

from kcnacrawl.archive import ArchiveError
from kcnacrawl.catalog import CatalogError, open_catalog
from kcnacrawl.spiders.base import SourceSpider

if TYPE_CHECKING:
    from kcnacrawl.catalog import Crawl
    from kcnacrawl.catalog.catalog import Catalog


SIGNALS = (signal.SIGTERM, signal.SIGINT)
"""Those by which a crawl is asked to end."""

STOPPED = "The crawl was stopped before it began."


class CrawlRefusedError(Exception):
    """The crawl cannot begin; the message is one sentence."""


class StoppedError(BaseException):
    """SIGTERM or SIGINT came. Not ``KeyboardInterrupt``, after which Python may end by the signal, caught or not."""


def begin_crawl(spider: SourceSpider, settings: BaseSettings, notify: Callable[[str], None]) -> tuple[Catalog, Crawl]:
    """Open the catalog and begin or take up the crawl that *spider* was started for; tell the spider which it is.

    :param notify: is told in a sentence what was found and mended
    :raises CrawlRefusedError: when the same crawl is running, or archive or catalog cannot be used
    """
    resume = settings.getbool("CRAWL_RESUME")
    try:
        with stoppable():
            catalog = open_catalog(Path(settings["CATALOG"]), Path(settings["WARC_DIR"]), notify=notify)
            crawl = catalog.begin(spider.name, spider.given, spider.run, instant(spider.began), resume=resume)
    except (ArchiveError, CatalogError) as error:
        raise CrawlRefusedError(str(error)) from error
    except OSError as error:
        raise CrawlRefusedError(f"The archive cannot be used: {error.strerror}.") from error
    except StoppedError as error:
        raise CrawlRefusedError(STOPPED) from error
    spider.resume(crawl.id, datetime.fromisoformat(crawl.began))
    return catalog, crawl


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM and SIGINT end what is done here at once: making a catalog anew takes minutes, and nothing is lost."""
    before = {number: signal.signal(number, _stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    raise StoppedError


def end_at_once(number: int, frame: FrameType | None) -> None:
    """End the process on a signal that comes while nothing is open yet, in a sentence."""
    # An exception might be raised, and lost, in what Python calls by itself while it imports modules.
    os.write(2, f"scrapy crawl: {STOPPED}\n".encode())
    os._exit(1)


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second, ending in ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
