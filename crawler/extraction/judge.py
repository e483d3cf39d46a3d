"""Which witness is believed? Candidates are compared by the prose they hold, by their links and by agreement.

The fast pass is heard first, and nobody else where nothing speaks against it: that is the case on nine pages of ten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from crawler.extraction.boxes import Box
from crawler.extraction.json_ld import strings
from crawler.extraction.page import Page
from crawler.extraction.script_state import text_in
from crawler.extraction.survey import Survey, is_cut_off
from crawler.extraction.thresholds import (
    MOST_BLOCKS,
    MOST_LINKED,
    SHARE_OF_PROSE,
    SHARE_OF_WITNESS,
    SHORT,
    SURE_SHARE,
    SURE_SHARE_OF_BUILD,
    SURE_TEXT,
)
from crawler.extraction.trust import Answer
from crawler.extraction.witnesses import Engine, Testimony, densest, everything, selected, told
from crawler.extraction.words import dense, essence, plain


def judged(page: Page, boxed: Mapping[int, Box], headings: Sequence[Answer[str]]) -> Testimony:
    """The testimony that is believed. ``headings`` are what every source says as title."""
    surveyed = page.survey
    named = selected(surveyed, page.layout.body, boxed)
    if named.blocks:
        return named
    declared = {essence(one.value) for one in headings if one.value and one.source not in ("h1", "microdata")}
    said = "\n".join(strings(page.raw("articleBody")))
    dense_part = densest(surveyed, boxed, declared)
    if len(surveyed.blocks) > MOST_BLOCKS:
        return dense_part if dense_part.blocks else everything(surveyed, boxed)
    if is_sure(surveyed, boxed, dense_part):
        return dense_part
    engine = Engine(surveyed, boxed)
    fast = engine.fast()
    witness = dense(plain(said))
    is_whole = _prose(surveyed, fast) and 2 * _told(surveyed, fast) >= _size(surveyed, fast)
    if is_whole and is_plausible(surveyed, fast, dense_part, len(witness)):
        return fast
    printed = told(surveyed, said, boxed)
    candidates = [fast, engine.slow(), dense_part, Testimony("json-ld", printed.blocks)]
    heard = [one for one in candidates if one.blocks] or candidates
    best = max(heard, key=lambda one: _score(surveyed, one, witness, dense_part))
    size = _size(surveyed, best)
    if len(witness) >= SHORT and size < SHARE_OF_WITNESS * len(witness) and size < SHORT:
        return Testimony("json-ld", pieces=printed.pieces)
    if (own := _told(surveyed, best)) < SHORT:
        scripts = (
            one.text for one in page.document.by_tag["script"] if one.text and "ld+json" not in (one.get("type") or "")
        )
        kept = (value for node in surveyed.nodes for value in node.attributes.values() if value[:1] in ("{", "["))
        state = text_in((*scripts, *kept), " ".join(one.value or "" for one in headings))
        if sum(len(one.text) for one in state) > own:
            return Testimony("state", pieces=state)
    return best


def is_sure(page: Survey, boxed: Mapping[int, Box], part: Testimony) -> bool:
    """Whether the densest part is a text beyond doubt: long, of one build, and next to all prose that the page has."""
    own = _prose(page, part)
    if own < SURE_TEXT:
        return False
    builds: Counter[tuple[str, str]] = Counter()
    for block in (page.blocks[number] for number in part.blocks):
        if block.is_prose and block.node.parent is not None:
            builds[block.node.parent.tag, block.node.parent.hint] += len(block.text) - block.linked
    if max(builds.values()) < SURE_SHARE_OF_BUILD * own:
        return False
    whole = sum(len(block.text) for block in page.blocks if block.is_prose and block.number not in boxed)
    return own >= SURE_SHARE * whole


def is_plausible(page: Survey, found: Testimony, part: Testimony, witness: int) -> bool:
    """Whether a testimony needs no other: it has most of the prose, no menus, and most of what the JSON-LD holds.

    ``part`` is the densest part of the page, ``witness`` the letters of the JSON-LD's text.
    """
    size = _size(page, found)
    if not size:
        return False
    if sum(page.blocks[number].linked for number in found.blocks) > MOST_LINKED * size:
        return False
    if witness >= SHORT and size < SHARE_OF_WITNESS * witness:
        return False
    shared = Testimony(found.witness, found.blocks & part.blocks)
    return _prose(page, shared) >= SHARE_OF_PROSE * _prose(page, part)


def _size(page: Survey, found: Testimony) -> int:
    return sum(len(page.blocks[number].letters) for number in found.blocks)


def _told(page: Survey, found: Testimony) -> int:
    """Letters of what neither leads elsewhere nor breaks off, as titles and excerpts of other pieces do."""
    blocks = (page.blocks[number] for number in found.blocks)
    return sum(
        len(block.letters) for block in blocks if block.linked * 2 <= len(block.text) and not is_cut_off(block.text)
    )


def _prose(page: Survey, found: Testimony) -> int:
    blocks = (page.blocks[number] for number in found.blocks)
    return sum(len(block.text) - block.linked for block in blocks if block.is_prose)


def _score(page: Survey, found: Testimony, witness: str, part: Testimony) -> float:
    """Prose less what is links or scraps; what the JSON-LD or the densest part bears out counts twice."""
    score = 0.0
    for number in found.blocks:
        block = page.blocks[number]
        own = len(block.text)
        score += own - 2 * block.linked if block.is_prose else -0.5 * own
        is_witnessed = witness and len(block.letters) >= SHORT // 10 and block.letters in witness
        if is_witnessed or number in part.blocks:
            score += own
    return score
