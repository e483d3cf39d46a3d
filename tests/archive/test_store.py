"""Storing on a real database: one article one row, links that find their targets, full text, transactions."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.article import Article, Block, Dropped, Link, Moment, Outcome, Provenance
from pipelines.archive.fields import month
from tests.make import MT, NOW, TEXT, keep, related, rows, visit

A, B, C = (f"{MT}/2024/12/09/{slug}" for slug in ("council-decides-a100", "mayor-resigns-a101", "bridge-opens-a102"))
B_BOX = f"{MT}/2024/12/10/mayor-resigns"


def test_an_article_is_one_row_with_all_that_belongs_to_it(db):
    one = visit(
        A,
        authors=("Anna Petrova", "AFP"),
        tags=("Council", "Budget"),
        blocks=(Block(1, "quote"),),
        dropped=(Dropped(2, "newsletter", "Sign up"),),
        provenance=(Provenance("title", "og:title", "Council Decides", True),),
        links=(Link("inline", 0, "https://example.org/report", "plain", 19, 24),),
    )
    stored = keep(db, one)
    assert stored.outcome is Outcome.STORED
    assert rows(
        db, "select site, url, address_key, title, published_at, published_offset, month, status from articles"
    ) == [("moscowtimes", A, "moscowtimes:100", "Council Decides", "2024-12-09T09:00:00Z", 180, "2024-12", "live")]
    assert rows(db, "select text from articles") == [("\n\n".join(TEXT),)]
    assert rows(db, "select name, position from authors join article_authors on author_id = id") == [
        ("Anna Petrova", 0),
        ("AFP", 1),
    ]
    assert sorted(rows(db, "select name from tags join article_tags on tag_id = id")) == [("Budget",), ("Council",)]
    assert rows(db, "select position, kind from blocks") == [(1, "quote")]
    assert rows(db, "select position, reason, text from dropped") == [(2, "newsletter", "Sign up")]
    assert rows(db, "select field, source, chosen from provenance") == [("title", "og:title", 1)]
    assert rows(db, "select kind, position, start, end, target_id from links") == [("inline", 0, 19, 24, None)]
    assert rows(db, "select kind, detail from events") == [("new", "Council Decides")]
    assert rows(db, "select url, outcome, article_id from candidates") == [(A, "stored", 1)]


@pytest.mark.parametrize(
    "other",
    [
        f"{A}/pdf",
        f"{A}?utm_source=x",
        f"{MT}/all/100",
        f"{MT}/2024/12/11/council-changes-its-mind-a100",
        f"{MT}/news/old-100",
    ],
)
def test_another_address_of_an_article_is_an_alias_not_a_row(db, other):
    keep(db, visit(A))
    again = keep(db, visit(other, minutes=5))
    assert (again.outcome, again.article_id) == (Outcome.ALIAS, 1)
    assert rows(db, "select count(*), max(last_seen_at) from articles") == [(1, "2024-12-09T12:05:00Z")]
    assert {A, other} <= {url for (url,) in rows(db, "select url from article_urls where article_id = 1")}


def test_equal_title_text_and_time_at_two_addresses_are_two_articles_of_which_one_says_so(db):
    keep(db, visit("https://example.org/a"))
    assert keep(db, visit("https://example.org/b")).outcome is Outcome.STORED
    assert rows(db, "select id, duplicate_of from articles") == [(1, None), (2, 1)]


def test_equal_text_under_another_title_is_a_row_of_its_own_that_says_so(db):
    keep(db, visit("https://example.org/a"))
    keep(db, visit("https://example.org/b", title="Another Headline"))
    keep(db, visit("https://example.com/c"))
    assert rows(db, "select site, duplicate_of from articles order by id") == [
        ("example.org", None),
        ("example.org", 1),
        ("example.com", None),
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_link_finds_its_target_whichever_comes_first(db, order):
    both = [visit(A, links=related(B)), visit(B, title="Mayor Resigns", paragraphs=TEXT[::-1])]
    for n in order:
        keep(db, both[n])
    assert rows(db, "select l.address_key, t.title from links l join articles t on t.id = target_id") == [
        ("moscowtimes:101", "Mayor Resigns")
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_box_without_the_number_finds_the_one_article_with_that_slug(db, order):
    both = [visit(A, links=related(B_BOX)), visit(B, title="Mayor Resigns", paragraphs=TEXT[::-1])]
    for n in order:
        keep(db, both[n])
    assert rows(db, "select t.url from links join articles t on t.id = target_id") == [(B,)]


def test_a_slug_that_two_articles_have_is_left_open_until_a_redirect_has_told(db):
    twin = f"{MT}/2023/01/02/mayor-resigns-a55"
    keep(db, visit(A, links=related(B_BOX)))
    keep(db, visit(B, title="Mayor Resigns", paragraphs=TEXT[::-1]))
    keep(db, visit(twin, title="Another Mayor Resigns", paragraphs=TEXT[:3]))
    assert rows(db, "select target_id from links") == [(None,)]
    keep(db, visit(twin, requested=B_BOX, title="Another Mayor Resigns", paragraphs=TEXT[:3]))
    assert rows(db, "select t.url from links join articles t on t.id = target_id") == [(twin,)]


def test_the_same_box_twice_is_two_rows_and_a_box_whose_href_changes_daily_one_key(db):
    keep(db, visit(A, links=related(B_BOX, B_BOX)))
    assert rows(db, "select address_key, nth from links") == [
        ("moscowtimes~mayor-resigns", 0),
        ("moscowtimes~mayor-resigns", 1),
    ]


def test_search_finds_words_whatever_their_accents(db):
    keep(db, visit(A, title="Gästehaus eröffnet"))
    assert rows(db, "select rowid from articles_fts where articles_fts match 'gastehaus eroffnet'") == [(1,)]
    db.execute("update articles set title = 'Closed' where id = 1")
    assert rows(db, "select rowid from articles_fts where articles_fts match 'gastehaus'") == []


def test_month_is_that_of_the_sites_clock():
    at = datetime(2024, 11, 30, 22, 30, tzinfo=UTC)
    late = Moment(at, 180)
    assert month(late, "Europe/Moscow", at) == "2024-12"
    assert month(late, "UTC", at) == "2024-11"
    assert month(None, "UTC", datetime(2023, 5, 1, tzinfo=UTC)) == "2023-05"
    assert month(Moment(datetime(2024, 1, 31, tzinfo=UTC).date()), "UTC", at) == "2024-01"


def test_text_is_the_last_column_of_articles(db):
    assert [name for (_, name, *_) in rows(db, "pragma table_info(articles)")][-1] == "text"


def test_an_article_knows_its_words():
    one = Article("example.org", "https://example.org/a", paragraphs=("One two.", "Three."))
    assert (one.text, one.word_count) == ("One two.\n\nThree.", 3)


def later(hours: int) -> Moment:
    return Moment(NOW - timedelta(hours=hours), 180)


def test_a_canonical_that_a_broken_site_claims_for_all_its_pages_merges_none_of_them(db):
    claim = "https://example.org/constant"
    for n in range(3):
        page = visit(
            f"https://example.org/{n}", canonical=claim, title=f"Title {n}", paragraphs=TEXT[n:], published=later(n)
        )
        assert keep(db, page).outcome is Outcome.STORED
    kept = rows(db, "select url from articles order by id")
    assert kept == [(f"https://example.org/{n}",) for n in range(3)]


def test_a_canonical_is_believed_of_another_page_with_the_same_title(db):
    keep(db, visit("https://example.org/a", canonical="https://example.org/a"))
    amp = visit("https://example.org/a/amp", canonical="https://example.org/a", paragraphs=TEXT[:3], published=None)
    assert keep(db, amp).article_id == 1


def test_a_slug_does_not_merge_two_numbers(db):
    keep(db, visit(f"{MT}/2023/01/02/mayor-resigns-a55"))
    page = visit(
        f"{MT}/2024/12/10/mayor-resigns", canonical=B, title="Other", paragraphs=TEXT[::-1], published=later(9)
    )
    assert keep(db, page).article_id == 2
    assert rows(db, "select address_key from articles order by id") == [("moscowtimes:55",), ("moscowtimes:101",)]


def test_a_page_without_a_number_is_not_taken_for_the_numbered_one_of_its_slug(db):
    keep(db, visit(B))
    assert keep(db, visit(B_BOX, title="Other", paragraphs=TEXT[::-1], published=later(9))).article_id == 2
    assert keep(db, visit(f"{MT}/2024/12/11/mayor-resigns", paragraphs=TEXT[:2])).article_id == 2, "the same key"


def test_two_galleries_without_text_or_time_are_two(db):
    for n in (1, 2):
        keep(db, visit(f"https://example.org/{n}", title="In Pictures", paragraphs=(), published=None))
    assert rows(db, "select count(*) from articles") == [(2,)]


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("select id from articles where address_key = 'x'", "sqlite_autoindex_articles_1"),
        ("select article_id from _address_keys where address_key = 'x' limit 2", "PRIMARY KEY"),
        ("select article_id from article_urls where url = 'x'", "PRIMARY KEY"),
        ("select proof from _address_keys where address_key = 'x' and article_id = 1", "PRIMARY KEY"),
        ("update links set target_id = 1 where address_key = 'x'", "links_address_key"),
        ("select url from candidates where address_key = 'x' and outcome = 'waiting'", "candidates_address_key"),
        ("select listing_url from listings where candidate = 'x' limit 1", "PRIMARY KEY"),
    ],
)
def test_what_is_asked_at_every_article_has_its_index(db, sql, index):
    plan = " ".join(row["detail"] for row in db.execute(f"explain query plan {sql}"))
    assert index in plan
    assert "SCAN" not in plan
