"""Which title do readers see? Every source's, and the one that the page agrees on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from crawler.extraction.dom import text_of
from crawler.extraction.page import Page
from crawler.extraction.suffixes import LONGEST_NAME, SEPARATOR, clean, main_part, without_rubric
from crawler.extraction.trust import Answer, answers
from crawler.extraction.words import essence, plain

_HEADLINES = frozenset({"json-ld", "microdata", "seen"})
_SHARED = ("og:title", "json-ld", "twitter:title", "microdata")
_WORDS_OF_TITLE = 2
_SHORTEST_SHARED = 12
"""Letters that a headline and a title can share at an end of theirs, and a rubric or a name seldom has."""
_CUT_SHORT = 20
"""Characters before the dots at the end of a headline that was cut, and not of one that trails off."""
_DOTS = re.compile(r"\s*(?:…|\.{3,})$")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4,}")
"""Long enough to be of a piece's own; in a script without spaces, any character."""


def said(page: Page) -> list[Answer[str]]:
    """Every source's title, as written and cleaned."""
    metas = page.document.metas
    headline = page.head.title
    found = [
        *answers("layout", page.texts(page.layout.title)),
        *answers("json-ld", page.said("headline")[:1]),
        *answers("og:title", metas.get("og:title", ())[:1]),
        *answers("twitter:title", metas.get("twitter:title", ())[:1]),
        *answers("microdata", [text_of(one) for one in page.items.get("headline", ()) if page.head.holds(one)][:1]),
        *answers("seen", [headline]),
        *answers(
            "meta:title", [page.document.meta("parsely-title", "sailthru.title", "dc.title", "headline", "title")]
        ),
        *answers("state", page.state.headline),
        *answers("title", page.document_titles),
    ]
    rubrics = set(map(essence, page.rubrics)) - {""}
    return [Answer(one.source, one.said, _cleaned(page, one, rubrics) or None) for one in found]


def _cleaned(page: Page, said: Answer[str], rubrics: Collection[str]) -> str:
    """A title without the paper's name and the section; of the page's own also without what bars part from it.

    An address is none.
    """
    if said.said.startswith(("http://", "https://")):
        return ""
    title = without_rubric(clean(plain(said.said), page.names), rubrics)
    return main_part(title) if said.source == "title" else title


def best(names: Iterable[str], said: Sequence[Answer[str]]) -> Answer[str] | None:
    """The headline that readers see, where a second source bears it out or nothing is said for machines.

    Else the first answer in order of trust that does not merely name the paper. A headline cut short gives way to the
    whole of it, and one that shares no word with what two other sources agree on to theirs.
    """
    known = set(map(essence, names))
    usable = [one for one in said if one.value and essence(one.value) not in known] or [
        one for one in said if one.value
    ]
    if not usable or usable[0].source == "layout":
        return usable[0] if usable else None
    chosen = _seen(usable) or _of_this_piece(usable)
    return _bare(_whole(chosen, usable), usable)


def _seen(said: Sequence[Answer[str]]) -> Answer[str] | None:
    """What the headline on the page shares with the title for sharing, else with the one for machines.

    Of two wordings of which one holds the other the shorter: the longer one has a kicker, a suffix or the paper's name
    more. Without structured data the headline is believed if it shares words with any title, or if there is none.
    """
    by = {one.source: one for one in said}
    seen = by.get("seen")
    if seen is None:
        return None
    printed = essence(seen.value or "")
    shared = {name: essence(by[name].value or "") for name in _SHARED if name in by}
    for source, words in shared.items():
        if words == printed:
            is_loud = (by[source].value or "").isupper() and not (seen.value or "").isupper()
            return seen if is_loud else by[source]
    if shared.get("json-ld") and shared.get("json-ld") == shared.get("og:title"):
        return None  # two agree on more or less than this
    for source, words in shared.items():
        short, long = sorted((printed, words), key=len)
        if len(short) >= _SHORTEST_SHARED and (long.endswith(short) or long.startswith(short)):
            return _whole(seen if short == printed else by[source], (seen, by[source]))
    if "json-ld" in by or "microdata" in by:
        return None
    others = [one for one in said if one.source in ("og:title", "twitter:title", "meta:title", "title")]
    if len(_words(seen)) < _WORDS_OF_TITLE and others:
        return None
    return seen if not others or any(_share_half(_words(seen), _words(one)) for one in others) else None


def _share_half(one: set[str], other: set[str]) -> bool:
    """Whether half of the words of the shorter title stand in the other."""
    return 2 * len(one & other) >= min(len(one), len(other))


def _bare(chosen: Answer[str], said: Sequence[Answer[str]]) -> Answer[str]:
    """The headline as h1 or JSON-LD have it, where the chosen answer only adds a name to it: then that is the paper's.

    For papers that nowhere say what they are called, or say it in another script.
    """
    if chosen.source in _HEADLINES:
        return chosen
    title = chosen.value or ""
    ends = {title[: match.start()].rstrip(): title[match.end() :] for match in SEPARATOR.finditer(title)}
    names = (one for one in said if one.source in _HEADLINES and one.value in ends)
    bare = next(names, None)
    short = bare is not None and len(ends[bare.value or ""]) <= LONGEST_NAME
    return bare if bare is not None and short and len(_words(bare)) >= _WORDS_OF_TITLE else chosen


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
