"""All that a page says about its article beside the text, and which source said it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from crawler.article import Kind, Moment, Provenance
from crawler.extraction import kinds, people, subjects, times, titles
from crawler.extraction.body import under_headline
from crawler.extraction.dom import select
from crawler.extraction.json_ld import strings
from crawler.extraction.page import Page, answers
from crawler.extraction.trust import Answer, first, in_order, record
from crawler.extraction.words import essence, plain

T = TypeVar("T")


@dataclass(frozen=True)
class Metadata:
    """The fields of an article that have several sources, and what each of these said."""

    title: str
    authors: tuple[str, ...]
    byline: str | None
    published: Moment | None
    modified: Moment | None
    section: str | None
    tags: tuple[str, ...]
    standfirst: str | None
    language: str | None
    image_url: str | None
    kind: Kind
    provenance: tuple[Provenance, ...]


def metadata(page: Page, headings: Sequence[Answer[str]], first_words: str) -> Metadata:
    """Read all fields. ``headings`` are what every source says the title is.

    ``first_words`` is how the text begins: a description that only repeats it is no standfirst.
    """
    rows: list[Provenance] = []

    def settled(
        field: str, said: Sequence[Answer[T]], best: Callable[[Sequence[Answer[T]]], Answer[T] | None] = first
    ) -> T | None:
        chosen = best(said)
        rows.extend(record(field, said, chosen))
        return chosen.value if chosen else None

    return Metadata(
        title=settled("title", in_order("title", headings), partial(titles.best, page.names)) or "",
        authors=settled(
            "authors", in_order("authors", people.authors(page)), partial(people.best, people.institutions(page))
        )
        or (),
        byline=people.byline(page),
        published=settled("published_at", times.published(page), times.best),
        modified=settled("modified_at", times.modified(page), times.best),
        section=settled("section", in_order("section", subjects.sections(page))),
        tags=settled("tags", in_order("tags", subjects.tag_lists(page)), subjects.best_tags) or (),
        standfirst=settled("standfirst", in_order("standfirst", _standfirsts(page, first_words))),
        language=settled("language", in_order("language", _languages(page))),
        image_url=settled("image_url", in_order("image_url", _images(page))),
        kind=settled("kind", in_order("kind", subjects.kinds_said(page, headings))) or Kind.NEWS,
        provenance=tuple(rows),
    )


def _standfirsts(page: Page, first_words: str) -> list[Answer[str]]:
    metas = page.document.metas
    said = [
        *answers("layout", page.texts(page.layout.standfirst)[:1]),
        *answers("header", [line] if (line := under_headline(page)) else []),
        *answers("json-ld", page.said("description")[:1]),
        *answers("og:description", metas.get("og:description", ())[:1]),
        *answers("meta:description", metas.get("description", ())[:1]),
        *answers("twitter:description", metas.get("twitter:description", ())[:1]),
    ]
    start = essence(first_words)
    return [Answer(one.source, one.said, _standfirst(one, start)) for one in said]


def _standfirst(said: Answer[str], start: str) -> str | None:
    text = kinds.split_prefix(plain(said.said))[1]
    is_seen = said.source in ("layout", "header")
    if not is_seen and start and start.startswith(essence(text.rstrip("….").rpartition(" ")[0])):
        return None
    return text or None


def _languages(page: Page) -> list[Answer[str]]:
    metas = page.document.metas
    said = [
        ("html", page.root.get("lang") or page.root.get("xml:lang")),
        ("json-ld", next(iter(page.said("inLanguage")), None)),
        ("content-language", page.document.meta("content-language", "language", "dc.language")),
        ("og:locale", next(iter(metas.get("og:locale", ())), None)),
        ("profile", page.site.language),
    ]
    return [Answer(source, text, _language(text)) for source, text in said if text]


def _language(text: str) -> str | None:
    """``de`` of ``de-AT`` or ``de_AT.UTF-8``; None for what is no code."""
    code = re.split(r"[-_.,]", text.strip().lower())[0]
    return code if code.isalpha() and 2 <= len(code) <= 3 else None


def _images(page: Page) -> list[Answer[str]]:
    metas = page.document.metas
    chosen = select(page.root, page.layout.image)
    image = page.raw("image")
    said = [
        *(("layout", one.get("src") or one.get("data-src")) for one in chosen),
        *(("og:image", text) for text in (*metas.get("og:image", ()), *metas.get("og:image:secure_url", ()))),
        *(("json-ld", text) for text in _image_addresses(image)),
        *(("twitter:image", text) for text in (*metas.get("twitter:image", ()), *metas.get("twitter:image:src", ()))),
    ]
    return [Answer(source, text, page.document.absolute(plain(text))) for source, text in said if text]


def _image_addresses(image: object) -> list[str]:
    if isinstance(image, list):
        return [address for one in image[:3] for address in _image_addresses(one)]
    if isinstance(image, dict):
        return strings(image.get("url") or image.get("contentUrl") or image.get("@id"))
    return strings(image)
