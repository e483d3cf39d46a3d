"""Which article is this? Its canonical address, every other address that led here, and the keys of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from scrapy.crawler import Crawler

from crawler.article import Article, Visit
from crawler.site import Site, Sites
from pipelines.context import context_of
from pipelines.record import Address, Record


class Canonicalise:
    """The second stage."""

    def __init__(self, sites: Sites):
        self.sites = sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Canonicalise:
        """Take the site profiles from the spider."""
        return cls(context_of(crawler).sites)

    def process_item(self, item: Visit) -> Visit | Record:
        """The article with its identity; a visit without an article as it is."""
        return item if item.article is None else canonicalise(item, item.article, self.sites)


def canonicalise(visit: Visit, article: Article, sites: Sites) -> Record:
    """The identity of a fetched article. Pure."""
    site = sites.for_url(visit.fetch.url)
    kinds: dict[str, str] = {}
    for url, kind in _addresses(visit, article, site):
        kinds.setdefault(url, kind)
    addresses = tuple(Address(url, sites.address_key(url), kind) for url, kind in kinds.items())
    own = dict.fromkeys((addresses[0].key, sites.address_key(visit.fetch.url)))
    return Record(
        visit=visit,
        article=article,
        addresses=addresses,
        identity=tuple(sorted(own, key=lambda key: not key.startswith(f"{site.name}:"))),
        slugs=tuple(dict.fromkeys(key for address in addresses if (key := _slug(address.url, site, sites)))),
        link_keys=tuple(sites.address_key(link.href) for link in article.links),
    )


def is_plausible(canonical: str, url: str, site: Site) -> bool:
    """Whether a page's claim about its own address can be true: same site, an article's address, and not another's.

    A claim that lacks the number which the fetched address has, or has a different one, names another page.
    """
    try:
        if not site.is_article(canonical) or urlsplit(canonical).path.strip("/") == "":
            return False
        claimed, fetched = site.address_key(canonical), site.address_key(url)
    except ValueError:
        return False
    return not fetched.startswith(f"{site.name}:") or claimed == fetched


def _addresses(visit: Visit, article: Article, site: Site) -> Iterator[tuple[str, str]]:
    """Every address that led to the article with its kind, the canonical one first."""
    fetch = visit.fetch
    believed = article.canonical and is_plausible(article.canonical, fetch.url, site)
    yield site.clean(article.canonical if believed and article.canonical else fetch.url), "canonical"
    yield fetch.requested, "requested"
    yield visit.candidate.url, "requested"
    for url in fetch.redirects:
        yield url, "redirected"
    yield fetch.url, "final"
    for kind, url in article.alternates:
        if is_plausible(url, fetch.url, site):
            yield site.clean(url), kind


def _slug(url: str, site: Site, sites: Sites) -> str | None:
    return site.slug_key(url) if sites.for_url(url).name == site.name else None
