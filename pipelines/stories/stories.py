"""Which story is an article in? Found when its crawl ends, looked at again when it is edited, merged or removed.

Answers come in whatever order; so what a crawl stores waits for its end, and is placed in the order of publication,
when the words of all of it are counted. A crawl that is killed leaves what waits to the next one.

A story is there from its second article on. It keeps its number: of two that turn out to be one the older number
survives, of one that falls apart the greater part keeps it, and ``story_changes`` has a row for each. Whoever merges
the rows of two articles calls :func:`moved`, then :func:`place`; whoever deletes an article calls :func:`forget`
before. To be called inside a transaction; times are as the archive writes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from crawler.article import Kind
from pipelines.stories import index, rows
from pipelines.stories.candidates import Candidates, evidence_of, held_of
from pipelines.stories.clustering import connected, is_series, matching_clusters, same_story, split
from pipelines.stories.scoring import COPIED, STAYING, Evidence, Match
from pipelines.stories.terms import Terms
from pipelines.stories.weights import Weights, rarest

_NO_NEWS = frozenset({str(Kind.SPONSORED)})
_MANY_EVENTS = frozenset({str(Kind.LIVE), str(Kind.PODCAST)})
"""Kinds of one article on many events: they join one story at most, and no other joins it through their words."""
_YOUNG = 1500
"""Articles of an archive that is still learning which words are common and what is always in the news."""
_AGAIN = (2, 3, 4, 8)
_AT_ONCE = 40
"""Articles that are placed in one transaction: half a second at the most, in which others wait."""
_COUNTED_AT_ONCE = 200
_REMEMBERED = 500
"""Articles whose terms are kept from counting to placing: some 30 kB each."""


def place(db: sqlite3.Connection, article_id: int, now: str) -> None:
    """Find the story of a stored article, or look whether it still is the right one.

    Cheap where neither its words nor its links have changed. In a young archive every article is looked at again when
    there are twice as many, and some times more.
    """
    if _look(db, article_id, now):
        _look_back(db, article_id, now, frozenset())


def put_off(db: sqlite3.Connection, article_id: int) -> None:
    """Let an article wait for :func:`steps`."""
    db.execute("insert into _unplaced(article_id) values (?) on conflict do nothing", (article_id,))


def waiting(db: sqlite3.Connection) -> int:
    """Return how many articles wait to be placed."""
    (count,) = db.execute("select count(*) from _unplaced").fetchone()
    return int(count)


def steps(db: sqlite3.Connection, now: str) -> Iterator[int]:
    """Place what waits. A step is to be a transaction of its own, and yields how many articles it was about."""
    order = [
        article_id
        for (article_id,) in db.execute(
            "select w.article_id from _unplaced w join articles a on a.id = w.article_id"
            " join article_facts f on f.article_id = a.id order by f.dated_at, a.url"
        )
    ]
    known: dict[int, Terms] = {}
    for some in _in_parts(order, _COUNTED_AT_ONCE):
        for article_id in some:
            _count(db, article_id, known)
        yield len(some)
    together = frozenset(order)
    for some in _in_parts(order, _AT_ONCE):
        for article_id in some:
            waits = db.execute("delete from _unplaced where article_id = ?", (article_id,)).rowcount
            if waits and _look(db, article_id, now, known=known):
                _look_back(db, article_id, now, together)
        yield len(some)


def _in_parts(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[begin : begin + size] for begin in range(0, len(ids), size))


def _count(db: sqlite3.Connection, article_id: int, known: dict[int, Terms]) -> None:
    """Count the terms of an article that waits, and keep them in ``known`` by the digest of what they are of.

    Once, for the crawls of a hundred sites may end together, and each finds what waits.
    """
    fresh = db.execute("update _unplaced set is_counted = 1 where article_id = ? and is_counted = 0", (article_id,))
    document = index.read(db, article_id) if fresh.rowcount else None
    if document is None or document.kind in _NO_NEWS:
        return
    before = index.digest(db, article_id)
    if before == document.digest:
        return
    terms = document.terms
    if len(known) < _REMEMBERED:
        known[document.digest] = terms
    if before is None:
        index.count(db, document, terms.weights)


def _look_back(db: sqlite3.Connection, article_id: int, now: str, together: Collection[int]) -> None:
    """Look again for the stories of earlier articles in a young archive, but for those that are placed together."""
    if article_id <= _YOUNG:
        for times in _AGAIN:
            if article_id % times == 0 and article_id // times not in together:
                _look(db, article_id // times, now, anew=True)


def enter(db: sqlite3.Connection, article_id: int) -> None:
    """Let later articles find this one, without looking for its own story: what fills an archive for a measurement."""
    document = index.read(db, article_id)
    if document is not None:
        terms = document.terms.weights
        weights = Weights(db, terms)
        held = held_of(document, terms, rarest(terms, weights), weights)
        index.add(db, document, held, findable=document.kind not in _MANY_EVENTS)
        index.count(db, document, terms)


def forget(db: sqlite3.Connection, article_id: int, now: str) -> None:
    """Take an article that is about to be deleted out of its story and the index."""
    document = index.read(db, article_id)
    if document is not None and document.story_id is not None:
        _take_out(db, Candidates(db, document), document.story_id, now)
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


def _look(
    db: sqlite3.Connection,
    article_id: int,
    now: str,
    *,
    anew: bool = False,
    known: dict[int, Terms] | None = None,
) -> bool:
    """Look for an article's story. Return whether the article is new in the index.

    ``known`` are terms that have been read and counted before, by the digest of what they are of.
    """
    document = index.read(db, article_id)
    if document is None or document.kind in _NO_NEWS:
        return False
    before, evidence = index.digest(db, article_id), evidence_of(db, article_id)
    near = index.within(db, evidence, document.at, COPIED)  # what is older is another event, whatever links to it
    has_changed = anew or before != document.digest
    if not has_changed and not _lead_elsewhere(db, document.story_id, near):
        return False
    terms = known.pop(document.digest, None) if known is not None else None
    candidates = Candidates(db, document, terms)
    has_many_events = document.kind in _MANY_EVENTS
    issues = index.issues(db, document)
    in_series = is_series(document.at, issues.values())
    if has_changed:
        index.add(db, document, candidates.article.vector, findable=not has_many_events and not in_series)
        if before is None and known is None:
            index.count(db, document, candidates.terms.weights)
        if document.story_id is not None and (in_series or not _still_belongs(candidates, document.story_id, evidence)):
            _take_out(db, candidates, document.story_id, now)
        elif document.story_id is not None and before != document.digest:
            rows.refresh(db, document.story_id, now)
    if in_series:
        *earlier, last = issues.values()
        if not anew and not is_series(last, earlier):  # the first ones were not known for such
            for issue in issues:
                _look(db, issue, now, anew=True)
        return before is None
    others = candidates.articles({*candidates.alike, *near})
    matches = matching_clusters(candidates.article, others, evidence, candidates.scorer, candidates.members)
    _join(db, candidates, matches[:1] if has_many_events else matches, now)
    _split_story(db, candidates, evidence, now)
    return before is None


def _lead_elsewhere(db: sqlite3.Connection, story_id: int | None, linked: set[int]) -> bool:
    """Return whether what is linked, or a copy, is in another story, or in none."""
    return bool(linked) and set(rows.stories_of(db, linked).values()) != {story_id}


def _still_belongs(candidates: Candidates, story_id: int, evidence: dict[int, Evidence]) -> bool:
    """Return whether an article still is like the rest of its story."""
    rest = candidates.others_of(story_id)
    return bool(rest) and candidates.scorer.match(candidates.article, rest, evidence, STAYING) is not None


def _join(db: sqlite3.Connection, candidates: Candidates, matches: Sequence[Match], now: str) -> None:
    """Join an article to the first cluster that it matches, and others to it that are alike themselves."""
    article_id = candidates.article.id
    for match in matches:
        other_id = match.other.id
        stories = rows.stories_of(db, [article_id, other_id])
        mine, theirs = stories.get(article_id), stories.get(other_id)
        if mine is None:
            story_id = theirs or rows.begin(db, other_id, now)
            rows.add(db, story_id, article_id, candidates.reason(match, other_id), now)
        elif mine == theirs or not _belong_together(candidates, match, mine, theirs):
            continue
        elif theirs is None:
            rows.add(db, mine, other_id, candidates.reason(match, article_id), now)
        else:
            rows.merge(db, mine, theirs, other_id, candidates.reason(match, article_id), now)


def _belong_together(candidates: Candidates, match: Match, mine: int, theirs: int | None) -> bool:
    if match.evidence is Evidence.COPY and theirs is None:
        return True
    other = candidates.members(theirs or -match.other.id)
    return same_story(candidates.members(mine), other, candidates.scorer)


def _take_out(db: sqlite3.Connection, candidates: Candidates, story_id: int, now: str) -> None:
    """Leave an article without a story; what was joined through it alone leaves the story as well."""
    joined_through = rows.joined_through(db, story_id)
    rows.release(db, [candidates.article.id])
    _join_within(db, candidates, [set(joined_through) - {candidates.article.id}], joined_through)
    _split_off(db, story_id, "what joined them has changed", now)


def _split_story(db: sqlite3.Connection, candidates: Candidates, evidence: dict[int, Evidence], now: str) -> None:
    """Split the article's story if its halves differ; what is not looked at goes with what it was joined through."""
    story_id = rows.stories_of(db, [candidates.article.id]).get(candidates.article.id)
    if story_id is None:
        return
    scorer = candidates.scorer
    halves = split(candidates.article, candidates.others_of(story_id), evidence, scorer)
    if halves is None:
        return
    joined_through = rows.joined_through(db, story_id)
    mine, theirs = ({member.id for member in half} for half in halves)
    for member in candidates.articles(index.among(db, set(joined_through) - mine - theirs, candidates.document.at)):
        to_mine, to_theirs = (scorer.alike([member], half) for half in halves)
        (mine if to_mine > to_theirs else theirs).add(member.id)
    rest = set(joined_through) - mine - theirs
    mine |= {article_id for article_id in rest if _leads_to(joined_through, article_id, mine, theirs)}
    _join_within(db, candidates, [mine, set(joined_through) - mine], joined_through)
    _split_off(db, story_id, "its articles are about two events", now)


