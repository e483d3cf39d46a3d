"""The coverage ledger: every address that a listing named, where it was seen, and how it was settled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from math import ceil
from urllib.parse import urlsplit

from crawler.article import GRACE, NAMING, Candidate, Outcome, Source, Validators, Visit, utc_text, utc_time
from pipelines.archive import due, pace
from pipelines.identity import keys
from pipelines.record import Record

_FIRST = {
    Outcome.FAILED: timedelta(minutes=10),  # a network's hiccup, a server's bad moment
    Outcome.BLOCKED: timedelta(days=1),  # robots.txt and paywalls change slowly
}
_WAVE = timedelta(minutes=30)
_MOST = timedelta(days=2)
_LONGEST_WAIT = max(_MOST, timedelta(seconds=pace.LONGEST_HOLD))
_ATTEMPTS = 15
_DAY = len("2024-12-09")
_ENOUGH_DATES = 10
"""Entries of a listing: of fewer, half may well have changed since it was last read."""
_NOT_PENDING = "not exists (select 1 from _pending p where p.url = candidates.url)"
"""What is kept until the crawl's end tells whose page it is need not be fetched for that."""
REASON = "forgotten"
"""The reason of candidates that a tombstone keeps from being fetched."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate with the site and the key of its address; ``refusal`` is set where it will not be asked for."""

    candidate: Candidate
    site: str
    address_key: str
    refusal: str | None = None
    was_there: bool = False
    """Whether its listing is read for the first time, or goes back: what that names is new here, and no news."""


def note(db: sqlite3.Connection, entries: Iterable[Entry], now: datetime) -> list[Candidate]:
    """Write down what a listing named, and give those that are to be fetched now, in the same order.

    An address that leads to a stored article is an alias and is not fetched.
    """
    to_fetch = []
    entries = tuple(entries)
    if _dates_are_of_the_file(db, entries):
        entries = tuple(replace(one, candidate=replace(one.candidate, hinted_modified_at=None)) for one in entries)
    if _is_one_time(entries):
        entries = tuple(replace(one, candidate=replace(one.candidate, hinted_at=None)) for one in entries)
    for entry in entries:
        _see(db, entry, utc_text(now))
        if entry.refusal is None and _is_due(db, entry, now):
            to_fetch.append(entry.candidate)
    return to_fetch


def _dates_are_of_the_file(db: sqlite3.Connection, entries: Sequence[Entry]) -> bool:
    """Return whether a listing dates all of its known articles anew at once: that is when it was made, not they."""
    dated = {
        one.candidate.url: utc_text(one.candidate.hinted_modified_at)
        for one in entries
        if one.candidate.hinted_modified_at
    }
    known = db.execute(
        "select count(*), count(*) filter (where c.hinted_modified_at < d.value) from json_each(?) d"
        " join candidates c on c.url = d.key where c.hinted_modified_at is not null",
        (json.dumps(dated),),
    ).fetchone()
    return bool(known[0] >= _ENOUGH_DATES and known[1] > known[0] / 2)


def _is_one_time(entries: Sequence[Entry]) -> bool:
    """Return whether a listing says of all its articles that they were published in one and the same second: that is
    when it was made.
    """
    times = [one.candidate.hinted_at for one in entries]
    return len(times) >= _ENOUGH_DATES and times[0] is not None and len(set(times)) == 1


def has_news(db: sqlite3.Connection, entries: Iterable[Entry], since: datetime | None) -> bool:
    """Whether any of these addresses was unknown until ``since``, the end of the last crawl; without one all were.

    What this crawl, or one that was killed, has seen elsewhere is still news: a feed that names the first page of a
    section says nothing of the pages behind it.
    """
    until = utc_text(since) if since else ""
    return any((seen := _first_seen(db, entry)) is None or seen > until for entry in entries)


def named_since(db: sqlite3.Connection, listing_urls: Iterable[str], since: datetime) -> list[str]:
    """Return the addresses that these listings have named since then."""
    rows = db.execute(
        "select distinct candidate from listings where listing_url in (select value from json_each(?))"
        " and last_seen_at >= ?",
        (json.dumps(list(listing_urls)), utc_text(since)),
    )
    return [url for (url,) in rows]


