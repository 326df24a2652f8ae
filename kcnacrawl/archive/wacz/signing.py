"""Anonymous signatures of packages, as the draft "WACZ Signing and Verification" 0.1.0 has them.

Signed is the text of the hash as it stands in ``datapackage-digest.json``, ``sha256:`` and all: ECDSA over P-384 with
SHA-256. The draft does not say more; what it leaves open is as ReplayWeb.page reads it (wabac 2.27): the signature is
the two numbers of 48 bytes one after the other, the key a ``SubjectPublicKeyInfo`` in DER, both in Base64.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kcnacrawl.archive.errors import ArchiveError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

VERSION = "0.1.0"
ANONYMOUS = ("hash", "created", "software", "version", "signature", "publicKey")
"""Properties of an anonymous signature; there may be no others."""

_NUMBER = 48


def sign(hash_text: str, created: str, software: str, key: EllipticCurvePrivateKey) -> dict[str, str]:
    """The ``signedData`` for the hash of a ``datapackage.json``."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(key.sign(hash_text.encode(), ec.ECDSA(hashes.SHA256())))
    return {
        "hash": hash_text,
        "created": created,
        "software": software,
        "version": VERSION,
        "signature": base64.b64encode(r.to_bytes(_NUMBER) + s.to_bytes(_NUMBER)).decode(),
        "publicKey": base64.b64encode(_public(key)).decode(),
    }


def key_hash(key: EllipticCurvePrivateKey) -> str:
    """``sha256:`` and the hash of the public key as it stands in signatures: what a key is told by."""
    return f"sha256:{hashlib.sha256(_public(key)).hexdigest()}"


def _public(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def is_signature(signed: dict[str, Any]) -> bool:
    """Whether an anonymous ``signedData`` is a signature of its hash by its key."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    try:
        signature = base64.b64decode(signed["signature"], validate=True)
        key = serialization.load_der_public_key(base64.b64decode(signed["publicKey"], validate=True))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP384R1):
        return False
    if len(signature) != 2 * _NUMBER:
        return False
    numbers = (int.from_bytes(signature[:_NUMBER]), int.from_bytes(signature[_NUMBER:]))
    try:
        key.verify(encode_dss_signature(*numbers), signed["hash"].encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def new_key() -> EllipticCurvePrivateKey:
    """A key for one package alone."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP384R1())


def own_key(path: Path) -> EllipticCurvePrivateKey:
    """The key in a file, which is made, for its owner's eyes only, when it is missing.

    :raises ArchiveError: when the file holds no such key or cannot be read or made
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        return _make_key(path)
    except OSError as error:
        raise ArchiveError(f"The key {path} cannot be read: {error.strerror}.") from error
    except TypeError as error:
        raise ArchiveError(f"The key {path} is protected by a password; this program asks for none.") from error
    except ValueError as error:
        raise ArchiveError(f"{path} holds no private key in PEM.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP384R1):
        raise ArchiveError(f"The key {path} is not for ECDSA over P-384, which signatures of packages need.")
    return key


def _make_key(path: Path) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives import serialization

    key = new_key()
    data = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            os.fsync(descriptor)
    except OSError as error:
        raise ArchiveError(f"The key {path} cannot be made: {error.strerror}.") from error
    return key
