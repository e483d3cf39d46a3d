"""Makes the words that a young archive borrows: ``python -m tests.stories.borrowing``, where wordfreq is installed.

wordfreq (Robyn Speer) says how often a word stands in texts of a language; the project neither needs it nor names it in
its requirements. ``pip install wordfreq`` into an environment of its own that has the project's packages too.
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path

from pipelines.stories import weights
from pipelines.stories.terms import terms

LANGUAGES = ("ar", "cs", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh")
_WORDS = {"ja": 800, "zh": 800}
_USUAL = 230
"""Words of an article that are read: 1,500 characters."""
_LEAST = 3e-4
"""Share below which a term is as good as unknown: of a thousand articles none has it."""
_FILE = Path(weights.__file__).with_name("borrowed.bin")


def shares(language: str) -> dict[int, float]:
    """Of each term the share of a language's articles that have it, were its words spread evenly."""
    often = Counter[int]()
    for word, frequency in import_module("wordfreq").get_frequency_dict(language, "best").items():
        for term in terms("", None, word).weights:
            often[term] += frequency
    read = _WORDS.get(language, _USUAL)
    return {term: 1 - (1 - min(1.0, frequency)) ** read for term, frequency in often.items()}


def main() -> None:
    """Write the file: of a term that several languages have, the greatest share."""
    known: dict[int, float] = {}
    for language in LANGUAGES:
        mine = {term: share for term, share in shares(language).items() if share >= _LEAST}
        known |= {term: max(share, known.get(term, 0.0)) for term, share in mine.items()}
        print(f"{language}: {len(mine):,} terms")
    _FILE.write_bytes(weights.packed(known))
    print(f"{len(known):,} terms, {_FILE.stat().st_size:,} bytes in {_FILE.name}")


if __name__ == "__main__":
    main()
