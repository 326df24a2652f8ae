"""``scrapy record``: makes a test case of a page, to be read and approved by a person."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from kcnacrawl.addons import user_agent
from kcnacrawl.archive import ArchiveError
from kcnacrawl.pages.page import PageError

if TYPE_CHECKING:
    from kcnacrawl.recording import Case


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[options] NAME [URL]"

    def short_desc(self) -> str:
        return "Make a test case of a page (tests/pages/NAME) from an address or a WARC"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--warc", metavar="FILE", help="take the page from this WARC file")
        parser.add_argument("--offset", metavar="N", type=int, help="where its response record begins in that file")
        parser.add_argument(
            "--refresh", action="store_true", help="read the stored page again; replace only what is expected"
        )
        parser.add_argument(
            "--folder", metavar="DIR", default="tests/pages", help="folder of all cases (default: %(default)s)"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.recording import RecordingError, case_folder, from_warc, refresh, save

        from_file = opts.warc is not None and opts.offset is not None
        if len(args) != (1 if from_file or opts.refresh else 2) or (opts.warc is None) != (opts.offset is None):
            raise UsageError
        try:
            folder = case_folder(Path(opts.folder), args[0])
            if opts.refresh:
                text = refresh(folder)
            else:
                case = from_warc(Path(opts.warc), opts.offset) if from_file else self._fetch(args[1])
                text = save(case, folder)
        except (RecordingError, ArchiveError, PageError, OSError) as error:
            print(f"scrapy record: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        print(text)
        print(f'Read this beside {folder / "page.html"}. When every field is right, set "reviewed": true in', end=" ")
        print(f"{folder / 'expected.json'}; until then the test fails.")

    def _fetch(self, url: str) -> Case:
        from kcnacrawl.recording import fetch

        assert self.settings is not None
        return fetch(url, user_agent(self.settings.get("CONTACT")))
