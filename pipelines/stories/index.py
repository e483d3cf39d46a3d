"""The terms of articles as the archive keeps them, so that later ones can be compared with them.

``_vectors`` holds the terms of the latest articles, ``_terms`` by its rarest terms and the period of publication
where each is found, and ``_term_counts`` how common each term is. To be called inside a transaction.
"""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from math import sqrt
from zlib import crc32

from crawler.scripts import UNSPACED
from pipelines.stories.scoring import PERIOD, Vector

KEPT = 200_000
"""How many of the latest articles stay to be found; some hundred bytes each."""

HELD = 40  # terms of an article, the weightiest
ROWS = 40
"""Articles that one term may bring, of one period: enough of a great event to meet it."""
_FINDABLE = 12  # of them, the rarest, by which it is found
_COUNTED_ALL = 1000  # articles; of later ones one in eight is counted, for eight: each count is a page to write
_COUNTED = 8
_LATEST = 24  # articles of a story that are looked through
_MANY = 80  # articles of other weeks that tell what is usual in them
_TF = 32  # a weight of 1.0 as it is kept in a byte
_TFS = tuple(byte / _TF for byte in range(256))
READ = 1500
"""Characters of a text that are read: who, what and where stand in the first paragraphs."""
SPACE = 1 << 22
"""How many different terms there are; two words that share a number look more common than they are, no worse."""
_STEM = 6  # letters
_DIGITS = 3  # a number of fewer stands in every second article
_NAME = 1.5
_NUMBER = 0.5
_NAMED = 2.0
"""Times as much does a name say of an article as another word, wherever in it it stands: who and where tell two strikes
apart, of which all else is told in the same words. A cosine sees the square of it.
"""
_TITLE, _STANDFIRST, _LEAD, _TEXT = 3.0, 2.0, 1.5, 1.0
_TITLE_CASE = 0.6  # share of capitalised words from which capitals are a headline's style and name nobody
_UNSPACED = re.compile(rf"[{UNSPACED}\uac00-\ud7af]+")
"""Hangul as well: Korean has spaces, but hangs its particles on its words, and pairs of letters find those all the
same."""
_FIRST_UNSPACED = "\u0e00"
_TOKEN = re.compile(rf"{_UNSPACED.pattern}|(?:(?!{_UNSPACED.pattern})[^\W_])+")
_ENDS = frozenset('.!?…:;"“”«»„\n')
_QUOTES = " '’‘(["


