"""Signatures of packages, verified by arithmetic of the tests' own."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kcnacrawl.archive import ArchiveError
from kcnacrawl.archive.wacz.signing import is_signature, new_key, own_key, sign
from tests.wacz.curve import verifies
from tests.wacz.nights import Archive
from tests.wacz.packing import Packed, pack


@pytest.fixture
def signed(archive: Archive, tmp_path: Path) -> Packed:
    return pack(archive.output, tmp_path / "signed.wacz", run=archive.nights[1].run, wanted={"key": new_key()})


def test_signature_is_what_the_draft_and_replaywebpage_want(signed: Packed) -> None:
    digest = signed.json("datapackage-digest.json")
    data = digest["signedData"]
    assert set(data) == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert data["hash"] == digest["hash"]
    assert data["created"] == signed.json("datapackage.json")["created"]
    assert data["version"] == "0.1.0"
    key, signature = (base64.b64decode(data[name], validate=True) for name in ("publicKey", "signature"))
    assert verifies(key, signature, data["hash"].encode())
    assert not verifies(key, signature, data["hash"].removeprefix("sha256:").encode())
    assert not verifies(key, signature[:-1] + bytes([signature[-1] ^ 1]), data["hash"].encode())


def test_a_key_of_a_kind_that_nobody_knows_signs_nothing(signed: Packed) -> None:
    data = signed.json("datapackage-digest.json")["signedData"]
    strange = bytes.fromhex("300d300606042a0304050303000102")  # of the algorithm 1.2.3.4.5
    assert not is_signature({**data, "publicKey": base64.b64encode(strange).decode()})


def test_our_own_verification_agrees(signed: Packed) -> None:
    data = signed.json("datapackage-digest.json")["signedData"]
    assert is_signature(data)
    assert not is_signature(data | {"hash": "sha256:" + "0" * 64})
    assert not is_signature(data | {"publicKey": "AAAA"})
    assert not is_signature(data | {"signature": data["signature"][:-4]})
    assert not is_signature(data | {"signature": "no Base64 at all"})


def test_short_numbers_are_filled_up_with_zeros() -> None:
    # One number in 256 begins with a zero byte.
    key = new_key()
    for number in range(300):
        data = sign(f"sha256:{number}", "", "", key)
        assert len(base64.b64decode(data["signature"])) == 96
        assert is_signature(data)


def test_own_key_is_made_for_its_owner_and_used_again(tmp_path: Path) -> None:
    path = tmp_path / "archive.pem"
    key = own_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert own_key(path).private_numbers() == key.private_numbers()


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes | None = None) -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"hello", "{} holds no private key in PEM."),
        (
            pem(ec.generate_private_key(ec.SECP256R1())),
            "The key {} is not for ECDSA over P-384, which signatures of packages need.",
        ),
        (
            pem(rsa.generate_private_key(65537, 2048)),
            "The key {} is not for ECDSA over P-384, which signatures of packages need.",
        ),
        (pem(new_key(), b"secret"), "The key {} is protected by a password; this program asks for none."),
    ],
    ids=["no key", "other curve", "RSA", "password"],
)
def test_key_that_is_none_is_a_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(data)
    with pytest.raises(ArchiveError) as error:
        own_key(path)
    assert str(error.value) == sentence.format(path)


def test_key_in_no_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match=r"^The key .*/file/key\.pem cannot be (read|made): Not a directory\.$"):
        own_key(tmp_path / "file/key.pem")
