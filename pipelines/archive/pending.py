"""Pages that are kept until the crawl's end tells whose they are, and those that were found to be the site's own.

A page is kept whole, as the visit that fetched it, so that nothing is asked for twice; in the archive, so that a crawl
that is killed leaves it to the next one. To be called inside a transaction, but for what only reads.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from crawler.article import Visit, utc_text
from crawler.codec import Codec, CodecError

logger = logging.getLogger(__name__)

MOST = 300
"""Pages of a site that are kept so at a time: each is compared with the others. What is beyond is stored at once."""
WALL, MISSING, FRONT = "wall", "missing", "front"
"""Kinds of the site's own pages: in front of articles; for what is not there; the front page, of which the title is
kept."""
_WALLS_LAST = timedelta(days=30)
_PROBED = timedelta(days=1)
_KEPT = 20  # of each kind


def keep(db: sqlite3.Connection, visit: Visit, site: str, crawl_id: int | None) -> bool:
    """Keep a visit, in place of an earlier one of its address. Return whether there was room."""
    (n,) = db.execute("select count(*) from _pending where site = ?", (site,)).fetchone()
    if n >= MOST:
        return False
    row = (visit.candidate.url, site, crawl_id, utc_text(visit.fetch.at), _visits().encode(visit).decode())
    db.execute("insert or replace into _pending(url, site, crawl_id, at, visit) values (?, ?, ?, ?, ?)", row)
    return True


def drop(db: sqlite3.Connection, url: str) -> None:
    """Forget what is kept of an address: it is decided, or was fetched anew."""
    db.execute("delete from _pending where url = ?", (url,))


def kept(db: sqlite3.Connection, crawl_id: int | None) -> list[tuple[str, Visit]]:
    """Return what this crawl has kept, and what crawls that are over have left, oldest first, each after its site."""
    rows = db.execute(
        "select site, url, visit from _pending p where crawl_id is ? or not exists"
        " (select 1 from crawls c where c.id = p.crawl_id and c.outcome = 'running') order by at, url",
        (crawl_id,),
    )
    found = []
    for site, url, visit in rows:
        try:
            found.append((site, _visits().decode(visit)))
        except CodecError as error:  # the others are sound
            logger.error("%s: kept apart, and no longer to be read: %s", url, error)
    return found


@cache
def _visits() -> Codec[Visit]:
    """Return what reads and writes them, made when it is wanted: most crawls keep nothing apart."""
    return Codec(Visit)


# The site's own pages.


def remember(db: sqlite3.Connection, site: str, kind: str, words: Sequence[str], now: datetime) -> None:
    """Write down a page of the site's own, by its words; an empty one says that there was none."""
    db.execute(
        "insert into _site_pages(site, kind, at, words) values (?, ?, ?, ?)",
        (site, kind, utc_text(now), " ".join(words)),
    )
    db.execute(
        "delete from _site_pages where site = ? and kind = ? and id <="
        " (select id from _site_pages where site = ? and kind = ? order by id desc limit 1 offset ?)",
        (site, kind, site, kind, _KEPT),
    )


def recall(db: sqlite3.Connection, site: str, kind: str, now: datetime) -> list[tuple[str, ...]]:
    """Return the pages of a kind that are known of late, the newest first."""
    since = now - (_PROBED if kind == MISSING else _WALLS_LAST)
    rows = db.execute(
        "select words from _site_pages where site = ? and kind = ? and at > ? and at <= ? order by id desc",
        (site, kind, utc_text(since), utc_text(now)),
    )
    return [tuple(words.split()) for (words,) in rows]


def was_probed(db: sqlite3.Connection, site: str, now: datetime) -> bool:
    """Return whether the site was asked within a day for an address that cannot exist."""
    return bool(recall(db, site, MISSING, now))
