from typing import Any

import pytest

from pipelines.copies.shingles import content_hash
from pipelines.identity.changes import changed, is_counter, is_silent, summary

OLD: dict[str, Any] = {
    "url": "https://herald.example/1",
    "title": "Council “Decides”",
    "standfirst": "At last",
    "byline": "By Anna Petrova",
    "published_at": "2024-12-09T09:00:00Z",
    "modified_at": "2024-12-09T09:30:00Z",
    "image_url": "https://herald.example/a.jpg?w=800",
    "image_caption": None,
    "image_credit": "AFP",
    "content_hash": "",
    "extractor": "1",
    "capture": None,
    "text": "The first paragraph.\n\nThere were 3,650 people.\n\nThe last one.",
}
OLD["content_hash"] = content_hash(OLD["text"])


def edited(**fields):
    new = OLD | fields
    return new | {"content_hash": content_hash(new["text"])}


@pytest.mark.parametrize(
    "fields",
    [
        {"title": 'Council "Decides"'},
        {"title": " Council  “Decides” "},
        {"image_url": "https://herald.example/a.jpg?w=1200&q=60"},
        {"modified_at": "2024-12-10T00:00:00Z"},
        {"published_at": "2024-12-09T15:00:00Z"},
        {"published_at": "2024-12-10"},
        {"published_at": None},
        {"text": OLD["text"].replace("first paragraph", "first  paragraph")},
        {"extractor": "2", "capture": "x:1:y", "image_caption": ""},
    ],
)
def test_noise_is_no_change(fields):
    assert changed(OLD, edited(**fields)) == ()


@pytest.mark.parametrize(
    ("fields", "names", "told"),
    [
        ({"title": "Council Waits"}, ("title",), "title"),
        (
            {"standfirst": None, "image_url": "https://herald.example/b.jpg"},
            ("standfirst", "image_url"),
            "standfirst; image",
        ),
        (
            {"published_at": "2024-12-10T05:00:00Z"},
            ("published_at",),
            "published 2024-12-09T09:00:00Z → 2024-12-10T05:00:00Z",
        ),
        ({"text": OLD["text"] + "\n\nOne more.\n\nAnd one."}, ("text",), "2 paragraphs added"),
        ({"text": "The first paragraph.\n\nThe last one."}, ("text",), "1 paragraph removed"),
        (
            {"title": "Council Waits", "text": OLD["text"].replace("3,650", "4,812")},
            ("title", "text"),
            "title; 1 paragraph changed; a number changed 3,650 → 4,812",
        ),
    ],
)
def test_a_change_names_its_fields_and_is_told_in_a_line(fields, names, told):
    new = edited(**fields)
    assert changed(OLD, new) == names
    assert summary(OLD, new) == told


def test_an_edit_is_silent_when_the_papers_own_time_did_not_move():
    assert is_silent(OLD, edited(title="x")) is True
    assert is_silent(OLD, edited(title="x", modified_at="2024-12-10T00:00:00Z")) is False
    assert is_silent(OLD, edited(title="x", modified_at=None)) is None


COUNTED = "The council met.\n\n{} views\n\nUpdated {} hours ago · {} comments\n\nIt will meet again on Monday."


def test_readers_counted_and_the_time_since_are_no_change():
    old, new = (COUNTED.format(n, n + 1, n + 2) for n in (3, 977))
    assert changed(edited(text=old), edited(text=new)) == ()
    assert changed(edited(text=old), edited(text=new.replace("Monday", "Friday"))) == ("text",)


@pytest.mark.parametrize(
    ("paragraph", "is_one"),
    [
        ("1.348 Aufrufe", True),
        ("Il y a 5 minutes", True),
        ("1 204 просмотра", True),
        ("Just now", True),
        ("3 h", True),
        ("12.6K", True),
        ("★★★★☆ 12", True),
        ("Last updated: 20 November 2026, 15:40", True),
        ("This article is more than 2 years old", True),
        ("2:1", False),
        ("12 sailors were brought ashore", False),
        ("The ferry leaves at 15:40 from now on", False),
        ("He had just now come ashore", False),
        ("Rules updated for 12 ferries", False),
        ("Views of the harbour", False),
        ("Two hours ago the ferry left the quay with 12 cars, and nobody has seen any of them since that time.", False),
    ],
)
def test_a_line_that_counts_is_short_and_has_a_figure(paragraph, is_one):
    assert is_counter(paragraph) is is_one
