"""Which lists lead to other articles, and does an element stand in the text? By labels and by place, not by names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from crawler.addresses import host_of, is_web_address, without_www
from crawler.extraction import labels
from crawler.extraction.shapes import like_article
from crawler.extraction.survey import PARAGRAPH, Node, Survey

_LABELS = frozenset("h2 h3 h4 h5 h6 p span div strong b em header dt li legend figcaption small i u".split())  # noqa: SIM905
_PAGE = frozenset({"html", "body", "main", "head"})
_HEADINGS = frozenset({"h2", "h3"})
_PROSE = frozenset({"p", "div", "blockquote", "section"})
_PER_LINK, _MOST_LINKS, _SHARE_OF_LIST = 500, 40, 8
_LONGEST_TEASER = 400
_SHARE_OF_TEASER = 0.5
_UP = 4
_MOST_AROUND = 85
"""Characters beside an element that labels, times and names of authors come to, in what wraps it alone."""


class Teasers:
    """Finds such elements on one page. Its declared address, if any, tells the paper and the shape of its addresses."""

    def __init__(self, page: Survey, declared: Iterable[str]):
        self._own = next((one for one in map(str.strip, declared) if is_web_address(one)), "")
        self._paper = _site(self._own)
        self._page = page
        self._judged: dict[str, bool] = {}
        self._leading = [
            one for one in page.by_tag.get("a", ()) if one.length and self._leads(one.attributes.get("href"))
        ]
        self._numbers = [one.number for one in self._leading]

    def found(self) -> Iterator[Node]:
        """Those under a label that says related, then those between two paragraphs; one may hold another."""
        if self._leading:
            yield from self._labelled()
            yield from self._between()

    def links(self, node: Node) -> list[Node]:
        """The links in an element that lead to articles of the same paper."""
        start = bisect_left(self._numbers, node.number)
        return self._leading[start : bisect_left(self._numbers, node.end, start)]

    def _leads(self, href: str | None) -> bool:
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

    def _labelled(self) -> Iterator[Node]:
        for node in self._page.nodes:
            if not node.length:
                continue
            words = node.opening if node.tag in _LABELS else ""
            if words and labels.is_related(words) and not any(one.tag == "a" for one in node.ancestors()):
                yield from self._list_at(node, words)
            elif (said := node.attributes.get("aria-label")) and labels.is_related(said) and self._is_list(node):
                yield node

    def _list_at(self, label: Node, words: str) -> Iterator[Node]:
        """The list that a label belongs to: one that begins with it, or those right after it."""
        around = [label, *islice(label.ancestors(), _UP)]
        headed = list(takewhile(lambda one: one.tag not in _PAGE and self._page.text(one).startswith(words), around))
        whole = next(filter(self._is_list, headed), None)
        if whole is not None:
            if not self._has_heading(whole, words):
                yield whole
            return
        for node in headed:
            after = list(takewhile(self._is_list, node.after()))
            if after and node.length <= PARAGRAPH and not self._has_heading(after[0]):
                yield node
                yield from after
                return

    def _is_list(self, node: Node) -> bool:
        """Whether an element holds little but teasers."""
        if node.tag in _PAGE or not node.linked or self._page.inside(node, "h1", "main"):
            return False
        leading = self.links(node)
        if not leading:
            return False
        several = len({one.attributes.get("href") for one in leading})
        if several > _MOST_LINKS or node.length > _PER_LINK * several:
            return False
        return sum(one.length for one in leading) * _SHARE_OF_LIST >= node.length

    def _has_heading(self, node: Node, label: str = "") -> bool:
        """Whether a list has a heading of its own beside ``label``, which then stands over nothing."""
        children = [child for child in node.children if child.length]
        if label and children and self._page.text(children[0]) == label:
            children = children[1:]
        if len(children) == 1:
            return self._has_heading(children[0], label)
        several = len({one.attributes.get("href") for one in self.links(node)}) > 1
        return several and len(children) > 1 and not self._page.inside(children[0], "a")

    def _between(self) -> Iterator[Node]:
        """What is little but links and stands between two paragraphs of text, and its like at the end of the text."""
        handled = {link for frame in self._page.by_tag.get("footer", ()) for link in self.links(frame)}
        ending: list[Node] = []
        seen: set[tuple[str, str]] = set()
        for link in self._leading:
            if link in handled:
                continue
            top = self._highest(link)
            handled.update(self.links(top))
            if top.tag in ("p", "a", "span", "li", "td"):
                continue
            if in_text(self._page, top, both=True):
                seen.add((top.tag, top.attributes.get("class", "")))
                yield top
            elif in_text(self._page, top):
                ending.append(top)
        yield from (one for one in ending if (one.tag, one.attributes.get("class", "")) in seen)

    def _highest(self, link: Node) -> Node:
        """The highest element around a link that holds little but such links."""
        top = link
        for parent in link.ancestors():
            if parent.tag in _PAGE or parent.tag == "article" or parent.length > _LONGEST_TEASER:
                break
            if sum(one.length for one in self.links(parent)) < _SHARE_OF_TEASER * parent.length:
                break
            top = parent
        return top


def in_text(page: Survey, node: Node, *, both: bool = False) -> bool:
    """Whether a paragraph of text stands before an element or what wraps it alone; ``both``: also after it."""
    for _ in range(_UP):
        before, after = _is_prose(page, next(node.before(), None)), _is_prose(page, next(node.after(), None))
        if before and (after or not both):
            return True
        parent = node.parent
        if parent is None or parent.tag in _PAGE or parent.tag == "article":
            return False
        if parent.length > node.length + _MOST_AROUND:
            return False
        node = parent
    return False


def is_text_beside(page: Survey, node: Node) -> bool:
    """Whether the next words before or after an element are a paragraph of text."""
    return _is_prose(page, next(node.before(), None)) or _is_prose(page, next(node.after(), None))


def _is_prose(page: Survey, node: Node | None) -> bool:
    """Whether an element is, or holds, a paragraph not made of links; a heading stands for its text."""
    if node is None:
        return False
    if node.tag in _HEADINGS:
        return node.linked == 0
    return node.tag in _PROSE and page.prose(node) > 0


def _site(address: str) -> str:
    try:
        return without_www(host_of(address))
    except ValueError:  # an unbalanced bracket in the host
        return ""
