"""A page together with what is known about it: the site, the layout of that day, the time of fetching."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.addresses import without_www
from crawler.article import Moment
from crawler.extraction import dates
from crawler.extraction.document import Document
from crawler.extraction.dom import select, text_of
from crawler.extraction.json_ld import Node, strings
from crawler.extraction.printed import Stamp, day_is_first, stamps
from crawler.extraction.seen import Head, head, is_front_page
from crawler.extraction.signatures import Signature, signature
from crawler.extraction.state_fields import State, state_in
from crawler.extraction.suffixes import SEPARATOR, clean
from crawler.extraction.survey import Survey
from crawler.extraction.walk import survey
from crawler.extraction.words import essence, plain, squeezed
from crawler.site import Layout, Site

_SHORTEST_HOST, _MORE_THAN_HOST = 5, 12
"""Letters: of a host by which a paper's name at the end of a page's title is known, and what such a name has more."""
_MOST_IN_MENU = 60
_MOST_BEFORE_LOGO, _LONGEST_LOGO = 40, 40
"""Links at the top of a page among which its logo is, and characters of what that is called."""
_OF_SECTION = re.compile(r"(?:section|category|rubric)$")
_STROKES = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}/(?:19|20)\d\d(?!\d)")
LONGEST_BYLINE = 200
"""Characters: what is longer is an author's life, not a line."""


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
        ends = (part for text in self.document_titles for part in SEPARATOR.split(text))
        named = (part for part in ends if _is_named_after(part, essence(bare)))
        return (
            *said,
            *named,
            *self._logo(host),
            *(name for node in self.nodes for name in strings(node.get("publisher"))),
        )

    def _logo(self, host: str) -> list[str]:
        """What the first link to the front page is called, in words or by its picture."""
        for link in self.survey.by_tag.get("a", ())[:_MOST_BEFORE_LOGO]:
            href = link.attributes.get("href", "")
            if is_front_page(href) and ("//" not in href or without_www(href.split("/")[2]) == host):
                pictures = (one.get("alt") or "" for one in link.element.iter("img"))
                called = map(squeezed, (text_of(link.element), *pictures))
                if names := [text for text in called if 2 < len(text) <= _LONGEST_LOGO]:
                    return names
        return []

    @cached_property
    def survey(self) -> Survey:
        """What stands where on it."""
        return survey(self.root, self.document.by_tag["style"])

    @cached_property
    def published_for_machines(self) -> Moment | None:
        """When the page says in its metadata that it was published; clock times on it are of that day and zone."""
        said = [*self.said("datePublished"), *self.document.metas.get("article:published_time", ())]
        return next((found for text in said if (found := self.moment(text)) is not None), None)

    @cached_property
    def document_titles(self) -> list[str]:
        """What the page's ``title`` says, in a list of one or none."""
        return [text for one in islice(self.root.iter("title"), 1) if (text := text_of(one))]

    @cached_property
    def rubrics(self) -> tuple[str, ...]:
        """The sections that the page names: of this piece, and in its menus."""
        metas = self.document.metas
        menus = (link for frame in ("nav", "header") for link in self.survey.by_tag.get(frame, ())[:6])
        named = (
            text_of(link)
            for frame in menus
            for link in islice(frame.element.iter("a"), _MOST_IN_MENU)
            if link.get("href")
        )
        said = (text for name, texts in metas.items() if _OF_SECTION.search(name[:80]) for text in texts)
        return (*said, *self.said("articleSection"), *(name for name in named if name))

    @cached_property
    def head(self) -> Head:
        """The article's head as readers see it."""
        metas = self.document.metas
        claims = [
            *metas.get("og:title", ())[:1],
            *self.said("headline")[:1],
            *metas.get("twitter:title", ())[:1],
            *self.document_titles,
        ]
        cleaned = [clean(plain(claim), self.names) for claim in claims]
        return head(self.survey, [claim for claim in cleaned if claim], self.names, self.document.url)

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
        for node in self.survey.microdata:
            for name in node.attributes.get("itemprop", "").split():
                found.setdefault(name, []).append(node.element)
        return {name: tuple(elements) for name, elements in found.items()}

    def related(self, rel: str) -> list[HtmlElement]:
        """The links that say what they lead to, such as ``author``."""
        links = self.survey.by_tag.get("a", ())
        return [link.element for link in links if link.attributes.get("rel", "").lower() == rel]

    @cached_property
    def signature(self) -> Signature | None:
        """Who signed the article, as its head prints it."""
        return signature(self.head, self.names, self.declared_language)

    @cached_property
    def declared_language(self) -> str | None:
        """The language that the page declares, else the site's: a code such as ``de``."""
        return language_code(self.root.get("lang") or self.root.get("xml:lang") or "") or self.site.language

    def said(self, key: str) -> list[str]:
        """What the JSON-LD says under a key: all strings of the first node that has it."""
        return next((found for node in self.nodes if (found := [plain(one) for one in strings(node.get(key))])), [])

    def raw(self, key: str) -> Any:
        """The value under a key in the first JSON-LD node that has it."""
        return next((node[key] for node in self.nodes if node.get(key) not in (None, "", [])), None)

    def texts(self, selector: str | None) -> list[str]:
        """The texts that a layout's selector finds, none of them empty."""
        return [text for element in select(self.root, selector) if (text := text_of(element))]

    def is_in_list(self, element: HtmlElement) -> bool:
        """Whether an element that shows nothing stands in a box which the head and the text do not share."""
        headline = self.head.headline
        if headline is None:
            return False
        for above in element.iterancestors():
            node = self.survey.node(above)
            if node is not None:
                return not (node.holds(headline) or self.head.start <= node.first < self.head.stop)
        return False

    def moment(self, text: str) -> Moment | None:
        """A time as a machine writes it, or printed where machines look; if the page can have been written then."""
        found = dates.machine_moment(text, self.zone)
        if found is None and any(map(str.isdigit, text)):
            found = dates.printed_moment(text, self.zone, self.declared_language, day_first=self.day_first)
        return self.possible(found)

    def possible(self, moment: Moment | None) -> Moment | None:
        """A time, if the page can have been written then."""
        return moment if dates.possible(moment, self.fetched_at) else None

    def stamps(self, text: str) -> Sequence[Stamp]:
        """The times that a line prints, in the page's language and its region's order."""
        return stamps(text, self.zone, self.declared_language, day_first=self.day_first)

    @cached_property
    def day_first(self) -> bool:
        """Whether numbers of a date with strokes are read with the day first, as all but a few regions write it."""
        language = self.root.get("lang") or self.root.get("xml:lang") or ""
        locale = next(iter(self.document.metas.get("og:locale", ())), "")
        return day_is_first(language, locale, urlsplit(self.document.url).hostname or "", self._dates_with_strokes)

    @property
    def _dates_with_strokes(self) -> str:
        """The page's dates in numbers: one of them that has but one meaning tells of the others."""
        words = "".join(self.survey.words)
        if "/19" not in words and "/20" not in words:
            return ""  # told at once; the search itself looks at each letter of the page
        return " ".join(match[0] for match in islice(_STROKES.finditer(words), 40))

    @cached_property
    def state(self) -> State:
        """What scripts hold of the article, of a page that has it there alone."""
        if self.head.agrees or self.nodes:
            return State()
        scripts = [
            one.text for one in self.document.by_tag["script"] if one.text and "ld+json" not in (one.get("type") or "")
        ]
        title = clean(self.document.meta("og:title", "twitter:title", "headline") or "", self.names)
        return state_in(scripts, title)


_COUNTRIES = {"cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "ua": "uk", "cn": "zh", "vn": "vi"}
"""Codes of countries that pages give for languages, and that are no language's."""


def language_code(text: str) -> str | None:
    """Return ``de`` of ``de-AT`` or ``de_AT.UTF-8``; None for what is no code."""
    code = re.split(r"[-_.,]", text.strip().lower())[0]
    return _COUNTRIES.get(code, code) if code.isalpha() and 2 <= len(code) <= 3 else None


def _is_named_after(part: str, host: str) -> bool:
    """Whether a part of a title is the name of the paper at a host: "The Velm Courier" at velmcourier.example."""
    name = essence(part)
    return len(host) >= _SHORTEST_HOST and host in name and len(name) <= len(host) + _MORE_THAN_HOST
