import pytest
from scrapy import exceptions
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.article import Outcome
from crawler.middlewares.compression import DecompressionError
from crawler.middlewares.resolver import PrivateAddressError
from crawler.outcomes import of_error


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (404, Outcome.GONE, "HTTP 404"),
        (410, Outcome.GONE, "HTTP 410"),
        (451, Outcome.GONE, "HTTP 451"),
        (403, Outcome.BLOCKED, "HTTP 403"),
        (429, Outcome.BLOCKED, "HTTP 429"),
        (302, Outcome.BLOCKED, "HTTP 302 to nowhere"),
        (503, Outcome.FAILED, "HTTP 503"),
    ],
)
def test_a_status_has_its_outcome(status, outcome, reason):
    assert of_error(HttpError(Response("https://example.org/", status=status), "")) == (outcome, reason)


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (exceptions.DownloadTimeoutError("x"), Outcome.FAILED, "timed out"),
        (exceptions.IgnoreRequest("Forbidden by robots.txt"), Outcome.BLOCKED, "robots.txt"),
        (exceptions.IgnoreRequest("max redirections reached"), Outcome.FAILED, "too many redirects"),
        (exceptions.DownloadCancelledError("x"), Outcome.FAILED, "too large"),
        (DecompressionError("mislabelled: not gzip"), Outcome.FAILED, "mislabelled: not gzip"),
        (KeyError("x"), Outcome.FAILED, "KeyError"),
    ],
)
def test_an_error_has_its_outcome(error, outcome, reason):
    assert of_error(error) == (outcome, reason)


def test_a_private_address_is_told_from_a_host_that_is_not_found():
    assert of_error(exceptions.CannotResolveHostError("x")) == (Outcome.FAILED, "host not found")
    assert of_error(PrivateAddressError("intranet is at 10.0.0.1")) == (Outcome.BLOCKED, "a private address")


def test_a_redirect_out_of_the_web_is_blocked_and_says_where_to():
    response = Response("https://example.org/", status=302, headers={"Location": "file:///etc/hostname"})
    assert of_error(HttpError(response, "")) == (Outcome.BLOCKED, "redirected to file:")
