"""Who wrote a file, by its first record."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from kcnacrawl.archive.lint.blocks import value_of
from kcnacrawl.archive.lint.members import MemberError, take_member
from kcnacrawl.archive.lint.ours import Origin
from kcnacrawl.archive.lint.parts import LostRecordError, take_apart
from kcnacrawl.archive.loss import incomplete_ids, read_loss
from kcnacrawl.archive.mapped import is_inside, state_of
from kcnacrawl.archive.source import Source


def origin_of(path: Path) -> Origin:
    """Read the first record of a file; a file whose first record cannot be read is anybody's."""
    return _origin(path, *state_of(path))


@lru_cache(64)
def _origin(path: Path, *_: int) -> Origin:
    with suppress(LostRecordError, MemberError), Source(path) as source:
        data = take_member(source.data, 0).data if source.is_gzip else source.data
        parts = take_apart(data, 0, ours=False, whole=source.is_gzip)
        if parts.kind == "warcinfo":
            ours = value_of(parts.block(), b"software").startswith(b"kcnacrawl/")
            # An excerpt in a package names no run: its captures may be those of any program.
            run = value_of(parts.block(), b"run")
            ours &= run != b"" or not is_inside(path)
            loss = read_loss(path) if ours else None
            incomplete = frozenset(incomplete_ids(loss.block) if loss is not None else ())
            return Origin(ours, parts.id, value_of(parts.block(), b"crawl"), run, incomplete)
    return Origin(False, b"")
