"""Boxes and lists of links to other articles, found by what is printed over them or by where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile

from lxml.html import HtmlElement

from crawler.addresses import host_of, is_web_address, without_www
from crawler.extraction import labels
from crawler.extraction.dom import text_of
from crawler.extraction.shapes import like_article
from crawler.extraction.words import squeezed

_FRAMES = frozenset({"html", "body", "main", "head"})
_LABELS = frozenset("h2 h3 h4 h5 h6 p span div strong b em header dt li legend figcaption small i u".split())  # noqa: SIM905
_PARAGRAPH = 80
_PER_LINK, _MOST_LINKS, _SHARE_OF_LIST = 500, 40, 8
_LONGEST_TEASER = 400
_SHARE_OF_TEASER = 0.5
_UP = 4


class Teasers:
    """Finds such elements in one tree. Its declared address, if any, tells the paper and the shape of its addresses."""

    def __init__(self, root: HtmlElement):
        declared = root.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
        self._own = next((one.strip() for one in declared if is_web_address(one.strip())), "")
        self._root = root
        self._judged: dict[str, bool] = {}

    def found(self) -> Iterator[HtmlElement]:
        """Those under a label that says related, then those between two paragraphs; one may hold another."""
        yield from self._labelled()
        yield from self._between()

    def links(self, element: HtmlElement) -> list[HtmlElement]:
        """The links in an element that lead to articles of the same paper."""
        return [one for one in element.iter("a") if self._leads_to_article(one.get("href"))]

    def _leads_to_article(self, href: str | None) -> bool:
        href = (href or "").strip()
        if href not in self._judged:
            self._judged[href] = self._judge(href)
        return self._judged[href]

    def _judge(self, href: str) -> bool:
        if not href or href.startswith(("#", "javascript:", "mailto:")):
            return False
        try:
            if self._own and is_web_address(href) and _site(href) != _site(self._own):
                return False
            return like_article(href, self._own)
        except ValueError:  # an unbalanced bracket in the host
            return False

    def _labelled(self) -> Iterator[HtmlElement]:
        for element in self._root.iter():
            text = element.text or ""
            words = squeezed(text) if element.tag in _LABELS and len(text) < _LONGEST_TEASER else ""
            if words and labels.is_related(words) and next(element.iterancestors("a"), None) is None:
                yield from self._list_at(element, words)
            elif labels.is_related(element.get("aria-label") or "") and self._is_list(element):
                yield element

    def _list_at(self, label: HtmlElement, words: str) -> Iterator[HtmlElement]:
        """The list that a label belongs to: one that begins with it, or those right after it."""
        around = [label, *islice(label.iterancestors(), _UP)]
        headed = list(takewhile(lambda one: one.tag not in _FRAMES and _begins(one, words), around))
        whole = next(filter(self._is_list, headed), None)
        if whole is not None:
            if not self._has_heading(whole, words):
                yield whole
            return
        for element in headed:
            after = list(takewhile(self._is_list, _siblings(element, later=True)))
            if after and not exceeds(element, _PARAGRAPH) and not self._has_heading(after[0]):
                yield element
                yield from after
                return

    def _is_list(self, element: HtmlElement) -> bool:
        """Whether an element holds little but teasers."""
        if element.tag in _FRAMES or next(element.iter("h1", "main"), None) is not None:
            return False
        leading = self.links(element)
        if not leading:
            return False
        several = len({one.get("href") for one in leading})
        if several > _MOST_LINKS or exceeds(element, _PER_LINK * several):
            return False
        return sum(map(_length, leading)) * _SHARE_OF_LIST >= _length(element)

    def _has_heading(self, element: HtmlElement, label: str = "") -> bool:
        """Whether a list has a heading of its own beside ``label``, which then stands over nothing."""
        children = [child for child in element if exceeds(child, 0)]
        if label and children and text_of(children[0]) == label:
            children = children[1:]
        if len(children) == 1:
            return self._has_heading(children[0], label)
        several = len({one.get("href") for one in self.links(element)}) > 1
        return several and len(children) > 1 and next(children[0].iter("a"), None) is None

    def _between(self) -> Iterator[HtmlElement]:
        """What is little but links and stands between two paragraphs of text, and its like at the end of the text."""
        handled = {link for frame in self._root.iter("nav", "footer") for link in frame.iter("a")}
        ending: list[HtmlElement] = []
        seen: set[tuple[str, str]] = set()
        for link in self._root.iter("a"):
            if link in handled or not self._leads_to_article(link.get("href")):
                continue
            top = self._highest(link)
            handled.update(top.iter("a"))
            if top.tag in ("p", "a", "span", "li", "td"):
                continue
            if stands_in_text(top, both=True):
                seen.add((top.tag, top.get("class") or ""))
                yield top
            elif stands_in_text(top):
                ending.append(top)
        yield from (one for one in ending if (one.tag, one.get("class") or "") in seen)

    def _highest(self, link: HtmlElement) -> HtmlElement:
        """The highest element around a link that holds little but such links."""
        top = link
        for parent in link.iterancestors():
            if parent.tag in _FRAMES or parent.tag == "article" or exceeds(parent, _LONGEST_TEASER):
                break
            if sum(map(_length, self.links(parent))) < _SHARE_OF_TEASER * _length(parent):
                break
            top = parent
        return top


def stands_in_text(element: HtmlElement, *, both: bool = False) -> bool:
    """Whether a paragraph of text stands before an element or what wraps it alone; ``both``: also after it."""
    for _ in range(_UP):
        sides = [_is_prose(next(_siblings(element, later=later), None)) for later in (False, True)]
        if all(sides) or (sides[0] and not both):
            return True
        parent = element.getparent()
        if parent is None or parent.tag in _FRAMES or parent.tag == "article":
            return False
        if exceeds(parent, _length(element) + _PARAGRAPH):
            return False
        element = parent
    return False


def ends_text(element: HtmlElement) -> bool:
    """Whether an element is one of several alike that follow right after a paragraph, in the text's own column."""
    others = (one for one in _siblings(element, later=False) if one.get("class") != element.get("class"))
    before = next(others, None)
    return before is not None and before.tag == "p" and _is_prose(before)


