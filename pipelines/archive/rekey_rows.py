"""New keys for rows that have an address. To be called inside a transaction."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.site import Site, Sites
from pipelines.archive import keys

_ENDS = "#/:?~"
"""What may follow the host or the site's name in a key."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows to look at: those whose key begins with one of these names; None is all rows."""

    names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, site: Site) -> Scope:
        """What may be this site's, whether its profile is new or altered."""
        return cls((site.name, *sorted(site.bare_keys)))

    def select(self, db: sqlite3.Connection, columns: str, table: str) -> Iterator[sqlite3.Row]:
        """The rows of a table in scope, by ranges of its index on ``address_key``."""
        if self.names is None:
            yield from db.execute(f"select {columns} from {table}").fetchall()
            return
        for name in self.names:
            yield from db.execute(f"select {columns} from {table} where address_key = ?", (name,)).fetchall()
            for end in _ENDS:
                yield from db.execute(
                    f"select {columns} from {table} where address_key >= ? and address_key < ?",
                    (name + end, name + chr(ord(end) + 1)),
                ).fetchall()


def holders(db: sqlite3.Connection, scope: Scope) -> list[int]:
    """The articles to which an address in scope leads, or that are kept under one."""
    found = {row[0] for row in scope.select(db, "article_id", "article_urls")}
    return sorted(found | {row[0] for row in scope.select(db, "id", "articles")})


def hold(db: sqlite3.Connection, sites: Sites, article_id: int) -> set[str]:
    """Make an article's keys anew from all addresses that led to it. Gives those that it gained or lost."""
    before = dict(
        map(tuple, db.execute("select address_key, proof from _address_keys where article_id = ?", (article_id,)))
    )
    after: dict[str, int] = defaultdict(int)
    urls = db.execute("select url, address_key from article_urls where article_id = ?", (article_id,)).fetchall()
    for url, key in urls:
        site, told = sites.for_url(url), sites.address_key(url)
        if told != key:
            db.execute("update article_urls set address_key = ? where url = ?", (told, url))
        after[told] = max(after[told], before.get(key, keys.ANSWERED))
        if slug := site.slug_key(url):
            after[slug] = max(after[slug], keys.LED)
        if main := site.main_key(url):
            after[main] = max(after[main], keys.CLAIMED)
    if before == after:
        return set()
    db.execute("delete from _address_keys where article_id = ?", (article_id,))
    db.executemany(
        "insert into _address_keys(address_key, article_id, proof) values (?, ?, ?)",
        [(key, article_id, proof) for key, proof in after.items()],
    )
    return before.keys() ^ after.keys()


def candidates(db: sqlite3.Connection, sites: Sites, scope: Scope) -> None:
    """New keys and sites for the ledger."""
    told = []
    for url, site, key in scope.select(db, "url, site, address_key", "candidates"):
        now = (sites.for_url(url).name, sites.address_key(url))
        if now != (site, key):
            told.append((*now, url))
    db.executemany("update candidates set site = ?, address_key = ? where url = ?", told)


def links(db: sqlite3.Connection, sites: Sites, scope: Scope) -> set[str]:
    """New keys for links. Gives the keys that links gained or lost."""
    stale: set[str] = set()
    changed: dict[int, dict[int, str]] = defaultdict(dict)
    for link_id, article_id, href, key in scope.select(db, "id, article_id, href, address_key", "links"):
        told = _key(sites, href, key)
        if told != key:
            changed[article_id][link_id] = told
            stale |= {told, key}
    for article_id, told_by_id in changed.items():
        _renumber(db, article_id, told_by_id)
    return stale


def _key(sites: Sites, href: str, otherwise: str) -> str:
    try:
        return sites.address_key(href)
    except ValueError:
        return otherwise


def _renumber(db: sqlite3.Connection, article_id: int, told: dict[int, str]) -> None:
    """Give links their new keys and how-many-ths. Those of one key that were never seen at once are one link."""
    groups: dict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
    for row in db.execute(
        "select id, kind, address_key, first_seen_at, last_seen_at from links where article_id = ?"
        " order by last_seen_at desc, nth, id",
        (article_id,),
    ).fetchall():
        groups[row["kind"], told.get(row["id"], row["address_key"])].append(row)
    placed, doubled = [], []
    for (_, key), rows in groups.items():
        if not any(row["id"] in told for row in rows):
            continue
        counts: dict[str, int] = defaultdict(int)
        first_seen: dict[int, tuple[int, str]] = {}
        for row in rows:
            nth = counts[row["last_seen_at"]]
            counts[row["last_seen_at"]] += 1
            if nth in first_seen:
                kept, seen = first_seen[nth]
                first_seen[nth] = kept, min(seen, row["first_seen_at"])
                doubled.append((row["id"],))
            else:
                first_seen[nth] = row["id"], row["first_seen_at"]
        placed += [(key, nth, seen, link_id) for nth, (link_id, seen) in first_seen.items()]
    db.executemany("delete from links where id = ?", doubled)
    # Out of the way first: two links may change places.
    db.executemany("update links set nth = -id where id = ?", [(one[-1],) for one in placed])
    db.executemany("update links set address_key = ?, nth = ?, first_seen_at = ? where id = ?", placed)
