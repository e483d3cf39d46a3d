"""Parting what is no story: an article that is like the rest no more, and two events that were taken for one.

To be called inside a transaction; times are as the archive writes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from pipelines.stories import index, rows
from pipelines.stories.candidates import Desk, grounds
from pipelines.stories.clustering import parts, torn
from pipelines.stories.tfidf import STAYING
from pipelines.stories_scene import Ground, Tie


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
