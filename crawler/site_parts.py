"""The parts of a site that have the shape of its profile: sections, layouts, where the posts of a live blog are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a profile that has the file's own shape: a misspelt key is an error, not a silent default."""


class Section(Part, frozen=True):
    """A page that lists articles. ``paging`` is the address of a further page, with ``{offset}`` in it.

    The offsets are ``first``, ``first + step``, ``first + 2 * step`` and so on.
    """

    url: str
    paging: str | None = None
    first: int = 0
    step: int = 1

    def pages(self, most: int) -> Iterator[str]:
        """The section page and its further pages, ``most`` in all."""
        yield self.url
        if self.paging:
            for n in range(most - 1):
                yield self.paging.replace("{offset}", str(self.first + n * self.step))


class LivePosts(Part, frozen=True):
    """Where a live blog loads its posts from: ``{id}`` is the article's, ``{offset}`` how many posts were read."""

    url: str
    further: str | None = None


class Layout(Part, frozen=True):
    """CSS selectors for the pages of a period. None leaves a field to generic extraction.

    ``since`` and ``until`` are inclusive days of fetching. ``related`` selects the boxes, each of which holds a link;
    ``drop`` what never belongs to the text; ``label`` the rubric printed over the title; ``post`` the posts in the
    fragments of a live blog.
    """

    since: date | None = None
    until: date | None = None
    title: str | None = None
    label: str | None = None
    standfirst: str | None = None
    byline: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    tags: str | None = None
    image: str | None = None
    caption: str | None = None
    credit: str | None = None
    body: str | None = None
    related: str | None = None
    related_title: str | None = None
    read_more: str | None = None
    post: str | None = None
    drop: tuple[str, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether a page fetched on this day has this layout."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
