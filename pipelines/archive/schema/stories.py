"""Stories: articles that cover the same event, over days and sites."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

# The terms of the articles in the sliding window, and in how many of them each stands: a lookup, never a scan.
_STORIES = """
create table _terms (
    term integer not null, article_id integer not null, weight real not null, primary key (term, article_id)
) without rowid;
create table _term_counts (term integer primary key, articles integer not null);

-- Why each article belongs to its story: with_id is the article it was joined through, NULL for the first one.
create table story_articles (
    article_id integer primary key references articles(id),
    story_id integer not null references stories(id),
    with_id integer references articles(id),
    reason text not null, score real, joined_at text not null
);
create index story_articles_story on story_articles(story_id);
create index story_articles_with on story_articles(with_id);

-- A story that turned out to be part of another (merged), or from which another was parted (split).
create table story_changes (
    id integer primary key, at text not null, kind text not null,
    story_id integer not null references stories(id), other_id integer not null references stories(id), reason text
);
create index story_changes_story on story_changes(story_id);
create index story_changes_other on story_changes(other_id);
create index stories_updated on stories(updated_at desc);
"""


def m005_stories(db: Database) -> None:
    """What places an article in a story, and why it is there."""
    run(db, _STORIES)
