"""A ticket for each item on its way through the pipelines: by it an item is known that came out as something else."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from scrapy.pipelines import ItemPipelineManager

_TICKET: ContextVar[object] = ContextVar("ticket")


class TicketingPipelines(ItemPipelineManager):
    """Scrapy's pipelines, with a ticket for each item that goes in.

    Signals tell of an item by what came out, or by what went in when it was dropped; between pipelines it may be a
    third thing.
    """

    async def process_item_async(self, item: Any) -> Any:
        # What a task begins has its ticket still when items of its own come: each gets a new one.
        _TICKET.set(object())
        return await super().process_item_async(item)


def ticket() -> object:
    """That of the item at hand, for pipelines and for handlers of the signals that it came out, was dropped or failed.

    :raises LookupError: when there is no item at hand
    """
    return _TICKET.get()
