from dataclasses import replace

from crawler.article import Link
from pipelines.canonicalise import canonicalise, is_plausible
from pipelines.fingerprint import content_hash
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


def test_a_redirect_from_another_host_is_an_address_of_that_host():
    made = record(visit(ARTICLE, requested="https://short.example/x1"))
    assert made.addresses[-1].key == "short.example/x1"


def test_each_link_has_its_key_beside_it():
    links = (
        Link("inline", 0, "https://example.org/report?utm_source=x", "report"),
        Link("related", 1, f"{MT}/all/7", "x"),
    )
    one = visit(ARTICLE, links=links)
    assert record(one).link_keys == ("example.org/report", "moscowtimes:7")


def test_equal_words_have_equal_fingerprints_whatever_the_typography():
    assert content_hash("“It’s done” – he said.\n\nMore.") == content_hash('"It\'s done" - he  said. More.')
    assert content_hash("3,650 people") != content_hash("4,812 people")


def test_canonicalise_is_pure():
    one = visit(ARTICLE)
    assert one.article is not None
    assert canonicalise(one, one.article, SITES) == canonicalise(replace(one), one.article, SITES)
