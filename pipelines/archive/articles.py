"""One article, one transaction: the row, its parts and its links, written together."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from crawler.article import Outcome, utc_text
from crawler.site import Site
from pipelines.archive import fields, ledger, revisions, rows
from pipelines.copies import boilerplate, copies
from pipelines.identity import changes, keys, merge, recognise, revisits
from pipelines.identity.revisits import Policy
from pipelines.record import Record
from pipelines.stories import stories

_BY_DEFAULT = Policy()
_PUBLISHED = fields.with_followers("published_at")
_OF_COPIES = ("content_hash", "published_at", "wire", "kind")
_LAYOUT = "layout"
""":attr:`~crawler.article.Provenance.source` of what a profile's selectors gave."""
EARLIER = "an earlier state"


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
    if ledger.stand(db, record.identity):
        ledger.settle_forgotten(db, record.visit.candidate.url)
        return Stored(Outcome.BLOCKED, 0, 0, ledger.REASON)
    record, marks = boilerplate.cleaned(db, record)
    revisited, now = record.visit.revisit, record.visit.fetch.at
    found = _found(db, record, site, merge.Occasion(utc_text(now), crawl_id))
    revisited = revisited and merge.survivor(db, revisited)
    if revisited is not None and revisited != found:
        revisits.missing(db, revisited, "redirected to another article", crawl_id, now, policy, site)
    if found is None:
        article_id, resolved = _insert(db, record, site, crawl_id)
        stored = Stored(Outcome.STORED, article_id, resolved + keys.learn(db, article_id, record))
        copies.place(db, article_id, copies.Finding(utc_text(now), crawl_id))
        boilerplate.learn(db, article_id, record, marks)
    else:
        is_known = keys.by_url(db, record.visit.candidate.url) == found
        met = meet(db, found, record, site, crawl_id)
        resolved = keys.learn(db, found, record)
        recognise.readdress(db, record, found, site)
        if is_known or met.changed:
            stored = Stored(Outcome.STORED, found, resolved, met.meaning, met.changed)
        else:
            stored = Stored(Outcome.ALIAS, found, resolved)
    if stored.reason != EARLIER:
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
    rows.keep(db, site)
    row = fields.columns(record, site) | {
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
    return article_id, rows.write(db, article_id, record)


# A fetch of an article that is there: unchanged, edited by its paper, an earlier state, or read anew.


@dataclass(frozen=True, slots=True)
class Encounter:
    """What a fetch meant: ``unchanged``, ``edited``, ``re-extracted`` or an earlier state; and the changed fields."""

    meaning: str
    changed: tuple[str, ...] = ()


_UNCHANGED = Encounter("unchanged")


def meet(db: sqlite3.Connection, article_id: int, record: Record, site: Site, crawl_id: int | None) -> Encounter:
    """Decide what the fetch means and write that down.

    A variant page, such as AMP or print, is laid out otherwise and proves nothing. A capture older than the stored
    state is an earlier one. Where the rules are others than those that read the stored state, or the same bytes now
    read otherwise, or the selectors of a layout read one state and none the other, the change is not the paper's.
    """
    row = db.execute("select * from articles where id = ?", (article_id,)).fetchone()
    now = utc_text(record.visit.fetch.at)
    rows.touch(db, article_id, "last_seen_at", now)
    old, new = revisions.stored_state(row), revisions.state_of(record, site)
    same_bytes = new["capture"] is not None and new["capture"] == old["capture"]
    if not same_bytes and _is_variant(row, record, site):
        return _UNCHANGED
    if now < row["last_checked_at"] and not same_bytes:
        revisions.keep_earlier(db, row, record, site)
        rows.add_earlier_links(db, article_id, record)
        return Encounter(EARLIER)
    rows.touch(db, article_id, "last_checked_at", now)
    rows.update(db, article_id, _address(row, record))
    redesigned = _has_layout(db, article_id) != any(one.source == _LAYOUT for one in record.article.provenance)
    redesigned = redesigned or _is_first_answer(db, row, record, site)
    if same_bytes or redesigned or old["extractor"] != new["extractor"]:
        met = _read_anew(db, row, record, site, forget_links=not redesigned or same_bytes)
        _follow(db, row, copies.Finding(now, crawl_id, is_news=False))
        return met
    edited = changes.changed(old, new)
    if not edited:
        _keep_current(db, row, record, site)
        _follow(db, row, copies.Finding(now, crawl_id))
        return _UNCHANGED
    silent = revisions.keep(db, row, new, "edit")
    rows.update(db, article_id, fields.columns(record, site) | {"last_changed_at": now})
    rows.write(db, article_id, record)
    rows.event(db, article_id, crawl_id, now, "silent_edit" if silent else "edited", changes.summary(old, new))
    _follow(db, row, copies.Finding(now, crawl_id))
    return Encounter("edited", edited)


def _is_variant(row: sqlite3.Row, record: Record, site: Site) -> bool:
    """Whether the page is another form of the article's: not the one it is kept under, nor the one that it declares.

    Whatever the page declares that the article is kept under, it is the article's.
    """
    url = record.visit.fetch.url
    if site.is_same_page(url, row["url"]):
        return False
    return site.is_other_form(url) or not site.is_same_page(url, record.canonical.url)


def _is_first_answer(db: sqlite3.Connection, row: sqlite3.Row, record: Record, site: Site) -> bool:
    """Whether the article's own page is here for the first time, and only other forms of it were read until now."""
    key = record.answered.key
    if key not in (row["address_key"], site.main_key(row["url"])) or keys.has_answered(db, row["id"], key):
        return False
    return all(site.is_other_form(url) for url in keys.answered(db, row["id"]))


def _address(row: sqlite3.Row, record: Record) -> dict[str, object]:
    """The address that a retitled or re-dated article has now: the next look need not be redirected."""
    return {"url": record.canonical.url} if record.canonical.key == row["address_key"] else {}


def _keep_current(db: sqlite3.Connection, row: sqlite3.Row, record: Record, site: Site) -> None:
    """Take over what changed around an unchanged article: its tags, its section, a box, the time of a save.

    Lists around the text are left out: they rotate, and would leave a row for every article that was ever in them.
    """
    kept = fields.READING if record.article.published else fields.READING | _PUBLISHED
    new = fields.columns(record, site)
    rows.update(db, row["id"], {name: new[name] for name in new if name not in kept and new[name] != row[name]})
    rows.write(db, row["id"], record, without="read_more")


def _follow(db: sqlite3.Connection, old: sqlite3.Row, finding: copies.Finding) -> None:
    """Find anew who ran whose text, where something changed that tells it."""
    new = db.execute("select * from articles where id = ?", (old["id"],)).fetchone()
    if any(new[name] != old[name] for name in _OF_COPIES):
        copies.follow(db, old["id"], old["text"], finding)


def _has_layout(db: sqlite3.Connection, article_id: int) -> bool:
    """Whether the selectors of a profile's layout read the stored state."""
    found = db.execute("select 1 from provenance where article_id = ? and source = ?", (article_id, _LAYOUT))
    return found.fetchone() is not None


def _read_anew(
    db: sqlite3.Connection, row: sqlite3.Row, record: Record, site: Site, *, forget_links: bool
) -> Encounter:
    """Take over what is read otherwise: a revision with cause ``rules``, never silent, never an event."""
    new = fields.columns(record, site)
    changed = tuple(name for name in fields.NAMED if row[name] != new[name])
    if changed:
        revisions.keep(db, row, revisions.state_of(record, site), "rules")
    rows.update(db, row["id"], new)
    rows.write(db, row["id"], record, forget_links=forget_links)
    return Encounter("re-extracted", changed) if changed else _UNCHANGED
