"""Is this article there already? Which row it is, and which other rows turn out to be the same article.

To be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crawler.article import words
from crawler.site import Site
from pipelines.fingerprint import plain
from pipelines.identity import keys
from pipelines.record import Address, Record

_SHARED = 0.5
"""Share of the shorter text's words that stand in paragraphs of the other: an edit leaves more, a template less."""
_DAY = len("2024-12-09")


def find(db: sqlite3.Connection, record: Record) -> list[tuple[int, str]]:
    """The stored article that this is, by its keys, else by equal title, text and time on its site; and the reason.

    More than one where several rows turn out to be the same article; the first has the surest reason.

    Sure are a number, and an address that answered before and answers now. An address that a page only claims, as
    broken publishing systems do for all their pages at once; one that redirects, as yesterday's column may to today's;
    and a slug, which two articles may share: they need a second sign.
    """
    found: dict[int, str] = {}
    for key in record.identity:
        held = keys.holder(db, key)
        if held is not None and (_is_sure(record, key, held) or _resembles(db, record, key, held.article_id)):
            found.setdefault(held.article_id, f"the address {key}")
            break
    for article_id, reason in _likely(db, record):
        found.setdefault(article_id, reason)
    return list(found.items())


def _likely(db: sqlite3.Connection, record: Record) -> Iterator[tuple[int, str]]:
    """Articles that a weaker sign leads to, and a second one bears out."""
    signs = {"the address": record.identity, "a redirect from": record.led, "the claimed address": record.claims}
    for reason, some in signs.items():
        for key in some:
            for held in keys.holders(db, key):
                if _resembles(db, record, key, held.article_id):
                    yield held.article_id, f"{reason} {key}"
    twin = _twin(db, record)
    if twin is not None:
        yield twin, "equal title, text and time"


def _is_sure(record: Record, key: str, held: keys.Holder) -> bool:
    site = record.article.site
    if key.startswith(f"{site}~"):  # sure as the name of a row whose number nobody knows, else a guess
        return held.is_own and held.proof > keys.CLAIMED and key == record.identity[0]
    if key.startswith(f"{site}:"):
        return held.proof > keys.CLAIMED
    return key == record.answered.key and held.proof == keys.ANSWERED


def _resembles(db: sqlite3.Connection, record: Record, key: str, article_id: int) -> bool:
    article, published = record.article, record.article.published
    title, then, text = db.execute(
        "select title, published_at, text from articles where id = ?", (article_id,)
    ).fetchone()
    is_column = key.startswith(f"{article.site}~")
    new = Face(None if is_column else article.title, published.iso if published else None, article.text)
    return is_same(new, Face(title, then, text))


def _twin(db: sqlite3.Connection, record: Record) -> int | None:
    article, published = record.article, record.article.published
    if not article.paragraphs:  # all galleries without a text have the same one
        return None
    row = db.execute(  # left to itself, SQLite would read all articles of the site that have no time
        "select min(id) from articles indexed by articles_content_hash"
        " where content_hash = ? and site = ? and title = ? and published_at is ?",
        (record.content_hash, article.site, article.title, published.iso if published else None),
    ).fetchone()
    return None if row[0] is None else int(row[0])


def make_way(db: sqlite3.Connection, record: Record, article_id: int | None, site: Site) -> None:
    """Take the article's keys from all that only claimed them; and a claim that it shares with another, from that.

    An address that now answers for itself is no longer one of the article to which it used to redirect.
    ``article_id`` is its row, if it has one.
    """
    for key in record.identity:
        is_told = key == record.answered.key and not key.startswith(f"{site.name}~")
        keys.disprove(db, key, article_id, keys.LED if is_told else keys.CLAIMED, site)
    for key in record.claims:
        held = keys.holder(db, key)
        if held is not None and held.article_id != article_id and held.proof == keys.CLAIMED:
            keys.give_up(db, held.article_id, key, site)


def own_address(db: sqlite3.Connection, record: Record, article_id: int | None = None) -> Address:
    """The address to keep the article under: the one it claims, unless another does too; else the one that answered."""
    claimed = record.canonical
    kept = keys.kept_under(db, claimed.key)
    if kept not in (None, article_id):
        return record.answered
    if claimed.key not in record.identity and keys.is_claimed_by_another(db, claimed.key, article_id):
        return record.answered
    return claimed


def readdress(db: sqlite3.Connection, record: Record, article_id: int, site: Site) -> None:
    """Keep a known article under a better address: one with its number, that of the page itself, or where it moved.

    So is one without parameters that say nothing; and the one that answered, where the page claimed another address
    before and does so no more.
    """
    url, key = db.execute("select url, address_key from articles where id = ?", (article_id,)).fetchone()
    own = own_address(db, record, article_id)
    if own.key == key:
        return
    is_claim = keys.proof_of(db, article_id, key) == keys.CLAIMED
    if is_claim and own.key not in record.identity:
        own = record.answered
    if own.key not in record.identity or keys.kept_under(db, own.key) is not None:
        return
    before, now = _rank(url, key, site), _rank(own.url, own.key, site)
    is_better = key in record.led or is_claim or key.startswith(f"{own.key}?")
    if now < before or (now == before and is_better):
        db.execute("update articles set url = ?, address_key = ? where id = ?", (own.url, own.key, article_id))


def _rank(url: str, key: str, site: Site) -> int:
    """How well an address names an article: 0 with its number, 1 by itself, 2 another form of the page."""
    if key.startswith(f"{site.name}:"):
        return 0
    return 1 if site.main_key(url) is None else 2


# Whether two pages that one of them claims to be one article are one: the second sign. Pure.
#
# A redirect, a declared canonical address, an AMP form, a slug each say so and each may be wrong: systems
# claim one
# address for all their pages, and lead from yesterday's column to today's. Text, title and time have to
# agree.


@dataclass(frozen=True, slots=True)
class Face:
    """What of a page tells it from others. ``published`` is as in the archive: a time, a plain date or None.

    ``title`` is None where it says nothing, as that of a column, which all its articles share with their slug.
    """

    title: str | None
    published: str | None
    text: str


def is_same(one: Face, other: Face) -> bool:
    """Whether what the two say bears out that they are one article."""
    titled = one.title is not None and other.title is not None and plain(one.title) == plain(other.title)
    timed = one.published == other.published and one.published is not None and len(one.published) > _DAY
    if not one.text or not other.text:
        return titled and timed
    if plain(one.text) == plain(other.text):
        return titled or timed
    return (timed or (titled and _may_be_of_one_time(one, other))) and shared(one.text, other.text) >= _SHARED


def shared(one: str, other: str) -> float:
    """The share of the shorter text's words that stand in paragraphs which both have, in the same order; 0 to 1."""
    here, there = ([plain(paragraph) for paragraph in text.split("\n\n")] for text in (one, other))
    found = SequenceMatcher(None, here, there, autojunk=False).get_matching_blocks()
    common = sum(_words(here[block.a : block.a + block.size]) for block in found)
    least = min(_words(here), _words(there))
    return common / least if least else 0.0


def _may_be_of_one_time(one: Face, other: Face) -> bool:
    """Whether a time is missing, or is only that of a day which both share."""
    if one.published is None or other.published is None:
        return True
    is_day = min(len(one.published), len(other.published)) == _DAY
    return is_day and one.published[:_DAY] == other.published[:_DAY]


def _words(paragraphs: Sequence[str]) -> int:
    return sum(map(words, paragraphs))
