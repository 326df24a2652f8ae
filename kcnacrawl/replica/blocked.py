"""Pages that stand in place of an article: sign-up forms, bot checks, national and network blocks, overload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import quote

from kcnacrawl.replica.answer import Answer, html, redirect
from kcnacrawl.replica.chrome import page

_FORM = (
    '<div class="nk-paywall-free-member-form"><div class="free-member-form-inner">'
    "<h3>Register for free to continue</h3>"
    '<form action="/free-member-form/" method="post"><input type="email" name="email">'
    "<button>Sign up</button></form></div></div>"
)
_CHECK = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title>"
    '<meta http-equiv="refresh" content="60"><meta name="robots" content="noindex,nofollow"></head><body>'
    '<h1>Checking your browser before accessing the site.</h1><div id="challenge-running"></div>'
    '<noscript>Enable JavaScript and cookies to continue</noscript><script src="/cdn-cgi/challenge-platform/h.js">'
    "</script></body></html>"
)
_NATIONAL = (
    '<!DOCTYPE html><html><head><meta name="kcsc" content="blocking"><title>Warning</title></head>'
    "<body><p>Access to this site has been blocked by order.</p></body></html>"
)
_NETWORK = (
    "<!DOCTYPE html><html><head><title>Web Page Blocked</title></head><body><h1>Web Page Blocked</h1>"
    "<p>The page is blocked by the policy of your network.</p></body></html>"
)


def sign_up_form(today: date) -> Answer:
    """The page behind a redirect to ``/free-member-form/``."""
    return html(page("Register | KCNA Watch", f'<div class="container">{_FORM}</div>\n', today=today))


def _sign_up_in_place(path: str, today: date) -> Answer:
    return html(page("KCNA Watch", f'<div class="container"><h1>Members only</h1></div>{_FORM}\n', today=today))


def _to_sign_up(path: str, today: date) -> Answer:
    return redirect(f"/free-member-form/?redirect_to={quote(path)}", 302)


def _too_many(seconds: int) -> Answer:
    return html("<html><body><h1>Too Many Requests</h1></body></html>", 429, (("Retry-After", str(seconds)),))


BLOCKS: dict[str, Callable[[str, date], Answer]] = {
    "sign_up": _to_sign_up,
    "sign_up_in_place": _sign_up_in_place,
    "bot_check": lambda path, today: html(_CHECK, 403),
    "bot_check_503": lambda path, today: html(_CHECK, 503),
    "bot_check_200": lambda path, today: html(_CHECK),
    "national_block": lambda path, today: html(_NATIONAL),
    "network_block": lambda path, today: html(_NETWORK),
    "too_many": lambda path, today: _too_many(1),
    "too_many_today": lambda path, today: _too_many(86_400),
    "overloaded": lambda path, today: html("<h1>Service Unavailable</h1>", 503, (("Retry-After", "1"),)),
    "overloaded_silent": lambda path, today: html("<h1>Service Unavailable</h1>", 503),
}
"""Name of a block to what it answers for a path."""
