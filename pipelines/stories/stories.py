"""The story of an article: found when it is stored, looked at again when it is edited, merged or removed.

A story is there from its second article on. It keeps its number: of two that turn out to be one the older number
survives, of one that falls apart the greater part keeps it, and ``story_changes`` tells. Whoever merges the rows of two
articles calls :func:`moved`, then :func:`place`; whoever deletes an article calls :func:`forget` before.
To be called inside a transaction; times are as the archive writes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from crawler.article import Kind
from pipelines.stories import index, rows
from pipelines.stories.candidates import Desk, Weights, grounds, rarest
from pipelines.stories.clustering import joined, parts, same_story, torn
from pipelines.stories.scoring import COPIED, STAYING, Ground, Tie, Vector

_NO_NEWS = frozenset({str(Kind.SPONSORED)})
_MANY_EVENTS = frozenset({str(Kind.LIVE), str(Kind.PODCAST)})
"""Kinds of one piece on many events: they join one story at most, and no other joins it through their words."""
_YOUNG = 1500
"""Articles of an archive that is still learning which words are common and what is always in the news."""
_AGAIN = (2, 3, 4, 8)


def place(db: sqlite3.Connection, article_id: int, now: str) -> None:
    """Find the story of a stored article, or look whether it still is the right one.

    Cheap where neither its words nor its links have changed. In a young archive every article is looked at again when
    there are twice as many, and some times more.
    """
    if _look(db, article_id, now) and article_id <= _YOUNG:
        for times in _AGAIN:
            if article_id % times == 0:
                _look(db, article_id // times, now, anew=True)


def enter(db: sqlite3.Connection, article_id: int) -> None:
    """Let later articles find this one, without looking for its own story: what fills an archive for a measurement."""
    one = index.page(db, article_id)
    if one is not None:
        terms = one.terms.weights
        weights = Weights(db, terms)
        held = {term: terms[term] for term in rarest(terms, weights)[: index.HELD]}
        index.add(db, one, Vector.of(held, weights), terms, findable=one.kind not in _MANY_EVENTS)


def forget(db: sqlite3.Connection, article_id: int, now: str) -> None:
    """Take an article that is about to be deleted out of its story and the index."""
    one = index.page(db, article_id)
    if one is not None and one.story_id is not None:
        take_out(db, Desk(db, one), one.story_id, now)
    index.remove(db, article_id)


def moved(db: sqlite3.Connection, old_id: int, new_id: int, now: str) -> None:
    """Let article ``new_id`` stand where ``old_id``, the same article and about to be deleted, stands.

    Where both are in a story, the old one is forgotten.
    """
    if new_id in rows.stories_of(db, [old_id, new_id]):
        forget(db, old_id, now)
    else:
        index.remove(db, old_id)
        rows.replace(db, old_id, new_id)


def _look(db: sqlite3.Connection, article_id: int, now: str, *, anew: bool = False) -> bool:
    """Look for an article's story. Gives whether the article is new in the index."""
    one = index.page(db, article_id)
    if one is None or one.kind in _NO_NEWS:
        return False
    before, bonds = index.digest(db, article_id), grounds(db, article_id)
    near = index.within(db, bonds, one.at, COPIED)  # what is older is no longer the same event, whatever links to it
    has_changed = anew or before != one.digest
    if not has_changed and not _lead_elsewhere(db, one.story_id, near):
        return False
    desk = Desk(db, one)
    if has_changed:
        index.add(db, one, desk.piece.vector, desk.terms.weights, findable=one.kind not in _MANY_EVENTS)
        if one.story_id is not None and not _belongs(desk, one.story_id, bonds):
            take_out(db, desk, one.story_id, now)
        elif one.story_id is not None and before != one.digest:
            rows.refresh(db, one.story_id, now)
    ties = joined(desk.piece, desk.pieces({*desk.alike, *near}), bonds, desk.scene, desk.members)
    _join(db, desk, ties[:1] if one.kind in _MANY_EVENTS else ties, now)
    tear(db, desk, bonds, now)
    return before is None


