"""IANA names of TLS cipher suites, from the names OpenSSL gives them."""

from __future__ import annotations

import re
from functools import cache

KEY_EXCHANGES = {
    "": "RSA",
    "ADH-": "DH_anon",
    "AECDH-": "ECDH_anon",
    "DHE-DSS-": "DHE_DSS",
    "DHE-PSK-": "DHE_PSK",
    "DHE-RSA-": "DHE_RSA",
    "ECDHE-ECDSA-": "ECDHE_ECDSA",
    "ECDHE-PSK-": "ECDHE_PSK",
    "ECDHE-RSA-": "ECDHE_RSA",
    "PSK-": "PSK",
    "RSA-PSK-": "RSA_PSK",
}

BULK = re.compile(r"(AES|CAMELLIA|ARIA)(128|256)-(?:(GCM|CBC)-)?(SHA\d*)|(AES)(128|256)-(CCM)(8?)|CHACHA20-POLY1305")

NAME = re.compile(rf"({'|'.join(sorted(map(re.escape, KEY_EXCHANGES), key=len, reverse=True))})({BULK.pattern})")

IRREGULAR = {
    "DHE-PSK-AES128-CCM8": "TLS_PSK_DHE_WITH_AES_128_CCM_8",
    "DHE-PSK-AES256-CCM8": "TLS_PSK_DHE_WITH_AES_256_CCM_8",
    "ECDHE-ARIA128-GCM-SHA256": "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256",
    "ECDHE-ARIA256-GCM-SHA384": "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384",
    "DES-CBC3-SHA": "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    "DHE-RSA-DES-CBC3-SHA": "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA",
    "ECDHE-RSA-DES-CBC3-SHA": "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    "ECDHE-ECDSA-DES-CBC3-SHA": "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
    "RC4-SHA": "TLS_RSA_WITH_RC4_128_SHA",
    "RC4-MD5": "TLS_RSA_WITH_RC4_128_MD5",
    "ECDHE-RSA-RC4-SHA": "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
}


@cache
def iana_name(openssl_name: str | None) -> str | None:
    """Return the IANA name of a suite, or null when it is not known: a wrong name would be worse than none."""
    if openssl_name is None or openssl_name.startswith("TLS_"):
        return openssl_name  # TLS 1.3 suites have one name everywhere
    if openssl_name in IRREGULAR:
        return IRREGULAR[openssl_name]
    match = NAME.fullmatch(openssl_name)
    if match is None:
        return None
    return f"TLS_{KEY_EXCHANGES[match[1]]}_WITH_{_bulk(match)}"


def _bulk(match: re.Match[str]) -> str:
    _, name, algorithm, bits, mode, digest, ccm, ccm_bits, _, short = match.groups()
    if algorithm:
        return f"{algorithm}_{bits}_{mode or 'CBC'}_{digest}"
    if ccm:
        return f"AES_{ccm_bits}_CCM{'_8' if short else ''}"
    return f"{name.replace('-', '_')}_SHA256"


def tls_version(openssl_name: str) -> str:
    """Return the value for ``WARC-Protocol``: ``tls/1.3`` for ``TLSv1.3``, ``tls/1.0`` for ``TLSv1``."""
    name = openssl_name.lower().replace("v", "/")
    return "tls/1.0" if name == "tls/1" else name
