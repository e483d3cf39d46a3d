"""What a crawl of the demo left in its archive, as a page of plain text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_KINDS = "select kind, count(*) from articles group by kind order by 2 desc, 1"
_AUTHORS = """
    select authors.name, count(*) from article_authors join authors on authors.id = author_id
    group by authors.id order by 2 desc, 1 limit 5
"""
_RELATED = "select count(target_id), count(*) from links where kind = 'related'"
_OTHERS = """
    select count(*), count(distinct article_id) from article_urls join articles on articles.id = article_id
    where article_urls.url <> articles.url
"""
_CHANGES = """
    select case kind when 'edited' then 'edits' when 'silent_edit' then 'silent edits' when 'gone' then 'withdrawn'
           when 'syndicated' then 'texts of another paper' else kind end, count(*)
    from events where kind <> 'new' group by 1 order by 2 desc, 1
"""
_STORIES = """
    select count(*), coalesce(sum(sites > 1), 0)
    from (select count(distinct site) as sites from articles where story_id is not null group by story_id)
"""
_SKIPPED = """
    select outcome, coalesce(reason, ''), count(*) from candidates where outcome not in ('stored', 'alias')
    group by 1, 2 order by 3 desc, 1, 2
"""
_BAR = 24
"""Characters of the longest bar."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much an archive holds: what a crawl added shows in the difference."""

    articles: int = 0
    revisions: int = 0


def extent(database: Path) -> Extent:
    """The extent of an archive; nothing where there is none yet. Raises sqlite3.Error for a file that is not one."""
    if not database.exists():
        return Extent()
    with closing(_opened(database)) as db:
        (articles,) = db.execute("select count(*) from articles").fetchone()
        (revisions,) = db.execute("select count(*) from revisions").fetchone()
    return Extent(articles, revisions)


def summary(database: Path, before: Extent, seconds: float) -> str:
    """What the archive holds after a crawl of so many seconds that found it as ``before``.

    Raises sqlite3.Error for a file that is not an archive.
    """
    after = extent(database)
    with closing(_opened(database)) as db:
        return "\n".join(_lines(db, _news(before, after), seconds))


def _opened(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)


def _news(before: Extent, after: Extent) -> str:
    new, changed = after.articles - before.articles, after.revisions - before.revisions
    if not new and not changed:
        return f"Nothing was new: all {after.articles} articles were here already, unchanged."
    edited = f", {_counted(changed, 'edit')} noticed" if changed else ""
    return f"{_counted(new, 'new article')}{edited}; the archive holds {after.articles}."


def _lines(db: sqlite3.Connection, news: str, seconds: float) -> Iterator[str]:
    yield from ("", news, "")
    kinds = db.execute(_KINDS).fetchall()
    yield from _table("Articles by kind", kinds)
    authors = db.execute(_AUTHORS).fetchall()
    (known,) = db.execute("select count(*) from authors").fetchone()
    yield from _table(f"Most articles, of {_counted(known, 'author')}", authors)
    yield from _table("What changed", db.execute(_CHANGES).fetchall() or [("nothing", 0)])
    stories, shared = db.execute(_STORIES).fetchone()
    yield f"Stories           {stories}, {shared} of them in both papers"
    resolved, related = db.execute(_RELATED).fetchone()
    others, articles = db.execute(_OTHERS).fetchone()
    yield f"Related links     {resolved} of {related} lead to an article in the archive"
    yield f"Other addresses   {others} led to the same {_counted(articles, 'article')}"
    yield ""
    skipped = [(f"{outcome}: {reason}" if reason else outcome, n) for outcome, reason, n in db.execute(_SKIPPED)]
    yield from _table("Skipped, and why", skipped or [("nothing", 0)], bar=0)
    yield f"It took {seconds:.1f} seconds."


def _table(title: str, rows: Sequence[tuple[str, int]], bar: int = _BAR) -> Iterator[str]:
    most = max((n for _, n in rows), default=1) or 1
    width = max((len(name) for name, _ in rows), default=0)
    yield title
    for name, n in rows:
        yield f"  {name:<{width}}  {n:>4}  {'▇' * round(n / most * bar)}".rstrip()
    yield ""


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
