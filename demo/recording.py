"""The whole paper as a WARC archive: everything that a crawl could ask of it at one time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml import etree, html
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.article import utc_text
from demo.clock import PRESENT
from demo.feeds import FEEDS
from demo.issue import BY_KIND, SECTIONS, Issue
from demo.listing_pages import FIRST, STEP
from demo.paper import Paper
from demo.replies import Reply

_LINKING = ("href", "data-url", "data-next-url", "data-live-url")


def record(paper: Paper, out: Path, now: datetime = PRESENT) -> int:
    """Write the archive, replacing what is there, and give the number of responses in it.

    ``WARC-Date`` is ``now``. Raises OSError when the file cannot be written.
    """
    with out.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        replies = 0
        for url, reply in every_reply(paper, now):
            phrase = f"{reply.status} {HTTPStatus(reply.status).phrase}"
            head = StatusAndHeaders(phrase, list(reply.headers.items()), protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=BytesIO(reply.body),
                    length=len(reply.body),
                    http_headers=head,
                    warc_headers_dict={"WARC-Date": utc_text(now)},
                )
            )
            replies += 1
    return replies


def every_reply(paper: Paper, now: datetime = PRESENT) -> Iterator[tuple[str, Reply]]:
    """Each address once, with its reply: the listings, all forms of the articles' addresses, and what pages link to."""
    issue = paper.issue(now)
    waiting = deque(issue.url(path) for path in (*_listings(issue), *_forms(issue)))
    seen: set[str] = set()
    while waiting:
        url = waiting.popleft()
        path = _path(issue, url)
        if path is None or url in seen:
            continue
        seen.add(url)
        reply = paper.respond(path, now)
        yield (f"{issue.static}/{path.removeprefix('static/')}" if path.startswith("static/") else url), reply
        waiting.extend(_linked(issue, reply))


def _listings(issue: Issue) -> Iterator[str]:
    yield from ("", "robots.txt", "newsmap.xml", "static/sitemap/sitemap.xml", "in-depth", "no-such-page")
    yield from (f"rss/{name}" for name in FEEDS)
    for place in (*SECTIONS, *BY_KIND):
        yield place
        past = max(len(issue.listed(place)), FIRST) + 2 * STEP  # an empty fragment is how a crawl sees the end
        yield from (f"{place}/{offset}" for offset in range(STEP, past, STEP))


def _forms(issue: Issue) -> Iterator[str]:
    """All the addresses that ever led to each article, old slugs and days included."""
    for piece in issue.pieces:
        for edition in piece.editions(issue.now):
            yield from (edition.path, f"all/{edition.id}")
            yield from (f"{old}/{edition.slug}-{edition.id}" for old in ("articles", "news", "photogalleries"))
            yield from (f"{day:%Y/%m/%d}/{edition.slug}" for day in (edition.day, issue.today))
            yield f"{edition.path}?amp=1"
            if not edition.archive and not edition.campaign:
                yield f"{edition.path}/pdf"


def _path(issue: Issue, url: str) -> str | None:
    """The path below the paper's root, with its query; None for another site's address."""
    for root, below in ((issue.static, "static/"), (issue.origin, "")):
        if url.startswith(f"{root}/"):
            parts = urlsplit(url)
            return below + url.removeprefix(f"{root}/").removesuffix(f"#{parts.fragment}")
    return None


def _linked(issue: Issue, reply: Reply) -> Iterator[str]:
    """Addresses in a reply: where it redirects, what its page links to, what its list names."""
    base = issue.url("")
    if location := reply.headers.get("Location"):
        yield location
    kind = reply.headers["Content-Type"]
    if reply.body and kind.startswith("text/html"):
        for element in html.fromstring(reply.body).iter("a", "div"):
            yield from (urljoin(base, href) for name in _LINKING if (href := element.get(name)))
    elif reply.body and kind.startswith("application/"):
        yield from (element.text for element in etree.fromstring(reply.body).iter("{*}loc", "{*}link") if element.text)
