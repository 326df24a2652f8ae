"""A server that gives kept connections up just when they are used again: it costs time, and nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from kcnacrawl.replica import Replica
from kcnacrawl.replica.answer import Answer, RawAnswer, Request
from tests.crawl.running import crawl


class Fickle(Replica):
    """Hangs up without a word on the second request of each connection."""

    def _respond(self, request: Request) -> Answer | RawAnswer:
        connection = self.requests[-1].connection
        if sum(seen.connection == connection for seen in self.requests) > 1:
            return RawAnswer(())
        return super()._respond(request)


def test_nothing_is_lost_to_dead_connections(tmp_path: Path) -> None:
    """Neither pages nor what they need, even by a crawl that tries nothing again; each request is archived."""
    with Fickle(articles=8) as site:
        run = crawl(tmp_path, site.url, "-s", "RETRY_TIMES=0")
        assert run.status == 0, run.err[-2000:]
        assert {article["id"] for article in run.articles} == {article["id"] for article in site.truth()}
        photos = [photo for article in run.articles for photo in article["photos"]]
        assert photos
        assert all(photo["sha256"] for photo in photos)
        asked = Counter(seen.target for seen in site.requests)
        dead = sum(seen.status == 0 for seen in site.requests)
        assert set(asked.values()) == {1, 2}
        assert dead == sum(asked.values()) - len(asked) == run.summary["stats"]["retry/reason/StaleConnectionError"]
        with run.warc.open("rb") as file:
            archived = [record.rec_headers for record in ArchiveIterator(file) if record.rec_type == "request"]
        assert Counter(head.get_header("WARC-Target-URI").removeprefix(site.url) for head in archived) == asked
