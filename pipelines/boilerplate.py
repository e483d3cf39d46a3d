"""Paragraphs that are the site's, not the article's: recognised because they stand on many of its articles.

No profile names them; a monitor that sees many pages of a paper learns them. What recurs for a good reason stays:
who wrote it, where from, which agency, the headings of a regular form. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import replace
from hashlib import blake2b

from crawler.article import Article, Dropped

REASON = "recurs on the site"
MIN_ARTICLES = 5
"""Different articles on which a paragraph must stand, at the least."""
MIN_SHARE = 0.05
"""… and their share of the site's articles in the window: a story's background recurs too, but on fewer."""
WINDOW = 400
"""The site's latest articles, among which is counted."""
_SHORT = 4
"""Words up to which a paragraph is a dateline, a speaker or a heading of a form, and stays."""
_MOST_DROPPED = 0.5
"""Share of an article's words above which it is another edition of a text, not a text with boilerplate."""
_OWN = 3
"""Paragraphs of its own that an article has, unless it is another edition of a text."""
# Who reported, wrote, edited or translated, as agencies and papers print it under a piece.
# Without a border before the first word and for text in lower case alone: so the engine leaps to its first letters.
_CREDIT = re.compile(
    r"(contributed (to this|reporting)|reporting by|reported from|written by|edited by|editing by|translated by"
    r"|additional reporting|with (material|reporting|files) from|mit material von|avec (l.)?afp|con información de"
    r"|con informazioni|по материалам|с использованием материалов|korrespondent|nachrichtenagentur)\b"
)


def fingerprint(paragraph: str) -> int:
    """What equal paragraphs share, whatever their case, white space and punctuation: a signed 64-bit number."""
    words = " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", paragraph).casefold()))
    return int.from_bytes(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def may_recur(article: Article, position: int) -> bool:
    """Whether a paragraph would be the article's own even if it stood on every article of the site."""
    paragraph = article.paragraphs[position]
    folded = paragraph.casefold()
    if len(paragraph.split()) <= _SHORT or _CREDIT.search(folded):
        return True
    if any(block.position == position and block.kind == "heading" for block in article.blocks):
        return True
    named = (*article.authors, *filter(None, (article.wire, article.byline)))
    return any(name.casefold() in folded for name in named)


def learnable(article: Article) -> dict[int, int]:
    """The fingerprint of each paragraph that may turn out to be boilerplate, by position."""
    return {
        position: fingerprint(paragraph)
        for position, paragraph in enumerate(article.paragraphs)
        if not may_recur(article, position)
    }


def is_boilerplate(articles: int, window: int) -> bool:
    """Whether a paragraph on this many different articles, of this many the site had of late, is the site's."""
    return articles >= MIN_ARTICLES and articles >= MIN_SHARE * window


def is_evidence(shared: int, paragraphs: int) -> bool:
    """Whether an article counts that shares this many of its paragraphs with others: one that ran before does not."""
    own = paragraphs - shared
    return own >= _OWN or own >= shared


def without(article: Article, gone: Collection[int]) -> Article:
    """The article without the paragraphs at these positions, which are kept in ``dropped``.

    Links and blocks move up with their paragraphs; a link inside a dropped one goes with it. An article most of which
    would go is given back as it is.
    """
    if not gone or sum(len(article.paragraphs[n].split()) for n in gone) > _MOST_DROPPED * article.word_count:
        return article
    moved = moving(gone)
    return replace(
        article,
        paragraphs=tuple(text for n, text in enumerate(article.paragraphs) if n not in gone),
        blocks=tuple(replace(one, position=moved(one.position)) for one in article.blocks if one.position not in gone),
        links=tuple(
            replace(one, position=moved(one.position))
            for one in article.links
            if one.start is None or one.position not in gone
        ),
        dropped=(
            *(replace(one, position=moved(one.position)) for one in article.dropped),
            *(Dropped(moved(n), REASON, article.paragraphs[n]) for n in sorted(gone)),
        ),
    )


def moving(gone: Collection[int]) -> Callable[[int], int]:
    """Where a position comes to lie once the paragraphs at ``gone`` are out."""
    return lambda position: position - sum(n < position for n in gone)
