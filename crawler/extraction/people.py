"""Who wrote a piece: every source's answer, and the choice among them. The byline as printed holds no times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from lxml.html import HtmlElement

from crawler.extraction import bylines
from crawler.extraction.agencies import agency
from crawler.extraction.dom import text_of
from crawler.extraction.json_ld import strings, types
from crawler.extraction.names import has_case, is_desk, written_large
from crawler.extraction.page import LONGEST_BYLINE, Page
from crawler.extraction.printed import without_times
from crawler.extraction.trust import Answer, first
from crawler.extraction.words import essence, plain, squeezed

Authors = Answer[tuple[str, ...]]

# Metas of publishing systems and trackers that name authors.
_OTHER_METAS = ("parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator", "byl")
_CARDS = ("twitter:label1", "twitter:label2")
"""Two labels with their values on a card for sharing; one of them says "Written by" in the paper's language."""


def authors(page: Page) -> list[Authors]:
    """Every source's people, cleaned."""
    metas, layout = page.document.metas, page.layout
    own = page.names
    printed = page.signature.names if page.signature is not None else ()
    said: dict[str, Sequence[str]] = {
        "layout": page.texts(layout.author) or page.texts(layout.byline),
        "json-ld": _declared(page),
        "meta:author": metas.get("author", ()),
        "article:author": metas.get("article:author", ()),
        "meta:card": _on_card(page),
        "microdata": [_content(one) for one in page.items.get("author", ())[:20] if page.head.holds(one, foot=True)],
        "rel=author": [text_of(one) for one in page.related("author")[:20] if page.head.holds(one, foot=True)],
        "state": page.state.authors,
        "meta:other": [text for name in _OTHER_METAS for text in metas.get(name, ())],
    }
    found = [
        Answer(source, "; ".join(texts), _named(source, texts, own, printed)) for source, texts in said.items() if texts
    ]
    if page.signature is not None:
        found.append(Answer("seen", page.signature.raw, page.signature.names))
    return found


def _declared(page: Page) -> list[str]:
    """The names under ``author`` in JSON-LD, also in two parts, given and family name, or within a role."""
    value = page.raw("author") or page.raw("creator")
    nodes = value if isinstance(value, list) else [value]
    found: list[str] = []
    for role in nodes[:40]:
        node = role.get("author") or role.get("creator") or role if isinstance(role, dict) else role
        if isinstance(node, dict) and not strings(node.get("name")):
            parts = [text for key in ("givenName", "familyName") for text in strings(node.get(key))]
            found += [" ".join(parts)] if parts else strings(node)
        else:
            found += strings(node)
    return [plain(text) for text in found]


def _on_card(page: Page) -> list[str]:
    metas = page.document.metas
    for label in _CARDS:
        value = metas.get(label.replace("label", "data"), ())
        if value and bylines.begins_with_by(f"{(metas.get(label) or ('',))[0]} {value[0]}"):
            return [value[0]]
    return []


def _content(element: HtmlElement) -> str:
    """What an element of microdata names: of one that is itself a thing, its name."""
    named = element.xpath(".//*[@itemprop='name']")
    target = named[0] if named else element
    return target.get("content") or text_of(target)


def _named(source: str, texts: Sequence[str], own: Collection[str], printed: Collection[str]) -> tuple[str, ...] | None:
    """The people in what a source says, and the paper itself where the byline is ``printed`` with it.

    Without that the paper is an author only where structured data name it alone, and never by a meta.
    Beside the paper's name in a meta single words are places. Accounts, of which publishing systems make authors, are
    nobody's names: one word that is written small is believed only where it is printed, more words are written large.
    """
    said = bylines.people([text for text in texts if not text.startswith(("http", "@", "/"))], own)
    names = tuple(written_large(name) for name in said if not _is_account(name, {*printed, *own}))
    keys = set(map(essence, own)) - set(map(essence, printed))
    people = tuple(name for name in names if essence(name) not in keys)
    is_of_places = all(len(name.split()) == 1 and has_case(name) for name in people)
    if source.startswith("meta") and len(people) < len(names) and is_of_places:
        people = ()
    if source.startswith(("meta", "article")):
        return people or None
    return people or names or None


