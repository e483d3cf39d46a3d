"""When the rules for addresses change: a profile is added or altered, or our own rules are.

A site's rows are then given the keys that the rules of today make, and rows whose keys coincide are merged. That is
done in short steps, so that other crawls can write in between. What a step finds in order it leaves as it is, and the
rules' fingerprint is written last: killed between two steps, it starts again at the next crawl and loses nothing. Where
nothing changed it costs one look-up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b

from crawler.article import utc_text
from crawler.site import Site, Sites
from pipelines.archive import rekey_articles, rekey_rows
from pipelines.archive import sites as site_rows
from pipelines.archive.batches import ROWS
from pipelines.archive.rekey_rows import Scope
from pipelines.identity import merge

RULES = "2"
"""Version of the address rules that hold for all sites; to be raised when ``crawler.addresses`` makes other keys."""
_EVERYWHERE = ""


def fingerprint(site: Site) -> str:
    """What two versions of a profile share that make the same keys, site and months of the same addresses."""
    rules = (site.name, site.hosts, site.timezone, sorted(site.content_params or ()), site.content_params is None)
    patterns = tuple((one.regex.pattern, one.regex.flags) for one in site.articles)
    return blake2b(repr((rules, patterns)).encode(), digest_size=16).hexdigest()


def is_due(db: sqlite3.Connection, sites: Sites) -> bool:
    """Whether any profile's rules are others than those by which the archive's keys were made."""
    return bool(_changed(db, sites))


def steps(db: sqlite3.Connection, sites: Sites, now: datetime, rows: int = ROWS) -> Iterator[int]:
    """Bring the archive's keys in step with the profiles. Gives how many articles each step merged.

    Each ``next()`` is one step, at most about so many rows, and to be called inside a transaction of its own. A profile
    that is not loaded any more leaves its rows as they are.
    """
    changed = _changed(db, sites)
    if not changed:
        return
    at = utc_text(now)
    scopes = [Scope()] if _EVERYWHERE in changed else [Scope.of(sites.by_name[name]) for name in changed]
    for scope in scopes:
        yield from _apply(db, sites, scope, merge.Occasion(at), rows)
    for (name,) in db.execute("select name from sites").fetchall():
        site_rows.forget_empty(db, name)
    db.executemany(
        "insert into _address_rules(site, fingerprint, at) values (?, ?, ?)"
        " on conflict(site) do update set fingerprint = excluded.fingerprint, at = excluded.at",
        [(name, told, at) for name, told in changed.items()],
    )
    yield 0


def rekey(db: sqlite3.Connection, sites: Sites, now: datetime) -> int:
    """All steps at once, inside one transaction: for an archive that nobody else writes to."""
    return sum(steps(db, sites, now))


def _changed(db: sqlite3.Connection, sites: Sites) -> dict[str, str]:
    """The fingerprints that the archive does not know, by the name of the site."""
    known = dict(map(tuple, db.execute("select site, fingerprint from _address_rules")))
    told = {_EVERYWHERE: RULES} | {name: fingerprint(site) for name, site in sites.by_name.items()}
    return {name: one for name, one in told.items() if known.get(name) != one}


def _apply(db: sqlite3.Connection, sites: Sites, scope: Scope, occasion: merge.Occasion, rows: int) -> Iterator[int]:
    """All lists of keys are made anew before links look for their targets; and links before articles are merged, and
    their links with them.
    """
    for _ in rekey_rows.candidates(db, sites, scope, rows):
        yield 0
    articles: list[int] = []
    for held in rekey_rows.hold_all(db, sites, scope, rows):
        articles += held
        yield 0
    for _ in rekey_rows.links(db, sites, scope, rows):
        yield 0
    yield from rekey_articles.move(db, sites, articles, occasion, rows)
    for _ in rekey_articles.settle_keys(db, articles, rows):
        yield 0
