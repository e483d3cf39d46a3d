"""What can happen to an article: one row for each kind in the table ``events``.

Watches, the front page's plot and the descriptions of the table go by it; a test holds the README and the example of a
``watches.toml`` against it. CONTRIBUTING.md says how an event is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event.

    ``asked_as`` are the words by which a watch asks for it, none where nobody can. ``plotted_as`` is its name in the
    front page's plot of edits a day; None where it has no place there.
    """

    kind: str
    description: str
    asked_as: tuple[str, ...] = ()
    plotted_as: str | None = None


EVENTS = (
    Event("new", "stored for the first time", ("new",)),
    Event("edited", "the paper changed it", ("changed",), "stated edits"),
    Event("silent_edit", "changed without a new time of modification", ("changed", "silent edit"), "silent edits"),
    Event("gone", "withdrawn", ("gone",), "disappeared"),
    Event("returned", "there again", ("returned",)),
    Event("syndicated", "another paper ran its text", ("syndicated",)),
    Event("merged", "another row turned out to be the same article"),
)
KINDS = frozenset(event.kind for event in EVENTS)


def _asked() -> Mapping[str, tuple[str, ...]]:
    names = dict.fromkeys(name for event in EVENTS for name in event.asked_as)
    return {name: tuple(event.kind for event in EVENTS if name in event.asked_as) for name in names}


ASKED: Mapping[str, tuple[str, ...]] = MappingProxyType(_asked())
"""What a watch may ask for, and the kinds that it means."""
PLOTTED: Mapping[str, str] = MappingProxyType({event.kind: event.plotted_as for event in EVENTS if event.plotted_as})
"""The kinds in the plot of edits a day, and their names there."""
