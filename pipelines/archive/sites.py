"""The rows of sites. To be called inside a transaction."""

from __future__ import annotations

import sqlite3

from crawler.site import Site


def keep(db: sqlite3.Connection, site: Site) -> None:
    """Write down what is known of a site; a profile says more than a bare host."""
    db.execute(
        "insert into sites(name, title, home, timezone, language, profile) values (?, ?, ?, ?, ?, ?)"
        " on conflict(name) do update set title = excluded.title, home = excluded.home, timezone = excluded.timezone,"
        " language = excluded.language, profile = excluded.profile where profile < excluded.profile"
        " or title <> excluded.title or home <> excluded.home or timezone <> excluded.timezone",
        (site.name, site.title, site.home, site.timezone, site.language, int(bool(site.articles or site.feeds))),
    )


def forget_empty(db: sqlite3.Connection, name: str) -> None:
    """Remove a site that no article is of any more, with its authors and what was learned of it."""
    if db.execute("select 1 from articles where site = ? limit 1", (name,)).fetchone() is not None:
        return
    db.execute(
        "delete from authors where site = ? and id not in (select author_id from article_authors)",
        (name,),
    )
    for table in ("_paragraphs", "_boilerplate"):
        db.execute(f"delete from {table} where site = ?", (name,))
    db.execute("delete from sites where name = ? and name not in (select site from authors)", (name,))
