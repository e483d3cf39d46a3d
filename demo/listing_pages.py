"""Pages that list articles, and the page for what is not there."""

from __future__ import annotations

from demo.issue import BY_KIND, SECTIONS, Issue
from demo.pieces import Edition
from demo.sidebar import sidebar
from demo.templating import rendered

FIRST = 19
"""Articles on the first page of a listing."""
STEP = 18
"""Articles on each further page, which is a fragment without a frame."""


def front_page(issue: Issue) -> str:
    """The home page: what is new, whatever its section."""
    return _page(issue, "", "Today in Velmora", issue.where(lambda _: True))


def section_page(issue: Issue, place: str) -> str:
    """The first page of a section or of a kind."""
    title = SECTIONS.get(place) or place.capitalize()
    return _page(issue, place, title, issue.listed(place))


def selection_page(issue: Issue, path: str, title: str, editions: tuple[Edition, ...]) -> str:
    """The first page of a dossier, a tag or an author."""
    return _page(issue, path, title, editions)


def fragment(issue: Issue, editions: tuple[Edition, ...], offset: int) -> str:
    """A further page: nothing at all past the end."""
    return rendered("excerpts.html", issue=issue, editions=editions[offset : offset + STEP])


def oops_page(issue: Issue) -> str:
    """What an address without an article shows, inside the normal frame."""
    return rendered("oops.html", issue=issue, **sidebar(issue))


def live_posts(edition: Edition, issue: Issue, start: int) -> str:
    """The posts of a live blog up to now, newest first, from a position on."""
    posts = sorted((post for post in edition.posts if post.at <= issue.now), key=lambda post: post.at, reverse=True)
    return rendered("posts.html", issue=issue, posts=posts[start : start + STEP])


def is_place(name: str) -> bool:
    """Whether this names a section or a kind."""
    return name in SECTIONS or name in BY_KIND


def _page(issue: Issue, path: str, title: str, editions: tuple[Edition, ...]) -> str:
    return rendered(
        "listing.html",
        issue=issue,
        path=path,
        title=title,
        editions=editions[:FIRST],
        more=issue.url(f"{path}/{STEP}") if path and len(editions) > FIRST else None,
        **sidebar(issue),
    )
