"""Scrapy's downloader, kept to the number of simultaneous requests that it was told, and to the order of a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader import Downloader

from kcnacrawl.middlewares.scope import REQUISITE

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from scrapy import Request
    from scrapy.core.downloader import Slot
    from scrapy.http import Response
    from twisted.internet.defer import Deferred


class StrictDownloader(Downloader):
    """Count a transfer from the moment it is taken from the queue.

    Scrapy 2.19 counts it when its asyncio task first runs. By then, without a delay, the whole queue of the site has
    been started: 8 requests at once where ``CONCURRENT_REQUESTS_PER_DOMAIN`` said 1, each on a new connection.
    """

    def _process_queue(self, slot: Slot) -> None:
        """What a page needs to be seen comes before other pages: it waits behind its like only."""
        queue = slot.queue
        if len(queue) > 1 and REQUISITE in queue[-1][0].meta and REQUISITE not in queue[-2][0].meta:
            place = next(place for place, (request, _) in enumerate(queue) if REQUISITE not in request.meta)
            queue.insert(place, queue.pop())
        super()._process_queue(slot)

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)
