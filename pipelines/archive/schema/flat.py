"""Views for whoever counts and downloads: an article in one row with the names that belong to it, and each edit."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run


def _names(of: str, order: str) -> str:
    """Return the SQL for the names of an article's authors or tags in one text; NULL where it has none."""
    return (
        f"(select group_concat(name, '; ') from (select n.name from article_{of}s x join {of}s n on n.id = x.{of}_id"
        f" where x.article_id = a.id order by {order}))"
    )


def _links(kind: str) -> str:
    """Return the SQL for how many links of a kind the article has now: what an edit took out was last seen earlier."""
    return (
        f"(select count(*) from links l where l.article_id = a.id and l.kind = '{kind}'"
        " and l.last_seen_at >= coalesce(a.last_changed_at, ''))"
    )


# Each value that stands in another table is a look-up of its own, made only where a query asks for the column; so the
# view costs no more than the table, and conditions and orders use its indexes.
def flat(dated_at: str, date_basis: str, facts: str = "") -> str:
    """Return the SQL of the view; ``dated_at`` and ``date_basis`` are expressions, ``facts`` joins what they need."""
    return f"""
create view articles_flat as
    select a.id, a.site, coalesce(s.title, a.site) as outlet, a.url, a.title, a.standfirst, a.byline,
           {_names("author", "x.position")} as authors,
           {_names("tag", "n.name")} as tags,
           a.section, a.kind, a.language, a.wire, a.paywalled,
           a.published_at, {dated_at} as dated_at, {date_basis} as date_basis, a.modified_at,
           a.first_seen_at, a.last_seen_at, a.last_changed_at, a.status, a.gone_at, a.gone_reason,
           a.image_url, a.image_caption, a.image_credit, a.word_count,
           {_links("related")} as related_links,
           {_links("read_more")} as read_more_links,
           {_links("inline")} as inline_links,
           (select count(*) from revisions r where r.article_id = a.id and r.cause = 'edit') as edits,
           a.duplicate_of, (select c.origin_id from copies c where c.article_id = a.id) as copy_of, a.story_id, a.text
    from articles a {facts} left join sites s on s.name = a.site"""


# An edit is the step from a stored state to the next one, which any fetch may have found: see history.py of the
# reading room. Of states that were seen until the same moment, the one with the lower number was there first.
_EDITS = """
create view edits as
    select revision_id, article_id, site, outlet, title, published_at, noticed_at,
           case when length(published_at) > 10 then
               cast(round(1440 * (julianday(noticed_at) - julianday(published_at))) as integer) end as minutes_after,
           silent, changed, summary, title_before, seen_until, url
    from (
        select r.id as revision_id, r.article_id, a.site, coalesce(s.title, a.site) as outlet, a.title,
               coalesce(r.published_at, a.published_at) as published_at,
               coalesce((select n.seen_from from revisions n where n.article_id = r.article_id
                             and (coalesce(n.seen_until, n.seen_from, ''), n.id)
                                 > (coalesce(r.seen_until, r.seen_from, ''), r.id)
                         order by coalesce(n.seen_until, n.seen_from, ''), n.id limit 1),
                        a.last_changed_at) as noticed_at,
               r.silent, r.changed, r.summary, r.title as title_before, r.seen_until, a.url
        from revisions r join articles a on a.id = r.article_id left join sites s on s.name = a.site
        where r.cause = 'edit')"""


def m017_flat(db: Database) -> None:
    """Two views; nothing is copied."""
    dated_at, basis = "coalesce(a.published_at, a.first_seen_at)", "iif(a.published_at is null, 'seen', 'page')"
    run(db, flat(dated_at, basis))
    run(db, _EDITS)
