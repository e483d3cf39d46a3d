"""Which paragraphs are the site's, not the article's? Those that stand on many of its articles.

No profile names them; a monitor that sees many pages of a paper learns them. What recurs for a good reason stays: who
wrote it, where from, which agency, the headings of a regular form. What is kept are fingerprints of a site's latest
paragraphs, and those that were recognised as its own. Bounded: a site keeps the paragraphs of its latest articles only,
and one that has not been seen for a year is forgotten. To be called inside a transaction.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from hashlib import blake2b

from crawler.article import Article, Block, Dropped, utc_text
from pipelines.archive import rows
from pipelines.archive.fields import columns_of_text
from pipelines.copies import copies
from pipelines.copies.shingles import content_hash
from pipelines.record import UNMEASURED, Record

REASON = "recurs on the site"
MIN_ARTICLES = 5
"""Different articles on which a paragraph must stand, at the least."""
MIN_SHARE = 0.05
"""… and their share of the site's articles in the window: a story's background recurs too, but on fewer."""
WINDOW = 400
"""The site's latest articles, among which is counted."""
_TIDY_EVERY = 50  # articles
_FORGOTTEN_AFTER = timedelta(days=365)
_SHORT = 4
"""Words up to which a paragraph is a dateline, a speaker or a heading of a form, and stays."""
_MOST_DROPPED = 0.5
"""Share of an article's words above which it is another edition of a text, not a text with boilerplate."""
_OWN = 3
"""Paragraphs of its own that an article has, unless it is another edition of a text."""
# Who reported, wrote, edited or translated, as agencies and papers print it under a piece.
# Without a border before the first word and for text in lower case alone: so the engine leaps to its first letters.
_CREDIT = re.compile(
    r"(contributed (to this|reporting)|reporting by|reported from|written by|edited by|editing by|translated by"
    r"|additional reporting|with (material|reporting|files) from|mit material von|avec (l.)?afp|con información de"
    r"|con informazioni|по материалам|с использованием материалов|korrespondent|nachrichtenagentur)\b"
)


def cleaned(db: sqlite3.Connection, record: Record) -> Record:
    """Return the record without the paragraphs that are known to be the site's; what is cut is to be measured anew."""
    site, now = record.article.site, utc_text(record.visit.fetch.at)
    marks = record.measures.marks
    known = _known(db, site, marks.values())
    db.executemany(
        "update _boilerplate set last_seen_at = max(last_seen_at, ?) where site = ? and fingerprint = ?",
        [(now, site, mark) for mark in known],
    )
    article = without(record.article, [position for position, mark in marks.items() if mark in known])
    return record if article is record.article else replace(record, article=article, measures=UNMEASURED)


def learn(db: sqlite3.Connection, article_id: int, record: Record) -> int:
    """Keep the article's paragraphs, and where one turns out to be the site's, take it out of all that have it.

    Return how many earlier articles were cleaned. That is no edit of theirs: no revision, no event.
    """
    site, marks = record.article.site, record.measures.marks
    db.executemany(
        "insert into _paragraphs(site, fingerprint, article_id) values (?, ?, ?) on conflict do nothing",
        [(site, mark, article_id) for mark in set(marks.values())],
    )
    if article_id % _TIDY_EVERY == 0:
        _tidy(db, record)
    shared = _shared(db, site, marks.values())
    recognised = {
        mark: position for position, mark in marks.items() if mark in shared and _is_recognised(db, site, mark)
    }
    holders: set[int] = set()
    for mark, position in recognised.items():
        now = utc_text(record.visit.fetch.at)
        db.execute(
            "insert into _boilerplate(site, fingerprint, text, first_seen_at, last_seen_at) values (?, ?, ?, ?, ?)"
            " on conflict do nothing",
            (site, mark, record.article.paragraphs[position], now, now),
        )
        holders.update(_holders(db, site, mark))
    finding = copies.Finding(utc_text(record.visit.fetch.at), None, is_news=False)
    return sum(_clean(db, holder, recognised, finding) for holder in sorted(holders))


