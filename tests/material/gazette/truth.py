"""What a reader would say the gazette holds: from the stories, never from the pages. Times are aware and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.article import Kind
from demo.blocks import words
from demo.clock import PRESENT
from demo.truth import Told
from tests.material.gazette.issue import SECTIONS, Issue
from tests.material.gazette.paper import Gazette
from tests.material.gazette.story import Story


def truth(paper: Gazette, now: datetime = PRESENT) -> dict[int, Told]:
    """Every story out at an aware time, by its number."""
    issue = paper.issue(now)
    return {story.id: _told(issue, story) for story in issue.live}


def _told(issue: Issue, story: Story) -> Told:
    inline = tuple(
        (position, _whole(issue, run.href), run.text)
        for position, paragraph in enumerate(story.paragraphs)
        for run in paragraph
        if run.href
    )
    published = story.published.astimezone(UTC)
    return Told(
        id=story.id,
        url=issue.url(story.path),
        kind=Kind.NEWS,
        title=story.title,
        standfirst=story.standfirst,
        authors=story.authors,
        published_at=published,
        modified_at=published,
        section=SECTIONS[story.section],
        tags=story.tags,
        paragraphs=tuple(map(words, story.paragraphs)),
        related=tuple((len(story.paragraphs), number) for number in story.related),
        inline=inline,
        image_caption=None,
        image_credit=None,
        wire=story.wire,
        posts=(),
    )


def _whole(issue: Issue, number: str) -> str:
    story = issue.by_id(int(number))
    if story is None:
        raise ValueError(f"a story links to {number}, which is not out before it")
    return issue.url(story.path)
