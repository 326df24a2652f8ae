"""What went wrong with a fetch, as the archive says it: a reason for the cut and one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectError, ConnectionClosed, ConnectionDone, ConnectionLost, DNSLookupError
from twisted.internet.error import TimeoutError as TxTimeoutError
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError
from twisted.web.http import _DataLoss, _MalformedChunkedDataError

if TYPE_CHECKING:
    from kcnacrawl.archive.exchange import Cut

TIMEOUTS = (DownloadTimeoutError, TxTimeoutError)
UNTOLD = (DownloadFailedError, ResponseDataLossError)
"""Exceptions of Scrapy that carry no readable text."""
TOLD = (
    CannotResolveHostError,
    ConnectError,
    DNSLookupError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    TunnelError,
)
"""Exceptions whose text says everything."""
DISCONNECTS = (ConnectionClosed, ConnectError, DNSLookupError)


class ResponseTooLargeError(DownloadCancelledError):
    """More bytes came than ``CAPTURE_HEAD_MAX`` or ``DOWNLOAD_MAXSIZE`` allow."""


class StaleConnectionError(DownloadFailedError):
    """The server had given up a connection that was kept; nothing came back of the request that went out on it."""


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors that *error* is made of, outermost first: wrapped reasons of Twisted, then ``__cause__``."""
    yield error
    for failure in getattr(error, "reasons", ()):
        if isinstance(failure, Failure) and failure.value is not None:
            yield from causes(failure.value)
    if error.__cause__ is not None:
        yield from causes(error.__cause__)


def cut_of(error: BaseException) -> Cut:
    """Return the reason for ``WARC-Truncated``; ``unspecified`` when it was we who could not go on."""
    chain = list(causes(error))
    if any(isinstance(cause, TIMEOUTS) for cause in chain):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"  # Scrapy cancels a download for nothing but its size
    if any(isinstance(cause, DISCONNECTS) for cause in chain):
        return "disconnect"
    return "unspecified"


def sentence_of(error: BaseException) -> str:
    """Return one sentence that names the innermost causes of *error*."""
    if isinstance(error, DownloadCancelledError):
        return str(error) or "the response is larger than DOWNLOAD_MAXSIZE allows"
    chain = list(causes(error))
    leaves = [cause for cause in chain if not getattr(cause, "reasons", ()) and cause.__cause__ is None]
    if len(leaves) > 1:  # data loss is the consequence, the other cause tells why
        leaves = [cause for cause in leaves if not isinstance(cause, _DataLoss)] or leaves
    return "; ".join(dict.fromkeys(_words(cause) for cause in leaves))


def is_cancelled(error: BaseException) -> bool:
    """Return whether the fetch was broken off by Scrapy and not by what happened on the connection."""
    return any(isinstance(cause, CancelledError) for cause in causes(error))


def is_clean(reason: BaseException) -> bool:
    """Return whether a connection ended as it should: by the server closing it, not by a reset or a broken TLS end."""
    return isinstance(reason, ConnectionDone)


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split())[:500]
    match error:
        case ConnectionDone():
            return "the server closed the connection before the response was complete"
        case ConnectionLost():
            return "the connection broke before the response was complete"
        case ParseError():
            return f"the status line cannot be read: {error.data[:100]!r}"
        case _MalformedChunkedDataError():
            return f"the chunks cannot be read: {text}"
        case KeyError():
            return f"the transfer coding is not known: {text}"
    if isinstance(error, TOLD):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
