"""Pages that only lead elsewhere, by a meta refresh or a script: followed as redirects are, within the same bounds.

Scrapy's own middleware knows the first of the two, and takes a page that reloads itself for one that moved. A page with
a text of its own is no such page, whatever its scripts would do in a browser.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Request, Response

LARGEST = 64 * 1024
"""Bytes: a page that only leads elsewhere is small."""
_LONGEST_WAIT = 10.0
"""Seconds: what reloads later is a live page, or one that makes its readers wait."""
_MOST_WORDS = 25
"""Words that a reader sees: fewer than the shortest article has."""
_MOST_SCRIPT = 2_000
"""Characters of all scripts: in longer ones an address is one of many things."""
_SILENT = re.compile(r"(?is)<(script|style|title)\b[^>]{0,2000}>.*?</\1\s*>|<!--.*?-->|<[^>]{0,4000}>")
_SCRIPT = re.compile(r"(?is)<script\b([^>]{0,2000})>(.*?)</script\s*>")
_META = re.compile(r"(?is)<meta\s([^>]{1,4000})>")
_ATTRIBUTE = re.compile(r"""(?s)([\w-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_REFRESH = re.compile(r"(?is)(\d{1,6}(?:\.\d{0,6})?)\s{0,20}[;,]\s{0,20}(?:url\s{0,20}=\s{0,20})?([^\s].*)")
_LOCATION = re.compile(
    r"(?s)\blocation(?:\.href)?\s{0,20}=\s{0,20}(?:\"([^\"\n]{1,2000})\"|'([^'\n]{1,2000})')"
    r"|\blocation\.(?:replace|assign)\(\s{0,20}(?:\"([^\"\n]{1,2000})\"|'([^'\n]{1,2000})')\s{0,20}\)"
)


class PageRedirectMiddleware:
    """Behind decompression, as the last to see the answer before what compares it."""

    def __init__(self, most: int):
        """``most``: redirects of one request, of whatever kind."""
        self.most = most

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PageRedirectMiddleware:
        """Read REDIRECT_MAX_TIMES."""
        return cls(crawler.settings.getint("REDIRECT_MAX_TIMES"))

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Ask for the page it leads to. Raises IgnoreRequest, as Scrapy's does, after too many."""
        if response.status != 200 or not isinstance(response, HtmlResponse) or "conditional" not in request.meta:
            return response
        target = leads_to(response.body, response.url)
        if target is None:
            return response
        so_far = request.meta.get("redirect_times", 0)
        if so_far >= self.most:
            raise IgnoreRequest("max redirections reached")
        return request.replace(
            url=target,
            dont_filter=True,
            meta={
                **request.meta,
                "redirect_times": so_far + 1,
                "redirect_urls": [*request.meta.get("redirect_urls", ()), request.url],
            },
        )


def leads_to(body: bytes, url: str) -> str | None:
    """Return the web address that a page leads its reader to at once; None where it has words of its own. Pure."""
    if len(body) > LARGEST or (b"refresh" not in body.lower() and b"location" not in body):
        return None
    page = body.decode("utf-8", "replace")
    if len(_SILENT.sub(" ", page).split()) >= _MOST_WORDS:
        return None
    for written in (*_refreshes(page), *_locations(page)):
        target = urljoin(url, unescape(written).strip())
        if urlsplit(target).scheme in ("http", "https") and target.partition("#")[0] != url.partition("#")[0]:
            return target
    return None


def _refreshes(page: str) -> list[str]:
    found = []
    for tag in _META.findall(page):
        attributes = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(tag)}
        match = _REFRESH.fullmatch(unescape(attributes.get("content", ""))[:2000].strip())
        if attributes.get("http-equiv", "").lower() == "refresh" and match and float(match[1]) <= _LONGEST_WAIT:
            found.append(match[2].strip("\"' \t\n"))
    return found


def _locations(page: str) -> list[str]:
    scripts = [code for attributes, code in _SCRIPT.findall(page) if "src" not in attributes.lower()]
    if sum(map(len, scripts)) > _MOST_SCRIPT:
        return []
    return [next(filter(None, match)).replace("\\/", "/") for code in scripts for match in _LOCATION.findall(code)]
