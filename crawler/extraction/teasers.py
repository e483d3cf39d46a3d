"""Boxes and lists of links to other articles, found by what is printed over them or by where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice, takewhile

from lxml.html import HtmlElement

from crawler.addresses import host_of, is_web_address, without_www
from crawler.extraction import labels
from crawler.extraction.dom import text_of
from crawler.extraction.shapes import like_article
from crawler.extraction.standing import FRAMES, PARAGRAPH, Standing
from crawler.extraction.words import squeezed

_LABELS = frozenset("h2 h3 h4 h5 h6 p span div strong b em header dt li legend figcaption small i u".split())  # noqa: SIM905
_PER_LINK, _MOST_LINKS, _SHARE_OF_LIST = 500, 40, 8
_LONGEST_TEASER = 400
_SHARE_OF_TEASER = 0.5
_UP = 4


class Teasers:
    """Finds such elements in one tree. Its declared address, if any, tells the paper and the shape of its addresses."""

    def __init__(self, root: HtmlElement, standing: Standing):
        declared = root.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
        self._own = next((one.strip() for one in declared if is_web_address(one.strip())), "")
        self._root = root
        self._standing = standing
        self._judged: dict[str, bool] = {}

    def found(self) -> Iterator[HtmlElement]:
        """Those under a label that says related, then those between two paragraphs; one may hold another."""
        yield from self._labelled()
        yield from self._between()

    def links(self, element: HtmlElement) -> list[HtmlElement]:
        """The links in an element that lead to articles of the same paper."""
        return [one for one in element.iter("a") if self._leads_to_article(one.get("href"))]

    @cached_property
    def _paper(self) -> str:
        return _site(self._own)

    def _leads_to_article(self, href: str | None) -> bool:
        href = (href or "").strip()
        if href not in self._judged:
            self._judged[href] = self._judge(href)
        return self._judged[href]

    def _judge(self, href: str) -> bool:
        if not href or href.startswith(("#", "javascript:", "mailto:")):
            return False
        try:
            if self._own and is_web_address(href) and _site(href) != self._paper:
                return False
            return like_article(href, self._own)
        except ValueError:  # an unbalanced bracket in the host
            return False

    def _labelled(self) -> Iterator[HtmlElement]:
        for element in self._root.iter():
            text = element.text
            words = squeezed(text) if text and element.tag in _LABELS and len(text) < _LONGEST_TEASER else ""
            if words and labels.is_related(words) and next(element.iterancestors("a"), None) is None:
                yield from self._list_at(element, words)
            elif (said := element.get("aria-label")) and labels.is_related(said) and self._is_list(element):
                yield element

    def _list_at(self, label: HtmlElement, words: str) -> Iterator[HtmlElement]:
        """The list that a label belongs to: one that begins with it, or those right after it."""
        around = [label, *islice(label.iterancestors(), _UP)]
        headed = list(takewhile(lambda one: one.tag not in FRAMES and _begins(one, words), around))
        whole = next(filter(self._is_list, headed), None)
        if whole is not None:
            if not self._has_heading(whole, words):
                yield whole
            return
        for element in headed:
            after = list(takewhile(self._is_list, self._standing.beside(element, later=True)))
            if after and self._standing.length(element) <= PARAGRAPH and not self._has_heading(after[0]):
                yield element
                yield from after
                return

    def _is_list(self, element: HtmlElement) -> bool:
        """Whether an element holds little but teasers."""
        if element.tag in FRAMES or next(element.iter("h1", "main"), None) is not None:
            return False
        leading = self.links(element)
        if not leading:
            return False
        several = len({one.get("href") for one in leading})
        length = self._standing.length(element)
        if several > _MOST_LINKS or length > _PER_LINK * several:
            return False
        return sum(map(self._standing.length, leading)) * _SHARE_OF_LIST >= length

    def _has_heading(self, element: HtmlElement, label: str = "") -> bool:
        """Whether a list has a heading of its own beside ``label``, which then stands over nothing."""
        children = [child for child in element if self._standing.length(child)]
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
            if self._standing.in_text(top, both=True):
                seen.add((top.tag, top.get("class") or ""))
                yield top
            elif self._standing.in_text(top):
                ending.append(top)
        yield from (one for one in ending if (one.tag, one.get("class") or "") in seen)

    def _highest(self, link: HtmlElement) -> HtmlElement:
        """The highest element around a link that holds little but such links."""
        top = link
        for parent in link.iterancestors():
            length = self._standing.length(parent)
            if parent.tag in FRAMES or parent.tag == "article" or length > _LONGEST_TEASER:
                break
            if sum(map(self._standing.length, self.links(parent))) < _SHARE_OF_TEASER * length:
                break
            top = parent
        return top


def _begins(element: HtmlElement, words: str) -> bool:
    """Whether the text of an element begins with these words; told without reading on."""
    said = ""
    for piece in element.itertext():
        said = squeezed(f"{said} {piece}")
        if len(said) >= len(words):
            break
    return said.startswith(words)


def _site(address: str) -> str:
    return without_www(host_of(address))
