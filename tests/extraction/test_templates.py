"""Ordinary templates of the web: whatever one is called and however its text is marked, the prose comes out, alone."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.extraction.extract import extract
from crawler.site import Site

URL = "https://velm.example/news/2031/05/a-story-of-the-day-1234567"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 4, tzinfo=UTC)
NOUNS = (  # noqa: SIM905 - easier to read
    "harbour ferry council mayor winter budget bridge school hospital teacher farmer river market station village "
    "theatre museum engine captain nurse library storm parliament lawyer court factory union strike orchard bakery"
).split()
VERBS = (  # noqa: SIM905 - easier to read
    "argued explained promised refused announced decided warned planned insisted repaired measured answered"
).split()
ADJECTIVES = (  # noqa: SIM905 - easier to read
    "quiet narrow public northern early heavy cautious modest broken wooden crowded annual regional"
).split()
ENDS = (
    "after the long debate on Tuesday",
    "before the first snow of the season",
    "because nobody had asked the residents",
    "as the figures of last year had shown",
    "although two members abstained",
)
# How a text is marked: what stands around each paragraph, and around all of them.
MARKS: Mapping[str, tuple[str, str, str]] = {
    "paragraphs": ("<p>%s</p>", "", ""),
    "paragraphs without end tags": ("<p>%s", "", ""),
    "boxes": ("<div>%s</div>", "", ""),
    "spans in boxes": ('<div class="css-1"><span>%s</span></div>', "", ""),
    "spans in paragraphs": ('<p style="text-align:justify"><span style="font-size:12pt">%s</span></p>', "", ""),
    "two breaks": ("%s<br /><br />", "", ""),
    "one break": ("%s<br>", "", ""),
    "breaks in a box": ("%s<br><br>", "<div>", "</div>"),
    "fonts": ('<font face="Arial" size="2">%s</font><p>', "", ""),
    "a section each": ('<section class="block"><div class="inner"><p>%s</p></div></section>', "", ""),
    "a widget each": ('<div class="widget widget-text"><div class="widget-container"><p>%s</p></div></div>', "", ""),
    "elements of its own": ("<x-paragraph>%s</x-paragraph>", "", ""),
    "empty boxes between": ('<div style="text-align: justify;">%s</div><div><br /></div>', "", ""),
    "shown as blocks": ('<span class="p" style="display:block">%s</span>', "", ""),
    "a layout table": ("%s<br><br>", '<table width="100%%"><tr><td valign=top>', "</td></tr></table>"),
    "a table each": ("<table><tr><td><img src=x></td><td>%s</td></tr></table>", "", ""),
    "notes to pictures between": ("<p>%s</p><div class='ad-slot'><span>Advertisement</span></div>", "", ""),
}


class Words:
    """Sentences that no page repeats."""

    def __init__(self, seed: str):
        self.dice = random.Random(seed)  # noqa: S311 - not a secret

    def name(self) -> str:
        return "".join(self.dice.choice(["ka", "mor", "vel", "dan", "ri", "sto"]) for _ in range(3)).title()

    def sentence(self) -> str:
        one = self.dice.choice
        return (
            f"The {one(ADJECTIVES)} {one(NOUNS)} of {self.name()} {one(VERBS)} that the {one(NOUNS)} and the "
            f"{one(ADJECTIVES)} {one(NOUNS)} {one(VERBS)} {one(ENDS)}."
        )

    def paragraph(self, most: int = 3) -> str:
        return " ".join(self.sentence() for _ in range(self.dice.randint(1, most)))

    def title(self) -> str:
        one = self.dice.choice
        return f"{one(ADJECTIVES).title()} {one(NOUNS)} in {self.name()} {one(VERBS)} over {one(NOUNS)}"

    def link(self) -> str:
        title = self.title()
        return f'<a href="/{title.lower().replace(" ", "-")}-{self.dice.randint(10_000, 99_999)}">{title}</a>'

    def around(self, title: str, text: str) -> dict[str, str]:
        """What the names in ``templates.txt`` stand for."""
        menu = "".join(f'<li><a href="/{noun}/">{noun.title()}</a></li>' for noun in NOUNS[:25])
        date = '<span class="date">May 3, 2031</span>'
        titles = [f'<div class="item"><img src=x><h3>{self.link()}</h3>{date}</div>' for _ in range(5)]
        cards = [
            f'<div class="item"><a href="/x"><img src=x></a><h3>{self.link()}</h3>{date}<p>{self.sentence()[:110]}… '
            '<a href="/x">Read more</a></p></div>'
            for _ in range(5)
        ]
        remarks = [f"<b>{self.name()}</b> <a href='#c'>May 4, 2031</a><p>{self.paragraph()}</p>" for _ in range(6)]
        return {
            "title": title,
            "text": text,
            "menu": f"<ul>{menu}</ul>",
            "sections": " | ".join(f'<a href="/{noun}/">{noun}</a>' for noun in NOUNS[:12]),
            "titles": "".join(titles),
            "cards": "".join(cards),
            "comments": "".join(f'<li class="comment"><div class="comment-body">{one}</div></li>' for one in remarks),
            "remarks": "".join(f'<div class="d-item">{one}</div>' for one in remarks),
            "others": "".join(
                f'<article class="next"><h2>{self.link()}</h2><p>{self.paragraph()}</p></article>' for _ in range(3)
            ),
            "foot": f'<div id="colophon"><p>{self.paragraph(2)}</p><p>Copyright 2031 Velm Post</p></div>',
            "link": self.link(),
            "links": "<br><br>".join(self.link() for _ in range(6)),
            "items": "".join(f"<li>{self.link()}</li>" for _ in range(8)),
            "other": self.title(),
            "sentence": self.sentence(),
            "paragraph": self.paragraph(),
            "name": self.name(),
        }


def templates() -> dict[str, str]:
    """The skeletons by name."""
    text = (Path(__file__).parent / "templates.txt").read_text("utf-8")
    return {
        name: body for part in text.split("\n=== ")[1:] for name, _, body in [part.partition("\n")] if "$text" in body
    }


def page(skeleton: str, mark: str, seed: str, paragraphs: int) -> tuple[str, str, list[str]]:
    """A page of a template, the line under its headline, and its paragraphs."""
    words = Words(seed)
    title, prose = words.title(), [words.paragraph() for _ in range(paragraphs)]
    each, before, after = MARKS[mark]
    text = before.replace("%%", "%") + "\n".join(each % one for one in prose) + after
    names = words.around(title, text)
    body = re.sub(r"\$([a-z]+)", lambda match: names[match[1]], skeleton)
    head = f'<meta charset="utf-8"><title>{title} | Velm Post</title><meta property="og:title" content="{title}">'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>', names["sentence"], prose


def shares(got: Sequence[str], wanted: Sequence[str]) -> tuple[float, float]:
    """How many of the words got are wanted, and how many of those wanted are got."""
    ours, theirs = (Counter(re.findall(r"\w+", " ".join(texts).lower())) for texts in (got, wanted))
    both = sum((ours & theirs).values())
    return both / max(1, ours.total()), both / max(1, theirs.total())


@pytest.mark.parametrize("name", templates())
def test_an_ordinary_template_gives_its_prose_and_no_menus(name):
    skeleton = templates()[name]
    for number, mark in enumerate(MARKS):
        html, standfirst, prose = page(skeleton, mark, f"{name} {mark}", 4 + number % 2 * 5)
        got = [text for text in extract(html, URL, SITE, FETCHED).prose if text != standfirst]
        precision, recall = shares(got, prose)
        assert recall >= 0.95, mark
        assert precision >= 0.9, mark
