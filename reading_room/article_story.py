"""A story: its articles in time, by site, with the reason why each is in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from markupsafe import Markup

from reading_room.article_times import shorter
from reading_room.body import clean
from reading_room.lists import is_number
from reading_room.plots import Dot, timeline
from reading_room.rows import Row, row, rows

_MOST, _MOST_ROWS = 500, 12
_ARTICLES = """
    select a.id, a.site, s.title as site_title, s.timezone, a.title, a.standfirst, a.kind, a.section, a.wire, a.status,
           a.language, a.duplicate_of, a.published_at, a.last_changed_at,
           coalesce(a.published_at, a.first_seen_at) as at, a.first_seen_at, j.reason, j.score,
           j.with_id, w.title as with_title, c.origin_id
    from articles a left join sites s on s.name = a.site left join story_articles j on j.article_id = a.id
         left join articles w on w.id = j.with_id left join copies c on c.article_id = a.id
    where a.story_id = ? order by at, a.id limit 500
"""
_CHANGES = """
    select c.at, c.kind, c.reason, c.story_id, c.other_id, o.title as other_title, s.title as story_title
    from story_changes c left join stories o on o.id = c.other_id left join stories s on s.id = c.story_id
    where c.story_id = :id or c.other_id = :id order by c.at limit 50
"""


def story_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """The story, its articles by day, and a drawing of them by site."""
    if not is_number(key):
        return None
    story = row(db, "select * from stories where id = ?", [int(key)])
    if story is None:
        return None
    articles = rows(db, _ARTICLES, [int(key)])
    sites = list(dict.fromkeys(one["site_title"] or one["site"] for one in articles))
    return {
        "story": story,
        "days": [(day, list(of_day)) for day, of_day in groupby(articles, lambda one: (one["at"] or "")[:10])],
        "sites": sites,
        "articles": len(articles),
        "more": len(articles) == _MOST,
        "drawing": drawing(articles, sites),
        "changes": rows(db, _CHANGES, {"id": int(key)}),
    }


def drawing(articles: Sequence[Row], sites: Sequence[str]) -> Markup | None:
    """A row of dots for each site, from the first article to the last; None where there is no time between them."""
    moments = [_seconds(one["at"]) for one in articles]
    known = [moment for moment in moments if moment is not None]
    if not known or max(known) == min(known) or len(sites) > _MOST_ROWS:
        return None
    first, last = min(known), max(known)
    dots = [
        Dot(
            row=sites.index(one["site_title"] or one["site"]),
            at=(moment - first) / (last - first),
            title=f"{clean(one['title'])}, {shorter(one['at'])}",
            href=f"/news/articles/{one['id']}",
        )
        for one, moment in zip(articles, moments, strict=True)
        if moment is not None
    ]
    ends = [datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M") for moment in (first, last)]
    return timeline("The story's articles by site and time", sites, dots, (ends[0], ends[1]))


def _seconds(time: str | None) -> float | None:
    try:
        at = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
