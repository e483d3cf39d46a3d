"""Two rows become one: nothing that belonged to either is lost, and nothing points at the one that is no more."""

from dataclasses import replace
from typing import Any

import pytest

from crawler.article import Block, Dropped, Link, Moment, Outcome, Provenance
from pipelines.identity import keys, revisits
from pipelines.identity.merge import COVERED, Occasion, merge, survivor
from pipelines.identity.revisits import Policy
from tests.make import NOW, SITES, TEXT, fresh_archive, keep, related, rows, visit

A, B, C, BOX = (f"https://example.org/2024/{slug}" for slug in ("first-of-two", "second-of-two", "of-its-own", "a-box"))
OCCASION = Occasion("2024-12-10T08:00:00Z")
LATER: dict[str, Any] = {
    "title": "Council Decides, at Last",
    "paragraphs": (*TEXT, "The mayor welcomed the decision with a long speech on the town hall's steps."),
}
UNLIKE: dict[str, Any] = {
    "title": "Snow",
    "paragraphs": tuple(f"Snow fell on hill number {n} of the uplands." for n in range(9)),
}


def columns_that_name_articles(db):
    """Foreign keys, and what is called as if it were one; views and full text have no rows of their own."""
    tables = [
        name for (name,) in rows(db, "select name from sqlite_master where type = 'table' and sql not like '%fts%'")
    ]
    for table in tables:
        yield from ((table, key[3]) for key in rows(db, f"pragma foreign_key_list({table})") if key[2] == "articles")
        yield from ((table, c[1]) for c in rows(db, f"pragma table_info({table})") if c[1] == "article_id")


def test_every_column_that_names_an_article_is_looked_after(db):
    assert set(columns_that_name_articles(db)) == COVERED


def two(db):
    """Two rows of one article with all that a row can have, and others that point at both."""
    both = (Provenance("title", "og:title", "Council Decides", True),)
    keep(
        db,
        visit(A, authors=("Anna",), tags=("Old",), blocks=(Block(0, "quote"),), provenance=both, links=related(C, BOX)),
    )
    later = dict(LATER, authors=("Anna", "Boris"), tags=("New",), dropped=(Dropped(1, "newsletter", "Sign up"),))
    keep(
        db,
        visit(B, minutes=30, links=(*related(C), Link("inline", 0, "https://elsewhere.example/", "x", 0, 1)), **later),
    )
    keep(db, visit(BOX, links=related(A, B), **UNLIKE))
    db.execute("insert into watches(name, enabled) values ('all', 0)")
    for article_id in (1, 2):
        db.execute("insert into alerts(watch_id, article_id, created_at, message) values (1, ?, '', '')", (article_id,))
        db.execute("insert into _absences values (?, '2024-12-09', '2024-12-09', 1, '404')", (article_id,))


def dangling(db, gone):
    return {
        (table, column): n
        for table, column in columns_that_name_articles(db)
        for (n,) in rows(db, f"select count(*) from {table} where {column} = ?", gone)  # noqa: S608  # names from the schema
        if n
    }


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 1)])
def test_all_that_belonged_to_either_is_the_survivors(db, one, other):
    two(db)
    assert merge(db, one, other, "told so", OCCASION) == 1
    assert dangling(db, 2) == {}
    assert rows(db, "select title, first_seen_at, last_checked_at, status from articles where id = 1") == [
        ("Council Decides, at Last", "2024-12-09T12:00:00Z", "2024-12-09T12:30:00Z", "live")
    ]
    assert sorted(rows(db, "select url from article_urls where article_id = 1")) == [(A,), (B,)]
    assert rows(db, "select name from tags join article_tags on id = tag_id where article_id = 1") == [("New",)]
    assert len(rows(db, "select 1 from article_authors where article_id = 1")) == 2
    assert rows(db, "select count(*) from blocks") == [(0,)]
    assert rows(db, "select reason from dropped where article_id = 1") == [("newsletter",)]
    assert rows(db, "select count(*) from alerts where article_id = 1") == [(2,)]
    assert rows(db, "select visits from _absences where article_id = 1") == [(1,)]
    assert rows(db, "select url, article_id from candidates where url in (?, ?)", A, B) == [(A, 1), (B, 1)]
    assert rows(db, "select old_id, into_id, at, reason from merges") == [(2, 1, OCCASION.at, "told so")]
    assert rows(db, "select article_id, detail from events where kind = 'merged'") == [(1, "2: told so")]
    assert db.execute("pragma foreign_key_check").fetchall() == []


def test_the_state_that_was_fetched_later_is_the_articles_and_the_other_a_revision(db):
    two(db)
    merge(db, 1, 2, "told so", OCCASION)
    assert rows(db, "select cause, silent, title, seen_from, url from revisions where article_id = 1") == [
        ("merge", None, "Council Decides", "2024-12-09T12:00:00Z", A)
    ]


def test_a_merge_of_equal_states_leaves_no_revision(db):
    keep(db, visit(A))
    keep(db, visit(B, title="Other"))
    db.execute("update articles set title = 'Council Decides'")
    merge(db, 1, 2, "told so", OCCASION)
    assert rows(db, "select count(*) from revisions") == [(0,)]


