"""One story of the gazette, and the addresses it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from demo.blocks import Paragraph

ZONE = ZoneInfo("Europe/Vienna")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e"})
_MONTHS = (
    *("Jänner", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """A report. ``related`` are numbers of other stories, ``paragraphs`` link to stories by their numbers."""

    id: int
    section: str
    title: str
    standfirst: str
    authors: tuple[str, ...]
    published: datetime
    tags: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    related: tuple[int, ...]
    wire: str | None

    @property
    def path(self) -> str:
        """Its address below the paper's root; the number is what counts."""
        return f"{self.section}/{slugged(self.title)}-{self.id}"


def slugged(words: str) -> str:
    """Words as they stand in an address."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower().translate(_UMLAUTS)).strip("-")


def printed(at: datetime) -> str:
    """A time as the paper prints it: ``20. Jänner 2025, 09:15 Uhr``."""
    local = at.astimezone(ZONE)
    return f"{local.day}. {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} Uhr"
