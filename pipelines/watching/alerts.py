"""Alerts: which events somebody watches for, which of them wait for which target, and what became of each attempt.

Each event is matched once, in the transaction that wrote it, into the outbox: the tables ``alerts`` and ``deliveries``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from crawler.article import utc_text, utc_time
from pipelines.archive.due import GRACE, bounds, condition
from pipelines.archive.searching import excerpt, expressions, hits, read
from pipelines.watching.watches import EVENTS, Watch, pause

NEWS = timedelta(days=3)
"""An article found later than that after its publication is new to the archive, but no news: backfills are silent."""
_OF_ARTICLE = (
    "a.site, a.section, a.kind as article_kind, f.dated_at, f.date_basis, a.title,"
    " (select c.mode from crawls c where c.id = e.crawl_id) as mode"
)
_CONDITIONS = ("sites", "sections", "authors", "kinds", "events", "targets")
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
GIVEN_UP = timedelta(days=7)
"""How long an alert is tried: later it is no news, and the error stands beside it."""
_FEWEST_TRIES = 12
"""Before it is given up: a clock that jumps a week ahead must not end what was tried once. A week holds 35 tries."""
_AT_ONCE = 50  # alerts in a message


class Columns(Protocol):
    """Values by the names of columns: a row of the archive, or what would be one."""

    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Item:
    """An alert that waits, or would have been sent: ``alert_id`` is None then.

    ``paper`` is what its site is called. ``url`` and ``excerpt``, which has the words that the watch looks for, are of
    its article, and empty for a finding.
    """

    alert_id: int | None
    created_at: str
    message: str
    paper: str
    url: str
    article_id: int | None
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes to one target in one message, oldest first; ``more`` wait behind it."""

    watch: str
    target: str
    items: tuple[Item, ...]
    more: int = 0


def follow(db: sqlite3.Connection, watches: Sequence[Watch], *, complete: bool) -> None:
    """From now on, watch for these: the table mirrors the file. What happened before a first watch raises no alert.

    Where the file is not ``complete``, because something in it is wrong, the watches that it lacks go on as they were.
    """
    if not _enabled(db):
        db.execute("delete from _matched")
        db.execute("insert into _matched select coalesce(max(id), 0) from events")
    if complete:
        db.execute("update watches set enabled = 0 where enabled")
    for watch in watches:
        columns = _columns(watch) | {"digest": watch.digest, "enabled": 1}
        db.execute("insert into watches(name) values (?) on conflict(name) do nothing", (watch.name,))
        db.execute(
            f"update watches set {', '.join(f'{name} = ?' for name in columns)} where name = ?",
            (*columns.values(), watch.name),
        )


def are_followed(db: sqlite3.Connection, watches: Sequence[Watch], *, complete: bool) -> bool:
    """Return whether the table mirrors the file already: then there is nothing to write."""
    rows = {row["name"]: row for row in _enabled(db)}
    if complete and len(rows) != len(watches):
        return False
    wanted = {watch.name: _columns(watch) | {"digest": watch.digest} for watch in watches}
    return all(
        name in rows and all(rows[name][column] == value for column, value in columns.items())
        for name, columns in wanted.items()
    )


def match(db: sqlite3.Connection) -> int:
    """Put an alert into the outbox for each watch that each new event meets. Return how many. In a transaction."""
    watches = _enabled(db)
    if not watches:
        return 0
    (last,) = db.execute("select event_id from _matched").fetchone() or (0,)
    events = db.execute(
        f"select e.*, {_OF_ARTICLE} from events e join articles a on a.id = e.article_id"
        " join article_facts f on f.article_id = a.id where e.id > ? order by e.id",
        (last,),
    ).fetchall()
    alerts = [(watch, event) for event in events for watch in watches if meets(db, watch, event)]
    for watch, event in alerts:
        put(db, watch, event["at"], _line(event), article_id=event["article_id"], event_id=event["id"])
    db.execute("update _matched set event_id = (select coalesce(max(id), 0) from events)")
    return len(alerts)


def announce(db: sqlite3.Connection, site: str, finding_id: int, message: str, now: str) -> None:
    """Put the beginning or the end of a finding into the outbox of each watch over the health of its site."""
    for watch in _enabled(db):
        if "health" in json.loads(watch["events"]) and site in (json.loads(watch["sites"]) or [site]):
            put(db, watch, now, message, finding_id=finding_id)


def meets(db: sqlite3.Connection, watch: Columns, event: Columns) -> bool:
    """Return whether a watch asks for an event.

    ``event`` is a row of ``events`` with its article's site, section, ``article_kind``, time and title.
    """
    return _asks_for(db, watch, event, is_news=None if event["kind"] == "new" else True)


