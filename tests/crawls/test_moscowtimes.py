"""The Moscow Times: every form its addresses take, and what each one leads to."""

import pytest

from crawler.article import Kind
from crawler.profiles import load_profiles

SITES = load_profiles().sites
ENGLISH, RUSSIAN = SITES.by_name["moscowtimes"], SITES.by_name["moscowtimes_ru"]
MT = "https://www.themoscowtimes.com/"


@pytest.mark.parametrize(
    ("address", "key", "kind"),
    [
        ("2024/12/09/ferry-line-reopens-a87268", "moscowtimes:87268", None),
        ("2024/12/09/another-slug-and-day-a87268", "moscowtimes:87268", None),
        ("2024/12/09/ferry-line-reopens-a87268/", "moscowtimes:87268", None),
        ("2024/12/09/ferry-line-reopens-a87268?utm_source=x", "moscowtimes:87268", None),
        ("2024/12/09/ferry-line-reopens-a87268?amp=1", "moscowtimes:87268", None),
        ("2024/12/09/ferry-line-reopens-a87268#c", "moscowtimes:87268", None),
        ("2024/12/09/ferry-line-reopens-a87268/pdf", "moscowtimes:87268", None),
        ("2024/12/09/ferry-line-reopens", "moscowtimes~ferry-line-reopens", None),
        ("2024/12/11/ferry-line-reopens", "moscowtimes~ferry-line-reopens", None),
        ("2024/12/09/ferry-line-reopens/pdf", "moscowtimes~ferry-line-reopens", None),
        ("2024/12/09/plan-a", "moscowtimes~plan-a", None),
        ("all/87268", "moscowtimes:87268", None),
        ("articles/ferry-line-reopens-87268", "moscowtimes:87268", None),
        ("news/ferry-line-reopens-87268", "moscowtimes:87268", None),
        ("photogalleries/ferry-line-87268", "moscowtimes:87268", Kind.GALLERY),
        ("archive/ferry-line-reopens", "themoscowtimes.com/archive/ferry-line-reopens", None),
        ("plus/winter/a-day-out", "themoscowtimes.com/plus/winter/a-day-out", Kind.SPONSORED),
    ],
)
def test_every_form_of_an_article_address_leads_to_its_key(address, key, kind):
    url = MT + address
    assert ENGLISH.is_article(url)
    assert ENGLISH.is_article(url.replace("https://www.", "http://"))
    assert (SITES.address_key(url), ENGLISH.kind_of(url)) == (key, kind)


@pytest.mark.parametrize(
    "address",
    [
        *["", "news", "news/18", "opinion/36", "climate", "videos", "galleries", "podcasts", "all-about/ferries/18"],
        *[
            "tag/ferries/18",
            "author/jane-doe",
            "rss/all",
            "newsmap.xml",
            "live/87268",
            "live/87268/3",
            "search?q=ferry",
        ],
        *["2024/12/09", "plus/winter-tourism", "preview/87268"],
    ],
)
def test_other_pages_of_the_paper_are_no_articles(address):
    assert not ENGLISH.is_article(MT + address)


def test_the_slug_of_an_address_with_a_number_is_known_too():
    assert ENGLISH.slug_key(f"{MT}2024/12/09/ferry-line-reopens-a87268") == "moscowtimes~ferry-line-reopens"
    assert ENGLISH.slug_key(f"{MT}all/87268") is None


def test_editions_have_numbers_of_their_own():
    url = "https://ru.themoscowtimes.com/2024/12/09/parom-snova-hodit-a87268"
    assert SITES.address_key(url) == "moscowtimes_ru:87268"
    assert RUSSIAN.is_article(url)
    assert not ENGLISH.is_article(url)
    assert RUSSIAN.sitemaps == ()
    assert RUSSIAN.news_sitemaps == ("https://ru.themoscowtimes.com/newsmap.xml",)


def test_a_host_without_a_profile_is_a_site_of_its_own():
    found = SITES.for_url("https://www.example.org:8080/a")
    assert (found.name, found.address_key("https://www.example.org:8080/a/?utm_source=x")) == (
        "example.org:8080",
        "example.org:8080/a",
    )
    with pytest.raises(ValueError, match="not a web address"):
        SITES.for_url("mailto:jane@example.com")
