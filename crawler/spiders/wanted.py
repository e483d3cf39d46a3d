"""``scrapy crawl wanted -a most=100 -a site=NAME -a inline=1``: what stored articles point to and nobody fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from crawler.addresses import without_www
from crawler.article import Candidate
from crawler.errors import SetupError
from crawler.extensions.archive import Crawl
from crawler.monitoring.followed import followed
from crawler.profiles import load_profiles
from crawler.site import Site
from crawler.spiders.base import ArticleSpider

_MOST = "100"


class WantedSpider(ArticleSpider):
    """Asks for the articles that boxes and lists name, the most wanted first, each until the ledger has it settled."""

    name = "wanted"
    mode = "wanted"

    def __init__(self, most: str = _MOST, site: str | None = None, inline: str = "0", **kwargs: Any):
        """``most``: requests at most; ``site``: of this one alone; ``inline=1``: also what texts link to.

        Of that only addresses at sites that are mine, whose profile says what an article is. Raises SetupError.
        """
        super().__init__(**kwargs)
        if not most.isdecimal() or int(most) < 1:
            raise SetupError(f"most={most}: not a number of articles; expected one such as {_MOST}")
        if inline not in ("0", "1"):
            raise SetupError(f"inline={inline}: expected 1, or 0 for boxes and lists alone")
        self.most = int(most)
        self.only = site
        self.inline = inline == "1"

    def join(self, crawl: Crawl) -> None:
        """As every spider; and check the site. Raises SetupError where there is no such one."""
        super().join(crawl)
        if self.only and self.only not in crawl.sites.by_name and "." not in self.only:
            raise SetupError(
                f"no site is called {self.only!r}; there are those that `scrapy list --all` names, and hosts such as"
                " news.example"
            )

    async def start(self) -> AsyncIterator[Any]:
        """Ask for those that are due, as many as are allowed."""
        wanted = list(self._wanted())
        asked = 0
        while wanted and asked < self.most:
            part, wanted = wanted[: self.most - asked], wanted[self.most - asked :]
            requests = await self.ask(part)
            asked += len(requests)
            for request in requests:
                yield request

    def _wanted(self) -> Iterator[Candidate]:
        """Yield every wanted address that has the form of an article's, of the site that was asked for."""
        hosts = tuple(without_www(host) for site in self._mine() if site.articles for host in site.hosts)
        with self.ending_on_error():
            for candidate in self.crawl.ledger.wanted(hosts):
                if self.only in (None, self._site_of(candidate.url)) and self.refusal(candidate) is None:
                    yield candidate

    def _mine(self) -> Iterator[Site]:
        """Yield the sites whose addresses are wanted also where a text links to them: those that are mine."""
        if not self.inline:
            return
        folder = self.settings.get("SITES_DIR")
        names = followed(self.crawl.archive.path, load_profiles(Path(folder) if folder else None))
        yield from (site for name in names if (site := self.crawl.sites.by_name.get(name)))

    def _site_of(self, url: str) -> str:
        return self.crawl.sites.for_url(url).name
