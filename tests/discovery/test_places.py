from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from crawler.discovery.forms import FEED, NEWS_SITEMAP, SECTION, SITEMAP
from crawler.discovery.listing import Nested
from crawler.discovery.period import Period
from crawler.discovery.places import Place, below, next_page, passed_over, places_of_news, places_of_past
from crawler.site import Section, Site

HOME = "https://herald.example/"
PAGED = Section(HOME + "news", HOME + "news/{offset}", 18, 18)
SITE = Site(
    name="herald",
    title="Herald",
    hosts=("herald.example",),
    home=HOME,
    feeds=(HOME + "rss",),
    news_sitemaps=(HOME + "newsmap.xml",),
    sitemaps=(HOME + "sitemap.xml",),
    sections=(PAGED, Section(HOME + "videos")),
)


def test_news_is_looked_for_in_feeds_news_sitemaps_the_front_page_and_sections():
    assert [(one.url.removeprefix(HOME), one.form) for one in places_of_news(SITE)] == [
        ("rss", FEED),
        ("newsmap.xml", NEWS_SITEMAP),
        ("", SECTION),
        ("news", SECTION),
        ("videos", SECTION),
    ]


def test_the_past_is_looked_for_in_sitemaps_and_sections_that_page():
    assert [one.url.removeprefix(HOME) for one in places_of_past(SITE)] == ["sitemap.xml", "news"]


def test_the_pages_of_a_section_follow_its_offsets():
    place: Place | None = Place(PAGED.url, SECTION, section=PAGED)
    seen = []
    for _ in range(3):
        assert place is not None
        place = next_page(place)
        assert place is not None
        seen.append(place.url.removeprefix(HOME))
    assert seen == ["news/18", "news/36", "news/54"]
    assert next_page(Place(HOME + "videos", SECTION, section=Section(HOME + "videos"))) is None
    assert next_page(Place(HOME + "rss", FEED)) is None


def test_an_index_leads_to_its_newest_files_first_and_only_to_those_of_the_period():
    index = Place(HOME + "sitemap.xml", SITEMAP)
    months = tuple(Nested(f"{HOME}2024-{month:02}.xml") for month in (10, 12, 11))
    assert [one.url[-11:] for one in below(index, months, None)] == ["2024-12.xml", "2024-11.xml", "2024-10.xml"]
    november = Period(date(2024, 11, 5), date(2024, 11, 6), ZoneInfo("UTC"))
    (one,) = below(index, months, november)
    assert (one.url, one.level, one.form) == (f"{HOME}2024-11.xml", 1, SITEMAP)


def test_files_that_an_index_dates_are_ordered_by_their_dates():
    index = Place(HOME + "sitemap.xml", SITEMAP)
    files = tuple(Nested(f"{HOME}{n}.xml", datetime(2024, n, 1, tzinfo=UTC)) for n in (3, 1, 2))
    assert [one.url[-5:] for one in below(index, files, None)] == ["3.xml", "2.xml", "1.xml"]


def test_indexes_that_name_each_other_come_to_an_end():
    place = Place(HOME + "a.xml", SITEMAP)
    for _ in range(10):
        found = list(below(place, (Nested(HOME + "a.xml"),), None))
        if not found:
            break
        place = found[0]
    assert place.level == 3


def dated(*days: tuple[int, int]):
    return tuple(Nested(f"{HOME}{n}.xml", datetime(2024, day[0], day[1], tzinfo=UTC)) for n, day in enumerate(days))


NOVEMBER = Period(date(2024, 11, 1), date(2024, 11, 30), ZoneInfo("UTC"))


def test_dates_of_files_leave_out_none_unless_the_index_bears_them_out():
    index = Place(HOME + "sitemap.xml", SITEMAP)
    template = dated((2, 3), (2, 3), (2, 3))
    assert len(list(below(index, template, NOVEMBER))) == 3
    assert passed_over(template, NOVEMBER) == ()
    stale = dated((2, 3), (3, 3), (4, 3))
    assert len(list(below(index, stale, NOVEMBER))) == 3, "no file is dated within the period: then none may be trusted"
    lively = dated((2, 3), (10, 30), (11, 9), (9, 30))
    assert [one.url for one in below(index, lively, NOVEMBER)] == [HOME + "2.xml", HOME + "1.xml"]
    assert [one.url for one in passed_over(lively, NOVEMBER)] == [HOME + "0.xml", HOME + "3.xml"]
    assert passed_over(lively, None) == ()
