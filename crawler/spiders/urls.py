"""``scrapy crawl urls -a urls=… -a file=…``: any article addresses, whatever the site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from crawler.article import Candidate
from crawler.discovery.listing import ListingError
from crawler.discovery.url_lists import parse_url_list
from crawler.errors import SetupError
from crawler.spiders.base import ArticleSpider


class UrlsSpider(ArticleSpider):
    """Fetches what it is given, also what is in the archive already."""

    name = "urls"
    mode = "urls"

    def __init__(self, urls: str | None = None, file: str | None = None, **kwargs: Any):
        """``urls``: addresses, split before http:// or https://; ``file``: a text file of them. Raises SetupError."""
        super().__init__(**kwargs)
        if not urls and not file:
            raise SetupError("urls needs addresses: scrapy crawl urls -a urls=https://…,https://… or -a file=list.txt")
        self.candidates: tuple[Candidate, ...] = ()
        try:
            if urls:
                self.candidates += parse_url_list(urls, "-a urls").candidates
            if file:
                self.candidates += parse_url_list(Path(file).read_text("utf-8"), file).candidates
        except (ListingError, UnicodeDecodeError) as error:
            raise SetupError(str(error)) from None
        except OSError as error:
            raise SetupError(f"{file}: {error.strerror}") from None

    async def start(self) -> AsyncIterator[Any]:
        """Write each into the ledger, and ask for it."""
        await self.ask(self.candidates)
        for entry in {entry.candidate.url: entry for entry in self.entries(self.candidates)}.values():
            yield self.request_for(entry.candidate)  # clean, as it stands in the ledger

    def refusal(self, candidate: Candidate) -> str | None:  # noqa: ARG002  # the base class asks about one
        """Return None: somebody asked for it by name."""
        return None
