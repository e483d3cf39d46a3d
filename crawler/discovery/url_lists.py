"""Addresses that a person wrote down, on the command line or in a file, to candidates."""

from __future__ import annotations

import re

from crawler import addresses
from crawler.article import Candidate, Source
from crawler.discovery.listing import Listing, ListingError

# A comma or a blank parts two addresses only where the next one begins: both occur within addresses.
_NEXT = re.compile(r"(?i)(?:^|(?<=[\s,;\"'<]))(?=https?://)")
_AROUND = " \t,;\"'<>\ufeff"


def parse_url_list(text: str, origin: str) -> Listing:
    """The addresses in a text; ``origin`` says where it is from, and is what the candidates name as their listing.

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
