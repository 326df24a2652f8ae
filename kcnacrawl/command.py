"""What the commands of this project have in common: what is wrong is told in one sentence, never in a traceback."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.workers import end_readers
from kcnacrawl.catalog import CatalogError
from kcnacrawl.settings_check import misspelt_settings, value_problems

STOPPED = 130
"""Exit status of a program that Ctrl-C ended, as shells have it."""


class ProjectCommand(ScrapyCommand):
    """Exit status 0: all is well; 1: it is not; 2: the command could not be understood."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def syntax(self) -> str:
        return "[options]"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        _refuse_options(args, self.name)
        super().process_options(args, opts)
        assert self.settings is not None
        refuse_settings(self.name, self.settings, opts.set)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self.perform(args, opts)
        except (ArchiveError, CatalogError) as error:
            self.complain(error)
        except OSError as error:
            self.complain(ArchiveError(f"{error.filename or 'A file'} cannot be used: {error.strerror}."))
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is ending
            end_readers()
            self.tell("Stopped.")
            self.exitcode = STOPPED

    def perform(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what the command is for.

        :raises ArchiveError: when that is not possible; the sentence says why
        """
        raise NotImplementedError

    def complain(self, error: Exception) -> None:
        """Say on standard error why something failed; the exit status will be 1."""
        # Scrapy imports every command for any one of them; what this one needs is imported when it runs.
        from kcnacrawl.archive.output import complain

        complain(self.name, error)
        self.exitcode = 1

    def tell(self, sentence: str) -> None:
        """Say on standard error what was found or done."""
        sys.stderr.write(f"scrapy {self.name}: {sentence}\n")


def refuse_output(name: str | None, option: str = "-o") -> None:
    """:raises UsageError: when the folder of a file named with an option is not there; a mistyped one would be made"""
    if name is not None and not Path(name).parent.is_dir():
        raise UsageError(f"{option} {name}: there is no folder {Path(name).parent}; make it first.", print_help=False)


def refuse_settings(command: str, settings: BaseSettings, given: Iterable[str]) -> None:
    """End the program with a sentence and status 2 when a setting does not exist or has a value that cannot be used.

    :param given: the settings of the command line, ``NAME=value``
    """
    for sentence in (*misspelt_settings(settings, given), *value_problems(settings)):
        sys.stderr.write(f"scrapy {command}: {sentence}\n")
        sys.exit(2)


def _refuse_options(args: list[str], command: str) -> None:
    """Scrapy hands on what it does not know as if it were the names of files; what follows ``--`` is one."""
    end = args.index("--") if "--" in args else len(args)
    if unknown := next((name for name in args[:end] if name.startswith("-")), None):
        raise UsageError(f"There is no option {unknown}; see scrapy {command} --help.", print_help=False)
    del args[end : end + 1]
