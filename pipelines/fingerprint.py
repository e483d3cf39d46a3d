"""By what is an article known, compared and found? Worked out of it alone: where it was read, or else here."""

from __future__ import annotations

from dataclasses import replace

from crawler.article import Article, Measures, Visit
from crawler.site import Site
from pipelines.archive.words import words_of
from pipelines.copies import boilerplate, lsh, skeletons
from pipelines.copies.shingles import content_hash, words
from pipelines.record import UNMEASURED, Record


class Fingerprint:
    """The third stage."""

    def process_item(self, item: Visit | Record) -> Visit | Record:
        """Return the record with its measures; a visit without an article as it is."""
        return fingerprinted(item) if isinstance(item, Record) else item


def fingerprinted(record: Record) -> Record:
    """Return the record with its measures: those that came with the visit, else taken now. Pure."""
    if record.measures != UNMEASURED:
        return record
    visit = record.visit
    return replace(record, measures=visit.measures or measure(record.article), visit=replace(visit, measures=None))


def measure_page(article: Article, url: str, site: Site) -> Measures:
    """Return the measures of an article that was just read from this address of its site, for whoever stores it."""
    return replace(measure(article), link_keys=site.own_keys(url, (link.href for link in article.links)))


def measure(article: Article) -> Measures:
    """Return the measures of an article. Pure."""
    text = article.text
    return Measures(
        content_hash=content_hash(text),
        bands=lsh.bands(words(text)),
        marks=boilerplate.learnable(article),
        sentences=tuple(skeletons.sentences(text)),
        words=frozenset(words_of((article.title, article.standfirst, text))),
    )
