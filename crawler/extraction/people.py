"""Who wrote a piece: every source's answer, the choice among them, and the byline as printed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence

from lxml.html import HtmlElement

from crawler.extraction import bylines
from crawler.extraction.dom import text_of
from crawler.extraction.json_ld import strings, types
from crawler.extraction.page import LONGEST_BYLINE, Page
from crawler.extraction.trust import Answer, first
from crawler.extraction.words import essence, plain

Authors = Answer[tuple[str, ...]]

# Metas of publishing systems and trackers that name authors.
_OTHER_METAS = ("parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator", "byl")
_AUTHORS = re.compile(r"(?:^|[\s_-])authors?(?=$|[\s_-])")
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
        "byline": _names_in_line(page.byline if page.byline is not None else _line_of_authors(page)),
    }
    own = set(map(essence, page.names))
    return [Answer(source, "; ".join(texts), _named(texts, own)) for source, texts in said.items() if texts]


def _named(texts: Sequence[str], own: Container[str]) -> tuple[str, ...] | None:
    """The people in bylines; the paper itself only where it stands alone."""
    names = bylines.people(texts)
    return tuple(name for name in names if essence(name) not in own) or names or None


def institutions(page: Page) -> tuple[str, ...]:
    """What the paper calls itself, and the authors that JSON-LD declares to be organisations."""
    said = page.raw("author")
    nodes = said if isinstance(said, list) else [said]
    declared = (one for one in nodes if isinstance(one, dict) and any("Organi" in name for name in types(one)))
    return (*page.names, *(plain(name) for one in declared for name in strings(one.get("name"))))


def _line_of_authors(page: Page) -> HtmlElement | None:
    """The first short element that is called the authors' and opens as bylines do, in the article's own column."""
    for element in [element for element, names in page.signed if _AUTHORS.search(names)][:20]:
        around = {parent.tag for parent in element.iterancestors()}
        if around.isdisjoint(("figure", "aside", "footer", "nav")) and bylines.begins_with_by(text_of(element)[:200]):
            return next((one for one in element.iter("li", "p", "span") if _is_line(one)), element)
    return None


def _is_line(element: HtmlElement) -> bool:
    text = text_of(element)
    return len(text) <= _LONGEST_NAME_LINE and bylines.begins_with_by(text)


def best(paper: Iterable[str], said: Sequence[Authors]) -> Authors | None:
    """The most trusted list of people, or the first that has all of them and more: some metadata name one alone.

    A source that names nobody but the paper gives way to one that names somebody, and one whose names no other source
    has to one with a name that two have.
    """
    own = set(map(essence, paper))
    people = [one for one in said if one.value and not own.issuperset(_keys(one)) and _tells_people(one)]
    chosen = first(people) or first(said)
    if chosen is None or chosen.value is None or chosen.source == "layout":
        return chosen
    votes = Counter(name for one in said for name in _keys(one))
    if all(votes[name] == 1 for name in _keys(chosen)):
        chosen = next((one for one in people if any(votes[name] > 1 for name in _keys(one))), chosen)
    names = _keys(chosen)
    return next((one for one in people if names < _keys(one) and one.source in _LISTS), chosen)


def _keys(one: Authors) -> set[str]:
    return set(map(essence, one.value or ()))


def _tells_people(one: Authors) -> bool:
    """Whether a source can be believed to name people: of lines that only look like bylines, those that say "by"."""
    return one.source != "byline" or bylines.begins_with_by(one.said)


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
