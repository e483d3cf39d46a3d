"""What is concluded from a whole site: looked at in this process, without a network."""

import asyncio
import dataclasses
from datetime import date

import pytest

from crawler.probing.explore import Explorer
from crawler.probing.front_page import read_front_page
from crawler.probing.listings import Sort, SurveyedListing
from crawler.probing.profile import is_name, name_for, profile_toml, report, why_unusable
from crawler.probing.survey import ProbeError, Robots, Survey, conclude
from crawler.profiles import load_profiles
from demo.clock import PRESENT
from tests.material.gazette.paper import Gazette
from tests.probing.papers import Bulletin, Closed, Direct, Overview, Shop

ORIGIN = "http://news.example.at"
DAY = date(2025, 1, 20)


def look(paper, requests=40):
    return asyncio.run(Explorer(Direct(paper, ORIGIN, requests), "Vestnik", PRESENT).survey(f"{ORIGIN}/"))


def written(findings, folder):
    """The site that the profile makes when it is read back."""
    (folder / f"{findings.site.name}.toml").write_text(profile_toml(findings, DAY), "utf-8")
    profiles = load_profiles(folder)
    assert dict(profiles.broken) == {}
    return profiles.sites.by_name[findings.site.name]


@pytest.mark.parametrize("paper", [Gazette(), Bulletin()], ids=["gazette", "bulletin"])
def test_the_written_profile_reads_back_as_what_was_concluded(paper, tmp_path):
    findings = conclude("bote", look(paper))
    assert findings.usable
    assert written(findings, tmp_path) == findings.site


def test_each_key_of_a_profile_says_where_it_is_from():
    text = profile_toml(conclude("bote", look(Gazette())), DAY)
    for line in text.splitlines():
        key = line.partition(" = ")[0]
        if key in ("title", "hosts", "timezone", "language", "content_params", "paging"):
            assert "  # " in line, line
    assert "# 20 addresses such as /chronik/brand-in-alter-kaserne-rasch-geloescht-2480954\npattern" in text
    assert "robots.txt names it; 100% of its 20 addresses are articles" in text
    assert "hold comments: http://news.example.at/postings/feed" in text


def test_an_old_site_of_numbered_pages_is_found_through_its_sections(tmp_path):
    findings = conclude("bulletin", look(Bulletin()))
    site = written(findings, tmp_path)
    assert [pattern.regex for pattern in findings.patterns] == [r"/view\.php\?id=(?P<id>\d+)$"]
    assert site.address_key(f"{ORIGIN}/view.php?id=5003&from=front") == "bulletin:5003"
    assert not site.is_article(f"{ORIGIN}/town/?seite=2")
    assert [section.paging for section in site.sections] == [
        f"{ORIGIN}/town/?seite={{offset}}",
        f"{ORIGIN}/county/?seite={{offset}}",
    ]
    said = "\n".join(report(findings))
    assert "no feed and no news sitemap" in said
    assert "no sitemap of all articles" in said
    assert "no sure time zone: Europe/Vienna, since no time is stated with its zone; this is AT's" in said


def test_feeds_are_found_on_a_page_that_lists_them():
    findings = conclude("bulletin", look(Overview()))
    assert findings.site.feeds == (f"{ORIGIN}/feeds/town.xml",)
    assert "no feed" not in "\n".join(report(findings))


def test_further_pages_that_are_the_first_again_are_not_written():
    findings = conclude("bulletin", look(Overview()))
    assert [section.paging for section in findings.site.sections] == [None, None]
    assert "no further pages of sections" in "\n".join(report(findings))


def test_the_pace_that_robots_txt_asks_for_is_the_profiles(tmp_path):
    assert written(conclude("bulletin", look(Overview())), tmp_path).delay == 2.5


def test_a_site_without_articles_makes_no_profile_and_says_why():
    findings = conclude("shop", look(Shop()))
    assert not findings.usable
    assert "none has a title and a text" in why_unusable(findings)


def test_a_site_without_a_front_page_is_a_probe_error():
    with pytest.raises(ProbeError, match="could not be read: no request is left"):
        look(Closed(), requests=0)


@pytest.mark.parametrize("requests", [3, 12, 25])
def test_few_requests_give_less_and_never_an_error(requests):
    survey = look(Gazette(), requests)
    assert len(survey.articles) <= requests
    assert conclude("bote", survey).site.home == f"{ORIGIN}/"


def test_what_a_page_says_stays_a_string_and_a_comment(tmp_path):
    evil = "Bote\n\"\n[[sections]]\nurl = '''x\u2028\x85name = 'y"
    front = dataclasses.replace(read_front_page(b"<html lang=de-AT>", f"{ORIGIN}/", None), title=evil)
    entries = tuple(f"{ORIGIN}/a'%22%0A%7Fb/words-of-{n}-{n + 70_000}" for n in range(8))
    feed = SurveyedListing(f"{ORIGIN}/feed'%0A", Sort.FEED, entries)
    site = written(conclude("bote", Survey(Robots(delay=0.5), front, (feed,))), tmp_path)
    assert "[[sections]]" in site.title
    assert (site.name, site.sections, site.delay) == ("bote", (), 0.5)
    assert site.address_key(f"{ORIGIN}/a'%22%0A%7Fb/other-words-70100") == "bote:70100"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.com/", "example"),
        ("https://news.example.co.uk/", "news_example_co"),
        ("https://24-stunden.example/", "site_24_stunden"),
        ("http://127.0.0.1:8000/", "site_127_0_0_1"),
        ("http://intranet/", "intranet"),
        ("https://urls.org/", "site_urls"),
    ],
)
def test_a_site_is_called_after_its_host(url, name):
    assert name_for(url) == name
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "urls", "warc", "A", "1a", "a-b", "../a", "a\n"])
def test_what_is_no_name_of_a_site(name):
    assert not is_name(name)
