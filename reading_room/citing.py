"""How an article is cited: in plain words and as BibTeX, with the copy that is kept here. Pure.

BibTeX by the entry type ``@online`` of biblatex (its manual, 2.1.1), which older styles take for ``@misc``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.article import utc_time
from reading_room.body import clean, web
from reading_room.cells import clock, day

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
"""What TeX takes for more than letters."""
_NO_KEY = re.compile(r"[^a-z0-9]+")


def cited(article: Mapping[str, Any], authors: Sequence[str], copy: str) -> dict[str, str]:
    """Return the citation as ``plain`` and ``bibtex``, with the address of the copy.

    ``article`` is a row of the table, with the columns ``site_title`` and ``timezone`` of its site.
    """
    return {"plain": _plain(article, authors, copy), "bibtex": _bibtex(article, authors, copy)}


def _plain(article: Mapping[str, Any], authors: Sequence[str], copy: str) -> str:
    by = f"{clean(', '.join(authors))}: " if authors else ""
    where = [_paper(article), day(_day(article)) or "no date", web(article["url"]) or ""]
    seen = f"as seen on {day(article['last_changed_at'] or article['first_seen_at'])}, copy at {copy}"
    return f"{by}“{_line(article['title']) or 'Untitled'}”. {', '.join(part for part in where if part)} ({seen})."


def _bibtex(article: Mapping[str, Any], authors: Sequence[str], copy: str) -> str:
    fields = {
        "author": " and ".join(f"{{{_tex(author)}}}" for author in authors),
        "title": f"{{{_tex(article['title'] or 'Untitled')}}}",  # twice in braces: its capitals stay
        "organization": _tex(_paper(article)),
        "date": _day(article),
        "url": re.sub(r"[{}\\\s]", "", web(article["url"]) or ""),
        "urldate": (article["last_changed_at"] or article["first_seen_at"] or "")[:10],
        "langid": article["language"] or "",
        "note": f"Copy at \\url{{{copy}}}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value and value != "{}"]
    key = f"{_NO_KEY.sub('', article['site'].lower())}{_day(article)[:4]}-{article['id']}"
    return "\n".join([f"@online{{{key},", *lines, "}"])


def _paper(article: Mapping[str, Any]) -> str:
    return _line(article["site_title"] or article["site"])


def _day(article: Mapping[str, Any]) -> str:
    """Return the day of publication where the paper is; an empty text where none is known."""
    at = article["published_at"] or ""
    if "T" not in at:
        return at
    try:
        return utc_time(at).astimezone(clock(article["timezone"])).date().isoformat()
    except ValueError:
        return at[:10]


def _line(text: str | None) -> str:
    return " ".join(clean(text).split())


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in _line(text))
