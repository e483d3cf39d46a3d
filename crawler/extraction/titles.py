"""Titles: without rubric, mark of a live blog or the paper's name, and the one that the page agrees on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from crawler.extraction.dom import text_of
from crawler.extraction.page import Page, answers
from crawler.extraction.trust import Answer
from crawler.extraction.words import essence, plain, squeezed

LIVE = re.compile(r"^\W*(?:LIVE|Live|В эфире|En direct|EN DIRECT|EN VIVO|AO VIVO|DIRETTA)\s*[|:–—-]\s*(?=\S)")
_SEPARATOR = re.compile(r"\s+[|–—·•»ㅣ-]\s+|\s*[|ㅣ]\s*")
_LONGEST_NAME, _LONGEST = 60, 500
_RANKED = ("json-ld", "og:title", "h1")


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
    return [Answer(one.source, one.said, clean(plain(one.said), page.names) or None) for one in found]


def clean(title: str, names: Iterable[str]) -> str:
    """A title without ``LIVE |`` before it and, after it, what carries one of the paper's names."""
    title = LIVE.sub("", squeezed(title))
    if len(title) > _LONGEST:
        return ""  # a heading that holds half the page
    known = {essence(name) for name in names} - {""}
    while cut := _paper_at_end(title, known):
        title = title[:cut].rstrip()
    return title


def best(answers: Sequence[Answer[str]]) -> Answer[str] | None:
    """The first answer in order of trust, unless it stands alone and two others agree on another wording.

    JSON-LD may keep a headline for search, og:title one for sharing; the heading settles it.
    """
    usable = [answer for answer in answers if answer.value]
    if not usable or usable[0].source == "layout":
        return usable[0] if usable else None
    votes = Counter(essence(answer.value or "") for answer in usable if answer.source in _RANKED)
    # Two may agree but for capitals and marks: the spelling is that of the more trusted one.
    return next((answer for answer in usable if votes[essence(answer.value or "")] > 1), usable[0])


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
