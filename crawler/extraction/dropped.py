"""Which blocks within the text are none of it? Each goes with a reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import takewhile

from crawler.extraction import boilerplate, walls
from crawler.extraction.boxes import LINK_LISTS
from crawler.extraction.bylines import begins_with_by
from crawler.extraction.case import Case, Verdict, Verdicts, in_figure, is_caption
from crawler.extraction.hints import is_called_quote
from crawler.extraction.labels import is_about_author, is_other, is_related
from crawler.extraction.links import is_link_line, leads_to_article
from crawler.extraction.survey import HEADINGS, Block, Node
from crawler.extraction.thresholds import (
    CERTAIN,
    HEAD,
    LINKED_MENU,
    LONGEST_SIGNATURE,
    MENU,
    NEAR_HEAD,
    REPEATED,
    SHORT_LINE,
    SURE_COPY,
    WORDS_OF_NAME,
)
from crawler.extraction.words import dense, essence

_TEXT = frozenset({"p", "blockquote", "li", "dd", "dt", "pre", "summary", *HEADINGS})
_SIGNED = re.compile(r"byline|author|dateline|date-?time|timestamp|publish|posted")
_LONGEST_LINE = 100
_LONGEST_WALL = 200
_LONGEST_KICKER = 60
_SHORTEST_TITLE = 15
_MOST_WORDS = 4
"""Beside a date: ``Published``, ``Last updated on``; a sentence has more."""
_QUOTES = "\"'“”„«»‘’「」"
_LONGEST_QUOTE = 400
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}|\d{1,2}\.? [^\W\d]+\.?,? \d{4}|[^\W\d]+\.? \d{1,2},? \d{4}"
    r"|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}[:.h]\d\d\b"
)


def unseen(case: Case, _: Verdicts) -> Verdicts:
    """What no reader sees, what steers the page, and menus."""
    blocks = (case.survey.blocks[number] for number in case.range)
    return {block.number: Verdict(block.unseen) for block in blocks if block.unseen}


def rest(case: Case, verdicts: Verdicts) -> Verdicts:
    """Everything else between the first and the last block of the text."""
    numbers = case.text(verdicts)
    found: dict[int, Verdict] = {}
    for number in range(numbers[0], numbers[-1] + 1) if numbers else ():
        if number not in verdicts:
            block = case.survey.blocks[number]
            box = case.boxed.get(number)
            reason = block.unseen or (box.reason if box else "caption" if in_figure(block) else "unknown")
            found[number] = Verdict(reason)
    return found


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


def menus(case: Case, verdicts: Verdicts) -> Verdicts:
    """Lines over the text that are nothing but links, one beside the other."""
    blocks = [case.survey.blocks[number] for number in case.text(verdicts)]
    return {
        block.number: Verdict("navigation")
        for block in takewhile(lambda one: not one.is_prose, blocks)
        if len(block.anchors) >= MENU and block.linked >= LINKED_MENU * len(block.text) and not block.ends_sentence
    }


def before_headline(case: Case, verdicts: Verdicts) -> Verdicts:
    """What stands over the headline, where most of the prose stands under it: menus, notices, requests for consent."""
    headline = case.own_headline
    text = case.text(verdicts)
    blocks = case.survey.blocks
    over = [number for number in text if headline is not None and number < headline.first]
    if not over or len(over) == len(text):
        return {}
    prose = [sum(len(blocks[one].text) for one in part if blocks[one].is_prose) for part in (over, text[len(over) :])]
    return dict.fromkeys(over, Verdict("before the headline")) if prose[1] > prose[0] else {}


def wall(case: Case, verdicts: Verdicts) -> Verdicts:
    """The lines at the end of a text that breaks off which ask for a subscription, from the first such on."""
    text = case.text(verdicts)
    blocks = case.survey.blocks
    first = next((blocks[number] for number in text if blocks[number].is_prose), None)
    for place, number in list(enumerate(text))[max(1, len(text) - HEAD) :]:
        block = blocks[number]
        is_alike = block.is_prose and _is_alike(block, first)
        if len(block.text) <= _LONGEST_WALL and not is_alike and walls.asks(block.text):
            if place > 1 and verdicts[text[place - 1]].kind == "heading":
                place -= 1
            rest = text[place:]
            return dict.fromkeys(rest if _is_little(case, rest) else [number], Verdict("paywall"))
    return {}


def _is_alike(block: Block, first: Block | None) -> bool:
    """Whether a block stands in the row of the text's first paragraph, under the same name."""
    one, two = block.node, first.node if first is not None else None
    return two is not None and one.parent is two.parent and (one.tag, one.hint) == (two.tag, two.hint)


