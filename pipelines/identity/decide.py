"""What a fetched article means for the archive: a new row, another address of one, an edit, a better reading … And how
it is written.

Whatever is needed of the archive is in :class:`~pipelines.identity.recognise.Known`, so deciding is pure. Merge and
MakeWay settle which article it is; after them what is known is looked up again. Every other decision says all that is
to be written; :func:`write` is to be called inside a transaction.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from typing import Any

from crawler.article import utc_text, words
from crawler.site import Site
from pipelines.archive import revisions, rows
from pipelines.archive.fields import NAMED, READING, columns, with_followers
from pipelines.copies.shingles import plain
from pipelines.identity import changes, keys, recognise
from pipelines.identity.recognise import LAYOUT, Known, Match, Row
from pipelines.record import LISTING, PAGE, Address, Record

Columns = dict[str, Any]
_PUBLISHED = with_followers("published_at")
_LEFT_BY_A_WALL, _SAID_BY_A_WALL = 0.7, 60
"""Share of the words that walls leave at most, for they leave a paragraph or two; and words that they say."""
_ROTATING = "read_more"
"""Lists around an unchanged text rotate, and would leave a row for every article that was ever in them."""
_PAYWALL = "for subscribers"
_NEXT_NUMBER = (
    "select 1 + max(coalesce((select max(id) from articles), 0), coalesce((select max(old_id) from merges), 0))"
)
"""Never that of an article which became another, for it leads there for good."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Several rows are this one article."""

    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class MakeWay:
    """Others hold keys that are this article's, or its page answered in place of the one that was asked for.

    ``left`` is that other article, whose page was not there.
    """

    article_id: int | None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class New:
    """An article that is not there yet, and the address to keep it under."""

    address: Address


@dataclass(frozen=True, slots=True)
class _OfKnown:
    """What a fetch of a known article means. ``row`` is the article as it is stored, ``columns`` are its new values."""

    row: Row
    columns: Columns = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    """The fields that changed, as the crawl counts them."""
    is_walled: bool = field(default=False, kw_only=True)
    """Whether a wall stands before the text now, for which readers pay: what was stored of it holds."""

    @property
    def reason(self) -> str:
        """What became of the article, as the crawl counts it."""
        return "unchanged"

    @property
    def after(self) -> Row:
        """The row as it will be."""
        return {**self.row, **self.columns}


@dataclass(frozen=True, slots=True)
class OtherForm(_OfKnown):
    """Another form of the article's page, such as AMP or print, or a part of its pages: it proves nothing."""


@dataclass(frozen=True, slots=True)
class Walled(_OfKnown):
    """A wall stands before the text now, and all else that the page says is as it was."""

    @property
    def reason(self) -> str:
        """What became of the article, as the crawl counts it."""
        return "a wall before it"


@dataclass(frozen=True, slots=True)
class Earlier(_OfKnown):
    """A capture that is older than the stored state."""

    @property
    def reason(self) -> str:
        """What became of the article, as the crawl counts it."""
        return "an earlier state"


@dataclass(frozen=True, slots=True)
class Unchanged(_OfKnown):
    """Nothing that readers care about has changed; ``columns`` are what did: its section, the time of a save, or the
    text of pages that could not be fetched before.
    """


@dataclass(frozen=True, slots=True)
class Edited(_OfKnown):
    """The paper changed the article; ``summary`` says in words what.

    ``silent`` where its own modification time did not move, None where the paper states none.
    """

    summary: str = ""
    silent: bool | None = None

    @property
    def reason(self) -> str:
        """What became of the article, as the crawl counts it."""
        return "edited"


@dataclass(frozen=True, slots=True)
class SeenBefore(_OfKnown):
    """A state that the paper has shown before: two headlines on trial, an edit taken back. No new edit.

    ``revision`` is the row that kept it.
    """

    revision: int = 0

    @property
    def reason(self) -> str:
        """What became of the article, as the crawl counts it."""
        return "a state seen before"


@dataclass(frozen=True, slots=True)
class Reread(_OfKnown):
    """The same page read otherwise, by other rules: never silent, never an event.

    With ``forget_links``, a link that is no longer found was our reading's, not the page's.
    """

    forget_links: bool = False

    @property
    def reason(self) -> str:
        """What became of the article, as the crawl counts it."""
        return "re-extracted" if self.changed else "unchanged"


Change = OtherForm | Walled | Earlier | Unchanged | Edited | SeenBefore | Reread
"""What a fetch of a known article means."""


@dataclass(frozen=True, slots=True)
class Alias:
    """An address of a known article that was not known, and changes nothing of it that is counted."""

    change: Change


Decision = Merge | MakeWay | New | Alias | Change


