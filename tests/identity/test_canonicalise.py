import re
from dataclasses import replace

import pytest

from crawler.address_forms import AddressPattern
from crawler.article import Link, Outcome
from crawler.site import Site
from pipelines.canonicalise import canonicalise, is_plausible
from pipelines.copies.shingles import content_hash
from pipelines.validate import validate
from tests.make import MT, SITES, record, visit

ARTICLE = f"{MT}/2024/12/09/council-decides-a100"
SITE = SITES.for_url(ARTICLE)


def test_all_addresses_of_a_fetch_are_kept_with_their_kind():
    boxed = f"{MT}/2024/12/10/council-decides"
    made = record(visit(ARTICLE, requested=boxed, canonical=ARTICLE))
    assert [(a.url, a.kind) for a in made.addresses] == [(ARTICLE, "canonical"), (boxed, "requested")]
    assert made.identity == ("moscowtimes:100",)
    assert made.slugs == ("moscowtimes~council-decides",)


def test_the_canonical_address_has_no_parameters_and_the_fetched_one_is_kept_as_it_was():
    made = record(visit(f"{ARTICLE}?amp=1"))
    assert [(a.url, a.kind) for a in made.addresses] == [(ARTICLE, "canonical"), (f"{ARTICLE}?amp=1", "requested")]


def test_a_canonical_that_names_another_page_is_not_believed():
    assert is_plausible(ARTICLE, f"{MT}/2024/12/10/council-decides", SITE)
    for claim in (f"{MT}/", f"{MT}/news", "https://example.org/x", f"{MT}/2024/12/09/other-a101", "javascript:void(0)"):
        assert not is_plausible(claim, ARTICLE, SITE), claim


@pytest.mark.parametrize(
    ("claim", "page"),
    [
        ("/news/articleView.html", "/news/articleView.html?idxno=5"),
        ("/story.php", "/story.php?nr=5"),
        ("/story.php?lang=en", "/story.php?lang=en&storyid=5"),
        ("/read", "/read#!/story/5"),
    ],
)
def test_a_claim_without_what_selects_the_article_is_not_believed(claim, page):
    site = SITES.for_url("https://example.org/")
    assert not is_plausible(f"https://example.org{claim}", f"https://example.org{page}", site)
    assert is_plausible("https://example.org/2024/bridge-opens", f"https://example.org{page}", site)
    assert is_plausible("https://example.org/2024/opens.php", "https://example.org/2024/opens.php?from=feed", site)


def test_a_site_at_home_at_a_mobile_host_has_its_pages_there():
    pattern = AddressPattern(re.compile(r"/(?P<id>\d+)(/amp)?$"))
    site = Site("pocket", "Pocket", ("m.pocket.example",), "https://m.pocket.example/", articles=(pattern,))
    assert not site.is_other_form("https://m.pocket.example/7")
    assert site.main_address("https://m.pocket.example/7/amp") == "https://m.pocket.example/7"


def test_a_redirect_from_another_host_is_an_address_of_that_host():
    made = record(visit(ARTICLE, requested="https://short.example/x1"))
    assert made.addresses[-1].key == "short.example/x1"


def test_each_link_has_its_key_beside_it():
    links = (
        Link("inline", 0, "https://example.org/report?utm_source=x", "report"),
        Link("related", 1, f"{MT}/all/7", "x"),
    )
    one = visit(ARTICLE, links=links)
    assert list(record(one).link_keys.values()) == ["example.org/report", "moscowtimes:7"]


def test_equal_words_have_equal_fingerprints_whatever_the_typography():
    assert content_hash("“It’s done” – he said.\n\nMore.") == content_hash('"It\'s done" - he  said. More.')
    assert content_hash("3,650 people") != content_hash("4,812 people")


def test_canonicalise_is_pure():
    one = visit(ARTICLE)
    assert one.article is not None
    assert canonicalise(one, one.article, SITES) == canonicalise(replace(one), one.article, SITES)


def test_the_canonical_address_is_the_first_one_however_often_it_occurs():
    made = record(visit(f"{ARTICLE}?amp=1", requested=ARTICLE, canonical=ARTICLE))
    assert made.canonical.url == ARTICLE
    assert [(a.url, a.kind) for a in made.addresses] == [(ARTICLE, "canonical"), (f"{ARTICLE}?amp=1", "final")]


def test_the_address_that_answered_is_kept_also_where_the_page_claims_none():
    made = record(visit(f"{ARTICLE}?amp=1", requested=ARTICLE))
    assert (made.canonical.url, made.answered.url) == (ARTICLE, f"{ARTICLE}?amp=1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{MT}/archive/week-in-brief", f"{MT}/2024/12/09/week-in-brief"),
        (f"{MT}/plus/winter/about", f"{MT}/plus/summer/about"),
        (f"{MT}/plus/winter/about", f"{MT}/archive/about"),
        (f"{MT}/2024/12/09/caf%E9", f"{MT}/2024/12/09/caf%E8"),  # not UTF-8, and not the same
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/a/B", "https://example.org/a/b"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org:8443/a", "https://example.org/a"),
        ("https://news.example.org/a", "https://example.org/a"),
        (f"{MT}/all/100", "https://ru.themoscowtimes.com/all/100"),
    ],
)
def test_different_articles_have_different_keys(one, other):
    assert SITES.address_key(one) != SITES.address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "http://www.EXAMPLE.org:80/a/#top"),
        ("https://example.org/a?id=1&utm_source=x&fbclid=y", "https://example.org/a?id=1"),
        ("https://example.org/caf%c3%a9", "https://example.org/café"),
        ("https://пример.рф/a", "https://xn--e1afmkfd.xn--p1ai/a"),
        (f"{MT}/2024/12/09/caf%C3%A9-a100", f"{MT}/2024/12/11/café-a100?utm_x=1#comments"),
    ],
)
def test_spellings_of_one_address_have_one_key(one, other):
    assert SITES.address_key(one) == SITES.address_key(other)


@pytest.mark.parametrize(
    ("requested", "answered", "outcome", "reason"),
    [
        (ARTICLE, f"{MT}/", Outcome.GONE, "redirected to the front page"),
        (ARTICLE, "http://themoscowtimes.com/?from=old", Outcome.GONE, "redirected to the front page"),
        ("https://example.org/a", "https://www.example.org/", Outcome.GONE, "redirected to the front page"),
        (ARTICLE, "https://consent.example.net/choose", Outcome.NOT_ARTICLE, "redirected to consent.example.net"),
        (ARTICLE, "https://ru.themoscowtimes.com/2024/12/09/x-a1", Outcome.STORED, None),
        ("https://short.example/x1", "https://example.org/a", Outcome.STORED, None),
        ("https://short.example/x1", ARTICLE, Outcome.STORED, None),
    ],
)
def test_where_a_redirect_may_lead(requested, answered, outcome, reason):
    found = validate(visit(answered, requested=requested), SITES)
    assert (found.outcome, found.reason) == (outcome, reason)
