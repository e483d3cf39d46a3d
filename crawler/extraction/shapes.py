"""What an address looks like: whether it is an article's, judged by that of the page that links to it."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

_NUMBER = re.compile(r"\d{5,}|(?=[0-9a-f]{16})[a-z]*\d")
_YEAR = re.compile(r"(?:^|/)(?:19|20)\d{2}/")
_BETWEEN_WORDS = re.compile(r"[-_+ ]+")
_WORDS_OF_SLUG = 4
"""Sections and people have up to three."""
# Parts of a path, in small letters, under which no article stands, in the languages of the papers looked at.
_NEVER = re.compile(
    r"(?:^|/)(?:authors?|autor(?:e[sn]|in)?|auteurs?|contributors?|profiles?|people|person|tags?|topics?|thema|themen|temas?"
    r"|tema|category|categories|kategorie|sections?|rubrik|specials?|dossiers?|hub|search|suche|buscar|newsletters?"
    r"|subscri\w*|abo|log-?in|sign-?(?:in|up)|register|account|shop|store|vouchercodes|gutscheine?|deals|jobs|apps?"
    r"|apps-products|about(?:-us)?|contact|impressum|datenschutz|privacy|terms|help|faq|comments?|kommentare|foren|forum"
    r"|epaper|weather|wetter|games|horoscopes?|tv-programm|programmes)(?:/|$|\?)"
    r"|(?:^|/)(?:videos?|galler(?:y|ies)|photos?|podcasts?|audio|live)(?:$|\?)"  # alone: a player, whatever its list
)


@lru_cache(maxsize=4096)
def like_article(address: str, own: str) -> bool:
    """Whether ``address``, absolute or a path, has the shape of an article's on the paper whose article is ``own``.

    An article has a number, a date or a title of some words in its address; where this page's own has none of these,
    those beside it in the same folder are taken for articles.
    """
    path, mine = _path(address), _own_path(own)
    if not path or path == mine or mine.startswith(path + "/") or _NEVER.search(path):
        return False
    folder = mine.rpartition("/")[0]
    beside = not _telling(mine) and folder != "" and path.rpartition("/")[0] == folder
    return _telling(path) or beside


@lru_cache(maxsize=64)
def _own_path(own: str) -> str:
    """The path of the page, which is compared with hundreds."""
    return _path(own)


def _path(address: str) -> str:
    """The path of an address with a telling query; nothing of what is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return unquote(parts.path).strip("/").lower() + (
        f"?{parts.query}" if parts.query and _NUMBER.search(parts.query) else ""
    )


def _telling(path: str) -> bool:
    if _NUMBER.search(path):
        return True
    parts = path.split("/")
    if not path.isascii() and any(not part.isascii() and len(part) > 8 for part in parts):
        return True
    if not _BETWEEN_WORDS.search(path):
        return False
    words = max(len(_BETWEEN_WORDS.split(part.strip("-_"))) for part in parts)
    return words >= _WORDS_OF_SLUG or (words > 1 and _YEAR.search(path) is not None)
