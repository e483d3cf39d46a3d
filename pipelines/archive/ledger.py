"""The coverage ledger: every address that a listing named, where it was seen, and how it was settled."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from urllib.parse import urlsplit

from crawler.article import Candidate, Outcome, Source, Validators, Visit, utc_text, utc_time
from pipelines.archive import due, pace
from pipelines.identity import keys
from pipelines.record import Record

_FIRST = {
    Outcome.FAILED: timedelta(minutes=10),  # a network's hiccup, a server's bad moment
    Outcome.BLOCKED: timedelta(days=1),  # robots.txt and paywalls change slowly
}
_MOST = timedelta(days=2)
_LONGEST_WAIT = max(_MOST, timedelta(seconds=pace.LONGEST_HOLD))
_ATTEMPTS = 15
REASON = "forgotten"
"""The reason of candidates that a tombstone keeps from being fetched."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate with the site and the key of its address; ``refusal`` is set where it will not be asked for."""

    candidate: Candidate
    site: str
    address_key: str
    refusal: str | None = None


def note(db: sqlite3.Connection, entries: Iterable[Entry], now: datetime) -> list[Candidate]:
    """Write down what a listing named, and give those that are to be fetched now, in the same order.

    An address that leads to a stored article is an alias and is not fetched.
    """
    to_fetch = []
    for entry in entries:
        _see(db, entry, utc_text(now))
        if entry.refusal is None and _is_due(db, entry, now):
            to_fetch.append(entry.candidate)
    return to_fetch


def has_news(db: sqlite3.Connection, entries: Iterable[Entry], since: datetime | None) -> bool:
    """Whether any of these addresses was unknown until ``since``, the end of the last crawl; without one all were.

    What this crawl, or one that was killed, has seen elsewhere is still news: a feed that names the first page of a
    section says nothing of the pages behind it.
    """
    until = utc_text(since) if since else ""
    return any((seen := _first_seen(db, entry)) is None or seen > until for entry in entries)


def waiting(db: sqlite3.Connection, site: str, now: datetime, most: int) -> list[Candidate]:
    """Candidates of a site that were seen in whatever crawl and are still, or again, to be fetched: newest first."""
    rows = db.execute(
        # No other outcome has a next try; left to itself, SQLite would read all that was ever settled.
        "select * from candidates indexed by candidates_site where site = :site"
        " and outcome in ('waiting', 'failed', 'blocked')"
        f" and (outcome = 'waiting' or {due.condition('next_try_at')}) order by first_seen_at desc limit :most",
        {"site": site, "most": most, **due.bounds(now, _LONGEST_WAIT)},
    )
    return [_candidate(db, row) for row in rows]


def settle(db: sqlite3.Connection, visit: Visit, site: str, address_key: str) -> None:
    """Write down the outcome of a visit that gave no article. What was stored before stays stored.

    No attempt is counted where the host is to be left alone and the address was not asked for.
    """
    now, held_until = visit.fetch.at, _held_until(db, visit)
    _see(db, Entry(visit.candidate, site, address_key), utc_text(now))
    (attempts,) = db.execute("select attempts from candidates where url = ?", (visit.candidate.url,)).fetchone()
    attempts += held_until is None or visit.fetch.status is not None
    again = next_try(visit.outcome, attempts, now, held_until)
    db.execute(
        "update candidates set outcome = ?, reason = ?, attempts = ?, next_try_at = ?"
        " where url = ? and outcome not in ('stored', 'alias')",
        (visit.outcome, visit.reason, attempts, utc_text(again) if again else None, visit.candidate.url),
    )


def settle_article(db: sqlite3.Connection, record: Record, article_id: int, outcome: Outcome) -> None:
    """Write down that a visit led to an article, and that all waiting addresses with one of its keys do."""
    visit, now = record.visit, utc_text(record.visit.fetch.at)
    key = next(address.key for address in record.addresses if address.url == visit.candidate.url)
    _see(db, Entry(visit.candidate, record.article.site, key), now)
    db.execute(
        "update candidates set outcome = case when outcome = 'stored' then 'stored' else ? end, reason = null,"
        " attempts = attempts + 1, next_try_at = null, article_id = ? where url = ?",
        (outcome, article_id, visit.candidate.url),
    )
    for identity_key in record.identity:
        others = db.execute(
            "select url, address_key from candidates where address_key = ? and outcome = 'waiting'", (identity_key,)
        ).fetchall()
        for other in others:
            _alias(db, other["url"], identity_key, article_id, now)
    _name_own_address(db, article_id)


