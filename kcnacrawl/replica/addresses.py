"""The several addresses under which the site links one article."""

from __future__ import annotations

from kcnacrawl.replica.dice import Dice
from kcnacrawl.replica.story import Story

MAIN_HOST = "https://kcnawatch.org"
_SALTS = {"search": 11, "ajax": 12, "source": 13, "newstream": 14, "related": 15, "feed": 16, "repeat": 17}


def card_href(story: Story, place: str) -> str:
    """The link a listing writes for an article: .xyz or .org or relative, with or without slash, at times slug ``-2``.

    The same article gets another form in another place, so a crawl that trusts addresses fetches it twice.
    """
    form = Dice(story.n, _SALTS[place]).below(8)
    if form < 3:
        return f"https://kcnawatch.xyz{story.path}"
    if form == 3:
        return f"https://kcnawatch.org{story.path}-2"
    if form == 4:
        return f"https://www.kcnawatch.org{story.path}/"
    return (f"{MAIN_HOST}{story.path}/", f"{story.path}/", f"{story.path}")[form - 5]


def canonical(story: Story) -> str:
    """The address in ``rel=canonical``, ``og:url`` and JSON-LD."""
    return f"{MAIN_HOST}{story.path}/"
