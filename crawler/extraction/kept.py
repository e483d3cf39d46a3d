"""Which blocks are text? What a witness chose, what belongs to it, and what stands with it as a block of a kind."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from crawler.extraction import boilerplate
from crawler.extraction.boxes import KINDS, Box, rows, stays_on_site
from crawler.extraction.case import TEXT, Case, Verdict, Verdicts, is_caption
from crawler.extraction.hints import is_called_quote
from crawler.extraction.survey import HEADINGS, Block, Node, is_cut_off
from crawler.extraction.thresholds import (
    FAMILY,
    FURTHER,
    GALLERY,
    HEAD,
    LONG_STANDFIRST,
    MOST_LINKED_LINE,
    MOST_OPENINGS,
    OPENING_LINE,
    SHORTEST_SENTENCE,
)
from crawler.extraction.words import dense

_TEXT = frozenset({"p", "blockquote", "li", "dd", "dt", "pre", "summary", *HEADINGS})
_LISTS, _CELLS = frozenset({"ul", "ol", "dl", "table"}), frozenset({"dt", "dd", "td", "th"})
_ITEM, _LINE_OF_SUMMARY = 12, 25
"""Characters of an item, on average: of a list that ends a text, and of one that sums it up before it begins."""
_BEFORE = frozenset({"table", "box"})
_ENDING = frozenset({"table", "embed", "caption"})
"""The reasons of boxes that a text may end with."""
_LEVELS = 4
_AROUND_QUOTE = frozenset({"blockquote", "div", "figure", "p", "section"})
_GLUED = re.compile(r"[^\W\d_]{2}[.!?][^\W\d_a-z]")
_ASIDE = frozenset({"aside", "footer", "header", "form", "figure", "figcaption", "nav"})


def boxed(case: Case, _: Verdicts) -> Verdicts:
    """What stands in boxes goes by their reason; tables, fact boxes, notes and embedded posts stay as what they are."""
    found: dict[int, Verdict] = {}
    behind = [*_right_before(case), *_right_behind(case)]
    for number, box in case.boxed.items():
        if number not in case.range and not (box.reason == "note" and _is_near(case, number)) and box not in behind:
            continue
        if box.reason == "table":
            continue
        block = case.survey.blocks[number]
        if block.unseen:
            continue
        is_kept = box.reason in KINDS and not (box.reason == "embed" and block.linked * 2 > len(block.text))
        found[number] = Verdict(kind=box.reason) if is_kept else Verdict(box.reason)
    for box in dict.fromkeys([*(one for number, one in case.boxed.items() if number in case.range), *behind]):
        if box.reason == "table":
            found |= _table(case, box)
    return found


def chosen(case: Case, verdicts: Verdicts) -> Verdicts:
    """What the witness chose is text."""
    blocks = (case.survey.blocks[number] for number in case.chosen if number not in verdicts)
    return {block.number: Verdict(kind=block.kind) for block in blocks}


def sisters(case: Case, verdicts: Verdicts) -> Verdicts:
    """Paragraphs between chosen ones that have the same parent, and bare sentences in the text's own column."""
    blocks = case.survey.blocks
    families: dict[tuple[Node, str], list[int]] = {}
    for block in blocks[case.range.start : case.range.stop]:
        if block.unseen is None and block.number not in case.boxed and block.node.tag in _TEXT:
            families.setdefault(_family(block), []).append(block.number)
    own = {
        family
        for family, numbers in families.items()
        if sum(len(blocks[one].text) for one in numbers if one in case.chosen)
        >= FAMILY * sum(len(blocks[one].text) for one in numbers)
        and any(blocks[one].is_prose and one in case.chosen for one in numbers)
    }
    parents = {blocks[number].node.parent for number in case.chosen}
    found: dict[int, Verdict] = {}
    for number in case.range:
        if number in verdicts:
            continue
        block = blocks[number]
        is_sister = block.node.tag in _TEXT and _family(block) in own
        if is_sister or _is_text_between(case, block) or _is_item_between(case, block, parents):
            found[number] = Verdict(kind=block.kind)
    return found


