"""The other pages: front, story, syndication, author, tag, site, crawl, an earlier state, and those for mistakes."""

import html
import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from sqlite_utils import Database

from pipelines.archive.schema import migrations
from reading_room.cells import first_ones, share
from reading_room.front import DAYS, read_front_page
from reading_room.room import open_room
from tests.reading_room.archive_lively import EDITED, GONE, HOSTILE, LIVE, ORIGIN, make_lively
from tests.reading_room.archive_rows import make_archive
from tests.reading_room.reading import page, words


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_lively(tmp_path_factory.mktemp("room") / "news.db")


async def test_the_front_page_tells_what_changed_and_what_disappeared(room):
    shown = words(await page(room, "/"))
    assert "Port Alden dock workers end eleven-day strike silent edit title; 1 paragraph added" in shown
    assert re.search(r"Disappeared Minister’s villa was built without a permit HTTP 404 · 2024-12-10 09:00 UTC", shown)
    assert "The dock strike of Port Alden 3 articles" in shown


async def test_the_front_page_tells_how_each_crawl_is_doing(room):
    shown = words((await page(room, "/")).split('id="crawls"')[1])
    assert "The Harbour Post 2024-12-10 08:00 UTC finished 6 2 0 1 2024-12-09 18:20 UTC" in shown
    assert "Valley Echo met in other crawls 0" in shown


async def test_of_many_sites_those_in_trouble_come_first_and_those_of_each_country_are_counted(tmp_path):
    archive = make_archive(tmp_path / "news.db")
    assert "Warning" not in words(await page(open_room(archive), "/"))  # of a few sites, each has its line
    crawl = "insert into crawls(site, mode, started_at, outcome) values (?, 'crawl', ?, 'done')"
    finding = (
        "insert into findings(site, kind, subject, level, started_at, last_seen_at, detail)"
        " values (?, ?, '', ?, '', '', '')"
    )
    with closing(sqlite3.connect(archive)) as db, db:
        for n in range(70):
            db.execute("insert into sites(name, title, country) values (?, '', ?)", (f"s{n}", "fr" if n % 7 else None))
            db.execute(crawl, (f"s{n}", f"2024-12-10T08:{n % 60:02}:00Z"))
        for site, kind, level in (("s3", "slow", "warning"), ("s0", "slow", "warning"), ("s0", "silence", "critical")):
            db.execute(finding, (site, kind, level))
        db.execute("update crawls set outcome = 'failed' where site = 's5'")
        front = read_front_page(db)
    assert [row["name"] for row in front["crawls"]][:3] == ["s0", "s3", "s5"]
    assert [(row["country"], row["critical"], row["warning"]) for row in front["countries"]][:2] == [
        ("", 1, 0),
        ("FR", 0, 1),
    ]
    shown = words((await page(open_room(archive), "/")).split('id="crawls"')[1])
    assert "Country Sites Critical Warning none named" in shown
    assert "FR 60 0 1" in shown


async def test_what_is_wrong_with_a_site_stands_beside_its_crawls_while_it_lasts(tmp_path):
    archive = make_lively(tmp_path / "news.db")
    silent = {"site": "harbour", "kind": "silence", "subject": "", "level": "critical"}
    silent |= {"started_at": "2024-12-09T10:00:00Z", "last_seen_at": "2024-12-10T08:00:00Z"}
    with closing(sqlite3.connect(archive)) as db, db:
        findings = Database(db).table("findings")
        findings.insert({**silent, "detail": "No new article since 2024-12-08T06:00:00Z."})
        findings.insert({**silent, "kind": "slow", "detail": "Over by now.", "ended_at": "2024-12-10T08:00:00Z"})
    room = open_room(archive)
    shown = words((await page(room, "/")).split('id="crawls"')[1].split("<table")[0])
    assert "critical The Harbour Post : No new article since 2024-12-08 06:00 UTC. since 2024-12-09 10:00 UTC" in shown
    assert "Over by now" not in shown
    assert "Over by now" in words(await page(room, "/news/health?site=harbour"))


