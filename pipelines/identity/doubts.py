"""Is this page the article's, or the site's: a maintenance notice, a consent wall, the front page for what is missing?

Such a page answers 200 under every address. Taken for the articles' own it would edit all of them, and make one of
many. A page is the site's only where *nothing* bears it out as this address's own (:func:`is_doubtful`); then it is
kept apart until the crawl's other pages tell (:func:`judge`). Equal text alone says nothing: rates, weather and results
are news. What comes first here is pure.

A page is kept whole, as the visit that fetched it, so that nothing is asked for twice; in the archive, so that a crawl
that is killed leaves it to the next one. What writes is to be called inside a transaction.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Any

from crawler.article import Article, Source, Visit, utc_text, utc_time
from crawler.codec import Codec, CodecError
from crawler.site import Site, Sites
from pipelines.copies.shingles import plain
from pipelines.headlines import is_apology
from pipelines.identity import keys
from pipelines.record import Record

logger = logging.getLogger(__name__)

_STRUCTURED = frozenset({"layout", "json-ld", "microdata", "article:published_time", "meta"})
"""Sources of a time of publication that a system writes for machines; a notice may print any time of day."""
_OWN_HEADLINE = frozenset({"json-ld", "microdata"})
_BY_NAME = frozenset({Source.LIST, Source.WARC})
"""Who asks for an address by name vouches for what has no listing to do so."""
_AS_LISTED = timedelta(days=2)
"""Papers date a piece anew within a day; a notice has the date of its template, mostly of years ago."""
_LIKE = 0.7
"""Share of the shorter headline's words that the other has: listings shorten headlines, and papers add to them; two
small words of three are in any two headlines."""
_NEAR = 0.8
"""Share of three-word runs that two pages have in common of all that either has. A notice of sixty words that prints
one that is another each time, such as the address, shares 0.9; a new sentence of ten words in a hundred leaves 0.8."""
_MOST_WORDS = 400
_FEW = 3  # addresses with one page, of which none is known by another text
_WORD = re.compile(r"\w+")
MOST = 300
"""Pages of a site that are kept so at a time: each is compared with the others. What is beyond is stored at once."""
WALL, MISSING, FRONT = "wall", "missing", "front"
"""Kinds of the site's own pages: in front of articles; for what is not there; the front page, of which the title is
kept."""
_WALLS_LAST = timedelta(days=30)
_PROBED = timedelta(days=1)
_KEPT = 20  # of each kind


def is_doubtful(record: Record, stored: Mapping[str, Any] | None) -> bool:
    """Return whether nothing bears a page out as its address's own.

    ``stored`` is the article's row. Of a known article the page shares neither its title nor a paragraph, whatever time
    it states: a notice may have one. One that is new has neither a time that a system wrote for machines nor the
    listing's title.
    """
    candidate = record.visit.candidate
    if _is_as_listed(record):
        return False
    if stored is None:
        return not _has_own_signs(record) and (candidate.hinted_title is not None or candidate.source not in _BY_NAME)
    return is_strange(record, stored)


def may_be_doubtful(record: Record) -> bool:
    """Return whether neither the listing nor the page's structured data bears it out, whatever is stored."""
    return not _is_as_listed(record) and not _has_own_signs(record)


def is_strange(record: Record, stored: Mapping[str, Any]) -> bool:
    """Return whether a page shares neither its title nor a paragraph with an article; ``stored`` has both."""
    if is_like(record.article.title, stored["title"]):
        return False
    known = set(map(plain, (stored["text"] or "").split("\n\n")))
    return not any(plain(paragraph) in known for paragraph in record.article.paragraphs)


def _has_own_signs(record: Record) -> bool:
    """Return whether the page's structured data states a headline, or a time of publication that its listing does not
    gainsay.
    """
    article, listed = record.article, record.visit.candidate.hinted_at
    if any(one.field == "title" and one.source in _OWN_HEADLINE for one in article.provenance):
        return True
    stated = _stated_time(article)
    if stated is None or listed is None or "T" not in stated:
        return stated is not None
    return abs(utc_time(stated) - listed) <= _AS_LISTED


def _stated_time(article: Article) -> str | None:
    """Return the time of publication, as in the archive, where a system wrote it for machines."""
    is_stated = any(one.field == "published_at" and one.source in _STRUCTURED for one in article.provenance)
    return article.published.iso if article.published and is_stated else None


def _is_as_listed(record: Record) -> bool:
    hint = record.visit.candidate.hinted_title
    return hint is not None and is_like(record.article.title, hint)


def is_like(title: str, other: str) -> bool:
    """Return whether two headlines may be of one article: most words of the shorter one stand in the other."""
    here, there = (set(_WORD.findall(plain(text).casefold())) for text in (title, other))
    least = min(len(here), len(there))
    return least > 0 and len(here & there) >= _LIKE * least


class Whose(StrEnum):
    """Whose page an address gave."""

    ARTICLES = "the article's"
    SITES = "the site's, in front of the article"
    NOBODYS = "the site's, for what is not there"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A page that nothing bears out. ``key`` identifies its address; ``is_known``: an article with another text is."""

    url: str
    key: str
    title: str
    words: Sequence[str]
    is_known: bool
    named: frozenset[str] = frozenset()
    """What the page is called by any of its sources, as :func:`names` has it: a front page has the paper's name."""
    published: str | None = None
    """The time that :func:`_stated_time` gives: one that several pages share is none of their own."""