def opening(case: Case, verdicts: Verdicts) -> Verdicts:
    """A first paragraph that stands in a box of its own between the headline and the text.

    A line that repeats what the page describes itself with is the standfirst.
    """
    text = case.text(verdicts)
    headline = case.headline
    if not text or headline is None or headline > text[0]:
        return {}
    known = {dense(one) for one in case.said}
    found = [
        block
        for block in case.survey.blocks[headline : text[0]]
        if block.number not in case.boxed
        and block.unseen is None
        and len(block.text) >= OPENING_LINE
        and (block.ends_sentence or len(block.text) >= LONG_STANDFIRST)
        and _opens(case, block, known)
    ]
    opened = {block.number: TEXT for block in found} if len(found) <= MOST_OPENINGS else {}
    return opened | _summary(case, headline, text[0]) | _first_heading(case, verdicts, text)


def _summary(case: Case, headline: int, first: int) -> dict[int, Verdict]:
    """The list of what a piece says, between its headline and its first paragraph, in the same column."""
    column = case.survey.blocks[first].node.parent
    found = [
        block
        for block in case.survey.blocks[headline:first]
        if block.kind == "list"
        and block.unseen is None
        and block.number not in case.boxed
        and not block.anchors
        and (whole := block.node.parent) is not None
        and whole.tag in ("ul", "ol")
        and whole.parent is column
    ]
    is_summary = len(found) > 1 and sum(len(block.text) for block in found) >= _LINE_OF_SUMMARY * len(found)
    return {block.number: Verdict(kind=block.kind) for block in found} if is_summary else {}


def _first_heading(case: Case, verdicts: Verdicts, text: Sequence[int]) -> dict[int, Verdict]:
    """The heading right over the first paragraph, where others of its make stand over later ones."""
    blocks = case.survey.blocks
    before = blocks[text[0] - 1] if text[0] else None
    if before is None or before.kind != "heading" or before.unseen or before.number in case.boxed or before.anchors:
        return {}
    makes = {_make(blocks[one]) for one in text if verdicts[one].kind == "heading"}
    return {before.number: Verdict(kind="heading")} if _make(before) in makes else {}


def _make(block: Block) -> tuple[str, ...]:
    """The tag and names of an element and of what holds it."""
    around = block.node.parent
    return block.node.tag, block.node.hint, around.tag if around else "", around.hint if around else ""


def question(case: Case, verdicts: Verdicts) -> Verdicts:
    """The sentence in bold right before the first paragraph and in the same element, as an interview begins."""
    text = case.text(verdicts)
    blocks = case.survey.blocks
    first = text[0] if text else 0
    before = blocks[first - 1] if first else None
    if before is None or not before.is_bold or before.node is not blocks[first].node:
        return {}
    is_seen = before.unseen is None and before.number not in case.boxed and before.ends_sentence and not before.anchors
    return {before.number: Verdict(kind=before.kind)} if is_seen else {}


def notes(case: Case, _: Verdicts) -> Verdicts:
    """Corrections and editors' notes, known by the words they open with."""
    found: dict[int, Verdict] = {}
    end = case.range.stop
    for block in case.survey.blocks[case.range.start : end + HEAD * 2]:
        if block.unseen is None and boilerplate.is_note(block.text) and case.boxed.get(block.number) is None:
            found[block.number] = Verdict(kind="note")
    return found


def credits_(case: Case, verdicts: Verdicts) -> Verdicts:
    """The line right behind the text that says who reported and edited it."""
    text = case.text(verdicts)
    behind = case.survey.blocks[text[-1] + 1 :] if text else ()
    block = next((one for one in behind if one.unseen is None and one.number not in case.boxed), None)
    return {block.number: TEXT} if block is not None and boilerplate.is_credit(block.text) else {}


def captions(case: Case, verdicts: Verdicts) -> Verdicts:
    """Words under pictures go, but for those of a gallery, where they are the text."""
    blocks = case.survey.blocks
    texts = [blocks[one].text for one in case.text(verdicts) if blocks[one].ends_sentence]
    prose = sum(len(text) for text in texts if not is_cut_off(text))
    of_pictures = [
        block
        for block in case.survey.within(_article(case))
        if block.unseen is None and len(block.text) >= SHORTEST_SENTENCE and is_caption(case, block)
    ]
    if len(of_pictures) >= GALLERY and sum(len(one.text) for one in of_pictures) > prose:
        return {block.number: TEXT for block in of_pictures}
    return {}


