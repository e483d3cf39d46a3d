"""``scrapy crawl urls -a urls=… -a file=…``: any article addresses that a person wrote down, whatever the site."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from crawler import addresses
from crawler.article import Candidate, Source
from crawler.discovery.listing import Listing, ListingError
from crawler.errors import SetupError
from crawler.spiders.base import ArticleSpider

# A comma or a blank parts two addresses only where the next one begins: both occur within addresses.
_NEXT = re.compile(r"(?i)(?:^|(?<=[\s,;\"'<]))(?=https?://)")
_AROUND = " \t,;\"'<>\ufeff"


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


def parse_url_list(text: str, origin: str) -> Listing:
    """Return the addresses in a text; ``origin`` says where it is from, and is the listing that the candidates name.

    Addresses are parted by new lines, blanks or commas, but only before ``http://`` or ``https://``. Raises
    ListingError, with the line and its first offending words, where anything else stands between them.
    """
    found = [
        _candidate(piece.strip(_AROUND), origin, number)
        for number, line in enumerate(text.splitlines(), start=1)
        for piece in _NEXT.split(line)
        if piece.strip(_AROUND)
    ]
    if not found:
        raise ListingError(f"{origin}: empty; expected addresses that begin with http:// or https://")
    return Listing.of(found)


def _candidate(piece: str, origin: str, number: int) -> Candidate:
    address, *more = piece.split()
    try:
        addresses.clean(address)
    except ValueError:
        more = [piece]
    if more:
        raise ListingError(
            f"{origin}, line {number}: {' '.join(more)[:200]!r} is no address; expected http:// or https:// and a host"
        )
    return Candidate(address, Source.LIST, origin)
