"""The gazette as a web server sees it: an address, a time and request headers in, a reply out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from demo.clock import PRESENT
from demo.replies import PLAIN, XML, Answer, Reply, reply
from tests.material.gazette import pages
from tests.material.gazette.issue import SECTIONS, Issue
from tests.material.gazette.writing import stories

ORIGIN = "http://127.0.0.1:8651"
_ATOM = "application/atom+xml; charset=utf-8"
_SECTION = "|".join(SECTIONS)

Match = re.Match[str]


@dataclass(frozen=True)
class Gazette:
    """The paper at an origin, such as ``http://127.0.0.1:8651``, without a slash at the end."""

    origin: str = ORIGIN

    def at(self, origin: str) -> Gazette:
        """The same paper at another origin."""
        return replace(self, origin=origin)

    def issue(self, now: datetime = PRESENT) -> Issue:
        """The paper as it is at an aware time."""
        return Issue(self.origin, now, stories())

    def respond(self, path_and_query: str, now: datetime = PRESENT, headers: Mapping[str, str] | None = None) -> Reply:
        """The reply to a GET of this address at this aware time, with these request headers. Never raises."""
        issue = self.issue(now)
        path = unquote(path_and_query.partition("#")[0].partition("?")[0]).strip("/")
        return reply(_answer(issue, path), now, issue.changed, headers or {})


def _answer(issue: Issue, path: str) -> Answer:
    for pattern, handler in _ROUTES:
        if match := re.fullmatch(pattern, path):
            found = handler(issue, match)
            return found if isinstance(found, Answer) else _page(issue, found)
    return _page(issue, None)


def _page(issue: Issue, text: str | None) -> Answer:
    return Answer(text) if text is not None else Answer(pages.missing(issue), 404)


def _story(issue: Issue, match: Match) -> Answer | str | None:
    """The number leads there; with another section or title, by a redirect."""
    story = issue.by_id(int(match["id"]))
    if story is None:
        return None
    if story.path != match["path"]:
        return Answer("", 301, location=issue.url(story.path))
    return pages.print_version(issue, story) if match["print"] else pages.story(issue, story)


def _section(issue: Issue, match: Match) -> str | None:
    return pages.section(issue, match["section"], int(match["page"] or 1))


def _file(name: str, type_: str) -> Callable[[Issue, Match], Answer]:
    return lambda issue, _: Answer(pages.file(issue, name), type=type_)


_ROUTES: tuple[tuple[str, Callable[[Issue, Match], Answer | str | None]], ...] = (
    ("", lambda issue, _: pages.front(issue)),
    (r"robots\.txt", _file("robots.txt", PLAIN)),
    ("feed/atom", _file("feed.xml", _ATOM)),
    ("postings/feed", _file("postings.xml", _ATOM)),
    (r"sitemap\.xml", _file("sitemap_index.xml", XML)),
    (r"sitemap-news\.xml", _file("sitemap_news.xml", XML)),
    (r"sitemap-artikel\.xml", _file("sitemap_stories.xml", XML)),
    (r"sitemap-seiten\.xml", _file("sitemap_pages.xml", XML)),
    (r"(?P<path>[a-z]+/[^/]+-(?P<id>\d{7}))(?P<print>/druck)?", _story),
    (rf"(?P<section>{_SECTION})(/seite/(?P<page>\d{{1,4}}))?", _section),
    (
        r"(?P<what>autor|thema)/(?P<slug>[^/]+)",
        lambda issue, match: pages.selection(issue, match["what"], match["slug"]),
    ),
    (r"(?P<name>impressum|newsletter|abo)", lambda issue, match: pages.plain(issue, match["name"])),
)
