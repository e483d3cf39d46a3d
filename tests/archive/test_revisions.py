"""What a later fetch of a stored article means."""

from dataclasses import replace

import pytest

from crawler.article import Link, Moment, Provenance
from tests.make import MT, NOW, TEXT, keep, rows, visit

A = f"{MT}/2024/12/09/council-decides-a100"
MODIFIED = Moment(NOW)


def captured(one, capture):
    return replace(one, fetch=replace(one.fetch, capture=capture))


def test_an_unchanged_article_is_only_touched(db):
    keep(db, visit(A, modified=MODIFIED))
    again = keep(db, visit(A, minutes=60, modified=Moment(NOW.replace(hour=13))))
    assert (again.reason, again.changed) == ("unchanged", ())
    assert rows(db, "select count(*) from revisions") == [(0,)]
    assert rows(db, "select last_changed_at, last_checked_at, modified_at from articles") == [
        ("2024-12-09T12:00:00Z", "2024-12-09T13:00:00Z", "2024-12-09T13:00:00Z")
    ]


@pytest.mark.parametrize(
    ("modified", "silent", "event"), [(0, 1, "silent_edit"), (1, 0, "edited"), (None, None, "edited")]
)
def test_an_edit_keeps_the_earlier_state_and_says_whether_it_was_silent(db, modified, silent, event):
    first = None if modified is None else MODIFIED
    then = None if modified is None else Moment(NOW.replace(hour=12 + modified))
    keep(db, visit(A, modified=first, links=(Link("related", 1, f"{MT}/all/7", "x"),)))
    keep(db, visit(A, minutes=10, modified=first, links=(Link("related", 1, f"{MT}/all/7", "x"),)))
    new = keep(db, visit(A, minutes=60, modified=then, title="Council Waits", paragraphs=TEXT[:3]))
    assert (new.reason, new.changed) == ("edited", ("title", "text"))
    assert rows(db, "select cause, silent, changed, summary, title, seen_from, seen_until from revisions") == [
        (
            "edit",
            silent,
            "title, text",
            "title; 1 paragraph removed",
            "Council Decides",
            "2024-12-09T12:00:00Z",
            "2024-12-09T12:10:00Z",
        )
    ]
    assert rows(db, "select title, text, last_changed_at from articles") == [
        ("Council Waits", "\n\n".join(TEXT[:3]), "2024-12-09T13:00:00Z")
    ]
    assert rows(db, "select kind from events order by id") == [("new",), (event,)]
    assert rows(db, "select last_seen_at from links") == [("2024-12-09T12:10:00Z",)]


def test_other_rules_change_the_row_but_are_no_edit(db):
    keep(db, visit(A, tags=("Old",), links=(Link("inline", 0, "https://example.org/x", "tells", 0, 5),)))
    better = visit(A, minutes=60, extractor="better", section="News", paragraphs=TEXT[:3], tags=("New",))
    assert keep(db, better).reason == "re-extracted"
    assert rows(db, "select cause, silent, extractor from revisions") == [("rules", None, "test")]
    assert rows(db, "select section, extractor from articles") == [("News", "better")]
    assert rows(db, "select name from tags join article_tags on tag_id = id") == [("New",)]
    assert rows(db, "select count(*) from links") == [(0,)]
    assert rows(db, "select kind from events") == [("new",)]


@pytest.mark.parametrize(
    ("hours", "captures", "is_maybe"),
    [
        (1, ("a.warc.gz:0:sha1:X", "b.warc.gz:0:sha1:Y"), True),
        (0, ("", ""), False),
        (1, ("a.warc.gz:0:sha1:X",) * 2, False),
    ],
)
def test_other_rules_may_hide_an_edit_only_where_the_paper_says_it_changed_the_page(db, hours, captures, is_maybe):
    moved = Moment(NOW.replace(hour=12 + hours))
    first, second = (
        visit(A, modified=MODIFIED),
        visit(A, minutes=60, extractor="better", paragraphs=TEXT[:3], modified=moved),
    )
    for fetched, capture in zip((first, second), captures, strict=True):
        keep(db, captured(fetched, capture) if capture else fetched)
    ((cause, silent, summary),) = rows(db, "select cause, silent, summary from revisions")
    assert (cause, silent, summary.startswith("maybe edited; ")) == ("rules", None, is_maybe)


def test_the_same_bytes_read_again_are_never_an_edit(db):
    keep(db, captured(visit(A), "a.warc.gz:0:sha1:X"))
    again = captured(visit(A, title="Council Decided"), "a.warc.gz:0:sha1:X")
    assert keep(db, again).reason == "re-extracted"
    assert keep(db, again).reason == "unchanged"
    assert rows(db, "select cause, silent from revisions") == [("rules", None)]


def test_an_upgrade_that_reads_everything_alike_leaves_no_trace(db):
    for n in range(5):
        keep(db, visit(f"{MT}/2024/12/09/story-{n}-a{n}", title=f"Story {n}", paragraphs=(f"Only {n}. " * 20,)))
    for n in range(5):
        url = f"{MT}/2024/12/09/story-{n}-a{n}"
        done = keep(db, visit(url, minutes=60, title=f"Story {n}", paragraphs=(f"Only {n}. " * 20,), extractor="next"))
        assert done.reason == "unchanged"
    assert rows(db, "select count(*) from revisions") == [(0,)]
    assert rows(db, "select distinct extractor from articles") == [("next",)]


