"""What a person is told about a site that was looked at: one article as it reads, and what was not found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crawler.article import Article
from crawler.probing.explore import MOST_ARTICLES
from crawler.probing.survey import Findings

_WIDTH = 76


def report(findings: Findings) -> Iterator[str]:
    """The lines, for a terminal."""
    survey = findings.survey
    yield from _table(survey.readable()[0]) if survey.readable() else ()
    yield from _found(findings)
    yield from _listed("Not found:", _missing(findings))
    yield from _listed("Not readable:", (f"{url}: {reason}" for url, reason in survey.failures))


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            yield title
        yield f"  - {line}"


def why_unusable(findings: Findings) -> str:
    """One sentence on what kept a profile from being written."""
    survey, home = findings.survey, findings.site.home
    reasons = sorted({reason for _, reason in survey.failures})
    because = f" ({'; '.join(reasons)})" if reasons else ""
    if not findings.patterns:
        return (
            f"no articles were found at {home}: neither its feeds and sitemaps nor its front page link to any{because}"
        )
    if not survey.readable():
        tried = len(survey.articles)
        return f"no articles were found at {home}: of {tried} pages, none has a title and a text{because}"
    return f"no feed, news sitemap or section was found at {home}, so new articles could not be seen{because}"


def _table(article: Article) -> Iterator[str]:
    related = sum(link.kind != "inline" for link in article.links)
    rows = {
        "Address": article.url,
        "Title": article.title,
        "Authors": ", ".join(article.authors) or "not said",
        "Published": article.published.iso if article.published else "not said",
        "Section": article.section or "not said",
        "Words": str(article.word_count),
        "Related links": str(related),
    }
    yield "One article as it would be stored:"
    for name, value in rows.items():
        yield f"  {name:<14} {value if len(value) <= _WIDTH else value[: _WIDTH - 1] + '…'}"


def _found(findings: Findings) -> Iterator[str]:
    site, survey = findings.site, findings.survey
    read = f"{len(survey.readable())} of {len(survey.articles)} articles looked at could be read"
    counts = {
        "feed": len(site.feeds),
        "news sitemap": len(site.news_sitemaps),
        "sitemap": len(site.sitemaps),
        "section": len(site.sections),
    }
    there = ", ".join(f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items() if n)
    yield f"Found: {there or 'nothing that lists articles'}; {read}."


def _missing(findings: Findings) -> Iterator[str]:
    site, survey = findings.site, findings.survey
    if not site.feeds and not site.news_sitemaps:
        yield "no feed and no news sitemap: new articles are seen on the section pages alone"
    elif not site.news_sitemaps:
        yield "no news sitemap: new articles are seen through the feed alone"
    elif not site.feeds:
        yield "no feed: new articles are seen through the news sitemap alone"
    if not site.sitemaps:
        yield "no sitemap of all articles: what was published before today is out of reach"
    if not site.sections:
        yield "no section pages: what a feed has dropped between two crawls is missed"
    elif not any(section.paging for section in site.sections):
        yield "no further pages of sections: only what stands on their first page is seen"
    nameless = sum(pattern.count for pattern in findings.patterns if "(?P<id>" not in pattern.regex)
    if nameless:
        total = sum(pattern.count for pattern in findings.patterns)
        yield f"no number of its own in {nameless} of {total} addresses: reworded, they are taken for other articles"
    if not site.language:
        yield "no language: dates in words are read as English ones"
    if not findings.zone.sure:
        yield f"no sure time zone: {site.timezone}, since {findings.zone.why}"
    if len(survey.articles) < MOST_ARTICLES:
        yield f"no more than {len(survey.articles)} articles to try the rules on"
