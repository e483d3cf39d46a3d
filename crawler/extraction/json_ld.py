"""JSON-LD, as papers write it: broken, split over blocks, nested, the article anywhere in it. Pure functions.

Vocabulary: https://schema.org/Article and its subtypes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crawler.charsets import unescaped
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
# Strings that never close run to the end: to try each of their quotes anew would take forever.
_COMMA = re.compile(r'("(?:[^"\\]|\\.)*(?:"|\\?\Z))|,(?=\s*[}\]])')
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')
_HEX_ESCAPE = re.compile(r"(?<!\\)\\x([0-9a-fA-F]{2})")
"""As JavaScript writes characters, and JSON does not."""
_RESCUED = (
    *(
        "headline",
        "name",
        "datePublished",
        "dateModified",
        "dateCreated",
        "description",
        "articleSection",
        "articleBody",
    ),
    *("author", "creator", "keywords", "image", "inLanguage", "isAccessibleForFree", "mainEntityOfPage", "url"),
)
_KEY = re.compile(rf'"({"|".join(_RESCUED)})"\s*:\s*')
_STRING_END = re.compile(r'"\s*(?:,\s*"@?\w{1,40}"\s*:|[}\]]\s*(?:[,}\]]|\Z))')
_MOST_RESCUED = 200


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
    """Everything that one block holds, by ever more lenient readings; a few telling fields of a hopeless one."""
    text = _unwrapped(text)
    for mended in (_as_is, unescaped, _without_stray_marks):
        try:
            return list(_values(mended(text)))
        except (ValueError, RecursionError):
            continue
    return _legible(text)


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


def _without_stray_marks(text: str) -> str:
    text = _COMMA.sub(lambda match: match.group(1) or "", text)
    text = _HEX_ESCAPE.sub(r"\\u00\1", text)
    return _ESCAPE.sub(lambda match: match.group(0) if match.group(1) else "", text)


def _values(text: str) -> Iterator[Any]:
    """The JSON values that stand one after another in a text."""
    decoder = json.JSONDecoder(strict=False)  # control characters within strings are common
    at = 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1


def _legible(text: str) -> list[Any]:
    """Of a block that no reading makes whole, each telling key whose value can be read, also behind the break."""
    if "Article" not in text and "BlogPosting" not in text:
        return []
    found: dict[str, Any] = {}
    decoder = json.JSONDecoder(strict=False)
    for match in islice(_KEY.finditer(text), _MOST_RESCUED):
        if match[1] in found:
            continue
        with suppress(ValueError, RecursionError):
            found[match[1]], _ = decoder.raw_decode(text, match.end())
        value = found.get(match[1])
        if text[match.end() : match.end() + 1] == '"' and (value is None or not _ends_here(text, match.end(), value)):
            end = _STRING_END.search(text, match.end() + 1, match.end() + _LONGEST_RESCUED)
            found[match[1]] = text[match.end() + 1 : end.start()].replace('\\"', '"') if end else None
    found = {key: value for key, value in found.items() if value is not None}
    return [{"@type": "Article", **found}] if "headline" in found or "datePublished" in found else []


def _ends_here(text: str, start: int, value: Any) -> bool:
    """Whether a string that was read ends where strings do: before a comma or a bracket."""
    if not isinstance(value, str):
        return True
    end = text.find('"', start + 1 + len(value))
    return end >= 0 and text[end + 1 : end + 40].lstrip()[:1] in (",", "}", "]")


_LONGEST_RESCUED = 200_000


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
