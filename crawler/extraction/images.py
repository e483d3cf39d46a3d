"""Which is the lead image, and what do its caption and credit say?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from crawler.extraction.dom import hint_of, select, text_of
from crawler.extraction.json_ld import strings
from crawler.extraction.page import Page
from crawler.extraction.trust import Answer
from crawler.extraction.words import plain

_CREDIT_NAMED = re.compile(r"credit|copyright|photographer|source|byline|author", re.IGNORECASE)
# At the end of a caption, in the forms that agencies and papers print.
_CREDIT = re.compile(
    r"\s*(?:[(\[](?P<inner>[^()\[\]]*(?:photo|foto|image|reuters|afp|getty|\bap\b|dpa)[^()\[\]]*)[)\]]"
    r"|(?:photo(?:graph)?(?: by)?|foto|image|bild|credit|фото|©)\s*[:/]?\s*(?P<after>[^.]{2,80}))\s*$",
    re.IGNORECASE,
)
_LONGEST = 600
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
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-full-src", "data-image", "data-hi-res-src", "data-url")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_BEFORE, _BEHIND = 4, 3
"""Blocks around the head in which the lead image stands."""


def caption_and_credit(page: Page) -> tuple[str | None, str | None]:
    """What is printed under the lead image, and whose image it is."""
    layout = page.layout
    named = next(iter(page.texts(layout.caption)), None), next(iter(page.texts(layout.credit)), None)
    if named != (None, None):
        return named
    figure = _lead_figure(page)
    if figure is not None and (found := _split(figure)) != (None, None):
        return found
    image = page.raw("image")
    image = image[0] if isinstance(image, list) and image else image
    if not isinstance(image, dict):
        return None, None
    caption = next(iter(strings(image.get("caption"))), None)
    credit = next(iter(strings(image.get("creditText") or image.get("copyrightHolder"))), None)
    return plain(caption)[:_LONGEST] if caption else None, plain(credit)[:_LONGEST] if credit else None


def _lead_figure(page: Page) -> HtmlElement | None:
    """The first figure that has words under it and stands in an article or behind a headline."""
    is_behind = False
    for element in page.root.iter("h1", "figure"):
        if element.tag == "h1":
            is_behind = True
        elif next(element.iter("figcaption"), None) is not None:
            around = {box.tag for box in element.iterancestors("article", "main", "h1")}
            if (is_behind and "h1" not in around) or not around.isdisjoint(("article", "main")):
                return element
    return None


def _split(figure: HtmlElement) -> tuple[str | None, str | None]:
    caption = next(figure.iter("figcaption"))
    whole = text_of(caption)[:_LONGEST]
    credit = next(
        (text for one in caption.iterdescendants() if _CREDIT_NAMED.search(hint_of(one)) and (text := text_of(one))),
        None,
    )
    if credit and credit != whole:
        return whole.replace(credit, "").strip(" |/–—-")[:_LONGEST] or None, credit[:_LONGEST]
    match = _CREDIT.search(whole)
    if match:
        return whole[: match.start()].strip()[:_LONGEST] or None, (match["inner"] or match["after"]).strip()
    return (None, credit[:_LONGEST]) if credit else (whole[:_LONGEST] or None, None)


def lead(page: Page) -> list[Answer[str]]:
    """Every source's lead image; a logo or a sign is named without a value."""
    metas = page.document.metas
    chosen = select(page.root, page.layout.image)
    is_small = any(_number(size) < _SMALLEST for size in metas.get("og:image:width", ())[:1])
    said = [
        *(("layout", one.get("src") or one.get("data-src")) for one in chosen),
        *(("og:image", text) for text in (*metas.get("og:image", ()), *metas.get("og:image:secure_url", ()))),
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
        addresses = (text for text in (*_printed(page), *named) if text and not _LOGO.search(text))
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
    pictures = survey.inside(survey.root, "img", "amp-img", "video")
    nodes = (node for node in pictures if node.first in places)
    for node in nodes:
        around = " ".join(box.hint for box in (node, *islice(node.ancestors(), 3)))
        is_elsewhere = any(box.tag in ("nav", "aside", "footer") for box in node.ancestors())
        if is_elsewhere or _NO_PICTURE.search(around) or _is_small(node.element):
            continue
        if address := _address(node.element):
            yield address


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