async def test_the_front_page_draws_its_plots_with_their_numbers(room):
    shown = await page(room, "/")
    assert shown.count('<svg class="plot"') == 3
    assert shown.count('role="img" aria-label=') == 3
    assert shown.count("<summary>The numbers</summary>") == 3
    assert f"The last {DAYS} days Articles a day, to 9 December 2024" in words(shown)
    assert "Edits and disappearances a day, to 10 December 2024" in words(shown)


async def test_an_empty_archive_says_how_to_fill_it(tmp_path):
    db = Database(tmp_path / "empty.db")
    migrations.apply(db)
    db.close()
    shown = await page(open_room(tmp_path / "empty.db"), "/")
    assert "scrapy crawl moscowtimes" in shown
    assert "<svg" not in shown
    assert "Disappeared" not in words(shown.split('id="questions"')[0])


def test_the_front_page_reads_no_whole_table(archive):
    """Only the sites, of which there are few, and the tables' own ends are looked through."""
    asked: list[str] = []
    with sqlite3.connect(archive) as db:
        db.set_trace_callback(asked.append)
        read_front_page(db)
        db.set_trace_callback(None)
        plans = [(sql, row[3]) for sql in asked for row in db.execute(f"explain query plan {sql}")]
    scanned = {step for _, step in plans if step.startswith("SCAN") and " USING " not in step}
    assert scanned <= {"SCAN s", "SCAN e", "SCAN shown", "SCAN CONSTANT ROW"} | {
        f"SCAN (subquery-{n})" for n in range(1, 5)
    }
    assert {step for _, step in plans if re.match(r"SCAN (a|articles|candidates|links|revisions|events)\b", step)} <= {
        "SCAN articles USING INDEX articles_published", "SCAN events USING COVERING INDEX events_at",
    }  # fmt: skip


async def test_a_story_is_told_in_time_with_its_reasons(room):
    shown = await page(room, "/news/stories/1")
    told = words(shown.split('class="days"')[1])
    order = ["Strike vote as it happened", "first of the story", "Port Alden dock workers", "shares Port Alden, strike"]
    assert [told.index(passage) for passage in order] == sorted(told.index(passage) for passage in order)
    assert "3 articles from 2 sites" in words(shown)
    assert shown.count("<circle") == 3
    assert f'<a href="/news/articles/{LIVE}"><circle' in shown


async def test_stories_are_a_list_to_read(room):
    shown = words(await page(room, "/news/stories"))
    assert "The dock strike of Port Alden 3 articles · 2024-12-09 09:00 UTC to 2024-12-09 20:00 UTC" in shown


async def test_who_ran_a_text_is_shown_with_what_each_did_to_it(room):
    shown = await page(room, f"/news/syndication?origin_id={ORIGIN}")
    told = words(shown)
    assert "3 papers ran this text. Uplands <b>Daily</b> had it first" in told
    assert re.search(r"1 Uplands <b>Daily</b> .* 2 The Harbour Post .* 93 % .* 3 Valley Echo .* 46 %", told)
    assert "<del>twelve</del> <ins>fourteen</ins>" in shown
    assert "The Harbour Post 1 paragraph added, 1 changed" in told
    assert "Valley Echo 2 paragraphs cut" in told
    for odd in ("", "?origin_id=1", "?origin_id=x", "?origin_id="):
        assert "had it first" not in await page(room, f"/news/syndication{odd}")


async def test_people_tags_and_sites_list_their_articles(room):
    author = words(await page(room, "/news/authors/1"))
    assert "Mara Quill The Harbour Post · 3 articles · the same name at uplands" in author
    assert "Port Alden dock workers end eleven-day strike" in author
    assert "Ferry line reopens" in words(await page(room, "/news/tags/1"))
    site = words(await page(room, "/news/sites/harbour"))
    assert re.search(r"\d+ articles , .* \d+ edits? , \d of them silent", site)
    assert "time zone: Europe/Moscow" in site
    assert "2024-12-10 08:00 UTC finished" in site


async def test_a_crawl_tells_how_its_addresses_ended(room):
    shown = words(await page(room, "/news/crawls/2"))
    assert re.search(r"stored 6 55 % not article no text 3 27 % failed timed out 2 18 %", shown)
    assert "silent edit Port Alden dock workers" in shown


