"""What do scripts hold of an article beside its text: headline, authors, time? For pages built in the reader's browser.

The state from which frameworks build a page is JSON without a known shape: the first object that has a headline, and a
time or people beside it, is taken for the article. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.extraction.json_ld import strings
from crawler.extraction.words import essence, plain

_LARGEST, _DEEPEST, _MOST = 3_000_000, 12, 20_000
_HEADLINE = re.compile(r"(?:article|main|story)?_?(?:headline|title)", re.IGNORECASE)
_TIME = re.compile(
    r"(?:first|date|article)?_?(?:publi\w{0,10}|deploy|release|reg(?:ist\w*)?|posted?|issued?|created?|service)"
    r"(?:ed)?[_-]?(?:date|time|at|dt|on|datetime)?|date",
    re.IGNORECASE,
)
_PEOPLE = re.compile(r"authors?|by_?lines?|creators?|contributors?|writers?|reporters?", re.IGNORECASE)


@dataclass(frozen=True)
class State:
    """What a page's scripts say: lists of one or none, as written."""

    headline: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def state_in(scripts: Iterable[str], title: str = "") -> State:
    """Return the fields of the first object in these scripts that describes an article; empty where there is none.

    ``title`` is what the page calls itself, with which the object's headline must begin, or it with that.
    """
    wanted = essence(title)
    left = _LARGEST
    for script in scripts:
        left -= len(script)
        if left < 0:
            break
        for node in _objects(script):
            headline, published, people = _first(node, _HEADLINE), _time(node), _people(node)
            said = essence(headline or "")
            fits = not wanted or wanted.startswith(said) or said.startswith(wanted)
            if said and fits and (published or people):
                return State((headline or "",), (published,) if published else (), people)
    return State()


def _objects(script: str) -> Iterator[Mapping[str, Any]]:
    start = script.find("{")
    if start < 0 or '"' not in script:
        return
    try:
        tree, _ = json.JSONDecoder(strict=False).raw_decode(script, start)
    except (ValueError, RecursionError):
        return
    waiting: list[tuple[Any, int]] = [(tree, 0)]
    for _ in range(_MOST):
        if not waiting:
            return
        value, depth = waiting.pop(0)
        if depth > _DEEPEST:
            continue
        if isinstance(value, dict):
            yield value
            waiting += [(inner, depth + 1) for inner in value.values() if isinstance(inner, (dict, list))]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value[:50] if isinstance(inner, (dict, list))]


def _first(node: Mapping[str, Any], key: re.Pattern[str]) -> str | None:
    values = (value for name, value in node.items() if key.fullmatch(name))
    return next((plain(value) for value in values if isinstance(value, str) and 3 < len(value) < 400), None)


def _time(node: Mapping[str, Any]) -> str | None:
    said = (value for name, value in node.items() if _TIME.fullmatch(name) and isinstance(value, str))
    return next((value for value in said if 8 <= len(value) < 60 and any(map(str.isdigit, value))), None)


def _people(node: Mapping[str, Any]) -> tuple[str, ...]:
    for key, value in node.items():
        if _PEOPLE.fullmatch(key) and (names := [one for one in map(plain, strings(value)) if _is_short(one)]):
            return tuple(names)
    return ()


def _is_short(name: str) -> bool:
    return 1 < len(name) < 200 and "/" not in name
