"""A small paper that does what the papers of the month do not: it reprints others' texts, prints one text of its own
twice, repeats a notice under every article, and turns two of its articles into one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from demo.clock import PRESENT
from demo.paper import Paper
from demo.replies import XML, Answer, Reply, reply
from demo.truth import truth

PROFILE = """
name = "ticker"
title = "The Sluice Ticker"
home = "{origin}/"
hosts = ["{host}"]
feeds = ["feed"]
[[articles]]
pattern = '/[a-z]+/[a-z-]+$'
"""
NOTICE = "The Ticker goes by post to every lock on the canal; ask the keeper for a copy of the evening sheet."
"""Under every article: after a handful of them an archive knows it for the paper's own."""
FROM_DEMO = (87107, 87121)
"""The numbers of the demo paper's articles that it reprints."""
MERGED = timedelta(hours=20)
"""After the first of its articles is out, "locks/early-word" leads to "locks/second-word" ever after."""
_LATER = timedelta(hours=16)
"""Then the last of its articles comes out."""


@dataclass(frozen=True)
class _Item:
    path: str
    title: str
    paragraphs: tuple[str, ...]
    after: timedelta = timedelta()
    """From the first article to this one."""


_FERRYMAN = (
    "Two barges met at the narrow bend below the ropewalk on Tuesday, and neither skipper would go back to the pool.",
    "They sat there from noon until the lamps were lit, with the cook of one selling soup to the crew of the other.",
    "A child from the lock house in the end drew lots for them with two matches, and the longer barge gave way.",
)
_WORD = (
    "The upper sluice will stay shut for nine nights, the canal office has written on the board beside the weir.",
    "Divers found that the left leaf no longer meets its post, and that an eel could be seen looking through the gap.",
    "Carriers with perishable freight may ask for a cart across the towpath, which the office pays as far as the mill.",
)
_OWN = (
    _Item("bends/ferryman-waits", "Ferryman Waits Out a Quarrel of Barges", _FERRYMAN),
    _Item("bends/lots-with-matches", "Drawn by Matches: How the Bend Was Cleared", _FERRYMAN, timedelta(hours=3)),
    _Item("locks/early-word", "Upper Sluice Shut", _WORD, timedelta(hours=1)),
    _Item(
        "locks/second-word", "Upper Sluice Shut for Nine Nights",
        (*_WORD, "The keeper asks everybody to leave the eel where it is."), timedelta(hours=1),
    ),
    _Item(
        "quays/oakum", "Price of Oakum Falls at the Lower Quay",
        (
            "Oakum went for four crowns the bale on Thursday, which old hands call the price of a wet summer.",
            "The yard that bought most of it says it has three hulls on the slip and nobody free to caulk a fourth.",
            "Spinners from the hospice hope for better trade once the ice has shown who took on water over winter.",
        ), timedelta(hours=2),
    ),
    _Item(
        "quays/lantern-oath", "Lantern Men Renew Their Oath",
        (
            "Sixteen men and three women swore at the customs house to keep the quay lit, whatever the fog may say.",
            "Their eldest carried the brass rule by which wicks are measured; the youngest was allowed to trim one.",
            "Nobody has failed the oath since the year of the comet, when a goat ate the oil rags of half the east"
            " side.",
        ), timedelta(hours=4),
    ),
    _Item(
        "bends/gauge", "River Gauge Moves Up a Step",
        (
            "Masons have set the tide gauge one step higher, since its lowest figures had not been dry for ten years.",
            "Whoever compares readings must add eleven inches to the new ones, the surveyor explained to a full room.",
            "A baker asked whether the flood of her childhood is now smaller; the surveyor promised to write to her.",
        ), _LATER,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Ticker:
    """The paper at an origin, without a slash at the end; ``first`` is when its first article is out, an aware time."""

    first: datetime
    origin: str = ""

    def at(self, origin: str) -> Ticker:
        """The same paper at another origin."""
        return replace(self, origin=origin)

    def respond(self, path_and_query: str, now: datetime = PRESENT, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET of this address at this aware time, with these request headers."""
        return reply(self._answer(path_and_query.strip("/"), now), now, self.first, headers or {})

    def _answer(self, path: str, now: datetime) -> Answer:
        out = [item for item in (*_OWN, *_reprints(self.first)) if self.first + item.after <= now]
        if path == "feed":
            return Answer(self._feed(out, now), type=XML)
        if path == "locks/early-word" and self.first + MERGED <= now:
            return Answer("", 301, location=f"{self.origin}/locks/second-word")
        found = next((item for item in out if item.path == path), None)
        return Answer(self._page(found)) if found else Answer("<h1>There is no such page</h1>", 404)

    def _feed(self, items: list[_Item], now: datetime) -> str:
        entries = "".join(
            f"<item><title>{escape(item.title)}</title><link>{self.origin}/{item.path}</link>"
            f"<pubDate>{format_datetime(self._out(item))}</pubDate></item>"
            for item in items
        )
        made = f"<title>The Sluice Ticker</title><lastBuildDate>{format_datetime(now)}</lastBuildDate>"
        return f'<rss version="2.0"><channel>{made}{entries}</channel></rss>'

    def _page(self, item: _Item) -> str:
        text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in (*item.paragraphs, NOTICE))
        return (
            f'<!doctype html><html lang="en"><head><title>{escape(item.title)} - The Sluice Ticker</title>'
            f'<meta property="og:title" content="{escape(item.title)}">'
            f'<meta property="og:type" content="article">'
            f'<meta property="article:published_time" content="{self._out(item).isoformat()}"></head>'
            f"<body><article><h1>{escape(item.title)}</h1>{text}</article></body></html>"
        )

    def _out(self, item: _Item) -> datetime:
        return self.first + item.after


def _reprints(at: datetime) -> list[_Item]:
    """The demo paper's texts as they are at a time, under titles of its own."""
    told = truth(Paper(), at)
    return [
        _Item(f"reprints/number-{'ab'[n]}", f"From Our Neighbours: {told[number].title}", told[number].paragraphs)
        for n, number in enumerate(FROM_DEMO)
    ]
