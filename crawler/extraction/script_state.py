"""The text of a page whose scripts alone hold it: state from which the page is built in the reader's browser.

Frameworks leave it as JSON in a script (``__NEXT_DATA__``, ``window.__PRELOADED_STATE__``), or in the chunks of
``self.__next_f.push``. No shape of it is known here: whatever strings read as an article are taken. Pure functions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from crawler.extraction.witnesses import Piece, of_markup
from crawler.extraction.words import plain

_LARGEST = 3_000_000
_MOST_STRINGS = 50_000
"""Bounds for all scripts together, in characters and in strings."""
_SHORTEST = 40
_LEAST = 300
"""Characters: of a paragraph, and of a text."""
# Strings that never close run to the end: to try each of their quotes anew would take forever.
_KEYED = re.compile(
    r'(?:"(?P<key>[\w.$-]{1,40})"\s{0,9}:\s{0,9})?"(?P<said>[^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)', re.DOTALL
)
_CHUNK = re.compile(r'self\.__next_f\.push\(\[1,\s{0,9}"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)', re.DOTALL)
_ROW = re.compile(rb"[0-9a-f]{1,6}:T([0-9a-f]{1,6}),")
"""A text in such a chunk: its number, and how many bytes of UTF-8 follow."""
_BLOCK = re.compile(r"<(?:p|h[2-6]|li|br|div)\b", re.IGNORECASE)
_NOT_TEXT = re.compile(
    r"descr|summar|caption|teaser|\balt|title|headline|bio|legal|cookie|privacy|consent|message|label|css|style|src|url",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？۔।][\"'”’»)\]]*\s*$")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{2}|[^\W\d_]{4,}")


def text_in(scripts: Iterable[str], title: str) -> Sequence[Piece]:
    """The longest text in these scripts that shares a word with the title; nothing where there is none.

    Either one string of HTML or of prose, or all strings under one key of one script, paragraph by paragraph.
    """
    words = {word.casefold() for word in _WORD.findall(title)}
    texts = (text for script in _bounded(scripts) for text in _texts(script))
    fitting = [text for text in texts if _size(text) >= _LEAST and _on_subject(text, words)]
    return max(fitting, key=_size, default=[])


def _bounded(scripts: Iterable[str]) -> Iterator[str]:
    left = _LARGEST
    chunks: list[str] = []
    for script in scripts:
        left -= len(script)
        if left < 0:
            break
        parts = [_unescaped(f'"{match[1]}"') for match in _CHUNK.finditer(script)]
        chunks += parts
        if not parts:
            yield script
    yield "".join(chunks)


def _texts(script: str) -> Iterator[list[Piece]]:
    yield from map(_paragraphs, _rows(script.encode("utf-8", "replace")))
    by_key: dict[str, list[Piece]] = {}
    for key, said in islice(_strings(script), _MOST_STRINGS):
        found = _paragraphs(said)
        if len(found) > 1:
            yield found
        elif found:
            by_key.setdefault(key, []).extend(found)
    yield from by_key.values()


def _rows(streamed: bytes) -> Iterator[str]:
    """The texts in a stream that tell their own length."""
    end = 0
    while row := _ROW.search(streamed, end):
        end = row.end() + int(row[1], 16)
        yield streamed[row.end() : end].decode("utf-8", "replace")


def _strings(script: str, depth: int = 2) -> Iterator[tuple[str, str]]:
    """The strings of some length, each with its key; of one that holds JSON itself, those within."""
    for match in _KEYED.finditer(script):
        key, said = match["key"] or "", match["said"]
        if len(said) < _SHORTEST or _NOT_TEXT.search(key):
            continue
        text = _unescaped(f'"{said}"')
        if depth and text.lstrip()[:1] in ("{", "[") and '"' in text:
            yield from _strings(text, depth - 1)
        else:
            yield key, text


def _unescaped(literal: str) -> str:
    try:
        text = json.loads(literal, strict=False)
    except ValueError:
        return ""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(text, str) else ""


def _paragraphs(said: str) -> list[Piece]:
    """What a string says, if it is HTML or prose; nothing for addresses, code and names."""
    if _BLOCK.search(said):
        return of_markup(said)
    lines = (plain(line) for line in said.split("\n"))
    return [Piece(line) for line in lines if len(line) >= _SHORTEST and _SENTENCE_END.search(line) and "{" not in line]


def _on_subject(text: Sequence[Piece], words: set[str]) -> bool:
    whole = " ".join(piece.text for piece in text).casefold()
    return any(word in whole for word in words)


def _size(text: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in text if len(piece.text) >= _SHORTEST)