def _join(db: sqlite3.Connection, desk: Desk, ties: Sequence[Tie], now: str) -> None:
    """Join an article to the first cluster that it is tied to, and others to it that are alike themselves."""
    one = desk.piece.id
    for tie in ties:
        other = tie.other.id
        mine, theirs = (rows.stories_of(db, [article_id]).get(article_id) for article_id in (one, other))
        if mine is None:
            story_id = theirs or rows.begin(db, other, now)
            rows.add(db, story_id, one, desk.reason(tie, other), now)
        elif mine == theirs or not _belong_together(desk, tie, mine, theirs):
            continue
        elif theirs is None:
            rows.add(db, mine, other, desk.reason(tie, one), now)
        else:
            rows.merge(db, mine, theirs, other, desk.reason(tie, one), now)


def _belong_together(desk: Desk, tie: Tie, mine: int, theirs: int | None) -> bool:
    if tie.ground is Ground.COPY and theirs is None:
        return True
    return same_story(desk.members(mine), desk.members(theirs or -tie.other.id), desk.scene)


def _belongs(desk: Desk, story_id: int, bonds: dict[int, Ground]) -> bool:
    """Whether an article still is like the rest of its story."""
    rest = [piece for piece in desk.members(story_id) if piece.id != desk.piece.id]
    return bool(rest) and desk.scene.tie(desk.piece, rest, bonds, STAYING) is not None


def _lead_elsewhere(db: sqlite3.Connection, story_id: int | None, bound: set[int]) -> bool:
    """Whether what is linked, or a copy, is in another story, or in none."""
    return bool(bound) and set(rows.stories_of(db, bound).values()) != {story_id}


# Parting what is no story: an article that is like the rest no more, and two events that were taken for one.
#
# To be called inside a transaction; times are as the archive writes them.


def take_out(db: sqlite3.Connection, desk: Desk, story_id: int, now: str) -> None:
    """Leave an article without a story; what was joined through it alone parts from the story as well."""
    edges = rows.through(db, story_id)
    rows.release(db, [desk.piece.id])
    _hold(db, desk, [set(edges) - {desk.piece.id}], edges)
    _part(db, story_id, "what joined them has changed", now)


def tear(db: sqlite3.Connection, desk: Desk, bonds: dict[int, Ground], now: str) -> None:
    """Part the article's story if it proves to be two; what is not looked at goes with what it was joined through."""
    story_id = rows.stories_of(db, [desk.piece.id]).get(desk.piece.id)
    if story_id is None:
        return
    halves = torn(desk.piece, [one for one in desk.members(story_id) if one.id != desk.piece.id], bonds, desk.scene)
    if halves is None:
        return
    edges = rows.through(db, story_id)
    mine, theirs = ({piece.id for piece in half} for half in halves)
    for piece in desk.pieces(index.among(db, set(edges) - mine - theirs, desk.page.at)):
        likenesses = (desk.scene.alike([piece], half) for half in halves)
        (mine if next(likenesses) > next(likenesses) else theirs).add(piece.id)
    mine |= {one for one in set(edges) - mine - theirs if _leads_to(edges, one, mine, theirs)}
    _hold(db, desk, [mine, set(edges) - mine], edges)
    _part(db, story_id, "its articles are about two events", now)


def _leads_to(edges: dict[int, int | None], one: int, wanted: set[int], others: set[int]) -> bool:
    """Whether what an article was joined through, and that in turn, leads to the wanted ones before the others."""
    at: int | None = one
    while at is not None and at not in wanted and at not in others:
        at = edges[at]
    return at in wanted


def _hold(db: sqlite3.Connection, desk: Desk, halves: Sequence[set[int]], edges: dict[int, int | None]) -> None:
    """Let no article be joined through one of another half: through one of its own, if they are alike."""
    for half in halves:
        kept = {one: edges[one] if edges[one] in half else None for one in half}
        trees = parts(kept)
        for tree in trees:
            root = next(one for one in tree if kept[one] is None)
            tie = _tie(db, desk, root, trees[0]) if tree is not trees[0] else None
            if edges[root] is not None or tie:
                rows.retie(db, root, desk.reason(tie, tie.other.id) if tie else None)


def _part(db: sqlite3.Connection, story_id: int, reason: str, now: str) -> None:
    """Let what hangs together no more go its own way."""
    for part in parts(rows.through(db, story_id))[1:]:
        rows.part(db, story_id, part, reason, now)
    rows.refresh(db, story_id, now)


def _tie(db: sqlite3.Connection, desk: Desk, article_id: int, others: set[int]) -> Tie | None:
    """What ties an article to these."""
    (piece,) = desk.pieces([article_id])
    rest = desk.among(others)
    return desk.scene.tie(piece, rest, grounds(db, article_id), STAYING) if rest else None
