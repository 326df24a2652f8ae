"""Redirects that lead nowhere, in circles, or away."""

from __future__ import annotations

import re

from kcnacrawl.replica.answer import RawAnswer
from kcnacrawl.replica.bad.sample import Bad, Sample, raw, sized


def _to(location: str, status: str = "302 Found", body: bytes = b"") -> RawAnswer:
    return raw(sized(body, f"Location: {location}", status=status))


def _chain(sample: Sample) -> RawAnswer:
    """Thirty hops to the page, counted in the query."""
    match = re.search(r"hop=(\d+)", sample.path)
    hop = int(match[1]) if match else 0
    path = sample.path.partition("?")[0]
    return raw(sized(sample.page)) if hop >= 30 else _to(f"{path}?hop={hop + 1}")


def _pair(sample: Sample) -> RawAnswer:
    path, _, query = sample.path.partition("?")
    return _to(path if query else f"{path}?again")


REDIRECTS: dict[str, Bad] = {
    "redirect_loop": Bad("redirects to itself", False, lambda s: _to(s.path)),
    "redirect_pair": Bad("redirects to and fro between two addresses", False, _pair),
    "redirect_chain": Bad("thirty redirects before the page", False, _chain),
    "redirect_no_location": Bad("302 without Location", False, lambda s: raw(sized(b"", status="302 Found"))),
    "redirect_empty": Bad("302 with an empty Location", False, lambda s: _to("")),
    "redirect_nonsense": Bad("302 to something that is no address", False, lambda s: _to("http://[half")),
    "redirect_bad_port": Bad("302 to a port that does not exist", False, lambda s: _to("http://127.0.0.1:99999/")),
    "redirect_refused": Bad("302 to a port where nobody listens", False, lambda s: _to("http://127.0.0.1:1/")),
    "redirect_unknown_host": Bad(
        "302 to a host that does not exist", False, lambda s: _to("http://nowhere.invalid/page")
    ),
    "redirect_scheme": Bad("302 to an ftp address", False, lambda s: _to("ftp://127.0.0.1/page")),
    "redirect_javascript": Bad("302 to a javascript address", False, lambda s: _to("javascript:history.back()")),
    "redirect_file": Bad("302 to a file of the client", False, lambda s: _to("file:///etc/hostname")),
    "redirect_with_body": Bad("302 to the home page, with the article as body", False, lambda s: _to("/", body=s.page)),
    "redirect_300": Bad(
        "300 with the article as body and no Location",
        False,
        lambda s: raw(sized(s.page, status="300 Multiple Choices")),
    ),
}