@dataclass(frozen=True, slots=True)
class Page:
    """What of an article decides on its story. ``at`` is in hours since 1970; ``digest`` tells texts apart."""

    id: int
    site: str
    kind: str
    at: int
    story_id: int | None
    title: str
    standfirst: str | None
    text: str

    @property
    def digest(self) -> int:
        """A number that stays while the words and the time do."""
        return crc32(f"{self.at}\n{self.title}\n{self.standfirst}\n{self.text}".encode("utf-8", "replace"))

    @property
    def terms(self) -> Terms:
        """Its terms, read anew."""
        return terms(self.title, self.standfirst, self.text)


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as the index has it; ``norm`` is the length of its terms, None where it must be measured anew: what
    the words weigh changes too much in a young archive.
    """

    id: int
    at: int
    terms: dict[int, float]
    norm: float | None


def page(db: sqlite3.Connection, article_id: int) -> Page | None:
    """The article; None where there is none of this number."""
    row = db.execute(
        "select id, site, kind, published_at, first_seen_at, story_id, title, standfirst, substr(text, 1, ?) as text"
        " from articles where id = ?",
        (READ, article_id),
    ).fetchone()
    if row is None:
        return None
    at = hours(row["published_at"] or row["first_seen_at"] or "1970-01-01")
    return Page(row["id"], row["site"], row["kind"], at, row["story_id"], row["title"], row["standfirst"], row["text"])


def hours(published: str) -> int:
    """Hours since 1970 of a time or a plain date as the archive writes it; of a date it is noon."""
    at = datetime.fromisoformat(published)
    if len(published) == len("2024-12-09"):
        at = datetime.combine(at, time(12))
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() // 3600)


def digest(db: sqlite3.Connection, article_id: int) -> int | None:
    """The digest with which the article is in the index."""
    row = db.execute("select digest from _vectors where article_id = ?", (article_id,)).fetchone()
    return None if row is None else int(row[0])


def add(db: sqlite3.Connection, one: Page, held: Vector, terms: Iterable[int], *, findable: bool) -> None:
    """Put an article into the index by the terms that are held, the rarest first; forget what is too long ago.

    All its ``terms`` are counted if it is new there.
    """
    is_new = remove(db, one.id) is False
    packed = _packed(held.terms)
    db.execute(
        "insert into _vectors(article_id, at, digest, terms, norm) values (?, ?, ?, ?, ?)",
        (one.id, one.at, one.digest, packed, held.norm),
    )
    if findable:
        _let_find(db, one, list(held.terms)[:_FINDABLE])
    if is_new:
        _count(db, one, terms)
        for (old,) in db.execute("select article_id from _vectors where article_id <= ? limit 2", (one.id - KEPT,)):
            remove(db, old)


def _let_find(db: sqlite3.Connection, one: Page, terms: Iterable[int]) -> None:
    """Let an article be found by these terms. In each period a term finds no more than its :data:`ROWS` latest."""
    period, listed = one.at // PERIOD, str(list(terms))
    db.execute(
        "insert into _terms(term, period, article_id) select value, ?, ? from json_each(?)", (period, one.id, listed)
    )
    db.execute(
        "delete from _terms where (term, period, article_id) in ("
        "select asked.value, ?1, (select article_id from _terms where term = asked.value and period = ?1"
        " order by article_id desc limit 1 offset ?2) from json_each(?3) as asked)",
        (period, ROWS, listed),
    )


def remove(db: sqlite3.Connection, article_id: int) -> bool:
    """Take an article out of the index. Gives whether it was there."""
    row = db.execute("delete from _vectors where article_id = ? returning at, terms", (article_id,)).fetchone()
    if row is None:
        return False
    held = list(_unpacked(row["terms"]))[:_FINDABLE]
    db.execute(
        "delete from _terms where period = ? and article_id = ? and term in (select value from json_each(?))",
        (row["at"] // PERIOD, article_id, str(held)),
    )
    return True


def _count(db: sqlite3.Connection, one: Page, terms: Iterable[int]) -> None:
    for_ = 1 if one.id <= _COUNTED_ALL else _COUNTED
    if one.id % for_:
        return
    db.execute(
        "insert into _term_counts(term, articles) select value, ? from json_each(?) where true"
        " on conflict(term) do update set articles = articles + excluded.articles",
        (for_, str(sorted(terms))),
    )


def kept(db: sqlite3.Connection, ids: Collection[int]) -> list[Kept]:
    """These articles; one that is too old to be in the index is read anew."""
    found = db.execute(
        "select article_id, at, terms, norm from _vectors where article_id in (select value from json_each(?))",
        (str(list(ids)),),
    )
    there = {
        one: Kept(one, at, _unpacked(terms), norm if one > _COUNTED_ALL else None) for one, at, terms, norm in found
    }
    return [there.get(one) or _reread(db, one) for one in ids]


def within(db: sqlite3.Connection, ids: Collection[int], at: int, hours: int) -> set[int]:
    """Those of these articles that are in the index and lie no further from a time."""
    found = db.execute(
        "select article_id from _vectors where article_id in (select value from json_each(?)) and abs(at - ?) <= ?",
        (str(list(ids)), at, hours),
    )
    return {article_id for (article_id,) in found}


def goes_back(db: sqlite3.Connection, at: int, hours: int) -> bool:
    """Whether many of the articles that came first into the index lie further from a time."""
    (found,) = db.execute(
        "select count(*) from (select at from _vectors order by article_id limit ?) where abs(at - ?) > ?",
        (2 * _MANY, at, hours),
    ).fetchone()
    return int(found) >= _MANY


def usual_length(db: sqlite3.Connection) -> float:
    """The length of an article's terms, on average of the latest."""
    (length,) = db.execute(
        "select avg(norm) from (select norm from _vectors order by article_id desc limit ?)", (_LATEST,)
    ).fetchone()
    return length or 0.0


