"""Going back through a paper's past: the listings that can hold the period, and the articles of it."""

import re
import signal
from datetime import date, timedelta

import pytest

from demo.clock import PRESENT, local
from tests.big_paper import big_paper_server, pieces, settings_for
from tests.crawling import Running, crawl, path_of

ARTICLES = 150
SINCE, UNTIL = date(2024, 12, 23), date(2024, 12, 28)
PERIOD = {"since": str(SINCE), "until": str(UNTIL)}
DAY = timedelta(days=1)
ALONE = {"RELATED_DEPTH": 0}


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    with big_paper_server(ARTICLES) as server:
        yield server, settings_for(server, tmp_path_factory.mktemp("paper"))


def published(since, until):
    """The days of the paper's articles from one day to another, as a reader counts them."""
    days = (local(piece.history[0][0]).date() for piece in pieces(ARTICLES))
    return sorted(day for day in days if since <= day <= until)


def stored(done):
    return sorted(date.fromisoformat(path_of(url)[1:11].replace("/", "-")) for (url,) in done.rows(URLS))


URLS = "select url from articles"


def test_a_backfill_stores_every_article_of_the_period_and_none_that_is_a_day_away(paper, tmp_path):
    server, settings = paper
    before = len(server.requests)
    done = crawl("demo", tmp_path / "news.db", PERIOD, **settings | ALONE)
    assert done.status == 0, done.said
    # An address may bear the day before the one of publication: its neighbours are read to find out.
    assert stored(done) == published(SINCE - DAY, UNTIL + DAY)
    assert done.rows("select mode, outcome from crawls") == [("backfill", "done")]
    asked = [path for path, _ in list(server.requests)[before:]]
    assert [path for path in asked if "sitemap" in path] == [
        "/static/sitemap/sitemap.xml",
        "/static/sitemap/2024-12.xml",
    ]
    assert not [path for path in asked if path.startswith(("/rss/", "/newsmap"))]


def test_a_period_over_the_turn_of_the_year_takes_both_months(paper, tmp_path):
    server, settings = paper
    before = len(server.requests)
    done = crawl("demo", tmp_path / "news.db", {"since": "2024-12-30", "until": "2025-01-02"}, **settings | ALONE)
    assert stored(done) == published(date(2024, 12, 29), date(2025, 1, 3))
    asked = [path for path, _ in list(server.requests)[before:]]
    assert sorted(path[-11:] for path in asked if re.search(r"\d\.xml$", path)) == ["2024-12.xml", "2025-01.xml"]


def test_a_walk_through_a_section_stops_behind_the_period_though_every_page_names_the_newest(paper, tmp_path):
    server, settings = paper
    before = len(server.requests)
    since = (PRESENT - 7 * DAY).date()
    crawl("demo", tmp_path / "news.db", {"since": str(since)}, **settings | ALONE)
    offsets = [int(path[6:]) for path, _ in list(server.requests)[before:] if re.fullmatch(r"/news/\d+", path)]
    issue = server.paper.issue()
    recent = sum(one.day >= since - DAY for one in issue.listed("news"))
    assert offsets == list(range(18, recent + 18 + 18, 18))[: len(offsets)]
    assert recent <= max(offsets) <= recent + 36 < len(issue.listed("news"))


def test_a_backfill_that_was_killed_goes_on_where_it_was(paper, tmp_path):
    server, settings = paper
    with Running("demo", tmp_path / "news.db", PERIOD, **settings | ALONE) as running:
        running.until_stored(10)
        assert running.kill().status == -signal.SIGKILL
    before, known = len(server.requests), running.stored()
    done = crawl("demo", tmp_path / "news.db", PERIOD, **settings | ALONE)
    assert done.status == 0, done.said
    assert stored(done) == published(SINCE - DAY, UNTIL + DAY)
    assert done.rows("select mode, outcome from crawls") == [("backfill", "killed"), ("backfill", "done")]
    again = [path for path, _ in list(server.requests)[before:] if re.search(r"-a\d+$", path)]
    assert len(again) == len(set(again)) == len(stored(done)) - known


def test_a_backfill_runs_beside_a_crawl_of_the_same_site_and_both_complete(paper, tmp_path):
    _, settings = paper
    slow = settings | {"SECTION_PAGES": 1, **ALONE}
    with Running("demo", tmp_path / "news.db", None, **slow) as news:
        news.until_stored(1)
        past = crawl("demo", tmp_path / "news.db", PERIOD, **settings | ALONE)
        done = news.end()
    assert (past.status, done.status) == (0, 0), past.said + done.said
    assert set(published(SINCE, UNTIL)) | set(published(PRESENT.date(), PRESENT.date())) <= set(stored(done))
    assert done.one("select count(*) from candidates where outcome = 'waiting'") == 0
    assert done.one("select count(*) from events where kind = 'new'") == len(stored(done))
