"""Paging through rows with equal values, whatever they are sorted and filtered by."""

import sqlite3

import pytest

from reading_room.paging import Table, filtered, keeps_order
from reading_room.room import open_room
from tests.reading_room.archive_rows import add_articles, make_archive
from tests.reading_room.reading import rows


@pytest.mark.parametrize(
    "sorting",
    [
        "",
        "_sort=published_at",
        "_sort_desc=kind",
        "_sort=site",
        "_sort_desc=site",
        "_sort=title",
        "_sort=published_at&site=harbour",
        "_sort_desc=published_at&site=harbour",
        "_sort_desc=first_seen_at&site=harbour",
        "_sort_desc=published_at&site__in=harbour,uplands",
        "_search=paragraph",
        "_where=kind+is+not+null&_sort_desc=section",
    ],
)
async def test_paging_through_equal_times_neither_loses_nor_repeats(tied_archive, sorting):
    room = open_room(tied_archive)
    everything = {row["id"] for row in await rows(room, f"/news/articles.json?{sorting}&_size=max&_shape=array")}
    path, seen = f"/news/articles.json?{sorting}&_size=11&_col=title", []
    while path:
        answer = await rows(room, path + "&_shape=objects")
        seen += [row["id"] for row in answer["rows"]]
        path = (answer["next_url"] or "").removeprefix("http://localhost")
        assert len(seen) <= len(everything)
    assert set(seen) == everything
    assert len(everything) > 60


@pytest.fixture(scope="module")
def tied_archive(tmp_path_factory):
    path = make_archive(tmp_path_factory.mktemp("tied") / "news.db")
    add_articles(path, 60, "2024-12-05T00:00:00Z")
    with sqlite3.connect(path) as db:
        db.execute("analyze")
    db.close()
    return path


async def test_candidates_keyed_by_address_page_whole_too(tmp_path):
    path = make_archive(tmp_path / "news.db")
    with sqlite3.connect(path) as db:
        db.executemany(
            "insert into candidates (url, site, address_key, first_seen_at) values (?, 'harbour', ?, '2024-12-01')",
            [(f"https://harbour.example/{n * 37 % 50}", str(n)) for n in range(50)],
        )
    db.close()
    room, seen = open_room(path), []
    following = "/news/candidates.json?_sort_desc=first_seen_at&_size=7&first_seen_at=2024-12-01"
    while following:
        answer = await rows(room, following + "&_shape=objects")
        seen += [row["url"] for row in answer["rows"]]
        following = (answer["next_url"] or "").removeprefix("http://localhost")
    assert len(seen) == len(set(seen)) == 50


BY_TIME = (("at", True),)
BY_SITE_AND_TIME = (("site", False), ("at", True))


@pytest.mark.parametrize(
    ("indexes", "sort", "pinned", "ranged", "kept"),
    [
        ([BY_TIME], ("at", True), set(), set(), True),
        ([BY_TIME], ("at", False), set(), set(), False),
        ([BY_TIME], ("title", False), set(), set(), True),
        ([BY_SITE_AND_TIME], ("at", True), {"site"}, set(), True),
        ([BY_SITE_AND_TIME], ("title", True), {"site"}, set(), False),
        ([BY_SITE_AND_TIME], ("at", True), set(), {"site"}, False),
        ([BY_SITE_AND_TIME], ("site", False), set(), set(), False),
        ([(("kind", False),)], ("at", True), {"kind"}, set(), True),
    ],
)
def test_an_order_is_kept_only_by_an_index_that_ends_in_the_key(indexes, sort, pinned, ranged, kept):
    assert keeps_order(Table("id", True, indexes), sort, frozenset(pinned), frozenset(ranged)) is kept
    assert not keeps_order(Table("url", False, indexes), sort, frozenset(pinned), frozenset(ranged))


def test_filters_are_told_apart_from_other_parameters():
    pinned, ranged = filtered(["site", "kind__exact", "month__gt", "_next", "_search"])
    assert pinned == frozenset({"site", "kind"})
    assert ranged == frozenset({"month"})


def test_a_column_filtered_in_two_ways_is_not_held_to_one_value():
    pinned, ranged = filtered(["site", "site__in"])
    assert pinned == frozenset()
    assert ranged == frozenset({"site"})
