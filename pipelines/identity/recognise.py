"""Is this article there already? Which row it is, and which other rows turn out to be the same article.

What the archive knows is looked up at once, in a transaction, as one :class:`Known`; the rest is decided on values.
Systems claim one address for all their pages, and lead from yesterday's column to today's: so a redirect, a declared
canonical address, an AMP form and a slug need a second sign. Text, title and time have to agree.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from crawler.article import utc_text, words
from crawler.site import Site
from pipelines.copies.shingles import plain
from pipelines.identity import keys, merge
from pipelines.identity.changes import BESIDE, is_redated
from pipelines.identity.doubts import is_like
from pipelines.identity.keys import NOBODY, Held
from pipelines.record import LISTING, Address, Record

Row = Mapping[str, Any]
"""A row of ``articles``, with ``has_layout``: whether the selectors of a profile's layout read the stored state;
``answered``: the addresses at which the article's pages have answered; ``date_basis``: whose its time of publication
is; ``partial``: what it lacks; ``wall``: what stood before it; and ``proof``: on what evidence it holds the key that it
is kept under.
"""
_SHARED = 0.5
"""Share of the shorter text's words that stand in paragraphs of the other: an edit leaves more, a template less."""
_OF_ANOTHER = 0.1
"""The same share, of which that of two articles stays below: what a column says of itself at its end."""
_STATES = 10  # revisions with one text: tests of headlines show two or three
_DAY = len("2024-12-09")
LAYOUT = "layout"
""":attr:`~crawler.article.Provenance.source` of what a profile's selectors gave."""


