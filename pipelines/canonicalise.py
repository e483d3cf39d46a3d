"""Which article is this? Its canonical address, every other address that led here, and the keys of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from scrapy.crawler import Crawler

from crawler.article import Article, Visit
from crawler.site import Site, Sites, absolute
from pipelines.context import context_of
from pipelines.plausible import is_confirmed, is_plausible
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
    site, fetch = sites.for_url(visit.fetch.url), visit.fetch
    declared = _declared(article, fetch.url, site)
    kinds: dict[str, str] = {}
    for url, kind in _addresses(visit, article, site, declared):
        kinds.setdefault(url, kind)
    addresses = tuple(Address(url, sites.address_key(url), kind) for url, kind in kinds.items())
    own, led = _own(declared, fetch.url, site), _led(visit, sites)
    if addresses[0].key in led:  # the claimed address was asked for, and led here
        own.append(addresses[0].key)
    told = [(address.key, _slug(address.url, site, sites)) for address in addresses]
    slugs = {slug: None for key, slug in told if slug and (key in own or key in led)}
    claimed = [one for key, slug in told if key not in own and key not in led for one in (key, slug)]
    claims = dict.fromkeys((*claimed, site.main_key(fetch.url)))
    return Record(
        visit=visit,
        article=article,
        addresses=addresses,
        identity=tuple(sorted(dict.fromkeys(own), key=lambda key: not key.startswith(f"{site.name}:"))),
        led=tuple(key for key in led if key not in own),
        claims=tuple(key for key in claims if key and key not in own and key not in led and key not in slugs),
        slugs=tuple(slugs),
        link_keys=tuple(sites.address_key(link.href) for link in article.links),
        is_form=site.is_known_form(fetch.url),
    )


def _declared(article: Article, url: str, site: Site) -> str | None:
    """The address that the page claims for its own, cleaned; None where it claims none that can be believed."""
    if article.canonical is None:
        return None
    with suppress(ValueError):  # such as an unbalanced bracket in the host
        claimed = absolute(url, article.canonical)
        return site.clean(claimed) if is_plausible(claimed, url, site) else None
    return None


def _own(declared: str | None, url: str, site: Site) -> list[str]:
    own = [site.address_key(url)]
    if declared is not None and is_confirmed(declared, url, site):
        own.append(site.address_key(declared))
    return own


def _led(visit: Visit, sites: Sites) -> list[str]:
    asked = (visit.fetch.requested, visit.candidate.url, *visit.fetch.redirects)
    return list(dict.fromkeys(sites.address_key(url) for url in asked))


def _addresses(visit: Visit, article: Article, site: Site, declared: str | None) -> Iterator[tuple[str, str]]:
    """Every address that led to the article with its kind, the canonical one first."""
    fetch = visit.fetch
    yield declared or site.main_address(fetch.url), "canonical"
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