def waiting(db: sqlite3.Connection, site: str, now: datetime, most: int) -> list[Candidate]:
    """Candidates of a site that were seen in whatever crawl and are still, or again, to be fetched: newest first.

    Without those whose page has answered, if not as an article: see :func:`doubtful`.
    """
    rows = db.execute(
        # No other outcome has a next try; left to itself, SQLite would read all that was ever settled.
        "select * from candidates indexed by candidates_site where site = :site"
        " and outcome in ('waiting', 'failed', 'blocked')"
        f" and iif(outcome = 'waiting', next_try_at is null, {due.condition('next_try_at')})"
        f" and {_NOT_PENDING} order by first_seen_at desc limit :most",
        {"site": site, "most": most, **due.bounds(now, _LONGEST_WAIT)},
    )
    return [_candidate(db, row) for row in rows]


def doubtful(db: sqlite3.Connection, site: str, now: datetime, most: int) -> list[Candidate]:
    """Candidates of a site whose page gave no article yet and is due to be looked at once more, the longest due first.

    A host of dead addresses in a feed must not cost what is new its turn: whoever asks bounds how many these are.
    """
    rows = db.execute(
        "select * from candidates indexed by candidates_site where site = :site and outcome = 'waiting'"
        f" and next_try_at is not null and {due.condition('next_try_at')} and {_NOT_PENDING}"
        " order by next_try_at limit :most",
        {"site": site, "most": most, **due.bounds(now, _LONGEST_WAIT)},
    )
    return [_candidate(db, row) for row in rows]


def settle(db: sqlite3.Connection, visit: Visit, site: str, address_key: str) -> None:
    """Write down the outcome of a visit that gave no article. What was stored before stays stored.

    What a page says at first is not final: while its listing vouches for it, the address waits for another look. No
    attempt is counted where the host is to be left alone and the address was not asked for.
    """
    now, held_until = visit.fetch.at, _held_until(db, visit)
    _see(db, Entry(visit.candidate, site, address_key), utc_text(now))
    (attempts,) = db.execute("select attempts from candidates where url = ?", (visit.candidate.url,)).fetchone()
    attempts += held_until is None or visit.fetch.status is not None
    outcome = visit.outcome
    again = next_try(outcome, attempts, now, held_until, is_refused=visit.fetch.status in pace.REFUSALS)
    if visit.outcome in DOUBTFUL or (visit.reason or "").startswith(WALL):
        again = next_look(_vouched(db, visit.candidate.url, now), visit.fetch.status, attempts, now)
        outcome = Outcome.WAITING if again else visit.outcome
    db.execute(
        "update candidates set outcome = ?, reason = ?, attempts = ?, next_try_at = ?"
        " where url = ? and outcome not in ('stored', 'alias')",
        (outcome, visit.reason, attempts, utc_text(again) if again else None, visit.candidate.url),
    )


def set_apart(db: sqlite3.Connection, visit: Visit, site: str, address_key: str) -> None:
    """Write down that what an address gave is kept until the crawl's end tells whose page it is."""
    _see(db, Entry(visit.candidate, site, address_key), utc_text(visit.fetch.at))
    db.execute(
        "update candidates set reason = 'pending', next_try_at = null where url = ? and outcome = 'waiting'",
        (visit.candidate.url,),
    )


def settle_forgotten(db: sqlite3.Connection, url: str) -> None:
    """Settle an address in the ledger for good, without what a listing said of it."""
    db.execute(
        "update candidates set outcome = 'blocked', reason = ?, next_try_at = null, article_id = null,"
        " hinted_title = null, hinted_at = null, hinted_as = null where url = ?",
        (REASON, url),
    )


def _vouched(db: sqlite3.Connection, url: str, now: datetime) -> Vouched:
    """Return who says that there is an article at an address."""
    sources = {Source(name) for (name,) in db.execute("select source from listings where candidate = ?", (url,))}
    (modified,) = db.execute("select hinted_modified_at from candidates where url = ?", (url,)).fetchone()
    if sources & _CURRENT:
        return Vouched.NOW
    if Source.SITEMAP in sources:
        is_fresh = modified is not None and timedelta() <= now - utc_time(modified) <= _FRESH
        return Vouched.NOW if is_fresh else Vouched.ONCE
    return Vouched.NOT


