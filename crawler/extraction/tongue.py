"""In which language is a text written? Asked where the page's own word for it is missing or does not fit.

A page's ``lang`` is often its theme's. It is doubted where the text has next to none of the words that hardly a
paragraph of that language lacks; then the script tells, or a model for the languages that share one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from crawler.extraction import vocabulary

if TYPE_CHECKING:
    from lingua import LanguageDetector

_SAMPLE, _LEAST = 1_500, 120
"""Characters of a text that are looked at, and without which nothing is said."""
_FITS = 0.08
"""Share of common words that makes a language fit: Finnish and Hungarian reach .1, all others .2 and more, and
languages of another family .03."""
_SURE = 0.9
_WORD = re.compile(r"[^\W\d_]+")
_ONE_LANGUAGE = {
    "el": "\u0370-\u03ff",
    "hy": "\u0530-\u058f",
    "he": "\u0590-\u05ff",
    "bn": "\u0980-\u09ff",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "my": "\u1000-\u109f",
    "ka": "\u10a0-\u10ff",
    "am": "\u1200-\u137f",
    "km": "\u1780-\u17ff",
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7af",
}
"""Scripts in which papers of one language are written."""
_FOREIGN = {
    code: re.compile(f"[{letters}]", re.IGNORECASE)
    for code, letters in {
        "ru": "іїєґўјљњћђ",
        "uk": "ыэъёўјљњћђ",
        "be": "ъиїєґјљњћђ",
        "bg": "ыэіїєґўјљњћђ",
        "sr": "ыэъіїєґўй",
        "mk": "ыэъіїєґўйћђ",
    }.items()
}
"""Letters that the other languages of a script have and a language has not; names of people may bring some."""
_RARE = 100
_HAN = re.compile(r"[\u3400-\u9fff]")
_OF_SCRIPTS = re.compile(f"[{''.join(_ONE_LANGUAGE.values())}\u3400-\u9fff]")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl"}


def language_of(paragraphs: Iterable[str], declared: Iterable[str]) -> str | None:
    """Return the language of a text where none of those that the page declares fits it; None where one does.

    The same for a text that is too short to tell, and where nothing is sure.
    """
    text = " ".join(paragraphs)[:_SAMPLE]
    if len(text) < _LEAST // (3 if _HAN.search(text) else 1):
        return None
    codes = [code for code in declared if code]
    script = _by_script(text)
    if script is not None:
        return None if script in codes[:1] else script
    if codes and _fits(text, codes[0]):
        return None
    other = next((code for code in codes[1:] if _fits(text, code)), None) or _by_model(text)
    return None if other is None or (codes and _same(other, codes[0])) else other


def _by_script(text: str) -> str | None:
    """The language whose script most letters are of, if papers of no other language write it."""
    if not _OF_SCRIPTS.search(text):
        return None
    letters = len(_HAN.findall(text)) + sum(map(len, _WORD.findall(_HAN.sub(" ", text))))
    counts = Counter({code: len(re.findall(f"[{script}]", text)) for code, script in _ONE_LANGUAGE.items()})
    code, count = counts.most_common(1)[0]
    if counts["ja"] * 10 > letters:
        return "ja"
    if count * 2 > letters:
        return code
    return "zh" if len(_HAN.findall(text)) * 2 > letters else None


def _fits(text: str, code: str) -> bool:
    """Whether a text has the common words of a language; of one whose words we do not know, whether it could be."""
    common = _common(_SAME.get(code, code))
    if foreign := _FOREIGN.get(code):
        return len(foreign.findall(text)) * _RARE < len(text) and (not common or _has_common(text, common))
    return not common or _has_common(text, common)


def _has_common(text: str, common: frozenset[str]) -> bool:
    words = _WORD.findall(text.casefold())
    return sum(word in common for word in words) >= _FITS * len(words)


@cache
def _common(code: str) -> frozenset[str]:
    lists = vocabulary.languages().get(code, {}).get("texts", {}).get("common", ())
    return frozenset(word for words in lists for word in words.split())


def _by_model(text: str) -> str | None:
    values = _detector().compute_language_confidence_values(text)
    best = values[0] if values else None
    return best.language.iso_code_639_1.name.lower() if best is not None and best.value >= _SURE else None


@cache
def _detector() -> LanguageDetector:
    """The model, loaded when it is first needed: it takes most of a second."""
    from lingua import LanguageDetectorBuilder  # noqa: PLC0415, RUF100 - large, and seldom needed

    return LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()


def _same(one: str, other: str) -> bool:
    return _SAME.get(one, one) == _SAME.get(other, other)
