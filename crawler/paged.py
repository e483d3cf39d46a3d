"""An article that goes on over several pages, made one: which page is next, and the text of all in their order. Pure.

Twenty pages are read at most, one after the other. A page that shows all of them is preferred. One that cannot be had,
or gives another article, is passed over and named: the article is then a part of what the paper published.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crawler.article import Article, Pages

MOST = 20
"""Pages of one article."""
_WHOLE = 0
"""The number of the page that shows all others."""
_LIKE = 0.6
"""Share of the shorter headline's words that the other has: further pages say "page 2" beside it."""
_SHARED = 0.8
"""Share of the first page's paragraphs that one which shows all of them has too."""
_SENTENCE = 40
"""Characters: what is shorter, such as three stars, may well stand on several pages."""
_NUMBER = re.compile(r"\d{1,2}")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A further page that is to be fetched next."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Paged:
    """The pages of an article that were read, by number, and where further ones are."""

    read: Mapping[int, Article]
    urls: Mapping[int, str] = field(default_factory=dict)
    lacking: Mapping[int, str] = field(default_factory=dict)
    """Pages that could not be read, and why."""
    seen: frozenset[str] = frozenset()
    """Addresses that were asked for, or answered."""
    taken: tuple[str, ...] = ()
    """Addresses of further pages whose text was taken."""
    captures: tuple[str, ...] = ()
    """Where those are kept."""
    is_over: bool = False

    @classmethod
    def beginning(cls, first: Article) -> Paged | None:
        """Return the article that begins with a page; None where it stands on that one, or the page is a later one."""
        pages = first.pages
        if pages is None or pages.number > 1:
            return None
        urls = {_WHOLE: pages.whole} if pages.whole else {}
        return cls({1: first}, {**urls, **_known(pages, 1)}, seen=frozenset({first.url}))

    def next(self) -> Asked | None:
        """Return the page to fetch next; None when there is none, or all that may be are read."""
        if self.is_over:
            return None
        if _WHOLE in self.urls and self.urls[_WHOLE] not in self.seen:
            return Asked(_WHOLE, self.urls[_WHOLE])
        number = 1 + max((*self.read, *self.lacking))
        if number > min(MOST, max(self.urls, default=0)):
            return None
        url = self.urls.get(number) or self._between(number)
        return Asked(number, url) if url and url not in self.seen else None

    def with_page(self, asked: Asked, page: Article, capture: str | None = None) -> Paged:
        """Return this with a further page, as it was read, and where it is kept."""
        first = self.read[1]
        known = replace(self, seen=self.seen | {asked.url, page.url})
        is_like = _is_like(first.title, page.title)
        if asked.number == _WHOLE:
            if not is_like or not is_whole(page, first):
                return known
            return replace(known._taking(asked, capture), read={1: _whole(first, page)}, is_over=True)
        if page.url in self.seen or not _is_new(page, self.read.values()):  # the number made no difference
            return replace(known, is_over=True)
        if not is_like and asked.number == 1 + len(self.read) == 2:  # its links lead to other articles
            return replace(known, is_over=True)
        if not is_like or not page.paragraphs:
            return self.without(asked, "no text" if is_like else "another article")
        urls = {**_known(page.pages, asked.number), **self.urls} if page.pages else self.urls
        return replace(known._taking(asked, capture), read={**self.read, asked.number: page}, urls=urls)

    def _taking(self, asked: Asked, capture: str | None) -> Paged:
        captures = (*self.captures, capture) if capture else self.captures
        return replace(self, taken=(*self.taken, asked.url), captures=captures)

    def without(self, asked: Asked, reason: str) -> Paged:
        """Return this without a page that could not be had. One that was to show all others is not missed."""
        seen = self.seen | {asked.url}
        if asked.number == _WHOLE:
            return replace(self, seen=seen)
        return replace(self, lacking={**self.lacking, asked.number: reason}, seen=seen)

    @property
    def partial(self) -> str | None:
        """What the article lacks, in words; None where all of it was read."""
        last = max((*self.read, *self.lacking, *self.urls))
        lacks = [f"page {number}: {reason}" for number, reason in sorted(self.lacking.items())]
        if last > MOST and not self.is_over:
            lacks.append(f"pages after {MOST} are not read")
        return f"of {last} pages, {'; '.join(lacks)}" if lacks else None

    def article(self) -> Article:
        """Return the article with the text of all pages that were read."""
        article, *others = (self.read[number] for number in sorted(self.read))
        return joined(article, others)

    def _between(self, number: int) -> str | None:
        """Return the address of a page that no link names, such as the third of "1 2 … 9", after those that are."""
        for known, url in self.urls.items():
            if known > number and (found := _renumbered(url, known, number)):
                return found
        return None