async def test_an_earlier_state_is_compared_with_the_next(room):
    shown = await page(room, "/news/revisions/2")
    assert "<del>3,650</del> <ins>3,812</ins>" in shown
    assert f'href="/news/articles/{EDITED}"' in shown
    assert "our reading of the page" in await page(room, "/news/revisions/3")


async def test_lists_of_articles_mark_what_is_gone_or_changed(room):
    shown = await page(room, "/news/articles")
    cards = {
        match[1]: match[0]
        for match in re.finditer(r'<article class="card">.*?articles/(\d+)".*?</article>', shown, re.DOTALL)
    }
    assert '<span class="mark gone">gone</span>' in cards[str(GONE)]
    assert '<span class="mark changed">changed</span>' in cards[str(EDITED)]
    assert "mark" not in cards[str(HOSTILE)]
    assert "AFP" in cards[str(ORIGIN)]


async def test_outcome_and_reason_stand_beside_the_address(room):
    shown = await page(room, "/news/candidates")
    assert re.findall(r'data-column="(\w+)"', shown.split("<thead>")[1])[:3] == ["url", "outcome", "reason"]
    row = next(row for row in re.findall(r"<tr>.*?</tr>", shown, re.DOTALL) if "private" in row)
    assert re.findall(r'data-label="(\w+)"', row)[:3] == ["url", "outcome", "reason"]
    assert "robots.txt &amp; more" in row


async def test_what_there_is_begins_with_what_it_is(room):
    shown = words((await page(room, "/news")).split("<main")[1])
    assert shown.index("One row for each article") < shown.index("Paragraphs that were left out")
    assert "A question of your own" in shown


NOWHERE = ["/nothing", "/news/nothing", "/news/articles/999", "/news/articles/x", "/news/stories/" + "9" * 20,
           "/news/authors/-1", "/news/crawls/1e3"]  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
async def test_what_is_not_there_is_told_in_the_style_of_the_house(room, path):
    answer = await room.client.get(path)
    assert answer.status_code == 404
    assert "There is no such page here" in answer.text
    assert "/static/room.css" in answer.text


async def test_a_question_that_cannot_be_asked_is_told_in_the_style_of_the_house(room):
    answer = await room.client.get("/news/articles?_sort=nothing")
    assert answer.status_code == 400
    assert answer.text.count("<h1") == 1
    assert "/static/room.css" in answer.text


async def test_an_older_archive_is_told_in_the_style_of_the_house_and_logged_once(tmp_path, caplog):
    room = open_room(make_lively(tmp_path / "news.db"))
    with sqlite3.connect(tmp_path / "news.db") as db:
        db.execute("drop table events")
    answer = await room.client.get("/")
    assert answer.status_code == 500
    assert "no such table: events" in answer.text
    assert "Any crawl into it brings it up to date" in answer.text
    assert "/static/room.css" in answer.text
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["/ failed"]


@pytest.mark.parametrize(("part", "width"), [(-1, 0), (0, 0), (0.456, 46), (3, 100)])
def test_shares_stay_within_their_bar(part, width):
    assert f'class="s0" width="{width}"' in share(part)


def test_named_columns_come_first_and_the_others_keep_their_order():
    cells = [{"name": name} for name in "abcd"]
    assert [one["name"] for one in first_ones(cells, ["d", "b", "x"], "name")] == ["d", "b", "a", "c"]


def test_the_plots_look_back_as_far_as_they_say_and_no_further(tmp_path):
    path = make_archive(tmp_path / "news.db")
    newest = date(2024, 12, 9)
    days = {1: newest, 2: newest - timedelta(days=DAYS - 1), 3: newest - timedelta(days=DAYS)}
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("update articles set published_at = '2020-01-01'")
        for number, day in days.items():
            db.execute("update articles set published_at = ? where id = ?", (f"{day}T10:00:00Z", number))
        db.execute("delete from events")
        for number, day in days.items():
            db.execute(
                "insert into events (id, article_id, crawl_id, at, kind) values (?, 1, 1, ?, 'edited')",
                (number, f"{day}T10:00:00Z"),
            )
        shown = read_front_page(db)
    assert [row["hour"][:10] for row in shown["hours"]] == [str(days[2]), str(days[1])]
    assert [row["day"] for row in shown["edits"]["edited"]] == [str(days[2]), str(days[1])]


