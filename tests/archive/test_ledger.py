"""Every address that a listing names ends in exactly one outcome."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.article import Candidate, Outcome, Source, utc_text, utc_time
from pipelines.archive import crawls, ledger
from pipelines.archive.ledger import Vouched, next_look, next_try
from tests.make import MT, NOW, SITES, TEXT, keep, visit

A, B = f"{MT}/2024/12/09/council-decides-a100", f"{MT}/2024/12/09/mayor-resigns-a101"
RETITLED = f"{MT}/2024/12/09/council-changes-its-mind-a100"


def entry(url: str, refusal: str | None = None) -> ledger.Entry:
    return ledger.Entry(Candidate(url, Source.FEED, f"{MT}/rss/news"), "moscowtimes", SITES.address_key(url), refusal)


def outcomes(db):
    return {row["url"]: (row["outcome"], row["reason"]) for row in db.execute("select * from candidates")}


def failed(url: str, outcome=Outcome.FAILED, reason="timed out", minutes=0):
    return replace(visit(url, minutes=minutes), outcome=outcome, reason=reason, article=None)


def test_a_new_address_waits_and_is_due_until_it_is_settled(db):
    assert [c.url for c in ledger.note(db, [entry(A), entry(B)], NOW)] == [A, B]
    assert [c.url for c in ledger.note(db, [entry(A)], NOW)] == [A]
    keep(db, visit(A))
    assert ledger.note(db, [entry(A)], NOW) == []
    assert outcomes(db) == {A: ("stored", None), B: ("waiting", None)}
    assert [c.url for c in ledger.waiting(db, "moscowtimes", NOW, 10)] == [B]


def test_an_address_of_a_stored_article_is_an_alias_without_a_fetch(db):
    keep(db, visit(A))
    assert ledger.note(db, [entry(RETITLED)], NOW) == []
    assert outcomes(db)[RETITLED] == ("alias", None)
    assert db.execute("select article_id, kind from article_urls where url = ?", (RETITLED,)).fetchone()[:] == (
        1,
        "listed",
    )


def test_addresses_that_wait_are_settled_when_their_article_is_stored(db):
    ledger.note(db, [entry(A), entry(RETITLED)], NOW)
    keep(db, visit(A))
    assert outcomes(db) == {A: ("stored", None), RETITLED: ("alias", None)}


def test_a_slug_that_failed_before_its_article_was_known_is_an_alias_as_if_it_had_been_listed_after(db):
    box = f"{MT}/2024/12/10/mayor-resigns"
    ledger.note(db, [entry(box)], NOW)
    ledger.settle(db, failed(box), "moscowtimes", SITES.address_key(box))
    assert outcomes(db)[box] == ("failed", "timed out")
    keep(db, visit(B, title="Mayor Resigns", paragraphs=TEXT[::-1]))
    assert outcomes(db)[box] == ("alias", None)


def test_a_candidate_taken_for_an_alias_by_its_slug_waits_again_when_the_slug_turns_out_to_be_ambiguous(db):
    box = f"{MT}/2024/12/10/mayor-resigns"
    keep(db, visit(B, title="Mayor Resigns", paragraphs=TEXT[::-1]))
    assert ledger.note(db, [entry(box)], NOW) == []
    keep(db, visit(f"{MT}/2023/01/02/mayor-resigns-a55", title="Another", paragraphs=TEXT[:3]))
    assert outcomes(db)[box] == ("waiting", "an ambiguous slug")
    assert [c.url for c in ledger.waiting(db, "moscowtimes", NOW, 10)] == [box]


def test_what_is_refused_is_written_down_and_not_asked_for(db):
    assert ledger.note(db, [entry(f"{MT}/news", "not an article's address")], NOW) == []
    assert outcomes(db) == {f"{MT}/news": ("not_article", "not an article's address")}


def test_a_failure_is_tried_again_after_a_while(db):
    ledger.note(db, [entry(A)], NOW)
    ledger.settle(db, failed(A), "moscowtimes", "moscowtimes:100")
    assert outcomes(db) == {A: ("failed", "timed out")}
    assert ledger.note(db, [entry(A)], NOW + timedelta(minutes=5)) == []
    assert [c.url for c in ledger.note(db, [entry(A)], NOW + timedelta(minutes=11))] == [A]
    assert [c.url for c in ledger.waiting(db, "moscowtimes", NOW + timedelta(minutes=11), 10)] == [A]


def test_a_failure_does_not_unsettle_what_was_stored(db):
    keep(db, visit(A))
    ledger.settle(db, failed(A), "moscowtimes", "moscowtimes:100")
    assert outcomes(db) == {A: ("stored", None)}


def test_where_an_address_was_seen_is_kept_with_the_first_and_last_time(db):
    for minutes in (0, 7):
        ledger.note(db, [entry(A)], NOW + timedelta(minutes=minutes))
    seen = db.execute("select listing_url, source, first_seen_at, last_seen_at from listings").fetchall()
    assert [tuple(row) for row in seen] == [(f"{MT}/rss/news", "feed", "2024-12-09T12:00:00Z", "2024-12-09T12:07:00Z")]


@pytest.mark.parametrize(
    ("outcome", "attempts", "pause"),
    [
        (Outcome.FAILED, 1, timedelta(minutes=10)),
        (Outcome.FAILED, 3, timedelta(minutes=40)),
        (Outcome.FAILED, 10, timedelta(days=2)),
        (Outcome.FAILED, 15, None),
        (Outcome.BLOCKED, 1, timedelta(days=1)),
        (Outcome.BLOCKED, 5, timedelta(days=2)),
        (Outcome.ALIAS, 1, None),
    ],
)
def test_pauses_grow_and_end(outcome, attempts, pause):
    assert next_try(outcome, attempts, NOW) == (NOW + pause if pause else None)


def test_an_address_outlives_an_outage_of_a_week_however_often_it_is_tried():
    attempts, now, over = 0, NOW, NOW + timedelta(days=7)
    while now < over:
        attempts += 1
        again = next_try(Outcome.FAILED, attempts, now)
        assert again is not None
        now = again
    assert attempts < 15


def test_what_one_spider_refused_is_asked_for_by_the_next_that_wants_it(db):
    ledger.note(db, [entry(A, "another site: www.themoscowtimes.com")], NOW)
    assert [c.url for c in ledger.note(db, [entry(A)], NOW)] == [A]
    assert outcomes(db) == {A: ("waiting", None)}
    ledger.note(db, [entry(A, "another site: www.themoscowtimes.com")], NOW)
    assert outcomes(db) == {A: ("waiting", None)}


def test_what_gave_no_article_at_first_waits_while_a_listing_of_news_names_it(db):
    now, looks = NOW, 0
    ledger.note(db, [entry(A)], now)
    while outcomes(db) == {A: ("waiting", "too short" if looks else None)}:
        looks += 1
        ledger.settle(db, settled_at(A, now, Outcome.NOT_ARTICLE, "too short"), "moscowtimes", "moscowtimes:100")
        assert ledger.note(db, [entry(A)], now) == ledger.doubtful(db, "moscowtimes", now, 9) == []
        (at,) = db.execute("select next_try_at from candidates").fetchone()
        if at is not None:
            now = utc_time(at)
            assert ledger.waiting(db, "moscowtimes", now, 9) == []
            assert [c.url for c in ledger.doubtful(db, "moscowtimes", now, 9)] == [A]
    assert outcomes(db) == {A: ("not_article", "too short")}
    assert looks == 6
    assert now - NOW == timedelta(minutes=10, hours=7, days=3)


def settled_at(url, at, outcome, reason):
    one = failed(url, outcome, reason)
    return replace(one, fetch=replace(one.fetch, at=at))


@pytest.mark.parametrize(
    ("vouched", "status", "attempts", "pause"),
    [
        (Vouched.NOW, 404, 1, timedelta(minutes=10)),
        (Vouched.NOW, 200, 5, timedelta(days=2)),
        (Vouched.NOW, 404, 6, None),
        (Vouched.NOW, 410, 1, timedelta(minutes=10)),
        (Vouched.NOW, 410, 2, None),
        (Vouched.ONCE, 404, 1, timedelta(days=1)),
        (Vouched.ONCE, 404, 2, None),
        (Vouched.NOT, 404, 1, None),
    ],
)
def test_looks_at_what_gave_no_article_grow_rare_and_end(vouched, status, attempts, pause):
    assert next_look(vouched, status, attempts, NOW) == (NOW + pause if pause else None)


@pytest.mark.parametrize(
    ("source", "modified", "pause"),
    [
        (Source.NEWS_SITEMAP, None, timedelta(minutes=10)),
        (Source.SECTION, None, timedelta(minutes=10)),
        (Source.SITEMAP, NOW - timedelta(days=1), timedelta(minutes=10)),
        (Source.SITEMAP, NOW - timedelta(days=9), timedelta(days=1)),
        (Source.SITEMAP, None, timedelta(days=1)),
        (Source.LINK, None, None),
    ],
)
def test_who_names_an_address_says_how_long_it_is_looked_for(db, source, modified, pause):
    candidate = Candidate(A, source, f"{MT}/listing", hinted_modified_at=modified)
    ledger.note(db, [ledger.Entry(candidate, "moscowtimes", "moscowtimes:100")], NOW)
    visited = replace(failed(A, Outcome.GONE, "HTTP 404"), candidate=candidate)
    ledger.settle(db, visited, "moscowtimes", "moscowtimes:100")
    (again,) = db.execute("select next_try_at from candidates").fetchone()
    assert again == (utc_text(NOW + pause) if pause else None)


def changed(url, modified):
    candidate = Candidate(url, Source.NEWS_SITEMAP, f"{MT}/map", hinted_modified_at=modified)
    return ledger.Entry(candidate, "moscowtimes", SITES.address_key(url))


def test_a_newer_change_that_a_listing_names_takes_up_what_was_final(db):
    ledger.note(db, [changed(A, NOW - timedelta(days=9))], NOW)
    db.execute("update candidates set outcome = 'gone', attempts = 6, next_try_at = null")
    ledger.note(db, [changed(A, NOW - timedelta(days=9))], NOW)
    assert ledger.doubtful(db, "moscowtimes", NOW, 9) == []
    ledger.note(db, [changed(A, NOW + timedelta(days=9))], NOW)
    assert ledger.doubtful(db, "moscowtimes", NOW, 9) == [], "a time to come says nothing"
    ledger.note(db, [changed(A, NOW - timedelta(hours=1))], NOW)
    assert [c.url for c in ledger.doubtful(db, "moscowtimes", NOW, 9)] == [A]


def test_a_newer_change_that_a_listing_names_brings_the_next_look_forward(db):
    ledger.note(db, [changed(A, NOW - timedelta(days=9))], NOW)
    keep(db, visit(A))
    db.execute("update articles set next_check_at = '2025-02-01T00:00:00Z'")
    later = NOW + timedelta(days=3)
    ledger.note(db, [changed(A, NOW - timedelta(minutes=1))], later)
    assert db.execute("select next_check_at from articles").fetchone()[0] > utc_text(later), "it was read after that"
    ledger.note(db, [changed(A, NOW + timedelta(days=2))], later)
    assert db.execute("select next_check_at from articles").fetchone()[0] == utc_text(later)


def test_a_listing_that_dates_everything_anew_says_nothing_of_any_article(db):
    urls = [f"{MT}/2024/12/09/one-a{number}" for number in range(200, 220)]
    ledger.note(db, [changed(url, NOW - timedelta(days=9)) for url in urls], NOW)
    keep(db, visit(urls[0]))
    db.execute("update articles set next_check_at = '2025-02-01T00:00:00Z'")
    later = NOW + timedelta(days=3)
    ledger.note(db, [changed(url, NOW + timedelta(days=2)) for url in urls], later)
    assert db.execute("select next_check_at from articles").fetchone()[0] > utc_text(later)


def test_every_outcome_that_is_tried_again_is_found_waiting(db):
    for number, outcome in enumerate(Outcome, start=1):
        url = f"{MT}/2024/12/09/one-a{number}"
        ledger.note(db, [entry(url)], NOW)
        ledger.settle(db, failed(url, outcome), "moscowtimes", f"moscowtimes:{number}")
    later = NOW + timedelta(days=3)
    due = db.execute("select url from candidates where outcome = 'waiting' or next_try_at <= ?", (later.isoformat(),))
    found = ledger.waiting(db, "moscowtimes", later, 10) + ledger.doubtful(db, "moscowtimes", later, 10)
    assert {c.url for c in found} == {row["url"] for row in due}


def test_what_waits_is_found_by_an_index_among_all_that_is_settled(db):
    ledger.note(db, [entry(f"{MT}/2024/12/09/one-a{number}") for number in range(200)], NOW)
    db.execute("update candidates set outcome = 'stored' where url not like '%9'")
    db.execute("analyze")
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    ledger.waiting(db, "moscowtimes", NOW, 10)
    db.set_trace_callback(None)
    plan = " ".join(row["detail"] for row in db.execute(f"explain query plan {asked[0]}"))
    assert "USING INDEX candidates_site (site=? AND outcome=?)" in plan


def test_an_address_is_news_until_a_crawl_that_saw_it_has_come_to_its_end(db):
    crawl = crawls.begin(db, "moscowtimes", "crawl", "test", NOW)
    ledger.note(db, [entry(A)], NOW)
    assert crawls.last_end(db, "moscowtimes", "crawl") is None
    assert ledger.has_news(db, [entry(A)], None)
    crawls.finish(db, crawl, "done", "finished", NOW + timedelta(minutes=1), {}, {})
    since = crawls.last_end(db, "moscowtimes", "crawl")
    assert since == NOW + timedelta(minutes=1)
    assert crawls.last_end(db, "moscowtimes", "backfill") is None
    assert not ledger.has_news(db, [entry(A)], since)
    assert ledger.has_news(db, [entry(A), entry(B)], since)


def test_another_address_of_an_article_is_news_as_long_as_the_article_is(db):
    keep(db, visit(A))
    assert not ledger.has_news(db, [entry(RETITLED)], NOW)
    assert ledger.has_news(db, [entry(RETITLED)], NOW - timedelta(minutes=1))
