"""Who ran whose text? Reposts within a site (``duplicate_of``), syndication across sites (``copies``).

An article belongs to the earliest publication of nearly its text: of its own site a repost of it, of another site a
copy. A repost counts no further. So what the tables say follows from the articles alone, in whatever order they came.
To be called inside a transaction.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType

from crawler.article import Kind, Sentence
from pipelines.archive import rows
from pipelines.copies import lsh, skeletons
from pipelines.copies.forms import Occasion
from pipelines.copies.resemblance import (
    SAME_TEXT,
    Likeness,
    Text,
    is_asked_closely,
    is_of_posts,
    may_be_another,
    same_text,
)
from pipelines.copies.shingles import FEWEST, words

_AT_ONCE = 200
"""Wordings of one text that are compared in one transaction: a second's work."""
_COLUMNS = "id, site, url, kind, wire, title, published_at, first_seen_at, word_count, content_hash, duplicate_of, text"
_APART = re.compile(r"[\W_]+")
_NEWS = ("", "news")
Order = tuple[bool, str, int, str, bool, int, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """When and by whom something was found out. What only our rules made visible is no news."""

    at: str
    crawl_id: int | None
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class Publication:
    """What is known of when and by whom an article was published, and of how many words it is; times as the archive
    writes them.
    """

    site: str
    url: str
    first_seen_at: str
    published_at: str | None = None
    wire: str | None = None
    words: int = 0

    @property
    def order(self) -> Order:
        """Return what publications are sorted by, the original source smallest.

        The agency's own paper, if it says so; then by day. Of one day, those with a time of day come first, by that
        time: a plain date says only that it was not later. Where a page does not say, when it was first seen is all
        there is. Equal ones are sorted by what no order of arrival changes.
        """
        at = self.published_at
        if at is None:
            day, precision = self.first_seen_at[:10], 2
        else:
            day, precision = at[:10], 0 if "T" in at else 1
        return not self.is_agency, day, precision, at or self.first_seen_at, bool(self.wire), -self.words, self.url

    @property
    def ran(self) -> tuple[float, float] | None:
        """Return the earliest and the latest hour at which it may have run; None where its page does not say."""
        if self.published_at is None:
            return None
        at = datetime.fromisoformat(self.published_at)
        hour = at.replace(tzinfo=UTC).timestamp() / 3600
        return hour, hour if "T" in self.published_at else hour + 24

    @property
    def is_agency(self) -> bool:
        """Return whether the agency that the article names is the paper that ran it: ``TASS`` on ``tass.com``."""
        named = _APART.sub("", (self.wire or "").casefold())
        labels = _APART.split(self.site.casefold())
        return bool(named) and any(label.removeprefix(named) in _NEWS for label in labels if label.startswith(named))


@dataclass(frozen=True)
class StoredText:
    """A stored article, as far as copies go."""

    id: int
    publication: Publication
    is_live: bool
    content_hash: str
    duplicate_of: int | None
    title: str
    text: str

    @cached_property
    def compared(self) -> Text:
        """Return what the text is compared by."""
        is_live = self.is_live or is_of_posts(self.text)
        occasion = Occasion(words(self.title), self.publication.ran)
        return Text(words(self.text), self.publication.site, is_live, occasion)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Return the skeletons of its sentences, by which a form is known; none of a long text."""
        return skeletons.sentences(self.text)

    @property
    def site(self) -> str:
        """Return the paper that ran it."""
        return self.publication.site

    def is_before(self, other: StoredText) -> bool:
        """Return whether this one ran first."""
        return self.publication.order < other.publication.order


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """An article with nearly the same text as another one, and how alike they are, the other one's text taken first."""

    article: StoredText
    likeness: Likeness


def place(db: sqlite3.Connection, article_id: int, bands: Sequence[int], finding: Finding) -> None:
    """Find what a new article, with these bands of its text, is a copy of, and what are copies of it."""
    settle(db, [article_id], finding, {article_id: bands})


def follow(db: sqlite3.Connection, article_id: int, old_text: str, finding: Finding) -> None:
    """Find the same anew once an article's text or time of publication has changed."""
    stranded = forget(db, article_id, old_text)
    settle(db, [article_id, *stranded], finding)


def forget(db: sqlite3.Connection, article_id: int, text: str) -> list[int]:
    """Let an article no longer be found by this text. Return those that count as copies of it: to be settled anew."""
    lsh.forget(db, article_id, lsh.bands(words(text)))
    return _dependents(db, article_id)


def settle_with_dependents(db: sqlite3.Connection, article_ids: Iterable[int], finding: Finding) -> None:
    """Find the same anew for articles of which something else changed that decides it, such as whose they are."""
    moved = list(article_ids)
    dependents = [dependent for article_id in moved for dependent in _dependents(db, article_id)]
    settle(db, [*moved, *dependents], finding)


def settle(
    db: sqlite3.Connection,
    article_ids: Iterable[int],
    finding: Finding,
    bands: Mapping[int, Sequence[int]] = MappingProxyType({}),
) -> None:
    """Find anew what these articles are copies of, as after the one that they were copies of is gone.

    ``bands`` are those of the articles for which they are at hand.
    """
    waiting = list(article_ids)
    done: set[int] = set()
    while waiting:
        article_id = waiting.pop(0)
        article = None if article_id in done else _load(db, article_id)
        done.add(article_id)
        if article is None:
            continue
        duplicates = _near_duplicates(db, article, bands.get(article_id))
        if duplicates or _origin_of(db, article_id) or article.duplicate_of:
            waiting += _attach_to_origin(db, article, duplicates, finding)
            waiting += _attach_copies(db, _load(db, article_id) or article, duplicates, finding)


def _near_duplicates(
    db: sqlite3.Connection, article: StoredText, bands: Sequence[int] | None = None
) -> list[NearDuplicate]:
    """Return the articles with nearly the same text, of a bounded number of candidates, and those they belong to."""
    if bands is None:
        bands = lsh.bands(article.compared.words)
    lsh.keep(db, article.id, bands)
    duplicates = {other.id: NearDuplicate(other, SAME_TEXT) for other in _equal(db, article)}
    tried = {article.id, *duplicates}
    _compare(db, article, lsh.candidates(db, article.id, bands), duplicates, tried)
    _compare(db, article, _belonging(db, duplicates), duplicates, tried)
    return list(duplicates.values())


def _equal(db: sqlite3.Connection, article: StoredText) -> list[StoredText]:
    """Return articles with exactly the same text: on other sites, only if there is enough of it."""
    if not article.text:
        return []
    equal = db.execute(
        f"select {_COLUMNS} from articles where content_hash = ? and id <> ? order by id limit ?",
        (article.content_hash, article.id, lsh.MOST),
    ).fetchall()
    if not equal:
        return []
    is_enough = len(article.compared.words) >= FEWEST
    others = [other for row in equal if (other := _stored(row)).site == article.site or is_enough]
    return [other for other in others if not _is_another(article.compared, other.compared)]


def _is_another(one: Text, other: Text) -> bool:
    return is_asked_closely(one, other) and may_be_another(one, other)


def _compare(
    db: sqlite3.Connection,
    article: StoredText,
    candidates: Iterable[int],
    duplicates: dict[int, NearDuplicate],
    tried: set[int],
) -> None:
    """Add those of the candidates to the duplicates that have the same text."""
    for candidate in candidates:
        other = None if candidate in tried else _load(db, candidate)
        tried.add(candidate)
        if other is not None and (likeness := _likeness(db, article, other)) is not None:
            duplicates[candidate] = NearDuplicate(other, likeness)


def _likeness(db: sqlite3.Connection, article: StoredText, other: StoredText) -> Likeness | None:
    """Return how alike two articles are if they have the same text; asked more closely where either is a form."""
    likeness = same_text(article.compared, other.compared)
    if likeness is None or not any(
        skeletons.fills_in(db, one.site, one.sentences, one.text) for one in (article, other)
    ):
        return likeness
    return same_text(replace(article.compared, is_form=True), other.compared)


def _belonging(db: sqlite3.Connection, article_ids: Iterable[int]) -> list[int]:
    """Return what these are known to be copies or reposts of."""
    known = {_origin_of(db, article_id) for article_id in article_ids}
    for article_id in article_ids:
        known.update(db.execute("select duplicate_of from articles where id = ?", (article_id,)).fetchone())
    return sorted(article_id for article_id in known if article_id is not None)


def _attach_to_origin(
    db: sqlite3.Connection, article: StoredText, duplicates: list[NearDuplicate], finding: Finding
) -> list[int]:
    """Write down which earlier publication the article belongs to, if any. Return who must be settled because of it."""
    earlier = [other for other in duplicates if other.article.is_before(article)]
    earlier.sort(key=lambda other: other.article.publication.order)
    repeated = next((other.article.id for other in earlier if other.article.site == article.site), None)
    stranded = _mark_repost(db, article, repeated)
    foreign = (other for other in earlier if other.article.site != article.site and other.article.duplicate_of is None)
    origin = next(foreign, None) if repeated is None else None
    if origin is None:
        db.execute("delete from copies where article_id = ?", (article.id,))
        return stranded
    return stranded + _mark_copy(db, article, origin.article, origin.likeness.mirrored, finding)


def _attach_copies(
    db: sqlite3.Connection, article: StoredText, duplicates: list[NearDuplicate], finding: Finding
) -> list[int]:
    """Let later publications belong to this one, where it is the earliest. Return who must be settled because of it."""
    stranded: list[int] = []
    for duplicate in duplicates:
        other = duplicate.article
        if not article.is_before(other):
            continue
        if other.site == article.site:
            if _is_first(db, article, other.duplicate_of):
                stranded += _mark_repost(db, other, article.id)
                db.execute("delete from copies where article_id = ?", (other.id,))
        elif article.duplicate_of or other.duplicate_of:
            continue
        elif _is_first(db, article, _origin_of(db, other.id)):
            stranded += _mark_copy(db, other, article, duplicate.likeness, finding)
    return stranded


def _is_first(db: sqlite3.Connection, article: StoredText, known: int | None) -> bool:
    """Return whether a publication is before the one that something is known to belong to, if any is."""
    other = None if known is None else _load(db, known)
    return other is None or article.is_before(other)


def _mark_repost(db: sqlite3.Connection, article: StoredText, of: int | None) -> list[int]:
    """Return those that counted as copies of the article, if it was no repost and now is one."""
    if article.duplicate_of == of:
        return []
    rows.update(db, article.id, {"duplicate_of": of})
    return [] if of is None else _dependents(db, article.id)


def _mark_copy(
    db: sqlite3.Connection, copy: StoredText, origin: StoredText, likeness: Likeness, finding: Finding
) -> list[int]:
    """Return those that counted as copies of this copy and must be settled."""
    known = _origin_of(db, copy.id)
    _write(db, copy.id, origin.id, likeness, finding)
    if known is None and finding.is_news:
        rows.event(db, copy.id, finding.crawl_id, finding.at, "syndicated", f"first in {origin.site}")
    return [] if known == origin.id else _redirect_copies(db, copy.id, origin, finding)


def _redirect_copies(db: sqlite3.Connection, former: int, origin: StoredText, finding: Finding) -> list[int]:
    """Let those that counted as copies of a text that has turned out to be a copy itself be copies of its origin.

    A text that hundreds of papers ran must not hold up other crawls: each wording is compared once and with the origin
    alone, and beyond :data:`_AT_ONCE` of them the shares stay those of their comparison with the former origin. Return
    those that are not alike to the origin, or of its paper: to be settled anew.
    """
    held = db.execute("select article_id from copies where origin_id = ? order by article_id", (former,)).fetchall()
    compared: dict[tuple[str, bool], Likeness | None] = {}
    stranded: list[int] = []
    for (article_id,) in held:
        copy = _load(db, article_id)
        if copy is None or copy.id == origin.id:
            continue
        wording = copy.content_hash, copy.is_live
        if wording not in compared and len(compared) >= _AT_ONCE:
            db.execute("update copies set origin_id = ? where article_id = ?", (origin.id, copy.id))
            continue
        if wording not in compared:
            compared[wording] = _likeness(db, origin, copy)
        likeness = compared[wording]
        if likeness is None or copy.site == origin.site:
            stranded.append(copy.id)
        else:
            _write(db, copy.id, origin.id, likeness, finding)
    return stranded


def _write(db: sqlite3.Connection, copy: int, origin: int, likeness: Likeness, finding: Finding) -> None:
    shares = (round(x, 4) for x in (likeness.similarity, likeness.kept, likeness.own))
    db.execute(
        "insert into copies(article_id, origin_id, similarity, kept, own, found_at) values (?, ?, ?, ?, ?, ?)"
        " on conflict(article_id) do update set origin_id = excluded.origin_id, similarity = excluded.similarity,"
        " kept = excluded.kept, own = excluded.own",
        (copy, origin, *shares, finding.at),
    )


def _dependents(db: sqlite3.Connection, article_id: int) -> list[int]:
    """Return those that count as copies or reposts of the article."""
    dependents = db.execute(
        "select article_id from copies where origin_id = :id union select id from articles where duplicate_of = :id",
        {"id": article_id},
    )
    return [int(row[0]) for row in dependents]


def _origin_of(db: sqlite3.Connection, article_id: int) -> int | None:
    """Return the article that this is known to be a copy of."""
    row = db.execute("select origin_id from copies where article_id = ?", (article_id,)).fetchone()
    return None if row is None else int(row[0])


def _load(db: sqlite3.Connection, article_id: int) -> StoredText | None:
    """Return a stored article; None where there is none."""
    row = db.execute(f"select {_COLUMNS} from articles where id = ?", (article_id,)).fetchone()
    return None if row is None else _stored(row)


def _stored(row: sqlite3.Row) -> StoredText:
    publication = Publication(
        row["site"], row["url"], row["first_seen_at"] or "", row["published_at"], row["wire"], row["word_count"] or 0
    )
    is_live = row["kind"] == Kind.LIVE
    return StoredText(
        row["id"], publication, is_live, row["content_hash"], row["duplicate_of"], row["title"], row["text"]
    )
