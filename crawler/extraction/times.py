"""When a piece was published and when it was changed: every source's answer, and the choice among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from htmldate import find_date
from lxml.html import HtmlElement

from crawler.article import Moment
from crawler.extraction import dates
from crawler.extraction.dom import select, text_of
from crawler.extraction.page import Page
from crawler.extraction.trust import Answer, first, in_order

Answers = list[Answer[Moment]]

# Metas of publishing systems and trackers that hold the time of publication, most telling first.
_PUBLISHED = (
    *(
        "parsely-pub-date",
        "sailthru.date",
        "cxenseparse:recs:publishtime",
        "cxenseparse:publishtime",
        "dcterms.created",
    ),
    *("og:article:published_time", "og:published_time", "article:published", "article.published", "datepublished"),
    *("publication_date", "publish-date", "publish_date", "publishdate", "published_at", "pubdate", "date_published"),
    *("dcterms.issued", "dc.date.issued", "dc.date", "dcterms.date", "date", "last-published", "iso-8601-publish-date"),
)
_MODIFIED = (
    *("last-modified", "lastmod", "datemodified", "dcterms.modified", "dc.date.modified", "article.updated"),
    *("og:article:modified_time", "sailthru.modified", "revised", "article:modified"),
)
# Words beside a visible time that tell it is the change's: English, German, French, Spanish, Italian, Portuguese,
# Dutch, Scandinavian, Polish, Russian, Ukrainian, Turkish, Japanese, Korean.
_UPDATED = re.compile(
    r"updat|modif|amended|revised|aktualisiert|geändert|mis à jour|actualiz|aggiorna|atualiz|bijgewerkt|gewijzigd"
    r"|opdateret|uppdatera|oppdatert|endret|ændret|aktualizac|обновлен|изменен|оновлен|güncelle|更新|수정",
    re.IGNORECASE,
)
_EXPIRY = re.compile(r"expir|valid (?:to|until)|event", re.IGNORECASE)
_DATED = re.compile(r"(?i)publi[sc]|date|time|byline|posted|datum|fecha|meta")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_-]|$)")
_LOOKED_AT = 6


def published(page: Page) -> Answers:
    """Every answer to when the piece was published, in order of trust; what cannot be is there without a value."""
    found = [
        *_layout(page, page.layout.published),
        *_machine(page, "json-ld", page.said("datePublished") or page.said("dateCreated") or page.said("uploadDate")),
        *_machine(page, "article:published_time", page.document.metas.get("article:published_time", ())),
        *_machine(page, "microdata", _items(page, "datePublished", "dateCreated")),
        *_machine(page, "meta", (text for name in _PUBLISHED for text in page.document.metas.get(name, ()))),
        *(Answer("time", said, value) for said, value, updated in _visible(page) if not updated),
        *_address(page),
    ]
    if not any(answer.value for answer in found if answer.source != "address"):
        found += _written(page)
    if not any(answer.value for answer in found):
        found += _guessed(page)
    return in_order("published_at", found)


def modified(page: Page) -> Answers:
    """Every answer to when the piece was last changed, in order of trust."""
    return in_order(
        "modified_at",
        [
            *_layout(page, page.layout.modified),
            *_machine(page, "json-ld", page.said("dateModified")),
            *_machine(page, "article:modified_time", page.document.metas.get("article:modified_time", ())),
            *_machine(page, "microdata", _items(page, "dateModified")),
            *_machine(page, "meta", (text for name in _MODIFIED for text in page.document.metas.get(name, ()))),
            *(Answer("time", said, value) for said, value, updated in _visible(page) if updated),
            *_machine(page, "og:updated_time", page.document.metas.get("og:updated_time", ())),
        ],
    )


def best(answers: Sequence[Answer[Moment]]) -> Answer[Moment] | None:
    """The most trusted answer; where it gives only the day, the next that gives the time of the same day."""
    chosen = first(answers)
    if chosen is None or chosen.value is None or chosen.value.precision == "minute":
        return chosen
    day = chosen.value
    finer = (a for a in answers if a.value and a.value.precision == "minute" and dates.same_day(day, a.value))
    return next(finer, chosen)


def _machine(page: Page, source: str, texts: Iterable[str]) -> Answers:
    return [Answer(source, text, page.moment(text)) for text in texts]


def _layout(page: Page, selector: str | None) -> Answers:
    elements = select(page.root, selector)
    said = [element.get("datetime") or element.get("content") or text_of(element) for element in elements]
    return [Answer("layout", text, page.moment(text) or page.human_moment(text)) for text in said if text]


def _items(page: Page, *names: str) -> list[str]:
    metas = [text for name in names for text in page.document.metas.get(name.lower(), ())]
    elements = (element for name in names for element in page.items.get(name, ()))
    return [*metas, *(element.get("content") or element.get("datetime") or text_of(element) for element in elements)]


def _visible(page: Page) -> Iterator[tuple[str, Moment | None, bool]]:
    """The times printed at the head of the article: as written, as understood, and whether they are of an update."""
    for element in islice(page.root.iter("time"), _LOOKED_AT):
        said = element.get("datetime") or ""
        if not said or _EXPIRY.search(element.get("class") or ""):
            continue
        words = " ".join(
            (element.get("class") or "", element.get("itemprop") or "", text_of(element), _before(element))
        )
        yield said, page.moment(said), _UPDATED.search(words) is not None


def _before(element: HtmlElement) -> str:
    """The words that stand before an element on its line."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return f"{text_of(previous)[-40:]} {previous.tail or ''}"
    return (parent.text or "")[-40:] if parent is not None else ""


def _address(page: Page) -> Answers:
    match = _IN_ADDRESS.search(page.document.url)
    return _machine(page, "address", ["-".join(match.groups())] if match else [])


def _written(page: Page) -> Answers:
    """Dates in words, from elements whose names promise one; only asked when no machine-readable time is there."""
    promising = [
        element
        for element in page.root.xpath("//body//*[@class or self::time][not(*[2])]")
        if (element.tag == "time" or _DATED.search(element.get("class"))) and 6 <= len(text_of(element)) <= 90
    ]
    said = (text_of(element) for element in promising[: _LOOKED_AT * 4] if any(c.isdigit() for c in text_of(element)))
    return [
        Answer("byline", text, page.human_moment(text)) for text in list(said)[:_LOOKED_AT] if not _UPDATED.search(text)
    ]


def _guessed(page: Page) -> Answers:
    try:
        day = find_date(page.root, original_date=True, max_date=page.fetched_at.date().isoformat())
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []
    return _machine(page, "htmldate", [day] if day else [])
