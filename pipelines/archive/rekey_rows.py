"""New keys for rows that have an address, some at a time.

Each ``next()`` of an iterator here is one step, to be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.site import Site, Sites
from pipelines.archive import identity
from pipelines.identity import keys

PARKED = "\1"
"""Begins the key of an article that is on its way to another one, so that it stands in nobody's way."""
_ENDS = "#/:?~"
"""What may follow the host or the site's name in a key."""
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows to look at: those whose key begins with one of these names; None is all rows."""

    names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, site: Site) -> Scope:
        """What may be this site's, whether its profile is new or altered."""
        return cls((site.name, *sorted(site.bare_keys)))

    def pages(
        self, db: sqlite3.Connection, table: str, columns: str, order: str, rows: int
    ) -> Iterator[list[sqlite3.Row]]:
        """The rows of a table in scope, so many at a time, by ranges of its index on ``address_key``.

        ``order`` is the column that ends that index. Rows may be given other keys meanwhile; they may come twice then.
        """
        for low, high in self._ranges():
            last: tuple[str, object] = (low, "" if order == "url" else -1)
            while page := db.execute(
                f"select {columns}, address_key, {order} from {table} where address_key >= ? and address_key < ?"
                f" and (address_key, {order}) > (?, ?) order by address_key, {order} limit ?",
                (low, high, *last, rows),
            ).fetchall():
                last = page[-1]["address_key"], page[-1][order]
                yield page

    def _ranges(self) -> Iterator[tuple[str, str]]:
        if self.names is None:
            yield "", _LAST
            return
        yield PARKED, chr(ord(PARKED) + 1)
        for name in self.names:
            yield name, f"{name}\0"
            yield from ((name + end, name + chr(ord(end) + 1)) for end in _ENDS)


def hold_all(db: sqlite3.Connection, sites: Sites, scope: Scope, rows: int) -> Iterator[list[int]]:
    """Make the keys of all articles anew to which an address in scope leads, or that are kept under one; gives them.

    What led to an article by a key that it loses here finds another or none. What leads to it by one that it gains is
    left to whoever settles the keys, once all have theirs: until then a key may seem to have two holders.
    """
    seen: set[int] = set()
    for table, column, order in (("article_urls", "article_id", "url"), ("articles", "id", "id")):
        for page in scope.pages(db, table, column, order, rows):
            fresh = sorted({row[0] for row in page} - seen)
            seen.update(fresh)
            lost = [hold(db, sites, article_id) for article_id in fresh]
            identity.resolve(db, sorted(set().union(*lost)))
            yield fresh


def hold(db: sqlite3.Connection, sites: Sites, article_id: int) -> set[str]:
    """Make an article's keys anew from all addresses that led to it. Gives those that it lost."""
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
    return before.keys() - after.keys()


def candidates(db: sqlite3.Connection, sites: Sites, scope: Scope, rows: int) -> Iterator[None]:
    """New keys and sites for the ledger."""
    for page in scope.pages(db, "candidates", "site", "url", rows):
        told = []
        for row in page:
            now = (sites.for_url(row["url"]).name, sites.address_key(row["url"]))
            if now != (row["site"], row["address_key"]):
                told.append((*now, row["url"]))
        db.executemany("update candidates set site = ?, address_key = ? where url = ?", told)
        yield


def links(db: sqlite3.Connection, sites: Sites, scope: Scope, rows: int) -> Iterator[None]:
    """New keys for links, and the targets that these lead to; of an article all at once, for their count is by key."""
    for page in scope.pages(db, "links", "article_id, href", "id", rows):
        stale: set[str] = set()
        moved = {
            row["article_id"] for row in page if _key(sites, row["href"], row["address_key"]) != row["address_key"]
        }
        for article_id in sorted(moved):
            told = {}
            for link_id, href, key in db.execute(
                "select id, href, address_key from links where article_id = ?", (article_id,)
            ):
                if (now := _key(sites, href, key)) != key:
                    told[link_id] = now
                    stale |= {now, key}
            _renumber(db, article_id, told)
        identity.resolve(db, sorted(stale))
        yield


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
