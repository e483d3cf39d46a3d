"""What becomes of each block? Passes, one after another, say of every block within the text whether it stays, and why.

Between the first and the last block of the text nothing is without a verdict: it is text, or dropped with a reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from crawler.extraction import boilerplate
from crawler.extraction.boxes import KINDS, LINK_LISTS, Box, rows, stays_on_site
from crawler.extraction.edges import head_line
from crawler.extraction.labels import is_other, is_related
from crawler.extraction.links import is_link_line, leads_to_article
from crawler.extraction.page import Page
from crawler.extraction.survey import HEADINGS, Block, Node, Survey
from crawler.extraction.thresholds import (
    CERTAIN,
    CORE,
    FAMILY,
    FURTHER,
    GALLERY,
    HEAD,
    LONGEST_SIGNATURE,
    MOST_LINKED_LINE,
    MOST_OPENINGS,
    NEAR_HEAD,
    OPENING_LINE,
    REPEATED,
    SHORT_LINE,
    SHORTEST_SENTENCE,
    SURE_COPY,
)
from crawler.extraction.words import dense, essence

_TEXT = frozenset({"p", "blockquote", "li", "dd", "dt", "pre", "summary", *HEADINGS})
_LEVELS = 4
_SIGNED = re.compile(r"byline|author|dateline|date-?time|timestamp|publish|posted", re.IGNORECASE)
_GLUED = re.compile(r"[^\W\d_]{2}[.!?][^\W\d_a-z]")
_ASIDE = frozenset({"aside", "footer", "header", "form", "figure", "figcaption", "nav"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a block: ``reason`` says why it goes; of what stays ``kind`` is that of the archive's blocks.

    ``text`` replaces the block's own: a table is written at its first cell.
    """

    reason: str | None = None
    kind: str | None = None
    at: datetime | None = None
    text: str | None = None


Verdicts = Mapping[int, Verdict]
TEXT = Verdict()


@dataclass(frozen=True)
class Case:
    """What the passes look at: the page, the boxes its blocks stand in, and the blocks that a witness chose."""

    page: Page
    boxed: Mapping[int, Box]
    chosen: frozenset[int]
    head: Sequence[str]
    said: Sequence[str]
    """What the page describes itself with."""
    standfirst: str | None
    is_unheard: bool
    """Whether no witness but the densest part was heard, which knows nothing of lines before it."""
    posts: Mapping[int, datetime | None]
    """The first blocks of the posts of a live blog, with their times."""

    @property
    def survey(self) -> Survey:
        """What stands on the page."""
        return self.page.survey

    @cached_property
    def core(self) -> Node:
        """The text's own column: the smallest element that holds most of the chosen words."""
        blocks = [self.survey.blocks[number] for number in self.chosen]
        weights: dict[Node, int] = {}
        for block in blocks:
            for node in (block.node, *block.node.ancestors()):
                weights[node] = weights.get(node, 0) + len(block.text)
        total = sum(len(block.text) for block in blocks)
        holding = (node for node, weight in weights.items() if weight >= CORE * total)
        return max(holding, key=lambda node: node.number, default=self.survey.root)

    @cached_property
    def names(self) -> frozenset[str]:
        """What the page calls the elements around chosen paragraphs."""
        blocks = (self.survey.blocks[number] for number in self.chosen)
        return frozenset(
            node.hint for block in blocks if block.is_prose for node in (block.node, *block.node.ancestors())
        )

    @cached_property
    def range(self) -> range:
        """From the first to the last chosen block."""
        return range(min(self.chosen), max(self.chosen) + 1) if self.chosen else range(0)

    def text(self, verdicts: Verdicts) -> list[int]:
        """The numbers of the blocks that are text so far."""
        return sorted(number for number, one in verdicts.items() if one.reason is None)