def decide(record: Record, known: Known, site: Site) -> Decision:
    """Return what is to be done about a fetched article."""
    if len(known.matches) > 1:
        return Merge(known.matches)
    article_id = known.matches[0].article_id if known.matches else None
    if not known.is_clear:
        left = known.revisited if known.revisited != article_id else None
        if left is not None or recognise.is_in_the_way(record, known, article_id, site):
            return MakeWay(article_id, left)
    if known.article is None:
        return New(recognise.own_address(record, known))
    change = compare(record, known, known.article, site)
    is_known = known.urls.get(record.visit.candidate.url) == article_id
    return change if is_known or change.changed else Alias(change)


def compare(record: Record, known: Known, row: Row, site: Site) -> Change:
    """Return what a fetch of a known article, stored as ``row``, means.

    Another form of its page proves nothing. A capture older than the stored state is an earlier one. Where the rules
    are others than those that read the stored state, or the same bytes now read otherwise, or the selectors of a layout
    read one state and none the other, the change is not the paper's.
    """
    new, now = revisions.state_of(record, site), utc_text(record.visit.fetch.at)
    same_bytes = new["capture"] is not None and new["capture"] == row["capture"]
    if not same_bytes and _is_other_form(row, record, site):
        return OtherForm(row)
    if now < row["last_checked_at"] and not same_bytes:
        return Earlier(row)
    if record.visit.partial is not None and record.visit.partial != row["partial"]:
        return OtherForm(row)  # a page that could not be fetched takes no text away
    if not same_bytes and is_walled(record, row):
        return _behind_a_wall(record, known, row, site)
    state = columns(record, site) | _address(row, record)
    if not record.article.published and not same_bytes:  # what an earlier page said still holds
        state = {name: value for name, value in state.items() if name not in _PUBLISHED}
    has_layout = any(each.source == LAYOUT for each in record.article.provenance)
    redesigned = row["has_layout"] != has_layout or _is_first_answer(row, record, known, site)
    if same_bytes or redesigned or row["extractor"] != new["extractor"]:
        named = tuple(name for name in NAMED if row[name] != state.get(name, row[name]))
        return Reread(row, state, named, forget_links=same_bytes or not redesigned)
    told = {name: value for name, value in state.items() if name not in READING and row[name] != value}
    if row["partial"] is not None and record.visit.partial is None:
        return Unchanged(row, told | {"capture": state["capture"]})  # the pages that lacked are there now
    stored = revisions.stored_state(row)
    edited = changes.changed(stored, new)
    before = next((one for one in known.earlier if edited and not changes.changed(one, new)), None)
    if before is not None:
        return SeenBefore(row, state, edited, before["id"])
    if edited:
        return Edited(row, state, edited, changes.summary(stored, new), changes.is_silent(stored, new))
    if "published_at" in state and record.is_by_listing != (row["date_basis"] == LISTING):
        told["published_at"] = state["published_at"]  # the page says now what only the listing did
    return Unchanged(row, told)


def _behind_a_wall(record: Record, known: Known, row: Row, site: Site) -> Change:
    """Return what a page says of an article before whose text a wall stands: its headline may still be another."""
    stored, new = revisions.stored_state(row), revisions.state_behind_wall(record, row, site)
    edited = changes.changed(stored, new) if row["extractor"] == record.article.extractor else ()
    columns = {"paywalled": 1, **({"title": new["title"]} if edited else {})}
    before = next((one for one in known.earlier if edited and not changes.changed(one, new)), None)
    if before is not None:
        return SeenBefore(row, columns, edited, before["id"], is_walled=True)
    if edited:
        summary, silent = changes.summary(stored, new), changes.is_silent(stored, new)
        return Edited(row, columns, edited, summary, silent, is_walled=True)
    return Walled(row, columns, is_walled=True)


def is_walled(record: Record, row: Row) -> bool:
    """Return whether a page that says it is for subscribers shows no more than the beginning of what is stored.

    What it shows was there, in its order, though the last paragraph may break off, and what the wall says stand behind.
    And it is much less.
    """
    article = record.article
    if not article.paywalled or article.word_count > _LEFT_BY_A_WALL * (row["word_count"] or 0):
        return False
    pairs = list(zip(article.paragraphs, row["text"].split("\n\n"), strict=False))
    same = sum(1 for _ in takewhile(lambda pair: _begins(*map(plain, pair)), pairs))
    return same > 0 and sum(map(words, article.paragraphs[same:])) <= _SAID_BY_A_WALL


def _begins(shown: str, stored: str) -> bool:
    return stored.startswith(shown.rstrip(" .…[]"))


def _is_other_form(row: Row, record: Record, site: Site) -> bool:
    """Return whether the page is not the one that the article is kept under, nor the one that it declares itself.

    Whatever the page declares that the article is kept under, it is the article's.
    """
    url = record.visit.fetch.url
    if site.is_same_page(url, row["url"]):
        return False
    return site.is_other_form(url) or not site.is_same_page(url, record.canonical.url)


