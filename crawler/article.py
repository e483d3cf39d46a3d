"""The values that flow through Vestnik: what was found, what was fetched, what it said.

All are frozen; a stage that changes one returns a new one. Standard library only, so that
every part of the project, the worker processes included, can import this at no cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from crawler.scripts import LETTERS_PER_WORD, UNSPACED_LETTER

_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_SPAN = re.compile(r"([1-9]\d{0,7}) ?(min(?:ute)?s?|h(?:our)?s?|d(?:ay)?s?|w(?:eek)?s?|y(?:ear)?s?)")
_LONGEST_SPAN = timedelta(days=36_500)  # a time that lies further back has no place in a calendar
_DERIVED = ("word_count", "text")
"""Properties of an article that are stored and handed on as its fields are."""


class Source(StrEnum):
    """Where an address was seen."""

    FEED = "feed"
    NEWS_SITEMAP = "news_sitemap"
    SITEMAP = "sitemap"
    SECTION = "section"
    LINK = "link"
    LIST = "list"
    WARC = "warc"


NAMING = frozenset({Source.FEED, Source.NEWS_SITEMAP})
"""The listings by which a site itself names its articles, one by one; all others only hold them among other links."""


class Outcome(StrEnum):
    """How an address was settled: each candidate has exactly one."""

    WAITING = "waiting"
    STORED = "stored"
    ALIAS = "alias"
    NOT_ARTICLE = "not_article"
    BLOCKED = "blocked"
    FAILED = "failed"
    GONE = "gone"


class Kind(StrEnum):
    """What sort of piece an article is."""

    NEWS = "news"
    OPINION = "opinion"
    ANALYSIS = "analysis"
    FEATURE = "feature"
    LIVE = "live"
    GALLERY = "gallery"
    VIDEO = "video"
    PODCAST = "podcast"
    SPONSORED = "sponsored"


EARLIEST = date(1990, 1, 1)
"""Before this a date is a system's default, such as 1970: see "Dates" in the design."""
GRACE = timedelta(minutes=15)  # clocks differ
_DAY_GRACE = timedelta(hours=14)  # a plain date may be that far ahead of UTC: Kiribati


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a page states it.

    ``at`` is an aware datetime in UTC when the page gives a time of day, else a plain date.
    ``offset`` is the page's own distance from UTC in minutes, None where it gave none.
    """

    at: datetime | date
    offset: int | None = None

    @property
    def precision(self) -> str:
        """``minute`` or ``day``."""
        return "minute" if isinstance(self.at, datetime) else "day"

    @property
    def iso(self) -> str:
        """``2024-12-09T11:02:00Z``, or ``2024-12-09`` where only the day is known."""
        return utc_text(self.at) if isinstance(self.at, datetime) else self.at.isoformat()

    def is_possible(self, fetched_at: datetime) -> bool:
        """Return whether a page fetched then can have been written or changed at this time."""
        if isinstance(self.at, datetime):
            return self.at.date() >= EARLIEST and self.at <= fetched_at + GRACE
        return EARLIEST <= self.at <= (fetched_at.astimezone(UTC) + _DAY_GRACE).date()

    def local_day(self) -> date:
        """The day it was where the page was written, as far as the page tells."""
        if not isinstance(self.at, datetime):
            return self.at
        return (self.at + timedelta(minutes=self.offset or 0)).date()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A discovered address, with what the listing said about it.

    ``hinted_at`` is when the listing says that it was published, ``hinted_day`` the day where it tells no more: no time
    of day, or no zone; ``hinted_as`` is how it is written there. ``hinted_modified_at`` is when it was last changed,
    as sitemaps and Atom say.
    """

    url: str
    source: Source
    listing_url: str | None = None
    hinted_title: str | None = None
    hinted_at: datetime | None = None
    hinted_modified_at: datetime | None = None
    hinted_day: date | None = None
    hinted_as: str | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """One fetch of one address.

    ``requested`` is the address asked for, ``redirects`` the addresses passed on the way and ``url``
    the one that answered. ``capture`` names the record in a WARC, as ``file:offset:digest``; those of an article over
    several pages stand one after the other, with blanks between.
    """

    requested: str
    url: str
    at: datetime
    status: int | None = None
    redirects: tuple[str, ...] = ()
    capture: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What one source on the page says of one field, and whether that answer won."""

    field: str
    source: str
    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another page.

    ``kind`` is ``related`` (a box that names one related article), ``read_more`` (a list of such
    links around the text) or ``inline`` (inside a paragraph). ``position`` is the 0-based paragraph
    in which, or before which, it stands; the number of paragraphs means after the last.
    ``start`` and ``end`` are character offsets of an inline link's words in its paragraph.
    """

    kind: str
    position: int
    href: str
    anchor_text: str
    start: int | None = None
    end: int | None = None


