"""The stories of ``stories.txt`` made whole: what every report of a small paper has beside its own news.

A story is a head (``number | section | time | authors | tags | subject``), a title, a standfirst and a paragraph. The
rest is written here, of the subject, the town's people and figures that follow from the number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

from demo.blocks import Paragraph, Run
from tests.material.gazette.story import ZONE, Story

AGENCY = "APA"
_STORIES = Path(__file__).with_name("stories.txt")
_PEOPLE = (
    ("Bürgermeisterin", "Theres Amhof"),
    ("Vizebürgermeister", "Leonhard Egarter"),
    ("Feuerwehrkommandant", "Alois Trattner"),
    ("Tischlermeisterin", "Ida Brugger"),
    ("Landesrat", "Hannes Mühlbacher"),
    ("Historikerin", "Paula Zingerle"),
    ("Wirt", "Korbinian Fiegl"),
    ("Stadtbaumeister", "Emil Ladstätter"),
    ("Schuldirektorin", "Agnes Untersulzner"),
)
_SAYINGS = (
    "Man hätte früher reden müssen, und zwar mit allen, die es betrifft",
    "Ich habe meine Meinung dazu, aber ich sage sie erst, wenn der Schnee weg ist",
    "Bei uns dauert alles länger, dafür hält es dann auch",
    "Wer glaubt, dass damit Ruhe einkehrt, der kennt das Tal schlecht",
    "Am Ende wird es so ausgehen, wie es bei uns immer ausgeht: mit einem Fest",
    "Das ist kein Wunder, das ist nur das Ergebnis von sehr viel Geduld",
    "Mir wäre lieber gewesen, man hätte uns das schriftlich gegeben",
)
_PLACES = ("Kaltbrunn", "Hinterwies", "Anger", "Unterach am Tobel", "Sankt Oswin", "Obermurl")
_MONTHS = ("März", "April", "Juni", "September", "Oktober")


@cache
def stories(path: Path = _STORIES) -> tuple[Story, ...]:
    """Every story, oldest first. Raises ValueError, which quotes the head, for one that cannot be read."""
    found: list[Story] = []
    for chunk in path.read_text("utf-8").strip().split("\n\n"):
        head, *lines = chunk.splitlines()
        try:
            found.append(_story(head, lines, found))
        except ValueError as error:
            raise ValueError(f"tests/material/gazette/{path.name}: {head!r}: {error}") from error
    return tuple(found)


def _story(head: str, lines: list[str], before: list[Story]) -> Story:
    number, section, at, authors, tags, subject = (part.strip() for part in head.split(" | "))
    title, standfirst, paragraph = lines
    earlier = [story for story in before if story.section == section]
    by = tuple(name.strip() for name in authors.split(","))
    wire = AGENCY if by == (AGENCY,) else None
    written = [(Run(paragraph),), *_more(int(number), subject, earlier[-1] if earlier else None)]
    return Story(
        id=int(number),
        section=section,
        title=title,
        standfirst=standfirst,
        authors=() if wire else by,
        published=datetime.fromisoformat(at).replace(tzinfo=ZONE),
        tags=tuple(tag.strip() for tag in tags.split(",")),
        paragraphs=tuple([*written, (Run(f"Quelle: {wire}"),)] if wire else written),
        related=tuple(story.id for story in reversed((earlier or before)[-3:])),
        wire=wire,
    )


def _more(number: int, subject: str, earlier: Story | None) -> Iterator[Paragraph]:
    role, name = _PEOPLE[number % len(_PEOPLE)]
    other_role, other = _PEOPLE[(number // 7 + 4) % len(_PEOPLE)]
    saying = _SAYINGS[number // 3 % len(_SAYINGS)]
    place = _PLACES[number // 5 % len(_PLACES)]
    yield (Run(f"„{saying}“, sagt {role} {name}. Gemeint ist {subject}, und niemand im Raum widerspricht."),)
    year, month = 2009 + number % 13, _MONTHS[number % len(_MONTHS)]
    opening = f"Im {month} {year} war {subject} in {place} zum ersten Mal ein Thema"
    if earlier:
        yield (
            Run(f"{opening}. Zuletzt hatte der Bote unter dem Titel „"),
            Run(earlier.title, href=str(earlier.id)),
            Run(f"“ über Verwandtes berichtet, worauf {number % 61 + 12} Zuschriften eintrafen."),
        )
    else:
        yield (Run(f"{opening}, damals vor {number % 61 + 12} Zuhörern im Saal des Gasthauses zur Post."),)
    yield (
        Run(
            f"Wie es weitergeht, soll sich im Februar zeigen. {other_role} {other} rechnet mit Kosten von"
            f" {number % 89 + 11}.000 Euro und mit {number % 17 + 3} Sitzungen, in denen {subject} noch zur Sprache"
            " kommen wird."
        ),
    )
