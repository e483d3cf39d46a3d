"""What a site listed in a period, reconciled with what was stored: counts, and the addresses behind each."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from crawler.article import Candidate, Outcome, Source

_PERIOD = "c.site = :site and c.first_seen_at >= :since and c.first_seen_at < :until"
_MOST = 100_000
"""Addresses to look at; which of them are articles, and of which site, only their profiles tell."""
_BY = "(select url from articles where id = (select min(article_id) from links where address_key = {}.address_key))"


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


# Articles that stored ones point to and that were never fetched, the most wanted first.


def wanted(db: sqlite3.Connection, hosts: Collection[str] = ()) -> list[Candidate]:
    """Return what boxes and lists name, and what texts link to at these hosts (without ``www.``)."""
    counted = named(db) + (linked(db, hosts) if hosts else [])
    return [candidate for candidate, _ in sorted(counted, key=lambda pair: pair[1], reverse=True)]


def named(db: sqlite3.Connection) -> list[tuple[Candidate, int]]:
    """Return what boxes and lists name, each with the number of articles that do, the most wanted first."""
    rows = db.execute(
        f"select w.href, w.anchor_text, w.wanted_by, {_BY.format('w')} from wanted_articles w"
        " order by w.wanted_by desc, w.last_seen_at desc, w.address_key limit ?",
        (_MOST,),
    )
    return [_wanted(*row) for row in rows]


def linked(db: sqlite3.Connection, hosts: Collection[str]) -> list[tuple[Candidate, int]]:
    """Return what texts link to at these hosts, each with the number of articles that do, the most wanted first."""
    marks = ", ".join("?" * len(hosts))
    rows = db.execute(
        f"select max(href), max(anchor_text), count(distinct article_id) as wanted_by, {_BY.format('l')} from links l"
        f" where kind = 'inline' and target_id is null and host in ({marks}) group by address_key"
        " order by wanted_by desc, max(last_seen_at) desc, address_key limit ?",
        (*hosts, _MOST),
    )
    return [_wanted(*row) for row in rows]


def _wanted(href: str, words: str | None, wanted_by: int, named_by: str) -> tuple[Candidate, int]:
    return Candidate(href, Source.LINK, named_by, words or None), wanted_by
