"""What the pages of articles are made of: links in paragraphs, lists, times, steps of a history, what a copy did."""

import time

import pytest

from reading_room.body import clean, language, linked, parts
from reading_room.cells import both, day, hour_here, shorter, spoken
from reading_room.history import changes
from reading_room.lineage import lineage, summary
from tests.reading_room.archive_lively import BIDI_TITLE

TARGET = {"target_title": "A <b>title</b>"}


def link(start=None, end=None, href="https://e.example/", target=None, kind="inline", position=0):
    return {"kind": kind, "position": position, "start": start, "end": end, "href": href, "target_id": target, **TARGET}


def test_a_link_whose_place_is_impossible_leaves_the_words_alone():
    for start, end in ((None, 3), (-1, 3), (3, 3), (2, 99), (5, 2)):
        assert linked("five <words>", [link(start, end)]) == "five &lt;words&gt;"
    shown = linked("one two", [link(0, 3), link(2, 6, "https://other.example/")])
    assert shown.count("<a ") == 1


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example", ""])
def test_only_web_addresses_become_links(href):
    assert linked("one two", [link(0, 3, href)]) == "one two"


def test_a_link_to_an_article_of_the_archive_says_which():
    assert linked("one two", [link(0, 3, target=7)]) == (
        '<a href="/news/articles/7" title="In the archive: A &lt;b&gt;title&lt;/b&gt;">one</a> two'
    )


def test_items_of_a_list_and_paragraphs_of_a_quotation_stand_together():
    blocks = [{"position": n, "kind": kind, "at": None} for n, kind in enumerate(["list", "list", "quote", "odd"])]
    shown = parts(["a", "b", "c", "d"], blocks, [link(kind="related", position=99), link(kind="related", position=-1)])
    assert [(part.kind, [str(item) for item in part.items]) for part in shown] == [
        ("related", []), ("list", ["a", "b"]), ("quote", ["c"]), ("text", ["d"]), ("related", []),
    ]  # fmt: skip


def test_a_table_has_rows_and_cells_and_a_link_stands_in_its_own():
    text = "Ward\tVotes\nHarbour\t1,204 <b>\n\tNone"
    start = text.index("1,204")
    (table,) = parts([text], [{"position": 0, "kind": "table", "at": None}], [link(start, start + 5), link(2, 9)])
    assert [[str(cell) for cell in row] for row in table.rows] == [
        ["Ward", "Votes"],
        [
            "Harbour",
            '<a class="outside" href="https://e.example/" rel="noopener nofollow noreferrer">1,204</a> &lt;b&gt;',
        ],
        ["", "None"],
    ]


def test_what_stands_beside_the_text_is_told_from_it_and_what_was_dropped_stands_where_it_stood():
    blocks = [
        {"position": n, "kind": kind, "at": None} for n, kind in ((1, "box"), (2, "box"), (3, "note"), (4, "embed"))
    ]
    dropped = [
        {"position": 3, "reason": "teaser", "text": "<i>More"},
        {"position": 99, "reason": "share", "text": "Share"},
    ]
    shown = parts(["a", "b", "c", "d", "e"], blocks, [], dropped=dropped)
    assert [(part.kind, [str(item) for item in part.items], part.at) for part in shown] == [
        ("text", ["a"], ""), ("box", ["b", "c"], ""), ("dropped", ["&lt;i&gt;More"], "teaser"), ("note", ["d"], ""),
        ("embed", ["e"], ""), ("dropped", ["Share"], "share"),
    ]  # fmt: skip


def test_an_unknown_language_is_no_language():
    assert [language(code) for code in ("en", "pt-BR", "zh-Hans-CN", 'en" x="', "", None)] == [
        "en", "pt-BR", "zh-Hans-CN", None, None, None,
    ]  # fmt: skip


