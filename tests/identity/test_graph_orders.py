"""The related graph of the demo paper is the paper's own, in both directions, in whatever order it was crawled."""

import random
from urllib.parse import urljoin

import pytest

from crawler.article import Candidate, Fetch, Outcome, Source, Visit
from crawler.extraction.tasks import extract_page
from crawler.profiles import load_profiles
from demo.clock import PRESENT
from demo.paper import Paper
from demo.truth import truth
from pipelines.archive import coverage
from pipelines.canonicalise import canonicalise
from pipelines.fingerprint import fingerprinted
from pipelines.store import store
from pipelines.validate import validate
from tests.crawling import ROOT
from tests.make import fresh_archive

GRAPH = """
    select a.address_key, l.direction, o.address_key, l.position from linked_articles l
    join articles a on a.id = l.article_id join articles o on o.id = l.other_id where l.kind = 'related'
"""


class Reader:
    """Fetches, reads and stores as a crawl does, each page of the paper read but once for all orders."""

    def __init__(self):
        self.paper = Paper()
        self.sites = load_profiles(ROOT / "demo" / "sites").sites
        self.read = {}

    def visit(self, url):
        """What a crawl of this address gives, its redirects followed."""
        if url not in self.read:
            path, passed = url, []
            while 300 <= (reply := self.paper.respond(path.removeprefix(self.paper.origin))).status < 400:
                passed.append(path)
                path = urljoin(path, reply.headers["Location"])
            fetch = Fetch(url, path, PRESENT, reply.status, tuple(passed))
            found = None
            if reply.status == 200:
                found = extract_page(reply.body, path, self.sites.for_url(path), PRESENT, "utf-8")
            outcome = Outcome.STORED if found else Outcome.GONE
            self.read[url] = validate(Visit(Candidate(url, Source.LIST), fetch, outcome, article=found), self.sites)
        return self.read[url]

    def store(self, db, url):
        """Store what the address gives, if that is an article."""
        visit = self.visit(url)
        if visit.article is not None:
            record = fingerprinted(canonicalise(visit, visit.article, self.sites))
            store(db, record, self.sites.for_url(visit.fetch.url), None)

    def crawled(self, order):
        """The graph after a crawl in this order, and of what was wanted then."""
        db = fresh_archive()
        for url in order:
            self.store(db, url)
        for candidate, _ in coverage.named(db):
            self.store(db, candidate.url)
        return {tuple(row) for row in db.execute(GRAPH)}

    def told(self):
        """The graph as the paper itself knows it."""
        site = self.sites.by_name["demo"]
        articles = truth(self.paper)
        keys = {number: site.address_key(one.url) for number, one in articles.items()}
        boxes = [(keys[n], keys[to], at) for n, one in articles.items() for at, to in one.related if to in keys]
        return {(a, "to", b, at) for a, b, at in boxes} | {(b, "from", a, at) for a, b, at in boxes}


@pytest.fixture(scope="module")
def reader():
    return Reader()


def shuffled(reader, seed):
    urls = sorted(one.url for one in truth(reader.paper).values())
    random.Random(seed).shuffle(urls)  # noqa: S311  # an order, no secret
    return urls


def assert_orders_agree(reader, seeds):
    told = reader.told()
    assert len(told) > 50
    for seed in seeds:
        found = reader.crawled(shuffled(reader, seed))
        assert (found - told, told - found) == (set(), set()), seed


def test_the_related_graph_is_the_papers_in_both_directions_in_three_orders(reader):
    assert_orders_agree(reader, range(3))


def test_articles_that_were_not_listed_join_the_graph_when_they_are_wanted(reader):
    """Every article that a box names is left out at first: only its box leads to it."""
    articles = truth(reader.paper)
    named = {articles[to].url for one in articles.values() for _, to in one.related if to in articles}
    order = [url for url in shuffled(reader, 3) if url not in named]
    found, told = reader.crawled(order), reader.told()
    missing = {edge for edge in told - found if edge[1] == "to"}
    kept = {reader.sites.address_key(url) for url in order}
    assert found <= told
    assert {edge[0] for edge in missing}.isdisjoint(kept)


@pytest.mark.soak
def test_the_related_graph_is_the_papers_in_twenty_orders(reader):
    assert_orders_agree(reader, range(100, 120))
