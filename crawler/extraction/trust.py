"""Which source is believed, field by field, and the record of what each one said. One table for all sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from crawler.article import Provenance

T = TypeVar("T")
_LONGEST = 500

# The first named that has a usable answer wins. A profile's layout is always first: somebody looked at that very site.
ORDER: Mapping[str, Sequence[str]] = {
    # `titles.best` asks first what the headline that readers see shares with the others. Where it shares nothing,
    # JSON-LD is written for aggregators, without rubric or the paper's name, and og:title reworded for sharing.
    "title": ("layout", "json-ld", "og:title", "twitter:title", "microdata", "seen", "meta:title", "state", "title"),
    # JSON-LD names people one by one; metas run them together; bylines mix in roles and places.
    "authors": (
        *("layout", "json-ld", "meta:author", "article:author", "meta:card", "meta:other", "seen", "microdata"),
        *("rel=author", "state"),
    ),
    # Machine-readable times of publication before those a reader sees (which may be the update's), then the state from
    # which scripts build the page and the day in the address.
    "published_at": (
        *("layout", "json-ld", "article:published_time", "microdata", "meta", "time", "seen", "state", "address"),
        "listing",
    ),
    "modified_at": (
        *("layout", "json-ld", "article:modified_time", "microdata", "meta", "time", "seen", "og:updated_time"),
    ),
    "section": ("layout", "article:section", "json-ld", "meta:section", "microdata"),
    # Written for news search: the story's own subjects. JSON-LD and article:tag often carry internal codes.
    "tags": (
        "layout",
        "news_keywords",
        "meta:keywords",
        "json-ld",
        "article:tag",
        "meta:tags",
        "rel=tag",
        "page",
        "meta:other",
    ),
    # What stands under the headline is the line itself; descriptions are often cut or written for search engines.
    "standfirst": ("layout", "header", "json-ld", "og:description", "meta:description", "twitter:description"),
    # The text is asked where the others do not fit it. The element is what browsers and search engines act on;
    # og:locale is often left at a system's default.
    "language": ("text", "html", "json-ld", "content-language", "og:locale", "profile"),
    # A logo is no picture of the story, and what stands over the text is one.
    "image_url": ("layout", "og:image", "json-ld", "twitter:image", "page"),
    # The form of an address is fixed by the system; labels are typed by hand; descriptions repeat labels.
    "kind": ("address", "label", "title", "description", "json-ld", "section", "text", "og:type"),
}


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What one source says: as written, and as understood (None: not usable)."""

    source: str
    said: str
    value: T | None


def answers(source: str, texts: Iterable[str | None]) -> list[Answer[str]]:
    """Answers that are understood as they are written."""
    return [Answer(source, text, text) for text in texts if text]


def in_order(field: str, answers: Iterable[Answer[T]]) -> list[Answer[T]]:
    """The answers, the most trusted source first, one a source: its first usable one, if it has any."""
    order = ORDER[field]
    best: dict[str, Answer[T]] = {}
    for answer in answers:
        if answer.said and (answer.source not in best or best[answer.source].value is None):
            best[answer.source] = answer
    return sorted(best.values(), key=lambda answer: order.index(answer.source))


def first(answers: Sequence[Answer[T]]) -> Answer[T] | None:
    """The first usable answer of those given in order."""
    return next((answer for answer in answers if answer.value is not None), None)


def record(field: str, answers: Sequence[Answer[T]], chosen: Answer[T] | None) -> tuple[Provenance, ...]:
    """One row for each source that said something."""
    return tuple(Provenance(field, answer.source, answer.said[:_LONGEST], chosen is answer) for answer in answers)
