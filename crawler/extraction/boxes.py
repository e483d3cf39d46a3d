"""What stands among the text and is none of it: elements found by a layout's selectors or by what pages call them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from crawler.extraction.dom import hint_of, select, text_of
from crawler.extraction.labels import is_other
from crawler.extraction.standing import Standing
from crawler.extraction.teasers import Teasers
from crawler.extraction.words import squeezed
from crawler.site import Layout

# By class or id. Whole words of a name such as ``article__related-links``; vocabulary seen on papers of many countries.
_NAMED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(rf"(?:^|[\s_-])(?:{'|'.join(names)})(?=$|[\s_-])", re.IGNORECASE))
    for reason, names in (
        (
            "related",
            (
                *(r"related[\w-]*", r"read-?more(?:-\w+)?", r"more-on", r"see-?also", r"also-?read", r"know-?more"),
                *(r"inline-?teaser", r"link-?card", r"rich-?link"),
            ),
        ),
        (
            "teasers",
            (
                *(r"recommend(?:ed|ations?)?", r"more-(?:from|stories|news)", r"teasers?", r"outbrain", r"taboola"),
                *(r"(?:story|article)-?cards?", r"collections?"),
            ),
        ),
        ("most read", (r"most-?(?:read|popular|viewed)", r"trending", r"popular", r"just-in", r"latest(?:-\w+)?")),
        ("newsletter", (r"newsletter[\w-]*", r"sign-?up(?:-form)?", r"subscribe(?:-\w+)?", r"mailing-?list")),
        (
            "share",
            (r"(?:share|social)(?:-?(?:bar|buttons?|tools?|links?|icons?|media|share))?", r"sharing", r"sharedaddy"),
        ),
        (
            "caption",
            (
                *(r"(?:fig|wp-)?caption(?:-text)?", r"image-(?:caption|credit|copyright)", r"photo-?credit"),
                *(r"credits?", r"copyright"),
            ),
        ),
        ("disclaimer", (r"disclaimer", r"contribute-banner", r"donat(?:e|ion)(?:-\w+)?", r"favou?r-banner")),
        ("author", (r"author-?(?:bio|box|info|card|details?)", r"about-the-author")),
        ("tags", (r"(?:article-?)?tags", r"tag-?list", r"keywords", r"topics")),
        (
            "advertisement",
            (
                r"ads?(?:-?(?:slot|container|wrapper|unit))?",
                r"advert(?:isement)?",
                r"adsbygoogle",
                r"sponsor(?:ed)?",
                r"promo",
            ),
        ),
        ("comments", (r"comments?(?:-?(?:list|section|area))?", r"disqus[\w-]*")),
        ("dialog", (r"modal", r"popup", r"lightbox(?:-wrapper)?", r"cookie[\w-]*")),
    )
)
_ANY = re.compile("|".join(names.pattern for _, names in _NAMED), re.IGNORECASE)
_BOXES = frozenset(
    "aside dialog div dl figcaption figure footer form nav ol p section small span ul".split()  # noqa: SIM905 - easier to read
)
LINKING = {"related": "related", "cluster": "read_more"}
"""The reasons of guessed boxes whose links are told, and the kind of these; other lists of links are menus."""
_SHARE_OF_LINE = 0.8
_LONGEST_LABEL = 60
_MOST_UNLABELLED = 12
"""Addresses, those of sections and authors beside the teasers' own among them."""
_LONGEST_TEASER = 600
"""Letters of an ``article`` that a list may hold; longer ones are articles."""
_MOST_OF_TEXT = 0.25
"""A box that holds more of the page's paragraphs than this is not beside the text: it is around it."""


@dataclass(frozen=True, slots=True)
class Box:
    """An element that is no part of the text, and why."""

    element: HtmlElement
    reason: str


def outermost(among: Sequence[Box]) -> list[Box]:
    """Those that no other one holds."""
    elements = {box.element for box in among}
    return [box for box in among if elements.isdisjoint(box.element.iterancestors())]


def boxes(root: HtmlElement, layout: Layout, *, guess: bool) -> list[Box]:
    """Such elements, in the order of the page; one may hold another.

    Those that the layout names, and others too where it leaves them to ``guess``.
    """
    found: dict[HtmlElement, str] = {}
    for reason, selector in _named_by(layout):
        for element in select(root, selector):
            found.setdefault(element, reason)
    if guess:
        found = _settled(dict(_guessed(root))) | found
    return [Box(element, found[element]) for element in root.iter() if element in found]


