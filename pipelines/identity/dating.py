"""The time of publication that only a listing states: the last source, where the page gives none.

The page always comes first, also one that states its time only later; that is no edit. What a listing says counts where
it is no later than the first fetch: a feed that dates an article anew with each change says when that was. A day
alone stays a day. To be called inside a transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from crawler.article import Candidate, Moment, Provenance, utc_time
from pipelines.archive import rows
from pipelines.archive.fields import month
from pipelines.archive.ledger import Entry
from pipelines.record import LISTING, PAGE, Record

_DAY = len("2024-12-09")


@dataclass(frozen=True, slots=True)
class Hint:
    """When a listing says that an article was published, and how it is written there."""

    at: Moment
    written: str


def dated(db: sqlite3.Connection, record: Record, row: Mapping[str, Any] | None) -> Record:
    """Return the record with a listing's time where the page gives none, and gave none before.

    ``row`` is the article as it is stored, None for a new one.
    """
    if record.article.published is not None:
        return record
    is_read_anew = row is not None and row["capture"] is not None and row["capture"] == record.visit.fetch.capture
    if row is not None and row["published_at"] is not None and row["date_basis"] == PAGE and not is_read_anew:
        return record
    fetched = record.visit.fetch.at
    first_seen = min(utc_time(row["first_seen_at"]), fetched) if row else fetched
    usable = [hint for hint in _hints(db, record, row) if hint.at.is_possible(first_seen)]
    return _with(record, min(usable, key=lambda hint: hint.at.iso)) if usable else record


def date_stored(db: sqlite3.Connection, entries: Iterable[Entry]) -> list[int]:
    """Date the stored articles that a listing dates and their pages do not, such as one that the front page named
    before the feed did; return their numbers.
    """
    urls = [one.candidate.url for one in entries if one.candidate.hinted_at or one.candidate.hinted_day]
    if not urls:
        return []
    found = db.execute(
        "select a.id, a.first_seen_at, s.timezone, c.hinted_at, c.hinted_as from json_each(?) j"
        " cross join candidates c on c.url = j.value cross join articles a on a.id = c.article_id"
        " left join sites s on s.name = a.site where a.published_at is null and c.hinted_at is not null",
        (json.dumps(urls),),
    ).fetchall()
    done: dict[int, None] = {}
    for row in found:
        hint, first_seen = _stored(row), utc_time(row["first_seen_at"])
        if row["id"] in done or not hint.at.is_possible(first_seen):
            continue
        columns: dict[str, object] = {
            "published_at": hint.at.iso,
            "published_precision": hint.at.precision,
            "month": month(hint.at, row["timezone"] or "UTC", first_seen),
        }
        rows.update(db, row["id"], columns)
        told = (row["id"], "published_at", LISTING, hint.written, 1)
        rows.insert(db, "provenance", ("article_id", "field", "source", "value", "chosen"), [told])
        rows.date_by(db, row["id"], LISTING)
        done[row["id"]] = None
    return list(done)


def _hints(db: sqlite3.Connection, record: Record, row: Mapping[str, Any] | None) -> list[Hint]:
    """Return what listings said of the article's own addresses: those it was asked for by, and its earlier ones."""
    urls = {record.visit.candidate.url, record.answered.url, record.canonical.url}
    found = db.execute(
        "select hinted_at, hinted_as from candidates where hinted_at is not null"
        " and (url in (select value from json_each(?)) or article_id = ?)",
        (json.dumps(sorted(urls)), row and row["id"]),
    )
    own = _of_candidate(record.visit.candidate)
    return [*map(_stored, found), *([own] if own else [])]


def _of_candidate(candidate: Candidate) -> Hint | None:
    at = candidate.hinted_at or candidate.hinted_day
    return Hint(Moment(at), candidate.hinted_as or Moment(at).iso) if at else None


def _stored(row: sqlite3.Row) -> Hint:
    written = row["hinted_at"]
    at = date.fromisoformat(written) if len(written) == _DAY else utc_time(written)
    return Hint(Moment(at), row["hinted_as"] or written)


def _with(record: Record, hint: Hint) -> Record:
    told = Provenance("published_at", LISTING, hint.written, True)
    article = replace(record.article, published=hint.at, provenance=(*record.article.provenance, told))
    return replace(record, article=article)