def _name_own_address(db: sqlite3.Connection, article_id: int) -> None:
    """Let the address that an article is kept under be ``stored``, and the others that were listed its aliases.

    So it does not matter which of two fetches ended first, that of the address itself or of one that redirects there.
    Where its own was never listed, the one that it came by stays ``stored``.
    """
    own = db.execute(
        "update candidates set outcome = 'stored' where article_id = :id and outcome in ('stored', 'alias')"
        " and url = (select url from articles where id = :id)",
        {"id": article_id},
    )
    if own.rowcount:
        db.execute(
            "update candidates set outcome = 'alias' where article_id = :id and outcome = 'stored'"
            " and url <> (select url from articles where id = :id)",
            {"id": article_id},
        )


def _first_seen(db: sqlite3.Connection, entry: Entry) -> str | None:
    """When the address was first seen, or else the article that it leads to; None where neither was."""
    url = entry.candidate.url
    row = db.execute("select first_seen_at from candidates where url = ?", (url,)).fetchone()
    if row is None:
        known = keys.by_url(db, url) or keys.target(db, entry.address_key)
        row = db.execute("select first_seen_at from articles where id = ?", (known,)).fetchone()
    return None if row is None else str(row[0])


def _see(db: sqlite3.Connection, entry: Entry, now: str) -> None:
    """Write down that an address was seen. One refused unread may be welcome to another spider, or a newer profile."""
    candidate = entry.candidate
    hinted_at = utc_text(candidate.hinted_at) if candidate.hinted_at else None
    db.execute(
        """
        insert into candidates
            (site, url, address_key, hinted_title, hinted_at, first_seen_at, last_seen_at, outcome, reason)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict(url) do update set
            last_seen_at = max(last_seen_at, excluded.last_seen_at),
            hinted_title = coalesce(hinted_title, excluded.hinted_title),
            hinted_at = coalesce(hinted_at, excluded.hinted_at),
            outcome = case when outcome = 'not_article' and attempts = 0 then excluded.outcome else outcome end,
            reason = case when outcome = 'not_article' and attempts = 0 then excluded.reason else reason end
        """,
        (entry.site, candidate.url, entry.address_key, candidate.hinted_title, hinted_at, now, now,
         Outcome.WAITING if entry.refusal is None else Outcome.NOT_ARTICLE, entry.refusal),
    )  # fmt: skip
    db.execute(
        "insert into listings(candidate, listing_url, source, first_seen_at, last_seen_at) values (?, ?, ?, ?, ?)"
        " on conflict do update set last_seen_at = max(last_seen_at, excluded.last_seen_at)",
        (candidate.url, candidate.listing_url or "", candidate.source, now, now),
    )


def _held_until(db: sqlite3.Connection, visit: Visit) -> datetime | None:
    """Until when the host that was asked last wants to be left alone, in whole seconds; None when it does not."""
    now = visit.fetch.at.timestamp()
    held = pace.of_host(db, urlsplit(visit.fetch.url).hostname or "", now).held_until
    return datetime.fromtimestamp(ceil(held), UTC) if held > now else None


def _is_due(db: sqlite3.Connection, entry: Entry, now: datetime) -> bool:
    url = entry.candidate.url
    row = db.execute("select outcome, next_try_at from candidates where url = ?", (url,)).fetchone()
    if row["outcome"] != Outcome.WAITING:
        again = row["next_try_at"]
        return again is not None and due.is_due(utc_time(again), now, _LONGEST_WAIT)
    if stand(db, [entry.address_key]):
        settle_forgotten(db, url)
        return False
    known = keys.settled(db, url, entry.address_key)
    if known is not None:
        _alias(db, url, entry.address_key, known, utc_text(now))
    return known is None


