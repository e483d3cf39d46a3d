"""Which words are forms of one word? What the archive has of each, in ``_forms``, so that a search finds them all.

A word's key is its stem in the language of the article, by the Snowball stemmers, with letters made alike whatever
their marks. The full-text index itself holds no stems: it stays one that every SQLite client can read and write, and
a search asks it for each form by name, so that the exact word can come first.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Set
from functools import cache
from types import MappingProxyType

import Stemmer

STEMMERS: Mapping[str, str] = MappingProxyType({
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch",
    "en": "english", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek",
    "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "fa": "persian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "es": "spanish", "sv": "swedish", "tr": "turkish",
})  # fmt: skip
"""The stemmer of each language; words of any other language have no forms but those that differ in marks."""
SHORTEST, LONGEST = 3, 40
"""Letters of a word that has forms."""
_WORD = re.compile(r"\w+")
_MARKED = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))  # Latin letters with marks
_PLAIN = {code: unicodedata.normalize("NFD", chr(code))[0] for code in _MARKED if chr(code).isalpha()}
"""A Latin letter without its marks, as the full-text index has it."""
_ALIKE = str.maketrans({
    "ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ё": "е", "ς": "σ",
    "ά": "α", "έ": "ε", "ή": "η", "ί": "ι", "ό": "ο", "ύ": "υ", "ώ": "ω", "ϊ": "ι", "ϋ": "υ",
})  # fmt: skip
"""Letters that one types for others, and that the full-text index keeps apart."""
_MOST_KNOWN = 300_000
"""Words that one process remembers to have stored, in some 40 MB; then it begins anew."""
Known = MutableMapping[str, set[str]]


def words_of(texts: Iterable[str | None]) -> set[str]:
    """Return the words of texts in lower case, each once; none with digits, nor very short or long ones."""
    words: set[str] = set()
    for text in texts:
        words.update(_WORD.findall(unicodedata.normalize("NFC", text).lower() if text else ""))
    return {word for word in words if SHORTEST <= len(word) <= LONGEST and word.isalpha()}


def unmarked(word: str) -> str:
    """Return a word in lower case as the full-text index has it: without the marks of Latin letters."""
    return word if word.isascii() else word.translate(_PLAIN)


def keys(word: str, language: str) -> set[str]:
    """Return what the forms of a word share: ``en:bridg``, or ``:bridges`` in a language without a stemmer.

    ``word`` is in lower case, ``language`` a code such as ``en``, or empty. There are two where the stemmer takes a
    word without its marks for another one: people leave them out.
    """
    alike = _alike(word)
    stemmer = _stemmer(language)
    if stemmer is None:
        return {f":{alike}"}
    stem = _alike(stemmer.stemWord(word))
    return {f"{language}:{stem}"} if alike == word else {f"{language}:{stem}", f"{language}:{stemmer.stemWord(alike)}"}


def language_of(code: str | None) -> str:
    """Return the language that a code such as ``en-GB`` names if there is a stemmer for it, else nothing."""
    primary = re.split("[-_]", code or "", maxsplit=1)[0].lower()
    return primary if primary in STEMMERS else ""


def learn(db: sqlite3.Connection, words: Set[str], language: str | None, known: Known | None = None) -> int:
    """Keep an article's words, as :func:`words_of` has them, under their keys. Returns how many this process had not
    kept before.

    ``known`` is what it has: a word that stands there costs nothing. To be called inside a transaction; where that is
    undone, ``known`` is to be emptied.
    """
    code = language_of(language)
    kept = (known if known is not None else defaultdict(set))[code]
    new = words - kept
    if new:
        db.executemany(
            "insert or ignore into _forms(key, word) values (?, ?)",
            [(key, unmarked(word)) for word in new for key in keys(word, code)],
        )
        if len(kept) > _MOST_KNOWN:
            kept.clear()
        kept |= new
    return len(new)


def forget(db: sqlite3.Connection, texts: Iterable[str | None], language: str | None) -> None:
    """Take out the words of texts that are no more, where no other article, and no earlier state of one, has them."""
    code = language_of(language)
    for word in words_of(texts):
        quoted = f'"{unmarked(word)}"'
        if not any(
            db.execute(f"select 1 from {index} where {index} match ? limit 1", (quoted,)).fetchone()
            for index in ("articles_fts", "revisions_fts")
        ):
            rows = [(key, unmarked(word)) for key in keys(word, code)]
            db.executemany("delete from _forms where key = ? and word = ?", rows)


def forms_of(db: sqlite3.Connection, word: str, most: int) -> tuple[str, ...]:
    """Return the other forms of a word that the archive has in any language, those most like it first."""
    lower = unicodedata.normalize("NFC", word).lower()
    if not SHORTEST <= len(lower) <= LONGEST:
        return ()
    shared = sorted(set().union(*(keys(lower, language) for language in ("", *STEMMERS))))
    rows = db.execute(
        f"select distinct word from _forms where key in ({', '.join('?' * len(shared))})"
        " order by abs(length(word) - ?), word limit ?",
        (*shared, len(lower), most + 1),
    )
    return tuple(form for (form,) in rows if form != unmarked(lower))[:most]


def is_of_a_word(character: str) -> bool:
    """Return whether it is a letter, a digit or a mark on one."""
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _alike(word: str) -> str:
    return word if word.isascii() else unmarked(word).translate(_ALIKE)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    return Stemmer.Stemmer(STEMMERS[language]) if language in STEMMERS else None
