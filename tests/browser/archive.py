"""The archive that the browser reads: the small one of the reading room's tests, and more of all that pages show."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from tests.reading_room.archive_rows import add_articles, make_archive

TIED = 130
"""Articles with one and the same time, more than two pages of results."""
HOSTILE = "<script>alert(7)</script><svg onload=alert(8)>\u202e\u0007 tied \u0000 <img src=x onerror=alert(9)>"
"""Markup, a right-to-left override, a bell and a NUL."""
JAPANESE = "港の渡し船が再開"


def browsers_archive(path: Path) -> Path:
    """Write the archive to a new file and give its path back."""
    make_archive(path)
    path.with_name("watches.toml").write_text('# Mine.\n[targets]\ndesk = "json://127.0.0.1:9/"\n', "utf-8")
    add_articles(path, TIED, "2024-12-05T00:00:00Z")
    with closing(Database(path)) as db:
        _more_articles(db)
        _story_and_copies(db)
        _watch(db)
        _revisions(db)
        db.execute("analyze")
        db.conn.commit()
    return path


def _more_articles(db: Database) -> None:
    for title, language in ((HOSTILE, None), (JAPANESE, "ja"), ("عبّارة الميناء تعود", "ar")):
        n = 1 + next(db.query("select max(id) as id from articles"))["id"]
        db.table("articles").insert(
            {
                "id": n,
                "site": "harbour",
                "url": f"https://harbour.example/a{n}",
                "address_key": f"harbour:{n}",
                "kind": "news",
                "title": title,
                "standfirst": title,
                "language": language,
                "month": "2024-12",
                "published_at": "2024-12-04T00:00:00Z",
                "first_seen_at": "2024-12-09T12:00:00Z",
                "text": title * 3,
            }
        )


def _story_and_copies(db: Database) -> None:
    times = ("2024-12-08T06:30:00Z", "2024-12-09T11:02:00Z")
    story = {"id": 100, "title": "Storm on the coast", "started_at": times[0], "updated_at": times[1], "articles": 3}
    db.table("stories").insert(story, ignore=True)
    for article, through in ((3, None), (1, 3), (8, 3)):
        db.execute("update articles set story_id = 100 where id = ?", [article])
        joined = {"article_id": article, "story_id": 100, "with_id": through, "joined_at": times[1]}
        reason = "the first" if through is None else "same names and words: ferry, storm"
        db.table("story_articles").insert({**joined, "reason": reason, "score": 0.5}, ignore=True)
    db.table("copies").insert(
        {
            "article_id": 9,
            "origin_id": 8,
            "similarity": 0.7,
            "kept": 0.8,
            "own": 0.1,
            "found_at": "2024-12-09T12:00:00Z",
        },
        ignore=True,
    )


def _watch(db: Database) -> None:
    db.table("watches").insert({"id": 50, "name": "ferries", "query": "ferry"})
    at = "2024-12-09T12:00:00Z"
    db.table("alerts").insert(
        {"id": 50, "watch_id": 50, "article_id": 1, "event_id": 1, "created_at": at, "message": "new"}
    )


def _revisions(db: Database) -> None:
    db.table("revisions").insert(
        {
            "id": 50,
            "article_id": 3,
            "cause": "edit",
            "silent": 1,
            "changed": "title text",
            "title": "Ferry stops",
            "seen_from": "2024-12-08T07:00:00Z",
            "seen_until": "2024-12-08T09:00:00Z",
            "summary": "title; words",
            "text": "The ferry stopped at noon.\n\nThe second paragraph of article 3: <u>under</u>.",
        }
    )
