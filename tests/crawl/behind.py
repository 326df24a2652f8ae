"""A user's own pipelines, which stand behind those of the project."""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy.exceptions import DropItem

from kcnacrawl.items import Article


class OtherItems:
    """Puts out something else than came in; drops one article in three, and fails at one in five."""

    count = 0

    def process_item(self, item: Article) -> dict[str, Any]:
        self.count += 1
        if self.count % 3 == 0:
            raise DropItem("one in three")
        if self.count % 5 == 0:
            raise ValueError("one in five")
        return {"id": item.id}


class SlowItems:
    """Takes a while for one article in two, as one that asks a database, and puts out something else."""

    count = 0

    async def process_item(self, item: Article) -> dict[str, Any]:
        self.count += 1
        await asyncio.sleep(0.25 if self.count % 2 else 0)
        return {"id": item.id}