def boxed(case: Case, _: Verdicts) -> Verdicts:
    """What stands in boxes goes by their reason; tables, fact boxes, notes and embedded posts stay as what they are."""
    found: dict[int, Verdict] = {}
    for number, box in case.boxed.items():
        if number not in case.range and not (box.reason == "note" and _is_near(case, number)):
            continue
        if box.reason == "table":
            continue
        block = case.survey.blocks[number]
        if block.unseen:
            continue
        is_kept = box.reason in KINDS and not (box.reason == "embed" and block.linked * 2 > len(block.text))
        found[number] = Verdict(kind=box.reason) if is_kept else Verdict(box.reason)
    for box in dict.fromkeys(one for number, one in case.boxed.items() if number in case.range):
        if box.reason == "table":
            found |= _table(case, box)
    return found


def unseen(case: Case, _: Verdicts) -> Verdicts:
    """What no reader sees, what steers the page, and menus."""
    blocks = (case.survey.blocks[number] for number in case.range)
    return {block.number: Verdict(block.unseen) for block in blocks if block.unseen}


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
    headline = next((node.last for node in case.survey.by_tag.get("h1", ()) if node.length), None)
    if not text or headline is None or headline > text[0]:
        return {}
    known = {dense(one) for one in case.said}
    found = [
        block
        for block in case.survey.blocks[headline : text[0]]
        if block.number not in case.boxed
        and block.unseen is None
        and block.node.tag == "p"
        and len(block.text) >= OPENING_LINE
        and block.ends_sentence
        and ((block.letters not in known and _stands_apart(block)) or (case.is_unheard and _is_under_headline(block)))
    ]
    return {block.number: TEXT for block in found} if len(found) <= MOST_OPENINGS else {}


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
    prose = sum(len(blocks[one].text) for one in case.text(verdicts))
    of_pictures = [
        block
        for block in case.survey.within(_article(case))
        if block.unseen is None and len(block.text) >= SHORTEST_SENTENCE and _is_caption(case, block)
    ]
    if len(of_pictures) >= GALLERY and sum(len(one.text) for one in of_pictures) > prose:
        return {block.number: TEXT for block in of_pictures}
    return {}


def rest(case: Case, verdicts: Verdicts) -> Verdicts:
    """Everything else between the first and the last block of the text."""
    numbers = case.text(verdicts)
    found: dict[int, Verdict] = {}
    for number in range(numbers[0], numbers[-1] + 1) if numbers else ():
        if number not in verdicts:
            block = case.survey.blocks[number]
            box = case.boxed.get(number)
            reason = block.unseen or (box.reason if box else "caption" if _in_figure(block) else "unknown")
            found[number] = Verdict(reason)
    return found


def posts(case: Case, _: Verdicts) -> Verdicts:
    """The first paragraph of each post of a live blog carries its time."""
    return {number: Verdict(kind="post", at=at) for number, at in case.posts.items()}


def by_words(case: Case, verdicts: Verdicts) -> Verdicts:
    """Lines that papers put among their text, known by their words, and lines that only lead elsewhere."""
    found: dict[int, Verdict] = {}
    for number in case.text(verdicts):
        if verdicts[number].kind in ("post", "note", "table"):
            continue
        block = case.survey.blocks[number]
        if reason := boilerplate.reason_to_drop(block.text):
            found[number] = Verdict(reason)
        elif is_link_line(case.page, block.text, block.anchors):
            found[number] = Verdict("read more")
    return found


def repeated(case: Case, verdicts: Verdicts) -> Verdicts:
    """Short lines that stand many times in one text, as buttons do."""
    lines = [
        case.survey.blocks[number]
        for number in case.text(verdicts)
        if case.survey.blocks[number].node.tag not in _TEXT and len(case.survey.blocks[number].text) < SHORT_LINE
    ]
    count = Counter(block.letters for block in lines)
    return {block.number: Verdict("repeated") for block in lines if count[block.letters] >= REPEATED}


