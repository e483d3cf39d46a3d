"""The gazette at one moment: what is out, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from tests.material.gazette.story import ZONE, Story

NAME = "Oswiner Bote"
SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "politik": "Politik",
        "wirtschaft": "Wirtschaft",
        "chronik": "Chronik",
        "kultur": "Kultur",
        "sport": "Sport",
        "leben": "Leben",
    }
)
PAGES: Mapping[str, str] = MappingProxyType({"impressum": "Impressum", "newsletter": "Newsletter", "abo": "Abo"})
A_PAGE = 5
"""Stories on one page of a section."""


@dataclass(frozen=True)
class Issue:
    """All that the paper's pages depend on."""

    origin: str
    now: datetime
    stories: tuple[Story, ...]

    @cached_property
    def live(self) -> tuple[Story, ...]:
        """What is published, newest first."""
        return tuple(story for story in reversed(self.stories) if story.published <= self.now)

    @property
    def changed(self) -> datetime:
        """When any page last changed: with the last story, or at midnight before there is one."""
        midnight = self.now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        return self.live[0].published if self.live else midnight

    def url(self, path: str) -> str:
        """The whole address of a path."""
        return f"{self.origin}/{path}"

    def by_id(self, number: int) -> Story | None:
        """The story with a number, if it is out."""
        return next((story for story in self.live if story.id == number), None)

    def where(self, holds: Callable[[Story], bool]) -> tuple[Story, ...]:
        """The stories for which this holds, newest first."""
        return tuple(story for story in self.live if holds(story))
