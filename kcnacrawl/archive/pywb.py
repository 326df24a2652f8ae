"""Serves an archive with pywb, a program of its own: finds it, writes its configuration, waits until it answers."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, Self

from kcnacrawl.archive.errors import ArchiveError

PROGRAM = "wayback"
HOST = "127.0.0.1"
COLLECTION = "archive"
ENVIRONMENT = ".pywb"
"""Folder of pywb's own virtual environment: it brings a ``brotli`` module that Scrapy's does not go with."""

INSTALL = f"python3 -m venv {ENVIRONMENT} && {ENVIRONMENT}/bin/pip install 'pywb~=2.10.0'"
START_SECONDS = 90.0


def find_pywb(chosen: str | None, folders: Iterable[Path]) -> Path:
    """Where pywb's ``wayback`` program is: as chosen, in ``.pywb`` of one of the folders, or on the path.

    :raises ArchiveError: when it is nowhere; the sentence says how to install it
    """
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise ArchiveError(f"PYWB names {chosen}, which is not a program.")
        return Path(found)
    for folder in folders:
        program = folder / ENVIRONMENT / "bin" / PROGRAM
        if program.is_file():
            return program.absolute()
    if found := shutil.which(PROGRAM):
        return Path(found)
    raise ArchiveError(f"pywb is not installed. Install it with: make pywb (or: {INSTALL})")


class Wayback:
    """A running pywb on loopback; stopped at the end of the ``with`` block."""

    def __init__(self, program: Path, index: Path, warc_folders: Iterable[Path], port: int) -> None:
        """:param index: ``.cdxj``, or ``.idx`` of a ZipNum index beside its blocks
        :param port: 0 takes a free one
        :raises ArchiveError: when the port is taken
        """
        self._program = program
        self._config = make_config(index.absolute(), [folder.absolute() for folder in warc_folders])
        self.port = _free_port(port)
        self.url = f"http://{HOST}:{self.port}/{COLLECTION}"

    def __enter__(self) -> Self:
        """:raises ArchiveError: when it does not answer"""
        self._folder = tempfile.TemporaryDirectory(prefix="kcnacrawl-pywb-")
        name = self._folder.name
        folder = Path(name)
        (folder / "config.yaml").write_text(json.dumps(self._config), "utf-8")  # JSON is YAML
        self._log: IO[bytes] = (folder / "log").open("w+b")
        command = [str(self._program), "-b", HOST, "-p", str(self.port), "-d", name]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, env=_environment(), cwd=folder
            )
        except OSError as error:
            self._clean()
            raise ArchiveError(f"{self._program} cannot be started: {error.strerror}.") from error
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._clean()

    def address(self, url: str, timestamp: str) -> str:
        """Where a capture is shown.

        :param timestamp: 14 digits
        """
        return f"{self.url}/{timestamp}/{url}"

    def join(self) -> None:
        """Wait until pywb ends by itself.

        :raises ArchiveError: when it does, with its last words
        """
        self._process.wait()
        raise ArchiveError(f"pywb ended by itself: {self._last_words()}")

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise ArchiveError(f"pywb did not start: {self._last_words()}")
            try:
                socket.create_connection((HOST, self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise ArchiveError(f"pywb did not answer on port {self.port} within {START_SECONDS:.0f} seconds.")

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing."

    def _clean(self) -> None:
        self._log.close()
        self._folder.cleanup()


def make_config(index: Path, warc_folders: list[Path]) -> dict[str, Any]:
    """Give pywb's configuration for one collection that nothing is ever added to."""
    # pywb reads the list of the blocks of ZipNum in a form of its own, which `scrapy cdxj` writes beside the usual one.
    source = str(index.with_suffix(".summary") if index.suffix == ".idx" else index)
    archive = {"index": source, "archive_paths": [f"{folder}{os.sep}" for folder in warc_folders]}
    return {"collections": {COLLECTION: archive}, "enable_auto_colls": False}


def _environment() -> dict[str, str]:
    # Another interpreter's paths would lead pywb's own astray; a proxy is nothing for loopback.
    foreign = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYWB_CONFIG_FILE")
    return {name: value for name, value in os.environ.items() if name not in foreign}


def _free_port(port: int) -> int:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            raise ArchiveError(f"Port {port} is taken ({error.strerror}); choose another with --port.") from error
        number: int = trial.getsockname()[1]
    return number


def project_folders() -> list[Path]:
    """Folders in which pywb's environment may be: the current one, and the one this project is installed in."""
    return [Path.cwd(), Path(__file__).resolve().parents[2], Path(sys.prefix).parent]
