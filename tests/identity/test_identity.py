"""One article, one row: what a page claims, where it answers, where redirects lead; in whatever order they come."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any, cast

import pytest

from crawler.address_forms import AddressPattern
from crawler.article import Article, Candidate, Moment, Outcome, Source
from crawler.site import Site, Sites
from pipelines.archive import ledger
from pipelines.canonicalise import canonicalise
from pipelines.store import store
from tests.make import MT, NOW, SITES, TEXT, fresh_archive, keep, related, rows, visit

HOME = "https://example.org"
A, B = f"{HOME}/2024/bridge-opens", f"{HOME}/2024/mayor-resigns"
OTHER: dict[str, Any] = {
    "title": "Mayor Resigns",
    "paragraphs": tuple(f"The mayor said in sentence {n} why she leaves the town hall this winter." for n in range(4)),
    "published": Moment(NOW - timedelta(hours=9), 180),
}


def picture(db):
    """What the archive says of its articles, whatever their numbers."""
    return (
        sorted(rows(db, "select url, address_key, title, text, first_seen_at, status from articles")),
        sorted(rows(db, "select a.address_key, u.url from article_urls u join articles a on a.id = u.article_id")),
        sorted(rows(db, "select l.href, t.address_key from links l left join articles t on t.id = l.target_id")),
    )


def due(db, url):
    entry = ledger.Entry(Candidate(url, Source.FEED, f"{HOME}/feed"), "example.org", SITES.address_key(url))
    return [one.url for one in ledger.note(db, [entry], NOW)]


VARIANTS = [
    f"{A}/amp",
    f"{HOME}/amp/2024/bridge-opens",
    f"{A}?amp=1",
    f"{A}?outputType=amp",
    f"{A}/print",
    "https://m.example.org/2024/bridge-opens",
    "https://amp.example.org/2024/bridge-opens",
    "https://mobile.example.org/2024/bridge-opens/",
]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("declared", [A, None])
def test_another_form_of_a_page_is_the_same_article_in_either_order(variant, declared):
    pages = [visit(A), visit(variant, canonical=declared, paragraphs=TEXT[:3])]
    told = []
    for order in permutations(pages):
        db = fresh_archive()
        for one in order:
            assert keep(db, one).article_id == 1
        told.append(rows(db, "select url, address_key, site, text from articles"))
        assert rows(db, "select kind from events") == [("new",)]
    assert told[0] == told[1] == [(A, "example.org/2024/bridge-opens", "example.org", "\n\n".join(TEXT))]


@pytest.mark.parametrize("form", ["/pdf", "/amp", "/print", "?amp=1", "?print=1"])
@pytest.mark.parametrize("is_declared", [True, False])
def test_another_form_that_shares_the_articles_number_is_no_edit_in_either_order(form, is_declared):
    main = f"{MT}/2024/12/09/council-decides-a100"
    for urls in permutations((main, main + form)):
        db = fresh_archive()
        for n, url in enumerate(urls):
            text = TEXT if url == main else TEXT[:3]
            keep(db, visit(url, minutes=30 * n, canonical=main if is_declared else None, paragraphs=text))
        assert rows(db, "select url, text from articles") == [(main, "\n\n".join(TEXT))]
        assert rows(db, "select kind from events") == [("new",)]
        assert keep(db, visit(main, minutes=90, paragraphs=(*TEXT, "More."))).reason == "edited"


def test_an_article_known_by_another_form_alone_is_kept_under_its_own_address(db):
    keep(db, visit("https://m.themoscowtimes.com/2024/12/09/council-decides-a100/pdf"))
    assert rows(db, "select url, address_key from articles") == [
        (f"{MT}/2024/12/09/council-decides-a100", "moscowtimes:100")
    ]


@pytest.mark.parametrize("declared", [A, None])
def test_a_page_is_the_same_whatever_way_led_there_and_its_edit_is_one(db, declared):
    keep(db, visit(f"{A}?from=feed", canonical=declared))
    edited = visit(A, minutes=30, canonical=declared, paragraphs=(*TEXT, "More."))
    assert keep(db, edited).article_id == 1
    assert rows(db, "select url from articles") == [(A,)]
    assert rows(db, "select kind from events order by id") == [("new",), ("edited",)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_address_that_answers_is_better_than_one_that_was_only_claimed_once(order):
    pages = [visit(A, canonical=B), visit(A, minutes=5), visit(f"{A}?ref=rss", minutes=9)]
    db = fresh_archive()
    for n in order:
        keep(db, pages[n])
    assert rows(db, "select url from articles") == [(A,)]


def test_another_form_is_found_also_where_a_second_article_claims_the_page(db):
    keep(db, visit(f"{A}/amp"))
    keep(db, visit(B, canonical=A, **OTHER))
    assert keep(db, visit(A, minutes=30, paragraphs=(*TEXT, "More."))).article_id == 1
    assert rows(db, "select id, url from articles") == [(1, A), (2, B)]


@pytest.mark.parametrize("variant", VARIANTS)
def test_another_form_with_another_text_is_another_article(db, variant):
    keep(db, visit(A))
    assert keep(db, visit(variant, **OTHER)).outcome is Outcome.STORED
    assert rows(db, "select count(*) from articles") == [(2,)]


@pytest.mark.parametrize(
    "claim", [f"{HOME}/", f"{HOME}/2024", f"{HOME}/politics", "https://elsewhere.example/x", "#top", "http://[x/"]
)
def test_a_claim_that_cannot_be_true_is_not_believed(db, claim):
    keep(db, visit(A, canonical=claim))
    assert rows(db, "select url from articles") == [(A,)]
    assert rows(db, "select distinct url from article_urls") == [(A,)]


def test_a_script_does_not_claim_its_articles(db):
    for n, fields in enumerate(({}, OTHER)):
        keep(db, visit(f"{HOME}/read.php?id={n}", canonical=f"{HOME}/read.php", **fields))
    assert rows(db, "select address_key from articles") == [
        ("example.org/read.php?id=0",),
        ("example.org/read.php?id=1",),
    ]


def test_pages_made_in_the_browser_that_differ_in_the_fragment_alone_are_two(db):
    keep(db, visit(f"{HOME}/#!bridge-opens", canonical=f"{HOME}/", links=related(f"{HOME}/#!mayor-resigns")))
    keep(db, visit(f"{HOME}/#!mayor-resigns", links=related(f"{HOME}/#top"), **OTHER))
    assert rows(db, "select url from articles") == [(f"{HOME}/#!bridge-opens",), (f"{HOME}/#!mayor-resigns",)]
    assert rows(db, "select article_id, target_id from links") == [(1, 2), (2, None)]


def test_a_relative_claim_is_one_for_the_sites_own_address(db):
    keep(db, visit(f"{A}?from=feed", canonical="/2024/bridge-opens"))
    assert rows(db, "select url from articles") == [(A,)]


@pytest.mark.parametrize("claim", [B, f"{HOME}/2024/one-for-all"])
def test_a_wrong_claim_hides_no_edit(db, claim):
    keep(db, visit(B, **OTHER))
    keep(db, visit(f"{HOME}/2024/third", title="Third", canonical=claim, paragraphs=("Another text.",)))
    keep(db, visit(A, canonical=claim))
    edited = visit(A, canonical=claim, minutes=30, paragraphs=(*TEXT, "More."), links=related(B))
    assert keep(db, edited).reason == "edited"
    assert rows(db, "select a.url, t.url from links l join articles a on a.id = article_id join articles t"
                " on t.id = target_id") == [(A, B)]  # fmt: skip


def test_a_claim_for_the_address_of_another_article_yields_to_it_in_any_order():
    told = []
    for order in permutations(
        [visit(A, canonical=B), visit(B, **OTHER), visit(f"{HOME}/2024/third", title="Third", links=related(B))]
    ):
        db = fresh_archive()
        for one in order:
            keep(db, one)
        told.append(picture(db))
    assert all(one == told[0] for one in told)
    assert [row[0] for row in told[0][0]] == [A, B, f"{HOME}/2024/third"]
    assert (B, "example.org/2024/mayor-resigns") in told[0][2]


def test_an_address_that_a_page_only_claims_is_still_fetched(db):
    keep(db, visit(A, canonical=B))
    assert due(db, B) == [B]
    keep(db, visit(B))
    assert due(db, f"{B}/") == []
    assert rows(db, "select count(*) from articles") == [(1,)]


def test_one_claim_of_many_articles_leaves_each_its_own_address_and_no_link_a_target(db):
    keep(db, visit(f"{HOME}/2024/box", links=related(B)))
    for n in range(4):
        published = Moment(NOW - timedelta(hours=n), 0)
        text = tuple(f"{n} {paragraph}" for paragraph in TEXT)
        keep(db, visit(f"{HOME}/2024/{n}", canonical=B, title=f"Piece {n}", paragraphs=text, published=published))
    assert rows(db, "select count(distinct url), sum(url like '%/mayor-resigns') from articles") == [(5, 0)]
    assert rows(db, "select target_id from links") == [(None,)]
    keep(db, visit(B, **OTHER))
    assert rows(db, "select t.title from links join articles t on t.id = target_id") == [("Mayor Resigns",)]


def test_a_daily_column_that_redirects_to_the_next_one_stays_two(db):
    """Equal title, half the text equal, a redirect: all weak, since the time differs."""
    template = TEXT[:3]
    keep(db, visit(A, title="Exchange Rates", paragraphs=(*template, "A crown is 11 today.")))
    tomorrow = Moment(NOW + timedelta(hours=20), 180)
    page = visit(
        B, requested=A, title="Exchange Rates", paragraphs=(*template, "A crown is 12 today."), published=tomorrow
    )
    assert keep(db, page).outcome is Outcome.STORED
    assert rows(db, "select count(*) from articles") == [(2,)]


def test_a_redirect_from_an_articles_own_address_to_its_text_moves_the_article(db):
    keep(db, visit(A))
    assert keep(db, visit(B, requested=A, title="Bridge Opens, at Last", minutes=60)).article_id == 1
    assert rows(db, "select url, address_key from articles") == [(B, "example.org/2024/mayor-resigns")]
    assert due(db, A) == due(db, B) == []


def test_a_redirect_between_two_rows_of_one_article_merges_them(db):
    keep(db, visit(A, title="Bridge Opens", paragraphs=TEXT))
    keep(db, visit(B, title="Bridge Opens at Last", paragraphs=(*TEXT, "More."), minutes=10))
    keep(db, visit(f"{HOME}/2024/box", links=related(A, B), minutes=15, **OTHER))
    assert (
        keep(
            db, visit(B, requested=A, title="Bridge Opens at Last", paragraphs=(*TEXT, "More."), minutes=20)
        ).article_id
        == 1
    )
    assert rows(db, "select id, url, title from articles where id < 3") == [(1, B, "Bridge Opens at Last")]
    assert rows(db, "select old_id, into_id, reason from merges") == [
        (2, 1, "a redirect from example.org/2024/bridge-opens")
    ]
    assert rows(db, "select distinct target_id from links") == [(1,)]


def test_rows_that_become_equal_in_title_text_and_time_stay_two_by_their_addresses(db):
    keep(db, visit(A, title="Draft"))
    keep(db, visit(B, paragraphs=TEXT[:3]))
    assert keep(db, visit(B, minutes=5, title="Draft")).article_id == 2
    assert rows(db, "select id, duplicate_of from articles") == [(1, None), (2, 1)]
    assert rows(db, "select * from merges") == []


@pytest.mark.parametrize("published", [Moment(NOW, 0), None])
def test_six_numbers_with_one_page_stay_six_articles(db, published):
    urls = [f"{MT}/2024/12/09/piece-{number}-a{number}" for number in range(200, 206)]
    for minutes, url in enumerate(urls):
        keep(db, visit(url, minutes=minutes, title="We Are Back Soon", published=published))
    assert rows(db, "select count(*), count(duplicate_of) from articles") == [(6, 5)]
    assert rows(db, "select distinct kind from events") == [("new",)]


def test_a_row_that_only_a_slug_names_is_the_article_with_a_number_that_has_its_title_text_and_time(db):
    keep(db, visit(f"{MT}/2024/12/10/mayor-resigns"))
    assert keep(db, visit(f"{MT}/2024/12/09/mayor-leaves-office-a101", minutes=5)).article_id == 1
    keep(db, visit(f"{MT}/2024/12/10/crane-falls", title="Crane", published=None))
    keep(db, visit(f"{MT}/2024/12/09/crane-fell-a102", minutes=5, title="Crane", published=None))
    assert rows(db, "select count(*) from articles") == [(3,)], "that neither has a time is no sign"


def test_a_slug_row_and_its_numbered_row_are_merged_once_a_page_tells(db):
    numbered, slug = f"{MT}/2024/12/09/mayor-resigns-a101", f"{MT}/2024/12/10/mayor-resigns"
    keep(db, visit(slug))
    keep(db, visit(numbered, minutes=5, **OTHER))
    assert rows(db, "select address_key from articles") == [("moscowtimes:101",), ("moscowtimes~mayor-resigns",)]
    keep(db, visit(slug, canonical=numbered, minutes=9, **OTHER))
    assert rows(db, "select count(*) from articles") == [(2,)], (
        "it is the number's; the old text of the slug is another"
    )


def test_two_numbers_with_one_slug_text_and_time_are_two_articles_and_one_of_them_is_a_repost(db):
    keep(db, visit(f"{MT}/2024/12/09/council-decides-a100"))
    keep(db, visit(f"{MT}/2024/12/09/council-decides-a101", title="The Council Has Decided"))
    assert rows(db, "select address_key, duplicate_of from articles") == [
        ("moscowtimes:100", None),
        ("moscowtimes:101", 1),
    ]


def test_a_row_known_by_its_slug_takes_its_number_when_that_is_told(db):
    numbered, slug = f"{MT}/2024/12/09/mayor-resigns-a101", f"{MT}/2024/12/10/mayor-resigns"
    keep(db, visit(slug))
    assert keep(db, visit(numbered, requested=slug, minutes=5)).article_id == 1
    assert rows(db, "select url, address_key from articles") == [(numbered, "moscowtimes:101")]


@pytest.mark.parametrize("claimed", ["moscowtimes:55", "moscowtimes:101"])
def test_pages_without_a_number_that_claim_one_number_are_not_merged(db, claimed):
    number = f"{MT}/2024/12/09/mayor-resigns-a{claimed.partition(':')[2]}"
    keep(db, visit(f"{MT}/archive/one", canonical=number))
    keep(db, visit(f"{MT}/archive/two", canonical=number, **OTHER))
    keep(db, visit(number, title="Third", paragraphs=tuple("abcd"), published=None))
    assert sorted(rows(db, "select address_key from articles")) == [
        (claimed,),
        ("themoscowtimes.com/archive/one",),
        ("themoscowtimes.com/archive/two",),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_link_that_only_a_redirect_resolves_finds_its_target_in_any_order(order):
    """The box names yesterday's slug; the article was renamed, and the old address redirects to it."""
    old, new = f"{MT}/2024/12/08/old-name", f"{MT}/2024/12/09/new-name-a101"
    visits = [
        visit(f"{MT}/2024/12/09/box-a1", links=related(old), **OTHER),
        visit(new),
        visit(new, requested=old, minutes=5),
    ]
    db = fresh_archive()
    for n in order:
        keep(db, visits[n])
    assert rows(db, "select t.url from links join articles t on t.id = target_id") == [(new,)]