def test_the_front_page_lists_the_latest_events_one_for_an_article(tmp_path):
    path = make_archive(tmp_path / "news.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("delete from events")
        for number in range(1, 11):
            for kind in ("edited", "silent_edit", "gone"):
                db.execute(
                    "insert into events (article_id, crawl_id, at, kind) values (?, 1, ?, ?)",
                    (number, f"2024-12-{number:02}T10:00:00Z", kind),
                )
        shown = read_front_page(db)
    assert [row["id"] for row in shown["changed"]] == [10, 9, 8, 7, 6, 5, 4, 3]
    assert {row["event"] for row in shown["changed"]} == {"silent_edit"}
    assert [row["id"] for row in shown["gone"]] == [10, 9, 8, 7, 6, 5]


async def test_a_site_shows_its_listings_findings_and_addresses(tmp_path):
    path = make_lively(tmp_path / "news.db")
    at = "2024-12-10T08:00:00Z"
    listing = {"site": "harbour", "form": "feed", "in_a_row": 3, "since": at, "first_asked_at": at, "last_asked_at": at}
    with closing(Database(path)) as db:
        for name, state, reason in (("good", "unchanged", None), ("bad", "failed", "HTTP 403")):
            row = {
                "listing_url": f"https://harbour.example/{name}.xml",
                "state": state,
                "reason": reason,
                "articles": 7,
            }
            db.table("listings_state").insert(listing | row)
        finding = {
            "site": "harbour",
            "kind": "silence",
            "subject": "",
            "level": "warning",
            "detail": "nothing for 3 days",
        }
        db.table("findings").insert({**finding, "started_at": at, "last_seen_at": at})
        two = '["https://harbour.example/a?%s=1", "https://harbour.example/a?%s=2"]'
        for name, pairs, contrary in (
            ("ref", f"[{two % ('ref', 'ref')}]", None),
            ("skin", "[]", two % ("skin", "skin")),
            ("forgotten", "[]", "[]"),
        ):
            idle = {"site": "harbour", "name": name, "pairs": pairs, "contrary": contrary, "at": at}
            db.table("_idle_params").insert(idle)
        db.conn.commit()
    shown = words(await page(open_room(path), "/news/sites/harbour"))
    assert "ref selects nothing: https://harbour.example/a?ref=1 and https://harbour.example/a?ref=2 gave one" in shown
    assert "skin selects something: https://harbour.example/a?skin=1 and" in shown
    assert "forgotten selects something" in shown
    assert "warning nothing for 3 days" in shown
    assert shown.index("bad.xml") < shown.index("1 read without trouble") < shown.index("good.xml")
    assert "failed 3 times HTTP 403" in shown
    assert re.search(r"What became of its addresses Outcome Addresses Of all \w+ \d+ \d+ %", shown)


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("https://harbour.example/a21?amp=1", 21),
        ("https://harbour.example/a21?amp=1#comments", 21),
        ("https://harbour.example/nowhere", None),
        ("javascript:alert(1)", None),
        ("https://[broken/", None),
        ("21", None),
        ("\x00' or 1", None),
    ],
)
async def test_an_address_leads_to_the_history_of_its_article(room, asked, leads_to):
    answer = await room.client.get("/history", params={"url": asked})
    if leads_to:
        assert (answer.status_code, answer.headers["location"]) == (302, f"/news/articles/{leads_to}#history")
    else:
        assert answer.status_code == 404
        assert "javascript:alert" not in re.findall(r'href="([^"]*)', answer.text)


async def test_the_bookmark_asks_this_room_and_strangers_have_it_too(archive):
    room = open_room(archive, public=True, address="https://archive.example/")
    shown = html.unescape(await page(room, "/history"))
    assert (
        'href="javascript:location.href="https://archive.example/history?url="+encodeURIComponent(location.href)"'
        in shown
    )
