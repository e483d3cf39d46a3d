"""Titles: without rubric, mark of a live blog or the paper's name, and the one that the page agrees on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from crawler.extraction.dom import text_of
from crawler.extraction.page import Page, answers
from crawler.extraction.trust import Answer
from crawler.extraction.words import essence, plain, squeezed

LIVE = re.compile(r"^\W*(?:LIVE|Live|В эфире|En direct|EN DIRECT|EN VIVO|AO VIVO|DIRETTA)\s*[|:–—-]\s*(?=\S)")
_SEPARATOR = re.compile(r"\s+(?:[|–—―·•»›~∣/⋆ㅣ-]|::|>>|--)\s+|\s*(?:[|｜ㅣ∣]|::|>>)\s*|_(?=[^_]+$)")
_LONGEST_NAME, _LONGEST = 60, 500
_HEADLINES = frozenset({"json-ld", "microdata", "h1"})
_WORDS_OF_TITLE = 2
_CUT_SHORT = 20
"""Characters before the dots at the end of a headline that was cut, and not of one that trails off."""
_DOTS = re.compile(r"\s*(?:…|\.{3,})$")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4,}")
"""Long enough to be of a piece's own; in a script without spaces, any character."""


def said(page: Page) -> list[Answer[str]]:
    """Every source's title, as written and cleaned."""
    metas = page.document.metas
    found = [
        *answers("layout", page.texts(page.layout.title)),
        *answers("json-ld", page.said("headline")[:1]),
        *answers("og:title", metas.get("og:title", ())[:1]),
        *answers("twitter:title", metas.get("twitter:title", ())[:1]),
        *answers("microdata", [text_of(one) for one in page.items.get("headline", ())[:1]]),
        *answers("h1", [text_of(one) for one in page.root.iter("h1")]),
        *answers("meta:title", [page.document.meta("parsely-title", "sailthru.title", "dc.title", "title")]),
        *answers("title", [text_of(one) for one in page.root.xpath("//head/title | //title")[:1]]),
    ]
    read = [Answer(one.source, one.said, clean(plain(one.said), page.names) or None) for one in found]
    return [*read, *_printed(page, read)]


def clean(title: str, names: Iterable[str]) -> str:
    """A title without ``LIVE |`` before it and, after it, what carries one of the paper's names."""
    title = LIVE.sub("", squeezed(title))
    if len(title) > _LONGEST:
        return ""  # a heading that holds half the page
    known = {essence(name) for name in names} - {""}
    while cut := _paper_at_end(title, known):
        title = title[:cut].rstrip()
    return title[_paper_at_beginning(title, known) :]


def best(names: Iterable[str], said: Sequence[Answer[str]]) -> Answer[str] | None:
    """The first answer in order of trust that does not merely name the paper, but for three doubts.

    A headline cut short gives way to the whole of it; one of another piece, which shares no word with what two other
    sources agree on, to theirs; and one that the page copies everywhere to the one that editors wrote for readers.
    """
    known = set(map(essence, names))
    usable = [one for one in said if one.value and essence(one.value) not in known] or [
        one for one in said if one.value
    ]
    if not usable or usable[0].source == "layout":
        return usable[0] if usable else None
    chosen = _for_readers(usable) or _of_this_piece(usable)
    return _bare(_whole(chosen, usable), usable)


def _bare(chosen: Answer[str], said: Sequence[Answer[str]]) -> Answer[str]:
    """The headline as h1 or JSON-LD have it, where the chosen answer only adds a name to it: then that is the paper's.

    For papers that nowhere say what they are called, or say it in another script.
    """
    if chosen.source in _HEADLINES:
        return chosen
    title = chosen.value or ""
    ends = {title[: match.start()].rstrip(): title[match.end() :] for match in _SEPARATOR.finditer(title)}
    names = (one for one in said if one.source in _HEADLINES and one.value in ends)
    bare = next(names, None)
    short = bare is not None and len(ends[bare.value or ""]) <= _LONGEST_NAME
    return bare if bare is not None and short and len(_words(bare)) >= _WORDS_OF_TITLE else chosen


def _for_readers(said: Sequence[Answer[str]]) -> Answer[str] | None:
    """The wording of og:title where JSON-LD, h1 and <title> repeat another, and a second witness stands by it.

    The three are then filled from one field, often written for search engines. Witnesses are Twitter's card and
    the page itself. A wording that holds the other one differs by a kicker alone: that is no doubt.
    """
    by = {one.source: essence(one.value or "") for one in said}
    copied, shared = by.get("json-ld", ""), by.get("og:title", "")
    if not copied or not shared or copied in shared or shared in copied:
        return None
    everywhere = by.get("h1") == copied and by.get("title", "").startswith(copied)
    seen = shared in (by.get("twitter:title"), by.get("printed"))
    return next(one for one in said if one.source == "og:title") if everywhere and seen else None


def _of_this_piece(said: Sequence[Answer[str]]) -> Answer[str]:
    """The first answer, unless it has no word in common with one that two others give."""
    votes = Counter(essence(one.value or "") for one in said)
    words = _words(said[0])
    others = (one for one in said if votes[essence(one.value or "")] > 1 and words.isdisjoint(_words(one)))
    return said[0] if votes[essence(said[0].value or "")] > 1 else next(others, said[0])


def _words(one: Answer[str]) -> set[str]:
    return set(_WORD.findall((one.value or "").casefold()))


def _whole(chosen: Answer[str], said: Sequence[Answer[str]]) -> Answer[str]:
    """The answer that goes on where the chosen one ends in dots: publishing systems cut headlines for JSON-LD."""
    start = _DOTS.sub("", chosen.value or "")
    if start == chosen.value or len(start) < _CUT_SHORT:
        return chosen
    longer = (one for one in said if one.value and len(one.value) > len(start) + 3 and one.value.startswith(start))
    return next(longer, chosen)


def _printed(page: Page, said: Sequence[Answer[str]]) -> list[Answer[str]]:
    """What og:title says, if JSON-LD says otherwise and readers find these words on the page."""
    by = {one.source: one for one in said}
    copied, shared = (essence(by[name].value or "") if name in by else "" for name in ("json-ld", "og:title"))
    if not copied or not shared or copied == shared or shared not in essence(text_of(page.root.find("body"))):
        return []
    return [Answer("printed", by["og:title"].said, by["og:title"].value)]


def _paper_at_beginning(title: str, known: Collection[str]) -> int:
    """Where the title goes on after the paper's name and what joins it; 0 where it does not begin with that."""
    match = _SEPARATOR.search(title)
    return match.end() if match and essence(title[: match.start()]) in known else 0


def _paper_at_end(title: str, known: set[str]) -> int:
    """Where the paper's name begins, with what joins it; 0 where the title does not end in it."""
    for match in reversed(list(_SEPARATOR.finditer(title))):
        rest = title[match.end() :]
        if len(rest) > _LONGEST_NAME:
            return 0
        said = essence(rest)
        if said in known or any(len(name) > 4 and said.endswith(name) for name in known):
            return match.start()
    return 0
