"""Which address answers with what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from demo import listing_pages, sitemaps
from demo.article_page import article_page
from demo.feeds import FEEDS, feed
from demo.issue import SECTIONS, Issue, slugged
from demo.pieces import Edition, Gone
from demo.replies import PLAIN, XML, Answer
from demo.templating import rendered

Match = re.Match[str]
Handler = Callable[[Issue, Match], Answer]


def answer(issue: Issue, path: str) -> Answer:
    """The answer to a path without its slashes at both ends."""
    for pattern, handler in _ROUTES:
        if match := pattern.fullmatch(path):
            return handler(issue, match)
    return _oops(issue)


def _oops(issue: Issue, status: int = 404) -> Answer:
    return Answer(listing_pages.oops_page(issue), status)


def _moved(issue: Issue, state: Edition | Gone | None, status: int) -> Answer:
    match state:
        case Edition():
            return Answer("", status, location=issue.url(state.path))
        case Gone():
            return _gone(issue, state)
    return _oops(issue)


def _gone(issue: Issue, state: Gone) -> Answer:
    if not state.redirects:
        return _oops(issue, state.status)
    if isinstance(state.to, str):
        return Answer("", state.status, location=issue.url(state.to))
    return _moved(issue, issue.by_id(state.to), state.status)


def _dated(issue: Issue, match: Match) -> Answer:
    """The present form; a wrong slug or day leads to the right one, ``/pdf`` is the same page."""
    state = issue.by_id(int(match["id"]))
    if isinstance(state, Edition) and state.path == match["path"]:
        return Answer(article_page(issue, state))
    return _moved(issue, state, 301)


def _slug(issue: Issue, match: Match) -> Answer:
    try:
        day = date.fromisoformat(match["day"].replace("/", "-"))
    except ValueError:
        return _oops(issue)
    return _moved(issue, issue.by_slug(match["slug"], day), 302)


def _archive(issue: Issue, match: Match) -> Answer:
    state = issue.by_slug(match["slug"])
    return Answer(article_page(issue, state)) if isinstance(state, Edition) and state.archive else _oops(issue)


def _plus(issue: Issue, match: Match) -> Answer:
    state = issue.by_slug(match["slug"])
    if isinstance(state, Gone):
        return _gone(issue, state)
    if isinstance(state, Edition) and state.path == match[0]:
        return Answer(article_page(issue, state))
    return _oops(issue)


def _by_number(status: int) -> Handler:
    return lambda issue, match: _moved(issue, issue.by_id(int(match["id"])), status)


def _place(issue: Issue, match: Match) -> Answer:
    if not listing_pages.is_place(match["place"]):
        return _oops(issue)
    if match["offset"] is None:
        return Answer(listing_pages.section_page(issue, match["place"]))
    return Answer(listing_pages.fragment(issue, issue.listed(match["place"]), int(match["offset"])))


def _selection(issue: Issue, match: Match) -> Answer:
    slug, what = match["slug"], match["what"]

    def names(edition: Edition) -> tuple[str, ...]:
        return edition.authors if what == "author" else edition.tags

    chosen = issue.where(lambda edition: slug in map(slugged, names(edition)))
    if not chosen:
        return _oops(issue)
    if match["offset"] is not None:
        return Answer(listing_pages.fragment(issue, chosen, int(match["offset"])))
    title = next(name for name in names(chosen[0]) if slugged(name) == slug)
    return Answer(listing_pages.selection_page(issue, f"{what}/{slug}", title, chosen))


def _live(issue: Issue, match: Match) -> Answer:
    state = issue.by_id(int(match["id"]))
    if not isinstance(state, Edition) or not state.posts:
        return _oops(issue)
    return Answer(listing_pages.live_posts(state, issue, int(match["start"] or 0)))


def _robots(issue: Issue, _: Match) -> Answer:
    return Answer(rendered("robots.txt", issue=issue), type=PLAIN)


def _news(issue: Issue, match: Match) -> Answer:
    return Answer(sitemaps.news(issue, match["name"]), type=XML)


def _month(issue: Issue, match: Match) -> Answer:
    text = sitemaps.month(issue, match["month"])
    return Answer(text, type=XML) if text else _oops(issue)


def _feed(issue: Issue, match: Match) -> Answer:
    return Answer(feed(issue, match["name"]), type="application/rss+xml; charset=utf-8")


def _picture(_: Issue, match: Match) -> Answer:
    """A drawing for people who look; crawlers do not ask for it."""
    hue = sum(map(ord, match["name"])) * 37 % 360
    return Answer(rendered("picture.svg", hue=hue), type="image/svg+xml")


_ROUTES: tuple[tuple[re.Pattern[str], Handler], ...] = tuple(
    (re.compile(pattern), handler)
    for pattern, handler in (
        ("", lambda issue, _: Answer(listing_pages.front_page(issue))),
        (
            r"robots\.txt",
            lambda issue, _: Answer(rendered("robots.txt", issue=issue), type=PLAIN),
        ),
        (rf"rss/(?P<name>{'|'.join(FEEDS)})", _feed),
        (r"newsmap\.xml", lambda issue, _: Answer(sitemaps.news_index(issue), type=XML)),
        (rf"newsmap/(?P<name>{'|'.join(SECTIONS)})\.xml", _news),
        (r"static/sitemap/sitemap\.xml", lambda issue, _: Answer(sitemaps.months(issue), type=XML)),
        (r"static/sitemap/(?P<month>\d{4}-\d{2})\.xml", _month),
        (r"(?P<path>\d{4}/\d{2}/\d{2}/[^/]+-a(?P<id>\d{1,9}))(/pdf)?", _dated),
        (r"(?P<day>\d{4}/\d{2}/\d{2})/(?P<slug>[^/]+)(/pdf)?", _slug),
        (r"all/(?P<id>\d{1,9})", _by_number(302)),
        (r"(articles|news|photogalleries)/[^/]+-(?P<id>\d{1,9})", _by_number(301)),
        (r"archive/(?P<slug>[^/]+)", _archive),
        (r"plus/[^/]+/(?P<slug>[^/]+)", _plus),
        (r"in-depth", lambda issue, _: Answer("", 301, location=issue.url("features"))),
        (r"live/(?P<id>\d{1,9})(/(?P<start>\d{1,6}))?", _live),
        (r"(?P<what>author|tag|all-about)/(?P<slug>[^/]+)(/(?P<offset>\d{1,6}))?", _selection),
        (r"image/(\d+/)?(?P<name>[^/]+)\.jpg", _picture),
        (r"(?P<place>[a-z-]+)(/(?P<offset>\d{1,6}))?", _place),
    )
)