def tell_what_was_there(db: sqlite3.Connection, site: str, crawl_id: int, now: str) -> None:
    """Put one message into the outbox of each watch that asks for new articles of a site: how many that it would have
    told of were there when the site was first crawled. None for a watch that has told of the site before.
    """
    first = db.execute(
        "select 1 from crawls c where id = :id and mode = 'crawl' and not exists"
        " (select 1 from crawls where site = :site and mode = 'crawl' and outcome = 'done' and id < c.id)",
        {"id": crawl_id, "site": site},
    ).fetchone()
    watches = _enabled(db) if first else []
    if not watches:
        return
    events = db.execute(
        f"select e.*, {_OF_ARTICLE} from events e join articles a on a.id = e.article_id"
        " join article_facts f on f.article_id = a.id where e.crawl_id = ? and e.kind = 'new' and a.site = ?",
        (crawl_id, site),
    ).fetchall()
    old = [event for event in events if was_there(db, event["article_id"])]
    (paper,) = db.execute("select coalesce(max(title), ?) from sites where name = ?", (site, site)).fetchone()
    for watch in watches:
        found = sum(_asks_for(db, watch, event, is_news=True) for event in old)
        if found and not _has_told_of(db, watch, site):
            articles = "1 article was" if found == 1 else f"{found:,} articles were"
            put(db, watch, now, f"{paper}: {articles} there already; what is new from now on is told")


def _has_told_of(db: sqlite3.Connection, watch: Columns, site: str) -> bool:
    found = db.execute(
        "select 1 from alerts l join articles a on a.id = l.article_id where l.watch_id = ? and a.site = ? limit 1",
        (watch["id"], site),
    )
    return found.fetchone() is not None


def _asks_for(db: sqlite3.Connection, watch: Columns, event: Columns, *, is_news: bool | None) -> bool:
    """Return whether a watch names an event and its article; and whether that is news, where it is not known."""
    kinds = {kind for name in json.loads(watch["events"]) for kind in EVENTS[name]}
    if event["kind"] not in kinds:
        return False
    for name, column in (("sites", "site"), ("sections", "section"), ("kinds", "article_kind")):
        wanted = {one.casefold() for one in json.loads(watch[name])}
        if wanted and (event[column] or "").casefold() not in wanted:
            return False
    if is_news is None and (not _is_news(event) or was_there(db, event["article_id"])):
        return False
    return _is_by(db, json.loads(watch["authors"]), event["article_id"]) and _matches(
        db, watch["query"], event["article_id"]
    )


def put(
    db: sqlite3.Connection,
    watch: Columns,
    now: str,
    message: str,
    *,
    article_id: int | None = None,
    event_id: int | None = None,
    finding_id: int | None = None,
) -> None:
    """Put an alert into the outbox, to be sent to all targets of its watch."""
    alert_id = db.execute(
        "insert into alerts(watch_id, article_id, event_id, finding_id, created_at, message) values (?, ?, ?, ?, ?, ?)"
        " on conflict do nothing returning id",
        (watch["id"], article_id, event_id, finding_id, now, message),
    ).fetchone()
    if alert_id is not None:
        db.executemany(
            "insert into deliveries(alert_id, target, next_try_at) values (?, ?, ?)",
            [(alert_id[0], target, now) for target in dict.fromkeys(json.loads(watch["targets"]))],
        )


def past(db: sqlite3.Connection, watch: Watch, since: datetime) -> list[Item]:
    """Return what a watch would have sent since a time, in order. Nothing is written."""
    columns = _columns(watch)
    events = db.execute(
        f"select e.*, {_OF_ARTICLE}, a.url, coalesce(s.title, a.site) as paper from events e"
        " join articles a on a.id = e.article_id join article_facts f on f.article_id = a.id"
        " left join sites s on s.name = a.site where e.at >= ? order by e.id",
        (utc_text(since),),
    )
    return [
        Item(
            alert_id=None,
            created_at=event["at"],
            message=_line(event),
            paper=event["paper"],
            url=event["url"],
            article_id=event["article_id"],
            excerpt=excerpt(db, watch.query or "", event["article_id"]),
        )
        for event in events
        if meets(db, columns, event)
    ]


def _columns(watch: Watch) -> dict[str, Any]:
    """Return the conditions of a watch as its row has them: lists as JSON."""
    lists = {name: json.dumps(list(getattr(watch, name)), ensure_ascii=False) for name in _CONDITIONS}
    return {"query": watch.query, **lists}


def _enabled(db: sqlite3.Connection) -> list[sqlite3.Row]:
    return db.execute("select * from watches where enabled").fetchall()


def _is_news(event: Columns) -> bool:
    """Return whether an article was found soon after it was published, by its page or the listing that named it.

    Without either it is taken for new, unless a backfill brought it.
    """
    if event["date_basis"] == "seen":
        return event["mode"] in (None, "crawl")
    at = utc_time(event["dated_at"] if "T" in event["dated_at"] else f"{event['dated_at']}T00:00:00Z")
    return utc_time(event["at"]) - at <= NEWS


def was_there(db: sqlite3.Connection, article_id: int) -> bool:
    """Return whether an article was there before its site was watched: every listing that named it was read for the
    first time, or went back.
    """
    (named, old) = db.execute(
        "select count(*), count(*) filter (where was_there) from candidates where article_id = ?", (article_id,)
    ).fetchone()
    return bool(0 < named == old)


