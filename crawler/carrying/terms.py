"""How many pages may a batch have, and how long may a worker take over it? By the settings and the pace of its host."""

from __future__ import annotations

from dataclasses import dataclass

from scrapy.settings import BaseSettings

from crawler.errors import SetupError
from pipelines.identity.revisits import Policy

_LONGEST = 1_500.0  # seconds: RabbitMQ takes back what is not acknowledged after 1800
_TRIES = 4
"""Downloads of one page at the most, each of DOWNLOAD_TIMEOUT: no batch is shorter, or it would never end."""
_SLACK = 2.0
"""How much longer than its pace asks for a batch may take: pages are slow, robots.txt and redirects come on top."""
_QUICKEST = 0.1  # seconds a page that a worker takes at a host without a pace


@dataclass(frozen=True, slots=True)
class Terms:
    """Settings that batches go by: seconds that one may take, and those of every crawl."""

    longest: float
    download_timeout: float
    delay: float
    related_depth: int
    section_pages: int
    revisits_most: int
    policy: Policy

    @classmethod
    def of(cls, settings: BaseSettings, policy: Policy) -> Terms:
        """Return those of the settings. Raises SetupError for a time that cannot be."""
        longest = settings.getfloat("BATCH_TIMEOUT")
        if not 0 < longest <= _LONGEST:
            raise SetupError(f"BATCH_TIMEOUT={longest:g}: expected seconds, {_LONGEST:g} at the most")
        return cls(
            longest=longest,
            download_timeout=settings.getfloat("DOWNLOAD_TIMEOUT"),
            delay=settings.getfloat("DOWNLOAD_DELAY"),
            related_depth=settings.getint("RELATED_DEPTH"),
            section_pages=settings.getint("SECTION_PAGES"),
            revisits_most=settings.getint("REVISITS_PER_CRAWL"),
            policy=policy,
        )

    def most(self, pace: float) -> int:
        """Return how many pages a batch may have at a host with this pace, in seconds a page."""
        return max(int((self.longest - self._least) / (_SLACK * max(pace, _QUICKEST))), 1)

    def seconds(self, pages: int, pace: float) -> float:
        """Return how long a batch of so many pages may take."""
        return min(self.longest, self._least + _SLACK * max(pace, _QUICKEST) * pages)

    @property
    def _least(self) -> float:
        return min(_TRIES * self.download_timeout, self.longest / 2)
