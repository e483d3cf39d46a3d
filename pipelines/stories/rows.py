"""Which articles are in a story, why, and what became of it? The rows. To be called inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_AMONG = "(select value from json_each(?))"
Joining = tuple[int | None, str, float | None]
"""Why an article is in its story, as a row has it: through which other one, in words, and how alike the two are."""
_FIRST: Joining = (None, "the first one here", None)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article joins a story: through article ``with_id``; ``words`` say why."""

    with_id: int
    words: str
    score: float

    @property
    def joining(self) -> Joining:
        """Return it as a row has it."""
        return self.with_id, self.words, round(self.score, 3)


def stories_of(db: sqlite3.Connection, ids: Collection[int]) -> dict[int, int]:
    """Return the stories of those of these articles that have one."""
    rows = db.execute(
        f"select article_id, story_id from story_articles where article_id in {_AMONG}", (str(list(ids)),)
    )
    return dict(tuple(row) for row in rows)


def lasting(db: sqlite3.Connection, ids: Collection[int], hours: int) -> set[int]:
    """Return those of these stories between whose first and last article there is more time."""
    rows = db.execute(
        f"select id from stories where id in {_AMONG} and julianday(updated_at) - julianday(started_at) > ? / 24.0",
        (str(list(ids)), hours),
    )
    return {story_id for (story_id,) in rows}


def joined_through(db: sqlite3.Connection, story_id: int) -> dict[int, int | None]:
    """Return the articles of a story, each with the one through which it was joined."""
    rows = db.execute("select article_id, with_id from story_articles where story_id = ?", (story_id,))
    return dict(tuple(row) for row in rows)


def begin(db: sqlite3.Connection, first_id: int, now: str) -> int:
    """Begin a story of one article, to which others are about to be added. Return its number, never used before."""
    story_id = _new(db)
    _add(db, story_id, first_id, _FIRST, now)
    return story_id


def add(db: sqlite3.Connection, story_id: int, article_id: int, reason: Reason, now: str) -> None:
    """Put an article that has no story into one."""
    _add(db, story_id, article_id, reason.joining, now)


def merge(db: sqlite3.Connection, one: int, other: int, at_id: int, reason: Reason, now: str) -> int:
    """Make two stories one: article ``at_id`` of the other is tied to ``reason.with_id`` of the one.

    Return the number that survives, the older one.
    """
    _turn_round(db, at_id, reason)
    into, gone = sorted((one, other))
    _move(db, joined_through(db, gone), into)
    change(db, "merged", into, gone, reason.words, now)
    refresh(db, gone, now)
    refresh(db, into, now)
    return into


def split_off(db: sqlite3.Connection, story_id: int, leaving: Collection[int], reason: str, now: str) -> None:
    """Take articles out of a story, into one of their own if they are several."""
    first = min(leaving)
    db.execute(
        f"update story_articles set with_id = null, reason = ?, score = null where article_id in {_AMONG}"
        " and (with_id is null or with_id not in (select value from json_each(?)))",
        (_FIRST[1], str(list(leaving)), str(list(leaving))),
    )
    if len(leaving) > 1:
        other = _new(db)
        _move(db, leaving, other)
        change(db, "split", story_id, other, reason, now)
        refresh(db, other, now)
    else:
        release(db, [first])


def release(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Leave these articles without a story."""
    for article_id in ids:
        db.execute("delete from story_articles where article_id = ?", (article_id,))
        db.execute("update articles set story_id = null where id = ?", (article_id,))


def rejoin(db: sqlite3.Connection, article_id: int, reason: Reason | None) -> None:
    """Write down anew why an article is in its story; None makes it the first one."""
    joining = reason.joining if reason else _FIRST
    db.execute(
        "update story_articles set with_id = ?, reason = ?, score = ? where article_id = ?", (*joining, article_id)
    )


def replace(db: sqlite3.Connection, old_id: int, new_id: int) -> None:
    """Let an article stand in the place of another."""
    db.execute(
        "update articles set story_id = (select story_id from articles where id = ?) where id = ?", (old_id, new_id)
    )
    db.execute("update articles set story_id = null where id = ?", (old_id,))
    db.execute("update story_articles set article_id = ? where article_id = ?", (new_id, old_id))
    db.execute("update story_articles set with_id = ? where with_id = ?", (new_id, old_id))


def refresh(db: sqlite3.Connection, story_id: int, now: str) -> None:
    """Bring a story's title, times and count up to date; end one that has not two articles any more."""
    members = list(joined_through(db, story_id))
    if len(members) < 2:
        release(db, members)
        gone = db.execute("delete from stories where id = ?", (story_id,)).rowcount
        if gone and not _is_merged(db, story_id):
            change(db, "ended", story_id, None, "fewer than two articles are left", now)
        return
    db.execute(
        """
        with members as (
            select title, url, dated_at as at from articles join article_facts on article_id = id
            where story_id = :id
        )
        update stories set articles = (select count(*) from members),
            title = (select title from members order by at, url limit 1),
            started_at = (select min(at) from members), updated_at = (select max(at) from members)
        where id = :id
        """,
        {"id": story_id},
    )


def change(db: sqlite3.Connection, kind: str, story_id: int, other_id: int | None, reason: str, now: str) -> None:
    """Record what became of a story."""
    db.execute(
        "insert into story_changes(at, kind, story_id, other_id, reason) values (?, ?, ?, ?, ?)",
        (now, kind, story_id, other_id, reason),
    )


def _is_merged(db: sqlite3.Connection, story_id: int) -> bool:
    merged = db.execute("select 1 from story_changes where other_id = ? and kind = 'merged'", (story_id,))
    return merged.fetchone() is not None


def _new(db: sqlite3.Connection) -> int:
    (story_id,) = db.execute(
        "select 1 + max(coalesce((select max(id) from stories), 0), coalesce((select max(story_id) from story_changes),"
        " 0), coalesce((select max(other_id) from story_changes), 0))"
    ).fetchone()
    db.execute("insert into stories(id, articles) values (?, 0)", (story_id,))
    return int(story_id)


def _add(db: sqlite3.Connection, story_id: int, article_id: int, joining: Joining, now: str) -> None:
    db.execute(
        "insert into story_articles(article_id, story_id, with_id, reason, score, joined_at) values (?, ?, ?, ?, ?, ?)",
        (article_id, story_id, *joining, now),
    )
    db.execute("update articles set story_id = ? where id = ?", (story_id, article_id))
    db.execute(
        """
        update stories set articles = articles + 1,
            title = iif(started_at is null or new.at < started_at, new.title, stories.title),
            started_at = min(coalesce(started_at, new.at), new.at),
            updated_at = max(coalesce(updated_at, new.at), new.at)
        from (select title, dated_at as at from articles join article_facts on article_id = id where id = ?) as new
        where stories.id = ?
        """,
        (article_id, story_id),
    )


def _move(db: sqlite3.Connection, ids: Collection[int], story_id: int) -> None:
    for table, key in (("story_articles", "article_id"), ("articles", "id")):
        db.execute(f"update {table} set story_id = ? where {key} in {_AMONG}", (story_id, str(list(ids))))


def _turn_round(db: sqlite3.Connection, article_id: int, reason: Reason) -> None:
    """Tie a whole story to another through this article: what was joined towards its first one is turned round."""
    joining = reason.joining
    at: int | None = article_id
    while at is not None:
        before = db.execute("select with_id, reason, score from story_articles where article_id = ?", (at,)).fetchone()
        db.execute("update story_articles set with_id = ?, reason = ?, score = ? where article_id = ?", (*joining, at))
        joining, at = (at, before["reason"], before["score"]), before["with_id"]