def read_again(first: Article, others: Sequence[Article]) -> Article:
    """Return one article of the pages whose text was taken when they were fetched: all of it may stand on one."""
    if len(others) == 1 and is_whole(others[0], first):
        return _whole(first, others[0])
    return joined(first, others)


def joined(first: Article, others: Iterable[Article]) -> Article:
    """Return one article with the text of several pages; what each of them repeats stands once."""
    paragraphs, blocks, links, dropped = (
        list(first.paragraphs),
        list(first.blocks),
        list(first.links),
        list(first.dropped),
    )
    known = set(map(_plain, paragraphs))
    further = {(link.kind, link.href) for link in links if link.start is None}
    for page in others:
        places: dict[int, int] = {}
        for position in _fresh(page, known):
            places[position] = len(paragraphs)
            paragraphs.append(page.paragraphs[position])
        known.update(map(_plain, page.paragraphs))
        places[len(page.paragraphs)] = len(paragraphs)
        blocks += [replace(one, position=places[one.position]) for one in page.blocks if one.position in places]
        for link in page.links:
            if link.start is None and (link.kind, link.href) not in further:
                further.add((link.kind, link.href))
                links.append(replace(link, position=_at(places, link.position)))
            elif link.start is not None and link.position in places:
                links.append(replace(link, position=places[link.position]))
        dropped += [replace(one, position=_at(places, one.position)) for one in page.dropped if one not in dropped]
        first = replace(first, byline=first.byline or page.byline, authors=first.authors or page.authors)
    return replace(
        first, paragraphs=tuple(paragraphs), blocks=tuple(blocks), links=tuple(links), dropped=tuple(dropped)
    )


def _fresh(page: Article, known: Collection[str]) -> list[int]:
    """Return the paragraphs of a page that are not repeated from earlier ones, at its ends or in full sentences."""
    is_known = [_plain(paragraph) in known for paragraph in page.paragraphs]
    begin = next((n for n, known_one in enumerate(is_known) if not known_one), len(is_known))
    end = len(is_known) - next((n for n, known_one in enumerate(reversed(is_known)) if not known_one), 0)
    between = range(begin, end)
    return [n for n in between if not is_known[n] or len(page.paragraphs[n]) < _SENTENCE]


def _at(places: Mapping[int, int], position: int) -> int:
    """Return where something stands that stood before a paragraph of its page: before the next one that was kept."""
    return min(place for old, place in places.items() if old >= position)


def _whole(first: Article, page: Article) -> Article:
    """Return the article with the text of the page that shows all of it; what the first page says of it holds."""
    return replace(first, paragraphs=page.paragraphs, blocks=page.blocks, links=page.links, dropped=page.dropped)


def _known(pages: Pages, number: int) -> dict[int, str]:
    """Return what a page, the ``number``-th, names, by number."""
    following = {number + 1: pages.following} if pages.following else {}
    return {**following, **dict(pages.named)}


def is_whole(page: Article, first: Article) -> bool:
    """Return whether a page has the text of the first one, and more."""
    there = set(map(_plain, page.paragraphs))
    here = [_plain(one) in there for one in first.paragraphs]
    return sum(here) >= _SHARED * len(here) and page.word_count > first.word_count


def _is_new(page: Article, others: Iterable[Article]) -> bool:
    known = {_plain(paragraph) for other in others for paragraph in other.paragraphs}
    return not page.paragraphs or any(_plain(paragraph) not in known for paragraph in page.paragraphs)


def _is_like(title: str, other: str) -> bool:
    here, there = (set(_WORD.findall(one.casefold())) for one in (title, other))
    least = min(len(here), len(there))
    return least == 0 or len(here & there) >= _LIKE * least


def _plain(paragraph: str) -> str:
    return " ".join(paragraph.split())


def _renumbered(url: str, known: int, number: int) -> str | None:
    """Return the address of one page from that of another: the last number in it is the page's, counted from 0 or 1."""
    for match in reversed(list(_NUMBER.finditer(url))):
        if (distance := known - int(match[0])) in (0, 1):
            return f"{url[: match.start()]}{number - distance}{url[match.end() :]}"
    return None