def fingerprint(paragraph: str) -> int:
    """Return what equal paragraphs share, whatever their case, white space and punctuation: a signed 64-bit number."""
    words = " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", paragraph).casefold()))
    return int.from_bytes(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def may_recur(article: Article, position: int) -> bool:
    """Return whether a paragraph would be the article's own even if it stood on every article of the site."""
    paragraph = article.paragraphs[position]
    folded = paragraph.casefold()
    if len(paragraph.split()) <= _SHORT or _CREDIT.search(folded):
        return True
    if any(block.position == position and block.kind == "heading" for block in article.blocks):
        return True
    named = (*article.authors, *filter(None, (article.wire, article.byline)))
    return any(name.casefold() in folded for name in named)


def learnable(article: Article) -> dict[int, int]:
    """Return the fingerprint of each paragraph that may turn out to be boilerplate, by position."""
    return {
        position: fingerprint(paragraph)
        for position, paragraph in enumerate(article.paragraphs)
        if not may_recur(article, position)
    }


def is_boilerplate(articles: int, window: int) -> bool:
    """Return whether a paragraph on this many articles, of this many the site had of late, is the site's."""
    return articles >= MIN_ARTICLES and articles >= MIN_SHARE * window


def is_evidence(shared: int, paragraphs: int) -> bool:
    """Return whether an article counts that shares so many of its paragraphs: one that ran before does not."""
    own = paragraphs - shared
    return own >= _OWN or own >= shared


def without(article: Article, gone: Collection[int]) -> Article:
    """Return the article without the paragraphs at these positions, which are kept in ``dropped``.

    Links and blocks move up with their paragraphs; a link inside a dropped one goes with it. An article most of which
    would go is given back as it is.
    """
    if not gone or sum(len(article.paragraphs[n].split()) for n in gone) > _MOST_DROPPED * article.word_count:
        return article
    moved = moving(gone)
    return replace(
        article,
        paragraphs=tuple(text for n, text in enumerate(article.paragraphs) if n not in gone),
        blocks=tuple(
            replace(block, position=moved(block.position)) for block in article.blocks if block.position not in gone
        ),
        links=tuple(
            replace(link, position=moved(link.position))
            for link in article.links
            if link.start is None or link.position not in gone
        ),
        dropped=(
            *(replace(dropped, position=moved(dropped.position)) for dropped in article.dropped),
            *(Dropped(moved(n), REASON, article.paragraphs[n]) for n in sorted(gone)),
        ),
    )


def moving(gone: Collection[int]) -> Callable[[int], int]:
    """Return where a position comes to lie once the paragraphs at ``gone`` are out."""
    return lambda position: position - sum(n < position for n in gone)


def _known(db: sqlite3.Connection, site: str, marks: Collection[int]) -> set[int]:
    """Return those of these fingerprints that are known to be the site's."""
    found = db.execute(
        "select fingerprint from _boilerplate where site = ? and fingerprint in (select value from json_each(?))",
        (site, json.dumps(list(marks))),
    )
    return {mark for (mark,) in found}


def _shared(db: sqlite3.Connection, site: str, marks: Collection[int]) -> set[int]:
    """Return those of these fingerprints that stand on enough articles to be looked at more closely."""
    found = db.execute(
        "select fingerprint from _paragraphs where site = ? and fingerprint in (select value from json_each(?))"
        " group by fingerprint having count(*) >= ?",
        (site, json.dumps(list(marks)), MIN_ARTICLES),
    )
    return {mark for (mark,) in found}


def _holders(db: sqlite3.Connection, site: str, mark: int) -> list[int]:
    held = "select article_id from _paragraphs where site = ? and fingerprint = ?"
    return [int(article_id) for (article_id,) in db.execute(held, (site, mark))]


def _is_recognised(db: sqlite3.Connection, site: str, mark: int) -> bool:
    holders = _holders(db, site, mark)
    (window,) = db.execute("select count(distinct article_id) from _paragraphs where site = ?", (site,)).fetchone()
    return is_boilerplate(len(holders), window) and is_boilerplate(
        sum(_is_evidence(db, site, holder) for holder in holders), window
    )


def _is_evidence(db: sqlite3.Connection, site: str, article_id: int) -> bool:
    shared, all_of_it = db.execute(
        """
        select count(*) filter (where exists (
            select 1 from _paragraphs other
            where other.site = p.site and other.fingerprint = p.fingerprint and other.article_id <> p.article_id)),
            count(*)
        from _paragraphs p where p.article_id = ? and p.site = ?
        """,
        (article_id, site),
    ).fetchone()
    return is_evidence(shared, all_of_it)


def _clean(db: sqlite3.Connection, article_id: int, marks: Iterable[int], finding: copies.Finding) -> bool:
    """Take recognised paragraphs out of a stored article."""
    row = db.execute("select text from articles where id = ?", (article_id,)).fetchone()
    paragraphs = tuple(row["text"].split("\n\n"))
    known = set(marks)
    gone = [n for n, paragraph in enumerate(paragraphs) if fingerprint(paragraph) in known]
    stored = db.execute("select position, kind from blocks where article_id = ?", (article_id,))
    blocks = tuple(Block(position, kind) for position, kind in stored)
    kept = without(Article(site="", url="", paragraphs=paragraphs, blocks=blocks), gone)
    if len(kept.paragraphs) == len(paragraphs):
        return False
    rows.update(db, article_id, columns_of_text(kept, content_hash(kept.text)))
    moved = moving(gone)
    marks_gone = ", ".join("?" * len(gone))
    db.execute(f"delete from blocks where article_id = ? and position in ({marks_gone})", (article_id, *gone))
    db.execute(
        f"delete from links where article_id = ? and start is not null and position in ({marks_gone})",
        (article_id, *gone),
    )
    for table in ("blocks", "links", "dropped"):
        after = f"select distinct position from {table} where article_id = ? and position > ? order by position"
        for (position,) in db.execute(after, (article_id, min(gone))).fetchall():
            db.execute(
                f"update {table} set position = ? where article_id = ? and position = ?",
                (moved(position), article_id, position),
            )
    db.executemany(
        "insert into dropped(article_id, position, reason, text) values (?, ?, ?, ?)",
        [(article_id, dropped.position, dropped.reason, dropped.text) for dropped in kept.dropped],
    )
    copies.follow(db, article_id, row["text"], finding)
    return True


def _tidy(db: sqlite3.Connection, record: Record) -> None:
    """Forget what is older than the window, and what has not been met for long.

    Long by the clock, and by the site's articles: a clock that is ahead for an hour must not make us forget it all.
    """
    site = record.article.site
    db.execute(
        "delete from _paragraphs where site = :site and article_id <= coalesce((select article_id from"
        " (select distinct article_id from _paragraphs where site = :site) order by article_id desc"
        " limit 1 offset :window), -1)",
        {"site": site, "window": WINDOW},
    )
    db.execute(
        "delete from _boilerplate where site = :site and last_seen_at < :before and last_seen_at <"
        " (select first_seen_at from articles where id = (select min(article_id) from _paragraphs where site = :site))",
        {"site": site, "before": utc_text(record.visit.fetch.at - _FORGOTTEN_AFTER)},
    )
