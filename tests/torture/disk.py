"""A disk whose power may go: what was synced is there afterwards, the rest may be, in part, as zeros, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.torture.iolog import Event


@dataclass(eq=False)
class Inode:
    """A file, whatever its name."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Event] = field(default_factory=list)
    """Writes and truncations since the last sync."""

    def sync(self) -> None:
        """Everything written so far is safe."""
        for event in self.pending:
            apply(event, self.durable)
        self.pending = []

    def after(self, chance: Random) -> bytes:
        """What is there once the power is back."""
        fate = chance.choice(("all", "none", "some", "zeros"))
        content = bytearray(self.durable)
        for event in self.pending:
            if fate == "all" or (fate == "some" and chance.random() < 0.5):
                apply(event, content)
            elif fate == "zeros":
                apply(Event(event.kind, event.path, bytes(len(event.data)), event.offset), content)
        return bytes(content)


def apply(event: Event, content: bytearray) -> None:
    """Do a write or a truncation to the bytes of a file."""
    if event.kind == "truncate":
        content[event.offset :] = bytes(max(0, event.offset - len(content)))
        return
    content.extend(bytes(max(0, event.offset - len(content))))
    content[event.offset : event.offset + len(event.data)] = event.data


class Disk:
    """Follows events; a change of names is safe once its folder was synced, a new file's name once the file was.

    Of the changes of names that are not safe, the first ones may survive and the rest not: file systems keep them in
    order, and a rename is never half done. What is safe under a name makes safe what happened to that name before.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        """:param files: path and content of what is there, and safe, at the beginning"""
        self._durable = {path: Inode(bytearray(content)) for path, content in (files or {}).items()}
        self._names = dict(self._durable)
        self._changes: list[tuple[Event, Inode]] = []

    def follow(self, events: Iterable[Event]) -> None:
        """Do what was done."""
        for event in events:
            self._do(event)

    def _do(self, event: Event) -> None:
        if event.kind in ("write", "truncate"):
            if event.path in self._names:  # a file that lost its name takes writes for nobody
                self._names[event.path].pending.append(event)
        elif event.kind in ("create", "rename", "unlink"):
            inode = Inode() if event.kind == "create" else self._names.get(event.path) or Inode()
            rename(event, inode, self._names)
            self._changes.append((event, inode))
        elif event.kind == "sync" and event.path in self._names:
            inode = self._names[event.path]
            inode.sync()
            for made in [change for change in self._changes if change[0].kind == "create" and change[1] is inode]:
                before = self._changes[: self._changes.index(made) + 1]
                self._settle([change for change in before if made[0].path in (change[0].path, change[0].target)])
        elif event.kind == "sync":
            self._settle([change for change in self._changes if str(Path(change[0].path).parent) == event.path])

    def _settle(self, changes: list[tuple[Event, Inode]]) -> None:
        for change in changes:
            rename(*change, self._durable)
            self._changes.remove(change)

    def cut(self, chance: Random) -> dict[str, bytes]:
        """Cut the power: path and content of every file that is there afterwards."""
        names = dict(self._durable)
        kept = chance.choice((0, len(self._changes), chance.randint(0, len(self._changes))))
        for event, inode in self._changes[:kept]:
            rename(event, inode, names)
        return {path: inode.after(chance) for path, inode in names.items()}


def rename(event: Event, inode: Inode, names: dict[str, Inode]) -> None:
    """Do a change of names."""
    if event.kind != "create":
        names.pop(event.path, None)
    if event.kind != "unlink":
        names[event.target or event.path] = inode
