"""Reposts and copies in the archive: who ran whose text, whatever the order in which the articles came."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from random import Random

import pytest

from crawler.article import Article, Kind, Moment, Visit
from pipelines.copies import copies, lsh
from pipelines.copies.alignment import align
from pipelines.copies.copies import Publication
from pipelines.copies.shingles import words
from tests.make import NOW, fresh_archive, keep, visit
from tests.material.duplicates.english import Desk

TEXT = tuple(Desk(Random(11)).text(260))  # noqa: S311 - a text that can be made again, no secret
OTHER = tuple(Desk(Random(12)).text(260))  # noqa: S311


def ran(host: str, hours: float | None = 0, paragraphs: tuple[str, ...] = TEXT, slug: str = "a", **fields) -> Visit:
    """An article of a paper, published so many hours before the fetch; None where it does not say."""
    published = None if hours is None else Moment(NOW - timedelta(hours=hours), 0)
    known = {"title": f"{host} {slug}", "paragraphs": paragraphs, "published": published}
    return visit(f"https://{host}/{slug}", **(known | fields))


def copied(db):
    """Each copy and its origin, by address."""
    found = db.execute(
        "select a.url, o.url from copies c join articles a on a.id = c.article_id join articles o on o.id = c.origin_id"
    )
    return {_short(a): _short(b) for a, b in found}


def reposted(db):
    found = db.execute("select a.url, o.url from articles a join articles o on o.id = a.duplicate_of")
    return {_short(a): _short(b) for a, b in found}


def syndicated(db):
    found = db.execute("select a.url from events e join articles a on a.id = e.article_id where e.kind = 'syndicated'")
    return [_short(url) for (url,) in found]


def _short(url: str) -> str:
    return url.removeprefix("https://")


def test_a_near_duplicate_of_the_same_site_is_a_repost_and_no_copy(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("one.example", 4, (*TEXT[:-1], "Our weather desk reported this."), "b"))
    assert (reposted(db), copied(db), syndicated(db)) == ({"one.example/b": "one.example/a"}, {}, [])


def test_another_paper_that_ran_the_text_later_has_a_copy_with_its_shares_and_an_event(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("two.example", 4, TEXT[: len(TEXT) // 2]))
    assert copied(db) == {"two.example/a": "one.example/a"}
    similarity, kept, own = db.execute("select similarity, kept, own from copies").fetchone()
    assert similarity == pytest.approx(kept)
    assert 0.3 < kept < 0.7
    assert own < 0.02
    assert syndicated(db) == ["two.example/a"]
    assert [tuple(row) for row in db.execute("select nth, site, kept from syndication order by nth")] == [
        (1, "one.example", 1.0),
        (2, "two.example", kept),
    ]


def test_an_earlier_publication_that_arrives_later_becomes_the_origin_of_all(db):
    for n in range(3):
        keep(db, ran(f"{n}.example", 5 - n))
    keep(db, ran("first.example", 9))
    assert copied(db) == {f"{n}.example/a": "first.example/a" for n in range(3)}
    assert sorted(syndicated(db)) == ["0.example/a", "1.example/a", "2.example/a"]


PAPERS = [
    ran("agency.example", 9),
    ran("morning.example", 7, TEXT[: len(TEXT) // 2]),
    ran("morning.example", 3, TEXT[: len(TEXT) // 2], "again"),
    ran("evening.example", 5, ("By our reporter", *TEXT)),
    ran("evening.example", 8, tuple(reversed(TEXT)), "sooner"),
    ran("weekly.example", 2, OTHER),
]


@pytest.mark.parametrize("order", list(permutations(range(6)))[::31])
def test_the_order_of_arrival_does_not_matter(db, order):
    for n in order:
        keep(db, PAPERS[n])
    assert copied(db) == {"morning.example/a": "agency.example/a", "evening.example/sooner": "agency.example/a"}
    assert reposted(db) == {
        "morning.example/again": "morning.example/a",
        "evening.example/a": "evening.example/sooner",
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_text_that_thirty_papers_ran_has_one_origin_in_any_order(db, seed):
    papers = [ran(f"paper{n}.example", 40 - n, TEXT[: len(TEXT) - n % 4]) for n in range(30)]
    Random(seed).shuffle(papers)  # noqa: S311 - an order, no secret
    for one in papers:
        keep(db, one)
    assert copied(db) == {f"paper{n}.example/a": "paper0.example/a" for n in range(1, 30)}


def compared(db, work) -> int:
    """How often two texts are compared word for word while this is done."""
    calls = []

    def note(frame, event, _):
        if event == "call" and frame.f_code is align.__code__:
            calls.append(frame)

    sys.setprofile(note)
    try:
        work(db)
    finally:
        sys.setprofile(None)
    return len(calls)


def shares(db):
    sql = "select a.url, o.url, c.similarity, c.kept, c.own from copies c join articles a on a.id = c.article_id"
    return sorted(map(tuple, db.execute(f"{sql} join articles o on o.id = c.origin_id")))


def test_copies_of_a_text_that_turns_out_to_be_a_copy_are_compared_with_the_first_one_once_a_wording(db):
    papers = [ran(f"paper{n}.example", 40 - n, TEXT[: len(TEXT) - n % 3]) for n in range(21)]
    for one in papers:
        keep(db, one)
    first = ran("first.example", 50, (*TEXT, "Nobody was hurt."))
    assert compared(db, lambda db: keep(db, first)) < 21
    other = fresh_archive()
    for one in (first, *papers):
        keep(other, one)
    assert shares(db) == shares(other)
    assert copied(db) == {f"paper{n}.example/a": "first.example/a" for n in range(21)}


def test_more_wordings_than_can_be_compared_at_once_find_the_first_one_all_the_same(db, monkeypatch):
    monkeypatch.setattr(copies, "_AT_ONCE", 3)
    for n in range(30):
        keep(db, ran(f"paper{n}.example", 40 - n, (*TEXT, f"Our paper number {n} reported this.")))
    assert compared(db, lambda db: keep(db, ran("first.example", 50))) < 30
    assert copied(db) == {f"paper{n}.example/a": "first.example/a" for n in range(30)}


def test_an_edit_that_leaves_nothing_of_the_text_takes_the_copy_away(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("two.example", 4))
    keep(db, ran("two.example", 4, OTHER, minutes=5))
    assert copied(db) == {}
    keep(db, ran("three.example", 3, OTHER))
    assert copied(db) == {"three.example/a": "two.example/a"}


def test_when_the_origin_is_rewritten_its_copies_find_the_next(db):
    for n, host in enumerate(("one.example", "two.example", "three.example")):
        keep(db, ran(host, 5 - n))
    keep(db, ran("one.example", 5, OTHER, minutes=5))
    assert copied(db) == {"three.example/a": "two.example/a"}
    assert sorted(syndicated(db)) == ["three.example/a", "two.example/a"]


def test_when_the_first_of_a_site_is_rewritten_its_repost_counts_for_itself(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("one.example", 4, slug="b"))
    keep(db, ran("two.example", 3))
    keep(db, ran("one.example", 5, OTHER, minutes=5))
    assert (reposted(db), copied(db)) == ({}, {"two.example/a": "one.example/b"})


def test_a_corrected_time_of_publication_changes_who_was_first(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("two.example", 4))
    keep(db, ran("two.example", 6, minutes=5))
    assert copied(db) == {"one.example/a": "two.example/a"}


def test_what_better_rules_make_visible_is_no_event(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("two.example", 4, OTHER, extractor="1"))
    keep(db, ran("two.example", 4, extractor="2", minutes=5))
    assert (copied(db), syndicated(db)) == ({"two.example/a": "one.example/a"}, [])


def test_an_edit_by_the_paper_that_makes_a_copy_is_an_event(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("two.example", 4, OTHER))
    keep(db, ran("two.example", 4, minutes=5))
    assert syndicated(db) == ["two.example/a"]


def test_a_recap_is_no_copy_of_its_live_blog(db):
    keep(db, ran("one.example", 5, kind=Kind.LIVE))
    keep(db, ran("two.example", 4, TEXT[: len(TEXT) // 2]))
    assert copied(db) == {}


def test_a_recap_is_no_copy_of_posts_under_their_times_though_no_page_calls_them_live(db):
    keep(db, ran("one.example", 5, tuple(f"{9 + n // 4}:{n % 4}5 {one}" for n, one in enumerate(TEXT))))
    keep(db, ran("two.example", 4, TEXT[: len(TEXT) // 2]))
    assert copied(db) == {}


def test_pieces_without_a_text_or_with_a_caption_alone_are_no_copies(db):
    for paragraphs in ((), ("Photo: Olga Brandt",)):
        for host in ("one.example", "two.example"):
            keep(db, ran(host, 5, paragraphs, slug=str(len(paragraphs))))
    assert copied(db) == {}


def test_a_forgotten_article_is_not_found_and_those_that_were_its_copies_are_told(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("two.example", 4))
    keep(db, ran("three.example", 3))
    (text,) = db.execute("select text from articles where id = 1").fetchone()
    stranded = copies.forget(db, 1, text)
    assert stranded == [2, 3]
    assert db.execute("select count(*) from _bands where article_id = 1").fetchone()[0] == 0


def held(db):
    """Whether each article is found by exactly the bands of the text that it has now."""
    texts = db.execute("select id, text from articles").fetchall()
    marks = {(mark, row["id"]) for row in texts for mark in lsh.bands(words(row["text"]))}
    return len(texts), {tuple(row) for row in db.execute("select band, article_id from _bands")} == marks


def test_articles_are_found_by_the_text_that_they_have_now(db):
    keep(db, ran("one.example", 5))
    keep(db, ran("one.example", 5, OTHER, minutes=5))
    keep(db, ran("two.example", 5, TEXT[:9]))
    assert held(db) == (2, True)


def test_what_turns_out_to_be_the_sites_own_no_longer_makes_texts_alike(db):
    ours = "Support the free press of the coast with a gift, large or small, and read all that we publish without end."
    for n in range(7):
        own = tuple(Desk(Random(100 + n)).text(120))  # noqa: S311 - texts that can be made again, no secret
        keep(db, ran("one.example", 9 - n, (*own, ours), str(n)))
    assert db.execute("select count(*) from articles where instr(text, ?)", (ours,)).fetchone()[0] == 0
    assert held(db) == (7, True)


def test_a_phrase_that_thousands_share_costs_no_more_than_one_that_few_share(db):
    db.executemany("insert into _bands(band, article_id) values (7, ?)", [(n,) for n in range(1, 5000)])
    assert lsh.candidates(db, 9999, [7]) == []
    db.executemany("insert into _bands(band, article_id) values (?, 6000)", [(8,), (9,)])
    assert lsh.candidates(db, 9999, [7, 8]) == [6000]


def order(site: str, at: str | None, wire: str | None = None, seen: str = "2024-12-10T00:00:00Z"):
    return Publication(site, f"https://{site}/", seen, at, wire).order


def test_a_time_of_day_comes_before_a_plain_date_and_that_before_a_page_that_does_not_say():
    told = [
        order("a.example", "2024-12-08"),
        order("b.example", "2024-12-09T23:00:00Z"),
        order("c.example", "2024-12-09"),
        order("d.example", None),
    ]
    assert sorted(told) == told


def test_of_equal_times_the_first_crawled_is_not_therefore_the_origin():
    at = "2024-12-09T11:00:00Z"
    forged = Publication("a.example", "https://a.example/", "2024-12-09T12:00:00Z", at, words=300)
    paper = Publication("b.example", "https://b.example/", "2024-12-10T00:00:00Z", at, words=301)
    assert paper.order < forged.order
    assert forged.order < replace(paper, words=299).order
    assert forged.order < replace(paper, wire="Reuters").order
    assert replace(paper, published_at=None).order > replace(forged, published_at=None).order


@pytest.mark.parametrize("site", ["tass.com", "tass", "english.tass-news.example", "tassnews.example"])
def test_the_agency_itself_comes_first_whenever_it_published(site):
    assert order(site, "2024-12-09T11:00:00Z", "TASS") < order("a.example", "2024-12-01T11:00:00Z", "TASS")


@pytest.mark.parametrize(("site", "wire"), [("japantimes.example", "AP"), ("apple.example", "AP"), ("a.example", None)])
def test_a_paper_that_ran_an_agency_is_not_the_agency(site, wire):
    assert not Publication(site, "", "", None, wire).is_agency


def test_a_plain_date_is_kept_as_a_date(db):
    keep(db, ran("one.example", published=Moment(date(2024, 12, 8))))
    keep(db, ran("two.example", 30))
    assert copied(db) == {"one.example/a": "two.example/a"}


def test_a_signature_needs_no_more_than_twenty_rows(db):
    one = ran("one.example", 5)
    assert isinstance(one.article, Article)
    keep(db, one)
    assert db.execute("select count(*) from _bands").fetchone()[0] <= 20
