"""An article ready to be stored: what the page said, and which article that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.article import Article, Measures, Visit

PAGE, LISTING = "page", "listing"
"""Whose a time of publication is, as ``article_facts.date_basis`` has it: the page's; or that of a feed or a news
sitemap, where the page gives none. The second is the source of it in ``provenance`` too.
"""


UNMEASURED = Measures()


@dataclass(frozen=True, slots=True)
class Address:
    """An address that led to the article: ``requested``, ``redirected``, ``final``, ``canonical``, ``amp`` …"""

    url: str
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Record:
    """One article with its identity.

    ``addresses`` starts with the canonical one. ``identity`` holds the keys that are the article's own, its number
    first; ``led`` those of addresses that redirected to it; ``claims`` those that only the page, or the form of its
    address, says are its own; ``slugs`` those that a link without the article's number would have. ``link_keys`` are
    those of the article's links, by address. ``measures`` is empty until the article is fingerprinted. ``is_form``
    where what answered is another form of the page, such as AMP, that is known by the article's own key.
    """

    visit: Visit
    article: Article
    addresses: tuple[Address, ...]
    identity: tuple[str, ...]
    slugs: tuple[str, ...]
    link_keys: Mapping[str, str]
    led: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    measures: Measures = UNMEASURED
    is_form: bool = False

    @property
    def canonical(self) -> Address:
        """The address under which the article is kept."""
        return self.addresses[0]

    @property
    def content_hash(self) -> str:
        """The fingerprint of the text."""
        return self.measures.content_hash

    @property
    def is_by_listing(self) -> bool:
        """Whether its time of publication is a listing's."""
        return any(one.field == "published_at" and one.source == LISTING for one in self.article.provenance)

    @property
    def answered(self) -> Address:
        """The address that gave the page."""
        return next(address for address in self.addresses if address.url == self.visit.fetch.url)
