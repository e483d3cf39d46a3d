"""``watches.toml``: what somebody wants to hear of, and where; errors name the line.

It is read as it stands, and written a watch at a time, with what else stands in it kept, comments too.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from crawler.article import Kind, span
from pipelines.archive.events import ASKED
from pipelines.archive.searching import read

if TYPE_CHECKING:  # at run time where a watch is written: every crawl reads them
    import tomlkit

EVENTS: Mapping[str, tuple[str, ...]] = MappingProxyType({**ASKED, "health": ()})
"""What a watch may ask for, and the kinds in the table ``events`` that it means; findings are no events of articles."""
_NAME = re.compile(r"\S(.*\S)?")


class WatchError(ValueError):
    """A watch that cannot be used; the message names the file, the line, the key and what was expected."""


class Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is watched for. An empty condition lets everything pass; ``targets`` are names from the file's targets.

    ``query`` is as in the reading room's search. ``digest``: alerts within this span are gathered into one message.
    """

    name: str
    targets: tuple[str, ...]
    query: str | None = None
    sites: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    events: tuple[str, ...] = ("new",)
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Watches:
    """What a file says: the watches that can be used, the address of each target, and what is wrong with the rest."""

    watches: tuple[Watch, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()


def describe(watch: Watch) -> str:
    """Return a watch in words: ``new, gone · "oil refinery" · moscowtimes · at most every 30 min``."""
    parts = [
        ", ".join(watch.events),
        watch.query,
        *map(", ".join, (watch.sites, watch.sections, watch.authors, watch.kinds)),
    ]
    if watch.digest:
        parts.append(f"at most every {watch.digest}")
    return " · ".join(part for part in parts if part)


def pause(digest: str | None) -> timedelta:
    """Return ``30 min`` as a duration; none where nothing is gathered. Raises ValueError for anything else."""
    return span(digest) if digest is not None else timedelta()


def load(path: Path, *, must_exist: bool = False) -> Watches:
    """Return the watches of a file; none where there is no such file, unless it ``must_exist``.

    Raises WatchError where it cannot be read.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        if must_exist:
            raise WatchError(f"WATCHES={path}: there is no such file; nobody is alerted of anything new") from None
        return Watches()
    except (OSError, UnicodeDecodeError) as error:
        raise WatchError(f"{path}: cannot be read: {error}") from None
    return read_watches(text, path.name, os.environ)


def read_watches(text: str, file: str, environment: Mapping[str, str]) -> Watches:
    """Return the watches in the text of a file.

    ``$NAME`` in a target's address is taken from the environment, so that no secret need stand in the file.

    A watch that is wrong is an error of its own and left out; the others hold. Raises WatchError where it is no TOML.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WatchError(f"{file}: not TOML: {error}") from None
    errors = [
        f"{file}, line {_line(text, key)}: unknown key {key!r}; expected [targets] and [[watch]]"
        for key in raw.keys() - {"targets", "watch"}
    ]
    targets, wrong = _targets(raw.get("targets", {}), text, file, environment)
    errors += wrong
    good: dict[str, Watch] = {}
    entries = raw.get("watch", [])
    if not isinstance(entries, list):
        raise WatchError(f"{file}, line {_line(text, 'watch')}: watch must be written as [[watch]]")
    for nth, entry in enumerate(entries):
        try:
            watch = watch_of(entry, raw.get("targets", {}))
            if watch.name in good:
                raise _KeyError("name", f"{watch.name!r} is the name of two watches")
            if any(name not in targets for name in watch.targets):
                continue  # the target has an error of its own
            good[watch.name] = watch
        except _KeyError as error:
            errors.append(f"{file}, line {_line(text, error.key, nth)}: {error}")
    return Watches(tuple(good.values()), targets, tuple(errors))


class _KeyError(WatchError):
    """What is wrong with a key of a watch."""

    def __init__(self, key: str, problem: str):
        super().__init__(f"{key}: {problem}")
        self.key = key


def watch_of(entry: object, targets: Collection[str]) -> Watch:
    """Return the watch that these keys and values make. Raises WatchError, which names the key and what was expected.

    ``targets`` are the names that there are.
    """
    try:
        watch = msgspec.convert(entry, Watch)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        key = re.match(r"\w*", path)
        unknown = re.search(r"unknown field `(\w+)`", message)
        raise _KeyError(unknown[1] if unknown else (key[0] if key and key[0] else "name"), message) from None
    if not _NAME.fullmatch(watch.name):
        raise _KeyError("name", f"{watch.name!r}; expected some words, without blanks around them")
    for event in watch.events:
        if event not in EVENTS:
            raise _KeyError("events", f"{event!r}; expected some of: {', '.join(EVENTS)}")
    if not watch.targets:
        raise _KeyError("targets", "expected at least one name from [targets]")
    for target in watch.targets:
        if target not in targets:
            known = ", ".join(targets) or "none"
            raise _KeyError("targets", f"{target!r} is not in [targets]; there are: {known}")
    if watch.query and (note := read(watch.query).note):
        raise _KeyError("query", note)
    try:
        pause(watch.digest)
    except ValueError:
        raise _KeyError("digest", f"{watch.digest!r}; expected a span such as '30 min', '2 h' or '1 d'") from None
    return watch


def _targets(raw: object, text: str, file: str, environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the address of each target, and what is wrong with the others."""
    if not isinstance(raw, dict):
        raise WatchError(
            f'{file}, line {_line(text, "targets")}: targets must be written as [targets], name = "address"'
        )
    good, wrong = {}, []
    for name, address in raw.items():
        where = f"{file}, line {_line(text, name)}: targets.{name}"
        missing = [variable for variable in re.findall(r"\$(\w+)", str(address)) if variable not in environment]
        if not isinstance(address, str) or "://" not in address:
            wrong.append(f"{where}: {address!r}; expected an address such as mailtos://… or ntfys://…")
        elif missing:
            wrong.append(f"{where}: ${missing[0]} is not set in the environment")
        else:
            good[name] = re.sub(r"\$(\w+)", lambda name: environment[name[1]], address)
    return good, wrong


def with_watch(text: str, watch: Watch, former: str | None = None) -> str:
    """Return the text of a file with this watch, which takes the place of the one called ``former`` where it is there.

    Raises WatchError where the text is no TOML.
    """
    import tomlkit

    document = _document(text)
    listed = document.setdefault("watch", tomlkit.aot())
    entry = next((one for one in listed if one.get("name") == (former or watch.name)), None)
    if entry is None:
        entry = tomlkit.table()
        entry.trivia.indent = "\n" if text.strip() else ""  # a blank line before it
        listed.append(entry)
    values = msgspec.to_builtins(watch, builtin_types=(tuple,))
    for key in Watch.__struct_fields__:
        value = values.get(key)
        if isinstance(value, (list, tuple)):
            value = list(value)
        if not value:
            entry.pop(key, None)
        elif entry.get(key) != value:
            entry[key] = value
    return document.as_string()


def without_watch(text: str, name: str) -> str:
    """Return the text of a file without the watch of this name. Raises WatchError where the text is no TOML."""
    document = _document(text)
    listed = document.get("watch", [])
    for place in reversed(range(len(listed))):
        if listed[place].get("name") == name:
            del listed[place]
    if not listed:  # an empty one would be written as a key of its own
        document.pop("watch", None)
    return document.as_string()


def _document(text: str) -> tomlkit.TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise WatchError(f"not TOML: {error}") from None


def save(path: Path, text: str) -> None:
    """Put this text in the place of a file's, at once. Raises WatchError where it cannot be written."""
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text(text, "utf-8")
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    except OSError as error:
        raise WatchError(f"{path} could not be written: {error.strerror}") from error


def _line(text: str, key: str, nth: int | None = None) -> int:
    """Return the number of the line on which a key stands: of the nth watch, or the first of all."""
    lines = text.splitlines()
    begins = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*watch\s*\]\]", line)]
    first = begins[nth] if nth is not None and nth < len(begins) else 0
    last = begins[nth + 1] if nth is not None and nth + 1 < len(begins) else len(lines)
    stands = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=\]]""")
    return next((n for n in range(first, last) if stands.match(lines[n])), first) + 1
