"""A month of schedules in simulated time, the picture of it, and one real monitor."""

import asyncio
import io
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from crawler.errors import HELD
from crawler.monitoring.monitor import Line, Monitor, Rhythm, board
from demo.server import PaperServer
from pipelines.archive import crawls
from pipelines.archive.crawls import Past, past
from tests.crawling import ROOT, profile_for
from tests.make import fresh_archive
from tests.monitoring.simulated import SimulatedAlarm

BEGIN = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
MONTH = timedelta(days=30)


class Newsroom:
    """Three papers whose crawls take their time, sometimes fail, and tell the monitor how they went."""

    def __init__(self, alarm: SimulatedAlarm, published: dict[str, int]) -> None:
        self.alarm, self.published = alarm, published
        self.starts: dict[str, list[datetime]] = {site: [] for site in published}
        self.running: Counter[str] = Counter()
        self.most_at_once = 0
        self.outage: tuple[datetime, datetime] | None = None
        self._past: dict[str, Past] = {}
        self._chance = random.Random(7)  # noqa: S311 - a repeatable month

    async def crawl(self, site: str) -> int:
        assert self.running[site] == 0, f"two crawls of {site} at a time"
        self.running[site] += 1
        self.most_at_once = max(self.most_at_once, self.running.total())
        began = self.alarm.now()
        self.starts[site].append(began)
        await self.alarm.sleep(timedelta(seconds=self._chance.uniform(20, 400)))
        self.running[site] -= 1
        failed = self.outage is not None and self.outage[0] <= began < self.outage[1]
        before = self._past.get(site, Past())
        failures = before.failures + 1 if failed else 0
        self._past[site] = Past(began, "failed" if failed else "done", None, 1, 0, failures, self.published[site])
        return int(failed)

    def look(self, site: str, _now: datetime) -> Past:
        return self._past.get(site, Past())


def rhythm(minutes: int, quiet: tuple[time, time] | None = None) -> Rhythm:
    return Rhythm(timedelta(minutes=minutes), quiet, ZoneInfo("Europe/Moscow"))


def monitor_of(alarm: SimulatedAlarm, room: Newsroom, at_once: int = 2) -> Monitor:
    chance = random.Random(1)  # noqa: S311 - a repeatable month
    return Monitor(alarm, room.crawl, room.look, lambda: chance.uniform(-1, 1), at_once)


def unknown(_site: str, _now: datetime) -> Past:
    return Past()


def gaps(starts: list[datetime]) -> list[float]:
    return [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(starts)]


