"""Sites for ``scrapy addsite`` that are no newspaper as one expects it, served on loopback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from crawler.probing.explore import Page, UnreachableError
from demo.clock import PRESENT
from demo.replies import PLAIN, XML, Answer, Reply, reply
from demo.server import Newspaper

T = TypeVar("T")

SUBJECTS = ("harbour", "market", "school", "library", "bridge", "mill", "station", "orchard", "quarry", "theatre")
_A_PAGE = 6


class Direct:
    """Fetches from a site in this process: what an explorer asks for, without a network."""

    def __init__(self, paper: Newspaper, origin: str, requests: int = 40):
        self.paper = paper.at(origin)
        self.origin = origin
        self.left = requests

    async def get(self, url: str) -> Page:
        """The page at an address of this site."""
        if not self.left:
            raise UnreachableError("no request is left")
        self.left -= 1
        answer = self.paper.respond(url.removeprefix(self.origin), PRESENT, {})
        if answer.status != 200:
            raise UnreachableError(f"HTTP {answer.status}")
        return Page(url, answer.body, "utf-8")

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """What a parser gives."""
        return function(*args)


@dataclass(frozen=True)
class Bulletin:
    """An old system: no feed, no sitemap, no metadata, numbers in the query, ``?seite=2`` for what is older."""

    origin: str = ""

    def at(self, origin: str) -> Bulletin:
        """The same site at another origin."""
        return replace(self, origin=origin)

    def respond(self, path_and_query: str, now: datetime, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET."""
        parts = urlsplit(path_and_query)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return reply(self._answer(parts.path, query), now, now, headers or {})

    def _answer(self, path: str, query: dict[str, str]) -> Answer:
        if path == "/":
            return Answer(_framed("The Bulletin", _teasers(range(20))))
        if path in ("/town/", "/county/"):
            start = (int(query.get("seite", "1")) - 1) * _A_PAGE
            numbers = range(0 if path == "/town/" else 1, 20, 2)[start : start + _A_PAGE]
            pages = "".join(f'<a href="{path}?seite={n}">{n}</a> ' for n in (2,))
            return Answer(_framed(path.strip("/"), _teasers(numbers) + pages))
        if path == "/view.php" and query.get("id", "").isdigit():
            number = int(query["id"]) - 5_001
            return Answer(_framed(_title(number), _text(number)), 200 if 0 <= number < 20 else 404)
        return Answer(_framed("Nothing here", ""), 404)


@dataclass(frozen=True)
class Overview(Bulletin):
    """The same, with a page that lists its feeds, which the front page announces as if it were one; further pages of
    its sections are their first one again, and robots.txt asks for a slow pace.
    """

    def _answer(self, path: str, query: dict[str, str]) -> Answer:
        if path == "/robots.txt":
            return Answer("User-agent: *\nCrawl-delay: 2.5\n", type=PLAIN)
        if path == "/feeds":
            return Answer(_framed("Our feeds", '<a href="/feeds/town.xml">Town</a> <a href="/feeds/old.xml">Old</a>'))
        if path == "/feeds/town.xml":
            items = "".join(f"<item><link>{self.origin}/view.php?id={5_001 + n}</link></item>" for n in range(9))
            return Answer(f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>', type=XML)
        answer = super()._answer(path, query | {"seite": "1"})
        announced = '<head><link rel="alternate" type="application/rss+xml" href="/feeds">'
        return replace(answer, text=answer.text.replace("<head>", announced))


@dataclass(frozen=True)
class Closed:
    """A site whose robots.txt forbids everything."""

    origin: str = ""

    def at(self, origin: str) -> Closed:
        """The same site at another origin."""
        return replace(self, origin=origin)

    def respond(self, path_and_query: str, now: datetime, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET."""
        robots = path_and_query == "/robots.txt"
        answer = Answer("User-agent: *\nDisallow: /\n", type=PLAIN) if robots else Answer("<p>Not for you")
        return reply(answer, now, now, headers or {})


@dataclass(frozen=True)
class Shop:
    """A site without an article: a front page, a few words on each page behind it."""

    origin: str = ""

    def at(self, origin: str) -> Shop:
        """The same site at another origin."""
        return replace(self, origin=origin)

    def respond(self, path_and_query: str, now: datetime, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET."""
        links = "".join(f'<p><a href="/ware-{n}">A very fine thing number {n}</a></p>' for n in range(12))
        known = path_and_query == "/" or path_and_query.startswith("/ware-")
        page = _framed("Shop", links if path_and_query == "/" else "<p>Sold out.</p>")
        return reply(Answer(page, 200 if known else 404), now, now, headers or {})


def _title(number: int) -> str:
    return f"Council argues over the {SUBJECTS[number % 10]} for the {number + 3}th time"


def _teasers(numbers: range) -> str:
    return "".join(f'<div><h2><a href="/view.php?id={5_001 + n}">{_title(n)}</a></h2></div>' for n in numbers)


def _text(number: int) -> str:
    subject = SUBJECTS[number % 10]
    return f"<h1>{_title(number)}</h1><p class='date'>14 January 2025, 10:{number + 10}</p>" + "".join(
        f"<p>On point {point} of item {number}, the members spoke about the {subject} for a good while. Nobody had"
        f" counted on {number * point + 7} people in the gallery, who all wanted to say what the {subject} meant to"
        " them, to their parents and to the children who will one day have to pay for it.</p>"
        for point in range(1, 5)
    )


def _framed(title: str, main: str) -> str:
    menu = (
        '<div id="menu"><a href="/town/">Town</a> <a href="/county/">County</a> <a href="/impressum">Imprint</a></div>'
    )
    return f"<html><head><title>{title}</title></head><body>{menu}<div class='content'>{main}</div></body></html>"
