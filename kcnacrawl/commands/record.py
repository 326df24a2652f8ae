"""``scrapy record``: makes a test case of a page, to be read and approved by a person."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.addons import user_agent
from kcnacrawl.command import ProjectCommand
from kcnacrawl.pages.page import PageError

if TYPE_CHECKING:
    from kcnacrawl.recording import Case


class Command(ProjectCommand):
    def syntax(self) -> str:
        return "[options] [SITE/]NAME [URL]"

    def short_desc(self) -> str:
        return "Make a test case of a page (tests/pages/SITE/NAME) from an address or a WARC"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--warc", metavar="FILE", help="take the page from this WARC file")
        parser.add_argument("--offset", metavar="N", type=int, help="where its response record begins in that file")
        parser.add_argument(
            "--refresh", action="store_true", help="read the stored page again; replace only what is expected"
        )
        parser.add_argument(
            "--folder", metavar="DIR", default="tests/pages", help="folder of all cases; %(default)s if not given"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        _check_usage(args, opts)
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.output import open_output
        from kcnacrawl.recording import RecordingError

        try:
            folder, text = self._make(args, opts)
            with open_output() as output:
                output.print(text)
                output.print(
                    f"Read this beside {folder / 'page.html'}. When every field is right, set "
                    f'"reviewed": true in {folder / "expected.json"}; until then the test fails.'
                )
        except (RecordingError, PageError) as error:
            self.complain(error)

    def _make(self, args: list[str], opts: argparse.Namespace) -> tuple[Path, str]:
        """The folder of the case, and what is expected of its page."""
        from kcnacrawl.recording import case_folder, find_case, from_warc, refresh, refuse_existing, save

        cases = Path(opts.folder)
        if opts.refresh:
            folder = find_case(cases, args[0])
            return folder, refresh(folder)
        refuse_existing(cases, args[0])
        case = self._fetch(args[1]) if opts.warc is None else from_warc(Path(opts.warc), opts.offset)
        folder = case_folder(cases, args[0], case)
        return folder, save(case, folder)

    def _fetch(self, url: str) -> Case:
        from kcnacrawl.recording import fetch

        assert self.settings is not None
        return fetch(url, user_agent(self.settings.get("CONTACT")))


def _check_usage(args: list[str], opts: argparse.Namespace) -> None:
    if (opts.warc is None) != (opts.offset is None):
        raise UsageError("--warc and --offset are only of use together.", print_help=False)
    if not args:
        raise UsageError("Name the case: a name of its own, or site/case.", print_help=False)
    if opts.refresh and (len(args) > 1 or opts.warc is not None):
        raise UsageError("--refresh takes the name of a case and nothing else.", print_help=False)
    if opts.warc is not None and len(args) > 1:
        raise UsageError("The page comes from an address or from --warc, not from both.", print_help=False)
    if not opts.refresh and opts.warc is None and len(args) != 2:
        raise UsageError("Say where the page comes from: one address, or --warc and --offset.", print_help=False)