@dataclass(frozen=True, slots=True)
class SitePages:
    """Pages known to be the site's own, each as its words: walls of late, answers to addresses that cannot exist."""

    walls: Sequence[Sequence[str]] = ()
    missing: Sequence[Sequence[str]] = ()
    names: frozenset[str] = frozenset()
    """The site's names, and the title of its front page."""


def judge(doubts: Iterable[Doubt], site: SitePages) -> dict[str, Whose]:
    """Return whose each page is, by address.

    One page at three addresses, or at two of which one is known by another text, is the site's; so is one that was
    before. The front page, what answers at an address that cannot exist, and "Oops!" say that the article is not there.
    """
    verdicts: dict[str, Whose] = {}
    for group in _groups(tuple(doubts)):
        first = group[0]
        keys = {doubt.key for doubt in group}
        is_wall = len(keys) >= _FEW or (len(keys) > 1 and any(doubt.is_known for doubt in group))
        is_front = bool({_title(first.title), *first.named} & site.names)
        if is_front or (first.published is None and is_apology(first.title, *site.names)):
            whose = Whose.NOBODYS
        elif is_wall or any(are_near(first.words, wall) for wall in site.walls):
            whose = Whose.SITES
        elif any(are_near(first.words, page) for page in site.missing):
            whose = Whose.NOBODYS
        else:
            whose = Whose.ARTICLES
        verdicts |= dict.fromkeys((doubt.url for doubt in group), whose)
    return verdicts


def names(*titles: str) -> frozenset[str]:
    """Return what :class:`SitePages` compares headlines with."""
    return frozenset(filter(None, map(_title, titles)))


def masked(text: str) -> tuple[str, ...]:
    """Return the first words of a text by which pages are compared: figures, reference numbers and times masked."""
    words = islice(_WORD.finditer(plain(text[:20_000]).casefold()), _MOST_WORDS)
    return tuple("0" if any(map(str.isdigit, word[0])) else word[0] for word in words)


def are_near(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two pages are one but for what is written into them anew for each reader."""
    if tuple(one) == tuple(other):
        return bool(one)
    here, there = _runs(one), _runs(other)
    return bool(here and there) and len(here & there) >= _NEAR * len(here | there)


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(words, words[1:], words[2:], strict=False))


def _groups(doubts: Sequence[Doubt]) -> list[list[Doubt]]:
    """Return the doubts by page: those with near-equal words, one title, figures masked, and one time or none."""
    groups: list[list[Doubt]] = []
    for doubt in doubts:
        title = _title(doubt.title)
        for group in groups:
            first = group[0]
            is_one = (_title(first.title), first.published) == (title, doubt.published)
            if is_one and are_near(first.words, doubt.words):
                group.append(doubt)
                break
        else:
            groups.append([doubt])
    return groups


def _title(title: str) -> str:
    return " ".join(masked(title))


# Pages kept apart until the crawl's end tells whose they are.


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
    rows = db.execute(f"select site, url, visit from _pending p where {_LEFT} order by at, url", (crawl_id,))
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


# Both are brought together, to be judged.


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that was kept apart, of which site, and what is compared of it."""

    site: Site
    visit: Visit
    doubt: Doubt


_LEFT = "(crawl_id is ? or not exists (select 1 from crawls c where c.id = p.crawl_id and c.outcome = 'running'))"
"""Condition on a row ``p`` of pages kept apart: this crawl has kept it, or one that is over."""


def are_there(db: sqlite3.Connection, crawl_id: int | None) -> bool:
    """Return whether this crawl has kept any page apart, or one that is over has left one."""
    return db.execute(f"select 1 from _pending p where {_LEFT} limit 1", (crawl_id,)).fetchone() is not None


def load(db: sqlite3.Connection, crawl_id: int | None, sites: Sites) -> list[Kept]:
    """Return what this crawl has kept apart, and what crawls that are over have left."""
    return [_kept(db, visit, sites) for _, visit in kept(db, crawl_id)]


def verdicts(db: sqlite3.Connection, kept: Sequence[Kept], now: datetime) -> dict[str, Whose]:
    """Return whose each page is, by the address that was asked for. Walls among them are remembered."""
    found: dict[str, Whose] = {}
    for site in {one.site.name: one.site for one in kept}.values():
        doubts = [one.doubt for one in kept if one.site.name == site.name]
        known = _site_pages(db, site, now)
        told = judge(doubts, known)
        for doubt in doubts:
            if told[doubt.url] is Whose.SITES and tuple(doubt.words) not in known.walls:
                remember(db, site.name, WALL, doubt.words, now)
                known = _site_pages(db, site, now)
        found |= told
    return found


def undecided(db: sqlite3.Connection, site: Site, crawl_id: int | None, sites: Sites, now: datetime) -> str | None:
    """Return an address whose page is the article's for all we know, where the site was not asked yet today how it
    answers at one that cannot exist; None where there is none.
    """
    if db.execute("select 1 from _pending where site = ? limit 1", (site.name,)).fetchone() is None:
        return None
    if was_probed(db, site.name, now):
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
    published = _stated_time(article) if article else None
    doubt = Doubt(visit.candidate.url, key, title, masked(f"{title}\n{text}"), is_known, names(*told), published)
    return Kept(site, visit, doubt)


def _site_pages(db: sqlite3.Connection, site: Site, now: datetime) -> SitePages:
    front = [" ".join(words) for words in recall(db, site.name, FRONT, now)[:1]]
    return SitePages(
        walls=recall(db, site.name, WALL, now),
        missing=recall(db, site.name, MISSING, now),
        names=names(site.title, site.name, *site.hosts, *front),
    )
