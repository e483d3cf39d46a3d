"""Writing an article: a new row, or what a fetch changes of one, with its parts, links, keys and revision.

To be called inside a transaction. What is to be written was decided before, by ``pipelines.identity.decide``.
"""

from __future__ import annotations

import sqlite3
from functools import partial

from crawler.article import utc_text
from crawler.site import Site
from pipelines.archive import fields, revisions, rows
from pipelines.identity import keys, recognise
from pipelines.identity.decide import (
    Alias,
    Change,
    Earlier,
    Edited,
    New,
    OtherForm,
    Reread,
    SeenBefore,
    Unchanged,
)
from pipelines.identity.recognise import Known, Row
from pipelines.record import LISTING, PAGE, Address, Record

_ROTATING = "read_more"
"""Lists around an unchanged text rotate, and would leave a row for every article that was ever in them."""
_PAYWALL = "for subscribers"
_NEXT_NUMBER = (
    "select 1 + max(coalesce((select max(id) from articles), 0), coalesce((select max(old_id) from merges), 0))"
)
"""Never that of an article which became another, for it leads there for good."""


def write(
    db: sqlite3.Connection,
    decision: New | Alias | Change,
    record: Record,
    known: Known,
    site: Site,
    crawl_id: int | None,
) -> tuple[Row, int]:
    """Write what was decided. Returns the article's row as it is now, and how many links found their target."""
    if isinstance(decision, New):
        row, resolved = _insert(db, decision.address, record, known, site, crawl_id)
        return row, resolved + keys.learn(db, row["id"], record, known.held, known.urls)
    change = decision.change if isinstance(decision, Alias) else decision
    row = _change(db, change, record, known, site, crawl_id)
    resolved = keys.learn(db, row["id"], record, known.held, known.urls)
    better = recognise.better_address(record, known, change.after, site)
    if better is not None:
        rows.update(db, row["id"], {"url": better.url, "address_key": better.key})
        row = {**row, "url": better.url, "address_key": better.key}
    return row, resolved


def _insert(
    db: sqlite3.Connection, address: Address, record: Record, known: Known, site: Site, crawl_id: int | None
) -> tuple[Row, int]:
    """Return the new row, and how many of its links have their target."""
    now = utc_text(record.visit.fetch.at)
    rows.keep(db, site)
    row = fields.columns(record, site) | {
        "url": address.url,
        "address_key": address.key,
        "first_seen_at": now,
        "last_seen_at": now,
        "last_changed_at": now,
        "last_checked_at": now,
        "status": "live",
    }
    columns, marks = ", ".join(row), ", ".join("?" * len(row))
    cursor = db.execute(f"insert into articles({columns}, id) values ({marks}, ({_NEXT_NUMBER}))", tuple(row.values()))
    article_id = int(cursor.lastrowid or 0)
    if record.visit.candidate.hinted_at is not None:
        rows.listed(db, article_id, record.visit.candidate.hinted_at, record.visit.fetch.at)
    if record.is_by_listing:
        rows.date_by(db, article_id, LISTING)
    if record.visit.partial is not None:
        rows.lacks(db, article_id, record.visit.partial)
    rows.event(db, article_id, crawl_id, now, "new", record.article.title)
    return {"id": article_id, **row}, rows.write_new(db, article_id, record, known)


def _change(
    db: sqlite3.Connection, change: Change, record: Record, known: Known, site: Site, crawl_id: int | None
) -> Row:
    """Write what a fetch of a known article means. Returns its row as it is then."""
    row, article_id, now = change.row, change.row["id"], utc_text(record.visit.fetch.at)
    if change.after["site"] != row["site"]:  # its page answers at another site's address now
        rows.keep(db, site)
    times = {"last_seen_at": max(row["last_seen_at"], now)}
    if isinstance(change, Earlier):
        times |= revisions.keep_earlier(db, row, record, site)
    elif not isinstance(change, OtherForm):
        times["last_checked_at"] = max(row["last_checked_at"], now)
    if isinstance(change, Edited):
        times["last_changed_at"] = now
    state_of = partial(revisions.state_behind_wall, row=row) if change.is_walled else revisions.state_of
    if isinstance(change, Edited | Reread) and change.changed:
        revisions.keep(db, row, state_of(record, site=site), "edit" if isinstance(change, Edited) else "rules")
    if isinstance(change, SeenBefore):
        revisions.swap(db, row, change.revision, state_of(record, site=site), now)
    rows.update(db, article_id, change.columns | times)
    if "published_at" in change.columns and change.columns["published_at"] is not None:
        rows.date_by(db, article_id, LISTING if record.is_by_listing else PAGE)
    if not (isinstance(change, OtherForm | Earlier) or change.is_walled) and record.visit.partial != row["partial"]:
        rows.lacks(db, article_id, record.visit.partial)
    wall = _PAYWALL if change.is_walled else None
    if not isinstance(change, OtherForm | Earlier) and wall != row["wall"]:
        rows.stands_before(db, article_id, wall)
    match change:
        case _ if change.is_walled:  # the page shows less than is stored
            pass
        case Earlier():
            rows.add_earlier_links(db, article_id, record, known)
        case Unchanged():
            rows.write(db, article_id, record, known, without=_ROTATING)
        case SeenBefore() | Edited():
            rows.write(db, article_id, record, known)
        case Reread():
            rows.write(db, article_id, record, known, forget_links=change.forget_links)
    if isinstance(change, Edited):
        rows.event(db, article_id, crawl_id, now, "silent_edit" if change.silent else "edited", change.summary)
    return {**change.after, **times}
