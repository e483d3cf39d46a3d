"""``scrapy crawl warc -a path=GLOB``: every article in an archive, without a network, in the order of capture."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.http import Request

from crawler.article import Candidate, Source
from crawler.discovery.warc import Capture, WarcIndex
from crawler.errors import SetupError
from crawler.middlewares.replay import load_index
from crawler.spiders.base import ArticleSpider

_PAGES = ("text/html", "application/xhtml+xml", "")
_FOUND = range(200, 300)
_MOVED = frozenset({301, 302, 303, 307, 308})
_AT_ONCE = 500


class WarcSpider(ArticleSpider):
    """Reads each captured page as if it had just been fetched, at the time of its capture."""

    name = "warc"
    mode = "warc"
    index: WarcIndex
    custom_settings = {"ROBOTSTXT_OBEY": False}  # noqa: RUF012  # Scrapy's name; what was fetched may be read again

    def __init__(self, path: str | None = None, **kwargs: Any):
        """``path``: a file or a glob. Raises SetupError."""
        super().__init__(**kwargs)
        if not path:
            raise SetupError("warc needs an archive: scrapy crawl warc -a path='warc/*.warc.gz'")
        self.path = path
        self._rounds: deque[Iterator[Capture]] = deque()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Put the archive in place of the network, before the downloader is made."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.set("REPLAY_WARC", spider.path, priority="cmdline")
        spider.index = load_index(spider.path)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first capture of each article, in the order of capture."""
        for sentence in self.index.damaged:
            self.crawl.report(self.path, sentence)
        self._rounds.extend(iter(captures) for captures in in_rounds(self._captures()))
        if self._rounds:
            for capture in self._rounds.popleft():
                yield self._request(capture)

    def more(self) -> list[Request]:
        """Return later captures: each is read when the earlier ones of its article are stored."""
        while self._rounds:
            if captures := list(islice(self._rounds[0], _AT_ONCE)):
                return [self._request(capture) for capture in captures]
            self._rounds.popleft()
        return []

    def _captures(self) -> Iterator[tuple[str, Capture]]:
        """Yield the pages and redirects that are articles', each after the key of its address."""
        for capture in self.index.captures:
            if capture.status in _MOVED or (capture.status in _FOUND and capture.mime in _PAGES):
                try:
                    site = self.crawl.sites.for_url(capture.url)
                    if site.is_article(capture.url):
                        yield site.address_key(capture.url), capture
                except ValueError as error:
                    self.crawl.report(str(capture.file), str(error))

    def _request(self, capture: Capture) -> Request:
        return self.request_for(Candidate(capture.url, Source.WARC, capture.file.name), replay=capture)


def in_rounds(captures: Iterable[tuple[str, Capture]]) -> list[list[Capture]]:
    """Split captures, each after its key, into rounds that hold no two of one article; each keeps their order.

    Redirects come last: they add addresses to articles whose text is known by then.
    """
    rounds: list[list[Capture]] = []
    moved: list[Capture] = []
    before: Counter[str] = Counter()
    for key, capture in captures:
        if capture.status in _MOVED:
            moved.append(capture)
            continue
        if before[key] == len(rounds):
            rounds.append([])
        rounds[before[key]].append(capture)
        before[key] += 1
    return [*rounds, moved] if moved else rounds
