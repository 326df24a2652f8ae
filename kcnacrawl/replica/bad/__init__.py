"""Answers that break HTTP or strain it, each under a name: ``BAD`` maps the name to what it does and how."""

from kcnacrawl.replica.bad.coding import CODING
from kcnacrawl.replica.bad.content import CONTENT
from kcnacrawl.replica.bad.framing import FRAMING
from kcnacrawl.replica.bad.headers import HEADERS
from kcnacrawl.replica.bad.redirects import REDIRECTS
from kcnacrawl.replica.bad.sample import Bad, Sample

BAD: dict[str, Bad] = {**FRAMING, **HEADERS, **CODING, **CONTENT, **REDIRECTS}

__all__ = ["BAD", "Bad", "Sample"]
