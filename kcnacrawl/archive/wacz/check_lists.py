"""``datapackage.json``, which lists everything, and ``datapackage-digest.json``, which holds its hash and signature."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from kcnacrawl.archive.lint.finding import Finding, shown
from kcnacrawl.archive.wacz.signing import ANONYMOUS, is_signature
from kcnacrawl.archive.wacz.subject import LARGEST, PACKAGE, REFETCH, UNREADABLE, Subject

DIGEST = "datapackage-digest.json"

INSTANT = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)"
    r"(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])",
    re.ASCII,
)
"""A date and time of RFC 3339."""

VERSIONS = ("1.0.0", "1.1.0", "1.1.1", "1.2.0")
CHECKED = ("1.1.0", "1.1.1")

_NAME = re.compile(r"[a-z0-9._-]+", re.ASCII)
_HASH = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_DOMAIN = ("hash", "created", "software", "version", "signature", "domain", "domainCert")
_DOMAIN_MORE = ("timeSignature", "timestampCert", "crossSignedCert")


def check_package(subject: Subject, progress: Callable[[int], None] = lambda size: None) -> Iterator[Finding]:
    """Findings on the list of resources, and on every file in it.

    :param progress: is told how many more bytes of the files were read
    """
    about = subject.json(PACKAGE)
    if PACKAGE not in subject.entries:
        return
    if about is None:
        yield _no_object(subject, PACKAGE)
        return
    yield from _version(subject, about)
    for name in ("created", "modified", "mainPageDate"):
        value = about.get(name)
        if value is not None and not (isinstance(value, str) and INSTANT.fullmatch(value)):
            yield subject.finding(PACKAGE, f"{name} is no date and time of RFC 3339")
    resources = about.get("resources")
    if not isinstance(resources, list) or not resources:
        yield subject.finding(PACKAGE, "it lists no resources")
        return
    yield from _resources(subject, resources, progress)


def _no_object(subject: Subject, name: str) -> Finding:
    sentence = "it is no JSON object"
    if subject.is_too_large(name):
        sentence = f"it unpacks to {subject.entries[name].file_size} bytes; of more than {LARGEST} it is not read"
    return subject.finding(name, sentence, REFETCH)


def _version(subject: Subject, about: dict[str, Any]) -> Iterator[Finding]:
    profile, version = about.get("profile"), about.get("wacz_version")
    # The draft of 1.2 calls its profile "wacz" and may leave the version out.
    if profile != "data-package" and (profile != "wacz" or version not in (None, "1.2.0")):
        yield subject.finding(PACKAGE, "its profile is not data-package")
    if version is None and profile != "wacz":
        yield subject.finding(PACKAGE, "it has no wacz_version")
    elif version is not None and version not in VERSIONS:
        yield subject.finding(PACKAGE, f"its wacz_version {shown(str(version))} is none that is known")
    elif version not in CHECKED:
        sentence = f"it is of WACZ {version or '1.2.0'}, but what is checked is 1.1.1"
        yield subject.finding(PACKAGE, sentence, level="note")


def _resources(subject: Subject, resources: list[Any], progress: Callable[[int], None]) -> Iterator[Finding]:
    names: set[str] = set()
    paths: set[str] = set()
    for number, resource in enumerate(resources, 1):
        if not isinstance(resource, dict) or not isinstance(resource.get("path"), str):
            yield subject.finding(PACKAGE, f"resource {number} has no path")
            continue
        name, path = resource.get("name"), resource["path"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            sentence = f"the name of resource {shown(path)} is not of lower-case letters, digits, '.', '_' and '-'"
            yield subject.finding(PACKAGE, sentence)
        elif name in names:
            yield subject.finding(PACKAGE, f"two resources are called {name}")
        names.add(str(name))
        if path in paths:
            yield subject.finding(PACKAGE, f"resource {shown(path)} is listed twice")
        paths.add(path)
        yield from _resource(subject, resource, path, progress)
    for path in sorted(subject.entries.keys() - paths - {PACKAGE, DIGEST}):
        yield subject.finding(path, f"it is not listed in {PACKAGE}, so nothing proves it")


def _resource(
    subject: Subject, resource: dict[str, Any], path: str, progress: Callable[[int], None]
) -> Iterator[Finding]:
    if path not in subject.entries:
        yield subject.finding(path, f"{PACKAGE} lists it, but it is not in the package")
        return
    sha256 = hashlib.sha256()
    try:
        for data in subject.chunks(path):
            sha256.update(data)
            progress(len(data))
    except UNREADABLE as error:
        yield subject.finding(path, f"it cannot be read out of the ZIP file ({str(error).rstrip('.')})", REFETCH)
        return
    noted = resource.get("hash")
    if not isinstance(noted, str) or not _HASH.fullmatch(noted):
        yield subject.finding(path, f"its hash in {PACKAGE} is not sha256: and 64 lower-case hexadecimal digits")
    elif noted != f"sha256:{sha256.hexdigest()}":
        yield subject.finding(path, f"it was changed: its hash is not the one in {PACKAGE}", REFETCH)
    size = resource.get("bytes")
    if type(size) is not int or size != subject.entries[path].file_size:
        sentence = f"it has {subject.entries[path].file_size} bytes, but {PACKAGE} says {shown(str(size))}"
        yield subject.finding(path, sentence, REFETCH)


def check_digest(subject: Subject) -> Iterator[Finding]:
    """Findings on the hash of the list, and on the signature of the hash."""
    if DIGEST not in subject.entries or PACKAGE not in subject.entries or subject.is_too_large(PACKAGE):
        return
    digest = subject.json(DIGEST)
    if digest is None:
        yield _no_object(subject, DIGEST)
        return
    if digest.get("path") != PACKAGE:
        yield subject.finding(DIGEST, f"its path is not {PACKAGE}")
    found = f"sha256:{hashlib.sha256(subject.read(PACKAGE)).hexdigest()}"
    if digest.get("hash") != found:
        yield subject.finding(PACKAGE, f"it was changed: its hash is not the one in {DIGEST}", REFETCH)
    signed = digest.get("signedData")
    if signed is not None:
        yield from _signature(subject, signed, digest)


def _signature(subject: Subject, signed: Any, digest: dict[str, Any]) -> Iterator[Finding]:
    if not isinstance(signed, dict) or not all(isinstance(value, str) for value in signed.values()):
        yield subject.finding(DIGEST, "its signedData is no object of texts")
        return
    by_domain = "domain" in signed
    needed = _DOMAIN if by_domain else ANONYMOUS
    allowed = {*needed, *(_DOMAIN_MORE if by_domain else ())}
    for name in (name for name in needed if name not in signed):
        yield subject.finding(DIGEST, f"its signedData has no {name}")
    for name in sorted(signed.keys() - allowed):
        yield subject.finding(DIGEST, f"its signedData may not have a property {shown(name)}")
    if signed.get("hash") != digest.get("hash"):
        yield subject.finding(DIGEST, "what was signed is not the hash beside it", REFETCH)
    about = subject.json(PACKAGE) or {}
    if about.get("created") != signed.get("created"):
        yield subject.finding(DIGEST, f"the signature was not created when {PACKAGE} says the package was")
    if by_domain:
        sentence = "it is signed for a domain; certificates and time stamps are not checked here"
        yield subject.finding(DIGEST, sentence, "check it with authsign", level="note")
    elif all(name in signed for name in ANONYMOUS) and not is_signature(signed):
        yield subject.finding(DIGEST, "the signature is not that of its hash by its key", REFETCH)