def _is_little(case: Case, numbers: Sequence[int]) -> bool:
    """Whether blocks at the end of a text are a few short lines."""
    return sum(len(case.survey.blocks[one].text) for one in numbers) <= 2 * _LONGEST_WALL


def biography(case: Case, verdicts: Verdicts) -> Verdicts:
    """What stands behind the text in an element of its own and is about its author: it opens with the name."""
    text = case.text(verdicts)
    blocks = case.survey.blocks
    prose = next((blocks[number] for number in text if blocks[number].is_prose), None)
    if prose is None:
        return {}
    for place, number in enumerate(text[-HEAD:], max(0, len(text) - HEAD)):
        if place and is_about_author(blocks[number].text):
            return dict.fromkeys(text[place:], Verdict("author"))
        box = _apart(blocks[number], prose)
        if box is None or (place and box.first <= text[place - 1]) or box.last <= text[-1]:
            continue
        name = essence(blocks[number].text)
        following = essence(blocks[text[place + 1]].text) if place + 1 < len(text) else ""
        is_named = len(blocks[number].text.split()) <= WORDS_OF_NAME and following.startswith(name)
        if is_named or any(name.startswith(author) for author in case.authors):
            return dict.fromkeys(text[place:], Verdict("author"))
    return {}


def _apart(block: Block, other: Block) -> Node | None:
    """The largest element around a block that does not hold another; None where it is the block's own."""
    box = None
    for node in block.node.ancestors():
        if node.holds(other.node) or other.node.holds(node):
            break
        box = node
    return box


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
    has_begun = False
    for place, number in enumerate(case.text(verdicts)[:HEAD]):
        block = case.survey.blocks[number]
        kind = verdicts[number].kind
        if place < NEAR_HEAD and line and block.letters == line:
            found[number] = Verdict("standfirst")
        elif _is_in(case, "time", block):
            found[number] = Verdict("time")
        elif kind is None and len(block.text) <= LONGEST_SIGNATURE and _SIGNED.search(block.node.hint):
            found[number] = Verdict("byline")
        elif (kind != "list" or not has_begun) and (
            reason := head_line(block.text, kind, said if place < NEAR_HEAD else ())
        ):
            found[number] = Verdict(reason)
        has_begun = has_begun or block.is_prose
    return found


def others(case: Case, verdicts: Verdicts) -> Verdicts:
    """Other pieces that run on behind this one: a second headline begins one, and a heading that leads elsewhere."""
    text = case.text(verdicts)
    blocks = case.survey.blocks
    prose = next((number for number in text if blocks[number].is_prose), None)
    if prose is None:
        return {}
    headlines = [block for block in blocks if block.node.tag == "h1" and block.unseen is None]
    own = next((block for block in headlines if block.number < prose), None)
    known = {essence(block.text) for block in headlines[:1]}
    for block in blocks[prose + 1 : text[-1]]:
        if block.unseen is not None or block.node.tag not in ("h1", "h2") or essence(block.text) in known:
            continue
        is_other = _begins_another(case, block, blocks[prose])
        is_section = own is not None and _is_section(block, blocks[prose], own)
        if (block.node.tag == "h1" and own is not None and not is_section and is_other is not False) or is_other:
            return {number: Verdict("another article") for number in text if number >= block.number}
    return {}


def _is_section(heading: Block, prose: Block, headline: Block) -> bool:
    """Whether a second headline stands right among the paragraphs, as the first does not: it parts the text."""
    column = prose.node.parent
    return heading.node.parent is column and not heading.anchors and headline.node.parent is not column


