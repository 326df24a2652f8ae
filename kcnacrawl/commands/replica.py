"""``scrapy replica``: serve the stand-in for KCNA Watch on loopback until interrupted."""

from __future__ import annotations

import threading
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from kcnacrawl.command import ProjectCommand

if TYPE_CHECKING:
    from kcnacrawl.replica import Replica


class Command(ProjectCommand):
    """Serve invented articles the way KCNA Watch serves real ones, to try a crawl without touching the site."""

    def short_desc(self) -> str:
        return "Serve an offline stand-in for KCNA Watch with invented articles"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--port", type=int, default=8000, help="port on 127.0.0.1; 0 takes a free one (default: 8000)"
        )
        parser.add_argument("--articles", type=int, default=320, help="number of articles (default: 320)")
        parser.add_argument("--edition", type=int, default=1, help="1, or 2 with edited, dropped and added articles")
        parser.add_argument("--tls", action="store_true", help="serve https with a self-signed certificate")

    def perform(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.replica import Replica

        if args:
            raise UsageError("replica takes options only; see scrapy replica --help", print_help=False)
        if not 0 <= opts.port <= 65535:
            raise UsageError(f"--port must be from 0 to 65535, not {opts.port}", print_help=False)
        try:
            replica = Replica(opts.articles, opts.edition, port=opts.port, tls=opts.tls)
        except ValueError as error:
            raise UsageError(str(error), print_help=False) from error
        try:
            replica.__enter__()
        except OSError as error:
            raise UsageError(
                f"port {opts.port} is taken ({error.strerror}); choose another with --port", print_help=False
            ) from error
        self._serve(replica)

    def _serve(self, replica: Replica) -> None:
        try:
            print(f"Replica of KCNA Watch with {replica.corpus.articles:,} invented articles at {replica.url}/")
            print(f"Crawl it:  scrapy crawl kcnawatch -a base_url={replica.url}")
            print("Ctrl-C ends it.", flush=True)
            threading.Event().wait()
        except KeyboardInterrupt:
            print()
        finally:
            replica.__exit__(None, None, None)
