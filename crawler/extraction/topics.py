"""The subjects that a page prints: its list of tags, found by its label, by what it is called, or by its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import urljoin, urlsplit

from crawler.addresses import without_www
from crawler.extraction.dom import text_of
from crawler.extraction.labels import is_subjects
from crawler.extraction.seen import Head
from crawler.extraction.shapes import like_article
from crawler.extraction.survey import Block, Node, Survey

_CALLED = re.compile(
    r"(?:^|[\s_-])(?:(?:article|story|post|entry)-?)?(?:tags|tag-?list(?:-\w+)?|topics|topic-list|keywords)(?=$|[\s_-])"
)
_SIGNS = ("tag", "topic", "keyword")
"""One of these is in every such name."""
_NAMES = ("class", "data-component", "data-testid", "data-module")
# Folders of subjects, in the languages of the papers looked at.
_SUBJECT = re.compile(
    r"/(?:tags?|topics?|themen|thema|temas?|theme|sujets?|dossiers?|schlagw\w+|stichw\w+|keywords?|etiquetas?|etiquette"
    r"|argoment[io]|onderwerp\w*|amnen?|emner?|tagged|all-about|mot-cle\w*|konu|etiket|tegi?|temy)/[^/]"
)
_LABELS = frozenset({"h2", "h3", "h4", "h5", "h6", "p", "span", "div", "strong", "b", "dt", "li", "label"})
_CALLABLE = frozenset({"div", "ul", "ol", "p", "section", "nav", "aside", "span", "dl", "footer"})
_FRAMES = frozenset({"nav", "header", "footer", "aside"})
_LONGEST_LABEL = 200
_UP = 3
_LONGEST, _MOST_WORDS, _MOST = 50, 6, 30
_LISTS = frozenset({"ul", "ol"})
_MOST_UNLABELLED, _MOST_FOLDERS = 12, 4


def printed(page: Survey, url: str) -> list[str]:
    """The words of the links of the first such list outside the page's own head, foot and menus; none without one."""
    lists = (node for search in (_labelled, _called, _addressed) for node in search(page))
    found = (_subjects(page, node, url) for node in islice(lists, _MOST) if not _in_frame(node))
    return next((texts for texts in found if texts), [])


def listed(head: Head) -> list[str]:
    """The subjects that a line at the text's foot lists behind their label, without links: "Tags: lamps, oil"."""
    for block in head.survey.blocks[head.foot.start : head.foot.stop]:
        label, colon, rest = block.text.partition(":" if ":" in block.text else "：")
        if colon and not block.anchors and len(block.text) <= _LONGEST_LABEL and is_subjects(label):
            return [rest.strip()]
    return []


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


def _labelled(page: Survey) -> Iterator[Node]:
    for node in page.nodes:
        if not node.opening or node.tag not in _LABELS or not is_subjects(node.opening):
            continue
        if page.inside(node, "a"):
            yield node
            continue
        for label in (node, *islice(node.ancestors(), _UP)):
            family = label.parent.children if label.parent is not None else ()
            after = family[label.place + 1] if label.place + 1 < len(family) else None
            if after is not None and page.inside(after, "a"):
                yield _whole(page, label, after)
                break


def _whole(page: Survey, label: Node, after: Node) -> Node:
    """What holds all subjects under a label: where they follow one by one, their parent, if that opens with them."""
    if after.tag not in ("a", "li", "dd") or label.parent is None:
        return after
    is_first = page.inside(label.parent, "a")[0].number > label.number
    return label.parent if is_first else after


def _called(page: Survey) -> Iterator[Node]:
    for node in page.nodes:
        if node.attributes and node.tag in _CALLABLE:
            names = (node.attributes[name] for name in _NAMES if name in node.attributes)
            if any(_is_called(said[:200].lower()) for said in names):
                yield node


def _is_called(name: str) -> bool:
    return any(sign in name for sign in _SIGNS) and _CALLED.search(name) is not None


def _addressed(page: Survey) -> Iterator[Node]:
    """What holds two or more links below a folder of subjects and little else."""
    for link in page.by_tag.get("a", ()):
        if _is_of_subject(link):
            groups = (page.inside(one, "a")[: _MOST + 1] for one in islice(link.ancestors(), _UP))
            group = next((one for one in groups if len(one) > 1), [])
            if group and all(map(_is_of_subject, group)):
                yield next(one for one in group[0].ancestors() if one.holds(group[-1]))


def _is_of_subject(link: Node) -> bool:
    return _SUBJECT.search(link.attributes.get("href", "").lower()) is not None


def _in_frame(node: Node) -> bool:
    """Whether an element belongs to the page's own head, foot or menus rather than to the article's."""
    frame = next((one for one in node.ancestors() if one.tag in _FRAMES), None)
    return frame is not None and not any(one.tag in ("article", "main") for one in frame.ancestors())


def _subjects(page: Survey, node: Node, url: str) -> list[str]:
    """The words of its links, if these are short and lead to no articles."""
    links = [(one, text) for one in page.inside(node, "a")[: _MOST + 1] if (text := text_of(one.element))]
    if not links or len(links) > _MOST or any(_leads_to_article(one, url) for one, _ in links):
        return []
    if any(len(text) > _LONGEST or len(text.split()) > _MOST_WORDS for _, text in links):
        return []
    return [text for _, text in links]


def _leads_to_article(link: Node, url: str) -> bool:
    return not _is_of_subject(link) and like_article(link.attributes.get("href", ""), url)
