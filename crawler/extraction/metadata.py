"""All that a page says about its article beside the text, and which source said it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from crawler.article import Kind, Moment, Provenance
from crawler.extraction import images, kinds, people, subjects, times, titles
from crawler.extraction.body import under_headline
from crawler.extraction.page import Page, language_code
from crawler.extraction.tongue import language_of
from crawler.extraction.trust import Answer, answers, first, in_order, record
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


def metadata(
    page: Page, headings: Sequence[Answer[str]], paragraphs: Sequence[str], *, is_gallery: bool = False
) -> Metadata:
    """Read all fields. ``headings`` are what every source says the title is.

    ``paragraphs`` are the text: its language is asked of them, and a description that only repeats its beginning is no
    standfirst. ``is_gallery`` says that most of it are captions.
    """
    first_words = paragraphs[0] if paragraphs else ""
    rows: list[Provenance] = []

    def settled(
        field: str, said: Sequence[Answer[T]], best: Callable[[Sequence[Answer[T]]], Answer[T] | None] = first
    ) -> T | None:
        chosen = best(said)
        rows.extend(record(field, said, chosen))
        return chosen.value if chosen else None

    best_tags = partial(subjects.best_tags, page.document.url)
    return Metadata(
        title=settled("title", in_order("title", headings), partial(titles.best, page.names)) or "",
        authors=settled("authors", in_order("authors", people.authors(page)), partial(people.best, page)) or (),
        byline=people.byline(page),
        published=settled("published_at", times.published(page), partial(times.best, page)),
        modified=settled("modified_at", times.modified(page), partial(times.best, page)),
        section=settled("section", in_order("section", subjects.sections(page))),
        tags=settled("tags", in_order("tags", subjects.tag_lists(page)), best_tags) or (),
        standfirst=settled("standfirst", in_order("standfirst", _standfirsts(page, first_words))),
        language=settled("language", in_order("language", _languages(page, paragraphs))),
        image_url=settled("image_url", in_order("image_url", images.lead(page))),
        kind=settled("kind", in_order("kind", subjects.kinds_said(page, headings, is_gallery=is_gallery))) or Kind.NEWS,
        provenance=tuple(rows),
    )


def _standfirsts(page: Page, first_words: str) -> list[Answer[str]]:
    metas = page.document.metas
    said = [
        *answers("layout", page.texts(page.layout.standfirst)[:1]),
        *answers("header", [line] if (line := under_headline(page) or _second_heading(page)) else []),
        *answers("json-ld", page.said("description")[:1]),
        *answers("og:description", metas.get("og:description", ())[:1]),
        *answers("meta:description", metas.get("description", ())[:1]),
        *answers("twitter:description", metas.get("twitter:description", ())[:1]),
    ]
    start = essence(first_words)
    return [Answer(one.source, one.said, _standfirst(one, start)) for one in said]


def _second_heading(page: Page) -> str | None:
    """The smaller heading right behind the headline, in one header with it."""
    survey = page.survey
    for header in survey.by_tag.get("header", ()):
        for headline in survey.inside(header, "h1")[:1]:
            for line in survey.inside(header, "h2", "h3"):
                text = survey.text(line)
                if (
                    line.first == headline.last
                    and len(text) >= _SHORTEST
                    and not survey.inside(line, "time", "a", "img")
                ):
                    return text
    return None


_SHORTEST = 20
"""Characters of a heading that is no label."""


def _standfirst(said: Answer[str], start: str) -> str | None:
    text = kinds.split_prefix(plain(said.said))[1]
    is_seen = said.source in ("layout", "header")
    if not is_seen and start and start.startswith(essence(text.rstrip("….").rpartition(" ")[0])):
        return None
    return text or None


def _languages(page: Page, paragraphs: Sequence[str]) -> list[Answer[str]]:
    """Every source's language; the text itself is a source where it does not fit the first of the others."""
    metas = page.document.metas
    said = [
        ("html", page.root.get("lang") or page.root.get("xml:lang")),
        ("json-ld", next(iter(page.said("inLanguage")), None)),
        ("content-language", page.document.meta("content-language", "language", "dc.language")),
        ("og:locale", next(iter(metas.get("og:locale", ())), None)),
        ("profile", page.site.language),
    ]
    declared = [Answer(source, text, language_code(text)) for source, text in said if text]
    written = language_of(paragraphs, [one.value for one in declared if one.value])
    return [*declared, *([Answer("text", (paragraphs[0])[:100], written)] if written else [])]
