"""What a piece is about and of what sort it is: section, tags, kind; every source's answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from urllib.parse import unquote, urlsplit

from crawler.article import Kind
from crawler.extraction import kinds, suffixes
from crawler.extraction.dom import text_of
from crawler.extraction.json_ld import strings, types
from crawler.extraction.page import Page
from crawler.extraction.topics import behind, listed, printed
from crawler.extraction.trust import Answer, answers, first, in_order
from crawler.extraction.words import essence, plain

_LIST = re.compile(r"\s*[;,،、|]\s*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_TYPED = re.compile(
    r"^(?:categor(?:y|ies)|subjects?|tags?|topics?|keywords?|persons?|people|locations?|places?|organi[sz]ations?|themes?"
    r"|thema|themen|sujets?|temas?|entity|entities|company|companies)\s?:\s?(?=\S)",
    re.IGNORECASE,
)
"""What a system that types its keywords calls those that are subjects; days, lengths and the like are none."""
_CODE = re.compile(r"^(?:[\w ]+:.*|\d{5,}|[0-9a-f-]{20,}|_\w+|https?:.*)$", re.IGNORECASE)
_WIRE_CODE = re.compile(r"[A-Z0-9:-]{2,16}$")  # "AERO", "INDS08": of an agency's own scheme
_PATH = re.compile(r"^(?:topics?|tags?|sections?|persons?|people|organi[sz]ations?|places?|locations?|stor(?:y|ies))/")
_OTHER_METAS = re.compile(r"(?:^|[:._-])(?:keywords?|tags?|topics?|subjects?)$")
_TRACKERS = ("parsely-tags", "sailthru.tags", "cxenseparse:keywords", "classification-tags")
_KNOWN_METAS = frozenset(
    {"news_keywords", "keywords", "article:tag", "video:tag", "og:video:tag", "dc.subject", *_TRACKERS}
)
_MOST_OF_ADDRESS = 0.8
"""Of a list of single words: that many stand in the page's address, from which the list was made."""
_LONGEST_ABBREVIATION = 4
_LONGEST_TAG, _MOST_TAGS, _LONGEST_LIST = 80, 60, 10_000


def sections(page: Page) -> list[Answer[str]]:
    """Every source's section, in one form of letters."""
    metas = page.document.metas
    said = [
        *answers("layout", page.texts(page.layout.section)[:1]),
        *answers("article:section", map(plain, metas.get("article:section", ())[:1])),
        *answers("json-ld", page.said("articleSection")[:1]),
        *answers(
            "meta:section", [page.document.meta("section", "parsely-section", "cxenseparse:section", "dc.subject")]
        ),
        *answers("microdata", [one.get("content") or text_of(one) for one in page.items.get("articleSection", ())[:1]]),
    ]
    return [Answer(one.source, one.said, _section(one.said)) for one in said]


def _section(name: str) -> str:
    """A section's name with a large letter first where it has none, and with small ones where it has no other."""
    name = plain(name)
    if name.islower() or (name.isupper() and len(name) > _LONGEST_ABBREVIATION):
        return name[:1].upper() + name[1:].lower()
    return name


def tag_lists(page: Page) -> list[Answer[tuple[str, ...]]]:
    """Every source's subjects."""
    metas = page.document.metas
    said = {
        "layout": page.texts(page.layout.tags),
        "news_keywords": metas.get("news_keywords", ()),
        "meta:keywords": metas.get("keywords", ()),
        "json-ld": [plain(one) for one in strings(page.raw("keywords"))],
        "article:tag": metas.get("article:tag", ()),
        "meta:tags": next((metas[name] for name in _TRACKERS if name in metas), ()),
        "rel=tag": [text_of(one) for one in page.related("tag")[:30]],
        "page": printed(page.survey, page.document.url) or behind(page.head, page.document.url) or listed(page.head),
        "meta:other": _other_metas(page),
    }
    own = {essence(name) for name in page.names if "." in name}
    return [Answer(source, ", ".join(texts), tags(texts, own) or None) for source, texts in said.items() if texts]


def _other_metas(page: Page) -> Sequence[str]:
    """What the first meta of a system of the paper's own says, if its name ends in a word for tags."""
    metas = page.document.metas
    others = (name for name in metas if name not in _KNOWN_METAS and _OTHER_METAS.search(name[:80]))
    return next((metas[name] for name in others), ())


