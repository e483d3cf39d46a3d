import re
from dataclasses import replace

import pytest

from crawler.address_forms import AddressPattern
from crawler.article import Candidate, Kind, Outcome, Source, words
from crawler.site import Site, Sites
from pipelines.validate import validate
from tests.make import MT, SITES, visit

ARTICLE = f"{MT}/2024/12/09/council-decides-a100"


def settled(url: str, **fields):
    done = validate(visit(url, **fields), SITES)
    return done.outcome, done.reason, done.article is not None


def test_an_article_passes_unchanged():
    one = visit(ARTICLE)
    assert validate(one, SITES) is one


@pytest.mark.parametrize(
    ("fields", "outcome", "reason"),
    [
        ({"title": ""}, Outcome.NOT_ARTICLE, "no title"),
        ({"paragraphs": ()}, Outcome.NOT_ARTICLE, "no text"),
        ({"paragraphs": ("Two words.",)}, Outcome.NOT_ARTICLE, "too short"),
        ({"title": "Oops! We couldn't find your page."}, Outcome.GONE, "soft 404"),
        ({"title": "Oops! We couldn’t  find your page."}, Outcome.GONE, "soft 404"),
        ({"title": "Oops! We can't find that page"}, Outcome.GONE, "soft 404"),
        ({"title": "Page not found"}, Outcome.GONE, "soft 404"),
        ({"title": "Страница не найдена"}, Outcome.GONE, "soft 404"),
    ],
)
def test_what_is_no_article_leaves_with_its_reason(fields, outcome, reason):
    assert settled(ARTICLE, **fields) == (outcome, reason, False)


def test_a_headline_about_missing_pages_is_an_article():
    assert settled(ARTICLE, title="Page not found: how the archive of a town burned")[0] is Outcome.STORED


def test_the_front_page_and_sections_are_no_articles():
    assert settled(f"{MT}/")[:2] == (Outcome.GONE, "redirected to the front page")
    section = linked(f"{MT}/news")
    assert (section.outcome, section.reason) == (Outcome.NOT_ARTICLE, "not an article's address")


def linked(url: str, **fields):
    """What becomes of a page that another page links to."""
    one = visit(url, **fields)
    return validate(replace(one, candidate=Candidate(url, Source.LINK)), SITES)


def test_what_the_sites_own_feed_names_needs_no_form_of_address():
    assert settled(f"{MT}/quay")[0] is Outcome.STORED
    assert linked(f"{MT}/quay").outcome is Outcome.NOT_ARTICLE
    assert validate(replace(linked_visit := visit(f"{MT}/quay"), revisit=4), SITES).outcome is Outcome.STORED
    assert validate(replace(linked_visit, candidate=Candidate(f"{MT}/quay", Source.LIST)), SITES).article is None


@pytest.mark.parametrize("fields", [{"title": ""}, {"paragraphs": ()}, {"paragraphs": ("It was taken down.",)}])
def test_a_known_article_without_a_text_is_an_absence(fields):
    one = validate(replace(visit(ARTICLE, **fields), revisit=1), SITES)
    assert one.outcome is Outcome.GONE
    assert one.reason is not None
    assert one.reason.startswith("text withdrawn: ")
    assert one.article is None


def test_a_known_article_of_which_a_wall_leaves_a_line_is_not_withdrawn():
    one = validate(replace(visit(ARTICLE, paragraphs=("The council met on",), paywalled=True), revisit=1), SITES)
    assert (one.outcome, one.reason) == (Outcome.BLOCKED, "a page in front of the article: for subscribers")


@pytest.mark.parametrize(
    "title", ["One moment, please", "Attention required!", "Wartungsarbeiten", "Site en maintenance", "403 Forbidden"]
)
def test_a_page_in_front_of_the_article_is_blocked(title):
    assert settled(ARTICLE, title=title, published=None)[0] is Outcome.BLOCKED
    assert settled(ARTICLE, title=title)[0] is Outcome.STORED, (
        "an article that has its time is one, whatever it is called"
    )


def test_a_redirect_to_the_log_in_page_is_a_page_in_front_of_the_article():
    login = replace(visit(f"{MT}/login", ARTICLE, title="Log in", published=None), revisit=1)
    assert validate(login, SITES).outcome is Outcome.BLOCKED


def test_a_stored_article_that_leads_to_a_section_now_is_not_there():
    led = replace(visit(f"{MT}/news", requested=ARTICLE), revisit=1)
    settled_as = validate(led, SITES)
    assert (settled_as.outcome, settled_as.reason) == (Outcome.GONE, "redirected to a page that is no article")
    assert validate(replace(led, revisit=None), SITES).outcome is Outcome.NOT_ARTICLE


@pytest.mark.parametrize("revisit", [None, 1])
@pytest.mark.parametrize(("url", "outcome"), [("/2024/quay?seen=1", Outcome.STORED), ("/offers?for=quay", None)])
def test_a_parameter_that_a_redirect_adds_leads_to_no_other_page(url, outcome, revisit):
    pattern = AddressPattern(re.compile(r"/\d{4}/(?P<slug>[^/?]+)$"))
    herald = Site("herald", "Herald", ("herald.example",), "https://herald.example/", articles=(pattern,))
    one = visit(f"https://herald.example{url}", "https://herald.example/2024/quay")
    done = validate(replace(one, revisit=revisit), Sites.of([herald]))
    assert done.outcome is (outcome or (Outcome.GONE if revisit else Outcome.NOT_ARTICLE))


@pytest.mark.parametrize("kind", [Kind.GALLERY, Kind.VIDEO, Kind.PODCAST, Kind.LIVE])
def test_kinds_without_words_may_have_none(kind):
    assert settled(ARTICLE, kind=kind, paragraphs=())[0] is Outcome.STORED


def test_scripts_without_spaces_are_counted_by_characters():
    assert words("議会は月曜日の夜に新しい予算案を可決したと発表した") == 12
    assert words("The council met") == 3
