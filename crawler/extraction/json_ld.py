"""JSON-LD, as papers write it: broken, split over blocks, nested, the article anywhere in it. Pure functions.

Vocabulary: https://schema.org/Article and its subtypes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from crawler.charsets import unescaped
from crawler.extraction.loose_json import loose
from crawler.extraction.words import essence

Node = Mapping[str, Any]

_ARTICLE = re.compile(r"(?:Article|BlogPosting|^Report|^Review|^CriticReview)$")
# A page that has no article node may describe itself by one of these.
_LESSER = frozenset(
    {"WebPage", "ItemPage", "VideoObject", "ImageGallery", "MediaGallery", "PodcastEpisode", "CreativeWork", "Recipe"}
)
# What hangs below these is another work than the page's.
_OTHERS = frozenset(
    [
        "isPartOf",
        "hasPart",
        "citation",
        "mentions",
        "itemListElement",
        "relatedLink",
        "liveBlogUpdate",
        "comment",
        "review",
        "publisher",
        "author",
        "image",
        "video",
        "audio",
        "subjectOf",
        "isBasedOn",
        "potentialAction",
        "speakable",
        "breadcrumb",
    ]
)
_DEEPEST = 8
_WRAPPING = (
    "<!--",
    "-->",
    "//<![CDATA[",
    "// <![CDATA[",
    "/*<![CDATA[*/",
    "<![CDATA[",
    "/*]]>*/",
    "//]]>",
    "// ]]>",
    "]]>",
    ";",
)
_ESCAPED = re.compile(r"[{\[]\s*&")
"""Where character references stand for the quotes, nothing of JSON is left."""


def articles(texts: Iterable[str], url: str) -> tuple[Node, ...]:
    """The nodes that describe the article at ``url``, the most telling first; none that has another headline."""
    trees = [tree for text in texts for tree in parsed(text)]
    nodes = [node for tree in trees for node in _nodes(tree, 0)]
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    ranked = sorted(((_rank(node, url), -n) for n, node in enumerate(nodes)), reverse=True)
    chosen: list[Node] = []
    for rank, place in ranked:
        node = nodes[-place]
        if rank > 0 and _agrees(node, chosen):
            chosen.append({key: _resolved(value, by_id) for key, value in node.items()})
    return tuple(chosen)


def parsed(text: str) -> list[Any]:
    """Everything that one block holds, by ever more lenient readings."""
    text = _unwrapped(text)
    for mended in (_as_is, unescaped):
        with suppress(ValueError, RecursionError):
            return list(_values(mended(text)))
    return loose(unescaped(text) if _ESCAPED.search(text) else text)


def strings(value: Any) -> list[str]:
    """The strings that a field says, be it a string, a thing with a name, or a list of these."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    if isinstance(value, dict):
        return strings(value.get("name") or value.get("@value") or value.get("url"))
    return []


def types(node: Node) -> list[str]:
    """The types of a node without their vocabulary's address."""
    return [name.rpartition("/")[2] for name in strings(node.get("@type"))]


def _unwrapped(text: str) -> str:
    """A block without the comment or CDATA marks that hid it from old browsers."""
    text = text.strip()
    for mark in _WRAPPING:
        text = text.removeprefix(mark).removesuffix(mark).strip()
    return text


def _as_is(text: str) -> str:
    return text


def _values(text: str) -> Iterator[Any]:
    """The JSON values that stand one after another in a text."""
    decoder = json.JSONDecoder(strict=False)  # control characters within strings are common
    at = 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1


def _nodes(tree: Any, depth: int) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(tree, list):
        for one in tree:
            yield from _nodes(one, depth + 1)
    elif isinstance(tree, dict):
        if "@type" in tree or "@id" in tree:
            yield tree
        for key, value in tree.items():
            if key not in _OTHERS and isinstance(value, (dict, list)):
                yield from _nodes(value, depth + 1)


def _rank(node: Node, url: str) -> int:
    """How likely a node describes the page: 0 for never."""
    names = types(node)
    if any(_ARTICLE.search(name) for name in names):
        rank = 10
    elif not _LESSER.isdisjoint(names):
        rank = 1
    else:
        return 0
    path = urlsplit(url).path.strip("/")
    own = (address for key in ("url", "mainEntityOfPage", "@id") for address in _addresses(node.get(key)))
    here = bool(path) and any(urlsplit(address).path.strip("/") == path for address in own)
    return rank + 8 * here + sum(key in node for key in ("headline", "datePublished", "author", "articleBody"))


def _addresses(value: Any) -> list[str]:
    address = value.get("@id") or value.get("url") if isinstance(value, dict) else value
    return [address] if isinstance(address, str) and "[" not in address else []


def _agrees(node: Node, chosen: list[Node]) -> bool:
    """Whether a further node is about the same piece: a page may also describe its neighbours."""
    if not chosen:
        return True
    mine, first = node.get("headline"), chosen[0].get("headline")
    if isinstance(mine, str) and isinstance(first, str):
        return essence(mine) == essence(first)
    return not any(_ARTICLE.search(name) for name in types(node))


def _resolved(value: Any, by_id: Mapping[str, Node]) -> Any:
    """A value with its references (``{"@id": …}`` alone) replaced by the nodes they name."""
    if isinstance(value, list):
        return [_resolved(one, by_id) for one in value[:1000]]
    if isinstance(value, dict) and set(value) <= {"@id", "@type"} and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value
