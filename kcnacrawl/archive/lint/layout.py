"""What the names of a header's fields alone tell, found out once for each order of names a writer uses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from kcnacrawl.archive.lint.finding import quoted, shown
from kcnacrawl.archive.lint.forms import FORMS, OLD_FORMS, OUR_FORMS, Check
from kcnacrawl.archive.lint.tables import ALWAYS, FIELDS, KINDS, MUST, OURS_MUST


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of a header are, what is wrong with their being there, and what to hold their values against."""

    at: dict[str, int]
    """Place of a field by its name in lower case; the first when it is repeated."""

    checks: tuple[tuple[int, Check, str], ...]
    """Place of a value, what tells whether it is right, and a clause for when it is not."""

    errors: tuple[str, ...]
    notes: tuple[str, ...]
    concurrent: tuple[int, ...]
    """Places of all ``WARC-Concurrent-To``."""


@lru_cache(4096)
def places(names: tuple[bytes, ...]) -> dict[str, int]:
    """Place of each field by its name in lower case; the first when it is repeated."""
    at: dict[str, int] = {}
    for place, name in enumerate(names):
        at.setdefault(_lower(name), place)
    return at


@lru_cache(4096)
def layout_of(names: tuple[bytes, ...], kind: str, *, ours: bool, old: bool) -> Layout:
    """The layout of a header.

    :param kind: the ``WARC-Type`` it has
    :param ours: the file is one of ours
    :param old: the version is older than WARC/1.1
    """
    errors: list[str] = []
    notes: list[str] = []
    at = places(names)
    for name, count in Counter(map(_lower, names)).items():
        field = FIELDS.get(name)
        said = shown(names[at[name]])
        if field is None:
            if ours:
                notes.append(f"{said} is no field that this program knows")
        elif kind in KINDS and kind not in field.on:
            errors.append(f"{said} may not stand on a {kind} record")
        if count > 1 and not (field and field.repeats):
            (errors if field else notes).append(f"{said} stands there {count} times")
    errors += [f"it has no {_spelt(name)}" for name in _mandatory(kind, ours=ours) if name not in at]
    if kind and kind not in KINDS:
        (errors if ours else notes).append(f"{quoted(kind, 30)} is no type of record that is known")
    elif ours and kind and kind not in OURS_MUST:
        errors.append(f"this program writes no {kind} records")
    concurrent = tuple(place for place, name in enumerate(names) if _lower(name) == "warc-concurrent-to")
    return Layout(at, _checks(names, ours=ours, old=old), tuple(errors), tuple(notes), concurrent)


def _checks(names: tuple[bytes, ...], *, ours: bool, old: bool) -> tuple[tuple[int, Check, str], ...]:
    forms = OLD_FORMS if old else OUR_FORMS if ours else FORMS
    found = ((place, forms.get(_lower(name))) for place, name in enumerate(names))
    return tuple((place, *form) for place, form in found if form)


def _mandatory(kind: str, *, ours: bool) -> tuple[str, ...]:
    return ALWAYS + MUST.get(kind, ()) + (OURS_MUST.get(kind, ()) if ours else ())


def _spelt(name: str) -> str:
    return FIELDS[name].name


def _lower(name: bytes) -> str:
    return name.lower().decode("latin-1")
