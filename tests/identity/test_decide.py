"""What a fetched article means for the archive, decided on literals: no database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.article import Moment, Provenance
from pipelines.archive.fields import columns
from pipelines.identity.decide import (
    Alias,
    Earlier,
    Edited,
    MakeWay,
    Merge,
    New,
    OtherForm,
    Reread,
    Unchanged,
    decide,
)
from pipelines.identity.keys import ANSWERED, CLAIMED, LED, Held
from pipelines.identity.recognise import Known, Match, match
from tests.make import MT, NOW, SITES, TEXT, record, visit

URL = f"{MT}/2024/12/09/council-decides-a100"
KEY = "moscowtimes:100"
SITE = SITES.for_url(URL)
MODIFIED = Moment(NOW, 0)


def fetched(minutes=0, url=URL, **fields):
    return record(visit(url, minutes=minutes, **fields))


def stored(article_id=7, changes=(), **fields):
    """The row of an article that was stored at NOW, as the look-up gives it."""
    seen = fetched(**fields)
    return columns(seen, SITE) | {
        "id": article_id,
        "url": URL,
        "address_key": KEY,
        "last_seen_at": "2024-12-09T12:00:00Z",
        "last_checked_at": "2024-12-09T12:00:00Z",
        "has_layout": False,
        "date_basis": "page",
        "partial": None,
        "wall": None,
        "answered": [URL],
        "proof": ANSWERED,
        **dict(changes),
    }


def known(row, **also):
    """What is known of an article whose number is that of the fetched one, at an address that has led to it."""
    held = {KEY: Held(row["id"], {row["id"]: ANSWERED})}
    return Known(held, {URL: row["id"]}, (Match(row["id"], "the address"),), row, **also)


def test_an_article_that_nothing_leads_to_is_new_under_the_address_that_it_claims():
    decision = decide(fetched(), Known(), SITE)
    assert isinstance(decision, New)
    assert (decision.address.url, decision.address.key) == (URL, KEY)


def test_several_rows_of_one_article_are_merged_first():
    matches = (Match(7, "the address"), Match(9, "equal title, text and time"))
    assert decide(fetched(), replace(known(stored()), matches=matches), SITE) == Merge(matches)


@pytest.mark.parametrize(("proof", "makes_way"), [(CLAIMED, True), (LED, True), (ANSWERED, False)])
def test_who_only_claimed_the_address_that_now_answers_makes_way(proof, makes_way):
    state = Known({KEY: Held(None, {3: proof})})
    assert (decide(fetched(), state, SITE) == MakeWay(None)) is makes_way
    assert isinstance(decide(fetched(), replace(state, is_clear=True), SITE), New)


def test_a_revisit_that_leads_to_another_article_leaves_the_one_that_was_asked_for():
    assert decide(fetched(), known(stored(), revisited=4), SITE) == MakeWay(7, left=4)
    assert isinstance(decide(fetched(), known(stored(), revisited=7), SITE), Unchanged)


def test_a_fetch_that_brings_nothing_new_changes_the_columns_that_differ():
    decision = decide(fetched(5, section="City", modified=MODIFIED), known(stored()), SITE)
    assert isinstance(decision, Unchanged)
    assert decision.columns == {"section": "City", "modified_at": "2024-12-09T12:00:00Z"}
    assert (decision.reason, decision.changed) == ("unchanged", ())


def test_an_unknown_address_of_an_unchanged_article_is_an_alias():
    decision = decide(fetched(5), replace(known(stored()), urls={}), SITE)
    assert isinstance(decision, Alias)
    assert isinstance(decision.change, Unchanged)


@pytest.mark.parametrize(
    ("before", "after", "silent"),
    [(None, None, None), (MODIFIED, MODIFIED, True), (MODIFIED, Moment(NOW + timedelta(hours=1), 0), False)],
)
def test_another_title_is_an_edit_and_silent_where_the_papers_own_time_stands(before, after, silent):
    decision = decide(fetched(60, title="Council Waits", modified=after), known(stored(modified=before)), SITE)
    assert isinstance(decision, Edited)
    assert (decision.changed, decision.summary, decision.silent) == (("title",), "title", silent)
    assert decision.after["title"] == "Council Waits"


def test_an_edit_at_an_unknown_address_is_an_edit():
    decision = decide(fetched(60, title="Council Waits"), replace(known(stored()), urls={}), SITE)
    assert isinstance(decision, Edited)


def test_a_capture_before_the_stored_state_is_an_earlier_one():
    decision = decide(fetched(-60, title="Council Meets"), known(stored()), SITE)
    assert isinstance(decision, Earlier)
    assert decision.after == decision.row


def test_another_form_of_the_page_proves_nothing():
    amp = fetched(60, url=f"{URL}/amp", title="Council Decides | AMP")
    row = stored()
    state = Known({KEY: Held(7, {7: ANSWERED})}, {amp.visit.fetch.url: 7}, (Match(7, "the address"),), row)
    assert isinstance(decide(amp, state, SITE), OtherForm)


@pytest.mark.parametrize(
    ("row", "fields", "forget_links"),
    [
        ({}, {"extractor": "next"}, True),
        ({"has_layout": True}, {}, False),
        ({}, {"provenance": (Provenance("title", "layout", "h1", chosen=True),)}, False),
    ],
)
def test_what_other_rules_read_is_no_edit(row, fields, forget_links):
    decision = decide(fetched(60, title="Council", **fields), known(stored(changes=row)), SITE)
    assert isinstance(decision, Reread)
    assert (decision.reason, decision.changed, decision.forget_links) == ("re-extracted", ("title",), forget_links)


def test_other_rules_that_read_the_same_leave_it_unchanged():
    decision = decide(fetched(60, extractor="next"), known(stored()), SITE)
    assert isinstance(decision, Reread)
    assert decision.reason == "unchanged"


def test_a_number_is_sure_and_a_slug_needs_a_second_sign():
    other = stored(title="Snow", changes={"text": "Snow fell on the hills.", "published_at": None})
    numbered = Known({KEY: Held(7, {7: ANSWERED})})
    assert list(match(fetched(), numbered, {7: other}, None)) == [Match(7, f"the address {KEY}")]
    slug = "moscowtimes~council-decides"
    unnumbered = fetched(url=f"{MT}/2024/12/09/council-decides")
    led = Known({slug: Held(None, {7: LED})})
    assert list(match(unnumbered, led, {7: other}, None)) == []
    assert list(match(unnumbered, led, {7: stored()}, None)) == [Match(7, f"the address {slug}")]


def test_a_twin_is_found_without_any_key():
    told = "equal title, text and time, one of them without a number"
    assert list(match(fetched(), Known(), {7: stored()}, 7)) == [Match(7, told)]


def test_a_key_leads_to_its_one_holder_and_claims_count_only_without_better():
    assert Held(None, {1: LED, 2: CLAIMED}).sole == 1
    assert Held(None, {1: LED, 2: ANSWERED}).sole is None
    assert Held(None, {1: CLAIMED}).sole == 1
    assert Held(None, {1: CLAIMED, 2: CLAIMED}).sole is None
    assert [each.article_id for each in Held(None, {1: CLAIMED, 2: CLAIMED}).holders] == [1, 2]


def test_a_third_claim_to_a_key_is_not_kept_and_better_evidence_is():
    claimed = Held(None, {1: CLAIMED, 2: CLAIMED})
    assert not claimed.may_be_given(3, CLAIMED)
    assert claimed.may_be_given(3, LED)
    assert claimed.may_be_given(1, ANSWERED)
    assert not claimed.may_be_given(1, CLAIMED)
    assert not Held(5, {}).may_be_given(3, ANSWERED)


def test_the_text_decides_what_is_compared():
    longer = fetched(60, paragraphs=(*TEXT, "One paragraph more was added in the evening of the same day."))
    decision = decide(longer, known(stored()), SITE)
    assert isinstance(decision, Edited)
    assert decision.summary == "1 paragraph added"
