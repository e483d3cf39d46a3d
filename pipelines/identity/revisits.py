"""Looking again at stored articles: which are due, when they are next, and what it means that a page was not there.

To be called inside a transaction, but for :func:`due`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from crawler.article import Kind, Outcome, Visit, utc_text, utc_time
from crawler.site import Site
from pipelines.archive import rows
from pipelines.archive.due import bounds, condition
from pipelines.archive.ledger import WALL
from pipelines.identity import keys, merge
from pipelines.identity.changes import lasting

_OF_LATE = timedelta(hours=36)
MIN_VISITS = 2
MIN_APART = timedelta(hours=24)
_MANY = 5
_MOST = 0.5
# (age up to which, pause): read "while younger than six hours, every half an hour".
_STEPS = (
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(days=1), timedelta(hours=2)),
    (timedelta(days=3), timedelta(hours=8)),
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=30), timedelta(days=4)),
    (timedelta(days=120), timedelta(days=15)),
)
_SELDOM = timedelta(days=60)
_TROUBLE = timedelta(hours=2)
_CONFIRM = timedelta(hours=25)
"""The pause before a second look at a page that was not there: over a day, as a confirmation asks."""


@dataclass(frozen=True, slots=True)
class Revisit:
    """A stored article whose page is to be fetched again."""

    article_id: int
    url: str
    kind: str
    is_partial: bool = False
    """Whether pages of it could not be fetched."""

    @property
    def may_be_unchanged(self) -> bool:
        """Whether its page tells if it has changed: the posts of a live blog change without it, and pages that lacked
        come without the first.
        """
        return self.kind != Kind.LIVE and not self.is_partial


@dataclass(frozen=True, slots=True)
class Policy:
    """How much absence makes an article gone."""

    min_visits: int = MIN_VISITS
    min_apart: timedelta = MIN_APART


class Row(Protocol):
    """A row of ``articles``: columns by name."""

    def __getitem__(self, name: str, /) -> Any: ...


def due(db: sqlite3.Connection, site: str, now: datetime, most: int) -> list[Revisit]:
    """Return the articles of a site whose next look is due, the most recently published first."""
    found = db.execute(
        "select id, url, kind, (select partial is not null from article_facts where article_id = id) as is_partial"
        f" from articles where site = :site and {condition('next_check_at')}"
        " order by (select dated_at from article_facts where article_id = articles.id) desc, id limit :most",
        {"site": site, "most": most, **bounds(now, _SELDOM)},
    )
    return [Revisit(row["id"], row["url"], row["kind"], bool(row["is_partial"])) for row in found]


def begins_so(db: sqlite3.Connection, article_id: int, title: str, paragraphs: tuple[str, ...]) -> bool:
    """Return whether a stored article has this title and begins with these paragraphs, and lacks none of its pages.

    Lines that count readers, or minutes, do not count.
    """
    found = db.execute(
        "select text from articles join article_facts on article_id = id"
        " where id = ? and partial is null and title = ?",
        (merge.survivor(db, article_id), title),
    ).fetchone()
    if found is None:
        return False
    shown, stored = lasting("\n\n".join(paragraphs)), lasting(found["text"])
    return stored[: len(shown)] == shown


def seen(db: sqlite3.Connection, row: Row, crawl_id: int | None, now: datetime) -> None:
    """Plan the next look at an article whose page was there, forget absences, and record its return if it was gone.

    ``row`` has the article's ``id``, ``published_at``, ``first_seen_at``, ``last_changed_at`` and ``status``.
    """
    article_id, published = row["id"], row["published_at"]
    again = next_check(
        utc_time(published) if published and "T" in published else None,
        utc_time(row["first_seen_at"]),
        utc_time(row["last_changed_at"]),
        now,
    )
    rows.update(db, article_id, {"next_check_at": utc_text(again)})
    db.execute("delete from _absences where article_id = ?", (article_id,))
    if row["status"] == "gone":
        rows.update(db, article_id, {"status": "live", "gone_at": None, "gone_reason": None})
        rows.event(db, article_id, crawl_id, utc_text(now), "returned", "")


def unchanged(db: sqlite3.Connection, article_id: int, crawl_id: int | None, now: datetime) -> None:
    """Write down that the server says that the page is as it was: what stood in front of it is gone."""
    db.execute(
        "update article_facts set wall = null where article_id = ? and substr(wall, 1, ?) = ?",
        (article_id, len(WALL), WALL),
    )
    for column in ("last_seen_at", "last_checked_at"):
        rows.touch(db, article_id, column, utc_text(now))
    row = db.execute(
        "select id, published_at, first_seen_at, last_changed_at, status from articles where id = ?", (article_id,)
    ).fetchone()
    seen(db, row, crawl_id, now)


def troubled(db: sqlite3.Connection, article_id: int, now: datetime) -> None:
    """Plan the next look after trouble: that the site was down, or blocks us, says nothing of the article."""
    (checked,) = db.execute("select last_checked_at from articles where id = ?", (article_id,)).fetchone()
    rows.update(db, article_id, {"next_check_at": utc_text(next_check_after_trouble(utc_time(checked), now))})


def missing(
    db: sqlite3.Connection,
    article_id: int,
    reason: str,
    crawl_id: int | None,
    now: datetime,
    policy: Policy,
    site: Site,
) -> bool:
    """Write down that a page was not there. Returns whether the article is now, by enough such visits, gone.

    Its last copy stays. An address that the article only claimed, and that never answered, says nothing: it is kept
    under one that did, which is asked next.
    """
    if _had_never_answered(db, article_id, site):
        rows.update(db, article_id, {"next_check_at": utc_text(now)})
        return False
    db.execute(
        "insert into _absences(article_id, first_at, last_at, visits, reason) values (?, ?, ?, 1, ?)"
        " on conflict(article_id) do update set last_at = excluded.last_at, visits = visits + 1,"
        " reason = excluded.reason",
        (article_id, utc_text(now), utc_text(now), reason),
    )
    row = db.execute("select * from _absences where article_id = ?", (article_id,)).fetchone()
    absence = Absence(utc_time(row["first_at"]), utc_time(row["last_at"]), row["visits"])
    rows.update(db, article_id, {"next_check_at": utc_text(next_check_of_missing(now, absence.visits))})
    name, status = db.execute("select site, status from articles where id = ?", (article_id,)).fetchone()
    if status == "gone" or not is_confirmed(absence, policy.min_visits, policy.min_apart):
        return False
    if not is_plausible(*_of_late(db, name, now)):
        return False
    rows.update(db, article_id, {"status": "gone", "gone_at": row["first_at"], "gone_reason": reason})
    rows.event(db, article_id, crawl_id, utc_text(now), "gone", reason)
    return True


def settle(
    db: sqlite3.Connection, visit: Visit, article_id: int, crawl_id: int | None, policy: Policy, site: Site
) -> None:
    """Write down a visit of a stored article that gave no article."""
    now, article_id = visit.fetch.at, merge.survivor(db, article_id)
    if visit.outcome is Outcome.STORED:
        unchanged(db, article_id, crawl_id, now)
    elif visit.outcome is Outcome.GONE:
        missing(db, article_id, visit.reason or "gone", crawl_id, now, policy, site)
    else:
        if visit.outcome is Outcome.BLOCKED and (visit.reason or "").startswith(WALL):
            rows.stands_before(db, article_id, visit.reason)
        troubled(db, article_id, now)


def _had_never_answered(db: sqlite3.Connection, article_id: int, site: Site) -> bool:
    """Return whether the address that the article was kept under never gave its page; it moves to one that did."""
    (key,) = db.execute("select address_key from articles where id = ?", (article_id,)).fetchone()
    return not keys.has_answered(db, article_id, key) and keys.fall_back(db, article_id, site)


def _of_late(db: sqlite3.Connection, site: str, now: datetime) -> tuple[int, int]:
    """Return how many of the site's articles were missing, and how many found, in the time of a confirmation."""
    since = utc_text(now - _OF_LATE)
    (lost,) = db.execute(
        "select count(*) from _absences b join articles a on a.id = b.article_id where a.site = ? and b.last_at >= ?",
        (site, since),
    ).fetchone()
    (found,) = db.execute(
        "select count(*) from articles where site = ? and last_checked_at >= ? and id not in"
        " (select article_id from _absences)",
        (site, since),
    ).fetchone()
    return int(lost), int(found)


