"""The pages and files of the gazette."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.blocks import words
from tests.material.gazette.issue import A_PAGE, NAME, PAGES, SECTIONS, Issue
from tests.material.gazette.story import ZONE, Story, printed, slugged

_STYLES = ("graph", "microdata", "words")
"""How a story's page tells its time: as JSON-LD, as microdata, or only in words; by turns."""


def front(issue: Issue) -> str:
    """The home page."""
    return _rendered("listing.html", issue, title="Das Neueste", stories=issue.live[:12], path="", page=1, pages=1)


def section(issue: Issue, name: str, page: int) -> str | None:
    """A page of a section, from 1; None past the last."""
    stories = issue.where(lambda story: story.section == name)
    pages = -(-len(stories) // A_PAGE)
    if not 1 <= page <= pages:
        return None
    shown = stories[(page - 1) * A_PAGE : page * A_PAGE]
    return _rendered("listing.html", issue, title=SECTIONS[name], stories=shown, path=name, page=page, pages=pages)


def selection(issue: Issue, what: str, slug: str) -> str | None:
    """All stories of an author or on a subject; None for one that nobody writes as or on."""

    def names(story: Story) -> tuple[str, ...]:
        return story.authors if what == "autor" else story.tags

    stories = issue.where(lambda story: slug in map(slugged, names(story)))
    if not stories:
        return None
    title = next(name for name in names(stories[0]) if slugged(name) == slug)
    return _rendered("listing.html", issue, title=title, stories=stories, path=f"{what}/{slug}", page=1, pages=1)


def story(issue: Issue, story: Story) -> str:
    """The page of a story."""
    style = _STYLES[issue.stories.index(story) % len(_STYLES)]
    return _rendered("story.html", issue, story=story, style=style, graph=_graph(issue, story))


def print_version(issue: Issue, story: Story) -> str:
    """The same story for the printer."""
    return _rendered("print.html", issue, story=story)


def plain(issue: Issue, name: str) -> str:
    """A page that is no story."""
    return _rendered("plain.html", issue, title=PAGES[name], path=name)


def missing(issue: Issue) -> str:
    """What an address without a page shows."""
    return _rendered("plain.html", issue, title="Seite nicht gefunden", path=None)


def file(issue: Issue, name: str) -> str:
    """A feed, a sitemap or robots.txt."""
    return _rendered(name, issue)


def _graph(issue: Issue, story: Story) -> dict[str, Any]:
    """One JSON-LD graph whose nodes refer to each other."""
    organisation, page = issue.url("#redaktion"), issue.url(story.path)
    people = [
        {"@type": "Person", "@id": issue.url(f"autor/{slugged(name)}#person"), "name": name} for name in story.authors
    ]
    return {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "NewsMediaOrganization", "@id": organisation, "name": NAME, "url": issue.url("")},
            {"@type": "WebSite", "@id": issue.url("#website"), "name": NAME, "publisher": {"@id": organisation}},
            {"@type": "WebPage", "@id": page, "url": page, "isPartOf": {"@id": issue.url("#website")}},
            *people,
            {
                "@type": "NewsArticle",
                "@id": f"{page}#artikel",
                "mainEntityOfPage": {"@id": page},
                "headline": story.title,
                "description": story.standfirst,
                "datePublished": _iso(story.published),
                "dateModified": _iso(story.published),
                "articleSection": SECTIONS[story.section],
                "keywords": list(story.tags),
                "inLanguage": "de-AT",
                "author": [{"@id": person["@id"]} for person in people] or {"@id": organisation},
                "publisher": {"@id": organisation},
            },
        ],
    }


def _iso(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def _rendered(template: str, issue: Issue, **values: Any) -> str:
    return _ENVIRONMENT.get_template(template).render(issue=issue, **values)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals |= {"paper": NAME, "sections": SECTIONS, "pages_": PAGES, "slugged": slugged, "words": words}
_ENVIRONMENT.filters |= {"iso": _iso, "printed": printed}
