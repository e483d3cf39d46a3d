"""The lead image's caption and credit."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawler.extraction.dom import hint_of, text_of
from crawler.extraction.json_ld import strings
from crawler.extraction.page import Page
from crawler.extraction.words import plain

_CREDIT_NAMED = re.compile(r"credit|copyright|photographer|source|byline|author", re.IGNORECASE)
# At the end of a caption, in the forms that agencies and papers print.
_CREDIT = re.compile(
    r"\s*(?:[(\[](?P<inner>[^()\[\]]*(?:photo|foto|image|reuters|afp|getty|\bap\b|dpa)[^()\[\]]*)[)\]]"
    r"|(?:photo(?:graph)?(?: by)?|foto|image|bild|credit|фото|©)\s*[:/]?\s*(?P<after>[^.]{2,80}))\s*$",
    re.IGNORECASE,
)
_LONGEST = 600


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
    """The first figure of the article that has words under it."""
    if next(page.root.iter("figcaption"), None) is None:
        return None  # told at once; the search itself walks the page three times
    found = page.root.xpath(
        "(//article//figure[.//figcaption] | //main//figure[.//figcaption] | //h1/following::figure[.//figcaption])[1]"
    )
    return found[0] if found else None


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
