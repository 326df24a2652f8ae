"""Pages served in place of what was asked for. Asked only where no article and no listing was found: an article may
speak of any of this.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kcnacrawl.pages.document import Document
from kcnacrawl.pages.flatten import flatten
from kcnacrawl.pages.page import BlockedPage
from kcnacrawl.text.clean import clean_line


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


class _Sign(NamedTuple):
    """Something a page shows that tells what it is."""

    reason: str
    what: str
    pattern: re.Pattern[str]
    in_markup: bool = False
    """Whether it is looked for in the markup instead of the visible words."""


_SIGN_UP_ADDRESS = "free-member-form"
_SIGN_UP_FORMS = ("nk-paywall-free-member-form", "free-member-form-inner")
"""Class names of the site's sign-up form, and what its address holds: SEEN September 2026."""

_SIGNS = (
    _Sign(
        "national_block",
        "The page is a national block page",
        _any_of(
            r"<meta[^>]{0,200}\bname\s*=\s*[\"']?kcsc\b",
            r"warning\.or\.kr",
            r"kcsc\.or\.kr",
            "불법[·ㆍ・ ]?유해",
            "방송통신심의위원회",
        ),
        in_markup=True,
    ),
    _Sign(
        "national_block",
        "The page is a national block page",
        _any_of(
            r"(?:blocked|restricted|prohibited) (?:by|on) (?:the )?(?:order|request)? ?(?:of )?(?:the )?"
            r"(?:government|ministry|court|law|authorit)",
            "blocked in your country",
            "unavailable for legal reasons",
        ),
    ),
    _Sign(
        "bot_check",
        "The page is a bot check",
        _any_of(
            r"cf[-_]chl",
            r"/cdn-cgi/challenge",
            "challenge-(?:platform|running|form)",
            "cf-browser-verification",
            "g-recaptcha|h-?captcha",
            "recaptcha/api",
            "cf-turnstile",
            r"challenges\.cloudflare",
            "ddos-guard",
            "_incapsula_",
            "px-captcha",
            "perimeterx",
            "datadome",
            "captcha-delivery",
            "sucuri_cloudproxy",
            "awswaf",
            "aws-waf-token",
            "sgcaptcha",
            "anubis_challenge",
            r"slowaes\.decrypt",
        ),
        in_markup=True,
    ),
    _Sign(
        "bot_check",
        "The page asks to prove a person is there",
        _any_of(
            "just a moment",
            "checking (?:if the site connection is secure|your browser)",
            "verify(?:ing)? (?:that )?you are (?:a )?human",
            r"are you (?:a )?(?:human|robot)\b",
            "attention required",
            "(?:please )?enable (?:javascript|cookies)",
            "security (?:check|verification)",
            "unusual traffic",
            "i'?m not a robot",
            "captcha",
            "bot (?:check|verification|detection|protection)",
            "(?:human|browser) verification",
            "ddos.?(?:protection|guard)",
            "pardon our interruption",
            "request unsuccessful",
        ),
    ),
    _Sign(
        "network_block",
        "The page is that of a network filter",
        _any_of(
            "web ?(?:page|site) (?:is |has been )?blocked",
            r"(?:site|page|url|access|content) (?:has been |is |was )?blocked\b",
            r"blocked by (?:your |the |a )?(?:network|administrator|policy|company|filter)",
            "access to this (?:site|website|web page) (?:is|has been) (?:blocked|denied|restricted)",
            "fortiguard|fortinet|zscaler|websense|forcepoint|palo alto networks|cisco umbrella|opendns",
            "barracuda|sonicwall",
            "captive portal|network login|wi-?fi (?:login|access)",
            "this domain (?:is|may be) for sale|domain (?:is )?parked|parked domain",
        ),
    ),
    _Sign(
        "maintenance",
        "The page says the site is out of service",
        _any_of(
            "(?:under|scheduled|for|in) maintenance",
            "maintenance mode",
            "temporarily (?:unavailable|offline)",
            "be (?:right )?back (?:soon|shortly)",
            "error establishing a database connection",
            "service (?:is )?(?:temporarily )?unavailable",
            "site is (?:down|offline)",
            "under construction",
            "bad gateway",
            "gateway time-?out",
            "internal server error",
            "critical error on this website",
            "점검 ?중",
        ),
    ),
    _Sign(
        "sign_up",
        "The page asks to sign up",
        _any_of(
            r"(?:subscribe|sign up|register|become a (?:free )?member|join|log in|sign in|upgrade)\b.{0,60}\b"
            r"(?:to (?:read|continue|access|view|unlock)|for (?:full )?access)",
            "(?:members|subscribers) only",
            "create (?:a|your) free account",
            r"this (?:content|article|page) is .{0,40}\b(?:members|subscribers)",
        ),
    ),
    _Sign(
        "login",
        "The page asks for a password",
        _any_of(r"<input[^>]{0,200}\btype\s*=\s*[\"']?password"),
        in_markup=True,
    ),
    _Sign(
        "refused",
        "The page says that access is refused",
        _any_of(
            r"access (?:to this page )?(?:is |has been )?denied",
            r"403 forbidden|\bforbidden\b",
            "permission to access",
            "you have been blocked",
            "too many requests",
            "rate limit",
        ),
    ),
)
_NOSCRIPT = re.compile(r"<noscript>([^<]{0,500})", re.IGNORECASE)
_SCANNED = 1 << 18
_WORDS = 6000
_REFUSING = {
    401: "login",
    402: "sign_up",
    403: "refused",
    407: "network_block",
    429: "refused",
    451: "national_block",
    503: "maintenance",
    511: "network_block",
}


def is_sign_up_address(url: str) -> bool:
    """Whether an address is that of the site's sign-up form."""
    return _SIGN_UP_ADDRESS in url


def find_sign_up_form(document: Document) -> int:
    """Where the site's sign-up form begins in the page's source, or -1."""
    if not any(name.encode() in document.body for name in _SIGN_UP_FORMS):  # bytes are searched fastest
        return -1
    return max(document.text.find(name) for name in _SIGN_UP_FORMS)


def recognise_block(document: Document) -> BlockedPage | None:
    """What stands in place of the page, or ``None`` when nothing says so."""
    markup, words = document.text[:_SCANNED], _visible(document)
    # First the form that is surely the site's own: sign-up forms have captchas and password fields of their own.
    if is_sign_up_address(document.url):
        return BlockedPage("sign_up", f"The address is that of the sign-up form ({_SIGN_UP_ADDRESS}).")
    if find_sign_up_form(document) >= 0:
        return BlockedPage("sign_up", f"The page holds the sign-up form ({_SIGN_UP_FORMS[0]}).")
    for sign in _SIGNS:
        if match := sign.pattern.search(markup if sign.in_markup else words):
            return BlockedPage(sign.reason, f"{sign.what}: {clean_line(match[0])[:80]!r}.")
    if document.status in _REFUSING:
        return BlockedPage(_REFUSING[document.status], f"The server answered {document.status}.")
    return None


def _visible(document: Document) -> str:
    """Title and the beginning of the text, with what a browser without scripts is told."""
    tree = document.tree
    title, body = tree.css_first("title"), tree.body
    lines = flatten((body.html or "") if body is not None else "").lines[:300]
    told = _NOSCRIPT.findall(document.text[:_SCANNED])
    shown = [title.text() if title is not None else "", *(line.text for line in lines), *told]
    return clean_line(" ".join(shown)[:_WORDS])