def nearest(db: sqlite3.Connection, story_id: int, at: int, most: int) -> list[int]:
    """Articles of a story that lie nearest to a time, of those that came last into the archive."""
    found = db.execute(
        "select v.article_id from (select article_id from story_articles where story_id = ?"
        " order by article_id desc limit ?) s join _vectors v on v.article_id = s.article_id"
        " order by abs(v.at - ?), v.article_id limit ?",
        (story_id, _LATEST, at, most),
    )
    return [article_id for (article_id,) in found]


def among(db: sqlite3.Connection, ids: Collection[int], at: int) -> list[int]:
    """Those of these articles that lie nearest to a time; of those alone that are in the index."""
    found = db.execute(
        "select article_id from _vectors where article_id in (select value from json_each(?))"
        " order by abs(at - ?), article_id limit ?",
        (str(list(ids)), at, _LATEST),
    )
    return [article_id for (article_id,) in found]


def _reread(db: sqlite3.Connection, article_id: int) -> Kept:
    found = page(db, article_id)
    return Kept(article_id, found.at, found.terms.weights, None) if found else Kept(article_id, 0, {}, None)


def _packed(terms: Mapping[int, float]) -> bytes:
    return array("I", terms).tobytes() + bytes(min(255, round(_TF * tf)) for tf in terms.values())


def _unpacked(packed: bytes) -> dict[int, float]:
    size = len(packed) // 5
    return dict(zip(array("I", packed[: 4 * size]), map(_TFS.__getitem__, packed[4 * size :]), strict=True))


# The words by which articles on one event know each other: of title, standfirst and beginning, names above
# all.
#
# No language is known here. A word is cut to its first letters, which does for inflection about what a
# stemmer does
# (McNamee and Mayfield, Character N-Gram Tokenization for European Language Text Retrieval, 2004); scripts
# without
# spaces give pairs of characters. Which words mean nothing is told by how many articles have them: see
# ``stories.py``.


@dataclass(frozen=True, slots=True)
class Terms:
    """How much each term says of an article, by its number, and how the text writes it."""

    weights: dict[int, float]
    shown: dict[int, str]


def terms(title: str, standfirst: str | None, text: str) -> Terms:
    """The terms of an article: words, numbers, and neighbours among its names."""
    lead, _, rest = text[:READ].partition("\n\n")
    weights: dict[int, float] = {}
    shown: dict[int, str] = {}
    names: set[int] = set()
    for part, weight in ((title, _TITLE), (standfirst or "", _STANDFIRST), (lead, _LEAD), (rest, _TEXT)):
        for term, written, says, is_name in _words(part):
            number = crc32(term.encode("utf-8", "replace")) % SPACE
            weights[number] = weights.get(number, 0.0) + weight * says
            shown.setdefault(number, written)
            if is_name:
                names.add(number)
    said = {number: sqrt(weight) * (_NAMED if number in names else 1.0) for number, weight in weights.items()}
    return Terms(said, shown)


def _words(part: str) -> Iterator[tuple[str, str, float, bool]]:
    """Each term, how it is written, how much it says, and whether it names somebody or something."""
    tokens = [(token[0], token.start()) for token in _TOKEN.finditer(part)]
    has_names = sum(token[:1].isupper() for token, _ in tokens) < _TITLE_CASE * len(tokens)
    last: tuple[str, int, int] | None = None  # the capitalised word just before: its stem, where it begins and ends
    for token, start in tokens:
        end = start + len(token)
        if token >= _FIRST_UNSPACED and _UNSPACED.match(token):
            yield from ((token[i : i + 2], token[i : i + 2], 1.0, False) for i in range(max(1, len(token) - 1)))
            continue
        stem, capital = token.casefold()[:_STEM], has_names and token[0].isupper()
        if token[0].isdigit():
            if len(token) >= _DIGITS:
                yield stem, token, _NUMBER, False
        elif len(token) > 1:
            is_name = capital and not _begins(part, start)
            yield stem, token, _NAME if is_name else 1.0, is_name
        if capital and last and start == last[2] + 1:
            yield f"{last[0]} {stem}", part[last[1] : end], 1.0, True
        last = (stem, start, end) if capital else None


def _begins(part: str, start: int) -> bool:
    """Whether a sentence begins here, so that a capital says nothing."""
    said = part[max(0, start - 4) : start].rstrip(_QUOTES)
    return not said or said[-1] in _ENDS
