"""A page together with what is known about it: the site, the layout of that day, the time of fetching."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.addresses import without_www
from crawler.article import Moment
from crawler.extraction import dates
from crawler.extraction.document import Document
from crawler.extraction.dom import select, text_of
from crawler.extraction.json_ld import Node, strings
from crawler.extraction.survey import Survey, survey
from crawler.extraction.trust import Answer
from crawler.extraction.words import plain
from crawler.site import Layout, Site

LONGEST_BYLINE = 200
"""Characters: what is longer is an author's life, not a line."""
_BYLINES = re.compile(r"byline|author-?_?name|article(?:-|__)author")


@dataclass(frozen=True)
class Page:
    """What the readers of single fields share."""

    document: Document
    site: Site
    fetched_at: datetime

    @cached_property
    def layout(self) -> Layout:
        """The selectors that hold for the day of fetching."""
        return self.site.layout_at(self.fetched_at.date())

    @cached_property
    def names_boxes(self) -> bool:
        """Whether the layout tells which boxes hold links, and fits: the text that it names is there."""
        fits = not self.layout.body or bool(select(self.root, self.layout.body))
        return fits and bool(self.layout.related or self.layout.read_more)

    @cached_property
    def zone(self) -> tzinfo:
        """Where the paper's clocks stand."""
        return dates.zone_of(self.site.timezone)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the paper calls itself."""
        host = without_www(urlsplit(self.document.url).netloc)
        bare = host.partition(".")[0] if host.count(".") == 1 else host.rpartition(".")[0].rpartition(".")[2]
        said = (
            self.site.title,
            host,
            bare,
            *self.document.metas.get("og:site_name", ()),
            *self.document.metas.get("application-name", ()),
        )
        return (*said, *(name for node in self.nodes for name in strings(node.get("publisher"))))

    @cached_property
    def survey(self) -> Survey:
        """What stands where on it."""
        return survey(self.root)

    @cached_property
    def published_for_machines(self) -> Moment | None:
        """When the page says in its metadata that it was published; clock times on it are of that day and zone."""
        said = [*self.said("datePublished"), *self.document.metas.get("article:published_time", ())]
        return next((found for text in said if (found := self.moment(text)) is not None), None)

    @property
    def root(self) -> HtmlElement:
        """The tree."""
        return self.document.root

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The JSON-LD about the article."""
        return self.document.json_ld

    @cached_property
    def items(self) -> Mapping[str, tuple[HtmlElement, ...]]:
        """The elements of microdata outside ``meta``, by property."""
        found: dict[str, list[HtmlElement]] = {}
        for element in self.root.xpath("//body//*[@itemprop]"):
            for name in element.get("itemprop").split():
                found.setdefault(name, []).append(element)
        return {name: tuple(elements) for name, elements in found.items()}

    @cached_property
    def signed(self) -> tuple[tuple[HtmlElement, str], ...]:
        """The elements whose classes, given in lower case, speak of an author or a byline."""
        body = self.root.find("body")
        classed = ((one, one.get("class")) for one in body.iterdescendants()) if body is not None else ()
        named = ((element, names[:200].lower()) for element, names in classed if names)
        return tuple((element, names) for element, names in named if "author" in names or "byline" in names)

    @cached_property
    def byline(self) -> HtmlElement | None:
        """The first short element that is called a byline and does not stand in a picture or an aside."""
        for element in [element for element, names in self.signed if _BYLINES.search(names)][:20]:
            around = {parent.tag for parent in element.iterancestors()}
            if around.isdisjoint(("figure", "aside", "footer", "nav")) and 0 < len(text_of(element)) <= LONGEST_BYLINE:
                return element
        return None

    def said(self, key: str) -> list[str]:
        """What the JSON-LD says under a key: all strings of the first node that has it."""
        return next((found for node in self.nodes if (found := [plain(one) for one in strings(node.get(key))])), [])

    def raw(self, key: str) -> Any:
        """The value under a key in the first JSON-LD node that has it."""
        return next((node[key] for node in self.nodes if node.get(key) not in (None, "", [])), None)

    def texts(self, selector: str | None) -> list[str]:
        """The texts that a layout's selector finds, none of them empty."""
        return [text for element in select(self.root, selector) if (text := text_of(element))]

    def moment(self, text: str) -> Moment | None:
        """A time as a machine writes it, if the page can have been written then."""
        found = dates.machine_moment(text, self.zone)
        return found if dates.possible(found, self.fetched_at) else None

    def human_moment(self, text: str) -> Moment | None:
        """A time as people write it, if the page can have been written then."""
        found = dates.moment(text, self.zone, self.site.language or (self.root.get("lang") or "en")[:2].lower())
        return found if dates.possible(found, self.fetched_at) else None


def answers(source: str, texts: Iterable[str | None]) -> list[Answer[str]]:
    """Answers that are understood as they are written."""
    return [Answer(source, text, text) for text in texts if text]