def _is_by(db: sqlite3.Connection, names: Sequence[str], article_id: int) -> bool:
    if not names:
        return True
    authors = db.execute(
        "select u.name from article_authors x join authors u on u.id = x.author_id where x.article_id = ?",
        (article_id,),
    )
    return not {name.casefold() for name in names}.isdisjoint(name.casefold() for (name,) in authors)


def _matches(db: sqlite3.Connection, query: str | None, article_id: int) -> bool:
    """Return whether a search for the query would find this article; a look at one row of the index."""
    if not query or not query.strip():
        return True
    found = expressions(db, read(query))
    values = {"id": article_id, "wide": found.wide, "pieces": found.pieces}
    return db.execute(hits("rowid = :id"), values).fetchone() is not None


def _line(event: Columns) -> str:
    """Return an event in a line: ``edited: Headline (title; a number changed 3,650 → 4,812)``."""
    detail = event["detail"] if event["detail"] and event["detail"] != event["title"] else ""
    return f"{event['kind'].replace('_', ' ')}: {event['title']}" + (f" ({detail})" if detail else "")


def is_waiting(db: sqlite3.Connection, now: datetime) -> bool:
    """Return whether anything is to be tried now, or soon with a digest: a look at an index."""
    waiting = db.execute(
        f"select 1 from deliveries where sent_at is null and {condition('next_try_at')} limit 1",
        bounds(now, _LONGEST_PAUSE),
    ).fetchone()
    return waiting is not None


def due(db: sqlite3.Connection, now: datetime) -> list[Batch]:
    """Return the messages to send now. A watch with a digest waits as long after its last message to a target."""
    pairs = db.execute(
        "select distinct l.watch_id, w.name, w.digest, d.target from deliveries d join alerts l on l.id = d.alert_id"
        f" join watches w on w.id = l.watch_id where d.sent_at is null and {condition('d.next_try_at')} order by 2, 4",
        bounds(now, _LONGEST_PAUSE),
    ).fetchall()
    return [
        _batch(db, row["watch_id"], row["name"], row["target"], now)
        for row in pairs
        if _last_sent(db, row["watch_id"], row["target"], now) + pause(row["digest"]) <= now
    ]


def sent(db: sqlite3.Connection, batch: Batch, now: datetime) -> None:
    """Note that the target has the message."""
    db.executemany(
        "update deliveries set sent_at = ?, attempts = attempts + 1, next_try_at = null, error = null"
        " where alert_id = ? and target = ?",
        [(utc_text(now), item.alert_id, batch.target) for item in batch.items],
    )


def failed(db: sqlite3.Connection, batch: Batch, error: str, now: datetime) -> None:
    """Note that the target has not taken it: it is tried again after a growing pause, until it is no news any more."""
    for item in batch.items:
        (attempts,) = db.execute(
            "select attempts from deliveries where alert_id = ? and target = ?", (item.alert_id, batch.target)
        ).fetchone()
        given_up = now - utc_time(item.created_at) > GIVEN_UP and attempts >= _FEWEST_TRIES
        again = now + min(_FIRST_PAUSE * (1 << min(attempts, 16)), _LONGEST_PAUSE)
        db.execute(
            "update deliveries set attempts = attempts + 1, next_try_at = ?, error = ?"
            " where alert_id = ? and target = ?",
            (None if given_up else utc_text(again), error, item.alert_id, batch.target),
        )


def _last_sent(db: sqlite3.Connection, watch_id: int, target: str, now: datetime) -> datetime:
    (at,) = db.execute(
        "select max(d.sent_at) from alerts l join deliveries d on d.alert_id = l.id and d.target = ?"
        " where l.watch_id = ? and l.id >= (select coalesce(max(id), 0) - 10000 from alerts) and d.sent_at <= ?",
        (target, watch_id, utc_text(now + GRACE)),
    ).fetchone()
    return utc_time(at) if at else now - timedelta(days=36_500)


def _batch(db: sqlite3.Connection, watch_id: int, watch: str, target: str, now: datetime) -> Batch:
    rows = db.execute(
        "select l.id, l.created_at, l.message, coalesce(s.title, s.name, a.site, '') as paper,"
        " coalesce(a.url, '') as url, l.article_id"
        " from deliveries d join alerts l on l.id = d.alert_id left join articles a on a.id = l.article_id"
        " left join findings f on f.id = l.finding_id left join sites s on s.name = coalesce(a.site, f.site)"
        f" where d.sent_at is null and {condition('d.next_try_at')} and d.target = :target and l.watch_id = :watch"
        " order by l.id",
        {"target": target, "watch": watch_id, **bounds(now, _LONGEST_PAUSE)},
    ).fetchall()
    (query,) = db.execute("select coalesce(query, '') from watches where id = ?", (watch_id,)).fetchone()
    items = [
        Item(
            alert_id=row["id"],
            created_at=row["created_at"],
            message=row["message"],
            paper=row["paper"],
            url=row["url"],
            article_id=row["article_id"],
            excerpt=excerpt(db, query, row["article_id"]) if row["article_id"] else "",
        )
        for row in rows[:_AT_ONCE]
    ]
    return Batch(watch, target, tuple(items), max(0, len(rows) - _AT_ONCE))
