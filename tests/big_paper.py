"""A demo paper of any size: invented articles in the moulds of the demo's manuscripts, each page of it made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Self
from urllib.parse import unquote

from crawler.article import Kind
from demo.blocks import Block, Header, Html, Quote, Related, Run
from demo.clock import PRESENT
from demo.issue import Issue, slugged
from demo.manuscripts import manuscripts
from demo.paper import ORIGIN
from demo.pieces import Edition, Piece
from demo.replies import Answer, Reply, reply
from demo.routes import answer
from demo.server import Server
from tests.crawling import profile_for

STEP = timedelta(hours=5)
"""Between two articles: five hundred reach back some hundred days, two thousand over a year."""
ALL_OF_IT = {"SECTION_PAGES": 1_000, "RELATED_DEPTH": 1_000, "REVISITS_PER_CRAWL": 0}
"""Settings with which a crawl comes to every article, in whatever order the answers arrive."""
_FIRST = 90_001
_SAVED_AGAIN = timedelta(minutes=45)
_PLAIN = frozenset({Kind.NEWS, Kind.OPINION, Kind.ANALYSIS, Kind.FEATURE})
_FORMS = ("exact", "dated", "today")
_WHO = ("Ferryman", "Baker", "Council", "Beekeeper", "Archivist", "Choir", "Miller", "Surveyor", "Glazier", "Warden")
_DOES = ("Finds", "Opens", "Moves", "Counts", "Sells", "Repairs", "Paints", "Borrows", "Names", "Hides", "Returns")
_WHAT = ("Anchor", "Orchard", "Ledger", "Lantern", "Bridge", "Kiln", "Barge", "Mural", "Cellar", "Compass", "Weir")
_PLACE = ("the Lower Quay", "Tresk", "the north bank", "the old mint", "the ropewalk", "Hill Street", "the fourth lock")
_SAID = ("nobody had asked", "the keys were lost", "it had rained", "the minutes were read twice", "it cost less")


class BigPaper:
    """A paper at an origin, as :class:`demo.paper.Paper`; what it has printed once is not set again."""

    def __init__(self, articles: int, origin: str = ORIGIN) -> None:
        self.articles = articles
        self.origin = origin
        self._issue = cache(lambda now: Issue(origin, now, pieces(articles)))
        self._answer = cache(self._set)

    def at(self, origin: str) -> Self:
        """The same paper at another origin."""
        return type(self)(self.articles, origin)

    def issue(self, now: datetime = PRESENT) -> Issue:
        """The paper as it is at an aware time."""
        return self._issue(now)

    def respond(self, path_and_query: str, now: datetime, headers: Mapping[str, str] | None) -> Reply:
        """The reply to a GET of this address at this aware time, with these request headers."""
        path = unquote(path_and_query.partition("#")[0].partition("?")[0]).strip("/")
        return reply(self._answer(path, now), now, self.issue(now).changed, headers or {})

    def _set(self, path: str, now: datetime) -> Answer:
        return answer(self.issue(now), path)


def big_paper_server(articles: int) -> Server[BigPaper]:
    """A server of a big paper on a free port."""
    return Server(BigPaper(articles))


def settings_for(server: Server[Any], folder: Path) -> dict[str, Any]:
    """Settings for a crawl of all that the server holds; the profile is written below ``folder``."""
    return {"SITES_DIR": profile_for(server.origin, folder / "sites"), **ALL_OF_IT}


@cache
def pieces(articles: int, last: datetime = PRESENT - timedelta(hours=1), step: timedelta = STEP) -> tuple[Piece, ...]:
    """So many invented articles, oldest first, the newest published at ``last`` (aware). Always the same."""
    moulds = tuple(_moulds())
    later = min(_SAVED_AGAIN, step / 2)  # no paper has saved an article at a time that is still to come
    return tuple(_piece(n, last - (articles - 1 - n) * step, moulds[n % len(moulds)], later) for n in range(articles))


def _moulds() -> Iterator[Edition]:
    for piece in manuscripts():
        edition = piece.at(PRESENT)
        if isinstance(edition, Edition) and edition.kind in _PLAIN and not edition.archive and not edition.campaign:
            yield edition


def _piece(n: int, published: datetime, mould: Edition, saved_again: timedelta) -> Piece:
    title = _title(n)
    edition = replace(
        mould,
        id=_FIRST + n,
        slug=slugged(title),
        title=title,
        standfirst=_sentence(_chance(-n), n) if n % 3 else None,
        published=published,
        modified=published + saved_again * (n % 2),
        intro=None,
        blocks=_blocks(n),
        posts=(),
        listed_as=None,
    )
    return Piece(edition.id, ((published, edition),))


def _title(n: int) -> str:
    rest, who = divmod(n, len(_WHO))
    rest, does = divmod(rest, len(_DOES))
    again, what = divmod(rest, len(_WHAT))
    number = f" No. {again + 1}" if again else ""
    return f"{_WHO[who]} {_DOES[does]} {_WHAT[what]}{number}"


def _blocks(n: int) -> tuple[Block, ...]:
    """Three paragraphs, before the last of them up to two boxes that name earlier articles; here and there more."""
    chance = _chance(n)
    paragraphs = tuple((Run(" ".join(_sentence(chance, n) for _ in range(3))),) for _ in range(3))
    earlier = [other for other in (n - 1, n - 7) if other >= 0][: n % 3]
    boxes = tuple(Related(_FIRST + other, _FORMS[(n + other) % len(_FORMS)]) for other in earlier)
    more = (Header(_title(n + 5)), Quote(_sentence(chance, n), "A passer-by"))[: n % 5 // 2]
    return (Html(paragraphs[:2]), *boxes, *more, Html(paragraphs[2:]))


def _sentence(chance: Random, n: int) -> str:
    who, other = chance.choice(_WHO).lower(), chance.choice(_WHO).lower()
    what, thing = chance.choice(_WHAT).lower(), chance.choice(_WHAT).lower()
    count = chance.randrange(3, 9_000)
    return (
        f"At {chance.choice(_PLACE)} the {who} set the {what} beside {count:,} crowns in copper,"
        f" and the {other} kept the {thing} of page {n}-{count} because {chance.choice(_SAID)}."
    )


def _chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # the same words each time are the very purpose