def labels(case: Case, verdicts: Verdicts) -> Verdicts:
    """Headings over lists of links go with these."""
    found: dict[int, Verdict] = {}
    blocks = case.survey.blocks
    for number in case.text(verdicts):
        block = blocks[number]
        if verdicts[number].kind != "heading" or len(block.text) > SHORT_LINE:
            continue
        below = next((one for one in blocks[number + 1 :] if one.unseen is None), None)
        box = case.boxed.get(below.number) if below is not None else None
        if box is not None and box.reason in LINK_LISTS and is_other(block.text) | is_related(block.text):
            found[number] = Verdict(box.reason)
    return found


def contents(case: Case, verdicts: Verdicts) -> Verdicts:
    """Lists that lead to the headings of the text itself."""
    blocks = case.survey.blocks
    headings = {blocks[number].letters for number in case.text(verdicts) if verdicts[number].kind == "heading"}
    return {
        number: Verdict("contents")
        for number in case.text(verdicts)
        if verdicts[number].kind == "list"
        and blocks[number].letters in headings
        and blocks[number].anchors
        and all(anchor.href.startswith("#") for anchor in blocks[number].anchors)
    }


def head(case: Case, verdicts: Verdicts) -> Verdicts:
    """Lines at the head of a text, before it begins: its title again, who wrote it, and when."""
    found: dict[int, Verdict] = {}
    said = {essence(text) for text in case.head} - {""}
    line = dense(case.standfirst or "")
    for place, number in enumerate(case.text(verdicts)[:HEAD]):
        block = case.survey.blocks[number]
        kind = verdicts[number].kind
        if place < NEAR_HEAD and line and block.letters == line:
            found[number] = Verdict("standfirst")
        elif _is_in(case, "time", block):
            found[number] = Verdict("time")
        elif kind is None and len(block.text) <= LONGEST_SIGNATURE and _SIGNED.search(block.node.hint):
            found[number] = Verdict("byline")
        elif reason := head_line(block.text, kind, said if place < NEAR_HEAD else ()):
            found[number] = Verdict(reason)
    return found


def others(case: Case, verdicts: Verdicts) -> Verdicts:
    """Other pieces that run on behind this one: a second headline begins one, and a heading that leads elsewhere."""
    text = case.text(verdicts)
    blocks = case.survey.blocks
    prose = next((number for number in text if blocks[number].is_prose), None)
    if prose is None:
        return {}
    headlines = [block for block in blocks if block.node.tag == "h1" and block.unseen is None]
    has_own = any(block.number < prose for block in headlines)
    known = {essence(block.text) for block in headlines[:1]}
    for block in blocks[prose + 1 : text[-1]]:
        if block.unseen is not None or block.node.tag not in ("h1", "h2") or essence(block.text) in known:
            continue
        is_other = _begins_another(case, block, blocks[prose])
        if (block.node.tag == "h1" and has_own and is_other is not False) or is_other:
            return {number: Verdict("another article") for number in text if number >= block.number}
    return {}


def _begins_another(case: Case, heading: Block, prose: Block) -> bool | None:
    """Whether a heading leads to another article of the site, apart from the text; None where it leads nowhere."""
    if not heading.anchors:
        return None
    parent = prose.node.parent
    is_apart = parent is not None and not parent.holds(heading.node)
    return is_apart and heading.linked * 2 > len(heading.text) and leads_to_article(case.page, heading.anchors)


def copies(case: Case, verdicts: Verdicts) -> Verdicts:
    """The second of two equal runs of paragraphs, one of which is for phones; a question may be asked twice."""
    blocks = [case.survey.blocks[number] for number in case.text(verdicts)]
    under_pictures = {
        case.survey.blocks[number].letters for number, box in case.boxed.items() if box.reason == "caption"
    }
    seen: dict[str, int] = {}
    found: dict[int, Verdict] = {}
    for place, block in enumerate(blocks):
        if block.letters in under_pictures and len(block.letters) >= CERTAIN and not _is_caption(case, block):
            found[block.number] = Verdict("caption")
        first = seen.setdefault(block.letters, place)
        if first == place or len(block.letters) < 2 * CERTAIN:
            continue
        if first == place - 1 or len(block.letters) >= SURE_COPY or _agree(blocks, first, place):
            found[block.number] = Verdict("copy")
    return found


