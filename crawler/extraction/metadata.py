"""All that a page says about its article beside the text, and which source said it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lxml.html import HtmlElement

from crawler.article import Kind, Moment, Provenance
from crawler.extraction import bylines, kinds, times, titles
from crawler.extraction.dom import select, text_of
from crawler.extraction.json_ld import strings, types
from crawler.extraction.page import Page, answers
from crawler.extraction.trust import Answer, first, in_order, record
from crawler.extraction.words import essence, plain

T = TypeVar("T")
_LIST = re.compile(r"\s*[;,،、]\s*")
_CODE = re.compile(r"^(?:[\w ]+:.*|\d+|[0-9a-f-]{20,}|_\w+|https?:.*)$", re.IGNORECASE)
_LONGEST_TAG, _MOST_TAGS = 80, 60


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


def metadata(page: Page, first_words: str) -> Metadata:
    """Read all fields. ``first_words`` is how the text begins: a description that only repeats it is no standfirst."""
    rows: list[Provenance] = []

    def settled(
        field: str, said: Sequence[Answer[T]], best: Callable[[Sequence[Answer[T]]], Answer[T] | None] = first
    ) -> T | None:
        chosen = best(said)
        rows.extend(record(field, said, chosen))
        return chosen.value if chosen else None

    return Metadata(
        title=settled("title", in_order("title", _titles(page)), titles.best) or "",
        authors=settled("authors", in_order("authors", _authors(page)), _most_complete) or (),
        byline=_byline(page),
        published=settled("published_at", times.published(page), times.best),
        modified=settled("modified_at", times.modified(page), times.best),
        section=settled("section", in_order("section", _sections(page))),
        tags=settled("tags", in_order("tags", _tags(page))) or (),
        standfirst=settled("standfirst", in_order("standfirst", _standfirsts(page, first_words))),
        language=settled("language", in_order("language", _languages(page))),
        image_url=settled("image_url", in_order("image_url", _images(page))),
        kind=settled("kind", in_order("kind", _kinds(page))) or Kind.NEWS,
        provenance=tuple(rows),
    )


def _titles(page: Page) -> list[Answer[str]]:
    metas = page.document.metas
    said = [
        *answers("layout", page.texts(page.layout.title)),
        *answers("json-ld", page.said("headline")[:1]),
        *answers("og:title", metas.get("og:title", ())[:1]),
        *answers("twitter:title", metas.get("twitter:title", ())[:1]),
        *answers("microdata", [text_of(one) for one in page.items.get("headline", ())[:1]]),
        *answers("h1", [text_of(one) for one in page.root.iter("h1")]),
        *answers("meta:title", [page.document.meta("parsely-title", "sailthru.title", "dc.title", "title")]),
        *answers("title", [text_of(one) for one in page.root.xpath("//head/title | //title")[:1]]),
    ]
    return [Answer(one.source, one.said, titles.clean(plain(one.said), page.names) or None) for one in said]


def _authors(page: Page) -> list[Answer[tuple[str, ...]]]:
    metas, layout = page.document.metas, page.layout
    said = {
        "layout": page.texts(layout.author) or page.texts(layout.byline),
        "json-ld": _ld_authors(page),
        "meta:author": metas.get("author", ()),
        "article:author": metas.get("article:author", ()),
        "microdata": [one.get("content") or text_of(one) for one in _innermost(page, "author")],
        "rel=author": [text_of(one) for one in page.root.xpath("//a[@rel='author' or @rel='Author']")[:10]],
        "byline": page.texts(".byline a, .article-author a, .article__author a, .author-name, .byline")[:4],
        "meta:other": [
            text
            for name in ("parsely-author", "sailthru.author", "dc.creator", "byl", "cxenseparse:author")
            for text in metas.get(name, ())
        ],
    }
    return [Answer(source, "; ".join(texts), bylines.people(texts) or None) for source, texts in said.items() if texts]


def _ld_authors(page: Page) -> list[str]:
    return page.said("author") or page.said("creator")


def _innermost(page: Page, name: str) -> list[HtmlElement]:
    """The elements of a property; of one that is itself a thing, its name."""
    return [next(iter(one.xpath(".//*[@itemprop='name']")), one) for one in page.items.get(name, ())[:10]]


def _most_complete(said: Sequence[Answer[tuple[str, ...]]]) -> Answer[tuple[str, ...]] | None:
    """The most trusted list of people, or the first that has all of them and more: some metadata name one alone."""
    chosen = first(said)
    if chosen is None or chosen.value is None or chosen.source == "layout":
        return chosen
    names = set(map(essence, chosen.value))
    fuller = (one for one in said if one.value and names < set(map(essence, one.value)) and one.source in _LISTS)
    return next(fuller, chosen)


_LISTS = frozenset({"json-ld", "meta:author", "meta:other", "microdata"})


def _byline(page: Page) -> str | None:
    printed = page.texts(page.layout.byline) or page.texts("[class*='byline'], [itemprop='author'], [rel='author']")[:1]
    return next((text for text in printed if len(text) <= 200), None)


def _sections(page: Page) -> list[Answer[str]]:
    metas = page.document.metas
    return [
        *answers("layout", page.texts(page.layout.section)[:1]),
        *answers("article:section", map(plain, metas.get("article:section", ())[:1])),
        *answers("json-ld", page.said("articleSection")[:1]),
        *answers(
            "meta:section", [page.document.meta("section", "parsely-section", "cxenseparse:section", "dc.subject")]
        ),
        *answers("microdata", [one.get("content") or text_of(one) for one in page.items.get("articleSection", ())[:1]]),
    ]


def _tags(page: Page) -> list[Answer[tuple[str, ...]]]:
    metas = page.document.metas
    ld = page.raw("keywords")
    said = {
        "layout": page.texts(page.layout.tags),
        "news_keywords": metas.get("news_keywords", ()),
        "meta:keywords": metas.get("keywords", ()),
        "json-ld": [plain(one) for one in strings(ld)],
        "article:tag": metas.get("article:tag", ()),
        "meta:tags": [
            text
            for name in ("parsely-tags", "sailthru.tags", "cxenseparse:keywords", "classification-tags")
            for text in metas.get(name, ())
        ],
        "rel=tag": [text_of(one) for one in page.root.xpath("//a[@rel='tag' or @rel='Tag']")[:30]],
    }
    return [Answer(source, ", ".join(texts), tags(texts) or None) for source, texts in said.items() if texts]


def tags(said: Sequence[str]) -> tuple[str, ...]:
    """The subjects in one text that lists them, or in many, each once; internal codes left out."""
    pieces = _LIST.split(plain(said[0])) if len(set(said)) == 1 else [plain(one) for one in said]
    found: dict[str, str] = {}
    for piece in pieces:
        tag = piece.strip(" #")
        if tag and len(tag) <= _LONGEST_TAG and not _CODE.match(tag):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:_MOST_TAGS]


def _standfirsts(page: Page, first_words: str) -> list[Answer[str]]:
    metas = page.document.metas
    said = [
        *answers("layout", page.texts(page.layout.standfirst)[:1]),
        *answers("json-ld", page.said("description")[:1]),
        *answers("og:description", metas.get("og:description", ())[:1]),
        *answers("meta:description", metas.get("description", ())[:1]),
        *answers("twitter:description", metas.get("twitter:description", ())[:1]),
    ]
    start = essence(first_words)
    return [Answer(one.source, one.said, _standfirst(one, start)) for one in said]


def _standfirst(said: Answer[str], start: str) -> str | None:
    text = kinds.split_prefix(plain(said.said))[1]
    if said.source != "layout" and start and start.startswith(essence(text.rstrip("….").rpartition(" ")[0])):
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


def _kinds(page: Page) -> list[Answer[Kind]]:
    metas = page.document.metas
    address = page.site.kind_of(page.document.url)
    description = next((text for name in ("description", "og:description") for text in metas.get(name, ())), "")
    title = next((one.said for one in _titles(page) if titles.LIVE.match(one.said)), "")
    section = next((one.said for one in in_order("section", _sections(page))), "")
    return [
        Answer("address", address or "", address),
        *(Answer("label", text, kinds.kind_in(text)) for text in page.texts(page.layout.label)),
        Answer("title", title, Kind.LIVE),
        Answer("description", description, kinds.split_prefix(plain(description))[0]),
        *(Answer("json-ld", name, kinds.kind_of_type(name)) for node in page.nodes[:1] for name in types(node)),
        Answer("section", section, kinds.kind_in(section)),
        *(Answer("og:type", text, kinds.kind_of_type(text)) for text in metas.get("og:type", ())),
    ]
