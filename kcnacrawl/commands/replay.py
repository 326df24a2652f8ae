"""``scrapy replay``: shows the archive in a browser, served by pywb on loopback."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.archive import ArchiveError
from kcnacrawl.command import ProjectCommand

if TYPE_CHECKING:
    from kcnacrawl.archive.pywb import Wayback


class Command(ProjectCommand):
    def short_desc(self) -> str:
        return "Show the archive in a browser (needs pywb)"

    def long_desc(self) -> str:
        return (
            "Index what is new in WARC_DIR, serve the archive with pywb on loopback, print where the newest article is."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--port", type=int, default=8080, help="port on 127.0.0.1; 0 takes a free one (default: 8080)"
        )

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.cdxj import index_to_read
        from kcnacrawl.archive.named import require_folder
        from kcnacrawl.archive.newest import newest_capture
        from kcnacrawl.archive.pywb import Wayback, find_pywb, project_folders

        if args:
            raise UsageError("replay takes options only; see scrapy replay --help", print_help=False)
        if not 0 <= opts.port <= 65535:
            raise UsageError(f"--port must be from 0 to 65535, not {opts.port}", print_help=False)
        assert self.settings is not None
        warcs = Path(self.settings["WARC_DIR"])
        require_folder(warcs)
        try:
            program = find_pywb(self.settings.get("PYWB"), project_folders())
            zipnum_from = self.settings.getint("CDXJ_ZIPNUM_BYTES")
            folder = Path(self.settings["CDXJ_DIR"])
            _end_like_ctrl_c()
            with index_to_read(warcs, folder, notify=self.tell, zipnum_from=zipnum_from) as index:
                newest = newest_capture(index)
                if newest is None:
                    raise ArchiveError(f"There is no page in {warcs} to show.")
                with Wayback(program, index, [warcs], opts.port) as wayback:
                    self._serve(wayback, newest.url, newest.timestamp)
        except KeyboardInterrupt:
            print()

    def _serve(self, wayback: Wayback, url: str, timestamp: str) -> None:
        print(f"The archive is served on {wayback.url}/ ; Ctrl-C ends it. The newest article:")
        print(f"  {wayback.address(url, timestamp)}", flush=True)
        wayback.join()


def _end_like_ctrl_c() -> None:
    """End by SIGTERM or SIGHUP takes pywb along, which would keep the port otherwise, and a temporary index with it;
    `nohup` still holds."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
