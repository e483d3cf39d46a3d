"""What a look at a site leaves: a profile, each key with where it came from, and a report for the person who asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date

from crawler.addresses import host_of, without_www
from crawler.article import Article
from crawler.probing.listings import Sort
from crawler.probing.survey import MOST_ARTICLES, Findings
from crawler.profiles import RESERVED
from crawler.site import Section

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MOST_IN_COMMENT = 160
_WIDTH = 76


def is_name(name: str) -> bool:
    """Return whether a site may be called this."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED


def name_for(url: str) -> str:
    """Return a name for the site at an address: its host without ``www.`` and the last label."""
    host = without_www(host_of(url)).partition(":")[0]
    bare = re.sub(r"[^a-z0-9]+", "_", host if host.replace(".", "").isdigit() else host.rpartition(".")[0] or host)
    name = bare.strip("_")
    return name if is_name(name) else f"site_{name}".rstrip("_")


def free_name_for(url: str, taken: Set[str]) -> str:
    """Return a name for the site that no other has: after its host, with ever more of it, then with a number."""
    whole = re.sub(r"[^a-z0-9]+", "_", without_www(host_of(url))).strip("_")
    for name in (name_for(url), whole, f"site_{whole}"):
        if is_name(name) and name not in taken:
            return name
    return next(name for number in range(2, len(taken) + 3) if (name := f"site_{whole}_{number}") not in taken)


def profile_toml(findings: Findings, day: date) -> str:
    """Return the text of the profile, as ``crawler/profiles.py`` reads it; ``day`` is when the site was looked at."""
    lines = [*_head(findings, day), "", *_listings(findings), "", *_addresses(findings), *_sections(findings)]
    return "\n".join(lines) + "\n"


def _head(findings: Findings, day: date) -> Iterator[str]:
    site, robots = findings.site, findings.survey.robots
    yield _comment(
        f"{site.title}: written by `scrapy addsite` on {day.isoformat()}, from what the site showed that day."
    )
    yield _comment("Edit it freely: it is read anew at every crawl. The README says what else a profile may hold.")
    yield ""
    yield f"name = {_text(site.name)}"
    yield _with(f"title = {_text(site.title)}", "as the front page calls itself")
    yield f"home = {_text(site.home)}"
    yield _with(f"hosts = {_list(site.hosts)}", "where the front page and the articles are")
    yield _with(
        f"timezone = {_text(site.timezone)}", findings.zone.why + ("" if findings.zone.sure else "; check this")
    )
    if site.language:
        yield _with(f"language = {_text(site.language)}", "as most articles, the front page or a feed say")
    if robots.delay is not None:
        yield _with(f"delay = {robots.delay:.1f}", "seconds: Crawl-delay in robots.txt")
    else:
        yield _comment("delay = 1.0  # seconds; robots.txt names no Crawl-delay, so the project's own pace holds")


def _listings(findings: Findings) -> Iterator[str]:
    site, survey = findings.site, findings.survey
    named = set(survey.robots.sitemaps)
    skipped = [listing.url for listing in survey.of(Sort.COMMENTS)]
    for key, urls in (("feeds", site.feeds), ("news_sitemaps", site.news_sitemaps), ("sitemaps", site.sitemaps)):
        if urls:
            yield f"{key} = ["
            for url in urls:
                yield f"    {_text(url)},  {_comment(_origin(url, findings, named))}"
            yield "]"
        else:
            yield _comment(f"{key} = []  # none was found")
    if skipped:
        yield _comment(f"Left out, because they hold comments: {', '.join(skipped)}")


def _origin(url: str, findings: Findings, named: set[str]) -> str:
    survey = findings.survey
    where = "robots.txt names it" if url in named else "announced by the front page"
    if url not in named and url not in survey.front.feeds:
        where = "found at a usual place"
    listing = next((listing for listing in survey.listings if url == listing.url and listing.addresses), None)
    if listing is None:
        return f"an index; {where}"
    share = listing.share_of(findings.site.is_article)
    return f"{where}; {share:.0%} of its {len(listing.addresses)} addresses are articles"


def _addresses(findings: Findings) -> Iterator[str]:
    params = findings.site.content_params or frozenset()
    why = "this one tells articles apart" if params else "no query parameter selects content in the addresses seen"
    yield _with(f"content_params = {_list(sorted(params))}", why)
    yield ""
    yield _comment("Matched from the start of path and query. `id` or `slug` is what identifies an article.")
    for pattern in findings.patterns:
        yield "[[articles]]"
        yield _comment(f"{pattern.count} addresses such as {pattern.example}")
        yield f"pattern = {_literal(pattern.regex)}"


def _sections(findings: Findings) -> Iterator[str]:
    for section in findings.site.sections:
        page = next(page for page in findings.survey.sections if page.url == section.url)
        yield ""
        yield "[[sections]]"
        yield _comment(f"in the navigation; its first page links to {len(page.articles)} articles")
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield f"url = {_text(section.url)}"
    if section.paging:
        yield _with(f"paging = {_text(section.paging)}", "as its first page links to further ones")
        yield f"first = {section.first}"
        yield f"step = {section.step}"


def _comment(words: str) -> str:
    """Return one line, whatever a page put into the words."""
    return f"# {_CONTROLS.sub(' ', words)[:_MOST_IN_COMMENT]}"


def _with(line: str, why: str) -> str:
    return f"{line}  {_comment(why)}"


def _text(words: str) -> str:
    """Return a basic string: JSON's escapes are TOML's too."""
    return json.dumps(_CONTROLS.sub(" ", words), ensure_ascii=False)


def _literal(words: str) -> str:
    """Return a regular expression, every character of which counts: as it is, where TOML can hold it so."""
    if "'" not in words and not _CONTROLS.search(words):
        return f"'{words}'"
    return json.dumps(words, ensure_ascii=False).replace("\x7f", r"\u007f")


def _list(words: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"


def report(findings: Findings) -> Iterator[str]:
    """Yield what a person reads in a terminal: one article as it would be stored, and what was not found."""
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
    """Return one sentence on what kept a profile from being written."""
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
        yield "no section pages: articles that leave the feed between two crawls will be missed"
    elif not any(section.paging for section in site.sections):
        yield "no further pages of sections: only what stands on their first page is seen"
    nameless = sum(pattern.count for pattern in findings.patterns if "(?P<id>" not in pattern.regex)
    if nameless:
        total = sum(pattern.count for pattern in findings.patterns)
        yield f"{nameless} of {total} addresses have no number: if the slug changes, it counts as a new article"
    if not site.language:
        yield "no language: dates in words are read as English ones"
    if not findings.zone.sure:
        yield f"no sure time zone: {site.timezone}, since {findings.zone.why}"
    if len(survey.articles) < MOST_ARTICLES:
        yield f"no more than {len(survey.articles)} articles to try the rules on"
