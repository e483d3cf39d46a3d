"""Articles with nearly the same text: reposts within a site, syndication across sites."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

# A band is one row of a MinHash signature, spread over 48 bits: two articles that share one may have nearly the same
# text, or one a part of the other.
# No foreign key: it would need a second index as large as the table, and nothing but the store writes here.
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
