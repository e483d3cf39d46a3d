"""Pages that only lead elsewhere, by a meta refresh or a script: followed as redirects are, within the same bounds.

Scrapy's own middleware knows the first of the two, and takes a page that reloads itself for one that moved. A page with
a text of its own is no such page, whatever its scripts would do in a browser; one that sets a cookie and reloads itself
waits for that cookie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin

from lxml import etree
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
_MAY_LEAD = re.compile(rb"(?i)refresh|location")
_UNSEEN = frozenset({"script", "style", "title", "template"})
_REFRESH = re.compile(r"(?is)(\d{0,6}(?:\.\d{0,6})?)(?:\s{0,20}[;,\s]\s{0,20}(?:url\s{0,20}=\s{0,20})?(\S.*))?")
_TEXT = r"(?:\"([^\"\n]{1,2000})\"|'([^'\n]{1,2000})'|`([^`$\n]{1,2000})`)"
_PLACE = rf"(?:{_TEXT}|([A-Za-z_$][\w$]{{0,40}}))"
_LOCATION = re.compile(
    rf"(?s)\blocation(?:\.href)?\s{{0,20}}=\s{{0,20}}{_PLACE}"
    rf"|\blocation\.(?:replace|assign)\(\s{{0,20}}{_PLACE}\s{{0,20}}\)|\blocation\.(reload)\("
)
_NAMED = re.compile(rf"\b([A-Za-z_$][\w$]{{0,40}})\s{{0,20}}=\s{{0,20}}{_TEXT}")
_ESCAPED = re.compile(r"\\(?:(?:u00|x)([2-7][0-9a-fA-F])|(/))")
_ITSELF = ""
_NOTHING = b"<html/>"


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
        waits_for_cookie = "Set-Cookie" in response.headers and "Cookie" not in request.headers
        header = (response.headers.get("Refresh") or b"").decode("latin-1")
        target = leads_to(response.body, response.url, header, or_itself=waits_for_cookie)
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


def leads_to(body: bytes, url: str, header: str = "", *, or_itself: bool = False) -> str | None:
    """Return the web address that a page leads its reader to at once; None where it has words of its own. Pure.

    ``header`` is that of a refresh, where the server sent one; ``or_itself``: also where it leads to the page again.
    """
    if len(body) > LARGEST or not (header or _MAY_LEAD.search(body)):
        return None
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    page = etree.fromstring(body.decode("utf-8", "replace").encode() or _NOTHING, parser)
    if page is None or _has_words(page):
        return None
    try:
        base = urljoin(url, next((element.get("href", "") for element in page.iter("base")), ""))
        places = (*_refresh(header), *_leads(page))
        targets = [urljoin(base, written.strip()) if written != _ITSELF else url for written in places]
    except ValueError:  # such as an unbalanced bracket in a host
        return None
    here = url.partition("#")[0]
    others = (one for one in targets if one.startswith(("http://", "https://")))
    return next((one for one in others if or_itself or one.partition("#")[0] != here), None)


def _has_words(page: etree._Element) -> bool:
    """Return whether a reader sees as many words as the shortest article has."""
    words = (word for text in _seen(page) for word in text.split())
    return next(islice(words, _MOST_WORDS - 1, None), None) is not None


def _seen(element: etree._Element) -> Iterator[str]:
    """Yield the texts within an element; the parser bounds how deep they lie."""
    if element.tag not in _UNSEEN:
        yield element.text or ""
        for child in element:
            yield from _seen(child)
            yield child.tail or ""


def _leads(page: etree._Element) -> Iterator[str]:
    """Yield where the page leads, the surest first. What stands in ``noscript`` beside a script that only reloads the
    page asks for a browser that runs it.
    """
    refreshes = [(meta, next(meta.iterancestors("noscript"), None) is not None) for meta in page.iter("meta")]
    yield from (place for meta, is_aside in refreshes if not is_aside for place in _of_meta(meta))
    scripts = [script.text or "" for script in page.iter("script") if script.get("src") is None]
    scripts += [body.get("onload", "") for body in page.iter("body")]
    places = [place for script in scripts for place in _locations(script)] if _are_short(scripts) else []
    yield from places
    if _ITSELF in places:
        return
    yield from (place for meta, is_aside in refreshes if is_aside for place in _of_meta(meta))


def _are_short(scripts: list[str]) -> bool:
    return sum(map(len, scripts)) <= _MOST_SCRIPT


def _of_meta(meta: etree._Element) -> Iterator[str]:
    if meta.get("http-equiv", "").strip().lower() == "refresh":
        yield from _refresh(meta.get("content", ""))


def _refresh(written: str) -> Iterator[str]:
    match = _REFRESH.fullmatch(written[:2000].strip())
    wait, place = match.groups() if match else ("", None)
    if wait.strip(".") and float(wait) <= _LONGEST_WAIT:
        yield (place or _ITSELF).strip("\"' \t\n")


def _locations(script: str) -> Iterator[str]:
    named = {match[1]: "".join(filter(None, match.groups()[1:])) for match in _NAMED.finditer(script)}
    for match in _LOCATION.finditer(script):
        *texts, reload = match.groups()
        first, name = [*texts[0:3], *texts[4:7]], texts[3] or texts[7]
        if reload:
            yield _ITSELF
        elif written := named.get(name, "") if name else "".join(filter(None, first)):
            yield _ESCAPED.sub(lambda code: code[2] or chr(int(code[1], 16)), written)