def _is_account(name: str, printed: Collection[str]) -> bool:
    """Whether a name is one word written small, or parted by signs, and neither printed nor the paper's own."""
    is_one = " " not in name and has_case(name) and agency(name) is None
    return is_one and (name.islower() or "_" in name) and essence(name) not in set(map(essence, printed))


def best(page: Page, said: Sequence[Authors]) -> Authors | None:
    """The most trusted list of people, but what readers see where that names more, or others than only one source does.

    The paper, its desks and agencies are believed to be authors where the page prints them as its byline.
    """
    own = page.names
    keys = set(map(essence, (*own, *_organisations(page))))
    seen = next((one for one in said if one.source == "seen" and one.value), None)

    def is_person(name: str) -> bool:
        return essence(name) not in keys and not is_desk(name, own)

    people = [one for one in said if one.value and any(map(is_person, one.value))]
    chosen = first(people)
    if chosen is None:
        return seen or first(said)
    if chosen.source == "layout":
        return chosen
    if chosen.source == "seen" or seen is None or seen not in people:
        return _fuller(_voted(chosen, people), people)
    chosen = _fuller(chosen, people)
    mine, printed = _keys(chosen), _keys(seen)
    if mine == printed or printed < mine:
        return chosen
    if mine < printed:
        return seen
    if not mine.isdisjoint(printed):
        return chosen
    votes = sum(not _keys(one).isdisjoint(mine) for one in people)
    return seen if votes == 1 or _is_sure(page) else chosen


def _is_sure(page: Page) -> bool:
    """Whether the byline was found by a word for "by" or a link to its author."""
    return page.signature is not None and page.signature.strength > 2


def _fuller(chosen: Authors, people: Sequence[Authors]) -> Authors:
    """The chosen list, or that of a meta which has all of it and more: some metadata name the first author alone."""
    names = _keys(chosen)
    return next((one for one in people if names < _keys(one) and one.source.startswith(("meta", "article"))), chosen)


def _voted(chosen: Authors, people: Sequence[Authors]) -> Authors:
    """The chosen list, unless no other source has any name of it and two others agree on one."""
    votes = Counter(name for one in people for name in _keys(one))
    if all(votes[name] == 1 for name in _keys(chosen)):
        return next((one for one in people if any(votes[name] > 1 for name in _keys(one))), chosen)
    return chosen


def _organisations(page: Page) -> tuple[str, ...]:
    """The authors that JSON-LD declares to be organisations."""
    said = page.raw("author")
    nodes = said if isinstance(said, list) else [said]
    declared = (one for one in nodes if isinstance(one, dict) and any("Organi" in name for name in types(one)))
    return tuple(plain(name) for one in declared for name in strings(one.get("name")))


def _keys(one: Authors) -> set[str]:
    return set(map(essence, one.value or ()))


def byline(page: Page) -> str | None:
    """Return the line that names the authors, as printed, without times."""
    printed = page.texts(page.layout.byline)
    for text in printed:
        if 0 < len(text) <= LONGEST_BYLINE:
            return _timeless(text)
    return page.signature.line[:LONGEST_BYLINE] if page.signature is not None else None


def _timeless(text: str) -> str | None:
    parts = (squeezed(part).strip(" ,|·•–-") for part in without_times(text).split("\n"))
    return next((part for part in parts if part), None)


def lines(page: Page) -> Iterable[str]:
    """Return the lines that sign the article, the short ones of its head, and the last ones behind its text."""
    signed = page.signature
    around = [line.text for line in (*page.head.lines, *page.head.behind)]
    return [*([signed.raw] if signed is not None else []), *around]
