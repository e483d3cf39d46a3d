"""Which papers are mine? Those in ``papers.toml`` beside the archive, and every profile of my own.

Until somebody writes that file, by ``scrapy enable`` or by hand, the shipped papers that the archive has crawled are
mine: so an archive of an earlier version goes on as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from crawler.errors import SetupError
from crawler.profiles import Profiles

FILE = "papers.toml"
_KEY = "papers"
_HEAD = """\
# The shipped papers that `scrapy monitor` crawls. Edit this list, or let `scrapy enable NAME` and `scrapy disable NAME`
# do it; `scrapy papers` lists all there are.
"""


def file_of(database: Path) -> Path:
    """Return where the papers of an archive are named."""
    return database.parent / FILE


def mine(profiles: Profiles, named: Iterable[str] | None, crawled: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the sites that are mine, in order.

    ``named``: what the file says, None where there is none; ``crawled``: what the archive has crawled.
    """
    wanted = set(crawled if named is None else named) & profiles.papers.keys()
    return tuple(sorted(wanted | profiles.own))


def unknown(profiles: Profiles, named: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each name in the file that no paper has."""
    known = profiles.papers.keys() | profiles.own
    return tuple(f"{FILE}: {no_such(profiles, name)}" for name in named if name not in known)


def no_such(profiles: Profiles, name: str) -> str:
    """Return a sentence for a name that no paper has, with one of a like name where there is one."""
    near = get_close_matches(name, [*profiles.papers, *profiles.own], 1, 0.75)
    guess = f"; did you mean {near[0]}?" if near else "; `scrapy papers` lists all that are shipped"
    return f"no paper is called {name!r}{guess}"


def read(file: Path) -> tuple[str, ...] | None:
    """Return the names that the file has; None where there is no file. Raises SetupError for what is no such list."""
    document = _document(file)
    if document is None:
        return None
    names = document.unwrap().get(_KEY, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SetupError(f'{file}: {_KEY} = {names!r}; expected a list of names, such as {_KEY} = ["spiegel", "taz"]')
    if strange := [key for key in document if key != _KEY]:
        raise SetupError(f"{file}: {strange[0]} is not a key of it; expected {_KEY} alone")
    return tuple(names)


def write(file: Path, names: Iterable[str]) -> None:
    """Write the names into the file; what else stands there, such as comments, stays. Raises SetupError."""
    document = _document(file)
    if document is None:
        document = tomlkit.parse(_HEAD)
    wanted = list(dict.fromkeys(names))
    listed = document.get(_KEY)
    if listed is None:
        listed = document[_KEY] = tomlkit.array().multiline(True)
    for place in reversed(range(len(listed))):
        if listed[place] not in wanted:
            del listed[place]
    listed.extend(name for name in wanted if name not in listed)
    beside = file.with_name(f"{file.name}.new")
    try:
        beside.write_text(tomlkit.dumps(document), "utf-8")
        beside.replace(file)
    except OSError as error:
        raise SetupError(f"{file} could not be written: {error.strerror}") from error


def _document(file: Path) -> tomlkit.TOMLDocument | None:
    try:
        return tomlkit.parse(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SetupError(f"{file} could not be read: {error.strerror}") from error
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise SetupError(f"{file}: not TOML: {error}") from error
