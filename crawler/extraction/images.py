"""Which is the lead image? What the metadata name, else the first picture of the article's head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from crawler.extraction.dom import select
from crawler.extraction.json_ld import strings
from crawler.extraction.page import Page
from crawler.extraction.seen import is_front_page
from crawler.extraction.survey import Node
from crawler.extraction.trust import Answer
from crawler.extraction.words import plain

_LOGO = re.compile(
    r"logo|favicon|apple-?touch|/icons?[/_-]|[/_-]icon[._-]|placeholder|default[._-]?(?:image|img|share|og|thumb)|fallback"
    r"|spacer|blank\.|1x1|pixel\.|avatar|sprite|no-?image|share-?image|og-?(?:image|default)\.|social-?(?:share|card)",
    re.IGNORECASE,
)
_NO_PICTURE = re.compile(
    r"logo|avatar|author|byline|icon|badge|advert|banner|sprite|emoji|thumb(?:nail)?s?(?:\s|$)", re.IGNORECASE
)
_SMALLEST = 200
"""Pixels on a side: smaller ones are signs and portraits of authors."""
_LAZY = (
    *("data-src", "data-original", "data-lazy-src", "data-lazy", "data-full-src", "data-image", "data-hi-res-src"),
    *("data-url", "data-echo", "data-srcimage"),
)
_BACKGROUNDS = ("data-bg", "data-background", "data-background-image", "data-bg-url", "data-bgset")
_OF_STYLE = re.compile(r"url\(\s*[\"']?([^\"')]{4,2000}?)[\"']?\s*\)")
_IMAGE_METAS = ("og:image", "og:image:url", "og:image:secure_url")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_BEFORE, _BEHIND = 4, 3
"""Blocks around the head in which the lead image stands."""


def lead(page: Page) -> list[Answer[str]]:
    """Every source's lead image; a logo or a sign is named without a value."""
    metas = page.document.metas
    chosen = select(page.root, page.layout.image)
    is_small = any(_number(size) < _SMALLEST for size in metas.get("og:image:width", ())[:1])
    said = [
        *(("layout", one.get("src") or one.get("data-src")) for one in chosen),
        *(("og:image", text) for text in (text for name in _IMAGE_METAS for text in metas.get(name, ()))),
        *(("json-ld", text) for text in _image_addresses(page.raw("image"))),
        *(("twitter:image", text) for text in (*metas.get("twitter:image", ()), *metas.get("twitter:image:src", ()))),
    ]
    found = []
    for source, text in said:
        is_sign = source != "layout" and (_LOGO.search(text or "") or (source == "og:image" and is_small))
        if text:
            found.append(Answer(source, text, None if is_sign else page.document.absolute(plain(text))))
    if not any(one.value for one in found):
        named = page.document.links.get("image_src", ())
        others = (*_printed(page), *named, *metas.get("thumbnail", ()), *metas.get("thumbnailurl", ()))
        addresses = (text for text in others if text and not _LOGO.search(text))
        found += [Answer("page", text, page.document.absolute(text)) for text in islice(addresses, 1)]
    return found


def _image_addresses(image: object) -> list[str]:
    if isinstance(image, list):
        return [address for one in image[:3] for address in _image_addresses(one)]
    if isinstance(image, dict):
        return strings(image.get("url") or image.get("contentUrl") or image.get("@id"))
    return strings(image)


def _printed(page: Page) -> Iterator[str]:
    """The addresses of the pictures around the headline and at the beginning of the text, in the page's order."""
    head, survey = page.head, page.survey
    places = range(max(0, head.start - _BEFORE), head.stop + _BEHIND)
    for node in survey.nodes:
        if node.first not in places or not (node.tag in _PICTURES or _is_painted(node)):
            continue
        around = " ".join(box.hint for box in (node, *islice(node.ancestors(), 3)))
        is_elsewhere = any(box.tag in ("nav", "aside", "footer") or _is_logo(box) for box in node.ancestors())
        if is_elsewhere or _NO_PICTURE.search(around) or _is_small(node.element):
            continue
        if address := _address(node.element) if node.tag in _PICTURES else _background(node):
            yield address


def _is_logo(box: Node) -> bool:
    """Whether an element around a picture leads to the front page."""
    return box.tag == "a" and is_front_page(box.attributes.get("href", ""))


_PICTURES = frozenset({"img", "amp-img", "video"})


def _is_painted(node: Node) -> bool:
    """Whether an element has a picture behind it, by its style or for a script to load."""
    style = node.attributes.get("style")
    return (style is not None and "url(" in style) or any(name in node.attributes for name in _BACKGROUNDS)


def _background(node: Node) -> str | None:
    lazy = next((value for name in _BACKGROUNDS if (value := node.attributes.get(name))), "")
    match = _OF_STYLE.search(lazy or node.attributes.get("style", "")[:4000])
    address = match[1] if match else lazy.split(" ")[0]
    return None if address.startswith("data:") else address or None


def _address(image: HtmlElement) -> str | None:
    """The address of an image as it is shown, also where a script loads it or the browser chooses among sizes."""
    lazy = next((value for name in _LAZY if (value := image.get(name))), None)
    shown = lazy or image.get("poster" if image.tag == "video" else "src") or ""
    if shown and not shown.startswith("data:"):
        return shown
    picture = next(image.iterancestors("picture"), None)
    sources = [image, *(picture.iter("source") if picture is not None else ())]
    sets = [value for one in sources for name in _SETS if (value := one.get(name))]
    return max((entry for one in sets for entry in _sizes(one)), default=(0, None))[1]


def _sizes(written: str) -> list[tuple[float, str]]:
    """The widths and addresses of a ``srcset``."""
    entries = (entry.split() for entry in re.split(r",\s+|,(?=https?:|/)", written[:20_000]) if entry.strip())
    return [(_number((*parts, "1")[1]), parts[0]) for parts in entries if not parts[0].startswith("data:")]


def _is_small(image: HtmlElement) -> bool:
    return any(0 < _number(image.get(side) or "") < _SMALLEST / 2 for side in ("width", "height"))


def _number(written: str) -> float:
    match = re.match(r"\d{1,6}(?:\.\d{1,3})?", written.strip())
    return float(match[0]) if match else 0
