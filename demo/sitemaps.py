"""The sitemaps: one file a month since the beginning, and the news of the last thirty days by section."""

from __future__ import annotations

from datetime import timedelta

from demo.issue import SECTIONS, Issue
from demo.pieces import Edition
from demo.templating import rendered

_NEWS = timedelta(days=30)
_MOST = 100


def months(issue: Issue) -> str:
    """The index of the monthly files."""
    files = sorted({f"{edition.day:%Y-%m}" for edition in _listed(issue)}, reverse=True)
    return rendered("sitemap_index.xml", addresses=[f"{issue.static}/sitemap/{name}.xml" for name in files])


def month(issue: Issue, name: str) -> str | None:
    """The file of a month such as ``2024-12``; None for one without articles. Withdrawn articles stay in it."""
    editions = [edition for edition in _listed(issue) if f"{edition.day:%Y-%m}" == name]
    return rendered("sitemap.xml", addresses=[issue.url(_named(edition)) for edition in editions]) if editions else None


def news_index(issue: Issue) -> str:
    """The index of the news sitemaps."""
    return rendered("sitemap_index.xml", addresses=[issue.url(f"newsmap/{name}.xml") for name in SECTIONS])


def news(issue: Issue, section: str) -> str:
    """A section's articles of the last thirty days, newest first; withdrawn ones stay here too."""
    recent = [
        edition
        for edition in reversed(_listed(issue))
        if edition.section == section and issue.now - edition.published <= _NEWS
    ]
    return rendered("newsmap.xml", issue=issue, editions=recent[:_MOST])


def _listed(issue: Issue) -> list[Edition]:
    editions = [*issue.live, *(gone.last for gone in issue.gone)]
    return sorted(editions, key=lambda edition: (edition.published, edition.id))


def _named(edition: Edition) -> str:
    """Articles from before the present form of address are still listed under the old one."""
    return f"{edition.listed_as}/{edition.slug}-{edition.id}" if edition.listed_as else edition.path
