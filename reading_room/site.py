"""The pages of a site and of a crawl: figures, what is wrong, what became of addresses, listings."""

from __future__ import annotations

import sqlite3
from typing import Any

from reading_room.rows import by_number, cards, row, rows

_BY_SITE = cards(
    "from article_facts f join articles a on a.id = f.article_id where f.site = ? order by f.dated_at desc limit 15"
)
_SITE_CRAWLS = """
    select id, mode, started_at, finished_at, outcome, reason, requests, articles from crawls
    where site = ? order by id desc limit 8
"""
_LISTINGS = """
    select listing_url, form, state, reason, articles, in_a_row, since, last_asked_at, last_new_at from listings_state
    where site = ? order by state = 'failed' desc, state in ('empty', 'too large') desc, form, listing_url limit 60"""
_AS_USUAL = ("read", "unchanged")
"""States of a listing that is well."""
_SITE_FINDINGS = """
    select level, detail, started_at, ended_at from findings where site = ?
    order by ended_at is not null, started_at desc limit 12"""
_COVERAGE = "select outcome, count(*) as n from candidates where site = ? group by outcome order by n desc"
_SITE_FIGURES = """
    select count(*) as articles, min(dated_at) as first, max(dated_at) as last,
           (select count(*) from articles where site = :site and status = 'gone') as gone,
           (select count(*) from edits where site = :site) as edits,
           (select count(*) from edits where site = :site and silent) as silent
    from article_facts where site = :site"""
_FORMS = """
    select k.pattern, k.last_seen_at, count(*) as articles, max(s.article_id) as article_id
    from _skeletons k join _sentences s on s.site = k.site and s.skeleton = k.skeleton
    where k.site = ? group by k.skeleton order by articles desc, k.last_seen_at desc limit 20"""
"""Sentences that a site fills in again and again, with how many of its latest articles have them, and an example."""
_IDLE = """
    select name, contrary is not null as is_refuted, pairs ->> '$[0][0]' as one, pairs ->> '$[0][1]' as other,
           json_array_length(pairs) as pages, contrary ->> '$[0]' as against, contrary ->> '$[1]' as to_it, at
    from _idle_params where site = ? order by is_refuted, name limit 30"""
"""Parameters that select nothing, or were found to select something, each with two addresses that show it."""
_CRAWL_OUTCOMES = (
    "select outcome, reason, n from crawl_outcomes where crawl_id = ? order by n desc, outcome, reason limit 300"
)
_CRAWL_EVENTS = cards(
    "from events e join articles a on a.id = e.article_id where e.crawl_id = ? order by e.id limit 100",
    "e.kind as event, e.detail, e.at,",
)


def site_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Return the site with all of that, and its latest articles; None for a name that no site has."""
    site = row(db, "select * from sites where name = ?", [key])
    if site is None:
        return None
    coverage, listings = rows(db, _COVERAGE, [key]), rows(db, _LISTINGS, [key])
    return {
        "site": site,
        "figures": row(db, _SITE_FIGURES, {"site": key}),
        "findings": rows(db, _SITE_FINDINGS, [key]),
        "coverage": coverage,
        "addresses": sum(one["n"] for one in coverage),
        "troubled": [one for one in listings if one["state"] not in _AS_USUAL],
        "as_usual": [one for one in listings if one["state"] in _AS_USUAL],
        "articles": rows(db, _BY_SITE, [key]),
        "crawls": rows(db, _SITE_CRAWLS, [key]),
        "forms": rows(db, _FORMS, [key]),
        "idle": rows(db, _IDLE, [key]),
    }


def crawl_page(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Return the crawl, how its addresses ended, and what it noticed."""
    crawl = by_number(
        db, "select c.*, s.title as site_title from crawls c left join sites s on s.name = c.site", "c.id", key
    )
    if crawl is None:
        return None
    outcomes = rows(db, _CRAWL_OUTCOMES, [crawl["id"]])
    return {
        "crawl": crawl,
        "outcomes": outcomes,
        "addresses": sum(outcome["n"] for outcome in outcomes),
        "events": rows(db, _CRAWL_EVENTS, [crawl["id"]]),
    }
