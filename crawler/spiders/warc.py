"""``scrapy crawl warc -a path=GLOB``: every article in an archive, without a network, in the order of capture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.article import Candidate, Source
from crawler.discovery.warc import WarcIndex
from crawler.errors import SetupError
from crawler.middlewares.replay import load_index
from crawler.spiders.base import ArticleSpider

_PAGES = ("text/html", "application/xhtml+xml", "")
_FOUND = range(200, 300)
_MOVED = frozenset({301, 302, 303, 307, 308})


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

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Put the archive in place of the network, before the downloader is made."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.set("REPLAY_WARC", spider.path, priority="cmdline")
        spider.index = load_index(spider.path)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """A request for each page and each redirect, in the order of capture."""
        for sentence in self.index.damaged:
            self.report(self.path, sentence)
        for capture in self.index.captures:
            if capture.status in _MOVED or (capture.status in _FOUND and capture.mime in _PAGES):
                candidate = Candidate(capture.url, Source.WARC, capture.file.name)
                if self.sites.for_url(capture.url).is_article(capture.url):
                    yield self.request_for(candidate, replay=capture)