def best_tags(url: str, said: Sequence[Answer[tuple[str, ...]]]) -> Answer[tuple[str, ...]] | None:
    """The most trusted list, or the first that has all of it and more, but for two doubts.

    Words of the address are no subjects; and a list of which no other source has any gives way to one that two have.
    """
    usable = [one for one in said if one.value]
    chosen = first(said)
    if chosen is None or chosen.value is None or chosen.source == "layout":
        return chosen
    agreed = [one for one in usable if any(one is not other and _agree(one, other) for other in usable)]
    if _is_of_address(chosen, url):
        seen = [one for one in usable if one.source == "page" and len(one.value or ()) > 1]
        return next((one for one in (*agreed, *seen) if not _is_of_address(one, url)), chosen)
    names = _folded(chosen)
    fuller = next((one for one in usable if names < _folded(one)), None)
    if fuller is not None:
        return fuller
    if _is_of_slugs(chosen) and (written := next((one for one in usable if _is_written_out(one, names)), None)):
        return written
    named = [one for one in agreed if not _is_of_slugs(one)]
    if _is_of_slugs(chosen) and len(named) > 1:
        return named[0]
    if any(_overlap(chosen, one) for one in usable):
        return chosen
    return next((one for one in agreed if one.source == "page"), agreed[0] if agreed else chosen)


def _agree(one: Answer[tuple[str, ...]], other: Answer[tuple[str, ...]]) -> bool:
    """Whether half of the shorter list stands in the other."""
    mine, others = _folded(one), _folded(other)
    return 2 * len(mine & others) >= min(len(mine), len(others)) > 0


def _overlap(one: Answer[tuple[str, ...]], other: Answer[tuple[str, ...]]) -> bool:
    return one is not other and not _folded(one).isdisjoint(_folded(other))


def _is_of_slugs(said: Answer[tuple[str, ...]]) -> bool:
    """Whether a list has only single words written small, as addresses have them."""
    return all(tag.islower() and " " not in tag for tag in said.value or ())


def _is_written_out(said: Answer[tuple[str, ...]], names: set[str]) -> bool:
    """Whether a list has the same subjects as people write them."""
    return _folded(said) == names and not _is_of_slugs(said)


def _is_of_address(said: Answer[tuple[str, ...]], url: str) -> bool:
    """Whether a list was made of the words of the page's address."""
    words = [tag.casefold() for tag in said.value or ()]
    if len(words) < 3 or any(" " in word for word in words):
        return False
    path = set(re.split(r"[^\w]+", unquote(urlsplit(url).path).casefold()))
    return sum(word in path for word in words) >= _MOST_OF_ADDRESS * len(words)


def _folded(said: Answer[tuple[str, ...]]) -> set[str]:
    return set(map(essence, said.value or ()))


def tags(said: Sequence[str], own: Collection[str] = ()) -> tuple[str, ...]:
    """The subjects in one text that lists them, or in many, each once; codes and the paper's address are left out."""
    pieces = _split(plain(said[0][:_LONGEST_LIST])) if len(set(said)) == 1 else [plain(one) for one in said]
    found: dict[str, str] = {}
    for piece in pieces:
        tag = _TYPED.sub("", _PATH.sub("", piece.strip(" #")))
        if tag and len(tag) <= _LONGEST_TAG and not _CODE.match(tag) and essence(tag) not in own:
            found.setdefault(tag.casefold(), tag)
    if len(found) > 2 and all(_WIRE_CODE.match(tag) for tag in found.values()):
        return ()
    return tuple(found.values())[:_MOST_TAGS]


def _split(listed: str) -> list[str]:
    """The subjects of one text: at its commas, or at its spaces in a script that does not part words by spaces."""
    pieces = _LIST.split(listed)
    if len(pieces) == 1 and _UNSPACED.search(listed):
        return listed.split()
    return pieces


def kinds_said(page: Page, headings: Sequence[Answer[str]], *, is_gallery: bool = False) -> list[Answer[Kind]]:
    """Every source's kind. ``headings`` are the titles, as written; ``is_gallery``: most of the text are captions."""
    metas = page.document.metas
    address = page.site.kind_of(page.document.url)
    description = next((text for name in ("description", "og:description") for text in metas.get(name, ())), "")
    title = next((one.said for one in headings if suffixes.LIVE.match(one.said)), "")
    section = next((one.said for one in in_order("section", sections(page))), "")
    return [
        Answer("address", address or "", address),
        *(Answer("label", text, kinds.kind_in(text)) for text in page.texts(page.layout.label)),
        Answer("title", title, Kind.LIVE),
        Answer("description", description, kinds.split_prefix(plain(description))[0]),
        *(Answer("json-ld", name, kinds.kind_of_type(name)) for node in page.nodes[:1] for name in types(node)),
        Answer("section", section, kinds.kind_in(section)),
        *([Answer("text", "captions", Kind.GALLERY)] if is_gallery else []),
        *(Answer("og:type", text, kinds.kind_of_type(text)) for text in metas.get("og:type", ())),
    ]
