"""The small archive, and what happens to articles: edits, a disappearance, a story, copies, posts, other scripts."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from tests.reading_room.archive_rows import make_archive

EDITED, GONE, LIVE, ARABIC, HOSTILE, ORIGIN, COPY, SHORTENED = 21, 22, 23, 24, 25, 26, 27, 28
STORY = 1
BIDI_TITLE = "Ship \u202egnp.exe\u202c sails\x07 on"
NASTY_TEXT = "<script>alert(3)</script>\n\n</p></article><img src=x onerror=alert(4)>\n\n\u202eturned\x00 round"

_NOW = (
    "Dock workers at Port Alden voted on Monday to end a strike that had closed the harbour for eleven days.",
    "The union said 3,812 of its 4,650 members took part, and that the offer of the harbour board was accepted"
    " by a narrow majority.",
    "What was agreed",
    "Wages rise by 6 percent this year and by 4 percent the next.",
    "Night shifts are limited to three in a row.",
    "“Nobody in this hall got everything,” said Lena Orvik, who led the talks. “But the cranes can move again.”",
    "The first freighters were expected to leave before nightfall, according to the harbour master’s bulletin.",
)
_BEFORE = (
    "Dock workers at Port Alden voted on Monday to end a strike that had closed the harbour for nine days.",
    "The union said 3,650 of its 4,650 members took part, and that the offer of the harbour board was accepted"
    " by a clear majority.",
    "What was agreed",
    "Wages rise by 6 percent this year and by 4 percent the next.",
    "“Nobody in this hall got everything,” said Lena Orvik, who led the talks. “But the cranes can move again.”",
    "The mayor did not answer questions on Monday.",
    "The first freighters were expected to leave before nightfall, according to the harbour master’s bulletin.",
)
_WIRE = (
    "A cold front crossed the northern provinces on Sunday and brought the first snow of the season.",
    "Forecasters counted twelve centimetres in Brannock by noon, twice as much as a year ago.",
    "Trains ran late on three lines, and the road over the pass was closed to lorries.",
    "The front is expected to move east by Tuesday.",
)

Row = dict[str, Any]


def make_lively(path: Path) -> Path:
    """Write the archive to a new file and give its path back."""
    make_archive(path)
    with sqlite3.connect(path) as db:
        db.execute("update sites set timezone = 'Europe/Moscow', language = 'en' where name = 'harbour'")
        for article in _articles():
            _insert(db, "articles", article)
        for table, row in (*_around_the_edited(), *_copies(), *_story(), *_crawl()):
            _insert(db, table, row)
    db.close()
    return path


def _article(number: int, site: str, title: str, at: str, text: tuple[str, ...] | str, **rest: Any) -> Row:
    usual = {
        "id": number,
        "site": site,
        "url": f"https://{site}.example/a{number}",
        "address_key": f"{site}:{number}",
        "kind": "news",
        "title": title,
        "published_at": at,
        "published_precision": "minute",
        "section": "news",
        "word_count": 100,
        "status": "live",
        "first_seen_at": "2024-12-09T12:00:00Z",
        "last_seen_at": "2024-12-10T12:00:00Z",
        "last_changed_at": "2024-12-09T12:00:00Z",
        "month": "2024-12",
        "text": text if isinstance(text, str) else "\n\n".join(text),
    }
    return usual | rest


def _articles() -> list[Row]:
    return [
        _article(
            EDITED, "harbour", "Port Alden dock workers end eleven-day strike", "2024-12-09T18:20:00Z", _NOW,
            standfirst="A narrow majority accepts the harbour board’s offer after a night of talks.",
            byline="By Mara Quill and Ivo Brand", modified_at="2024-12-09T18:20:00Z", language="en",
            image_url="https://harbour.example/cranes.jpg", image_caption="Cranes at Port Alden.",
            image_credit="T. Varga / Harbour Post", last_changed_at="2024-12-10T08:00:00Z", story_id=STORY,
            next_check_at="2024-12-11T08:00:00Z",
        ),
        _article(
            GONE, "harbour", "Minister’s villa was built without a permit", "2024-12-08T10:00:00Z",
            "The paper withdrew this.", status="gone", gone_at="2024-12-10T09:00:00Z", gone_reason="HTTP 404",
        ),
        _article(
            LIVE, "harbour", "Strike vote as it happened", "2024-12-09T09:00:00Z",
            ("Follow the vote in Port Alden.", "The hall is full.", "Counting has begun.", "It is over."),
            kind="live", story_id=STORY,
        ),
        _article(
            ARABIC, "uplands", "إضراب عمال الميناء ينتهي (تحديث)", "2024-12-09T20:00:00Z",
            "انتهى إضراب عمال الميناء يوم الاثنين.", language="ar", section="عالم", story_id=STORY,
        ),
        _article(HOSTILE, "harbour", BIDI_TITLE, "2024-12-07T10:00:00Z", NASTY_TEXT, language='en" onload="alert(5)'),
        _article(ORIGIN, "uplands", "First snow in the north", "2024-12-08T07:00:00Z", _WIRE, wire="AFP"),
        _article(
            COPY, "harbour", "Snow slows trains in the north", "2024-12-08T09:30:00Z",
            (_WIRE[0], _WIRE[1].replace("twelve", "fourteen"), _WIRE[2], "Ferries were not affected.", _WIRE[3]),
            wire="AFP",
        ),
        _article(SHORTENED, "valley", "Snow in the north", "2024-12-08T10:00:00Z", _WIRE[:2]),
    ]  # fmt: skip


def _around_the_edited() -> list[tuple[str, Row]]:
    seen = {"first_seen_at": "2024-12-09T19:00:00Z", "last_seen_at": "2024-12-10T12:00:00Z"}
    link = {"article_id": EDITED, "nth": 0, **seen}
    start = _NOW[-1].index("harbour master’s bulletin")
    earlier = {
        "article_id": EDITED, "title": "Port Alden dock workers end nine-day strike", "cause": "edit", "silent": 1,
        "changed": "title, text", "summary": "title; 1 paragraph removed; a number changed 3,650 → 3,812",
        "seen_from": "2024-12-09T19:00:00Z", "seen_until": "2024-12-09T22:00:00Z", "byline": "By Mara Quill",
        "published_at": "2024-12-09T18:20:00Z", "url": "https://harbour.example/a21", "text": "\n\n".join(_BEFORE),
    }  # fmt: skip
    return [
        ("revisions", earlier | {"id": 2}),
        ("revisions", earlier | {
            "id": 3, "cause": "rules", "silent": None, "seen_from": "2024-12-09T22:30:00Z",
            "summary": "1 paragraph removed", "seen_until": "2024-12-09T23:00:00Z",
            "title": "Port Alden dock workers end eleven-day strike",
            "byline": "By Mara Quill and Ivo Brand", "text": "\n\n".join((*_NOW, "Share this article"))}),
        ("revision_blocks", {
            "revision_id": 2, "place": 0, "kind": "table", "before": "Berth\tShips\nEast\t1,200\nWest\t980",
            "after": "Berth\tShips\nEast\t1,260\nWest\t980"}),
        ("article_authors", {"article_id": EDITED, "author_id": 1, "position": 0}),
        ("article_authors", {"article_id": EDITED, "author_id": 2, "position": 1}),
        ("article_tags", {"article_id": EDITED, "tag_id": 1}),
        ("blocks", {"article_id": EDITED, "position": 2, "kind": "heading"}),
        ("blocks", {"article_id": EDITED, "position": 3, "kind": "list"}),
        ("blocks", {"article_id": EDITED, "position": 4, "kind": "list"}),
        ("blocks", {"article_id": EDITED, "position": 5, "kind": "quote"}),
        ("links", link | {
            "kind": "related", "position": 2, "href": "https://harbour.example/a3", "address_key": "harbour:3",
            "anchor_text": "Storm closes the ferry line", "target_id": 3}),
        ("links", link | {
            "kind": "related", "position": 7, "href": "https://harbour.example/a404", "address_key": "harbour:404",
            "anchor_text": "A piece that is not kept"}),
        ("links", link | {
            "kind": "inline", "position": 6, "start": start, "end": len(_NOW[-1]) - 1,
            "href": "https://bulletin.example/today", "address_key": "bulletin.example/today", "anchor_text": "x"}),
        ("links", link | {
            "kind": "inline", "position": 0, "start": 0, "end": 12, "href": "https://harbour.example/a23",
            "address_key": "harbour:23", "anchor_text": "Dock workers", "target_id": LIVE}),
        ("links", link | {
            "kind": "read_more", "position": 7, "href": "https://harbour.example/a5", "address_key": "harbour:5",
            "anchor_text": "Café culture on the quay", "target_id": 5}),
        ("links", link | {
            "kind": "related", "position": 1, "href": "https://harbour.example/a4", "address_key": "harbour:4",
            "anchor_text": "An older box", "target_id": 4, "last_seen_at": "2024-12-09T20:00:00Z"}),
        ("links", {
            "article_id": HOSTILE, "kind": "inline", "position": 0, "start": 0, "end": 8, "nth": 0,
            "href": "javascript:alert(6)", "address_key": "javascript:alert(6)", "anchor_text": "<script>"}),
        ("article_urls", {
            "url": "https://harbour.example/a21?amp=1", "article_id": EDITED, "address_key": "harbour:21",
            "kind": "amp"}),
        ("provenance", {
            "article_id": EDITED, "field": "published_at", "source": "json-ld", "value": "2024-12-09T21:20:00+03:00",
            "chosen": 1}),
        ("provenance", {
            "article_id": EDITED, "field": "published_at", "source": "visible", "value": "9 December", "chosen": 0}),
        ("dropped", {"article_id": EDITED, "position": 7, "reason": "newsletter", "text": "Sign <up> for letters"}),
    ]  # fmt: skip


def _copies() -> list[tuple[str, Row]]:
    found = {"origin_id": ORIGIN, "found_at": "2024-12-08T12:00:00Z"}
    return [
        ("copies", found | {"article_id": COPY, "similarity": 0.8, "kept": 0.93, "own": 0.11}),
        ("copies", found | {"article_id": SHORTENED, "similarity": 0.45, "kept": 0.46, "own": 0.0}),
    ]


def _story() -> list[tuple[str, Row]]:
    joined = {"story_id": STORY, "joined_at": "2024-12-09T20:00:00Z"}
    return [
        *(("blocks", {"article_id": LIVE, "position": n, "kind": "post", "at": f"2024-12-09T{9 + n:02}:15:00Z"})
          for n in (1, 2, 3)),
        ("story_articles", joined | {"article_id": LIVE, "reason": "first of the story"}),
        ("story_articles", joined | {
            "article_id": EDITED, "with_id": LIVE, "reason": "shares Port Alden, strike, Orvik", "score": 0.61}),
        ("story_articles", joined | {"article_id": ARABIC, "with_id": EDITED, "reason": "links to it", "score": None}),
    ]  # fmt: skip


def _crawl() -> list[tuple[str, Row]]:
    long = "https://harbour.example/2024/12/10/harbour-board-and-dock-workers-sign-what-they-agreed-on?src="
    at = {"crawl_id": 2, "at": "2024-12-10T09:00:00Z"}
    return [
        ("crawls", {
            "id": 2, "site": "harbour", "mode": "watch", "started_at": "2024-12-10T08:00:00Z", "articles": 6,
            "finished_at": "2024-12-10T08:04:00Z", "outcome": "finished", "reason": "", "requests": 41,
            "bytes": 2_400_000, "listed": 60, "aliases": 2, "peak_memory_mb": 180, "version": "1"}),
        ("_idle_params", {
            "site": "harbour", "name": "src", "at": at["at"], "pairs": json.dumps([[f"{long}home", f"{long}feed"]])}),
        ("crawl_outcomes", {"crawl_id": 2, "outcome": "stored", "reason": "", "n": 6}),
        ("crawl_outcomes", {"crawl_id": 2, "outcome": "failed", "reason": "timed out", "n": 2}),
        ("crawl_outcomes", {"crawl_id": 2, "outcome": "not_article", "reason": "no text", "n": 3}),
        ("events", at | {"id": 11, "article_id": EDITED, "kind": "new", "detail": "Port Alden"}),
        ("events", at | {"id": 12, "article_id": EDITED, "kind": "silent_edit", "detail": "title; 1 paragraph added"}),
        ("events", at | {"id": 13, "article_id": 1, "kind": "edited", "detail": "text"}),
        ("events", at | {"id": 14, "article_id": GONE, "kind": "gone", "detail": "HTTP 404"}),
        ("events", at | {"id": 15, "article_id": HOSTILE, "kind": "edited", "detail": "<b>bold</b> \u202eturn"}),
    ]  # fmt: skip


def _insert(db: sqlite3.Connection, table: str, row: Row) -> None:
    row = {name: value for name, value in row.items() if value is not None}
    if table == "articles" and row["site"] == "valley":
        db.execute("insert or ignore into sites (name, title) values ('valley', 'Valley Echo')")
    if "story_id" in row:
        db.execute(
            "insert or ignore into stories (id, title, started_at, updated_at, articles)"
            " values (?, 'The dock strike of Port Alden', '2024-12-09T09:00:00Z', '2024-12-09T20:00:00Z', 3)",
            [row["story_id"]],
        )
    marks = ", ".join("?" * len(row))
    db.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", tuple(row.values()))  # noqa: S608 - constants