def posts(case: Case, _: Verdicts) -> Verdicts:
    """The first paragraph of each post of a live blog carries its time."""
    return {number: Verdict(kind="post", at=at) for number, at in case.posts.items()}


def widened(case: Case) -> Case:
    """The case with what goes on behind its last chosen paragraph, in columns of the same build, up to a headline."""
    found: list[Block] = []
    blocks, article = case.survey.blocks, _article(case)
    builds = {_build(blocks[number]) for number in case.chosen if blocks[number].is_prose}
    for block in blocks[case.range.stop : article.last]:
        if block.kind == "heading" and (block.node.tag == "h1" or block.linked * 2 > len(block.text)):
            break
        if block.number not in case.boxed and (
            (_build(block) in builds and block.ends_sentence and _is_text_between(case, block, article))
            or _is_bare(case, block)
        ):
            found.append(block)
    if sum(block.is_prose for block in found) < FURTHER:
        found = [block for block in found if _is_bare(case, block)]
    found += _going_on(case)
    return replace(case, chosen=case.chosen | {block.number for block in found}) if found else case


def _going_on(case: Case) -> list[Block]:
    """The sentences right behind the last chosen paragraph in its own row: short ones that end a text, or a list."""
    last = case.survey.blocks[case.range.stop - 1] if case.range else None
    found: list[Block] = []
    if last is None or not last.is_prose:
        return found
    for block in case.survey.blocks[case.range.stop :]:
        if block.unseen is not None:
            continue
        whole = next((one for one in block.node.ancestors() if one.tag in ("ul", "ol")), None)
        in_row = _is_in_row(last, block) and block.ends_sentence
        is_item = block.kind == "list" and whole is not None and not whole.linked
        in_list = is_item and last.node.parent in (whole, whole.parent if whole is not None else None)
        if block.number in case.boxed or block.anchors or not (in_row or in_list):
            break
        found.append(block)
    size = sum(len(block.text) for block in found)
    return found if any(block.ends_sentence for block in found) or size >= _ITEM * max(2, len(found)) else []


def _is_in_row(block: Block, other: Block) -> bool:
    """Whether two blocks are lines of one element, or elements of one name and one parent."""
    one, two = block.node, other.node
    return one is two or (one.parent is two.parent and (one.tag, one.hint) == (two.tag, two.hint) and one.tag != "li")


def _table(case: Case, box: Box) -> dict[int, Verdict]:
    """A table stands at its first cell: rows by line feed, cells by tab."""
    blocks = [one for one in case.survey.within(box.node) if case.boxed.get(one.number) is box and one.unseen is None]
    if not blocks:
        return {}
    caption = [one for one in blocks if one.node.tag == "caption"]
    text = "\n".join("\t".join(cells) for cells in rows(case.survey, box.node))
    found = {one.number: Verdict("cell") for one in blocks}
    found |= {one.number: Verdict(kind="heading") for one in caption}
    first = next((one for one in blocks if one not in caption), None)
    if first is not None and text:
        found[first.number] = Verdict(kind="table", text=text)
    return found


def _right_behind(case: Case) -> list[Box]:
    """The tables and embedded posts that the text ends with: nothing in its column stands between."""
    found: list[Box] = []
    for block in case.survey.within(case.core)[max(0, case.range.stop - case.core.first) :]:
        box = case.boxed.get(block.number)
        if block.unseen is None and (box is None or box.reason not in _ENDING):
            break
        if box is not None and box not in found:
            found.append(box)
    return [box for box in found if box.reason != "caption"]


def _right_before(case: Case) -> list[Box]:
    """The tables between the headline and the first paragraph, in the text's own column."""
    start = max(case.core.first, case.headline or case.range.start)
    numbers = range(start, case.range.start)
    return [box for number in numbers if (box := case.boxed.get(number)) is not None and box.reason in _BEFORE]


def _is_near(case: Case, number: int) -> bool:
    """Whether a block stands right behind the text, in the same article."""
    return case.range.stop <= number < max(case.range.stop + HEAD, _article(case).last)


def _article(case: Case) -> Node:
    """The article around the text's own column, else that column's parent."""
    nodes = (case.core, *case.core.ancestors())
    around = next((one for one in nodes if one.tag in ("article", "main")), None)
    return around or case.core.parent or case.core