def teasers(case: Case, verdicts: Verdicts) -> Verdicts:
    """Other pieces in miniature among the text: an ``article`` that does not hold it, whose title leads elsewhere."""
    text = case.text(verdicts)
    prose = next((block for number in text if (block := case.survey.blocks[number]).is_prose), None)
    if prose is None or case.posts:
        return {}
    found: dict[int, Verdict] = {}
    for piece in case.survey.by_tag.get("article", ()):
        title = next((block for block in case.survey.within(piece) if block.node.tag in HEADINGS), None)
        if title is None or piece.holds(prose.node) or title.linked * 2 <= len(title.text):
            continue
        if leads_to_article(case.page, title.anchors):
            found |= {number: Verdict("teasers") for number in text if piece.first <= number < piece.last}
    return found


def _begins_another(case: Case, heading: Block, prose: Block) -> bool | None:
    """Whether a heading leads to another article of the site, apart from the text; None where it leads nowhere."""
    if not heading.anchors:
        return None
    parent, box = prose.node.parent, _apart(heading, prose)
    is_apart = parent is not None and not parent.holds(heading.node)
    if is_apart and box is not None and not case.survey.prose(box):
        return False  # one of the titles that lead on, in mid-text
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
        if block.letters in under_pictures and len(block.letters) >= CERTAIN and not is_caption(case, block):
            found[block.number] = Verdict("caption")
        first = seen.setdefault(block.letters, place)
        if first == place or len(block.letters) < 2 * CERTAIN:
            continue
        if first == place - 1 or len(block.letters) >= SURE_COPY or _agree(blocks, first, place):
            found[block.number] = Verdict("copy")
    return found


def quoted_again(case: Case, verdicts: Verdicts) -> Verdicts:
    """Sentences of the text that are printed large once more beside it, as a quotation."""
    text = [case.survey.blocks[number] for number in case.text(verdicts)]
    found: dict[int, Verdict] = {}
    for block in text:
        own = block.letters.strip(_QUOTES)
        if len(own) < CERTAIN or len(own) >= _LONGEST_QUOTE or not _is_quotation(case, block, verdicts):
            continue
        if any(own in one.letters for one in text if one is not block and len(one.letters) > len(own)):
            found[block.number] = Verdict("copy")
    return found


def _is_quotation(case: Case, block: Block, verdicts: Verdicts) -> bool:
    """Whether a block is set apart from the paragraphs as a quotation, by its tag or its name."""
    kind = verdicts[block.number].kind
    return kind == "quote" or any(
        kind is None and (node.tag == "aside" or is_called_quote(node.hint))
        for node in (block.node, *block.node.ancestors())
        if not node.holds(case.core)
    )


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


def _is_in(case: Case, tag: str, block: Block) -> bool:
    """Whether all words of a block stand in one element of a tag."""
    return any(
        node.first <= block.number < node.last and node.length >= len(block.text)
        for node in case.survey.by_tag.get(tag, ())
    )


def head_line(text: str, kind: str | None, said: Collection[str]) -> str | None:
    """Why a line over a text is none of it. ``said`` is what the page has as title and byline, in letters alone."""
    if _repeats(text, said):
        return "repeats the head"
    if kind in (None, "list") and len(text) <= _LONGEST_LINE and text[-1:] not in "!?":
        if _is_time(text):
            return "time"
        if kind is None and begins_with_by(text) and text[-1:] != ".":
            return "byline"
    return None


def _repeats(text: str, said: Collection[str]) -> bool:
    """Whether a line is the title or the byline, or a title with the rubric that stands over it."""
    bare = essence(text)
    return bare in said or any(
        len(one) >= _SHORTEST_TITLE and bare.endswith(one) and len(bare) <= len(one) + _LONGEST_KICKER for one in said
    )


def _is_time(text: str) -> bool:
    """Whether a line gives a time and hardly says more."""
    rest, count = _DATE.subn(" ", text)
    words = [word for word in re.findall(r"[^\W\d_]+", rest) if len(word) > 1]
    return count > 0 and len(words) <= _MOST_WORDS
