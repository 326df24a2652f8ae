"""Addresses and the keys they are stored under."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b

from kcnacrawl.archive.redact import without_userinfo
from kcnacrawl.urls import target_uri

Read = Callable[[Iterable[int]], dict[int, str]]
"""From keys to the addresses stored under them."""


def normal(url: str) -> str:
    """An address as records have it."""
    return target_uri(without_userinfo(url))


def first_key(url: str) -> int:
    """The key of an address, unless another address has it: 64 bits of a hash, as a signed number."""
    return int.from_bytes(blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


def next_key(key: int) -> int:
    """Where an address goes whose key is taken."""
    return key + 1 if key < (1 << 63) - 1 else -(1 << 63)


def find_keys(addresses: Iterable[str], read: Read) -> tuple[dict[str, int], dict[int, str]]:
    """The key of each address, and those of the pairs that are not stored yet."""
    keys: dict[str, int] = {}
    new: dict[int, str] = {}
    open_ = {url: first_key(url) for url in addresses}
    while open_:
        stored = {**read(open_.values()), **new}
        taken: dict[str, int] = {}
        for url, key in open_.items():
            if key not in stored:
                stored[key] = new[key] = url
            if stored[key] == url:
                keys[url] = key
            else:
                taken[url] = next_key(key)
        open_ = taken
    return keys, new
