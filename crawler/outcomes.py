"""Why an address could not be fetched: an error or a status to an outcome and a reason that can be counted."""

from __future__ import annotations

from scrapy import exceptions
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.article import Outcome
from crawler.middlewares.compression import DecompressionError
from crawler.middlewares.replay import DamagedRecordError, NotArchivedError
from crawler.middlewares.resolver import LongAddressError, PrivateAddressError
from crawler.middlewares.retry_after import AskedToWaitError, HostHeldError
from crawler.middlewares.robots import RobotsUnavailableError

_GONE = frozenset({404, 410, 451})
_MOVED = frozenset({301, 302, 303, 307, 308})
_BLOCKED = frozenset({401, 402, 403, 429})
_BY_ERROR: tuple[tuple[type[BaseException], Outcome, str], ...] = (
    (PrivateAddressError, Outcome.BLOCKED, "a private address"),
    (LongAddressError, Outcome.FAILED, "too long an address"),
    (HostHeldError, Outcome.FAILED, "the host asked to wait"),
    (exceptions.DownloadTimeoutError, Outcome.FAILED, "timed out"),
    (exceptions.CannotResolveHostError, Outcome.FAILED, "host not found"),
    (exceptions.DownloadConnectionRefusedError, Outcome.FAILED, "connection refused"),
    (exceptions.ResponseDataLossError, Outcome.FAILED, "cut short"),
    (exceptions.UnsupportedURLSchemeError, Outcome.BLOCKED, "not http or https"),
    (exceptions.DownloadCancelledError, Outcome.FAILED, "too large"),  # Scrapy cancels at DOWNLOAD_MAXSIZE only
    (NotArchivedError, Outcome.FAILED, "not in the archive"),
    (DamagedRecordError, Outcome.FAILED, "damaged in the archive"),
    (exceptions.DownloadFailedError, Outcome.FAILED, "connection lost"),
)
# Scrapy ignores requests for several reasons and tells them in words alone.
_BY_WORDS = (
    ("Forbidden by robots.txt", Outcome.BLOCKED, "robots.txt"),
    ("max redirections reached", Outcome.FAILED, "too many redirects"),
)


def of_status(status: int) -> tuple[Outcome, str]:
    """The outcome of an answer that is not a page. ``gone`` here is one answer, not yet a confirmed disappearance."""
    if status in _GONE:
        return Outcome.GONE, f"HTTP {status}"
    if status in _BLOCKED:
        return Outcome.BLOCKED, f"HTTP {status}"
    return Outcome.FAILED, f"HTTP {status}"


def _of_response(response: Response) -> tuple[Outcome, str]:
    if response.status in _MOVED:  # Scrapy follows the ones that lead to the web
        location = (response.headers.get("Location") or b"").decode("latin-1")
        scheme = location.partition(":")[0].lower()
        return Outcome.BLOCKED, f"redirected to {scheme}:" if ":" in location else f"HTTP {response.status} to nowhere"
    return of_status(response.status)


def _of_robots(cause: Exception) -> tuple[Outcome, str]:
    outcome, reason = of_error(cause)
    if isinstance(cause, PrivateAddressError | HostHeldError):  # that holds for the page as well
        return outcome, reason
    return Outcome.FAILED, f"robots.txt could not be fetched: {reason}"


def of_error(error: BaseException) -> tuple[Outcome, str]:
    """The outcome of a download that failed; an error that nobody foresaw gives its own name as the reason."""
    if isinstance(error, HttpError):
        return _of_response(error.response)
    if isinstance(error, DecompressionError):
        return Outcome.FAILED, str(error)
    if isinstance(error, RobotsUnavailableError):
        return _of_robots(error.cause)
    if isinstance(error, AskedToWaitError):
        return Outcome.FAILED, f"HTTP {error.response.status}: the host asked to wait"
    if isinstance(error, exceptions.IgnoreRequest):
        for words, outcome, reason in _BY_WORDS:
            if words in str(error):
                return outcome, reason
    for known, outcome, reason in _BY_ERROR:
        if isinstance(error, known):
            return outcome, reason
    return Outcome.FAILED, type(error).__name__