def _leads_to(joined_through: dict[int, int | None], article_id: int, wanted: set[int], others: set[int]) -> bool:
    """Return whether what an article was joined through, and so on, leads to the wanted ones before the others."""
    at: int | None = article_id
    while at is not None and at not in wanted and at not in others:
        at = joined_through[at]
    return at in wanted


def _join_within(
    db: sqlite3.Connection, candidates: Candidates, halves: Sequence[set[int]], joined_through: dict[int, int | None]
) -> None:
    """Let no article be joined through one of another half: through one of its own, if they are alike."""
    for half in halves:
        kept = {article_id: _if_in(half, joined_through[article_id]) for article_id in half}
        trees = connected(kept)
        for tree in trees:
            root = next(article_id for article_id in tree if kept[article_id] is None)
            match = _match(db, candidates, root, trees[0]) if tree is not trees[0] else None
            if joined_through[root] is not None or match:
                rows.rejoin(db, root, candidates.reason(match, match.other.id) if match else None)


def _if_in(half: set[int], article_id: int | None) -> int | None:
    return article_id if article_id in half else None


def _match(db: sqlite3.Connection, candidates: Candidates, article_id: int, others: set[int]) -> Match | None:
    """Return what joins an article to these."""
    (article,) = candidates.articles([article_id])
    rest = candidates.among(others)
    return candidates.scorer.match(article, rest, evidence_of(db, article_id), STAYING) if rest else None


def _split_off(db: sqlite3.Connection, story_id: int, reason: str, now: str) -> None:
    """Let what hangs together no more go its own way."""
    for part in connected(rows.joined_through(db, story_id))[1:]:
        rows.split_off(db, story_id, part, reason, now)
    rows.refresh(db, story_id, now)