def test_a_capture_from_before_becomes_an_earlier_revision_once(db):
    keep(db, visit(A, minutes=60))
    for minutes in (0, 20):
        assert keep(db, visit(A, minutes=minutes, title="Council to Decide")).reason in (
            "an earlier state",
            "unchanged",
        )
    assert rows(db, "select title, seen_from, seen_until from revisions") == [
        ("Council to Decide", "2024-12-09T12:00:00Z", "2024-12-09T12:20:00Z")
    ]
    assert rows(db, "select title, last_changed_at from articles") == [("Council Decides", "2024-12-09T13:00:00Z")]


def test_a_variant_page_proves_nothing(db):
    keep(db, visit(A))
    keep(db, visit(f"{A}/pdf", minutes=60, canonical=A, paragraphs=TEXT[:1] * 3))
    assert rows(db, "select count(*) from revisions") == [(0,)]
    assert rows(db, "select text from articles") == [("\n\n".join(TEXT),)]


def test_a_retitled_article_is_looked_at_under_its_new_address_and_the_revision_has_the_old_one(db):
    retitled = f"{MT}/2024/12/09/council-waits-a100"
    keep(db, visit(A))
    keep(db, visit(retitled, requested=A, minutes=60, title="Council Waits"))
    assert rows(db, "select url, address_key from articles") == [(retitled, "moscowtimes:100")]
    assert rows(db, "select url, changed from revisions") == [(A, "title")]
    assert {url for (url,) in rows(db, "select url from article_urls where article_id = 1")} == {A, retitled}


def test_a_time_touched_by_minutes_is_taken_over_and_a_new_date_is_an_edit(db):
    keep(db, visit(A))
    touched = Moment(NOW.replace(hour=10))
    assert keep(db, visit(A, minutes=60, published=touched)).reason == "unchanged"
    assert rows(db, "select published_at from articles") == [("2024-12-09T10:00:00Z",)]
    assert keep(db, visit(A, minutes=90, published=None)).reason == "unchanged"
    assert rows(db, "select published_at from articles") == [("2024-12-09T10:00:00Z",)]
    redated = Moment(NOW.replace(day=11, hour=10))
    assert keep(db, visit(A, minutes=3_000, published=redated)).changed == ("published_at",)
    assert rows(db, "select published_at from revisions") == [("2024-12-09T10:00:00Z",)]
    assert rows(db, "select published_at, month from articles") == [("2024-12-11T10:00:00Z", "2024-12")]


def test_a_page_that_the_layout_no_longer_fits_is_read_otherwise_and_not_edited(db):
    by_layout = (Provenance("title", "layout", "Council Decides", True),)
    box = (Link("related", 1, f"{MT}/all/7", "x"),)
    keep(db, visit(A, provenance=by_layout, image_credit="A. Petrova", links=box))
    redesigned = visit(A, minutes=60, paragraphs=("Its standfirst.", *TEXT))
    assert keep(db, redesigned).reason == "re-extracted"
    assert rows(db, "select cause, silent, changed, image_credit from revisions") == [
        ("rules", None, "image_credit, text", "A. Petrova")
    ]
    assert rows(db, "select kind from events") == [("new",)]
    assert rows(db, "select count(*) from links") == [(1,)]
    later = visit(A, minutes=120, paragraphs=("Its standfirst.", *TEXT[:3]))
    assert keep(db, later).reason == "edited"


def test_what_changes_around_an_unchanged_text_is_taken_over_without_a_revision(db):
    asked: list[str] = []
    keep(db, visit(A, tags=("Council",), section="News", links=(Link("read_more", 4, f"{MT}/all/7", "x"),)))
    box = Link("related", 1, f"{MT}/all/9", "y")
    db.set_trace_callback(asked.append)
    later = visit(
        A, minutes=60, tags=("Budget",), section="City", links=(box, Link("read_more", 4, f"{MT}/all/8", "z"))
    )
    assert keep(db, later).reason == "unchanged"
    db.set_trace_callback(None)
    assert rows(db, "select section from articles") == [("City",)]
    assert rows(db, "select name from tags join article_tags on tag_id = id") == [("Budget",)]
    assert rows(db, "select kind, href from links order by id") == [
        ("read_more", f"{MT}/all/7"),
        ("related", f"{MT}/all/9"),
    ]
    assert rows(db, "select count(*) from revisions") == [(0,)]
    assert not [sql for sql in asked if "articles_fts" in sql]
    assert rows(db, "select last_changed_at from articles") == [("2024-12-09T12:00:00Z",)]


def test_two_headlines_on_trial_are_one_edit_and_two_states(db):
    url = f"{MT}/2024/12/09/council-decides-a100"
    for hour in range(8):
        keep(db, visit(url, minutes=60 * hour, title="Council Decides" if hour % 2 == 0 else "Pier Will Stand Again"))
    assert rows(db, "select kind, count(*) from events group by 1 order by 1") == [("edited", 1), ("new", 1)]
    states = rows(db, "select title, seen_until from revisions order by title")
    assert [title for title, _ in states] == ["Council Decides", "Pier Will Stand Again"]
    assert rows(db, "select title from articles") == [("Pier Will Stand Again",)]


def test_a_third_state_is_an_edit_all_the_same(db):
    url = f"{MT}/2024/12/09/council-decides-a100"
    for hour, title in enumerate(("One Headline", "Another Headline", "One Headline", "A Third One")):
        keep(db, visit(url, minutes=60 * hour, title=title))
    assert rows(db, "select count(*) from events where kind = 'edited'") == [(2,)]