SLUGS = Site(
    "slugs", "Slugs", ("slugs.example",), "https://slugs.example/",
    articles=(AddressPattern(re.compile(r"(?i)/(?:\d{4}|world)/(?P<slug>[^/?]+)$")),),
)  # fmt: skip


@pytest.mark.parametrize("way", ["", "?amp=1", "#!comments", "?from=feed"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_where_the_slug_is_the_identity_a_claim_for_another_slug_joins_nothing(db, order, way):
    one, other = "https://slugs.example/2024/bridge-opens", "https://slugs.example/world/mayor-resigns"
    pages = [visit(one + way, canonical=other), visit(other, **OTHER), visit(one, minutes=5, links=related(other))]
    for n in order:
        made = canonicalise(pages[n], cast("Article", pages[n].article), Sites.of([SLUGS]))
        store(db, replace(made, article=replace(made.article, site="slugs")), SLUGS, None)
    assert sorted(rows(db, "select url, address_key, title from articles")) == [
        (one, "slugs~bridge-opens", "Council Decides"),
        (other, "slugs~mayor-resigns", "Mayor Resigns"),
    ]
    assert rows(db, "select t.url from links join articles t on t.id = target_id") == [(other,)]


def test_whatever_pages_claim_two_texts_never_share_a_row():
    """Random visits of two articles of one minute, some of one title, whose pages claim anything for their own."""
    chance = Random(7)  # noqa: S311  # nothing secret
    texts = [tuple(f"Sentence {n} of {name} tells something of its own." for n in range(4)) for name in ("one", "two")]
    for _ in range(25):
        db, titles = fresh_archive(), chance.choice((("One", "Two"), ("One", "One")))
        forms = [
            (
                f"{HOME}/x/{s}",
                f"{HOME}/x/{s}/amp",
                f"https://m.example.org/x/{s}",
                f"{HOME}/x/{s}?ref=rss",
                f"{HOME}/read?id={s}",
            )
            for s in ("one-a", "two-b")
        ]
        answered = {}
        for minute in range(chance.randrange(2, 7)):
            which = chance.randrange(2)
            url, asked = chance.choice(forms[which]), chance.choice((None, None, *forms[which]))
            claim = chance.choice((None, *forms[0], *forms[1], f"{HOME}/one-for-all"))
            fields: dict[str, Any] = {"title": titles[which], "paragraphs": texts[which], "canonical": claim}
            keep(db, visit(url, requested=asked, minutes=minute, **fields))
            answered[url] = "\n\n".join(texts[which])
        assert rows(db, "select count(*) from revisions") == [(0,)]
        led = "select u.url, a.text from article_urls u join articles a on a.id = u.article_id"
        assert answered.items() <= dict(rows(db, led)).items()


def test_an_article_that_answers_at_a_site_with_none_so_far_goes_over_to_it():
    db = fresh_archive()
    moved = f"{MT}/2024/12/09/bridge-opens-a100"
    first = keep(db, visit(A, alternates=(("amp", moved),)))
    db.execute("insert into _address_keys(address_key, article_id, proof) values ('moscowtimes:100', 1, 1)")
    assert keep(db, visit(moved, minutes=60)).article_id == first.article_id
    assert rows(db, "select site from articles") == [("moscowtimes",)]