# When a page that is not there means that its article is gone. Pure.
#
# One missing answer is an accident. Two, a day apart, with none of the page between, are not. A server that has lost
# everything at once, or a site that is down, blocks us or has a new layout, proves nothing about an article.


@dataclass(frozen=True, slots=True)
class Absence:
    """How often, and from when to when, a page was not there in one row."""

    first_at: datetime
    last_at: datetime
    visits: int


def is_confirmed(absence: Absence, min_visits: int = MIN_VISITS, min_apart: timedelta = MIN_APART) -> bool:
    """Return whether the visits are many enough and far enough apart."""
    return absence.visits >= min_visits and absence.last_at - absence.first_at >= min_apart


def is_plausible(missing: int, found: int) -> bool:
    """Return whether so many missing pages, beside so many found of late, are lost articles and not a broken site."""
    return missing < _MANY or missing <= _MOST * (missing + found)


# When a stored article is looked at again. A pure function of what is known of it.
#
# Most corrections come in the first hours, nearly all within a week; after that an article changes when something
# happens to it, and the next look matters less each time. A change brings the looks nearer again, for where one
# correction was made another often follows.


def next_check(published: datetime | None, first_seen: datetime, last_changed: datetime, now: datetime) -> datetime:
    """Return the earliest time of the next look at an article that was seen just now.

    Its age counts from what happened to it last: publication, being found, or a change. An article found long after it
    was published is old, however new it is to the archive.
    """
    born = min(first_seen, published) if published else first_seen
    age = now - max(born, last_changed if last_changed > first_seen else born)
    return now + next((pause for limit, pause in _STEPS if age < limit), _SELDOM)


def next_check_of_missing(now: datetime, visits: int) -> datetime:
    """Return the next look at an article whose page was not there: after a day, then ever more rarely."""
    return now + min(_CONFIRM * (1 << min(visits - 1, 6)), _SELDOM)


def next_check_after_trouble(last_checked: datetime, now: datetime) -> datetime:
    """Return the next look at an article that could not be looked at: a quarter of the time since it could last be.

    An outage is soon over; a site that shuts us out for good is not asked for all its articles every two hours.
    """
    return now + min(max((now - last_checked) / 4, _TROUBLE), _SELDOM)


def latest_check(
    published: datetime | None,
    first_seen: datetime,
    last_changed: datetime,
    last_checked: datetime,
    absence: Absence | None,
    now: datetime,
) -> datetime:
    """Return the latest time for which a clock that was right can have planned the next look."""
    plans = [
        next_check(published, first_seen, last_changed, last_checked),
        next_check_after_trouble(last_checked, now),
    ]
    if absence is not None:
        plans.append(next_check_of_missing(absence.last_at, absence.visits))
    return max(plans)
