"""Which article is this? Its canonical address, every other address that led here, and the keys of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import SplitResult, parse_qsl, urlsplit

from scrapy.crawler import Crawler

from crawler.article import Article, Visit
from crawler.site import Site, Sites, absolute
from pipelines.context import context_of
from pipelines.record import Address, Record

# Parameters by which publishing systems choose the article.
_SELECTING = re.compile(
    r"id|p|(story|article|news|item|post)(_?id)?|art(id)?|[anps]id|node|doc(id)?|g?uid", re.IGNORECASE
)
_PLAIN_WORD = re.compile(r"[a-z]{1,20}", re.IGNORECASE)


class Canonicalise:
    """The second stage."""

    def __init__(self, sites: Sites):
        self.sites = sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Canonicalise:
        """Take the site profiles of the crawl."""
        return cls(context_of(crawler).sites)

    def process_item(self, item: Visit) -> Visit | Record:
        """Return the article with its identity; a visit without an article as it is."""
        return item if item.article is None else canonicalise(item, item.article, self.sites)


def canonicalise(visit: Visit, article: Article, sites: Sites) -> Record:
    """Return a fetched article with its identity. Pure."""
    site, fetch = sites.for_url(visit.fetch.url), visit.fetch
    declared = _declared(article, fetch.url, site)
    kinds: dict[str, str] = {}
    for url, kind in _addresses(visit, article, site, declared):
        kinds.setdefault(url, kind)
    addresses = tuple(Address(url, sites.address_key(url), kind) for url, kind in kinds.items())
    own, led = _own(declared, fetch.url, site), _led(visit, sites)
    if addresses[0].key in led:  # the claimed address was asked for, and led here
        own.append(addresses[0].key)
    keys = [(address.key, _slug(address.url, site, sites)) for address in addresses]
    slugs = {slug: None for key, slug in keys if slug and (key in own or key in led)}
    claimed = [claim for key, slug in keys if key not in own and key not in led for claim in (key, slug)]
    claims = dict.fromkeys((*claimed, site.main_key(fetch.url)))
    return Record(
        visit=visit,
        article=article,
        addresses=addresses,
        identity=tuple(sorted(dict.fromkeys(own), key=lambda key: not key.startswith(f"{site.name}:"))),
        led=tuple(key for key in led if key not in own),
        claims=tuple(key for key in claims if key and key not in own and key not in led and key not in slugs),
        slugs=tuple(slugs),
        link_keys=_link_keys(visit, article, site, sites),
        is_form=site.is_known_form(fetch.url),
    )


def _link_keys(visit: Visit, article: Article, site: Site, sites: Sites) -> Mapping[str, str]:
    """Return the keys of all links, by address. Who measured the page may not know what the archive has learned."""
    known = visit.measures.link_keys if visit.measures and not site.idle_params else {}
    return {link.href: known.get(link.href) or sites.address_key(link.href) for link in article.links}


def _declared(article: Article, url: str, site: Site) -> str | None:
    """Return the address that the page claims for its own, cleaned; None where it claims none that can be believed."""
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
    """Yield every address that led to the article with its kind, the canonical one first."""
    fetch = visit.fetch
    yield declared or site.main_address(fetch.url), "canonical"
    yield fetch.requested, "requested"
    yield visit.candidate.url, "requested"
    for url in fetch.redirects:
        yield url, "redirected"
    yield fetch.url, "final"
    for url in visit.pages:
        yield url, "page"
    for kind, url in article.alternates:
        if is_plausible(url, fetch.url, site):
            yield site.clean(url), kind


def _slug(url: str, site: Site, sites: Sites) -> str | None:
    return site.slug_key(url) if sites.for_url(url).name == site.name else None


# Whether to believe what a page says of its own address. Pure.
#
# A wrong address that is believed joins two articles; one that is not believed costs a second row at most.


def is_plausible(canonical: str, url: str, site: Site) -> bool:
    """Return whether a page's claim about its own address can be true: of the same site, an article's, not another's.

    A claim that lacks the number which the fetched address has, or has a different one, names another page; so does
    one for the section in which the fetched address lies, or for a script without the article that it is to show.
    """
    try:
        if not site.is_article(canonical):
            return False
        claimed, fetched = site.address_key(canonical), site.address_key(url)
        if claimed == fetched or site.main_key(url) == claimed:
            return True
        if fetched.startswith(f"{site.name}:"):
            return False
        return not _is_section(site.clean(canonical), site.clean(url))
    except ValueError:
        return False


def is_confirmed(canonical: str, url: str, site: Site) -> bool:
    """Return whether a second sign bears out a plausible claim.

    It is the page of which the address asks for another form; or the address has the same slug, and lacks only the
    number.
    """
    slug = site.slug_key(url)
    return site.main_key(url) == site.address_key(canonical) or (slug is not None and slug == site.slug_key(canonical))


def _is_section(claimed: str, fetched: str) -> bool:
    there, here = urlsplit(claimed), urlsplit(fetched)
    above, below = _segments(there.path), _segments(here.path)
    if above == below:
        return _selects_less(there, here)
    if not there.query and above == below[: len(above)]:
        return True
    return not there.query and _is_wordy(above) and not _is_wordy(below)


def _selects_less(there: SplitResult, here: SplitResult) -> bool:
    """Return whether a claim for the same path lacks what chooses the article: a selecting parameter, or any."""
    if here.fragment and not there.fragment:
        return True
    if not here.query or _selects(there.query):
        return False
    stems = [segment.partition(".")[0] for segment in _segments(here.path)]
    return _selects(here.query) or (not there.query and _is_wordy(stems))


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _is_wordy(segments: list[str]) -> bool:
    """Return whether an address is made of single words, as a section's is: no number, no words joined."""
    return all(_PLAIN_WORD.fullmatch(segment) for segment in segments)


def _selects(query: str) -> bool:
    return any(_SELECTING.fullmatch(name) for name, _ in parse_qsl(query, keep_blank_values=True))
