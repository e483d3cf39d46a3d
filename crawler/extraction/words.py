"""Text as people read it: white space, entities and comparison."""

from __future__ import annotations

import re
import unicodedata

from crawler.charsets import unescaped

_UNSEEN = ("\u00ad", "\u200b", "\u200e", "\u200f", "\u2060", "\ufeff")
"""Soft hyphens, marks of direction, spaces of no width: they stand within words."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_NOT_WORD = re.compile(r"[\W_]+")
_ASCII_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}


def squeezed(text: str) -> str:
    """One space for any white space, none at the ends; without soft hyphens and other marks that show nothing."""
    if not text.isascii():  # done for every piece of a page: no regular expression is as quick
        for mark in _UNSEEN:
            text = text.replace(mark, "")
    return " ".join(text.split())


_CONTROLS = dict.fromkeys((*range(8234, 8239), *range(8294, 8298))) | dict.fromkeys((*range(32), *range(127, 160)), " ")
"""Marks that turn the direction of what follows, and what shows nothing."""


def plain(text: str) -> str:
    """Text from a field that may hold markup or entities, also entities escaped twice; without control characters."""
    if "&" in text:
        text = unescaped(unescaped(text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    return squeezed(text if text.isprintable() else text.translate(_CONTROLS))


def essence(text: str) -> str:
    """What two texts must share to be called the same: letters and digits alone, in one case."""
    if text.isascii():
        return text.lower().translate(_ASCII_SIGNS)
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def dense(text: str) -> str:
    """A text without white space and marks that show nothing."""
    return squeezed(text).replace(" ", "")
