"""Packages put together anew with something wrong in them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LISTS = ("datapackage.json", "datapackage-digest.json")


@dataclass
class Parts:
    """The entries of a package, to be changed."""

    files: dict[str, bytes]
    deflated: set[str] = field(default_factory=set)
    relist: bool = True
    """Whether hashes and sizes are to be those of what is there."""

    def change(self, name: str, change: Callable[[bytes], bytes]) -> None:
        self.files[name] = change(self.files[name])

    def edit(self, name: str, **fields: Any) -> None:
        """Set fields of a JSON object; null takes one out."""
        value = json.loads(self.files[name]) | fields
        self.files[name] = json.dumps({key: item for key, item in value.items() if item is not None}).encode()

    def only(self, folder: str) -> str:
        """The name of the first file in a folder."""
        return next(name for name in self.files if name.startswith(f"{folder}/"))

    def list(self) -> dict[str, Any]:
        about: dict[str, Any] = json.loads(self.files["datapackage.json"])
        return about


def rebuild(source: Path, target: Path, damage: Callable[[Parts], object]) -> Path:
    """A copy of a package with something done to it."""
    with zipfile.ZipFile(source) as package:
        deflated = {info.filename for info in package.infolist() if info.compress_type}
        parts = Parts({name: package.read(name) for name in package.namelist()}, deflated)
    damage(parts)
    if parts.relist and LISTS[0] in parts.files:
        _relist(parts)
    with zipfile.ZipFile(target, "w") as package:
        for name, data in parts.files.items():
            package.writestr(name, data, zipfile.ZIP_DEFLATED if name in parts.deflated else zipfile.ZIP_STORED)
    return target


def _relist(parts: Parts) -> None:
    about = parts.list()
    listed = {resource["path"]: resource for resource in about["resources"]}
    about["resources"] = [
        {**listed.get(name, {"name": name.rpartition("/")[2].lower(), "path": name}), **_facts(data)}
        for name, data in parts.files.items()
        if name not in LISTS
    ]
    parts.files[LISTS[0]] = json.dumps(about).encode()
    if LISTS[1] in parts.files:
        parts.edit(LISTS[1], hash=_facts(parts.files[LISTS[0]])["hash"])


def _facts(data: bytes) -> dict[str, Any]:
    return {"hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
