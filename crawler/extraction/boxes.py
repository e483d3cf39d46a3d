"""What stands among the text and is none of it: elements found by a layout's selectors or by what pages call them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.extraction.dom import hint_of, select, text_of
from crawler.site import Layout

# By class or id. Whole words of a name such as ``article__related-links``; vocabulary seen on papers of many countries.
_NAMED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(rf"(?:^|[\s_-])(?:{'|'.join(names)})(?=$|[\s_-])", re.IGNORECASE))
    for reason, names in (
        (
            "related",
            (
                *(r"related[\w-]*", r"read-?more(?:-\w+)?", r"recommend(?:ed|ations?)?"),
                r"more-(?:on|from|stories|news)",
                r"see-?also",
                r"also-?read",
                r"teasers?",
                r"outbrain",
                r"taboola",
                r"(?:story|article)-?cards?",
                r"collections?",
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
    "aside dialog div dl figcaption footer form nav ol p section small span ul".split()  # noqa: SIM905 - easier to read
)
_SHARE_OF_LINE = 0.8
_PARAGRAPH = 80
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


def boxes(root: HtmlElement, layout: Layout) -> list[Box]:
    """Such elements, in the order of the page; one may hold another.

    With a layout that names its own, none are guessed.
    """
    found: dict[HtmlElement, str] = {}
    for reason, selector in _named_by(layout):
        for element in select(root, selector):
            found.setdefault(element, reason)
    if not found and not layout.drop:
        found = dict(_guessed(root))
    return [Box(element, found[element]) for element in root.iter() if element in found]


def _named_by(layout: Layout) -> Iterator[tuple[str, str | None]]:
    yield "related", layout.related
    yield "read_more", layout.read_more
    yield "caption", layout.caption
    yield "credit", layout.credit
    yield "tags", layout.tags
    for selector in layout.drop:
        yield selector, selector


def _guessed(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    total = _prose(root)
    for element in root.iter(*_BOXES):
        reason = _reason(element)
        if reason and (
            element.tag == "figcaption" or (_prose(element) <= _MOST_OF_TEXT * total and not _is_frame(element))
        ):
            yield element, reason
        elif element.tag == "p" and _leads_elsewhere(element):
            yield element, "related"


def _reason(element: HtmlElement) -> str | None:
    if element.tag == "figcaption":
        return "caption"
    return _reason_in(hint_of(element))


@lru_cache(maxsize=8192)  # a paper uses the same few hundred names on all its pages
def _reason_in(hint: str) -> str | None:
    if len(hint) < 2 or not _ANY.search(hint):
        return None
    return next((reason for reason, names in _NAMED if names.search(hint)), None)


def _leads_elsewhere(element: HtmlElement) -> bool:
    """Whether a paragraph is but a link, between paragraphs of text: a related box in disguise."""
    link = next(element.iter("a"), None)
    if link is None or not link.get("href") or len(text_of(link)) < _SHARE_OF_LINE * len(text_of(element)):
        return False
    beside = (element.getprevious(), element.getnext())
    return any(one is not None and one.tag == "p" and len(text_of(one)) >= _PARAGRAPH for one in beside)


def _prose(element: HtmlElement) -> int:
    return sum(len(text_of(one)) for one in element.iter("p"))


def _is_frame(element: HtmlElement) -> bool:
    return next(element.iter("h1", "article", "main"), None) is not None
