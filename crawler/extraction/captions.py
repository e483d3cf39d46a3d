"""What do the words under the lead image say, and whose image is it?

A credit stands in an element of its own, in brackets, or behind a word for pictures, in any language of the vocabulary.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from lxml.html import HtmlElement

from crawler.extraction import vocabulary
from crawler.extraction.dom import hint_of, text_of
from crawler.extraction.json_ld import strings
from crawler.extraction.page import Page
from crawler.extraction.survey import Node
from crawler.extraction.words import plain

_CREDIT_NAMED = re.compile(r"credit|copyright|photographer|source|byline|author", re.IGNORECASE)
_CAPTION_NAMED = re.compile(r"(?:^|[\s_-])caption(?:[\s_-]|$)")
_AGENCIES = r"reuters|afp|getty|\bap\b|dpa"
_LONGEST = 600


@cache
def _credit() -> re.Pattern[str]:
    """The credit at the end of a caption: in brackets, or behind a word for pictures.

    A sign marks that word wherever it stands; without one it opens a sentence of its own, and a few words written large
    follow. "Picture of Velm", at the beginning, tells what is seen.
    """
    word = rf"(?:{vocabulary.any_of('lines', 'picture')})"
    sign, large = r"\s?[:：／/|]\s?", r"(?-i:(?=[@A-ZÀ-ÞŠŽČŘŚŻΑ-ΩА-ЯІЇЄ]))"
    return re.compile(
        rf"\s*(?:[(\[（［]{word}(?:{sign}|\s)(?:by\s)?(?P<named>[^()\[\]（）]{{2,80}})[)\]）］]"
        rf"|[(\[（［](?P<inner>[^()\[\]（）]*(?:{_AGENCIES}|photo|foto|image)[^()\[\]（）]*)[)\]）］]"
        rf"|(?:(?<=[\s|.·])|^)(?P<agency>[A-Z]{{2,5}}\s(?=photo/))?(?:(?<!\w){word}{sign}|©\s?)(?P<after>[^.]{{2,80}})"
        rf"|(?<=\s[|–—]\s)(?P<barred>[^|.–—]{{2,60}}(?:/|\svia\s)[^|.–—]{{2,40}})"
        rf"|(?:^{word}\s(?:(?:by|par|door)\s)?|(?<=[.|·!?])\s{word}\.?\s(?:(?:by|par|door|von|de|di|av|af)\s)?)"
        rf"{large}(?P<weak>\S{{2,30}}(?:\s[^\s.]{{1,30}}){{0,4}}))\s*\.?\s*$",
        re.IGNORECASE,
    )


def caption_and_credit(page: Page) -> tuple[str | None, str | None]:
    """What is printed under the lead image, and whose image it is."""
    layout = page.layout
    named = next(iter(page.texts(layout.caption)), None), next(iter(page.texts(layout.credit)), None)
    if named != (None, None):
        return named
    caption = _lead_caption(page)
    if caption is not None and (found := _split(caption)) != (None, None):
        return found
    image = page.raw("image")
    image = image[0] if isinstance(image, list) and image else image
    if not isinstance(image, dict):
        return None, None
    words = next(iter(strings(image.get("caption"))), None)
    credit = next(iter(strings(image.get("creditText") or image.get("copyrightHolder"))), None)
    return plain(words)[:_LONGEST] if words else None, plain(credit)[:_LONGEST] if credit else None


def _lead_caption(page: Page) -> HtmlElement | None:
    """The first caption of the article: that of a figure, else an element of the head that is called so."""
    if "figcaption" not in page.survey.by_tag:
        head, nodes = page.head, page.survey.nodes
        called = (
            node
            for node in nodes
            if head.start <= node.first < head.stop and _is_caption(node) and not _is_others(node)
        )
        return next((node.element for node in called), None)
    is_behind = False
    for element in page.root.iter("h1", "figure"):
        if element.tag == "h1":
            is_behind = True
        elif (caption := next(element.iter("figcaption"), None)) is not None:
            around = {box.tag for box in element.iterancestors("article", "main", "h1")}
            if (is_behind and "h1" not in around) or not around.isdisjoint(("article", "main")):
                return caption
    return None


@cache
def _marked() -> re.Pattern[str]:
    """The word for pictures with which a credit opens, and its sign; or that word alone."""
    return re.compile(rf"^\W*{vocabulary.any_of('lines', 'picture')}\s?(?:[:：／]\s?|$)", re.IGNORECASE)


_OF_OTHERS = re.compile(r"video|player|related|promo|gallery|slide")


def _is_caption(node: Node) -> bool:
    """Whether an element is called a caption, and none in it is."""
    is_called = "caption" in node.hint and 0 < node.length <= _LONGEST and _CAPTION_NAMED.search(node.hint)
    return bool(is_called) and not any(_is_caption(child) for child in node.children)


def _is_others(node: Node) -> bool:
    """Whether a caption is that of a film, of one picture among many, or of another piece."""
    return any(_OF_OTHERS.search(box.hint) for box in (node, *islice(node.ancestors(), 4)))


def _split(caption: HtmlElement) -> tuple[str | None, str | None]:
    whole = text_of(caption)[:_LONGEST]
    marked = _marked()
    named = (one for one in caption.iterdescendants() if one.tag == "cite" or _CREDIT_NAMED.search(hint_of(one)))
    credit = next((text for one in named if (text := text_of(one)) and len(marked.sub("", text)) > 1), None)
    if credit and credit != whole:
        bare = credit[1:-1] if credit[0] + credit[-1] == "()" else credit
        return whole.replace(credit, "").strip(" |/–—-")[:_LONGEST] or None, marked.sub("", bare)[:_LONGEST]
    match = _credit().search(whole)
    if match is None:
        return (None, credit[:_LONGEST]) if credit else (whole[:_LONGEST] or None, None)
    if match["agency"]:
        return whole[: match.start()].strip(" |") or None, match[0].strip(" |")
    name = next(match[key] for key in ("named", "inner", "after", "barred", "weak") if match[key])
    return whole[: match.start()].strip(" |")[:_LONGEST] or None, name.strip()
