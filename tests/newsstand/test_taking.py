"""A list of papers is taken over: new papers get profiles, a newer list changes what nobody has edited."""

import json

import pytest
import tomlkit

from crawler.newsstand.shelf import read_index
from crawler.newsstand.taking import take
from crawler.profiles import load_profiles

HARBOUR = {
    "name": "Harbour News",
    "id": "HarbourNews",
    "country": "uk",
    "home": "https://www.harbour-news.co.uk",
    "languages": ["en", "cy"],
    "feeds": ["https://www.harbour-news.co.uk/rss", "https://www.harbour-news.co.uk/rss"],
    "news_sitemaps": ["https://www.harbour-news.co.uk/news.xml", "https://www.harbour-news.co.uk/day?date=2026-08-01"],
    "sitemaps": [],
    "articles": ["https://www.harbour-news.co.uk/town/the-ferry-turns-back-1234567?ref=rss"],
}


def taken(folder, *papers):
    return list(take(map(json.dumps, papers), folder, "August 2026"))


@pytest.fixture
def folder(tmp_path):
    assert taken(tmp_path, HARBOUR) == ["harbour_news_co: new"]
    return tmp_path


def file(folder):
    return folder / "harbour_news_co.toml"


def site(folder):
    return load_profiles(folder).sites.by_name["harbour_news_co"]


def edit(folder, old, new):
    text = file(folder).read_text("utf-8")
    assert old in text
    file(folder).write_text(text.replace(old, new), "utf-8")


def test_a_new_paper_gets_a_profile_that_says_as_of_when_it_is(folder):
    harbour = site(folder)
    assert "as known in August 2026; its listings were not tried" in file(folder).read_text("utf-8")
    assert (harbour.country, harbour.timezone) == ("gb", "Europe/London")
    assert (harbour.language, harbour.languages) == ("en", ("en", "cy"))
    assert harbour.feeds == ("https://www.harbour-news.co.uk/rss",)
    assert harbour.news_sitemaps == ("https://www.harbour-news.co.uk/news.xml",), "one of a single day is left out"
    assert harbour.is_article("https://www.harbour-news.co.uk/town/another-ferry-1234599")
    assert not harbour.is_article("https://www.harbour-news.co.uk/town")
    paper = read_index(folder)["harbour_news_co"]
    assert (paper.title, paper.listed, paper.hosts) == ("Harbour News", "HarbourNews", ("www.harbour-news.co.uk",))


def test_the_same_list_again_changes_nothing(folder):
    before = file(folder).read_text("utf-8"), (folder / "index.json").read_text("utf-8")
    assert taken(folder, HARBOUR) == []
    assert (file(folder).read_text("utf-8"), (folder / "index.json").read_text("utf-8")) == before


def test_a_newer_list_changes_what_nobody_has_edited_and_keeps_edits_patterns_and_comments(folder):
    edit(folder, 'title = "Harbour News"', 'title = "The Harbour News"  # as its masthead has it')
    edit(folder, "pattern = '", "# looked through\npattern = '")
    newer = HARBOUR | {"name": "Harbour", "feeds": ["https://feeds.harbour-news.co.uk/all"], "news_sitemaps": []}
    changes = taken(folder, newer)
    assert sorted(changes) == [
        "harbour_news_co: feeds: new in the list",
        "harbour_news_co: news_sitemaps: gone from the list",
        "harbour_news_co: title was edited by hand and stays; the list has 'Harbour'",
    ]
    text = file(folder).read_text("utf-8")
    assert 'title = "The Harbour News"  # as its masthead has it' in text
    assert "# looked through" in text
    assert site(folder).feeds == ("https://feeds.harbour-news.co.uk/all",)
    assert site(folder).news_sitemaps == ()
    assert taken(folder, newer) == []


def test_what_was_deleted_by_hand_does_not_come_back_and_a_new_key_stands_before_the_tables(folder):
    edit(folder, 'feeds = ["https://www.harbour-news.co.uk/rss"]\n', "")
    newer = HARBOUR | {"sitemaps": [f"https://www.harbour-news.co.uk/{year}.xml" for year in range(2000, 2026)]}
    assert taken(folder, newer) == ["harbour_news_co: sitemaps: new in the list"]
    assert site(folder).feeds == ()
    assert len(site(folder).sitemaps) == 26
    assert "articles" in tomlkit.parse(file(folder).read_text("utf-8"))


def test_a_paper_that_left_the_list_stays(folder):
    ferry = HARBOUR | {"id": "Ferry", "home": "https://ferry.example/", "articles": []}
    assert taken(folder, ferry) == ["ferry: new", "harbour_news_co: not in this list; its profile stays"]
    assert set(load_profiles(folder).own) == {"ferry", "harbour_news_co"}


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        ({"id": "x"}, "line 1: not a paper: Object missing required field `name`"),
        (HARBOUR | {"home": "harbour"}, "line 1: not a paper: not a web address"),
        (HARBOUR | {"id": "Another"}, "line 1: Another would be called 'harbour_news_co', and "),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(folder, paper, told):
    with pytest.raises(ValueError, match=r"line 1: ") as raised:
        taken(folder, paper)
    assert told in str(raised.value)
