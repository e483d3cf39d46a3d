"""What is kept of texts and addresses beside the articles, one migration after the other: near-duplicates, stories,
what keys rest on, what must not be kept, and what an edit changed beside the text.
"""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

# A band is one row of a MinHash signature, spread over 48 bits: two articles that share one may have nearly the same
# text, or one a part of the other. It has no foreign key: that would need a second index as large as the table, and
# nothing but the store writes here.
_COPIES = """
create table _bands (band integer not null, article_id integer not null, primary key (band, article_id)) without rowid;

-- A text that several papers ran: each copy with the paper that had it first. Shares are of word shingles, 0 to 1:
-- similarity is the Jaccard index, kept the origin's that the copy has, own the copy's that the origin lacks.
create table copies (
    article_id integer primary key references articles(id),
    origin_id integer not null references articles(id),
    similarity real not null, kept real not null, own real not null,
    found_at text not null
);
create index copies_origin on copies(origin_id);

-- One row per paper that ran the text, the origin with it; nth is the order of publication.
create view syndication as
    with ran(origin_id, article_id, similarity, kept, own) as (
        select origin_id, article_id, similarity, kept, own from copies
        union all select distinct origin_id, origin_id, 1.0, 1.0, 0.0 from copies
    )
    select r.origin_id, row_number() over (partition by r.origin_id order by
               r.article_id <> r.origin_id, coalesce(a.published_at, a.first_seen_at), a.id) as nth,
           r.article_id, a.site, a.title, a.published_at, a.wire, r.similarity, r.kept, r.own, a.word_count, a.url
    from ran r join articles a on a.id = r.article_id;
"""


def m004_copies(db: Database) -> None:
    """Bands to look near-duplicates up by, and who ran whose text."""
    run(db, _COPIES)


# Sentences of each site's latest short articles without what fills them in, as numbers; and those that were met so
# often with other fillings that they are of a form, with the words between the blanks.
_FORMS = """
create table _sentences (
    site text not null, skeleton integer not null, article_id integer not null references articles(id),
    filling integer not null, primary key (site, skeleton, article_id)
) without rowid;
create index _sentences_article on _sentences(article_id);
create table _skeletons (
    site text not null, skeleton integer not null, pattern text not null, first_seen_at text, last_seen_at text,
    primary key (site, skeleton)
) without rowid;
"""


def m019_forms(db: Database) -> None:
    """Which sentences a site fills in again and again."""
    run(db, _FORMS)


# Articles that wait for their crawl's end to be placed in a story, and whether their terms are counted already.
_UNPLACED = """
create table _unplaced (
    article_id integer primary key references articles(id) on delete cascade, is_counted integer not null default 0
);
create index _vectors_at on _vectors(at, digest)
"""


# The blocks beside the text that an edit changed: what the article has now is in dropped, and says nothing of before.
_REVISION_BLOCKS = """
create table revision_blocks (
    revision_id integer not null references revisions(id) on delete cascade,
    place integer not null, kind text not null, before text, after text,
    primary key (revision_id, place)
);
"""


def m026_revision_blocks(db: Database) -> None:
    """What changed beside the text, whole, of each edit from now on; earlier ones have it in their summaries."""
    run(db, _REVISION_BLOCKS)


def m024_unplaced(db: Database) -> None:
    """Which articles wait for their story; those with terms by their times, so that no order of arrival tells."""
    run(db, _UNPLACED)


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


# How a key came to an article: 2 a page answered there with it, 1 a redirect or a listing led from there, 0 the article
# only claims it, as broken publishing systems do for all their pages at once.
_PROOF = """
alter table _address_keys add column proof integer not null default 2;

-- The rules for the addresses of each site by which the archive's keys were made; '' are those for all sites.
create table _address_rules (site text primary key, fingerprint text not null, at text not null) without rowid;
"""


def m007_addresses(db: Database) -> None:
    """Which keys are proven and which only claimed; the fingerprint of each profile's address rules."""
    run(db, _PROOF)


# No title, no text, no address: a key is all that is needed to know the article when it is met again.
_FORGOTTEN = """
create table forgotten (address_key text primary key, forgotten_at text not null, reason text) without rowid;
"""


def m013_forgotten(db: Database) -> None:
    """Tombstones."""
    run(db, _FORGOTTEN)


def m014_lighter(db: Database) -> None:
    """The length of an article's terms is kept, so that comparing it needs no look-up of each."""
    db.execute("alter table _vectors add column norm real")
