"""An article of the paper through time: its editions, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from crawler.article import Kind
from demo.blocks import Block, Paragraph, Picture, Post
from demo.clock import local


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of an article. ``campaign`` is set on advertorials, ``archive`` on pages older than the numbers.

    ``listed_as`` is the old form of address (``articles``, ``news`` …) under which the sitemap still names it.
    """

    id: int
    slug: str
    kind: Kind
    section: str
    title: str
    standfirst: str | None
    authors: tuple[str, ...]
    published: datetime
    modified: datetime
    tags: tuple[str, ...]
    label: str | None
    picture: Picture | None
    intro: Paragraph | None
    blocks: tuple[Block, ...]
    posts: tuple[Post, ...]
    wire: str | None
    campaign: str | None
    archive: bool
    listed_as: str | None

    @property
    def day(self) -> date:
        """The day in its address: the paper's, not UTC's."""
        return local(self.published).date()

    @property
    def path(self) -> str:
        """Its address below the paper's root."""
        if self.campaign:
            return f"plus/{self.campaign}/{self.slug}"
        if self.archive:
            return f"archive/{self.slug}"
        return f"{self.day:%Y/%m/%d}/{self.slug}-a{self.id}"


@dataclass(frozen=True, slots=True)
class Gone:
    """A withdrawn article: the status its address answers with, and what it was at the end.

    ``to`` is where a redirect leads: the number of another article, a section, or nothing for the front page.
    """

    status: int
    last: Edition
    to: int | str = ""

    @property
    def redirects(self) -> bool:
        """Whether its address leads elsewhere instead of saying that there is nothing."""
        return 300 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Piece:
    """An article with its history, oldest state first; each holds from its time on."""

    id: int
    history: tuple[tuple[datetime, Edition | Gone], ...]

    def at(self, now: datetime) -> Edition | Gone | None:
        """Its state at a time; None before it is published."""
        return next((state for since, state in reversed(self.history) if since <= now), None)

    def editions(self, now: datetime) -> tuple[Edition, ...]:
        """All it has been up to a time: old slugs and days still lead to it."""
        return tuple(state for since, state in self.history if since <= now and isinstance(state, Edition))
