"""Cookies within one chain of redirects: a server that sets one and sends the reader back waits for it to come.

They go to the host that set them, and end with the chain: the next request, even to the same page, carries none, so
that nobody is followed.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scrapy.http import Request, Response

_JAR = "cookies_of_the_chain"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONG_AGO = re.compile(r"\b19\d\d\b")
_MOST, _LONGEST = 20, 4_096  # cookies of a host, and characters of one (RFC 6265, 6.1)


class ChainCookiesMiddleware:
    """Nearer to the downloader than the redirects."""

    def process_request(self, request: Request) -> None:
        """Send what this host has set on the way to this request."""
        request.headers.pop("Cookie", None)
        jar: dict[str, dict[str, str]] = request.meta.get(_JAR, {})
        if request.meta.get("redirect_times") and (cookies := jar.get(_host(request.url))):
            request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep what the answer sets, for the case that it is a redirect."""
        fresh = cookies_of([value.decode("latin-1") for value in response.headers.getlist("Set-Cookie")])
        if fresh:
            jar = request.meta.get(_JAR, {})
            host = _host(request.url)
            kept = dict(list({**jar.get(host, {}), **fresh}.items())[-_MOST:])
            request.meta[_JAR] = {**jar, host: kept}
        return response


def cookies_of(headers: list[str]) -> dict[str, str]:
    """Return the cookies that ``Set-Cookie`` headers set, by name; those that are no cookies, or end one, are left out.

    As RFC 6265 (5.2) has it, whatever attributes there are: Python's own parser gives up at those it does not know.
    """
    found: dict[str, str] = {}
    for header in headers[:_MOST]:
        pair, *attributes = header[:_LONGEST].split(";")
        name, equals, value = (part.strip() for part in pair.partition("="))
        if name and equals and not _CONTROL.search(pair) and not any(map(_ends, attributes)):
            found[name] = value
    return found


def _ends(attribute: str) -> bool:
    """Return whether an attribute says that the cookie is to be forgotten."""
    name, value = (part.strip().lower() for part in f"{attribute}=".split("=")[:2])
    return (name == "max-age" and value.startswith(("0", "-"))) or (name == "expires" and bool(_LONG_AGO.search(value)))


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
