"""Articles that stored ones point to and that were never fetched, the most wanted first."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from crawler.article import Candidate, Source

_MOST = 100_000
"""Addresses to look at; which of them are articles, and of which site, only their profiles tell."""
_BY = "(select url from articles where id = (select min(article_id) from links where address_key = {}.address_key))"


def named(db: sqlite3.Connection) -> list[tuple[Candidate, int]]:
    """What boxes and lists name, each with the number of articles that do."""
    rows = db.execute(
        f"select w.href, w.anchor_text, w.wanted_by, {_BY.format('w')} from wanted_articles w"
        " order by w.wanted_by desc, w.last_seen_at desc, w.address_key limit ?",
        (_MOST,),
    )
    return [_wanted(*row) for row in rows]


def linked(db: sqlite3.Connection, hosts: Collection[str]) -> list[tuple[Candidate, int]]:
    """What texts link to at these hosts (without ``www.``), each with the number of articles that do."""
    marks = ", ".join("?" * len(hosts))
    rows = db.execute(
        f"select max(href), max(anchor_text), count(distinct article_id) as wanted_by, {_BY.format('l')} from links l"
        f" where kind = 'inline' and target_id is null and host in ({marks}) group by address_key"
        " order by wanted_by desc, max(last_seen_at) desc, address_key limit ?",
        (*hosts, _MOST),
    )
    return [_wanted(*row) for row in rows]


def _wanted(href: str, words: str | None, wanted_by: int, named_by: str) -> tuple[Candidate, int]:
    return Candidate(href, Source.LINK, named_by, words or None), wanted_by
