"""``scrapy wire``: the very bytes that came over the connection, proven by the digest noted at capture."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError
from kcnacrawl.command import ProjectCommand, refuse_output

if TYPE_CHECKING:
    from kcnacrawl.archive.locate import Located


class Command(ProjectCommand):
    def syntax(self) -> str:
        return "[options] <record id | FILE:OFFSET | article id>"

    def short_desc(self) -> str:
        return "Give back the bytes received for a record, and prove them"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--request", action="store_true", help="the bytes sent instead, less what was redacted")
        parser.add_argument(
            "--items", metavar="FILE", help="find an article id in this JSON Lines file instead of ARTICLES_DIR"
        )
        parser.add_argument("-o", "--output", metavar="FILE", help="write to this new file instead of standard output")

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("Name one record: its id, FILE:OFFSET or the id of an article.", print_help=False)
        refuse_output(opts.output)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.locate import locate

        assert self.settings is not None
        items = Path(opts.items or self.settings.get("ARTICLES_DIR", "output/articles"))
        warc_folder = Path(self.settings.get("WARC_DIR", "output/warc"))
        self._write(locate(args[0], warc_folder, items, request=opts.request), opts.output)

    def _write(self, located: Located, name: str | None) -> None:
        from kcnacrawl.archive.output import open_output

        wire = located.wire
        with open_output(name) as output:
            output.write(wire.data)
        for sentence in located.missed:
            self.tell(f"{sentence} These bytes are of a later capture.")
        if wire.redacted:
            self.tell(f"Values never archived: {', '.join(wire.redacted)}.")
        if wire.flaw:
            raise ArchiveError(wire.flaw)