def settle_article(db: sqlite3.Connection, record: Record, article_id: int, outcome: Outcome) -> None:
    """Write down that a visit led to an article, and that all addresses with one of its keys do that wait or failed.

    So it does not matter whether these were asked for before the article was known.
    """
    visit, now = record.visit, utc_text(record.visit.fetch.at)
    key = next(address.key for address in record.addresses if address.url == visit.candidate.url)
    _see(db, Entry(visit.candidate, record.article.site, key), now)
    db.execute(
        "update candidates set outcome = case when outcome = 'stored' then 'stored' else ? end, reason = null,"
        " attempts = attempts + 1, next_try_at = null, article_id = ? where url = ?",
        (outcome, article_id, visit.candidate.url),
    )
    for known in (*record.identity, *record.slugs):
        others = db.execute(
            "select url from candidates where address_key = ? and outcome in ('waiting', 'failed')", (known,)
        ).fetchall()
        for (url,) in others:
            if known in record.identity or keys.settled(db, url, known) == article_id:
                _alias(db, url, known, article_id, now)
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
    hinted_at = _hinted(candidate, now)
    modified_at = utc_text(candidate.hinted_modified_at) if candidate.hinted_modified_at else None
    if modified_at is not None and modified_at > now:  # a plan, or a clock that is wrong
        modified_at = None
    if modified_at is not None:
        _take_up_again(db, candidate.url, modified_at, now)
    if hinted_at is not None and len(hinted_at) > _DAY:  # the column has another article, or the same one was redated
        db.execute(
            "update articles set next_check_at = :now where last_checked_at < :at and next_check_at > :now"
            " and id = (select article_id from candidates where url = :url and hinted_at < :at)",
            {"now": now, "at": hinted_at, "url": candidate.url},
        )
    db.execute(
        """
        insert into candidates
            (site, url, address_key, hinted_title, hinted_at, hinted_as, hinted_modified_at, first_seen_at,
             last_seen_at, outcome, reason, was_there)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict(url) do update set
            last_seen_at = max(last_seen_at, excluded.last_seen_at),
            hinted_title = coalesce(hinted_title, excluded.hinted_title),
            hinted_as = iif(length(excluded.hinted_at) > coalesce(length(hinted_at), 0), excluded.hinted_as, hinted_as),
            hinted_at = iif(length(excluded.hinted_at) > coalesce(length(hinted_at), 0), excluded.hinted_at, hinted_at),
            hinted_modified_at = coalesce(max(hinted_modified_at, excluded.hinted_modified_at),
                                          hinted_modified_at, excluded.hinted_modified_at),
            outcome = case when outcome = 'not_article' and attempts = 0 then excluded.outcome else outcome end,
            reason = case when outcome = 'not_article' and attempts = 0 then excluded.reason else reason end
        """,
        (entry.site, candidate.url, entry.address_key, candidate.hinted_title, hinted_at,
         candidate.hinted_as if hinted_at else None, modified_at, now, now,
         Outcome.WAITING if entry.refusal is None else Outcome.NOT_ARTICLE, entry.refusal, int(entry.was_there)),
    )  # fmt: skip
    db.execute(
        "insert into listings(candidate, listing_url, source, first_seen_at, last_seen_at) values (?, ?, ?, ?, ?)"
        " on conflict do update set last_seen_at = max(last_seen_at, excluded.last_seen_at)",
        (candidate.url, candidate.listing_url or "", candidate.source, now, now),
    )


def _hinted(candidate: Candidate, now: str) -> str | None:
    """Return when a listing says that an article was published, as the archive has times: the day where that is all.

    What lies in the future is a plan, or a clock that is wrong; a later reading of the listing may know better. The
    first that a listing says counts, but for a time after a day alone.
    """
    if candidate.hinted_at is None:
        return candidate.hinted_day.isoformat() if candidate.hinted_day else None
    return utc_text(candidate.hinted_at) if candidate.hinted_at <= utc_time(now) + GRACE else None


