"""When the rules for addresses change: a profile is added or altered, or our own rules are.

A site's rows are then given the keys that the rules of today make, and rows whose keys coincide are merged. All of it
is one transaction: killed in the middle, it starts again at the next crawl. Where nothing changed it costs one look-up.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from hashlib import blake2b

from crawler.article import utc_text
from crawler.site import Site, Sites
from pipelines.archive import identity, merge, rekey_articles, rekey_rows
from pipelines.archive import sites as site_rows
from pipelines.archive.rekey_rows import Scope

RULES = "1"
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


def rekey(db: sqlite3.Connection, sites: Sites, now: datetime) -> int:
    """Bring the archive's keys in step with the profiles. Gives how many articles were merged.

    To be called inside a transaction. A profile that is not loaded any more leaves its rows as they are.
    """
    changed = _changed(db, sites)
    at = utc_text(now)
    scopes = [Scope()] if _EVERYWHERE in changed else [Scope.of(sites.by_name[name]) for name in changed]
    merged = sum(_apply(db, sites, scope, merge.Occasion(at)) for scope in scopes)
    db.executemany(
        "insert into _address_rules(site, fingerprint, at) values (?, ?, ?)"
        " on conflict(site) do update set fingerprint = excluded.fingerprint, at = excluded.at",
        [(name, told, at) for name, told in changed.items()],
    )
    return merged


def _changed(db: sqlite3.Connection, sites: Sites) -> dict[str, str]:
    """The fingerprints that the archive does not know, by the name of the site."""
    known = dict(map(tuple, db.execute("select site, fingerprint from _address_rules")))
    told = {_EVERYWHERE: RULES} | {name: fingerprint(site) for name, site in sites.by_name.items()}
    return {name: one for name, one in told.items() if known.get(name) != one}


def _apply(db: sqlite3.Connection, sites: Sites, scope: Scope, occasion: merge.Occasion) -> int:
    articles = rekey_rows.holders(db, scope)
    before = {row[0] for row in db.execute("select name from sites")}
    rekey_rows.candidates(db, sites, scope)
    stale = rekey_rows.links(db, sites, scope)
    for article_id in articles:
        stale |= rekey_rows.hold(db, sites, article_id)
    merged = rekey_articles.move(db, sites, articles, occasion)
    rekey_articles.yield_others_keys(db, {merge.survivor(db, article_id) for article_id in articles})
    for name in before:
        site_rows.forget_empty(db, name)
    identity.resolve(db, sorted(stale))
    return merged
