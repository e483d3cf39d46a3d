"""Is this page an article? If not, it leaves with a counted outcome and goes no further; never an exception."""

from __future__ import annotations

import re
from dataclasses import replace

from scrapy.crawler import Crawler

from crawler.article import Article, Kind, Outcome, Visit
from crawler.site import Site, Sites
from pipelines.context import context_of

MIN_WORDS = 25
"""Fewer words than an agency's one-sentence flash with its headline."""
_WORDLESS = frozenset({Kind.GALLERY, Kind.VIDEO, Kind.PODCAST, Kind.LIVE})
"""Kinds whose page may hold a title and next to no text."""
_NO_ARTICLES_ADDRESS = "not an article's address"
# What a page says in its headline when there is no such article, in the words of common publishing systems.
_NOT_FOUND = re.compile(
    r"(error )?404\b.{0,40}"
    r"|(oops\W+)?(page|article|story|content) (was |is )?(not found|no longer available|unavailable)"
    r"|((oops|sorry|whoops)\W+)*(we (can.?t|could ?n.?t|cannot) find|this page (does ?n.?t|does not) exist).{0,60}"
    r"|seite nicht gefunden"
    r"|page (introuvable|non trouvée)|página no encontrada|página não encontrada|pagina non trovata"
    r"|страница не найдена|nie znaleziono strony|sayfa bulunamadı|strona nie istnieje|pagina niet gevonden",
    re.IGNORECASE,
)


class Validate:
    """The first stage."""

    def __init__(self, sites: Sites):
        self.sites = sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Validate:
        """Take the site profiles of the crawl."""
        return cls(context_of(crawler).sites)

    def process_item(self, item: Visit) -> Visit:
        """Return the visit, without its article and with the reason where the page is none."""
        return validate(item, self.sites)


def validate(visit: Visit, sites: Sites) -> Visit:
    """Settle a visit whose page is not an article."""
    article = visit.article
    if article is None:
        return visit
    site = sites.for_url(visit.fetch.url)
    objection = _led_away(visit, site, sites) or _objection(article, visit.fetch.url, site)
    if objection is None:
        return visit
    outcome, reason = objection
    if visit.revisit is not None and visit.fetch.redirects and reason == _NO_ARTICLES_ADDRESS:
        outcome, reason = Outcome.GONE, "redirected to a page that is no article"
    return replace(visit, outcome=outcome, reason=reason, article=None)


def _led_away(visit: Visit, site: Site, sites: Sites) -> tuple[Outcome, str] | None:
    """A paper's article that answers from a host which nobody knows: a page for consent, payment or logging in."""
    asked = sites.for_url(visit.candidate.url)
    if asked.name in sites.by_name and site.name not in sites.by_name:
        return Outcome.NOT_ARTICLE, f"redirected to {site.name}"
    return None


def _objection(article: Article, url: str, site: Site) -> tuple[Outcome, str] | None:
    if _is_not_found(article.title, site):
        return Outcome.GONE, "soft 404"
    if site.is_front_page(url):
        return Outcome.GONE, "redirected to the front page"
    if site.articles and not site.is_article(url):
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


def _is_not_found(title: str, site: Site) -> bool:
    said = " ".join(title.split()).casefold().replace("’", "'")
    named = any(said == " ".join(known.split()).casefold().replace("’", "'") for known in site.not_found)
    return named or _NOT_FOUND.fullmatch(said.rstrip(".!")) is not None
