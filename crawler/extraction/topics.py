"""The subjects that a page prints: its list of tags, found by its label, by what it is called, or by its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.addresses import without_www
from crawler.extraction.dom import text_of
from crawler.extraction.labels import is_subjects
from crawler.extraction.seen import Head
from crawler.extraction.shapes import like_article
from crawler.extraction.survey import Block, Node
from crawler.extraction.words import squeezed

_CALLED = re.compile(
    r"(?:^|[\s_-])(?:(?:article|story|post|entry)-?)?(?:tags|tag-?list(?:-\w+)?|topics|topic-list|keywords)(?=$|[\s_-])",
    re.IGNORECASE,
)
_NAMES = ("class", "data-component", "data-testid", "data-module")
# Folders of subjects, in the languages of the papers looked at.
_SUBJECT = re.compile(
    r"/(?:tags?|topics?|themen|thema|temas?|theme|sujets?|dossiers?|schlagw\w+|stichw\w+|keywords?|etiquetas?|etiquette"
    r"|argoment[io]|onderwerp\w*|amnen?|emner?|tagged|all-about|mot-cle\w*|konu|etiket|tegi?|temy)/[^/]",
    re.IGNORECASE,
)
_FRAMES = ("nav", "header", "footer")
_UP = 3
_LONGEST, _MOST_WORDS, _MOST = 50, 6, 30
_LISTS = frozenset({"ul", "ol"})
_MOST_UNLABELLED, _MOST_FOLDERS = 12, 4


def printed(root: HtmlElement, url: str) -> list[str]:
    """The words of the links of the first such list outside the page's own head, foot and menus; none without one."""
    lists = (element for search in (_labelled, _called, _addressed) for element in search(root))
    found = (_subjects(element, url) for element in islice(lists, _MOST) if not _in_frame(element))
    return next((texts for texts in found if texts), [])


def behind(head: Head, url: str) -> list[str]:
    """The words of the first list right behind the text whose items are links to folders: subjects without a label.

    Items are short, two or more, in one list, and lead to no article, no author and no other site.
    """
    site = urlsplit(url).hostname or ""
    runs: list[tuple[Node | None, list[str]]] = []
    for block in head.survey.blocks[head.foot.start : head.foot.stop]:
        box = next((one for one in (block.node, *block.node.ancestors()) if one.tag in _LISTS), None)
        if box is None or not _is_item(block, site, url):
            continue
        if not runs or runs[-1][0] is not box:
            runs.append((box, []))
        runs[-1][1].append(block.text.strip(" #"))
    return next((texts for box, texts in runs if 1 < len(texts) <= _MOST_UNLABELLED and _is_all(head, box, texts)), [])


def _is_all(head: Head, box: Node | None, texts: Sequence[str]) -> bool:
    """Whether a list holds nothing else."""
    return box is not None and len(head.survey.within(box)) == len(texts)


def _is_item(block: Block, site: str, url: str) -> bool:
    if len(block.anchors) != 1 or block.linked < len(block.text) or len(block.text) > _LONGEST:
        return False
    try:
        parts = urlsplit(urljoin(url, block.anchors[0].href))
    except ValueError:
        return False
    folders = [part for part in parts.path.split("/") if part]
    is_near = without_www(parts.hostname or "") == without_www(site) and 1 < len(folders) <= _MOST_FOLDERS
    return is_near and len(block.text.split()) <= _MOST_WORDS and not like_article(parts.path, url)


def _labelled(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter("h2", "h3", "h4", "h5", "h6", "p", "span", "div", "strong", "b", "dt", "li", "label"):
        text = element.text or ""
        if text and len(text) < 200 and is_subjects(squeezed(text)) and next(element.iter("a"), None) is None:
            for label in (element, *islice(element.iterancestors(), _UP)):
                after = label.getnext()
                if after is not None and next(after.iter("a"), None) is not None:
                    yield after
                    break
        elif text and len(text) < 200 and is_subjects(squeezed(text)):
            yield element


def _called(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter("div", "ul", "ol", "p", "section", "nav", "aside", "span", "dl", "footer"):
        if any(_is_called_subjects(names[:200]) for names in map(element.get, _NAMES) if names):
            yield element


@lru_cache(maxsize=8192)  # a paper uses the same few hundred names on all its pages
def _is_called_subjects(names: str) -> bool:
    return _CALLED.search(names) is not None


def _addressed(root: HtmlElement) -> Iterator[HtmlElement]:
    """What holds two or more links below a folder of subjects and little else."""
    for link in root.iter("a"):
        if _SUBJECT.search(link.get("href") or ""):
            groups = (list(islice(one.iter("a"), _MOST + 1)) for one in islice(link.iterancestors(), _UP))
            group = next((one for one in groups if len(one) > 1), [])
            if group and all(_SUBJECT.search(one.get("href") or "") for one in group):
                yield _common(group)


def _common(links: Sequence[HtmlElement]) -> HtmlElement:
    """The nearest element that holds both the first and the last of some links."""
    around = set(links[-1].iterancestors())
    return next(one for one in links[0].iterancestors() if one in around)


def _in_frame(element: HtmlElement) -> bool:
    """Whether an element belongs to the page's own head, foot or menus rather than to the article's."""
    frame = next(element.iterancestors(*_FRAMES), None)
    return frame is not None and next(frame.iterancestors("article", "main"), None) is None


def _subjects(element: HtmlElement, url: str) -> list[str]:
    """The words of its links, if these are short and lead to no articles."""
    links = [(one, text) for one in islice(element.iter("a"), _MOST + 1) if (text := text_of(one))]
    if not links or len(links) > _MOST or any(_leads_to_article(one, url) for one, _ in links):
        return []
    if any(len(text) > _LONGEST or len(text.split()) > _MOST_WORDS for _, text in links):
        return []
    return [text for _, text in links]


def _leads_to_article(link: HtmlElement, url: str) -> bool:
    href = link.get("href") or ""
    return not _SUBJECT.search(href) and like_article(href, url)