def _named_by(layout: Layout) -> Iterator[tuple[str, str | None]]:
    yield "related", layout.related
    yield "read_more", layout.read_more
    yield "caption", layout.caption
    yield "credit", layout.credit
    yield "tags", layout.tags
    for selector in layout.drop:
        yield selector, selector


def _settled(found: dict[HtmlElement, str]) -> dict[HtmlElement, str]:
    """Boxes around the text that only their names call related are believed if there is but one, and it is short.

    A paper that calls several of them so speaks of its layout.
    """
    nameless = [element for element, reason in found.items() if reason == "unlabelled"]
    links = {one.get("href") for element in nameless for one in element.iter("a")}
    reason = "cluster" if len(nameless) == 1 and len(links) <= _MOST_UNLABELLED else "teasers"
    return {element: reason if one == "unlabelled" else one for element, one in found.items()}


def _guessed(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    standing = Standing(root)
    labelled = set(Teasers(root, standing).found())
    linking: set[HtmlElement] = set()
    for element in root.iter():
        if element in labelled:
            reason: str | None = _place(element, labelled, standing)
        elif element.tag in _BOXES or (isinstance(element.tag, str) and "-" in element.tag):
            reason = _named_reason(element, standing, root)
        else:
            reason = None
        if reason is None and element.tag == "p" and _leads_elsewhere(element, standing):
            reason = "related"
        if reason in LINKING or reason == "unlabelled":
            if not linking.isdisjoint(element.iterancestors()):
                continue  # the box around it tells its links
            linking.add(element)
        if reason:
            yield element, reason


def _named_reason(element: HtmlElement, standing: Standing, root: HtmlElement) -> str | None:
    """Why an element goes by what it is called; None for one that is around the text, not beside it."""
    reason = _reason(element)
    if reason is None or element.tag == "figcaption":
        return reason
    beyond = _MOST_OF_TEXT * standing.in_paragraphs(root)
    if standing.in_paragraphs(element) > beyond or _is_frame(element, standing):
        return None
    if reason == "related":
        if _is_denied(element, standing):
            return "most read"
        return "related" if standing.in_text(element) else "unlabelled"
    if reason == "teasers" and standing.in_text(element, both=True):
        return "related"
    return "cluster" if reason == "teasers" and standing.ends_text(element) else reason


def _place(element: HtmlElement, labelled: Container[HtmlElement], standing: Standing) -> str:
    """What a box is by its place: put into the text by an editor, or gathered around it. Its label goes before it."""
    first = element
    while (before := first.getprevious()) is not None and before in labelled:
        first = before
    return "related" if standing.in_text(first) else "cluster"


def _is_denied(element: HtmlElement, standing: Standing) -> bool:
    """Whether the words over a box say that it holds the latest, the best read and the like, whatever it is called."""
    in_text, most = standing.in_text(element, both=True), standing.length(element) + _LONGEST_LABEL
    for around in (element, *islice(element.iterancestors(), 2)):
        if standing.length(around) > most:
            break
        before = around.getprevious()
        over = text_of(before) if before is not None and standing.length(before) <= _LONGEST_LABEL else ""
        first = next((words for one in around.iter() if (words := squeezed(one.text or ""))), "")
        if is_other(first, in_text=in_text) or is_other(over, in_text=in_text):
            return True
    return False


def _reason(element: HtmlElement) -> str | None:
    if element.tag == "figcaption":
        return "caption"
    return _reason_in(hint_of(element))


@lru_cache(maxsize=8192)  # a paper uses the same few hundred names on all its pages
def _reason_in(hint: str) -> str | None:
    if len(hint) < 2 or not _ANY.search(hint):
        return None
    return next((reason for reason, names in _NAMED if names.search(hint)), None)


def _leads_elsewhere(element: HtmlElement, standing: Standing) -> bool:
    """Whether a paragraph is but a link, between paragraphs of text: a related box in disguise."""
    link = next(element.iter("a"), None)
    if link is None or not link.get("href") or standing.length(link) < _SHARE_OF_LINE * standing.length(element):
        return False
    return standing.beside_text(element)


def _is_frame(element: HtmlElement, standing: Standing) -> bool:
    if next(element.iter("h1", "main"), None) is not None:
        return True
    return any(standing.length(one) > _LONGEST_TEASER for one in element.iter("article"))
