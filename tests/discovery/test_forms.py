"""Forms of listings: each can be read, in a worker too, and a profile can name each."""

import pickle
from importlib import import_module
from pkgutil import iter_modules
from typing import get_type_hints

import pytest

from crawler import discovery
from crawler.article import NAMING
from crawler.discovery.forms import FORMS, read
from crawler.discovery.listing import Listing, ListingError
from crawler.discovery.places import places_of_news, places_of_past
from crawler.profiles import load_profiles
from crawler.site import Site
from crawler.spiders.urls import parse_url_list

SITE = Site(name="herald", title="Herald", hosts=("herald.example",), home="https://herald.example/")


ARTICLE = "https://herald.example/2024/12/09/the-bridge-opens-again"
SAMPLES = {
    "feed": f"<rss version='2.0'><channel><item><link>{ARTICLE}</link></item></channel></rss>",
    "news_sitemap": "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
    " xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
    f"<url><loc>{ARTICLE}</loc><news:news><news:title>The bridge</news:title></news:news></url></urlset>",
    "sitemap": f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{ARTICLE}</loc></url></urlset>",
    "section": f"<html><body><main><a href='{ARTICLE}'>The bridge opens again</a></main></body></html>",
}
"""A listing of each form, with one article."""


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_an_article_says_which_listing_named_it_and_whether_the_site_names_it_one_by_one(form):
    (found,) = read(form.name, SAMPLES[form.name].encode(), "https://herald.example/list", SITE, None).candidates
    assert (found.url, found.listing_url) == (ARTICLE, "https://herald.example/list")
    assert (found.source in NAMING) == form.names_articles


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_every_form_has_one_parser_and_says_what_is_wrong_with_a_body(form):
    assert (form.parse is None) != (form.parse_site is None)
    assert form.description
    assert pickle.loads(pickle.dumps(form)) == form  # noqa: S301 - made here
    with pytest.raises(ListingError):
        read(form.name, b"\x00nothing of the kind", "https://herald.example/list", SITE, None)


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_a_profile_can_name_every_form(form, tmp_path):
    (tmp_path / "herald.toml").write_text(
        "name = 'herald'\ntitle = 'Herald'\nhome = 'https://herald.example/'\nhosts = ['herald.example']\n"
        f"[[listings]]\nurl = 'list'\nform = '{form.name}'\n",
        "utf-8",
    )
    site = load_profiles(tmp_path).sites.by_name["herald"]
    places = places_of_past(site) if form.is_past else places_of_news(site)
    assert [place.form for place in places if place.url == "https://herald.example/list"] == [form]


def test_an_unknown_form_is_told_with_those_there_are(tmp_path):
    (tmp_path / "herald.toml").write_text(
        "name = 'herald'\ntitle = 'Herald'\nhome = 'https://herald.example/'\nhosts = ['herald.example']\n"
        "[[listings]]\nurl = 'list'\nform = 'telegram'\n",
        "utf-8",
    )
    error = str(load_profiles(tmp_path).broken["herald"])
    assert "listings[0].form = 'telegram'; expected one of: feed, news_sitemap, sitemap, section" in error


def test_every_parser_of_a_listing_is_that_of_a_form():
    modules = [import_module(f"crawler.discovery.{found.name}") for found in iter_modules(discovery.__path__)]
    parsers = {
        function
        for module in modules
        for name, function in vars(module).items()
        if name.startswith("parse_") and get_type_hints(function).get("return") is Listing
    }
    assert parsers - {parse_url_list} == {form.parse or form.parse_site for form in FORMS.values()}