NO_PROSE = frozenset({"table", "box", "note", "embed"})
"""The kinds of blocks that copies of a text are not known by, and that do not count as its words."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph that is not a plain one: ``heading``, ``quote``, ``list`` or a live ``post`` with its time.

    Those of :data:`NO_PROSE` stand among the text and are none of its prose: a ``table`` (rows by line feed, cells by
    tab), a fact ``box``, a ``note`` of the editors such as a correction, an ``embed`` of somebody else's post.
    """

    position: int
    kind: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """Text that was taken out, the paragraph before which it stood, and why."""

    position: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a live blog, read apart from its page: its paragraphs and the time it states (aware, UTC)."""

    at: datetime | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages over which an article goes on, as one of them, ``number``, names them.

    ``named`` are others by number, ``following`` is the next one where a link says no more than that, ``whole`` a page
    that shows all of them.
    """

    number: int = 1
    named: tuple[tuple[int, str], ...] = ()
    following: str | None = None
    whole: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What one page says. None means that the page did not say."""

    site: str
    url: str
    title: str = ""
    canonical: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()
    """Other addresses the page names for itself, as (kind, address): ``amp``, ``shortlink``."""
    kind: Kind = Kind.NEWS
    standfirst: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    published: Moment | None = None
    modified: Moment | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    wire: str | None = None
    paywalled: bool | None = None
    image_url: str | None = None
    image_caption: str | None = None
    image_credit: str | None = None
    paragraphs: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    extractor: str = ""
    pages: Pages | None = None
    is_list: bool | None = None
    """True where the page is none, but a list of articles: a section's front, a tag, what a search found."""

    @property
    def text(self) -> str:
        """The paragraphs, joined by an empty line."""
        return "\n\n".join(self.paragraphs)

    @property
    def prose(self) -> tuple[str, ...]:
        """The paragraphs without tables, fact boxes, notes and embedded posts."""
        apart = {block.position for block in self.blocks if block.kind in NO_PROSE}
        return tuple(text for position, text in enumerate(self.paragraphs) if position not in apart)

    @property
    def word_count(self) -> int:
        """Words of the prose between white space; in scripts without spaces, as many as there would about be."""
        return sum(map(words, self.prose))

    def to_dict(self) -> dict[str, Any]:
        """Return the article as values that JSON has, under the names of the archive's columns where it has such.

        Times are text as in :attr:`Moment.iso`; ``published_offset`` is in minutes. Tuples become lists, and links,
        blocks and the like objects. ``text``, the paragraphs in one, comes last. None means that the page did not say.
        """
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        published, modified = named.pop("published"), named.pop("modified")
        plain: dict[str, Any] = {name: _plain(value) for name, value in named.items()}
        plain |= {
            "published_at": published and published.iso,
            "published_precision": published and published.precision,
            "published_offset": published and published.offset,
            "modified_at": modified and modified.iso,
        }
        return plain | {name: getattr(self, name) for name in _DERIVED}

    def with_posts(self, posts: Iterable[Post]) -> Article:
        """The article with these posts after the text of its page, each marked at its first paragraph."""
        paragraphs, blocks = list(self.paragraphs), list(self.blocks)
        for post in posts:
            blocks.append(Block(len(paragraphs), "post", post.at))
            paragraphs += post.paragraphs
        return replace(self, paragraphs=tuple(paragraphs), blocks=tuple(blocks))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: the number that it shares with others of one ``pattern``, one for what fills it, and its words."""

    skeleton: int
    filling: int
    pattern: str
    words: int


@dataclass(frozen=True, slots=True)
class Measures:
    """By what an article is known, compared and found, as far as it follows from the article alone.

    ``content_hash`` is shared by equal texts, ``bands`` by nearly equal ones, ``marks`` (by position) by paragraphs
    that a site repeats, ``sentences`` by forms that it fills in; ``words`` are those of title, standfirst and text in
    lower case. ``link_keys`` are the identities of links to the page's own host, by address: those of other hosts are
    for their sites' profiles to say.
    """

    content_hash: str = ""
    bands: tuple[int, ...] = ()
    marks: Mapping[int, int] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()
    words: frozenset[str] = frozenset()
    link_keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one answer from the next (RFC 9110, 8.8), as the server wrote it, and a hash of the decoded body."""

    etag: str | None
    last_modified: str | None
    body_hash: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One fetch of one candidate and what came of it: the item that goes through the pipelines.

    ``outcome`` is ``stored`` on the way there; every other one goes along without an article, so that
    each address that was asked for ends in exactly one counted outcome, with its reason.
    ``revisit`` is the number of the stored article that this was a second look at; ``stored`` without an article
    then means that the server says nothing has changed. ``pages`` are the addresses of further pages of the article,
    ``partial`` says what of it could not be fetched. ``measures`` are the article's, where whoever read it took them.
    """

    candidate: Candidate
    fetch: Fetch
    outcome: Outcome
    reason: str | None = None
    article: Article | None = None
    revisit: int | None = None
    validators: Validators | None = None
    pages: tuple[str, ...] = ()
    partial: str | None = None
    measures: Measures | None = None


def _plain(value: Any) -> Any:
    """Return a field's value in what JSON has."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return utc_text(value)
    return str(value) if isinstance(value, StrEnum) else value


def words(text: str) -> int:
    """Return how many words a text has; in scripts without spaces, how many it would about have."""
    unspaced = len(UNSPACED_LETTER.findall(text))
    return len(UNSPACED_LETTER.sub(" ", text).split()) + unspaced // LETTERS_PER_WORD


def utc_text(at: datetime) -> str:
    """An aware time as the archive writes it: ``2024-12-09T11:02:00Z``.

    Raises ValueError for a time without a zone: guessing one here would hide a bug.
    """
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {at!r}; expected an aware datetime")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_time(text: str) -> datetime:
    """The inverse of :func:`utc_text`; also takes any other ISO 8601 time with a zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {text!r}; expected something like 2024-12-09T11:02:00Z")
    return at.astimezone(UTC)


def span(written: str) -> timedelta:
    """Return ``10 min``, ``2 hours`` or ``2y`` as a duration, as people write them in profiles, settings and options.

    Raises ValueError for anything else, and for no time at all.
    """
    match = _SPAN.fullmatch(written)
    length = int(match[1]) * _UNITS[match[2][0]] if match else _LONGEST_SPAN * 2
    if length > _LONGEST_SPAN:
        raise ValueError(f"{written!r}; expected a span such as '10 min', '2 h', '1 d' or '2 y'")
    return length
