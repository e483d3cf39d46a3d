# ruff: noqa: S311 - what is invented here is no secret
"""Invented articles for the growth of an archive: any of them from its number alone, always the same.

Five papers, two of which have a profile, print some 300 articles a day. Words follow Zipf's law, with names that nobody
else uses, so that full text and look-ups meet what they meet in real news. One article in twenty is another paper's,
lightly cut; about every sixth is on an event that others are on too.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate

from crawler.address_forms import AddressPattern
from crawler.article import Article, Candidate, Fetch, Link, Moment, Outcome, Provenance, Source, Visit
from crawler.site import Site, Sites

_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_APART = timedelta(seconds=288)
_WORDS = 60_000
_PARAGRAPHS = 9
_SECTIONS = ("news", "business", "opinion", "culture", "sport", "science")
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "sta", "tre", "lin", "ros")
_SOURCES = ("json-ld", "og", "meta", "page")
_FIELDS = ("title", "published_at", "authors", "section", "image_url")


def _paper(name: str, profile: bool) -> Site:
    host = f"www.{name}.example"
    patterns = (AddressPattern(re.compile(r"^/\d{4}/\d\d/\d\d/(?P<slug>[a-z-]+)-a(?P<id>\d+)$")),) if profile else ()
    named = name if profile else host.removeprefix("www.")
    return Site(name=named, title=name.title(), hosts=(host,), home=f"https://{host}/", articles=patterns)


PAPERS = tuple(_paper(name, name in ("harbour", "uplands")) for name in ("harbour", "uplands", "mill", "ford", "quay"))
SITES = Sites.of(paper for paper in PAPERS if paper.articles)


def visit(number: int) -> Visit:
    """The fetch of article ``number``, from 1, two minutes after it was published."""
    at, url = published(number) + timedelta(minutes=2), address(number)
    candidate = Candidate(url, Source.FEED, f"{paper_of(number).home}feed")
    return Visit(candidate, Fetch(url, url, at, 200), Outcome.STORED, article=_article(number, url))


def paper_of(number: int) -> Site:
    """The paper that printed it."""
    return PAPERS[random.Random(number).randrange(len(PAPERS))]


def published(number: int) -> datetime:
    """When."""
    return _BEGIN + number * _APART


def address(number: int) -> str:
    """Where it stands."""
    slug = "-".join(_chosen(random.Random(-number), 5))
    return f"{paper_of(number).home}{published(number):%Y/%m/%d}/{slug}-a{number}"


def _article(number: int, url: str) -> Article:
    chance, paper = random.Random(f"article {number}"), paper_of(number)
    title = " ".join(_chosen(chance, 4) + _names(number, 3)).capitalize()
    image = f"{paper.home}images/{published(number):%Y/%m}/{number:09d}-1360x765.jpg"
    authors = tuple(f"Writer {chance.randrange(40)} of {paper.title}" for _ in range(chance.choice((1, 1, 1, 2))))
    section = chance.choice(_SECTIONS)
    said = {"title": title, "published_at": f"{published(number):%Y-%m-%dT%H:%M:%S+00:00}", "section": section}
    said |= {"authors": ", ".join(authors), "image_url": image}
    return Article(
        site=paper.name,
        url=url,
        title=title,
        canonical=url,
        standfirst=" ".join(_chosen(chance, 18)),
        byline=f"By {authors[0]}",
        authors=authors,
        published=Moment(published(number), 0),
        section=section,
        tags=tuple(_chosen(chance, 4)),
        language="en",
        image_url=image,
        image_caption=" ".join(_chosen(chance, 12)),
        paragraphs=_text(number),
        links=tuple(_links(number, chance)),
        provenance=tuple(Provenance(field, s, said[field], s == _SOURCES[0]) for field in _FIELDS for s in _SOURCES),
        extractor="growth",
    )


def _text(number: int) -> tuple[str, ...]:
    """About 4 kB. One in twenty is an earlier one, of whatever paper, without its end and with a line before."""
    if number % 20 == 0 and number > 200:
        earlier = number - 1 - random.Random(f"copy {number}").randrange(150)
        return (f"This first ran elsewhere, {_name(number)} reports.", *_own_text(earlier)[:-1])
    return _own_text(number)


def _own_text(number: int) -> tuple[str, ...]:
    chance = random.Random(f"text {number}")
    return tuple(_paragraph(number, chance) for _ in range(_PARAGRAPHS))


def _paragraph(number: int, chance: random.Random) -> str:
    words = _chosen(chance, 56) + _names(number, 3)
    chance.shuffle(words)
    return f"{' '.join(words[:20])}, {' '.join(words[20:40])}. {' '.join(words[40:])}.".capitalize()


def _names(number: int, many: int) -> list[str]:
    """Names of the event that the article is on, or of its own."""
    event = number // 40 if number % 6 == 0 else -number
    chance = random.Random(f"event {event}")
    names = [_name(chance.randrange(10**9)) for _ in range(6)]
    return random.Random(f"{number} {many}").sample(names, many)


def _name(seed: int) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice(_SYLLABLES) for _ in range(4)).capitalize()


def _links(number: int, chance: random.Random) -> Iterator[Link]:
    """Fifteen: three boxes, two in lists, some to what is printed later; ten in the text, half of them to elsewhere."""
    for n in range(5):
        other = max(1, number + chance.randrange(-400, 20))
        yield Link("related" if n < 3 else "read_more", 2 * n, address(other), f"Read on: {other}")
    for n in range(10):
        start = 10 * n
        words = " ".join(_chosen(chance, 2))
        if n % 2:
            href = address(1 + int(number * chance.random()))
        else:
            host = int(3_000 * chance.random() ** 4)
            href = f"https://www.source-{host}.example/{words.replace(' ', '/')}/{chance.randrange(10**5)}"
        yield Link("inline", n % _PARAGRAPHS, href, words, start, start + len(words))


@cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """Words, the most frequent first, and the sums of their frequencies."""
    chance = random.Random("words")
    words: dict[str, None] = {}
    while len(words) < _WORDS:
        words["".join(chance.choice(_SYLLABLES) for _ in range(1 + min(4, len(words).bit_length() // 4)))] = None
    return list(words), list(accumulate(1 / (rank + 2.7) for rank in range(_WORDS)))


def _chosen(chance: random.Random, many: int) -> list[str]:
    words, sums = _vocabulary()
    return chance.choices(words, cum_weights=sums, k=many)
