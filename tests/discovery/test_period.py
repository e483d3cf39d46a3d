from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.article import Candidate, Source
from crawler.discovery.listing import Nested
from crawler.discovery.period import _ARTICLE, _SITEMAP, Period, span_of

DECEMBER = Period(date(2024, 12, 1), date(2024, 12, 31), ZoneInfo("Europe/Moscow"))
HOST = "https://herald.example"


def candidate(path="/x", at=None):
    return Candidate(HOST + path, Source.SITEMAP, hinted_at=at)


DAY = (date(2024, 12, 9), date(2024, 12, 9))
MONTH = (date(2024, 12, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("path", "article", "sitemap"),
    [
        ("/2024/12/09/slug-a1", DAY, DAY),
        ("/2024-12-09-slug", DAY, DAY),
        ("/2024/12/slug", MONTH, MONTH),
        ("/sitemap/2024-12.xml", None, MONTH),
        ("/sitemap-2024.xml", None, (date(2024, 1, 1), date(2024, 12, 31))),
        ("/news_20241209.xml", None, DAY),
        ("/2024/02/30/slug", None, None),
        ("/story/3000000218734/slug", None, None),
        ("/article245055596/x.html", None, None),
        ("/what-happened-in-2019", None, (date(2019, 1, 1), date(2019, 12, 31))),
        ("/about", None, None),
    ],
)
def test_the_days_that_an_address_names(path, article, sitemap):
    assert span_of(HOST + path, _ARTICLE) == article
    assert span_of(HOST + path, _SITEMAP) == sitemap


def test_the_host_names_no_day():
    assert span_of("https://news2024.example/about", _SITEMAP) is None


@pytest.mark.parametrize(
    ("nested", "can"),
    [
        (Nested(f"{HOST}/2024-12.xml"), True),
        (Nested(f"{HOST}/2024-11.xml"), False),
        (Nested(f"{HOST}/2024.xml"), True),
        (Nested(f"{HOST}/sitemap-7.xml"), True),
        (Nested(f"{HOST}/sitemap-7.xml", datetime(2024, 11, 2, tzinfo=UTC)), True),  # dates of files order them
        (Nested(f"{HOST}/map.xml?yyyy=2024&mm=12&dd=9"), True),
        (Nested(f"{HOST}/map.xml?year=2024&month=11"), False),
        (Nested(f"{HOST}/map.xml?yyyy=2024&mm=99"), True),
    ],
)
def test_only_sitemaps_that_can_hold_the_period_are_read(nested, can):
    assert DECEMBER.may_be_listed_in(nested) is can


@pytest.mark.parametrize(
    ("one", "can"),
    [
        (candidate("/2024/12/09/slug"), True),
        (candidate("/2024/11/30/slug"), True),  # may have appeared after midnight
        (candidate("/2024/11/29/slug"), False),
        (candidate("/2025/01/02/slug"), False),
        (candidate("/slug"), True),
        (candidate("/slug", datetime(2024, 12, 31, 22, tzinfo=UTC)), False),  # January where the site is
        (candidate("/slug", datetime(2024, 12, 31, 20, tzinfo=UTC)), True),
    ],
)
def test_only_articles_that_can_lie_in_the_period_are_asked_for(one, can):
    assert DECEMBER.may_hold(one) is can


def test_a_walk_back_is_over_when_a_whole_page_lies_before_the_period():
    old, new, unknown = candidate("/2024/10/01/a"), candidate("/2024/12/01/b"), candidate("/c")
    assert DECEMBER.is_over((old, old, unknown))
    assert not DECEMBER.is_over((old, new))
    assert not DECEMBER.is_over((unknown,))
    assert not DECEMBER.is_over(())
