"""Who ran a text first, as far as papers tell. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_APART = re.compile(r"[\W_]+")
_NEWS = ("", "news")
Order = tuple[bool, str, int, str, str, str]


@dataclass(frozen=True, slots=True)
class Publication:
    """What is known of when and by whom an article was published; times as the archive writes them."""

    site: str
    url: str
    first_seen_at: str
    published_at: str | None = None
    wire: str | None = None

    @property
    def order(self) -> Order:
        """What publications are sorted by, the first one smallest.

        The agency's own paper, if it says so; then by day. Of one day, those with a time of day come first, by that
        time: a plain date says only that it was not later. Where a page does not say, when it was first seen is all
        there is. Equal ones are told apart by what no order of arrival changes.
        """
        at = self.published_at
        if at is None:
            day, known = self.first_seen_at[:10], 2
        else:
            day, known = at[:10], 0 if "T" in at else 1
        return not self.is_agency, day, known, at or "", self.first_seen_at, self.url

    @property
    def is_agency(self) -> bool:
        """Whether the agency that the article names is the paper that ran it: ``TASS`` on ``tass.com``."""
        named = _APART.sub("", (self.wire or "").casefold())
        labels = _APART.split(self.site.casefold())
        return bool(named) and any(label.removeprefix(named) in _NEWS for label in labels if label.startswith(named))
