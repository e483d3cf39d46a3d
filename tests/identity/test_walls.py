"""Whose page is it: the article's, or the site's in place of many? On literals."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.article import Candidate, Moment, Provenance, Source
from pipelines.archive.fields import columns
from pipelines.identity.doubts import Doubt, SitePages, Whose, are_near, is_doubtful, is_like, judge, masked, names
from tests.make import MT, NOW, SITES, record, visit

URL = f"{MT}/2024/12/09/council-decides-a100"
NOTICE = (
    "Our pages are being looked after tonight. Please try again in an hour; the printed paper comes as usual.",
    "Whoever has a question may write to the harbour office, where somebody reads all letters on working days.",
)
WORDS = masked(" ".join(NOTICE))


def fetched(title="Back In An Hour", paragraphs=NOTICE, hint="Council decides", source=Source.FEED, **fields):
    seen = visit(URL, title=title, paragraphs=paragraphs, **({"published": None} | fields))
    return record(replace(seen, candidate=Candidate(URL, source, f"{MT}/rss", hint)))


STORED = columns(record(visit(URL)), SITES.for_url(URL))


def said(field, source):
    return (Provenance(field, source, "x", True),)


def test_what_nothing_bears_out_is_in_doubt():
    assert is_doubtful(fetched(), STORED)
    assert is_doubtful(fetched(), None)
    assert is_doubtful(fetched(hint=None), None)


@pytest.mark.parametrize(
    "own",
    [
        {"hint": "Back in an hour, says ferryman"},
        {"provenance": said("title", "json-ld")},
        {"published": Moment(NOW, 0), "provenance": said("published_at", "article:published_time")},
    ],
)
def test_one_sign_makes_a_new_page_the_articles_own(own):
    assert not is_doubtful(fetched(**own), None)
    assert is_doubtful(fetched(**own), STORED) is ("hint" not in own), "a notice has a time and a headline too"


def test_a_title_or_a_paragraph_of_the_stored_state_bears_it_out():
    assert not is_doubtful(fetched(title="Council Decides at Last"), STORED)
    assert not is_doubtful(fetched(paragraphs=(*NOTICE, str(STORED["text"]).split("\n\n")[2])), STORED)


def test_whoever_asks_by_name_vouches_for_what_no_listing_names():
    assert not is_doubtful(fetched(hint=None, source=Source.LIST), None)
    assert is_doubtful(fetched(hint=None, source=Source.LIST), STORED)


@pytest.mark.parametrize(
    ("one", "other", "like"),
    [
        ("Council rebuilds the old pier", "COUNCIL REBUILDS PIER", True),
        ("Совет построит пирс", "Совет построит новый пирс к зиме", True),
        ("We will be back soon", "Council rebuilds the old pier", False),
        ("", "Council", False),
    ],
)
def test_headlines_of_one_article_share_most_words(one, other, like):
    assert is_like(one, other) is like


def doubts(*known, words=WORDS, titles=None, times=None):
    return [
        Doubt(
            f"u{n}",
            f"k{n}",
            titles[n] if titles else "Back In An Hour",
            words,
            is_known,
            published=times[n] if times else None,
        )
        for n, is_known in enumerate(known)
    ]


@pytest.mark.parametrize(
    ("known", "whose"),
    [
        ((False,), Whose.ARTICLES),
        ((True,), Whose.ARTICLES),
        ((False, False), Whose.ARTICLES),
        ((False, True), Whose.SITES),
        ((False, False, False), Whose.SITES),
        ((True,) * 6, Whose.SITES),
    ],
)
def test_one_page_at_three_addresses_or_in_place_of_a_known_text_is_the_sites(known, whose):
    assert set(judge(doubts(*known), SitePages()).values()) == {whose}


def test_two_forms_of_one_address_are_one():
    twice = [replace(doubt, key="k") for doubt in doubts(True, True, True)]
    assert set(judge(twice, SitePages()).values()) == {Whose.ARTICLES}


def test_pages_with_titles_of_their_own_are_none_of_the_sites():
    titles = [f"The weather in {town}" for town in ("Averhaven", "Brackford", "Coldquay", "Drumsea")]
    assert set(judge(doubts(*[False] * 4, titles=titles), SitePages()).values()) == {Whose.ARTICLES}


def test_what_was_the_sites_before_is_so_at_once_and_what_answers_anywhere_says_that_nothing_is_there():
    assert judge(doubts(False), SitePages(walls=[WORDS])) == {"u0": Whose.SITES}
    assert judge(doubts(True), SitePages(missing=[WORDS])) == {"u0": Whose.NOBODYS}
    assert judge(doubts(True), SitePages(missing=[()])) == {"u0": Whose.ARTICLES}
    front = SitePages(names=names("The Harbour Post", "Back in an Hour"))
    assert set(judge(doubts(True, True, True), front).values()) == {Whose.NOBODYS}
    teaser = [replace(one, title="First Teaser", named=names("The Harbour Post")) for one in doubts(True, False)]
    assert set(judge(teaser, front).values()) == {Whose.NOBODYS}


def test_figures_and_times_in_a_notice_make_no_difference():
    there = masked(" ".join(NOTICE).replace("an hour", "57 minutes (ref. 8c1f09)"))
    assert not are_near(masked("Another text with quite other words in it than these."), WORDS)
    assert are_near(there, masked(" ".join(NOTICE).replace("an hour", "31 minutes (ref. 77ab20)")))
    assert not are_near((), ())


def test_a_page_of_many_words_is_compared_by_its_first():
    assert len(masked("word " * 100_000)) == 400


@pytest.mark.parametrize(("times", "whose"), [("aaa", Whose.SITES), ("abc", Whose.ARTICLES)])
def test_a_time_that_pages_share_is_none_of_their_own(times, whose):
    assert set(judge(doubts(True, True, True, times=times), SitePages()).values()) == {whose}


@pytest.mark.parametrize("title", ["Oops!", "Error", "[deleted]", "Oops! | The Harbour Post"])
def test_a_page_that_only_says_that_something_is_amiss_is_nobodys(title):
    site = SitePages(names=names("The Harbour Post"))
    assert judge(doubts(True, titles=[title]), site) == {"u0": Whose.NOBODYS}
    assert judge(doubts(True, titles=["7"]), SitePages()) == {"u0": Whose.ARTICLES}


@pytest.mark.parametrize(("days", "doubtful"), [(0, False), (1, False), (900, True)])
def test_a_time_that_the_listing_gainsays_bears_nothing_out(days, doubtful):
    one = fetched(published=Moment(NOW, 0), provenance=said("published_at", "json-ld"))
    listed = replace(one.visit.candidate, hinted_at=NOW + timedelta(days=days))
    assert is_doubtful(replace(one, visit=replace(one.visit, candidate=listed)), None) is doubtful
