"""One article, one transaction: the row, its parts and its links, written together."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from crawler.article import Outcome, utc_text
from crawler.site import Site
from pipelines.archive import again, identity, ledger, parts, rows, sites, tombstones
from pipelines.copies import boilerplate, copies
from pipelines.identity import merge, recognise, revisits
from pipelines.identity.revisits import Policy
from pipelines.record import Record
from pipelines.stories import stories

_BY_DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a record.

    ``stored`` without a reason is a new row; with one, ``unchanged`` or ``edited`` and so on, the row was there;
    ``alias`` is an address of it that was not known. ``changed`` are the fields that changed. ``blocked`` is an article
    that must not be kept; it has the number 0.
    """

    outcome: Outcome
    article_id: int
    links_resolved: int
    reason: str = ""
    changed: tuple[str, ...] = ()


def store(
    db: sqlite3.Connection, record: Record, site: Site, crawl_id: int | None, policy: Policy = _BY_DEFAULT
) -> Stored:
    """Write an article and all that belongs to it, or recognise it as one that is there, changed or not.

    To be called inside a transaction.
    """
    if tombstones.stand(db, record.identity):
        tombstones.settle(db, record.visit.candidate.url)
        return Stored(Outcome.BLOCKED, 0, 0, tombstones.REASON)
    record, marks = boilerplate.cleaned(db, record)
    revisited, now = record.visit.revisit, record.visit.fetch.at
    found = _found(db, record, site, merge.Occasion(utc_text(now), crawl_id))
    revisited = revisited and merge.survivor(db, revisited)
    if revisited is not None and revisited != found:
        revisits.missing(db, revisited, "redirected to another article", crawl_id, now, policy, site)
    if found is None:
        article_id, resolved = _insert(db, record, site, crawl_id)
        stored = Stored(Outcome.STORED, article_id, resolved + identity.learn(db, article_id, record))
        copies.place(db, article_id, copies.Finding(utc_text(now), crawl_id))
        boilerplate.learn(db, article_id, record, marks)
    else:
        is_known = identity.by_url(db, record.visit.candidate.url) == found
        met = again.meet(db, found, record, site, crawl_id)
        resolved = identity.learn(db, found, record)
        recognise.readdress(db, record, found, site)
        if is_known or met.changed:
            stored = Stored(Outcome.STORED, found, resolved, met.meaning, met.changed)
        else:
            stored = Stored(Outcome.ALIAS, found, resolved)
    if stored.reason != again.EARLIER:
        revisits.seen(db, stored.article_id, crawl_id, now)
        stories.place(db, stored.article_id, utc_text(now))
    if revisited is None:
        ledger.settle_article(db, record, stored.article_id, Outcome.STORED if found is None else Outcome.ALIAS)
    return stored


def _found(db: sqlite3.Connection, record: Record, site: Site, occasion: merge.Occasion) -> int | None:
    """The row of the article, once all rows that turn out to be the same one are merged; None for a new article."""
    found: int | None = None
    for article_id, reason in recognise.find(db, record):
        found = article_id if found is None else merge.merge(db, found, article_id, reason, occasion)
    recognise.make_way(db, record, found, site)
    return found


def _insert(db: sqlite3.Connection, record: Record, site: Site, crawl_id: int | None) -> tuple[int, int]:
    """The id of the new row, and how many of its links have their target."""
    now = utc_text(record.visit.fetch.at)
    sites.keep(db, site)
    row = rows.columns(record, site) | {
        "id": merge.next_number(db),
        "url": (address := recognise.own_address(db, record)).url,
        "address_key": address.key,
        "first_seen_at": now,
        "last_seen_at": now,
        "last_changed_at": now,
        "last_checked_at": now,
        "status": "live",
    }
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    cursor = db.execute(f"insert into articles({columns}) values ({marks})", tuple(row.values()))
    article_id = int(cursor.lastrowid or 0)
    rows.event(db, article_id, crawl_id, now, "new", record.article.title)
    return article_id, parts.write(db, article_id, record)
