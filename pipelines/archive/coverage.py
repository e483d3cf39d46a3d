"""What a site listed in a period, reconciled with what was stored: counts, and the addresses behind each."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from crawler.article import Outcome


@dataclass(frozen=True, slots=True)
class Settled:
    """How many of the listed addresses ended in one outcome, for one reason."""

    outcome: Outcome
    reason: str
    addresses: int


@dataclass(frozen=True, slots=True)
class Address:
    """A listed address, how it was settled, and where it was seen first."""

    outcome: Outcome
    reason: str
    url: str
    listing_url: str


_PERIOD = "c.site = :site and c.first_seen_at >= :since and c.first_seen_at < :until"


def listed(db: sqlite3.Connection, site: str, since: str, until: str) -> list[Settled]:
    """The counts for addresses first seen from ``since`` to before ``until`` (UTC text), the most frequent first."""
    rows = db.execute(
        f"select c.outcome, coalesce(c.reason, '') as reason, count(*) as n from candidates c where {_PERIOD}"
        " group by 1, 2 order by n desc, 1, 2",
        {"site": site, "since": since, "until": until},
    )
    return [Settled(Outcome(row["outcome"]), row["reason"], row["n"]) for row in rows]


def addresses(db: sqlite3.Connection, site: str, since: str, until: str, outcome: str | None) -> list[Address]:
    """The addresses themselves, all or those of one outcome, in the order in which they were seen."""
    rows = db.execute(
        f"select c.outcome, coalesce(c.reason, '') as reason, c.url, coalesce((select min(l.listing_url)"
        f" from listings l where l.candidate = c.url), '') as listing_url from candidates c where {_PERIOD}"
        " and (:outcome is null or c.outcome = :outcome) order by c.outcome, c.first_seen_at, c.url",
        {"site": site, "since": since, "until": until, "outcome": outcome},
    )
    return [Address(Outcome(row["outcome"]), row["reason"], row["url"], row["listing_url"]) for row in rows]


def sites(db: sqlite3.Connection) -> list[str]:
    """The sites that have listed anything."""
    return [row[0] for row in db.execute("select distinct site from candidates order by 1")]
