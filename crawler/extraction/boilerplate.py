"""Paragraphs that papers put among their text and that are none of it, by their words."""

from __future__ import annotations

import re

from crawler.extraction.survey import UNSPACED
from crawler.extraction.vocabulary import any_of, finder, folded

_LONGEST_READ_MORE, _LONGEST_NOTE, _LONGEST_CREDIT, _LONGEST_CONSENT = 220, 800, 250, 1_500
# Reason, longest length in characters, words. Short limits keep sentences that only begin alike.
_LINES = (
    *(("advertisement", 40, "advertisement"), ("newsletter", 400, "newsletter"), ("share", 160, "share")),
    *(("disclaimer", 500, "disclaimer"), ("favour", 400, "favour"), ("copyright", 300, "copyright")),
    *(
        ("caption", 220, "caption"),
        ("caption", 450, "agency_caption"),
        ("comments", 80, "comments"),
        ("counter", 80, "counter"),
    ),
    *(("comments", 200, "comment_form"), ("navigation", 80, "controls"), ("tags", 200, "filed")),
    *(("shortcode", 400, "shortcode"), ("player", 120, "player")),
)
_RULES = tuple((reason, longest, finder("lines", topic)) for reason, longest, topic in _LINES)
_LONGEST_LINE = max(longest for _, longest, _ in _LINES)
READ_MORE = re.compile(
    rf"^\W*(?:{any_of('lines', 'read_more')})(?:\b|(?<=\W)|$)\s*[:|–—-]?",
    re.IGNORECASE,
)
_NOTE = re.compile(rf"^\W*{any_of('lines', 'note')}(?=\W|$)", re.IGNORECASE)
_CONSENT = re.compile(any_of("lines", "consent"), re.IGNORECASE)
_WORDS_OF_LABEL, _SHORTEST_NOTE = 3, 12
_COOKIES = ("ookie", "kakor", "evästei", "sütik", "çerez", "куки", "クッキー", "쿠키", "kapsler", "ciasteczk")
"""One of these is in every such request: patterns are tried only then."""
_ALLOWING = re.compile(
    r"consent|accept|agree|privacy|partner|personal|experience|setting|datenschutz|zustimm|einverst|einstell|privat"
    r"|accord|confidentialit|consenti|acept|acuerdo|privacid|esperienza|toestemm|akkoord|concord|zgod|prywatn|соглас"
    r"|samtyck|samtykk|godkän|hyväks|souhlas|elfogad|kabul|同意|プライバシー|동의",
    re.IGNORECASE,
)
_CREDIT = re.compile(rf"^\W*{any_of('lines', 'credit')}", re.IGNORECASE)


def is_credit(text: str) -> bool:
    """Whether a line says who reported, wrote and edited a piece, as agencies put it under one."""
    return len(text) <= _LONGEST_CREDIT and _CREDIT.match(text) is not None


def is_consent(text: str) -> bool:
    """Whether a paragraph asks to allow cookies: it opens with who uses them, and goes on to privacy or partners."""
    if len(text) > _LONGEST_CONSENT or not any(sign in text for sign in _COOKIES):
        return False
    return _CONSENT.match(text) is not None and _ALLOWING.search(text) is not None


def is_note(text: str) -> bool:
    """Whether a paragraph corrects the article or speaks for its editors, by the words it opens with."""
    if len(text) > _LONGEST_NOTE or _NOTE.match(text) is None:
        return False
    return len(text.split()) > _WORDS_OF_LABEL or (len(text) >= _SHORTEST_NOTE and UNSPACED.search(text) is not None)


def reason_to_drop(text: str) -> str | None:
    """Why a paragraph is no part of the text, judged by its words alone; None for one that is."""
    if len(text) <= _LONGEST_READ_MORE and READ_MORE.match(text) and not _sentence_after_label(text):
        return "read more"
    if len(text) > _LONGEST_LINE:
        return None
    small = folded(text)
    return next((reason for reason, longest, rule in _RULES if len(text) <= longest and rule.is_in(text, small)), None)


def _sentence_after_label(text: str) -> bool:
    """Whether ``Related`` and the like only open a sentence: no colon or bar follows, and it ends as sentences do."""
    label = READ_MORE.match(text)
    rest = text[label.end() :] if label else ""
    joined = label is not None and label.group().rstrip()[-1:] in ":|–—-"
    return not joined and rest.rstrip()[-1:] in {".", "!", "”", '"'} and len(rest.split()) > 6
