"""The forms of listings, one row each: how one is read, and when it is asked for.

A profile names feeds, sitemaps and sections by keys of their own, and any form in ``[[listings]]``. Whoever adds a form
writes a parser, from body and address to a :class:`~crawler.discovery.listing.Listing`, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crawler.discovery.feeds import parse_feed
from crawler.discovery.listing import Listing
from crawler.discovery.sections import parse_section
from crawler.discovery.sitemaps import parse_sitemap
from crawler.site import Site


@dataclass(frozen=True, slots=True)
class Form:
    """A form of listing.

    ``parse`` takes body and address; ``parse_site``, in its place, also the site and the charset that the server
    declared. Both raise ListingError with a sentence. ``is_past``: asked for in a backfill, not in an ordinary crawl.
    ``is_steady``: its length tells whether it is whole, since it does not grow and shrink with the days it covers.
    ``is_quick``: a small one is read at once, for starting a worker would cost far more.
    """

    name: str
    description: str
    parse: Callable[[bytes, str], Listing] | None = None
    parse_site: Callable[[bytes, str, Site, str | None], Listing] | None = None
    is_past: bool = False
    is_steady: bool = False
    is_quick: bool = False

    @property
    def names_articles(self) -> bool:
        """Whether a site names new articles by it one by one, so that hosts and patterns of the profile must fit them.

        The candidates of such a form have a source that is in :data:`~crawler.article.NAMING`.
        """
        return self.parse is not None and not self.is_past


FEED = Form("feed", "RSS or Atom", parse_feed, is_steady=True)
NEWS_SITEMAP = Form("news_sitemap", "a news sitemap, or an index of them", parse_sitemap, is_quick=True)
SITEMAP = Form(
    "sitemap", "a sitemap of all articles, or an index of them: for a backfill", parse_sitemap, is_past=True,
    is_quick=True,
)  # fmt: skip
SECTION = Form("section", "an HTML page that links to articles", parse_site=parse_section, is_steady=True)
FORMS: Mapping[str, Form] = MappingProxyType({form.name: form for form in (FEED, NEWS_SITEMAP, SITEMAP, SECTION)})


def read(form: str, body: bytes, url: str, site: Site, charset: str | None) -> Listing:
    """Return what a listing of this form names. Raises ListingError where the body is none."""
    found = FORMS[form]
    if found.parse_site:
        return found.parse_site(body, url, site, charset)
    if found.parse:
        return found.parse(body, url)
    raise TypeError(f"the form {form!r} has no parser")
