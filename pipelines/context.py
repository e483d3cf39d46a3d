"""What the stages need of the crawl that they run in."""

from __future__ import annotations

from typing import Protocol, cast

from scrapy.crawler import Crawler

from crawler.site import Sites
from pipelines.archive.writer import Archive
from pipelines.identity.revisits import Policy


class Context(Protocol):
    """A spider of this project: it knows the site profiles and holds the open archive."""

    sites: Sites
    archive: Archive
    crawl_id: int
    policy: Policy

    def abort(self, reason: str) -> None:
        """End the crawl as failed: going on would fetch what cannot be stored."""


def context_of(crawler: Crawler) -> Context:
    """The running spider, as the stages see it."""
    return cast("Context", crawler.spider)