def test_control_characters_and_turns_of_direction_are_left_out():
    assert clean(BIDI_TITLE) == "Ship gnp.exe sails on"
    assert clean("a\tb\nc\ud800") == "a\tb\nc"
    assert clean(None) == ""


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        ("2024-12-09T22:30:00Z", "Europe/Moscow", "10 December 2024, 01:30 MSK · 9 December 2024, 22:30 UTC"),
        ("2024-07-09T11:02:00Z", "America/Sao_Paulo", "9 July 2024, 08:02 UTC-03:00 · 11:02 UTC"),
        ("2024-12-09T11:02:00Z", "UTC", "9 December 2024, 11:02 UTC"),
        ("2024-12-09T11:02:00Z", "No/Where", "9 December 2024, 11:02 UTC"),
        ("2024-12-09T11:02:00Z", None, "9 December 2024, 11:02 UTC"),
        ("2024-12-09", "Europe/Moscow", "9 December 2024"),
        ("soonT", "Europe/Moscow", "soonT"),
        (None, "Europe/Moscow", ""),
    ],
)
def test_times_are_told_by_the_sites_clock_and_in_utc(at, zone, shown):
    assert both(at, zone) == shown


def test_times_are_shortened_to_the_minute():
    assert shorter("2024-12-09T11:02:00Z") == "2024-12-09 11:02 UTC"
    assert (day("2024-12-09T11:02:00Z"), day("soon"), day(None)) == ("9 December 2024", "soon", "")
    assert hour_here("2024-12-09T22", "Asia/Kolkata") == 3


SNOW = "Snow fell on twelve towns of the north on Sunday night."
TRAINS = "Trains ran late on three lines until the morning."
ROAD = "The road over the pass was closed to lorries for a day."


@pytest.mark.parametrize(
    ("copy", "did"),
    [
        ([SNOW, TRAINS, ROAD], ""),
        ([SNOW, ROAD], "1 paragraph cut"),
        ([SNOW.replace("twelve", "two"), TRAINS, ROAD, "Ferries ran."], "1 paragraph added, 1 changed"),
        ([TRAINS, ROAD, SNOW], "1 paragraph moved"),
        (["Ferries ran as they do."], "3 paragraphs cut, 1 added"),
    ],
)
def test_what_a_copy_did_is_counted(copy, did):
    assert summary(list(lineage([SNOW, TRAINS, ROAD], copy))) == did


def test_a_copy_is_told_of_once_however_its_paragraphs_were_joined_or_parted():
    for origin, copy in (([SNOW, TRAINS], [f"{SNOW} {TRAINS}"]), ([f"{SNOW} {TRAINS}"], [SNOW, TRAINS])):
        shown = [piece.text for one in lineage(origin, copy) for piece in one.pieces if piece.kind != "removed"]
        assert " ".join("".join(shown).split()).count("Trains") == 1
    assert "part of a longer paragraph there" in {one.note for one in lineage([f"{SNOW} {TRAINS}"], [SNOW, TRAINS])}


def test_long_copies_are_compared_in_bounded_time():
    origin, copy = ["word " * 10_000 + "end"], [f"p{n} of it" for n in range(3000)]
    begun = time.process_time()
    assert summary(list(lineage(origin, copy))) == "1 paragraph cut, 3000 added"
    assert time.process_time() - begun < 1


def revision(number, text):
    names = ("title", "standfirst", "byline", "published_at", "image_url", "image_caption", "image_credit", "url")
    return dict.fromkeys(names) | {
        "id": number, "cause": "edit", "silent": 0, "summary": None, "text": text,
        "seen_from": None, "seen_until": None,
    }  # fmt: skip


def test_a_page_compares_the_latest_states_and_leaves_the_rest_to_their_own():
    states = [revision(n, f"{n} " + "word " * 30_000) for n in range(6)]
    steps = changes(states[:5], states[5])
    assert [step.revision_id for step in steps] == [4, 3, 2, 1, 0]
    assert [step.text is None for step in steps] == [False, True, True, True, True]
    assert not changes([], states[0])


def test_times_among_words_are_written_for_readers():
    told = "published 2025-01-13T15:50:00Z → 2025-01-14T05:00:00Z; title"
    assert spoken(told) == "published 2025-01-13 15:50 UTC → 2025-01-14 05:00 UTC; title"
    assert spoken(None) == ""
