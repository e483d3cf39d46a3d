"""What became of each listing of a site when it was asked for: the table ``listings_state``.

A feed that is refused for days, is empty, or says "not modified" for ever is not a feed without news; nobody would
notice beside a front page that answers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crawler.article import utc_text

_UNCONDITIONAL = 24
"""Every so many times a listing that is always "not modified" is asked for whole: twice a day."""


class State(StrEnum):
    """How a listing answered."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    EMPTY = "empty"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class Asked:
    """A listing that a crawl asked for, and how it answered; ``articles`` is None where it was not read."""

    url: str
    form: str
    state: State
    reason: str | None = None
    articles: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a listing: its last state and how many times in a row it had that.

    ``articles``: how many it named when it was last read. ``was_read``: whether it ever was, to its end.
    ``has_named``: whether it ever named anything.
    """

    url: str
    state: State
    reason: str | None
    in_a_row: int
    since: str
    articles: int | None = None
    was_read: bool = False
    has_named: bool = False

    @property
    def may_be_unchanged(self) -> bool:
        """Whether it may say again that it has not changed: not for ever, for some servers say nothing else."""
        return self.state is not State.UNCHANGED or (self.in_a_row + 1) % _UNCONDITIONAL != 0


def load(db: sqlite3.Connection, site: str) -> dict[str, Known]:
    """Return what is known of a site's listings, by address."""
    rows = db.execute(
        "select listing_url, state, reason, in_a_row, since, articles, first_read_at is not null as was_read,"
        " last_new_at is not null as has_named from listings_state where site = ? order by listing_url",
        (site,),
    )
    return {
        row["listing_url"]: Known(
            row["listing_url"], State(row["state"]), row["reason"], row["in_a_row"], row["since"], row["articles"],
            bool(row["was_read"]), bool(row["has_named"]),
        )
        for row in rows
    }  # fmt: skip


def known(db: sqlite3.Connection, site: str, urls: Sequence[str]) -> dict[str, Known]:
    """Return what is known of a site's listings, by address.

    Of those among ``urls`` that have no state it is known whether an earlier version, which kept none, has read them.
    """
    found = load(db, site)
    for url in urls:
        named = db.execute("select max(last_seen_at) from listings where listing_url = ?", (url,)).fetchone()[0]
        if url not in found and named is not None:
            found[url] = Known(url, State.READ, None, 1, named, was_read=True, has_named=True)
    return found


def write(db: sqlite3.Connection, site: str, asked: Iterable[Asked], now: datetime) -> None:
    """Write down how the listings answered. To be called inside a transaction, once what they named is stored."""
    at = utc_text(now)
    for one in asked:
        was_read = one.state in (State.READ, State.EMPTY, State.TOO_LARGE)
        (new_at,) = db.execute(
            "select max(first_seen_at) from listings where listing_url = ?", (one.url,)
        ).fetchone() if one.articles else (None,)  # fmt: skip
        db.execute(
            """
            insert into listings_state(listing_url, site, form, state, reason, articles, since, first_asked_at,
                last_asked_at, first_read_at, last_read_at, last_new_at)
            values (:url, :site, :form, :state, :reason, :articles, :at, :at, :at, :read_at, :read_at, :new_at)
            on conflict(listing_url) do update set
                site = excluded.site, form = excluded.form, reason = excluded.reason,
                in_a_row = iif(state = excluded.state, in_a_row + 1, 1),
                since = iif(state = excluded.state, since, excluded.since),
                state = excluded.state,
                articles = coalesce(excluded.articles, articles),
                last_asked_at = excluded.last_asked_at,
                first_read_at = coalesce(first_read_at, excluded.first_read_at),
                last_read_at = coalesce(excluded.last_read_at, last_read_at),
                last_new_at = coalesce(excluded.last_new_at, last_new_at)
            """,
            {"url": one.url, "site": site, "form": one.form, "state": one.state, "reason": one.reason,
             "articles": one.articles, "at": at, "read_at": at if was_read else None,
             "new_at": new_at or (at if one.articles else None)},
        )  # fmt: skip