def _take_up_again(db: sqlite3.Connection, url: str, modified_at: str, now: str) -> None:
    """Let an address whose listing names a newer change be looked at again: one that was settled as no article, and a
    stored article that was last looked at before.
    """
    row = db.execute("select * from candidates where url = ? and hinted_modified_at < ?", (url, modified_at)).fetchone()
    if row is None:
        return
    if row["outcome"] in DOUBTFUL and row["attempts"]:
        db.execute("update candidates set outcome = 'waiting', attempts = 1, next_try_at = ? where url = ?", (now, url))
    elif row["article_id"] is not None:
        db.execute(
            "update articles set next_check_at = ? where id = ? and last_checked_at < ? and next_check_at > ?",
            (now, row["article_id"], modified_at, now),
        )


def _held_until(db: sqlite3.Connection, visit: Visit) -> datetime | None:
    """Until when the host that was asked last wants to be left alone, in whole seconds; None when it does not."""
    now = visit.fetch.at.timestamp()
    held = pace.of_host(db, urlsplit(visit.fetch.url).hostname or "", now).held_until
    return datetime.fromtimestamp(ceil(held), UTC) if held > now else None


def _is_due(db: sqlite3.Connection, entry: Entry, now: datetime) -> bool:
    url = entry.candidate.url
    row = db.execute("select outcome, next_try_at from candidates where url = ?", (url,)).fetchone()
    again = row["next_try_at"]
    if row["outcome"] != Outcome.WAITING:
        return again is not None and due.is_due(utc_time(again), now, _LONGEST_WAIT)
    if again is not None:  # its page has answered: see doubtful()
        return False
    if keys.are_forgotten(db, [entry.address_key]):
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
    seen = db.execute(  # what names articles one by one says more than a page that links to them
        "select listing_url, source from listings where candidate = ?"
        " order by source in (select value from json_each(?)) desc limit 1",
        (row["url"], json.dumps(sorted(NAMING))),
    ).fetchone()
    at = row["hinted_at"] or ""
    return Candidate(
        url=row["url"],
        source=Source(seen["source"]) if seen else Source.LIST,
        listing_url=(seen["listing_url"] or None) if seen else None,
        hinted_title=row["hinted_title"],
        hinted_at=utc_time(at) if "T" in at else None,
        hinted_day=date.fromisoformat(at) if at and "T" not in at else None,
        hinted_as=row["hinted_as"],
    )


# When an address that gave no article is tried again. Pure functions of what happened.


class Vouched(Enum):
    """Who says that there is an article at an address: a listing of what is new; one of the past; nobody."""

    NOW = auto()
    ONCE = auto()
    NOT = auto()


DOUBTFUL = frozenset({Outcome.GONE, Outcome.NOT_ARTICLE})
"""What a page says at first, and may not say an hour later: it is not published yet, has a flash of ten words, or
something stands in front of it."""
WALL = "a page in front of the article"
"""Begins the reason of what was blocked by a page that is the site's and not the article's."""
_LOOKS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=2))
"""A cache forgets in minutes, an embargo ends in hours, a consent wall falls or a site is repaired in days."""
_GONE_FOR_GOOD = 410  # a server says so on purpose; said twice, it is believed
_CURRENT = frozenset({Source.FEED, Source.NEWS_SITEMAP, Source.SECTION})
_FRESH = timedelta(days=2)


def next_look(vouched: Vouched, status: int | None, attempts: int, now: datetime) -> datetime | None:
    """Return when a page that gave no article at ``attempts`` visits is looked at again; None where that is final.

    ``status`` is that of the last answer.
    """
    looks = {Vouched.NOW: _LOOKS, Vouched.ONCE: (timedelta(days=1),), Vouched.NOT: ()}[vouched]
    if status == _GONE_FOR_GOOD:
        looks = looks[:1]
    return now + looks[max(attempts, 1) - 1] if attempts <= len(looks) else None


def next_try(
    outcome: Outcome,
    attempts: int,
    now: datetime,
    held_until: datetime | None = None,
    *,
    is_refused: bool = False,
) -> datetime | None:
    """The earliest time of the next try after ``attempts`` of them; None for never.

    The pause doubles each time up to two days; after fifteen attempts, so that an outage of a week loses nothing, the
    address is left alone. Without an attempt yet there is no pause. Where the host named a time, ``held_until``, it is
    not before that. What a host refuses by a status it may give within the hour: the wave, not the page, was meant.
    """
    first = _WAVE if outcome is Outcome.BLOCKED and is_refused else _FIRST.get(outcome)
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
