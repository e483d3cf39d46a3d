"""What a piece is about and of what sort it is: section, tags, kind; every source's answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.article import Kind
from crawler.extraction import kinds, titles
from crawler.extraction.dom import text_of
from crawler.extraction.json_ld import strings, types
from crawler.extraction.page import Page, answers
from crawler.extraction.topics import printed
from crawler.extraction.trust import Answer, first, in_order
from crawler.extraction.words import essence, plain

_LIST = re.compile(r"\s*[;,،、]\s*")
_CODE = re.compile(r"^(?:[\w ]+:.*|\d{5,}|[0-9a-f-]{20,}|_\w+|https?:.*)$", re.IGNORECASE)
_WIRE_CODE = re.compile(r"[A-Z0-9:-]{2,16}$")  # "AERO", "INDS08": of an agency's own scheme
_PATH = re.compile(r"^(?:topics?|tags?|sections?|persons?|people|organi[sz]ations?|places?|locations?|stor(?:y|ies))/")
_LONGEST_TAG, _MOST_TAGS, _LONGEST_LIST = 80, 60, 10_000


def sections(page: Page) -> list[Answer[str]]:
    """Every source's section."""
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


def tag_lists(page: Page) -> list[Answer[tuple[str, ...]]]:
    """Every source's subjects."""
    metas = page.document.metas
    said = {
        "layout": page.texts(page.layout.tags),
        "news_keywords": metas.get("news_keywords", ()),
        "meta:keywords": metas.get("keywords", ()),
        "json-ld": [plain(one) for one in strings(page.raw("keywords"))],
        "article:tag": metas.get("article:tag", ()),
        "meta:tags": [
            text
            for name in ("parsely-tags", "sailthru.tags", "cxenseparse:keywords", "classification-tags")
            for text in metas.get(name, ())
        ],
        "rel=tag": [text_of(one) for one in page.root.xpath("//a[@rel='tag' or @rel='Tag']")[:30]],
        "page": printed(page.root, page.document.url),
    }
    return [Answer(source, ", ".join(texts), tags(texts) or None) for source, texts in said.items() if texts]


def best_tags(said: Sequence[Answer[tuple[str, ...]]]) -> Answer[tuple[str, ...]] | None:
    """The most trusted list, or the first that has all of it and more.

    A list of which no subject is printed gives way to the printed one, if another source also names some of that.
    """
    chosen = first(said)
    if chosen is None or chosen.value is None or chosen.source == "layout":
        return chosen
    names = _folded(chosen)
    fuller = next((one for one in said if one.value and names < _folded(one)), None)
    if fuller is not None:
        return fuller
    printed = next((one for one in said if one.source == "page" and one.value), None)
    if printed is None or not names.isdisjoint(_folded(printed)):
        return chosen
    borne_out = any(one not in (chosen, printed) and not _folded(one).isdisjoint(_folded(printed)) for one in said)
    return printed if borne_out else chosen


def _folded(said: Answer[tuple[str, ...]]) -> set[str]:
    return set(map(essence, said.value or ()))


def tags(said: Sequence[str]) -> tuple[str, ...]:
    """The subjects in one text that lists them, or in many, each once; internal codes left out."""
    pieces = _LIST.split(plain(said[0][:_LONGEST_LIST])) if len(set(said)) == 1 else [plain(one) for one in said]
    found: dict[str, str] = {}
    for piece in pieces:
        tag = _PATH.sub("", piece.strip(" #"))
        if tag and len(tag) <= _LONGEST_TAG and not _CODE.match(tag):
            found.setdefault(tag.casefold(), tag)
    if len(found) > 2 and all(_WIRE_CODE.match(tag) for tag in found.values()):
        return ()
    return tuple(found.values())[:_MOST_TAGS]


def kinds_said(page: Page, headings: Sequence[Answer[str]]) -> list[Answer[Kind]]:
    """Every source's kind. ``headings`` are the titles, as written."""
    metas = page.document.metas
    address = page.site.kind_of(page.document.url)
    description = next((text for name in ("description", "og:description") for text in metas.get(name, ())), "")
    title = next((one.said for one in headings if titles.LIVE.match(one.said)), "")
    section = next((one.said for one in in_order("section", sections(page))), "")
    return [
        Answer("address", address or "", address),
        *(Answer("label", text, kinds.kind_in(text)) for text in page.texts(page.layout.label)),
        Answer("title", title, Kind.LIVE),
        Answer("description", description, kinds.split_prefix(plain(description))[0]),
        *(Answer("json-ld", name, kinds.kind_of_type(name)) for node in page.nodes[:1] for name in types(node)),
        Answer("section", section, kinds.kind_in(section)),
        *(Answer("og:type", text, kinds.kind_of_type(text)) for text in metas.get("og:type", ())),
    ]
