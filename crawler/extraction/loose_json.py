"""What does a block of JSON say that no parser takes? A lenient reading of what people and templates write by hand.

Single or curly quotes or none, comments, commas too many or missing, quotes and line feeds within strings, words of
other languages for values, a break in the middle: what cannot be read is left out, and reading goes on behind it.
Strings end where the next key or a bracket follows, so that a quote within one does not end it. Pure; linear in the
length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_LONGEST = 1_000_000
"""Characters of a block that are read."""
_DEEPEST, _MOST = 20, 50
"""Levels of a value, and values one after another."""
_QUOTES = "\"'“”„"
_QUOTED_KEY = rf"[{_QUOTES}]@?[\w:.-]{{1,60}}[{_QUOTES}]\s{{0,99}}:"
_KEY = re.compile(rf"(?:[{_QUOTES}](@?[^{_QUOTES}:{{}}\[\],]{{1,60}})[{_QUOTES}]|(@?\w{{1,40}}))\s{{0,99}}:\s*")
_BLANK = re.compile(r"(?:[\s,;]+|//[^\n]*|/\*.{0,2000}?\*/|<!--|-->)*", re.DOTALL)
_BEHIND_BREAK = re.compile(rf"[{{}}\[\]]|,\s{{0,99}}(?={_QUOTED_KEY})")
_BARE = re.compile(r"[^,\]}\n]*")
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?")
_WORDS: Mapping[str, bool] = {"true": True, "false": False}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": ""}
_REMARK = r"//|/\*|-->"


def _ends(quotes: str, follows: str) -> re.Pattern[str]:
    """The end of a string: a quote that is not escaped and before what can follow; or a line end before a key."""
    behind = rf"\s{{0,99}}(?:{follows}|[}}\]]|{_REMARK}|\Z)"
    return re.compile(rf"\\.|[{quotes}](?={behind})|,?[ \t\r]{{0,99}}\n\s{{0,99}}(?={_QUOTED_KEY})", re.DOTALL)


_CLOSING = {'"': '"', "'": "'", "“": '”“"', "”": '”"', "„": "“”"}
_COMMAS = r"(?:,\s{0,99}){1,9}"
_BARE_KEY = rf"@?[^\W\d]\w{{0,39}}\s{{0,9}}:\s{{0,9}}[{_QUOTES}{{\[]"
_IN_OBJECT, _IN_LIST = (
    {quote: _ends(quotes, follows) for quote, quotes in _CLOSING.items()}
    for follows in (
        rf"(?:{_COMMAS}|\n\s{{0,99}})(?:{_QUOTED_KEY}|{_BARE_KEY}|[}}\]]|{_REMARK}|\Z)",
        rf"{_COMMAS}(?:[{_QUOTES}{{\[\d\]]|{_REMARK}|\Z)",
    )
)
"""By what opens a string: how one ends in an object and in a list."""


def loose(text: str) -> list[Any]:
    """Return the objects and lists that stand in a text, one after another, as far as they can be read."""
    text = text[:_LONGEST]
    found: list[Any] = []
    at = 0
    while len(found) < _MOST and (match := _OPENING.search(text, at)):
        value, at = _value(text, match.start(), "")
        if value:
            found.append(value)
    return found


_OPENING = re.compile(r"[{\[]")


def _value(text: str, at: int, inside: str, ends: Mapping[str, re.Pattern[str]] = _IN_OBJECT) -> tuple[Any, int]:
    """The value that begins at a place, and where it ends. ``inside`` are the brackets that are open there."""
    sign = text[at : at + 1]
    if sign in ("{", "["):
        if len(inside) >= _DEEPEST:
            return None, at + 1
        return (_object if sign == "{" else _list)(text, at + 1, inside + sign)
    if sign and sign in _QUOTES:
        return _string(text, at, ends[sign])
    bare = _BARE.match(text, at)
    written = bare[0].strip() if bare else ""
    number = _NUMBER.fullmatch(written)
    value = (float(written) if "." in written else int(written)) if number else _WORDS.get(written.lower())
    return value, bare.end() if bare else at


def _object(text: str, at: int, inside: str) -> tuple[dict[str, Any], int]:
    """The keys and values behind an opening bracket; of a key that is said twice the first value."""
    found: dict[str, Any] = {}
    while (at := _past_blank(text, at)) < len(text):
        sign = text[at]
        if sign == "}" or (sign == "]" and "[" in inside):
            return found, at + (sign == "}")
        key = _KEY.match(text, at)
        if key is None:
            at = _behind_break(text, at, inside)
            continue
        value, at = _value(text, key.end(), inside)
        if value is not None:
            found.setdefault(key[1] or key[2], value)
    return found, at


def _list(text: str, at: int, inside: str) -> tuple[list[Any], int]:
    found: list[Any] = []
    while (at := _past_blank(text, at)) < len(text):
        sign = text[at]
        if sign == "]" or (sign == "}" and "{" in inside):
            return found, at + (sign == "]")
        value, end = _value(text, at, inside, _IN_LIST)
        if value is not None:
            found.append(value)
        at = max(end, at + 1)
    return found, at


def _past_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _behind_break(text: str, at: int, inside: str) -> int:
    """Where reading can go on in an object in which neither a key nor its end follows."""
    match = _BEHIND_BREAK.search(text, at)
    if match is None:
        return len(text)
    if match[0] in ("{", "["):
        return max(_value(text, match.start(), inside)[1], at + 1)
    return max(match.start() if match[0] == "}" else match.end(), at + (match[0] != "}"))


def _string(text: str, at: int, ends: re.Pattern[str]) -> tuple[str | None, int]:
    """A string and where it ends; none of one that never does."""
    for end in ends.finditer(text, at + 1):
        if end[0][0] != "\\":
            return _unescaped(text[at + 1 : end.start()]), end.end()
    return None, len(text)


def _unescaped(written: str) -> str:
    """A string with its escapes resolved, those of JavaScript among them; a stray backslash goes."""
    if "\\" not in written:
        return written
    text = _ESCAPE.sub(lambda match: _sign(match[1] or match[2], match[3]), written)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _sign(code: str | None, letter: str) -> str:
    return chr(int(code, 16)) if code else _SIGNS.get(letter, letter)