def test_links_of_both_stay_and_links_to_either_lead_to_the_survivor(db):
    two(db)
    merge(db, 1, 2, "told so", OCCASION)
    links = rows(db, "select href, first_seen_at, last_seen_at from links where article_id = 1 order by href")
    assert links == [
        ("https://elsewhere.example/", "2024-12-09T12:30:00Z", "2024-12-09T12:30:00Z"),
        (BOX, "2024-12-09T12:00:00Z", "2024-12-09T12:00:00Z"),
        (C, "2024-12-09T12:00:00Z", "2024-12-09T12:30:00Z"),
    ]
    assert rows(db, "select href, target_id from links where article_id = 3 order by href") == [(A, 1), (B, 1)]
    keep(db, visit(C, **UNLIKE | {"title": "Own", "published": None, "paragraphs": TEXT[:2]}))
    assert rows(db, "select target_id from links where href = ?", C) == [(4,)]


def test_search_finds_the_words_of_the_survivor_alone(db):
    two(db)
    merge(db, 1, 2, "told so", OCCASION)
    assert rows(db, "select rowid from articles_fts where articles_fts match 'welcomed'") == [(1,)]
    assert rows(db, "select rowid from articles_fts where articles_fts match 'plain'") == [(1,)]
    db.execute("insert into articles_fts(articles_fts, rank) values ('integrity-check', 1)")


def test_an_old_number_is_followed_through_a_chain(db):
    for url, title in ((A, "One"), (B, "Two"), (C, "Three")):
        keep(db, visit(url, title=title))
    merge(db, 2, 3, "first", OCCASION)
    merge(db, 1, 2, "second", OCCASION)
    assert [survivor(db, n) for n in (1, 2, 3)] == [1, 1, 1]
    assert rows(db, "select old_id, into_id from merges") == [(2, 1), (3, 1)]


def test_a_number_that_went_into_another_is_never_given_again(db):
    for url, title in ((A, "One"), (B, "Two")):
        keep(db, visit(url, title=title))
    merge(db, 1, 2, "told so", OCCASION)
    assert keep(db, visit(C, **UNLIKE)).article_id == 3
    assert survivor(db, 2) == 1
    merge(db, 1, 3, "told so", OCCASION)
    assert keep(db, visit(BOX, title="Four")).article_id == 4
    assert rows(db, "select old_id, into_id from merges") == [(2, 1), (3, 1)]


def test_a_number_that_was_given_again_by_an_earlier_version_is_that_of_the_article_that_has_it(db):
    for url, title in ((A, "One"), (B, "Two")):
        keep(db, visit(url, title=title))
    db.execute("insert into merges(old_id, into_id) values (2, 1)")
    assert survivor(db, 2) == 2
    merge(db, 1, 2, "told so", OCCASION)
    assert rows(db, "select old_id, into_id, reason from merges") == [(2, 1, "told so")]


def test_a_visit_of_a_row_that_was_merged_meanwhile_is_one_of_the_survivor(db):
    two(db)
    merge(db, 1, 2, "told so", OCCASION)
    again = replace(visit(B, minutes=60, **LATER), revisit=2)
    assert keep(db, again).article_id == 1
    missed = replace(visit(B, minutes=90), outcome=Outcome.GONE, reason="404", article=None, revisit=2)
    revisits.settle(db, missed, 2, None, Policy(), SITES.for_url(B))
    assert rows(db, "select article_id, reason from _absences") == [(1, "404")]


def test_what_counted_as_a_repost_of_the_one_that_is_no_more_counts_as_one_of_the_survivor(db):
    keep(db, visit(A, **UNLIKE))
    keep(db, visit(B))
    keep(db, visit(C, title="Printed Again", minutes=5, published=Moment(NOW, 0)))
    assert rows(db, "select id, duplicate_of from articles order by id") == [(1, None), (2, None), (3, 2)]
    db.execute("update articles set last_checked_at = '2024-12-09T13:00:00Z' where id = 2")
    merge(db, 1, 2, "told so", OCCASION)
    assert rows(db, "select id, duplicate_of from articles order by id") == [(1, None), (3, 1)]
    assert rows(db, "select count(*) from _bands where article_id = 2") == [(0,)]


def test_a_merge_that_fails_leaves_everything_as_it_was(db):
    two(db)
    before = list(db.iterdump())
    db.execute("begin")
    db.execute("create temp trigger stop before delete on articles begin select raise(abort, 'no'); end")
    with pytest.raises(Exception, match="no"):
        merge(db, 1, 2, "told so", OCCASION)
    db.execute("rollback")
    assert list(db.iterdump()) == before


def test_either_order_of_arrival_gives_the_same_article():
    told = []
    for order in ((A, B), (B, A)):
        db = fresh_archive()
        made = {A: visit(A, links=related(C)), B: visit(B, minutes=30, **LATER)}
        for url in order:
            keep(db, made[url])
        keep(db, visit(B, requested=A, minutes=60, **LATER))
        told.append(
            (
                rows(db, "select id, url, address_key, title, text, first_seen_at, last_seen_at from articles"),
                sorted(rows(db, "select url, article_id from article_urls")),
                sorted(rows(db, "select address_key, article_id, proof from _address_keys")),
                rows(db, "select href, address_key from links"),
                rows(db, "select title, seen_from, seen_until from revisions"),
            )
        )
    assert told[0] == told[1]
    assert len(told[0][0]) == 1
    assert told[0][0][0][1] == B


def test_the_better_right_to_a_key_stays(db):
    two(db)
    keys.add(db, 1, {"example.org/2024/second-of-two": keys.CLAIMED})
    merge(db, 1, 2, "told so", OCCASION)
    assert keys.has_answered(db, 1, "example.org/2024/second-of-two")
