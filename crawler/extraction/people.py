"""Who wrote a piece: every source's answer, the choice among them, and the byline as printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from crawler.extraction import bylines
from crawler.extraction.dom import text_of
from crawler.extraction.page import LONGEST_BYLINE, Page
from crawler.extraction.trust import Answer, first
from crawler.extraction.words import essence

Authors = Answer[tuple[str, ...]]

# Metas of publishing systems and trackers that name authors.
_OTHER_METAS = ("parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator", "byl")
_LISTS = frozenset({"json-ld", "meta:author", "meta:other", "microdata"})
_LONGEST_NAME_LINE = 120


def authors(page: Page) -> list[Authors]:
    """Every source's people, cleaned."""
    metas, layout = page.document.metas, page.layout
    said: dict[str, Sequence[str]] = {
        "layout": page.texts(layout.author) or page.texts(layout.byline),
        "json-ld": page.said("author") or page.said("creator"),
        "meta:author": metas.get("author", ()),
        "article:author": metas.get("article:author", ()),
        "microdata": [one.get("content") or text_of(one) for one in _named_things(page, "author")],
        "rel=author": [text_of(one) for one in page.root.xpath("//a[@rel='author' or @rel='Author']")[:10]],
        "meta:other": [text for name in _OTHER_METAS for text in metas.get(name, ())],
        "byline": _names_in_line(page.byline),
    }
    return [Answer(source, "; ".join(texts), bylines.people(texts) or None) for source, texts in said.items() if texts]


def best(paper: Iterable[str], said: Sequence[Authors]) -> Authors | None:
    """The most trusted list of people, or the first that has all of them and more: some metadata name one alone.

    A source that names nobody but the paper gives way to one that names somebody.
    """
    own = set(map(essence, paper))
    people = [one for one in said if one.value and not own.issuperset(map(essence, one.value))]
    chosen = first(people) or first(said)
    if chosen is None or chosen.value is None or chosen.source == "layout":
        return chosen
    names = set(map(essence, chosen.value))
    fuller = (one for one in people if one.value and names < set(map(essence, one.value)) and one.source in _LISTS)
    return next(fuller, chosen)


def byline(page: Page) -> str | None:
    """The line that names the authors, as printed."""
    line = page.byline
    printed = page.texts(page.layout.byline) or ([text_of(line)] if line is not None else [])
    return next((text for text in printed if 0 < len(text) <= LONGEST_BYLINE), None)


def _names_in_line(line: HtmlElement | None) -> list[str]:
    """The names in a line: of its links, else of its parts, else of its words."""
    if line is None:
        return []
    linked = [text for one in line.iter("a") if (text := text_of(one))]
    parts = [text for one in line.iterdescendants() if len(one) == 0 and (text := text_of(one))]
    whole = text_of(line)
    if linked or (len(parts) > 1 and all(map(_is_credit, parts))):
        return linked or parts
    return [whole] if len(whole) <= _LONGEST_NAME_LINE and _is_credit(whole) else []


def _is_credit(text: str) -> bool:
    """Whether words that nothing marks as a name can be one: "By …", or up to four words that begin as names do."""
    words = text.split()
    return bylines.begins_with_by(text) or (1 < len(words) <= 4 and all(word[0].isupper() for word in words))


def _named_things(page: Page, name: str) -> list[HtmlElement]:
    """The elements of a property, but for those in pictures; of one that is itself a thing, its name."""
    own = [one for one in page.items.get(name, ()) if not any(above.tag == "figure" for above in one.iterancestors())]
    return [next(iter(one.xpath(".//*[@itemprop='name']")), one) for one in own[:10]]
