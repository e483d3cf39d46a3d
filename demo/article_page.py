"""The page of an article, with its metadata."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from crawler.article import Kind
from demo.blocks import Html, words
from demo.clock import REDESIGN, iso
from demo.issue import NAME, SECTIONS, Issue, slugged
from demo.linking import box_href, inline_href, target
from demo.pieces import Edition, Gone
from demo.sidebar import readers, sidebar
from demo.templating import rendered

_PREFIXES = {Kind.OPINION: "Opinion", Kind.VIDEO: "Video", Kind.GALLERY: "Gallery", Kind.PODCAST: "Podcast"}
_LABELS = {Kind.OPINION: "Opinion", Kind.ANALYSIS: "News Analysis", Kind.SPONSORED: "Partner Content"}
_GRACE = 600
"""Seconds after publication within which a change does not make the byline say ``Updated:``."""


def article_page(issue: Issue, edition: Edition) -> str:
    """The page as any of the article's addresses shows it."""
    return rendered(
        "article.html" if issue.now < REDESIGN else "redesign.html",
        issue=issue,
        article=edition,
        canonical=issue.url(edition.path),
        heading=heading(edition),
        label=edition.label or _LABELS.get(edition.kind),
        description=description(edition),
        image=issue.url(f"image/1360/{edition.picture.file}") if edition.picture else None,
        metadata=metadata(issue, edition),
        updated=(edition.modified - edition.published).total_seconds() > _GRACE,
        cluster=read_more(issue, edition),
        readers=readers(issue, edition),
        loader=next((other for other in issue.listed(edition.section) if other.published < edition.published), None),
        countries=_countries(),
        href=_hrefs(issue, edition),
        box=lambda block: {"href": box_href(issue, block), "target": _boxed(target(issue, block))},
        **sidebar(issue),
    )


def heading(edition: Edition) -> str:
    """The title as the page prints it."""
    return f"LIVE | {edition.title}" if edition.kind is Kind.LIVE else edition.title


def description(edition: Edition) -> str:
    """The standfirst, else the first words, behind the kind where the layout names it."""
    first = next((words(block.paragraphs[0]) for block in edition.blocks if isinstance(block, Html)), "")
    text = edition.standfirst or (words(edition.intro) if edition.intro else first)
    prefix = _PREFIXES.get(edition.kind)
    return f"{prefix} | {text}" if prefix else text


def read_more(issue: Issue, edition: Edition) -> tuple[Edition, ...]:
    """The cluster of four below an article: its section's newest, filled up with the paper's."""
    others = (*issue.listed(edition.section), *issue.where(lambda other: other.section != edition.section))
    return tuple(other for other in others if other.id != edition.id)[:4]


def metadata(issue: Issue, edition: Edition) -> list[dict[str, Any]]:
    """The four JSON-LD blocks: the organisation, the web site, the article, the breadcrumbs."""
    home = issue.url("")
    crumbs = [("Home", home), (SECTIONS[edition.section], issue.url(edition.section)), (edition.title, None)]
    return [
        {"@type": "NewsMediaOrganization", "name": NAME, "url": home, "logo": issue.url("image/logo.jpg")},
        {"@type": "WebSite", "name": NAME, "url": home, "dateCreated": "1998-05-04"},
        _article(issue, edition),
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": n, "name": name} | ({"item": url} if url else {})
                for n, (name, url) in enumerate(crumbs, 1)
            ],
        },
    ]


def _article(issue: Issue, edition: Edition) -> dict[str, Any]:
    organisation = {"@type": "Organization", "name": NAME, "url": issue.url("")}
    first = edition.authors[0] if edition.authors else NAME
    person = {"@type": "Person", "name": first, "url": issue.url(f"author/{slugged(first)}")}
    return {
        "@type": "NewsArticle",
        "mainEntityOfPage": issue.url(edition.path),
        "headline": edition.title,
        "description": description(edition),
        "keywords": list(edition.tags),
        "articleSection": SECTIONS[edition.section],
        "datePublished": iso(edition.published),
        "dateCreated": iso(edition.published),
        "dateModified": iso(edition.modified),
        "author": organisation if first == NAME else person,
        "publisher": organisation,
        "image": [issue.url(f"image/1360/{edition.picture.file}")] if edition.picture else [],
        "inLanguage": "en",
        "isAccessibleForFree": True,
    }


def _hrefs(issue: Issue, edition: Edition) -> Callable[[str], str]:
    return lambda href: inline_href(issue, edition, href)


def _boxed(state: Edition | Gone | None) -> Edition | None:
    return state.last if isinstance(state, Gone) else state


@cache
def _countries() -> tuple[str, ...]:
    return tuple((Path(__file__).parent / "content" / "countries.txt").read_text("utf-8").splitlines())
