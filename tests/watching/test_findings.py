"""Findings in the archive: raised once, kept while they last, ended once; and what people and programs are told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.commands.health import report
from demo.server import PaperServer
from pipelines.archive import crawls
from pipelines.archive.database import open_archive
from pipelines.watching import findings, status
from pipelines.watching.status import Health, OpenFinding
from tests.commands.running import run_command
from tests.crawling import crawl, profile_for
from tests.make import older_archive

BEGIN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = "https://a.example/rss"


def run(db, hour, outcome="done", *, listed=20, new=3, failed=0):
    """A crawl at this hour, and the checks after it; what is open then."""
    at = BEGIN + hour * HOUR
    crawl_id = crawls.begin(db, "daily", "crawl", "test", at)
    counts = {("stored", ""): 40 - failed, ("failed", "HTTP 500"): failed}
    crawls.finish(db, crawl_id, outcome, "why", at + HOUR / 60, {"articles": new, "peak_memory_mb": 110}, counts)
    findings.examine(db, "daily", crawl_id, {FEED: listed}, at + HOUR / 60)
    return [
        (row[0], row[1]) for row in db.execute("select kind, level from findings where ended_at is null order by 1")
    ]


def told(db):
    """Every finding there ever was, with the hours when it began and ended."""
    return [
        (row["kind"], row["subject"], *((datetime.fromisoformat(row[name]) - BEGIN) // HOUR if row[name] else None
                                        for name in ("started_at", "ended_at")))
        for row in db.execute("select * from findings order by id")
    ]  # fmt: skip


def test_a_month_with_an_outage_and_a_listing_that_shrinks_raises_each_finding_once(db):
    for hour in range(200):
        assert run(db, hour) == []
    for hour in range(200, 210):
        found = run(db, hour, "failed", new=0)
    assert found == [("crawls fail", "critical")]
    for hour in range(210, 230):
        run(db, hour)
    for hour in range(230, 240):
        run(db, hour, listed=0 if hour % 3 else 2)
    for hour in range(240, 260):
        run(db, hour)
    run(db, 260, failed=30)
    for hour in range(261, 300):
        run(db, hour)
    assert told(db) == [
        ("crawls fail", "", 202, 211),  # ended by the second crawl in a row that was well
        ("listing", FEED, 230, 241),
        ("addresses failed", "", 260, 262),
    ]


def test_one_good_crawl_between_bad_ones_does_not_end_a_finding(db):
    for hour in range(30):
        run(db, hour)
    for hour in range(30, 50):
        run(db, hour, failed=30 if hour % 2 else 0)
    assert [kind for kind, *_ in told(db)] == ["addresses failed"]


def test_the_lengths_of_listings_are_bounded(db):
    for hour in range(80):
        run(db, hour)
    assert len(db.execute("select * from _listing_sizes").fetchall()) == 30


def test_metrics_are_written_whole_with_their_labels_escaped(db, tmp_path):
    run(db, 0)
    db.execute("update crawls set site = ?", ('da"ily\n',))
    status.write(db, tmp_path / "vestnik.prom")
    written = (tmp_path / "vestnik.prom").read_text("utf-8")
    assert 'vestnik_last_crawl_new_articles{site="da\\"ily\\n"} 3.0\n' in written
    assert 'vestnik_last_crawl_duration_seconds{site="da\\"ily\\n"} 60.0\n' in written
    assert [path.name for path in tmp_path.iterdir()] == ["vestnik.prom"]


@pytest.fixture
def health(capfd):
    """The command as a person would run it."""
    return lambda database, *args: run_command(capfd, "health", *args, DATABASE=database)


def test_health_tells_people_and_programs(tmp_path, health):
    database = tmp_path / "news.db"
    db = open_archive(database)
    with db:
        for hour in range(3):
            run(db, hour, "failed")
    db.close()
    ill = health(database)
    assert ill.status == 2, ill.err
    assert "critical: 3 crawls in a row failed: why (since 2026-03-02T08:01:00Z)" in ill.out
    (site,) = json.loads(health(database, "daily", "--json").out)
    assert (site["site"], site["level"], len(site["findings"])) == (
        "daily",
        "critical",
        3,
    )  # nor has it ever worked, nor is it crawled any more
    unknown = health(tmp_path / "absent.db")
    assert (unknown.status, unknown.err.startswith("Unknown: ")) == (3, True)
    older_archive(tmp_path / "old.db")
    old = health(tmp_path / "old.db")
    assert (old.status, old.err.count("\n"), "an older Vestnik" in old.err) == (3, 1, True)


def test_the_health_of_many_sites_is_told_by_country_and_trouble():
    finding = OpenFinding("silence", "", "warning", "2026-03-02T08:00:00Z", "no new article for 9 days")
    states = [Health(f"site{number:02}", "2026-03-09T08:00:00Z", "done", ()) for number in range(40)]
    states[3] = replace(states[3], findings=(finding,))
    states[7] = replace(states[7], findings=(replace(finding, level="critical"),))
    told = list(report(states, {f"site{number:02}": "no" if number % 2 else "ch" for number in range(30)}))
    assert [line for line in told if not line.startswith("  ")] == [
        "no country: 10 sites, 10 ok",
        "ch: 15 sites, 15 ok",
        "no: 15 sites, 1 critical, 1 warning, 13 ok",
    ]
    assert [line.split()[0] for line in told if line.startswith("  site")] == ["site07", "site03"]
    assert len(list(report(states[:5], {}))) == 6


def test_a_real_crawl_is_checked_and_counted(tmp_path, health):
    with PaperServer(port=0) as server:
        done = crawl(
            "demo", tmp_path / "news.db", SITES_DIR=profile_for(server.origin, tmp_path / "sites"),
            METRICS_FILE=tmp_path / "vestnik.prom",
        )  # fmt: skip
    assert done.status == 0, done.said
    assert done.rows("select * from findings") == []
    assert done.one("select count(*) from _listing_sizes where articles > 0") > 5
    assert 'vestnik_last_crawl_ok{site="demo"} 1.0' in (tmp_path / "vestnik.prom").read_text("utf-8")
    well = health(tmp_path / "news.db")
    assert (well.status, well.out.split()[:2]) == (0, ["demo", "ok"])
