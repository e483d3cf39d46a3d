"""What is kept of pages that nothing bears out, and what the site is known to answer: brought together to be judged."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.article import Visit
from crawler.site import Site, Sites
from pipelines.archive import pending
from pipelines.identity import keys
from pipelines.identity.walls import Doubt, SitePages, Whose, judge, masked, names, stated_time


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that was kept apart, of which site, and what is compared of it."""

    site: Site
    visit: Visit
    doubt: Doubt


def load(db: sqlite3.Connection, crawl_id: int | None, sites: Sites) -> list[Kept]:
    """Return what this crawl has kept apart, and what crawls that are over have left."""
    return [_kept(db, visit, sites) for _, visit in pending.kept(db, crawl_id)]


def verdicts(db: sqlite3.Connection, kept: Sequence[Kept], now: datetime) -> dict[str, Whose]:
    """Return whose each page is, by the address that was asked for. Walls among them are remembered."""
    found: dict[str, Whose] = {}
    for site in {one.site.name: one.site for one in kept}.values():
        doubts = [one.doubt for one in kept if one.site.name == site.name]
        known = _site_pages(db, site, now)
        told = judge(doubts, known)
        for doubt in doubts:
            if told[doubt.url] is Whose.SITES and tuple(doubt.words) not in known.walls:
                pending.remember(db, site.name, pending.WALL, doubt.words, now)
                known = _site_pages(db, site, now)
        found |= told
    return found


def undecided(db: sqlite3.Connection, site: Site, crawl_id: int | None, sites: Sites, now: datetime) -> str | None:
    """Return an address whose page is the article's for all we know, where the site was not asked yet today how it
    answers at one that cannot exist; None where there is none.
    """
    if db.execute("select 1 from _pending where site = ? limit 1", (site.name,)).fetchone() is None:
        return None
    if pending.was_probed(db, site.name, now):
        return None
    doubts = [one.doubt for one in load(db, crawl_id, sites) if one.site.name == site.name]
    told = judge(doubts, _site_pages(db, site, now))
    return next((doubt.url for doubt in doubts if told[doubt.url] is Whose.ARTICLES), None)


def _kept(db: sqlite3.Connection, visit: Visit, sites: Sites) -> Kept:
    url, article = visit.fetch.url, visit.article
    site = sites.for_url(url)
    key = site.address_key(url)
    is_known = visit.revisit is not None or keys.settled(db, url, key) is not None
    title, text = (article.title, article.text) if article else ("", "")
    told = [one.value for one in article.provenance if one.field == "title"] if article else []
    published = stated_time(article) if article else None
    doubt = Doubt(visit.candidate.url, key, title, masked(f"{title}\n{text}"), is_known, names(*told), published)
    return Kept(site, visit, doubt)


def _site_pages(db: sqlite3.Connection, site: Site, now: datetime) -> SitePages:
    front = [" ".join(words) for words in pending.recall(db, site.name, pending.FRONT, now)[:1]]
    return SitePages(
        walls=pending.recall(db, site.name, pending.WALL, now),
        missing=pending.recall(db, site.name, pending.MISSING, now),
        names=names(site.title, site.name, *site.hosts, *front),
    )