def _family(block: Block) -> tuple[Node, str]:
    """Whose child a paragraph is; of one that is alone in its wrappers, what holds these and what they are called."""
    wrappers = ""
    node = block.node.parent or block.node
    for _ in range(3):
        if node.parent is None or node.tag != "div" or node.last - node.first > 1:
            break
        wrappers += f"{node.hint}>"
        node = node.parent
    return node, wrappers


def _build(block: Block) -> tuple[str, ...]:
    """What a paragraph stands in: its first class, for others tell of its place, and the tags around it."""
    around = [node.tag for node in block.node.ancestors()]
    box = block.node.parent or block.node
    return (block.node.tag, (box.hint.split() or [""])[0], *around[:_LEVELS])


def _is_text_between(case: Case, block: Block, column: Node | None = None) -> bool:
    """Whether words that no witness chose read as a sentence, and stand in the text's own column, not aside of it.

    What holds them has no name of its own, or one that also holds chosen paragraphs: a name says that it is another
    thing.
    """
    column = column or case.core
    if block.unseen is not None or block.linked > MOST_LINKED_LINE * len(block.text):
        return False
    if not (block.is_paragraph or (len(block.text) >= SHORTEST_SENTENCE and block.ends_sentence)):
        return False
    if len(_GLUED.findall(block.text)) > 1:
        return False  # the labels of a poll, one beside the other
    is_quoted = False
    for node in (block.node, *block.node.ancestors()):
        if node is column:
            return True
        is_quoted = is_quoted or node.tag == "blockquote" or is_called_quote(node.hint)
        is_named = node.hint != "" and node.hint not in case.names
        if (node.tag in _ASIDE or is_named) and not (is_quoted and node.tag in _AROUND_QUOTE):
            return False
    return False


def _opens(case: Case, block: Block, known: Container[str]) -> bool:
    """Whether a sentence before the text begins it. ``known`` is what the page describes itself with."""
    is_marked = block.node.tag == "p" or (block.kind == "heading" and len(block.text) >= LONG_STANDFIRST)
    if is_marked and case.is_unheard and _is_under_headline(block):
        return True
    if block.letters in known:
        return False
    is_bare = block.is_prose and block.node.tag not in ("p", "li") and _is_text_between(case, block)
    return is_bare or (block.node.tag == "p" and _stands_apart(block))


def _is_under_headline(block: Block) -> bool:
    """Whether a line between headline and text is part of the article, and not of a header or something aside."""
    return not block.anchors and _ASIDE.isdisjoint(one.tag for one in block.node.ancestors())


def _is_item_between(case: Case, block: Block, parents: Container[Node | None]) -> bool:
    """Whether this is an item of a list that stands beside chosen paragraphs; if of links, then to other sites."""
    if block.unseen is not None or (block.kind != "list" and block.node.tag not in _CELLS):
        return False
    lists = (one for one in (block.node, *block.node.ancestors()) if one.tag in _LISTS)
    whole = next((one for one in lists if one.parent in parents), None)
    if whole is None or (whole.tag == "table" and case.survey.inside(whole, "img")):
        return False
    if whole.linked <= MOST_LINKED_LINE * whole.length:
        return block.linked <= MOST_LINKED_LINE * len(block.text)
    links = case.survey.inside(whole, "a")
    return not any(stays_on_site(one.attributes.get("href") or "", case.page.document) for one in links)


def _is_bare(case: Case, block: Block) -> bool:
    """Whether a paragraph without links stands in nameless wrappers in the text's own column."""
    if not block.is_prose or block.anchors or not block.ends_sentence:
        return False
    for node in (block.node, *block.node.ancestors()):
        if node is case.core:
            return True
        if node.hint or node.tag not in ("div", "p"):
            return False
    return False


def _stands_apart(block: Block) -> bool:
    """Whether it is in a box that holds paragraphs alone, and no time as bylines do."""
    box = block.node.parent
    return (
        box is not None
        and box.tag == "div"
        and all(one.tag == "p" for one in box.children)
        and not any(one.tag in ("time", "a", "img") for one in _descent(block.node))
        and _ASIDE.isdisjoint(one.tag for one in block.node.ancestors())
        and not any(one.tag in ("li", "button") for one in block.node.ancestors())
    )


def _descent(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from _descent(child)
