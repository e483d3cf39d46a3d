"""What a reader would say the paper holds: the answers that a crawl of it is measured by.

Written from the manuscripts, never from the pages. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.article import Kind
from demo.blocks import Aside, Block, Header, Html, Paragraph, Quote, Related, Run, words
from demo.clock import PRESENT
from demo.issue import SECTIONS, Issue
from demo.linking import absolute, inline_href
from demo.paper import Paper
from demo.pieces import Edition

CLOSED = "plus/harbour-lottery/"
"""What robots.txt disallows although the paper lists it."""
_SHORT = 20
"""Words below which a page is a note and no article: the paper has one of three, and none other under 70."""


@dataclass(frozen=True, slots=True)
class Told:
    """One article as a reader would tell of it.

    ``paragraphs`` are the words of the text, sub-headings, quotations and their speakers among them. ``related`` are
    (position, number of the article), ``inline`` (position, whole address, words). A position is that of a paragraph
    from 0; a box stands before it, and one after the last has the number of paragraphs.
    ``posts`` are a live blog's, newest first, which its page leaves out.
    """

    id: int
    url: str
    kind: Kind
    title: str
    standfirst: str | None
    authors: tuple[str, ...]
    published_at: datetime
    modified_at: datetime
    section: str
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    related: tuple[tuple[int, int], ...]
    inline: tuple[tuple[int, str, str], ...]
    image_caption: str | None
    image_credit: str | None
    wire: str | None
    posts: tuple[tuple[datetime, str], ...]


def truth(paper: Paper, now: datetime = PRESENT) -> dict[int, Told]:
    """Every article live at an aware time that may be fetched and is one, by its number."""
    issue = paper.issue(now)
    return {
        edition.id: _told(issue, edition)
        for edition in issue.live
        if not edition.path.startswith(CLOSED) and not _is_note(edition)
    }


def refused(paper: Paper, now: datetime = PRESENT) -> dict[str, str]:
    """Addresses that the paper lists and that give no article, with the reason: ``blocked``, ``short`` or a status.

    A status of 200 stands for the page "Oops! We couldn't find your page." with that status.
    """
    issue = paper.issue(now)
    closed = {issue.url(one.path): "blocked" for one in issue.live if one.path.startswith(CLOSED)}
    short = {issue.url(one.path): "short" for one in issue.live if _is_note(one)}
    return closed | short | {issue.url(gone.last.path): str(gone.status) for gone in issue.gone}


def _is_note(edition: Edition) -> bool:
    return sum(len(words(paragraph).split()) for paragraph in _paragraphs(edition)) < _SHORT


def _told(issue: Issue, edition: Edition) -> Told:
    picture = edition.picture
    posts = sorted(((post.at, words(post.paragraph)) for post in edition.posts if post.at <= issue.now), reverse=True)
    return Told(
        id=edition.id,
        url=issue.url(edition.path),
        kind=edition.kind,
        title=edition.title,
        standfirst=edition.standfirst or None,
        authors=edition.authors,
        published_at=edition.published.astimezone(UTC),
        modified_at=edition.modified.astimezone(UTC),
        section=SECTIONS[edition.section],
        tags=edition.tags,
        paragraphs=tuple(words(paragraph) for paragraph in _paragraphs(edition)),
        related=tuple(_related(edition)),
        inline=tuple(_inline(issue, edition)),
        image_caption=picture.caption if picture else None,
        image_credit=picture.credit if picture else None,
        wire=edition.wire,
        posts=tuple((at.astimezone(UTC), text) for at, text in posts),
    )


def _paragraphs(edition: Edition) -> tuple[Paragraph, ...]:
    intro = (edition.intro,) if edition.intro else ()
    return (*intro, *(paragraph for block in edition.blocks for paragraph in _in_block(block)))


def _in_block(block: Block) -> tuple[Paragraph, ...]:
    match block:
        case Html(paragraphs):
            return paragraphs
        case Aside(paragraph):
            return (paragraph,)
        case Header(text) | Quote(text, ""):
            return ((Run(text),),)
        case Quote(text, cite):
            return ((Run(text),), (Run(cite),))
    return ()


def _related(edition: Edition) -> Iterator[tuple[int, int]]:
    position = 1 if edition.intro else 0
    for block in edition.blocks:
        if isinstance(block, Related):
            yield position, block.target
        position += len(_in_block(block))


def _inline(issue: Issue, edition: Edition) -> Iterator[tuple[int, str, str]]:
    for position, paragraph in enumerate(_paragraphs(edition)):
        for run in paragraph:
            if run.href:
                yield position, absolute(issue, inline_href(issue, edition, run.href)), run.text
