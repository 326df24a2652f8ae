"""Pages served in place of what was asked for. Asked only where no article and no listing was found: an article may
speak of any of this.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kcnacrawl.pages.document import Document
from kcnacrawl.pages.page import BlockedPage
from kcnacrawl.text.clean import clean_line

_SIGN_UP_FORM = "free-member-form"
_SIGN_UP_WORDING = re.compile(
    r"(?:subscribe|sign up|register|become a (?:free )?member|join (?:for free|now)|log in|sign in|upgrade)\b.{0,60}"
    r"\b(?:to (?:read|continue|access|view|unlock)|for (?:full )?access)|(?:members|subscribers) only|create (?:a|your) free account"
    r"|this (?:content|article|page) is (?:for|only available to|available to|restricted to) .{0,30}(?:members|subscribers)",
    re.IGNORECASE,
)
_BOT_MARKUP = re.compile(
    r"cf-chl|cf_chl_|challenge-platform|/cdn-cgi/challenge|cf-browser-verification|cf-error-details|g-recaptcha|h-captcha|hcaptcha\.com|"
    r"recaptcha/api|cf-turnstile|challenges\.cloudflare|ddos-guard|__ddg|_incapsula_|incapsula incident|distil_r_captcha|"
    r"px-captcha|perimeterx|datadome|geo\.captcha-delivery|sucuri_cloudproxy|akamai.{0,20}bot|aws-waf-token|awswafcookie|"
    r"sgcaptcha|bunny-shield|anubis_challenge|kasada|slowaes\.decrypt|toNumbers\(",
    re.IGNORECASE,
)
_BOT_WORDING = re.compile(
    r"just a moment|checking (?:if the site connection is secure|your browser)|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"are you (?:a )?(?:human|robot)|attention required|enable javascript and cookies|please enable (?:javascript|cookies)|"
    r"security check|unusual traffic|ddos.?(?:protection|guard)|i'?m not a robot|complete the captcha|bot (?:check|verification|detection)|"
    r"one more step|human verification|browser verification|access to this page has been denied|pardon our interruption|request unsuccessful",
    re.IGNORECASE,
)
_NATIONAL = re.compile(
    r"<meta[^>]{0,200}\bname\s*=\s*[\"']?kcsc\b|warning\.or\.kr|불법[·ㆍ・ ]?유해|방송통신심의위원회|kcsc\.or\.kr|"
    r"(?:blocked|restricted|prohibited) by (?:order of )?(?:the )?(?:government|ministry|court|law|authorit)|blocked in your country",
    re.IGNORECASE,
)
_NETWORK = re.compile(
    r"web ?(?:page|site) (?:is )?blocked|(?:site|page|url|access|content) (?:has been |is |was )?blocked\b|fortiguard|fortinet|zscaler|"
    r"websense|forcepoint|palo alto networks|cisco umbrella|opendns|barracuda|sonicwall|blue ?coat|sophos|access to this (?:site|website|web page) "
    r"(?:is|has been) (?:blocked|denied|restricted)|blocked by (?:your )?(?:network|administrator|it |company)|captive portal|network login|"
    r"accept the terms .{0,40}(?:wi-?fi|network)|wi-?fi (?:login|access)|this domain (?:is|may be) for sale|domain (?:is )?parked|parked domain",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(
    r"maintenance|temporarily unavailable|be (?:right )?back (?:soon|shortly)|error establishing a database connection|"
    r"service unavailable|site is (?:down|offline)|under construction|scheduled downtime|bad gateway|gateway time-?out|"
    r"internal server error|critical error on this website|coming soon|점검|サービス停止|维护",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"access denied|forbidden|not authori[sz]ed|permission to access|you have been blocked|too many requests|rate limit",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"<input[^>]{0,200}\btype\s*=\s*[\"']?password", re.IGNORECASE)
_SCANNED = 1 << 18
_REFUSING = {
    401: "login",
    402: "sign_up",
    403: "refused",
    407: "network_block",
    429: "refused",
    451: "national_block",
    503: "maintenance",
}


def sign_up_form(document: Document) -> str | None:
    """What shows that the site puts its sign-up form over or in place of this page, or ``None``."""
    if _SIGN_UP_FORM in document.url:
        return f"The address is that of the sign-up form ({_SIGN_UP_FORM})."
    if _SIGN_UP_FORM in document.text:
        return f"The page holds the sign-up form ({_SIGN_UP_FORM})."
    return None


def recognise_block(document: Document) -> BlockedPage | None:
    """What stands in place of the page, or ``None`` when nothing says so."""
    markup = document.text[:_SCANNED]
    words = _visible(document)
    for reason, found in ((reason, check(document, markup, words)) for reason, check in _CHECKS):
        if found:
            return BlockedPage(reason, found)
    if document.status in _REFUSING:
        return BlockedPage(_REFUSING[document.status], f"The server answered {document.status}.")
    return None


def _visible(document: Document) -> str:
    """Title and the beginning of the text, without scripts and styles."""
    tree = document.tree
    title, body = tree.css_first("title"), tree.body
    if body is None:
        return clean_line(title.text()) if title else ""
    shown = [title.text() if title else ""]
    shown += [node.text(deep=False) for node in body.css(":not(script):not(style)")[:400]]
    return clean_line(" ".join([*shown, body.text(deep=False)]))[:6000]


def _by_wording(pattern: re.Pattern[str], what: str) -> Callable[[Document, str, str], str | None]:
    def check(_document: Document, _markup: str, words: str) -> str | None:
        match = pattern.search(words)
        return f"{what}: {clean_line(match[0])[:80]!r}." if match else None

    return check


def _by_markup(pattern: re.Pattern[str], what: str) -> Callable[[Document, str, str], str | None]:
    def check(_document: Document, markup: str, _words: str) -> str | None:
        match = pattern.search(markup)
        return f"{what} ({clean_line(match[0])[:80]})." if match else None

    return check


def _check_sign_up(document: Document, _markup: str, _words: str) -> str | None:
    return sign_up_form(document)


_CHECKS: tuple[tuple[str, Callable[[Document, str, str], str | None]], ...] = (
    ("national_block", _by_markup(_NATIONAL, "The page is a national block page")),
    ("bot_check", _by_markup(_BOT_MARKUP, "The page is a bot check")),
    ("bot_check", _by_wording(_BOT_WORDING, "The page asks to prove a person is there")),
    ("sign_up", _check_sign_up),
    ("network_block", _by_wording(_NETWORK, "The page is that of a network filter")),
    ("maintenance", _by_wording(_MAINTENANCE, "The page says the site is out of service")),
    ("sign_up", _by_wording(_SIGN_UP_WORDING, "The page asks to sign up")),
    ("login", _by_markup(_LOGIN, "The page asks for a password")),
    ("refused", _by_wording(_REFUSED, "The page says access is refused")),
)
