"""Which papers are shipped? An index of their profiles, so that nobody reads 175 files to find one.

``crawler/sites/index.json`` has a line for each profile beside it, written by :mod:`crawler.newsstand.taking`; a test
compares the two. A profile that the index does not know is read at once, as a user's own are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from crawler.site import Site

INDEX = "index.json"
_ALIASES = {"uk": "gb"}
"""What people write for a country, beside its code in ISO 3166."""
_MOST = 3  # languages in a line


class Paper(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the index says of a profile. ``rules`` are its site's ``address_rules``.

    ``listed`` is what the paper is called in the list that it was taken from, and ``taken`` the fingerprint of each
    value that stood there, by the key of the profile: a value of another fingerprint was edited by hand.
    """

    title: str
    hosts: tuple[str, ...]
    rules: str
    country: str | None = None
    languages: tuple[str, ...] = ()
    listed: str | None = None
    taken: Mapping[str, str] = {}

    @classmethod
    def of(cls, site: Site, listed: str | None = None, taken: Mapping[str, str] | None = None) -> Paper:
        """Return what the index says of a site."""
        languages = site.languages or ((site.language,) if site.language else ())
        return cls(site.title, site.hosts, site.address_rules, site.country, languages, listed, taken or {})


def shipped() -> Traversable:
    """Return the folder of the shipped profiles."""
    return files("crawler") / "sites"


def read_index(folder: Traversable) -> dict[str, Paper]:
    """Return the papers of a folder by name; none where it has no index, or one that cannot be read."""
    try:
        return msgspec.json.decode((folder / INDEX).read_bytes(), type=dict[str, Paper])
    except (OSError, msgspec.DecodeError):
        return {}


def index_text(papers: Mapping[str, Paper]) -> str:
    """Return the text of an index: a line a paper, by name."""
    lines = (
        f"{msgspec.json.encode(name).decode()}: {msgspec.json.encode(papers[name]).decode()}" for name in sorted(papers)
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def matching(
    papers: Mapping[str, Paper], word: str | None = None, country: str | None = None, language: str | None = None
) -> Iterator[tuple[str, Paper]]:
    """Yield the papers of a country and language whose name, title or host has the word in it, by country and name."""
    code = None if country is None else _ALIASES.get(country.lower(), country.lower())
    for name, paper in sorted(papers.items(), key=lambda entry: (entry[1].country or "", entry[0])):
        said = " ".join((name, paper.title, *paper.hosts)).casefold()
        if (
            (word is None or word.casefold() in said)
            and (code is None or paper.country == code)
            and (language is None or language.lower() in paper.languages)
        ):
            yield name, paper


def lines(papers: Mapping[str, Paper], on: Iterable[str]) -> Iterator[str]:
    """Yield a line a paper, in columns: whether it is on, its name, country, languages and title."""
    rows = [(name, paper.country or "", _few(paper.languages), paper.title) for name, paper in papers.items()]
    names, countries, languages = (max((len(row[n]) for row in rows), default=0) for n in range(3))
    wanted = set(on)
    for name, country, spoken, title in rows:
        mark = "on" if name in wanted else "  "
        yield f"{mark}  {name:<{names}}  {country:<{countries}}  {spoken:<{languages}}  {title}"


def _few(languages: tuple[str, ...]) -> str:
    return ",".join(languages[:_MOST]) + ("…" if len(languages) > _MOST else "")
