"""Which sentences does a site fill in again and again? Its forms, learned from its own short articles.

A sentence without its figures and names is a skeleton. One that a site has met three times with other figures, names or
dates is of a form, and an article most of whose words stand in such sentences is one filled in: it is a copy of another
only where all figures and names agree. What is kept are numbers of the skeletons of a site's latest articles, and of
those that were recognised the words between the blanks. Bounded: a site keeps the sentences of so many articles only,
and a form that has not been met for a year is forgotten. To be called inside a transaction.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Sequence
from datetime import timedelta
from hashlib import blake2b

from crawler.article import Sentence, utc_text
from crawler.scripts import UNSPACED
from pipelines.record import Record

MET = 3
"""Articles of a site, with other fillings each, from which on a sentence is of a form."""
LONGEST = 250
"""Words of an article up to which it is looked at: longer ones have figures and names enough to tell them apart."""
_LONGEST_IN_LETTERS = 20 * LONGEST
"""So that a long article is known as one before its words are counted."""
WINDOW = 2_000
"""The latest such articles of a site whose sentences are kept: a weekly form comes back in them at any paper."""
_SENTENCES = 12  # of an article, the first
_CONSTANT = 5
"""Words between the blanks that make a skeleton: fewer are a turn of phrase."""
_FILLED_IN = 0.5
"""Share of an article's words that stand in sentences of forms, from which it is one."""
_SETTLED = 20  # earlier articles that are looked at again when a sentence turns out to be of a form
_TIDY_EVERY = 50  # articles
_FORGOTTEN_AFTER = timedelta(days=365)
_PATTERN = 300  # characters of a pattern that are kept to be shown
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_TOKEN = re.compile(rf"\d+(?:[.,:/-]\d+)*|[{UNSPACED}]|[^\W\d_{UNSPACED}]+")
_NAME, _FIGURE = "…", "#"


def sentences(text: str) -> list[Sentence]:
    """Return the skeletons of a short article's sentences; nothing of a long one."""
    if len(text) > _LONGEST_IN_LETTERS or len(_TOKEN.findall(text)) > LONGEST:
        return []
    parted = [part for part in _SENTENCE_ENDS.split(text) if part][:_SENTENCES]
    return [sentence for part in parted if (sentence := _sentence(part)) is not None]


def fills_in(db: sqlite3.Connection, site: str, found: Sequence[Sentence], text: str) -> bool:
    """Return whether an article is a form of its site, filled in, by the sentences that were ``found`` in its text:
    those that it always has belong to it as well.
    """
    if not found:
        return False
    known = _known(db, site, [sentence.skeleton for sentence in found])
    if not known:
        return False
    known |= set(_often(db, site, [sentence.skeleton for sentence in found], "article_id"))
    in_forms = sum(sentence.words for sentence in found if sentence.skeleton in known)
    return in_forms >= _FILLED_IN * len(_TOKEN.findall(text))


def learn(db: sqlite3.Connection, article_id: int, record: Record) -> list[int]:
    """Keep the sentences of a new article. Return the earlier articles with one that has turned out to be of a form:
    whether these are copies is to be settled anew.
    """
    site, now = record.article.site, utc_text(record.visit.fetch.at)
    found = {sentence.skeleton: sentence for sentence in record.measures.sentences}
    if article_id % _TIDY_EVERY == 0:
        _tidy(db, record)
    if not found:
        return []
    db.executemany(
        "insert into _sentences(site, skeleton, article_id, filling) values (?, ?, ?, ?) on conflict do nothing",
        [(site, skeleton, article_id, sentence.filling) for skeleton, sentence in found.items()],
    )
    known = _known(db, site, found)
    db.executemany(
        "update _skeletons set last_seen_at = max(last_seen_at, ?) where site = ? and skeleton = ?",
        [(now, site, skeleton) for skeleton in known],
    )
    recognised = _often(db, site, [skeleton for skeleton in found if skeleton not in known])
    db.executemany(
        "insert into _skeletons(site, skeleton, pattern, first_seen_at, last_seen_at) values (?, ?, ?, ?, ?)",
        [(site, skeleton, found[skeleton].pattern, now, now) for skeleton in recognised],
    )
    holders = {holder for skeleton in recognised for holder in _holders(db, site, skeleton)} - {article_id}
    return sorted(holders)


def _sentence(part: str) -> Sentence | None:
    """Return a sentence's skeleton; None where too few words of it are constant."""
    pattern: list[str] = []
    filling: list[str] = []
    tokens = _TOKEN.findall(part)
    for nth, token in enumerate(tokens):
        if token[0].isdigit():
            pattern.append(_FIGURE)
        elif nth and not token[0].isupper():
            pattern.append(token.casefold())
            continue
        elif not pattern or pattern[-1] != _NAME:
            pattern.append(_NAME)
        filling.append(token)
    if sum(word not in (_NAME, _FIGURE) for word in pattern) < _CONSTANT:
        return None
    written = " ".join(pattern)
    return Sentence(_number(written), _number(" ".join(filling)), written[:_PATTERN], len(tokens))


def _number(words: str) -> int:
    """Return a signed 64-bit number for some words."""
    return int.from_bytes(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _known(db: sqlite3.Connection, site: str, skeletons: Collection[int]) -> set[int]:
    """Return those of these that are of a form of the site."""
    rows = db.execute(
        "select skeleton from _skeletons where site = ? and skeleton in (select value from json_each(?))",
        (site, json.dumps(list(skeletons))),
    )
    return {skeleton for (skeleton,) in rows}


def _often(db: sqlite3.Connection, site: str, skeletons: Collection[int], by: str = "filling") -> list[int]:
    """Return those of these that were met often enough: with other fillings, or in other articles."""
    rows = db.execute(
        "select skeleton from _sentences where site = ? and skeleton in (select value from json_each(?))"
        f" group by skeleton having count(distinct {by}) >= ?",
        (site, json.dumps(list(skeletons)), MET),
    )
    return [skeleton for (skeleton,) in rows]


def _holders(db: sqlite3.Connection, site: str, skeleton: int) -> list[int]:
    """Return the latest articles with such a sentence."""
    rows = db.execute(
        "select article_id from _sentences where site = ? and skeleton = ? order by article_id desc limit ?",
        (site, skeleton, _SETTLED),
    )
    return [article_id for (article_id,) in rows]


def _tidy(db: sqlite3.Connection, record: Record) -> None:
    """Forget the sentences of articles that are older than the window, and forms that have not been met for long."""
    site = record.article.site
    db.execute(
        "delete from _sentences where site = :site and article_id <= coalesce((select article_id from"
        " (select distinct article_id from _sentences where site = :site) order by article_id desc"
        " limit 1 offset :window), -1)",
        {"site": site, "window": WINDOW},
    )
    db.execute(
        "delete from _skeletons where site = ? and last_seen_at < ?",
        (site, utc_text(record.visit.fetch.at - _FORGOTTEN_AFTER)),
    )