def _alias(db: sqlite3.Connection, url: str, key: str, article_id: int, now: str) -> None:
    """Settle an address by its key alone. A slug is a guess: a surer key makes the address one of the article's."""
    db.execute(
        "update candidates set outcome = 'alias', reason = null, article_id = ?, next_try_at = null where url = ?",
        (article_id, url),
    )
    if "~" not in key:
        db.execute(
            "insert into article_urls(url, article_id, address_key, kind, first_seen_at) values (?, ?, ?, 'listed', ?)"
            " on conflict(url) do nothing",
            (url, article_id, key, now),
        )


def _candidate(db: sqlite3.Connection, row: sqlite3.Row) -> Candidate:
    seen = db.execute("select listing_url, source from listings where candidate = ? limit 1", (row["url"],)).fetchone()
    return Candidate(
        url=row["url"],
        source=Source(seen["source"]) if seen else Source.LIST,
        listing_url=(seen["listing_url"] or None) if seen else None,
        hinted_title=row["hinted_title"],
        hinted_at=utc_time(row["hinted_at"]) if row["hinted_at"] else None,
    )


# When an address that gave no article is tried again. A pure function of what happened.


def next_try(outcome: Outcome, attempts: int, now: datetime, held_until: datetime | None = None) -> datetime | None:
    """The earliest time of the next try after ``attempts`` of them; None for never.

    The pause doubles each time up to two days; after fifteen attempts, so that an outage of a week loses nothing, the
    address is left alone. Without an attempt yet there is no pause. Where the host named a time, ``held_until``, it is
    not before that.
    """
    first = _FIRST.get(outcome)
    if first is None or attempts >= _ATTEMPTS:
        return None
    pause = min(first * (1 << (attempts - 1)), _MOST) if attempts else timedelta()
    return max(now + pause, held_until or now)


# What a listing answered last time, so that the next request can ask whether anything is new.


def load(db: sqlite3.Connection, url: str) -> Validators | None:
    """What was saved for an address."""
    row = db.execute("select etag, last_modified, body_hash from _validators where url = ?", (url,)).fetchone()
    return Validators(*row) if row else None


def save_validators(db: sqlite3.Connection, url: str, validators: Validators, now: datetime) -> None:
    """Remember an answer, by the address that gave it (``response.url``).

    Only for whoever has stored all that the answer listed: from then on the server may keep it to itself.
    """
    db.execute(
        "insert or replace into _validators(url, etag, last_modified, body_hash, at) values (?, ?, ?, ?, ?)",
        (url, validators.etag, validators.last_modified, validators.body_hash, utc_text(now)),
    )


# Articles that must not be kept: what the ledger and the store ask before they take one.


def put(db: sqlite3.Connection, keys: Iterable[str], reason: str, now: str) -> None:
    """Let no article with one of these keys be kept from now on."""
    db.executemany(
        "insert into forgotten(address_key, forgotten_at, reason) values (?, ?, ?) on conflict do nothing",
        [(key, now, reason) for key in keys],
    )


def stand(db: sqlite3.Connection, keys: Iterable[str]) -> bool:
    """Whether one of these keys is that of an article which must not be kept."""
    return any(db.execute("select 1 from forgotten where address_key = ?", (key,)).fetchone() for key in keys)


def of_one(db: sqlite3.Connection, key: str) -> list[str]:
    """The keys of the forgotten article that has this one: those that were put at the same time for the same reason."""
    rows = db.execute(
        "select f.address_key from forgotten f join forgotten one on one.address_key = ?"
        " and (f.forgotten_at, f.reason) is (one.forgotten_at, one.reason)",
        (key,),
    )
    return [found for (found,) in rows]


def settle_forgotten(db: sqlite3.Connection, url: str) -> None:
    """Settle an address in the ledger for good, without what a listing said of it."""
    db.execute(
        "update candidates set outcome = 'blocked', reason = ?, next_try_at = null, article_id = null,"
        " hinted_title = null, hinted_at = null where url = ?",
        (REASON, url),
    )
