"""The paper at one moment: what is live, where it stands, who is where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from urllib.parse import urlsplit

from crawler.article import Kind
from demo.clock import ZONE, local
from demo.pieces import Edition, Gone, Piece

NAME = "The Velmora Herald"

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "news": "News",
        "opinion": "Opinion",
        "business": "Business",
        "climate": "Climate",
        "diaspora": "Diaspora",
        "ukraine-war": "Dossier",  # an address of the layout for which this paper has no articles
        "meanwhile": "Meanwhile",
        "arts-and-life": "Arts and Life",
        "features": "Features",
        "lectures": "Lectures",
    }
)
"""Section addresses of the layout, and what this paper prints over them."""

BY_KIND: Mapping[str, Kind] = MappingProxyType(
    {"videos": Kind.VIDEO, "galleries": Kind.GALLERY, "podcasts": Kind.PODCAST}
)


@dataclass(frozen=True)
class Issue:
    """All that the paper's pages depend on."""

    origin: str
    now: datetime
    pieces: tuple[Piece, ...]

    @cached_property
    def live(self) -> tuple[Edition, ...]:
        """Published and not withdrawn, newest first."""
        states = (piece.at(self.now) for piece in self.pieces)
        editions = [state for state in states if isinstance(state, Edition)]
        return tuple(sorted(editions, key=lambda edition: (edition.published, edition.id), reverse=True))

    @cached_property
    def gone(self) -> tuple[Gone, ...]:
        """Withdrawn: the monthly sitemaps go on naming these."""
        return tuple(state for piece in self.pieces if isinstance(state := piece.at(self.now), Gone))

    @cached_property
    def changed(self) -> datetime:
        """When any page last changed: at a change of any article, or at midnight, when boxes take the new day."""
        midnight = local(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        times = (since for piece in self.pieces for since, _ in piece.history if since <= self.now)
        return max((midnight, *times))

    @property
    def today(self) -> date:
        """The paper's day."""
        return self.now.astimezone(ZONE).date()

    @property
    def static(self) -> str:
        """The root of the sitemaps: a host of its own beside ``www.``, else a folder."""
        host = urlsplit(self.origin).netloc
        return f"https://static.{host.removeprefix('www.')}" if host.startswith("www.") else f"{self.origin}/static"

    def url(self, path: str) -> str:
        """The whole address of a path."""
        return f"{self.origin}/{path}"

    def by_id(self, number: int) -> Edition | Gone | None:
        """What is at a number now."""
        return next((piece.at(self.now) for piece in self.pieces if piece.id == number), None)

    def by_slug(self, slug: str, day: date | None = None) -> Edition | Gone | None:
        """What a slug leads to: the article of that day, else the newest that has or had it."""
        histories = ((piece, piece.editions(self.now)) for piece in self.pieces)
        found = [
            (any(one.slug == slug and one.day == day for one in past), past[0].published, piece)
            for piece, past in histories
            if any(one.slug == slug for one in past)
        ]
        return max(found, key=lambda entry: entry[:2])[2].at(self.now) if found else None

    def where(self, holds: Callable[[Edition], bool]) -> tuple[Edition, ...]:
        """The current articles, without the old archive, for which this holds, newest first."""
        return tuple(edition for edition in self.live if not edition.archive and holds(edition))

    def listed(self, place: str) -> tuple[Edition, ...]:
        """What a section, or a page of one kind, lists."""
        kind = BY_KIND.get(place)
        return self.where(lambda edition: edition.kind is kind if kind else edition.section == place)


def slugged(words: str) -> str:
    """A name as it stands in an address."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
