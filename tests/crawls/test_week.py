"""After a week of trouble nothing is lost, nothing was edited by a wall, and each trouble is told once."""

import pytest

from tests.crawling import Crawl
from tests.week import ARTICLES, CALENDAR, ON_TRIAL, TROUBLE, WITHDRAWN, walked

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """What the archive holds at the end, and how many requests of each crawl were refused."""
    folder = tmp_path_factory.mktemp("week")
    refused = walked(folder)
    return Crawl(0, "", folder / "news.db"), refused


def test_every_article_is_one_row_with_its_own_text(week):
    crawl, _ = week
    rows = crawl.rows("select url, title, text, wall from articles join article_facts on article_id = id order by id")
    assert len(rows) == len(ARTICLES)
    for url, title, text, wall in rows:
        name = url.rpartition("/")[2]
        assert title == (f"Another headline for {name}" if name == ON_TRIAL else f"What becomes of {name}")
        assert text.startswith(f"The {name} goes back to the harbour")
        assert wall is None
    assert crawl.rows("select * from merges") == []


def test_the_headline_on_trial_is_the_one_edit_and_each_withdrawal_is_told(week):
    crawl, _ = week
    told = crawl.rows(
        "select e.kind, substr(a.url, -7) from alerts l join events e on e.id = l.event_id"
        " join articles a on a.id = e.article_id order by 1, 2"
    )
    assert told == [("edited", ON_TRIAL[-7:]), *(("gone", name[-7:]) for name in sorted(WITHDRAWN))]
    assert crawl.rows("select kind, count(*) from events group by 1") == [
        ("edited", 1),
        ("gone", len(WITHDRAWN)),
        ("new", len(ARTICLES)),
    ]
    assert crawl.one("select count(*) from articles where status = 'gone' and gone_reason like 'text withdrawn%'") == 6
    assert "13 articles were there already" in crawl.one("select message from alerts where event_id is null")


def test_each_trouble_is_one_finding_that_ends(week):
    crawl, _ = week
    found = crawl.rows("select kind, ended_at is not null from findings order by id")
    assert found == [("addresses blocked", 1), ("listing failed", 1)]


def test_a_host_that_refuses_is_asked_three_times_at_most(week):
    _, refused = week
    hours = [round((at - CALENDAR[0]).total_seconds() / 3600) for at in CALENDAR]
    begin, end = TROUBLE["429"]
    assert all(count == 0 for hour, count in zip(hours, refused, strict=True) if not begin <= hour < end)
    assert 1 <= max(refused) <= 3
