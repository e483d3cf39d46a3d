"""``python -m crawler.newsstand.taking LIST``: take a list of papers over into the shipped profiles.

A list has a JSON object a line: ``name``, ``id``, ``country``, ``home``, ``languages``, ``feeds``, ``news_sitemaps``,
``sitemaps``, and ``articles``, addresses of some. A paper that is new gets a profile, with patterns made from these
addresses, to be looked through; of one that is known, those keys change that nobody has edited since the last list.
What was edited by hand stays, with its comments, and the differences are told.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from tomlkit import TOMLDocument

from crawler.addresses import clean, host_of
from crawler.newsstand.shelf import INDEX, Paper, index_text, read_index
from crawler.probing.patterns import address_patterns
from crawler.probing.profile import name_for
from crawler.probing.zones import zone_of
from crawler.profiles import load_profiles

_CODES = {"uk": "gb", "ind": "in", "isl": "is"}
"""Codes of countries that lists use, beside those of ISO 3166."""
_OF_A_DAY = re.compile(r"\?.*(?:\d{4}-\d\d-\d\d|\bdd=\d)")
"""A listing of one day, which is another address tomorrow."""


class Listed(msgspec.Struct, frozen=True):
    """A paper of a list."""

    id: str
    name: str
    home: str
    country: str | None = None
    languages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    news_sitemaps: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


def facts_of(listed: Listed) -> dict[str, Any]:
    """Return what a list says, under the keys of a profile; each address once, and none that is of a single day."""
    code = (listed.country or "").lower()
    languages = [language.lower() for language in listed.languages]
    facts: dict[str, Any] = {
        "title": listed.name,
        "home": clean(listed.home),
        "country": _CODES.get(code, code),
        "language": languages[0] if languages else "",
        "languages": languages if len(languages) > 1 else [],
        "feeds": _once(listed.feeds),
        "news_sitemaps": _once(listed.news_sitemaps),
        "sitemaps": _once(listed.sitemaps),
    }
    return {key: value for key, value in facts.items() if value}


def fingerprint(value: Any) -> str:
    """Return what tells a value that a list gave from one that was edited."""
    return blake2b(json.dumps(value, ensure_ascii=False).encode(), digest_size=4).hexdigest()


def new_profile(listed: Listed, name: str, known: str) -> str:
    """Return the text of a profile. ``known``: the day or month as of which the list has it."""
    facts = facts_of(listed)
    samples = [clean(address) for address in listed.articles]
    hosts = list(dict.fromkeys([*map(host_of, samples), host_of(facts["home"])]))
    zone = zone_of((facts.get("country") or "").upper() or None, facts.get("language"), ())
    lines = [
        f"# {facts['title']}, from a list of papers as known in {known};"
        " its listings were not tried when it was taken.",
        "",
        _line("name", name),
        *(_line(key, facts[key]) for key in ("title", "home") if key in facts),
        _line("hosts", hosts),
        *(_line(key, facts[key]) for key in ("country",) if key in facts),
        _line("timezone", zone.name),
        *(_line(key, facts[key]) for key in ("language", "languages") if key in facts),
        "",
        *(_line(key, facts[key]) for key in ("feeds", "news_sitemaps", "sitemaps") if key in facts),
        "content_params = []",
    ]
    for pattern in address_patterns(samples, ()):
        lines += ["", "[[articles]]", f"# such as {pattern.example}", f"pattern = {_literal(pattern.regex)}"]
    return "\n".join(lines) + "\n"


def renew(profile: TOMLDocument, listed: Listed, taken: Mapping[str, str]) -> Iterator[str]:
    """Bring a profile in step with a list, but for what was edited by hand. Yields a sentence for each difference.

    ``taken``: the fingerprints of what the last list gave.
    """
    facts = facts_of(listed)
    for key in sorted({*facts, *taken}):
        value, here = facts.get(key), profile.unwrap().get(key)
        if here == value:
            continue
        if (fingerprint(here) if here is not None else None) != taken.get(key):
            if fingerprint(value) != taken.get(key):
                yield f"{key} was edited by hand and stays; the list has {value!r}"
        elif value is None:
            del profile[key]
            yield f"{key}: gone from the list"
        else:
            profile[key] = tomlkit.parse(_line(key, value)).item(key)
            yield f"{key}: new in the list"


def take(lines: Iterable[str], folder: Path, known: str) -> Iterator[str]:
    """Write the profiles of a list into a folder, and its index. Yields a line for each change.

    Raises ValueError for a line that is no paper, and for a new one whose name is taken.
    """
    papers = read_index(folder)
    names = {paper.listed: name for name, paper in papers.items() if paper.listed}
    taken: dict[str, tuple[str, dict[str, str]]] = {}
    for number, line in enumerate(lines, 1):
        try:
            listed = msgspec.json.decode(line, type=Listed)
            facts = facts_of(listed)
        except (msgspec.DecodeError, ValueError) as error:
            raise ValueError(f"line {number}: not a paper: {error}") from error
        name = names.get(listed.id) or name_for(listed.home)
        file = folder / f"{name}.toml"
        taken[name] = listed.id, {key: fingerprint(value) for key, value in facts.items()}
        if listed.id not in names:
            if file.exists():
                raise ValueError(f"line {number}: {listed.id} would be called {name!r}, and {file} is there already")
            file.write_text(new_profile(listed, name, known), "utf-8")
            yield f"{name}: new"
            continue
        profile = tomlkit.parse(file.read_text("utf-8"))
        changes = list(renew(profile, listed, papers[name].taken))
        yield from (f"{name}: {change}" for change in changes)
        file.write_text(tomlkit.dumps(profile), "utf-8")
    for name in sorted(names.values()):
        if name not in taken:
            yield f"{name}: not in this list; its profile stays"
    write_index(folder, papers, taken)


def write_index(
    folder: Path, papers: Mapping[str, Paper], taken: Mapping[str, tuple[str, dict[str, str]]] | None = None
) -> None:
    """Write the index of a folder from its profiles. Raises ProfileError for a broken one."""
    profiles = load_profiles(folder)
    for error in profiles.broken.values():
        raise error
    entries = {}
    for name in profiles.own:
        known = papers.get(name)
        before = (known.listed, dict(known.taken)) if known else (None, {})
        entries[name] = Paper.of(profiles.sites.by_name[name], *(taken or {}).get(name, before))
    (folder / INDEX).write_text(index_text(entries), "utf-8")


def _once(listings: Iterable[str]) -> list[str]:
    return [url for url in dict.fromkeys(listings) if not _OF_A_DAY.search(url)]


def _line(key: str, value: str | list[str]) -> str:
    """Return a key with its value: several addresses a line each. JSON's strings are TOML's too."""
    if isinstance(value, str):
        return f"{key} = {json.dumps(value, ensure_ascii=False)}"
    words = [json.dumps(word, ensure_ascii=False) for word in value]
    short = f"{key} = [{', '.join(words)}]"
    return short if len(short) <= 120 else "\n".join([f"{key} = [", *(f"    {word}," for word in words), "]"])


def _literal(regex: str) -> str:
    return f"'{regex}'" if "'" not in regex else json.dumps(regex, ensure_ascii=False)


def main() -> int:
    """Take a list over, or write the index anew without one."""
    parser = ArgumentParser(prog="python -m crawler.newsstand.taking", description=__doc__)
    parser.add_argument("list", nargs="?", type=Path, help="papers, a JSON object a line; without: the index alone")
    parser.add_argument("--folder", type=Path, default=Path("crawler/sites"), help="of the profiles")
    parser.add_argument("--known", default="an unknown month", help="as of when the list is, such as 'August 2026'")
    given = parser.parse_args()
    try:
        if given.list is None:
            write_index(given.folder, read_index(given.folder))
        else:
            with given.list.open(encoding="utf-8") as lines:
                for change in take(lines, given.folder, given.known):
                    print(change)
    except (OSError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