async def test_a_month_of_three_papers_keeps_each_ones_pace_without_overlap():
    alarm = SimulatedAlarm(BEGIN)
    room = Newsroom(alarm, {"daily": 504, "wire": 3000, "weekly": 3})
    room.outage = (BEGIN + timedelta(days=9), BEGIN + timedelta(days=11))
    monitor = monitor_of(alarm, room)
    monitor.follow({"daily": rhythm(10), "wire": rhythm(10), "weekly": rhythm(60, (time(23), time(6)))}.items())
    await alarm.run(BEGIN + MONTH)
    assert room.most_at_once == 2
    normal = {site: [at for at in starts if at < room.outage[0]] for site, starts in room.starts.items()}
    assert min(gaps(normal["daily"])) >= 9
    assert max(gaps(normal["daily"])) < 11 + 7
    assert sorted(gaps(normal["wire"]))[len(normal["wire"]) // 2] < 8  # a crawl may take longer than its pause
    assert min(gaps(normal["weekly"])) >= 8 * 60 * 0.9
    quiet = ZoneInfo("Europe/Moscow")
    assert all(6 <= at.astimezone(quiet).hour < 23 for at in room.starts["weekly"])
    down = [at for at in room.starts["daily"] if room.outage[0] <= at < room.outage[1]]
    assert len(down) < 20, "a site that is down is asked ever more rarely"
    after = [at for at in room.starts["daily"] if at >= room.outage[1]]
    assert after[0] - room.outage[1] < timedelta(hours=6)
    assert max(gaps(after)) < 11 + 7


async def test_times_that_were_missed_do_not_pile_up():
    alarm = SimulatedAlarm(BEGIN)
    room = Newsroom(alarm, {"daily": 504})
    monitor = monitor_of(alarm, room)
    monitor.follow([("daily", rhythm(10))])
    await alarm.run(BEGIN + timedelta(hours=1))
    before = len(room.starts["daily"])
    alarm.jump(timedelta(hours=8))
    await alarm.run(alarm.now() + timedelta(minutes=8))
    assert len(room.starts["daily"]) == before + 1


@pytest.mark.parametrize(
    "span", [timedelta(hours=n) for n in (-1, 1, -3, 3)] + [timedelta(days=n) for n in (-40, -2, 2, 40)], ids=str
)
async def test_a_clock_that_is_set_while_the_monitor_sleeps_silences_no_site(span):
    alarm = SimulatedAlarm(BEGIN)
    room = Newsroom(alarm, {"daily": 504, "wire": 3000})
    monitor = monitor_of(alarm, room)
    monitor.follow([("daily", rhythm(10)), ("wire", rhythm(10))])
    await alarm.run(BEGIN + timedelta(hours=1))
    before = {site: len(starts) for site, starts in room.starts.items()}
    alarm.jump(span)
    await alarm.run(alarm.now() + timedelta(hours=1))
    for site, starts in room.starts.items():
        assert 4 <= len(starts) - before[site] <= 13, "neither silent nor hurried"


async def test_a_clock_that_is_set_back_during_a_failing_crawl_makes_nobody_hurry():
    alarm = SimulatedAlarm(BEGIN)
    began = []

    async def crawl(_site: str) -> int:
        began.append(alarm.now())
        if len(began) == 1:
            alarm.jump(-timedelta(days=3))
        return 1

    ahead = Past(BEGIN + timedelta(days=400), "failed")  # what the archive holds is still to come, and stays so
    monitor = Monitor(alarm, crawl, lambda _site, _now: ahead, lambda: 0.0, 1)
    monitor.follow([("daily", rhythm(10))])
    await alarm.run(BEGIN)
    await alarm.run(BEGIN - timedelta(days=3) + timedelta(hours=10))
    assert 1 < len(began) < 40


async def test_more_sites_than_places_wait_for_their_turn_and_all_are_crawled():
    alarm = SimulatedAlarm(BEGIN)
    room = Newsroom(alarm, {f"site{n}": 504 for n in range(12)})
    monitor = monitor_of(alarm, room, at_once=3)
    monitor.follow((site, rhythm(30)) for site in room.published)
    await alarm.run(BEGIN + timedelta(hours=3))
    assert room.most_at_once == 3
    assert all(len(starts) >= 4 for starts in room.starts.values())


async def test_a_site_that_is_planned_anew_while_it_waits_for_a_place_is_crawled_once():
    alarm = SimulatedAlarm(BEGIN)
    room = Newsroom(alarm, {"daily": 504, "wire": 504})
    monitor = monitor_of(alarm, room, at_once=1)
    monitor.follow([("daily", rhythm(10)), ("wire", rhythm(10))])
    await alarm.run(BEGIN + timedelta(seconds=10))
    assert room.running.total() == 1
    for minutes in (20, 30, 40):
        monitor.follow([("daily", rhythm(minutes)), ("wire", rhythm(minutes))])
        await alarm.run(alarm.now() + timedelta(seconds=1))
    await alarm.run(BEGIN + timedelta(minutes=14))
    assert {site: len(starts) for site, starts in room.starts.items()} == {"daily": 1, "wire": 1}


async def test_a_site_that_comes_or_goes_while_the_monitor_runs():
    alarm = SimulatedAlarm(BEGIN)
    room = Newsroom(alarm, {"old": 504, "new": 504})
    monitor = monitor_of(alarm, room)
    monitor.follow([("old", rhythm(10))])
    await alarm.run(BEGIN + timedelta(hours=1))
    monitor.follow([("new", rhythm(10))])
    seen = len(room.starts["old"])
    await alarm.run(BEGIN + timedelta(hours=2))
    assert len(room.starts["old"]) == seen
    assert len(room.starts["new"]) > 4
    assert set(monitor.lines) == {"new"}


async def test_a_crawl_that_does_not_come_to_write_its_row_is_not_tried_again_at_once():
    alarm = SimulatedAlarm(BEGIN)
    began = []

    async def crawl(_site: str) -> int:
        began.append(alarm.now())
        return 1

    monitor = Monitor(alarm, crawl, unknown, lambda: 0.0, 1)
    monitor.follow([("broken", rhythm(10))])
    await alarm.run(BEGIN + timedelta(hours=3))
    assert 1 < len(began) < 10


async def test_a_crawl_that_was_broken_off_with_the_monitor_is_made_up_for_at_once():
    alarm = SimulatedAlarm(BEGIN)
    broken_off = Past(BEGIN - timedelta(minutes=1), "running")
    room = Newsroom(alarm, {})
    monitor = Monitor(alarm, room.crawl, look=lambda *_: broken_off, jitter=lambda: 0.0, at_once=1)
    monitor.follow([("daily", rhythm(30)), ("asleep", rhythm(30, (time(0, 0), time(9, 0))))])
    assert monitor.lines["daily"].next_at == BEGIN
    assert monitor.lines["asleep"].next_at == BEGIN + timedelta(hours=6)  # nine o'clock in Moscow


async def test_a_process_that_cannot_be_started_is_a_failed_crawl():
    alarm = SimulatedAlarm(BEGIN)

    async def crawl(_site: str) -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monitor = Monitor(alarm, crawl, unknown, lambda: 0.0, 1)
    monitor.follow([("daily", rhythm(10))])
    await alarm.run(BEGIN + timedelta(minutes=1))
    assert monitor.lines["daily"].status == 1
    assert monitor.lines["daily"].past.failures == 1


def test_the_past_of_a_site_is_read_from_its_crawls():
    db = fresh_archive()
    for hour, outcome in enumerate(("failed", "done", "failed", "killed")):
        at = BEGIN + timedelta(hours=hour)
        crawl_id = crawls.begin(db, "daily", "crawl", "test", at)
        crawls.finish(db, crawl_id, outcome, "why", at, {"articles": hour}, {})
    assert past(db, "daily", BEGIN + timedelta(days=1)) == Past(
        BEGIN + timedelta(hours=3), "killed", "why", new=3, failures=1
    )
    assert past(db, "unknown", BEGIN) == Past()


def test_the_picture_shows_every_site_and_its_trouble():
    lines = [
        Line("weekly", Past(), is_running=True),
        Line("daily", Past(BEGIN, "done", None, 4, 1, 0, 504), BEGIN + timedelta(minutes=14)),
        Line("wire", Past(BEGIN, "failed", "every listing failed", 0, 0, 3, 9), BEGIN, status=1),
        Line("twice", Past(BEGIN, "done"), BEGIN + timedelta(days=2), status=HELD),
    ]
    out = io.StringIO()
    Console(file=out, width=110).print(board(lines, BEGIN + timedelta(minutes=4)))
    shown = [" ".join(line.split()) for line in out.getvalue().splitlines()]
    assert shown == [
        "site last crawl new changed week next trouble",
        "twice 4 min ago 0 0 0 in 1 d another crawl of it is running",
        "wire 4 min ago 0 0 9 waiting for a place failed (3 in a row): every listing failed",
        "daily 4 min ago 4 1 504 in 10 min",
        "weekly never crawling now",
    ]


def test_a_picture_of_many_sites_turns_its_pages_and_keeps_what_is_in_trouble_in_sight():
    failed = Past(BEGIN, "failed", "every listing failed", failures=1)
    lines = [Line(f"s{number:04}", failed if number in (7, 190) else Past()) for number in range(200)]
    seen = set()
    for turn in range(25):
        out = io.StringIO()
        Console(file=out, width=110).print(board(lines, BEGIN + timedelta(seconds=8 * turn), 10))
        _, *shown, caption = out.getvalue().splitlines()
        sites = [line.split()[0] for line in shown]
        assert (sites[:2], len(sites) <= 10) == (["s0007", "s0190"], True)
        assert caption.strip() == f"{len(sites)} of 200 sites, 2 of them in trouble"
        seen.update(sites)
    assert seen == {line.site for line in lines}


@pytest.fixture
def monitor_command(tmp_path):
    """The command that monitors the demo paper, which is served on loopback."""
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, tmp_path / "sites")
        settings = {"DATABASE": tmp_path / "news.db", "SITES_DIR": sites, "ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
        pairs = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        yield [sys.executable, "-m", "scrapy", "monitor", "demo", *pairs]


async def test_a_real_monitor_crawls_and_stops_cleanly(monitor_command):
    running = await asyncio.create_subprocess_exec(
        *monitor_command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = []
    assert running.stdout is not None
    async for line in running.stdout:
        said.append(line.decode())
        if "demo: done" in said[-1] and "next at" in said[-1]:
            break
    second = subprocess.run(monitor_command, cwd=ROOT, capture_output=True, text=True, timeout=200)  # noqa: ASYNC221 - the monitor is a process of its own
    running.send_signal(signal.SIGTERM)
    assert await running.wait() == 0, "".join(said)
    assert second.returncode == HELD
    assert "another monitor of this archive is running" in second.stderr
