"""What a command did to its disk, in order, from a log of strace: writes with their bytes, syncs, names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "openat,creat,write,pwrite64,writev,pwritev,lseek,ftruncate,fsync,fdatasync,rename,renameat,renameat2,"
    "unlink,unlinkat,mkdir,mkdirat,sendto"
)

_CALL = re.compile(r"(?P<pid>[0-9]+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?[0-9]+)(?P<rest>.*)")
_UNFINISHED = re.compile(r"(?P<pid>[0-9]+) +(?P<begin>.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(?P<pid>[0-9]+) +<\.\.\. \w+ resumed>(?P<end>.*)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_OPENED = re.compile(r"<(?P<path>(?:\\x[0-9a-f]{2})*)>")
_DESCRIPTOR = re.compile(r"(?P<number>AT_FDCWD|-?[0-9]+)<(?P<path>(?:\\x[0-9a-f]{2})*)>")


def strace(log: Path) -> list[str]:
    """The command line that is put before the one to be watched."""
    return ["strace", "-f", "-y", "-xx", "-s", "67108864", "-e", f"trace={CALLS}", "-o", str(log)]


@dataclass(frozen=True)
class Event:
    """One thing that was done below the watched folder, or a request sent."""

    kind: str
    """``create``, ``write``, ``truncate``, ``sync``, ``rename``, ``unlink``, ``folder`` or ``request``."""

    path: str
    data: bytes = b""
    offset: int = 0
    target: str = ""
    """New path of a ``rename``."""


@dataclass
class _Reader:
    folder: str
    working: str
    positions: dict[int, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    appending: set[int] = field(default_factory=set)

    def events(self, name: str, arguments: str, result: int, rest: str) -> Iterator[Event]:
        if name == "sendto" and (found := _STRING.search(arguments)) and (data := _bytes(found[1]))[:4] == b"GET ":
            yield Event("request", data.split(b" ", 2)[1].decode())
        elif name in ("openat", "creat"):
            yield from self._open(arguments, result, rest)
        elif name in ("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat"):
            yield from self._names(name, arguments)
        elif (found := _DESCRIPTOR.match(arguments)) and self._is_below(path := _bytes(found["path"]).decode()):
            yield from self._file(name, int(found["number"]), path, arguments, result)

    def _is_below(self, path: str) -> bool:
        return path == self.folder or path.startswith(self.folder + os.sep)

    def _open(self, arguments: str, result: int, rest: str) -> Iterator[Event]:
        found = _OPENED.match(rest)
        path = _bytes(found["path"]).decode() if found else ""
        if not self._is_below(path) or "O_DIRECTORY" in arguments:
            return
        self.positions[result] = 0
        self.appending.discard(result)
        if "O_APPEND" in arguments:
            self.appending.add(result)
        if "O_CREAT" in arguments and path not in self.sizes:
            self.sizes[path] = 0
            yield Event("create", path)
        if "O_TRUNC" in arguments:
            self.sizes[path] = 0
            yield Event("truncate", path)

    def _names(self, name: str, arguments: str) -> Iterator[Event]:
        base = _DESCRIPTOR.search(arguments)
        above = _bytes(base["path"]).decode() if base else self.working
        paths = [str(Path(above) / _bytes(text).decode()) for text in _STRING.findall(arguments)]
        if not self._is_below(paths[0]):
            return
        if name.startswith("rename"):
            self.sizes[paths[1]] = self.sizes.pop(paths[0], 0)
            yield Event("rename", paths[0], target=paths[1])
        elif name.startswith("mkdir"):
            yield Event("folder", paths[0])
        else:
            self.sizes.pop(paths[0], None)
            yield Event("unlink", paths[0])

    def _file(self, name: str, number: int, path: str, arguments: str, result: int) -> Iterator[Event]:
        if name == "lseek":
            self.positions[number] = result
        elif name in ("fsync", "fdatasync"):
            yield Event("sync", path)
        elif name == "ftruncate":
            size = int(arguments.rpartition(", ")[2])
            self.sizes[path] = size
            yield Event("truncate", path, offset=size)
        elif name in ("write", "writev", "pwrite64", "pwritev"):
            data = b"".join(_bytes(text) for text in _STRING.findall(arguments))[:result]
            if name.startswith("p"):
                offset = int(arguments.rpartition(", ")[2])
            else:
                offset = self.sizes.get(path, 0) if number in self.appending else self.positions.get(number, 0)
                self.positions[number] = offset + result
            self.sizes[path] = max(self.sizes.get(path, 0), offset + result)
            yield Event("write", path, data, offset)


def read_log(log: Path, folder: Path, working: Path, sizes: Mapping[str, int] | None = None) -> list[Event]:
    """Everything that was done below *folder*, and every page asked for, in order; failed calls are left out.

    :param working: folder in which the command ran
    :param sizes: bytes of each file that was there before
    """
    reader = _Reader(str(folder), str(working), sizes=dict(sizes or {}))
    events: list[Event] = []
    for line in _whole_calls(log):
        match = _CALL.match(line)
        if match and int(match["result"]) >= 0:
            events += reader.events(match["name"], match["arguments"], int(match["result"]), match["rest"])
    return events


def _whole_calls(log: Path) -> Iterator[str]:
    """Lines of the log; a call that another thread came in between is put together again."""
    begun: dict[str, str] = {}
    with log.open(encoding="latin-1") as file:
        for line in file:
            if match := _UNFINISHED.match(line):
                begun[match["pid"]] = match["begin"]
            elif match := _RESUMED.match(line):
                yield f"{match['pid']} {begun.pop(match['pid'], '')}{match['end']}"
            else:
                yield line


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
