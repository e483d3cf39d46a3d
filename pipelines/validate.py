"""Is this page an article? If not, it leaves with a counted outcome and goes no further; never an exception."""

from __future__ import annotations

from dataclasses import replace

from scrapy.crawler import Crawler

from crawler.article import NAMING, Article, Kind, Outcome, Visit
from crawler.site import Site, Sites
from pipelines.archive.ledger import WALL
from pipelines.context import context_of
from pipelines.headlines import is_not_found, is_wall

MIN_WORDS = 25
"""Fewer words than an agency's one-sentence flash with its headline."""
_WORDLESS = frozenset({Kind.GALLERY, Kind.VIDEO, Kind.PODCAST, Kind.LIVE})
"""Kinds whose page may hold a title and next to no text."""
_NO_ARTICLES_ADDRESS = "not an article's address"
_LIST = "a list of articles"
_CUT_OFF = ("no text", "too short")
_WITHOUT_TEXT = ("no title", "no text", "too short", _LIST)


class Validate:
    """The first stage."""

    def __init__(self, sites: Sites, home: str | None = None):
        self.sites = sites
        self.home = home

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Validate:
        """Take the site profiles of the crawl, and the one site that it is of, if it is."""
        return cls(context_of(crawler).sites, getattr(crawler.spider, "site_name", None))

    def process_item(self, item: Visit) -> Visit:
        """Return the visit, without its article and with the reason where the page is none."""
        return validate(item, self.sites, self.home)


def validate(visit: Visit, sites: Sites, home: str | None = None) -> Visit:
    """Settle a visit whose page is not an article. ``home`` is the site that is crawled, where it is one alone.

    Of an article that is known, a page without one is its absence: it stays the last good copy.
    """
    article = visit.article
    if article is None:
        return visit
    site = sites.for_url(visit.fetch.url)
    objection = _led_away(visit, site, sites, home) or _objection(visit, article, site)
    if objection is None:
        return visit
    outcome, reason = objection
    if visit.revisit is not None and visit.fetch.redirects and reason in (_NO_ARTICLES_ADDRESS, _LIST):
        outcome, reason = Outcome.GONE, "redirected to a page that is no article"
    elif visit.revisit is not None and reason in _CUT_OFF and article.paywalled:
        outcome, reason = Outcome.BLOCKED, f"{WALL}: for subscribers"
    elif visit.revisit is not None and reason in _WITHOUT_TEXT:
        outcome, reason = Outcome.GONE, f"text withdrawn: {reason}"
    return replace(visit, outcome=outcome, reason=reason, article=None, measures=None)


def _led_away(visit: Visit, site: Site, sites: Sites, home: str | None) -> tuple[Outcome, str] | None:
    """A paper's article that answers from a host which nobody knows: a page for consent, payment or logging in."""
    asked = sites.for_url(visit.candidate.url)
    if asked.name in sites.by_name and site.name not in sites.by_name:
        return Outcome.NOT_ARTICLE, f"redirected to {site.name}"
    if home is not None and site.name not in sites.by_name:  # its feed named a page elsewhere, or a counter led there
        return Outcome.NOT_ARTICLE, f"another site: {site.name}"
    return None


def _objection(visit: Visit, article: Article, site: Site) -> tuple[Outcome, str] | None:
    url = visit.fetch.url
    if _is_not_found(article.title, site):
        return Outcome.GONE, "soft 404"
    if site.is_front_page(url):
        return Outcome.GONE, "redirected to the front page"
    if article.published is None and is_wall(article.title, site.title, site.name):  # also where a redirect led to it
        return Outcome.BLOCKED, f"{WALL}: {article.title[:60]}"
    if article.is_list:
        return Outcome.NOT_ARTICLE, _LIST
    if site.articles and not site.is_article(url) and not _is_wanted_all_the_same(visit, site):
        return Outcome.NOT_ARTICLE, _NO_ARTICLES_ADDRESS
    if not article.title:
        return Outcome.NOT_ARTICLE, "no title"
    if article.kind in _WORDLESS:
        return None
    if not article.paragraphs:
        return Outcome.NOT_ARTICLE, "no text"
    if article.word_count < MIN_WORDS:
        return Outcome.NOT_ARTICLE, "too short"
    return None


def _is_wanted_all_the_same(visit: Visit, site: Site) -> bool:
    """Return whether an address without an article's form was asked for: the site's own feed named it, or it is known.

    Patterns are learned from a part of the addresses, and add to what a feed names. What an article's address leads to
    is another page, unless it only got a parameter: some servers see by it whether cookies come back.
    """
    fetch = visit.fetch
    if fetch.redirects and any(site.is_article(url) and _is_one_path(url, fetch.url) for url in fetch.redirects):
        return True
    if visit.revisit is not None:
        return not fetch.redirects
    return visit.candidate.source in NAMING and not any(map(site.is_article, fetch.redirects))


def _is_one_path(one: str, other: str) -> bool:
    return one.partition("?")[0] == other.partition("?")[0]


def _is_not_found(title: str, site: Site) -> bool:
    said = _plain(title)
    return any(said == _plain(known) for known in site.not_found) or is_not_found(title, site.title, site.name)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().replace("’", "'")
