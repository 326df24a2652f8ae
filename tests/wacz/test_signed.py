"""Whether a package is signed, and by whom: told of each, and asked for with ``--signed-by``."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from kcnacrawl.archive.wacz.signed import read_signed
from kcnacrawl.archive.wacz.signing import key_hash, new_key
from tests.crawl.running import scrapy
from tests.wacz.museum import DIGEST, LIST, other_key, signature, unlisted
from tests.wacz.nights import Archive
from tests.wacz.packing import pack
from tests.wacz.rebuilding import Parts, rebuild

ASKED = "get the package anew from whoever signed it."


@pytest.fixture(scope="module")
def signed(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A package, and the hash of the key it is signed with."""
    path, key = tmp_path_factory.mktemp("signed") / "signed.wacz", new_key()
    pack(archive.output, path, run=archive.nights[1].run, wanted={"key": key})
    return path, key_hash(key)


def unsign(parts: Parts) -> None:
    parts.edit(DIGEST, signedData=None)


DAMAGES = {
    "taken out": (unsign, "not signed"),
    "of something else": (other_key, "signed, but the signature does not hold"),
    "of another list": (
        unlisted(lambda parts: parts.edit(LIST, title="Another")),
        "signed, but the signature does not hold",
    ),
    "half of it": (signature(publicKey=None), "signed, but the signature does not hold"),
    "no object": (unlisted(lambda parts: parts.edit(DIGEST, signedData=5)), "signed, but the signature does not hold"),
    "of a domain": (
        signature(domain="example.org\n"),
        "signed for the domain example.org\\n, which is not checked here",
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_signature_that_is_gone_or_does_not_hold(what: str, signed: tuple[Path, str], tmp_path: Path) -> None:
    damage, clause = DAMAGES[what]
    path = rebuild(signed[0], tmp_path / "other.wacz", damage)
    found = read_signed(path)
    assert found is not None
    assert (str(found), found.key) == (f"{path}: {clause}.", None)
    assert [str(one) for one in found.flaws(signed[1])] == [
        f"{path}: it is {clause}; the key asked for is {signed[1]}; {ASKED}"
    ]


def test_each_package_is_said_to_be_signed_or_not(signed: tuple[Path, str], tmp_path: Path) -> None:
    path, key = signed
    bare = rebuild(path, tmp_path / "bare.wacz", unsign)
    (tmp_path / "none.wacz").write_bytes(b"")
    with zipfile.ZipFile(path) as package:
        by = json.loads(package.read(DIGEST))["signedData"]["created"]
    lines = f"{bare}: not signed.\n{path}: signed with the key {key} at {by}.\n"
    done = scrapy(tmp_path, "verify", str(bare), str(path))
    assert (done.status, done.out, done.err) == (0, "2 packages checked, 0 findings.\n", lines)
    assert scrapy(tmp_path, "verify", "none.wacz").err == ""


def test_a_key_can_be_asked_for(signed: tuple[Path, str], tmp_path: Path) -> None:
    path, key = signed
    for written in (key, key.removeprefix("sha256:").upper()):
        assert scrapy(tmp_path, "verify", str(path), "--signed-by", written).status == 0
    bare, other = rebuild(path, tmp_path / "bare.wacz", unsign), "sha256:" + "0" * 64
    done = scrapy(tmp_path, "verify", str(bare), "--signed-by", key)
    said = f"{bare}: it is not signed; the key asked for is {key}; {ASKED}\n"
    assert (done.status, done.out) == (1, f"{said}1 package checked, 1 finding.\n")
    done = scrapy(tmp_path, "verify", str(path), "--signed-by", other)
    assert done.status == 1
    assert f"{path}: it is signed with the key {key} at " in done.out
    assert f"; the key asked for is {other}; {ASKED}\n" in done.out


@pytest.mark.parametrize(
    ("options", "status", "sentence"),
    [
        (
            ("--signed-by", "abc"),
            2,
            "--signed-by abc is no hash of a key; it has 64 hexadecimal digits, as scrapy wacz",
        ),
        (("--signed-by", "0" * 64, "--chain"), 2, "--signed-by is about packages, which --chain does not check."),
        (("--signed-by", "0" * 64, "a.jsonl"), 1, "--signed-by is about packages, and there is none among what is to"),
    ],
)
def test_asking_amiss_is_a_sentence(options: tuple[str, ...], status: int, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").touch()
    done = scrapy(tmp_path, "verify", *options)
    assert (done.status, sentence in done.err) == (status, True), done.err
