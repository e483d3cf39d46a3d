"""``scrapy crawl wanted``: what stored articles name and nobody fetched."""

import sqlite3
from contextlib import closing

import pytest

from crawler.errors import SetupError
from crawler.profiles import load_profiles
from crawler.spiders.wanted import WantedSpider
from demo.server import PaperServer
from demo.truth import CLOSED, truth
from pipelines.archive import coverage
from tests.crawling import crawl, path_of, profile_for
from tests.make import MT, fresh_archive, keep, related, visit

FERRY, MAYOR, QUAY = (f"{MT}/2024/12/09/{slug}" for slug in ("ferry-reopens-a100", "mayor-resigns-a101", "quay-a102"))


def test_what_more_articles_name_is_wanted_more_and_what_is_stored_is_not():
    db = fresh_archive()
    keep(db, visit(FERRY, links=related(MAYOR, QUAY, f"{MT}/2024/12/09/other-a103")))
    keep(db, visit(MAYOR, title="The mayor resigns", links=related(QUAY)))
    found = [(one.url, one.hinted_title, one.listing_url, many) for one, many in coverage.named(db)]
    assert found == [
        (QUAY, "Read this too", FERRY, 2),
        (f"{MT}/2024/12/09/other-a103", "Read this too", FERRY, 1),
    ]


def test_an_article_that_was_asked_for_and_is_gone_is_wanted_no_more():
    db = fresh_archive()
    keep(db, visit(FERRY, links=related(QUAY)))
    row = "insert into candidates(url, site, address_key, outcome, attempts) values (?, 'moscowtimes', ?, ?, 1)"
    db.execute(row, (QUAY, "moscowtimes:102", "blocked"))
    assert [tuple(one) for one in db.execute("select address_key, outcome from wanted_articles")] == [
        ("moscowtimes:102", "blocked")
    ]
    db.execute("update candidates set outcome = 'gone'")
    assert coverage.named(db) == []


ODD = (f"{CLOSED}a-ticket", "2024/12/09/no-such-article-a1", "news/18")
"""Boxes lead there too: to what robots.txt forbids, to nothing, to a section."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Three articles of the paper; then one of those they name, then all, then what their texts link to as well."""
    folder = tmp_path_factory.mktemp("wanted")
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, folder / "sites")
        told = truth(server.paper)
        three = [told[number] for number in (87096, 87095, 87094)]
        first = crawl("urls", folder / "news.db", {"urls": ",".join(one.url for one in three)}, SITES_DIR=sites)
        add_boxes(first.database, [f"{server.origin}/{path}" for path in ODD], load_profiles(sites).sites)
        runs, asked = [], []
        for args in ({"most": "1", "site": "demo"}, {}, {"inline": "1"}):
            server.requests.clear()
            runs.append(crawl("wanted", first.database, args, SITES_DIR=sites))
            asked.append([path for path, _ in server.requests if path != "/robots.txt"])
        return three, told, runs, asked


def add_boxes(database, urls, sites):
    with closing(sqlite3.connect(database)) as db, db:
        db.executemany(
            "insert into links(article_id, kind, position, href, address_key, nth, first_seen_at, last_seen_at)"
            " values (1, 'related', 0, ?, ?, 0, '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z')",
            [(url, sites.address_key(url)) for url in urls],
        )


def test_as_many_are_asked_for_as_are_allowed(crawled):
    _, _, runs, asked = crawled
    assert runs[0].status == 0, runs[0].said
    assert runs[0].one("select articles from crawls where id = 2") == 1
    assert len(asked[0]) <= 2, "the article, perhaps by a redirect"


def test_all_that_articles_name_is_fetched_and_linked(crawled):
    three, told, runs, _ = crawled
    sql = (
        "select a.url, t.url from links l join articles a on a.id = l.article_id join articles t on t.id = l.target_id"
    )
    found = set(runs[1].rows(f"{sql} where l.kind = 'related'"))
    assert {(one.url, told[number].url) for one in three for _, number in one.related} <= found


def test_each_wanted_address_is_settled_and_not_asked_for_again_before_it_is_due(crawled):
    _, _, runs, asked = crawled
    closed, missing, section = (f"/{path}" for path in ODD)
    settled = {path_of(url): outcome for url, outcome in runs[1].rows("select url, outcome from candidates")}
    assert (settled[closed], settled[missing]) == ("blocked", "gone")
    assert section not in settled, "no profile takes it for an article's address"
    assert missing in asked[1]
    assert {closed, missing, section}.isdisjoint(asked[2])


def test_what_texts_link_to_is_fetched_where_it_is_asked_for(crawled):
    three, told, runs, asked = crawled
    linked = {
        path_of(href) for one in three for _, href, _ in one.inline if href in {each.url for each in told.values()}
    }
    assert linked
    assert linked.isdisjoint(asked[0] + asked[1])
    assert linked <= set(asked[2])
    assert runs[2].rows("select mode, outcome from crawls where id > 1") == [("wanted", "done")] * 3


@pytest.mark.parametrize("args", [{"most": "0"}, {"most": "many"}, {"inline": "yes"}, {"depth": "2"}])
def test_an_argument_that_cannot_be_is_told(args):
    with pytest.raises(SetupError):
        WantedSpider(**args)


def test_a_site_that_cannot_be_is_told_in_a_sentence(tmp_path):
    done = crawl("wanted", tmp_path / "news.db", {"site": "moscowtims"})
    assert done.status == 1
    assert done.said.strip().splitlines()[-1].startswith("Error: no site is called 'moscowtims'; there are ")
