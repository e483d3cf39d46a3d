"""Stories: articles that cover the same event, over days and sites."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

# The rarest terms of each article by the period of its publication: a look-up, never a scan. Neighbours in time lie
# side by side, so that what is written in a day touches few pages. How common a term is, is known of all of them.
_STORIES = """
create table _terms (
    period integer not null, term integer not null, article_id integer not null, primary key (period, term, article_id)
) without rowid;
create table _term_counts (term integer primary key, articles integer not null);
create table _vectors (
    article_id integer primary key references articles(id),
    at integer not null, digest integer not null, terms blob not null
);

-- Why each article belongs to its story: with_id is the article it was joined through, NULL for the first one.
create table story_articles (
    article_id integer primary key references articles(id),
    story_id integer not null references stories(id),
    with_id integer references articles(id),
    reason text not null, score real, joined_at text not null
);
create index story_articles_story on story_articles(story_id);
create index story_articles_with on story_articles(with_id);

-- A story that turned out to be part of another (merged), or from which another was parted (split), or of which one
-- article at most was left (ended). Stories that are no more have no row in stories; no number is used again.
create table story_changes (
    id integer primary key, at text not null, kind text not null,
    story_id integer not null, other_id integer, reason text
);
create index story_changes_story on story_changes(story_id);
create index story_changes_other on story_changes(other_id);
create index stories_updated on stories(updated_at desc);
"""


def m005_stories(db: Database) -> None:
    """What places an article in a story, and why it is there."""
    run(db, _STORIES)


def m014_lighter(db: Database) -> None:
    """The length of an article's terms is kept, so that comparing it needs no look-up of each."""
    db.execute("alter table _vectors add column norm real")
