"""Identities met before."""

from __future__ import annotations

from kcnacrawl.seen import SeenIds


def test_an_identity_is_new_once() -> None:
    seen = SeenIds()
    assert seen.add("kcnawatch:1451890016-8404287")
    assert seen.add("kcnawatch:1451890016-8404288")
    assert not seen.add("kcnawatch:1451890016-8404287")
    assert len(seen) == 2