@dataclass(frozen=True, slots=True)
class Match:
    """A stored article that a fetched one is, and why."""

    article_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive knows of a fetched article before it is stored."""

    held: Mapping[str, Held] = field(default_factory=dict)
    """Who holds the keys of its addresses and its links."""
    urls: Mapping[str, int] = field(default_factory=dict)
    """The articles that its addresses, and those of its links, have led to."""
    matches: tuple[Match, ...] = ()
    """The stored articles that it is, the surest first; more than one where several rows turn out to be one."""
    article: Row | None = None
    """The first of these."""
    earlier: tuple[Row, ...] = ()
    """Its revisions that had this very text."""
    revisited: int | None = None
    """The article for whose sake the page was fetched, under the number that it has now."""
    is_clear: bool = False
    """Whether those who wrongly hold its keys have given them up."""

    def holders(self, key: str) -> Held:
        """Return who holds a key."""
        return self.held.get(key, NOBODY)

    def target(self, href: str, key: str) -> int | None:
        """Return the article that a link leads to: its very address, else its key."""
        return self.urls.get(href) or self.holders(key).sole


def look_up(db: sqlite3.Connection, record: Record) -> Known:
    """Return what is known of a fetched article."""
    known = _around(db, record)
    twin = _twin(db, record)
    rows = _rows(db, {holder.article_id for _, _, holder in _signs(record, known)} | ({twin} if twin else set()))
    matches = tuple(match(record, known, rows, twin))
    if not matches:
        return known
    article = rows[matches[0].article_id]
    return replace(known, matches=matches, article=article, earlier=_earlier(db, article, record))


def look_again(db: sqlite3.Connection, record: Record, matches: tuple[Match, ...], *, is_clear: bool) -> Known:
    """Return what is known once it is settled which article this is: after rows were merged, or have given up keys."""
    rows = _rows(db, {each.article_id for each in matches})
    article = rows[matches[0].article_id] if matches else None
    earlier = _earlier(db, article, record) if article else ()
    return replace(_around(db, record), matches=matches, article=article, is_clear=is_clear, earlier=earlier)


def _earlier(db: sqlite3.Connection, article: Row, record: Record) -> tuple[Row, ...]:
    """Return the revisions of an article that had this text, or the stored one, before which a wall may stand now: the
    states which the paper may show again.
    """
    found = db.execute(
        "select * from revisions where article_id = ? and content_hash in (?, ?) and cause = 'edit'"
        " order by id desc limit ?",
        (article["id"], record.content_hash, article["content_hash"], _STATES),
    )
    return tuple(dict(row) for row in found)


def _around(db: sqlite3.Connection, record: Record) -> Known:
    """Return what is known of the addresses of the article and its links, and of the revisit."""
    own = [*record.identity, *record.led, *record.claims, *record.slugs, *(one.key for one in record.addresses)]
    urls = [*(link.href for link in record.article.links), *(one.url for one in record.addresses)]
    led = db.execute(
        "select url, article_id from article_urls where url in (select value from json_each(?))", (json.dumps(urls),)
    )
    revisit = record.visit.revisit
    return Known(
        held=keys.holders(db, [*own, *record.link_keys.values()]),
        urls=dict(led.fetchall()),
        revisited=revisit and merge.survivor(db, revisit),
    )


def _rows(db: sqlite3.Connection, article_ids: set[int]) -> dict[int, Row]:
    if not article_ids:
        return {}
    found = db.execute(
        "select articles.*, date_basis, partial, wall,"
        " exists (select 1 from provenance where article_id = articles.id and source = ?) as has_layout,"
        " (select json_group_array(u.url) from article_urls u join _address_keys k using (address_key, article_id)"
        " where u.article_id = articles.id and k.proof = 2) as answered,"
        " (select proof from _address_keys k where k.address_key = articles.address_key and article_id = id) as proof,"
        " (select json_group_array(json_array(reason, text)) from dropped where article_id = articles.id"
        " and reason in (select value from json_each(?))) as beside"
        " from articles join article_facts on article_id = id where id in (select value from json_each(?))",
        (LAYOUT, json.dumps(BESIDE), json.dumps(sorted(article_ids))),
    )
    decoded = ("answered", "beside")
    return {row["id"]: {**dict(row), **{name: json.loads(row[name]) for name in decoded}} for row in found}


def _twin(db: sqlite3.Connection, record: Record) -> int | None:
    """Return the article of the site with equal title, text and time, where one of the two is known by a slug alone.

    Content alone never joins two sure keys: those are two articles, one of them the duplicate of the other.
    """
    article, published = record.article, record.article.published
    if not article.paragraphs or published is None:  # all galleries without a text have the same one
        return None
    number, slug = f"{article.site}:", f"{article.site}~"
    other = number if record.identity[0].startswith(slug) else slug if record.identity[0].startswith(number) else None
    if other is None:
        return None
    row = db.execute(
        "select min(id) from articles indexed by articles_content_hash where content_hash = ? and site = ?"
        " and title = ? and published_at = ? and substr(address_key, 1, ?) = ?",
        (record.content_hash, article.site, article.title, published.iso, len(other), other),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def match(record: Record, known: Known, rows: Mapping[int, Row], twin: int | None) -> Iterator[Match]:
    """Yield the stored articles that this is, by its keys, else by its twin. Pure.

    Sure are a number, and an address that answered before and answers now. An address that a page only claims, as
    broken publishing systems do for all their pages at once; one that redirects, as yesterday's column may to today's;
    and a slug, which two articles may share: they need a second sign. ``rows`` holds all who hold its keys, and the
    ``twin`` that has equal title, text and time, where one of the two has no number to tell them apart.
    """
    seen: set[int] = set()
    for key in record.identity:
        holder = known.holders(key).holder
        if holder is None:
            continue
        if _is_sure(record, key, holder) or _resembles(record, key, rows[holder.article_id]):
            seen.add(holder.article_id)
            yield Match(holder.article_id, f"the address {key}")
            break
    for sign, key, holder in _signs(record, known):
        if holder.article_id not in seen and _resembles(record, key, rows[holder.article_id]):
            seen.add(holder.article_id)
            yield Match(holder.article_id, f"{sign} {key}")
    if twin is not None and twin not in seen:
        yield Match(twin, "equal title, text and time, one of them without a number")


def _signs(record: Record, known: Known) -> Iterator[tuple[str, str, keys.Holder]]:
    """Yield what leads to other articles: in words, the key, and an article that holds it."""
    signs = {"the address": record.identity, "a redirect from": record.led, "the claimed address": record.claims}
    for sign, some in signs.items():
        for key in some:
            yield from ((sign, key, holder) for holder in known.holders(key).holders)


def _is_sure(record: Record, key: str, holder: keys.Holder) -> bool:
    site = record.article.site
    if key.startswith(f"{site}~"):  # sure as the name of a row whose number nobody knows, else a guess
        return holder.is_own and holder.proof > keys.CLAIMED and key == record.identity[0]
    if key.startswith(f"{site}:"):
        return holder.proof > keys.CLAIMED
    return key == record.answered.key and holder.proof == keys.ANSWERED


def _resembles(record: Record, key: str, row: Row) -> bool:
    article, published = record.article, record.article.published
    is_column = key.startswith(f"{article.site}~")
    new = Face(None if is_column else article.title, published.iso if published else None, article.text)
    stated = row["published_at"] if row["date_basis"] != LISTING else None
    return is_same(new, Face(row["title"], stated, row["text"]))


def is_another(record: Record, known: Known) -> bool:
    """Return whether another article stands at the address of the one that it holds: title, text and time are others.

    The times are those that the two pages state, half a day apart at least, and the later one answers now. Pure.
    """
    row, article = known.article, record.article
    if row is None or len(known.matches) != 1 or row["address_key"] != record.answered.key or record.is_by_listing:
        return False
    if article.published is None or row["published_at"] is None or row["date_basis"] == LISTING:
        return False
    now = utc_text(record.visit.fetch.at)
    if now <= row["last_checked_at"] or not row["published_at"] < article.published.iso:
        return False
    if not is_redated(row["published_at"], article.published.iso) or is_like(article.title, row["title"]):
        return False
    return bool(article.paragraphs and row["text"]) and shared(article.text, row["text"]) < _OF_ANOTHER


# Whose keys are they? An article takes its own from all that only claimed them.


def is_in_the_way(record: Record, known: Known, article_id: int | None, site: Site) -> bool:
    """Return whether another article holds a key that :func:`make_way` takes from it. Pure."""
    for key in record.identity:
        most = _disproved(record, key, site)
        if any(other != article_id and proof <= most for other, proof in known.holders(key).proofs.items()):
            return True
    return any(_only_claims(known.holders(key), article_id) for key in record.claims)


def make_way(db: sqlite3.Connection, record: Record, article_id: int | None, site: Site) -> None:
    """Take the article's keys from all that only claimed them; and a claim that it shares with another, from that.

    An address that now answers for itself is no longer one of the article to which it used to redirect.
    ``article_id`` is its row, if it has one.
    """
    for key in record.identity:
        keys.disprove(db, key, article_id, _disproved(record, key, site), site)
    for key in record.claims:
        held = keys.holders(db, [key])[key]
        if held.holder is not None and _only_claims(held, article_id):
            keys.give_up(db, held.holder.article_id, key, site)


def _disproved(record: Record, key: str, site: Site) -> int:
    """Return up to which evidence others lose a key of the article."""
    has_answered = key == record.answered.key and not key.startswith(f"{site.name}~")
    return keys.LED if has_answered else keys.CLAIMED


def _only_claims(held: Held, article_id: int | None) -> bool:
    """Return whether a key is held by another article that only claims it."""
    holder = held.holder
    return holder is not None and holder.article_id != article_id and holder.proof == keys.CLAIMED


def own_address(record: Record, known: Known, article_id: int | None = None) -> Address:
    """Return the address to keep the article under: the one it claims, unless another does too; else the one that
    answered. Pure.
    """
    claimed = record.canonical
    held = known.holders(claimed.key)
    if held.owner not in (None, article_id):
        return record.answered
    if claimed.key not in record.identity and held.is_held_by_another(article_id):
        return record.answered
    return claimed


def better_address(record: Record, known: Known, row: Row, site: Site) -> Address | None:
    """Return a better address for a known article: with its number, that of the page itself, or where it moved. Pure.

    So is one without parameters that say nothing; and the one that answered, where the page claimed another address
    before and does so no more.
    """
    key, own = row["address_key"], own_address(record, known, row["id"])
    if own.key == key:
        return None
    evidence = (row["proof"], keys.proofs(record).get(key))
    is_claim = max((proof for proof in evidence if proof is not None), default=None) == keys.CLAIMED
    if is_claim and own.key not in record.identity:
        own = record.answered
    if own.key not in record.identity or known.holders(own.key).owner is not None:
        return None
    before, now = _rank(row["url"], key, site), _rank(own.url, own.key, site)
    is_better = key in record.led or is_claim or key.startswith(f"{own.key}?")
    return own if now < before or (now == before and is_better) else None


def _rank(url: str, key: str, site: Site) -> int:
    """Return how well an address names an article: 0 with its number, 1 by itself, 2 another form of the page."""
    if key.startswith(f"{site.name}:"):
        return 0
    return 1 if site.main_key(url) is None else 2


# Whether two pages that one of them claims to be one article are one: the second sign. Pure.


@dataclass(frozen=True, slots=True)
class Face:
    """What of a page tells it from others. ``published`` is as in the archive: a time, a plain date or None.

    ``title`` is None where it says nothing, as that of a column, which all its articles share with their slug.
    """

    title: str | None
    published: str | None
    text: str


def is_same(one: Face, other: Face) -> bool:
    """Return whether what the two say bears out that they are one article."""
    titled = one.title is not None and other.title is not None and plain(one.title) == plain(other.title)
    timed = one.published == other.published and one.published is not None and len(one.published) > _DAY
    if not one.text or not other.text:
        return titled and timed
    if plain(one.text) == plain(other.text):
        return titled or timed
    return (timed or (titled and _may_be_of_one_time(one, other))) and shared(one.text, other.text) >= _SHARED


def shared(one: str, other: str) -> float:
    """Return how many of the shorter text's words stand in paragraphs that both have, in the same order; 0 to 1."""
    here, there = ([plain(paragraph) for paragraph in text.split("\n\n")] for text in (one, other))
    found = SequenceMatcher(None, here, there, autojunk=False).get_matching_blocks()
    common = sum(_words(here[block.a : block.a + block.size]) for block in found)
    least = min(_words(here), _words(there))
    return common / least if least else 0.0


def _may_be_of_one_time(one: Face, other: Face) -> bool:
    """Return whether a time is missing, or is only that of a day which both share."""
    if one.published is None or other.published is None:
        return True
    is_day = min(len(one.published), len(other.published)) == _DAY
    return is_day and one.published[:_DAY] == other.published[:_DAY]


def _words(paragraphs: Sequence[str]) -> int:
    return sum(map(words, paragraphs))