def beside_text(element: HtmlElement) -> bool:
    """Whether the next words before or after an element are a paragraph of text."""
    return any(_is_prose(next(_siblings(element, later=later), None)) for later in (False, True))


def _siblings(element: HtmlElement, *, later: bool) -> Iterator[HtmlElement]:
    """The elements beside that hold words, the nearest first."""
    return (one for one in islice(element.itersiblings(preceding=not later), _MOST_LINKS) if exceeds(one, 0))


def _is_prose(element: HtmlElement | None) -> bool:
    """Whether an element is, or holds, a paragraph not made of links; a heading stands for its text."""
    if element is None or element.tag not in ("p", "div", "blockquote", "section", "h2", "h3"):
        return False
    if element.tag in ("h2", "h3"):
        return not any(map(_length, element.iter("a")))
    paragraphs = (element,) if element.tag in ("p", "blockquote") else element.iter("p")
    return any(
        (length := _length(one)) >= _PARAGRAPH and sum(map(_length, one.iter("a"))) < length / 2 for one in paragraphs
    )


def _length(element: HtmlElement) -> int:
    """How many characters of text an element holds: quicker than reading it as it is printed."""
    return len(" ".join("".join(element.itertext()).split()))


def _begins(element: HtmlElement, words: str) -> bool:
    """Whether the text of an element begins with these words; told without reading on."""
    said = ""
    for piece in element.itertext():
        said = squeezed(f"{said} {piece}")
        if len(said) >= len(words):
            break
    return said.startswith(words)


def exceeds(element: HtmlElement, most: int) -> bool:
    """Whether an element holds more characters of text than that; told without reading on."""
    length = 0
    for piece in element.itertext():
        length += len(" ".join(piece.split()))
        if length > most:
            return True
    return False


def _site(address: str) -> str:
    return without_www(host_of(address))
