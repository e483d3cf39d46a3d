"""Every shipped paper: its profile is sound, takes its articles' addresses and nothing above or beside them."""

import re
import tomllib
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from crawler.addresses import without_www
from crawler.newsstand.shelf import Paper, read_index, shipped
from crawler.newsstand.taking import write_index
from crawler.profiles import load_profiles
from tests.crawling import ROOT

PROFILES = load_profiles()
SITES = PROFILES.sites
TABLE = tomllib.loads((ROOT / "tests/newsstand/addresses.toml").read_text("utf-8"))
TAKES = TABLE["takes"]
NO_ARTICLES = (
    "", "news", "politics", "sport/football", "news/world", "tag/elections", "tags/a-word-of-many-words",
    "author/jane-doe",
    "authors/jane-of-the-harbour", "autor/jane-doe", "category/politics", "category/news/local-news", "search",
    "topic/the-long-strike-of-the-ferries", "thema/der-streik-auf-den-faehren", "about-us", "contact", "privacy-policy",
    "terms-and-conditions", "impressum", "datenschutz", "?page=2", "page/2", "news/page/2", "newsletter", "2024",
    "2024/05",
    "2024/05/06",
)  # fmt: skip
"""Paths of pages that are no article's, as publishing systems have them."""
OF_ITSELF = re.compile(r"\d{5}|/[ia]/\w+$")
"""What an address above an article's has where it leads to the same article: its number, without the words."""


def test_there_are_as_many_papers_as_the_readme_says():
    assert len(PROFILES.papers) >= 175
    assert f"{len(PROFILES.papers) - 2} papers" in (ROOT / "README.md").read_text("utf-8")


def test_all_can_be_read_and_no_two_have_a_host():
    sites = list(SITES.by_name.values())
    assert PROFILES.broken == {}
    hosts = [without_www(host) for site in sites for host in site.hosts]
    assert [host for host in set(hosts) if hosts.count(host) > 1] == []


@pytest.mark.parametrize("name", PROFILES.papers)
def test_a_paper_says_where_it_is_and_how_its_articles_are_found(name):
    site = SITES.by_name[name]
    assert SITES.for_url(site.home) is site
    assert site.country
    assert site.language
    assert ZoneInfo(site.timezone).key != "UTC"
    assert any({"id", "slug"} & pattern.regex.groupindex.keys() for pattern in site.articles)


@pytest.mark.parametrize("name", TAKES)
def test_its_patterns_take_its_articles_by_number_or_words(name):
    for address in TAKES[name]:
        assert SITES.for_url(address).name == name
        assert SITES.by_name[name].is_article(address), address
        assert re.match(rf"{name}[:~]", SITES.address_key(address)), address


@pytest.mark.parametrize("name", TAKES)
def test_its_patterns_take_no_section_tag_author_or_front_page(name):
    site = SITES.by_name[name]
    paths = [f"https://{site.hosts[0]}/{path}" for path in NO_ARTICLES]
    taken = [url for url in (site.home, *paths, *TABLE["refuses"].get(name, ())) if site.is_article(url)]
    assert taken == []


@pytest.mark.parametrize("name", TAKES)
def test_what_lies_above_an_articles_address_is_none_but_the_article_without_its_words(name):
    site = SITES.by_name[name]
    for address in TAKES[name]:
        parts = urlsplit(address)
        folders = parts.path.strip("/").split("/")
        for depth in range(1, len(folders)):
            above = f"https://{parts.netloc}/{'/'.join(folders[:depth])}"
            if site.is_article(above):
                assert OF_ITSELF.search(above), above
                assert site.address_key(above) == site.address_key(address)


def test_every_paper_but_the_two_of_the_readme_has_addresses_to_be_tried_with():
    assert set(TAKES) == PROFILES.papers.keys() - {"moscowtimes", "moscowtimes_ru"}


def test_the_index_says_what_the_profiles_say(tmp_path):
    for file in shipped().iterdir():
        if file.name.endswith(".toml"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    write_index(tmp_path, read_index(shipped()))
    assert (tmp_path / "index.json").read_text("utf-8") == (shipped() / "index.json").read_text("utf-8"), (
        "python -m crawler.newsstand.taking writes it anew"
    )


def test_a_paper_of_the_index_is_that_of_its_site():
    paper = PROFILES.papers["spiegel"]
    assert Paper.of(SITES.by_name["spiegel"], paper.listed, paper.taken) == paper