def _is_first_answer(row: Row, record: Record, known: Known, site: Site) -> bool:
    """Return whether the article's own page is here for the first time; only other forms of it were read until now."""
    key = record.answered.key
    if key not in (row["address_key"], site.main_key(row["url"])):
        return False
    if known.holders(key).proofs.get(row["id"]) == keys.ANSWERED:
        return False
    return all(site.is_other_form(url) for url in row["answered"])


def _address(row: Row, record: Record) -> Columns:
    """Return the address that a retitled or re-dated article has now: the next look need not be redirected."""
    return {"url": record.canonical.url} if record.canonical.key == row["address_key"] else {}


# Writing what was decided: the row, with its parts, links, keys and revision.


def write(
    db: sqlite3.Connection,
    decision: New | Alias | Change,
    record: Record,
    known: Known,
    site: Site,
    crawl_id: int | None,
) -> tuple[Row, int]:
    """Write what was decided. Returns the article's row as it is now, and how many links found their target."""
    if isinstance(decision, New):
        row, resolved = _insert(db, decision.address, record, known, site, crawl_id)
        return row, resolved + keys.learn(db, row["id"], record, known.held, known.urls)
    change = decision.change if isinstance(decision, Alias) else decision
    row = _change(db, change, record, known, site, crawl_id)
    resolved = keys.learn(db, row["id"], record, known.held, known.urls)
    better = recognise.better_address(record, known, change.after, site)
    if better is not None:
        rows.update(db, row["id"], {"url": better.url, "address_key": better.key})
        row = {**row, "url": better.url, "address_key": better.key}
    return row, resolved


def _insert(
    db: sqlite3.Connection, address: Address, record: Record, known: Known, site: Site, crawl_id: int | None
) -> tuple[Row, int]:
    """Return the new row, and how many of its links have their target."""
    now = utc_text(record.visit.fetch.at)
    rows.keep(db, site)
    row = columns(record, site) | {
        "url": address.url,
        "address_key": address.key,
        "first_seen_at": now,
        "last_seen_at": now,
        "last_changed_at": now,
        "last_checked_at": now,
        "status": "live",
    }
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    cursor = db.execute(f"insert into articles({names}, id) values ({marks}, ({_NEXT_NUMBER}))", tuple(row.values()))
    article_id = int(cursor.lastrowid or 0)
    if record.visit.candidate.hinted_at is not None:
        rows.listed(db, article_id, record.visit.candidate.hinted_at, record.visit.fetch.at)
    if record.is_by_listing:
        rows.date_by(db, article_id, LISTING)
    if record.visit.partial is not None:
        rows.lacks(db, article_id, record.visit.partial)
    rows.event(db, article_id, crawl_id, now, "new", record.article.title)
    return {"id": article_id, **row}, rows.write_new(db, article_id, record, known)


def _change(
    db: sqlite3.Connection, change: Change, record: Record, known: Known, site: Site, crawl_id: int | None
) -> Row:
    """Write what a fetch of a known article means. Returns its row as it is then."""
    row, article_id, now = change.row, change.row["id"], utc_text(record.visit.fetch.at)
    if change.after["site"] != row["site"]:  # its page answers at another site's address now
        rows.keep(db, site)
    times = {"last_seen_at": max(row["last_seen_at"], now)}
    if isinstance(change, Earlier):
        times |= revisions.keep_earlier(db, row, record, site)
    elif not isinstance(change, OtherForm):
        times["last_checked_at"] = max(row["last_checked_at"], now)
    if isinstance(change, Edited):
        times["last_changed_at"] = now
    state_of = partial(revisions.state_behind_wall, row=row) if change.is_walled else revisions.state_of
    if isinstance(change, Edited | Reread) and change.changed:
        revisions.keep(db, row, state_of(record, site=site), "edit" if isinstance(change, Edited) else "rules")
    if isinstance(change, SeenBefore):
        revisions.swap(db, row, change.revision, state_of(record, site=site), now)
    rows.update(db, article_id, change.columns | times)
    if "published_at" in change.columns and change.columns["published_at"] is not None:
        rows.date_by(db, article_id, LISTING if record.is_by_listing else PAGE)
    if not (isinstance(change, OtherForm | Earlier) or change.is_walled) and record.visit.partial != row["partial"]:
        rows.lacks(db, article_id, record.visit.partial)
    wall = _PAYWALL if change.is_walled else None
    if not isinstance(change, OtherForm | Earlier) and wall != row["wall"]:
        rows.stands_before(db, article_id, wall)
    match change:
        case _ if change.is_walled:  # the page shows less than is stored
            pass
        case Earlier():
            rows.add_earlier_links(db, article_id, record, known)
        case Unchanged():
            rows.write(db, article_id, record, known, without=_ROTATING)
        case SeenBefore() | Edited():
            rows.write(db, article_id, record, known)
        case Reread():
            rows.write(db, article_id, record, known, forget_links=change.forget_links)
    if isinstance(change, Edited):
        rows.event(db, article_id, crawl_id, now, "silent_edit" if change.silent else "edited", change.summary)
    return {**change.after, **times}
