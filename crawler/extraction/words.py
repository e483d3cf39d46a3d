"""Text as people read it: white space, entities and comparison."""

from __future__ import annotations

import re
import unicodedata

from crawler.charsets import unescaped

_SOFT_HYPHEN = "\u00ad"
_UNSEEN_SPACES = ("\u200b", "\u200e", "\u200f", "\u2060", "\ufeff")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_NOT_WORD = re.compile(r"[\W_]+")


def squeezed(text: str) -> str:
    """One space for any white space, none at the ends; without soft hyphens and other marks that show nothing."""
    if not text.isascii():  # done for every piece of a page: no regular expression is as quick
        text = text.replace(_SOFT_HYPHEN, "")
        for space in _UNSEEN_SPACES:
            text = text.replace(space, " ")
    return " ".join(text.split())


def plain(text: str) -> str:
    """Text from a field that may hold markup or entities, also entities escaped twice."""
    if "&" in text:
        text = unescaped(unescaped(text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    return squeezed(text)


def essence(text: str) -> str:
    """What two texts must share to be called the same: letters and digits alone, in one case."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