def _agree(blocks: Sequence[Block], first: int, place: int) -> bool:
    """Whether the blocks before or after two equal ones are equal too."""
    before = first > 0 and blocks[first - 1].letters == blocks[place - 1].letters
    return before or (place + 1 < len(blocks) and blocks[first + 1].letters == blocks[place + 1].letters)


def headings(case: Case, verdicts: Verdicts) -> Verdicts:
    """Headings over nothing: the titles of other pieces over a text, and what is left at its end."""
    found: dict[int, Verdict] = {}
    text = case.text(verdicts)
    opening_ones = []
    for number in text:
        if verdicts[number].kind != "heading" or case.survey.blocks[number].node.tag not in HEADINGS:
            break
        opening_ones.append(number)
    if len(opening_ones) >= 3:
        found |= dict.fromkeys(opening_ones[:-1], Verdict("read more"))
    for number in reversed(text):
        block = case.survey.blocks[number]
        if verdicts[number].kind != "heading" or block.node.tag not in HEADINGS:
            break
        found.setdefault(number, Verdict("heading without text"))
    return found


PASSES: tuple[Callable[[Case, Verdicts], Verdicts], ...] = (
    boxed,
    unseen,
    chosen,
    posts,
    sisters,
    opening,
    credits_,
    notes,
    captions,
    others,
    by_words,
    repeated,
    labels,
    contents,
    head,
    copies,
    headings,
    rest,
)
"""In this order; a later pass overrules an earlier one."""


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
    return replace(case, chosen=case.chosen | {block.number for block in found}) if found else case


def verdicts(case: Case) -> Verdicts:
    """What becomes of each block of the text's range. Where nothing would be left, words alone drop nothing."""
    case = widened(case)
    found: dict[int, Verdict] = {}
    kept: dict[int, Verdict] = {}
    for one in PASSES:
        if one is by_words:
            kept = dict(found)
        found |= one(case, found)
    if kept and not case.text(found) and case.text(kept):
        return {**kept, **rest(case, kept)}
    return found


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
    for node in (block.node, *block.node.ancestors()):
        if node is column:
            return True
        if node.tag in _ASIDE or (node.hint and node.hint not in case.names):
            return False
    return False


def _is_under_headline(block: Block) -> bool:
    """Whether a line between headline and text is part of the article, and not of a header or something aside."""
    return not block.anchors and _ASIDE.isdisjoint(one.tag for one in block.node.ancestors())


def _is_item_between(case: Case, block: Block, parents: Container[Node | None]) -> bool:
    """Whether this is an item of a list that stands beside chosen paragraphs; if of links, then to other sites."""
    if block.kind != "list" or block.unseen is not None:
        return False
    lists = (one for one in (block.node, *block.node.ancestors()) if one.tag in ("ul", "ol", "dl"))
    whole = next(lists, None)
    if whole is None or whole.parent not in parents:
        return False
    if whole.linked <= MOST_LINKED_LINE * whole.length:
        return block.linked <= MOST_LINKED_LINE * len(block.text)
    links = case.survey.inside(whole, "a")
    return not any(stays_on_site(one.element.get("href") or "", case.page.document) for one in links)


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


def _is_in(case: Case, tag: str, block: Block) -> bool:
    """Whether all words of a block stand in one element of a tag."""
    return any(
        node.first <= block.number < node.last and node.length >= len(block.text)
        for node in case.survey.by_tag.get(tag, ())
    )


def _descent(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from _descent(child)


def _in_figure(block: Block) -> bool:
    return any(one.tag in ("figure", "figcaption") for one in (block.node, *block.node.ancestors()))


def _is_caption(case: Case, block: Block) -> bool:
    box = case.boxed.get(block.number)
    return (box is not None and box.reason == "caption") or (box is None and _in_figure(block))
