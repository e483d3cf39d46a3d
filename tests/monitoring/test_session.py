"""A monitor that runs: profiles are read again each minute, and its real clock calls as it was last asked to."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from crawler.errors import SetupError
from crawler.monitoring.monitor import Monitor
from crawler.monitoring.processes import ClockAlarm
from crawler.monitoring.session import Orders, ProfileReader, follow
from pipelines.archive.crawls import Past
from tests.monitoring.simulated import SimulatedAlarm

BEGIN = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=50)


def write_profile(folder, name, every="10 min"):
    text = f'name = "{name}"\ntitle = "Paper"\nhome = "https://{name}.example/"\nhosts = ["{name}.example"]\n'
    (folder / f"{name}.toml").write_text(text + (f'every = "{every}"\n' if every else ""), "utf-8")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sites"
    folder.mkdir()
    write_profile(folder, "harbour")
    return folder


@pytest.fixture
def orders(tmp_path, folder):
    return Orders(tmp_path / "news.db", folder, (), "30 min", 1)


@pytest.fixture
def alarm():
    return SimulatedAlarm(BEGIN)


@pytest.fixture
def monitor(alarm):
    async def crawl(_site: str) -> int:
        return 0

    return Monitor(alarm, crawl, lambda _site, _now: Past(), lambda: 0.0, 1)


async def test_a_profile_that_is_written_while_the_monitor_runs_is_followed_within_a_minute(
    alarm, monitor, orders, folder
):
    await ProfileReader(orders, monitor).read()
    assert "harbour" in monitor.lines
    write_profile(folder, "uplands")
    await alarm.run(BEGIN + timedelta(seconds=59))
    assert "uplands" not in monitor.lines
    await alarm.run(BEGIN + timedelta(seconds=60))
    assert "uplands" in monitor.lines
    (folder / "harbour.toml").unlink()
    write_profile(folder, "valley")
    await alarm.run(BEGIN + timedelta(seconds=120))
    assert {"uplands", "valley"} <= monitor.lines.keys()
    assert "harbour" not in monitor.lines


async def test_profiles_that_cannot_be_read_leave_the_sites_as_they_were_and_are_read_again(
    alarm, monitor, orders, folder, caplog
):
    await ProfileReader(orders, monitor).read()
    before = set(monitor.lines)
    shutil.move(folder, folder.with_name("away"))
    await alarm.run(BEGIN + timedelta(seconds=60))
    assert set(monitor.lines) == before
    assert "no such folder" in caplog.text
    shutil.move(folder.with_name("away"), folder)
    write_profile(folder, "uplands")
    await alarm.run(BEGIN + timedelta(seconds=120))
    assert set(monitor.lines) == before | {"uplands"}


async def test_profiles_that_cannot_be_read_at_the_start_end_it(monitor, orders, folder):
    shutil.rmtree(folder)
    with pytest.raises(SetupError, match="no such folder"):
        await ProfileReader(orders, monitor).read()


def test_a_site_is_followed_in_the_rhythm_of_its_profile_and_one_without_in_the_monitors(orders, folder):
    write_profile(folder, "uplands", every=None)
    rhythms = dict(follow(orders))
    assert rhythms["harbour"].every == timedelta(minutes=10)
    assert rhythms["uplands"].every == timedelta(minutes=30)


class Calls:
    """What a clock called, in order."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._called: asyncio.Queue[None] = asyncio.Queue()

    def note(self, name: str) -> None:
        self.names.append(name)
        self._called.put_nowait(None)

    def action(self, name: str):
        async def call() -> None:
            self.note(name)

        return call

    async def wait_for(self, count: int) -> list[str]:
        """Wait until so many were called, and a little for one too many."""
        for _ in range(count):
            await self._called.get()
        await asyncio.sleep(0.3)
        return self.names


@pytest.fixture
async def clock():
    clock = ClockAlarm()
    yield clock
    clock.stop()


async def test_a_name_that_is_planned_again_while_it_waits_is_called_once_as_it_was_planned_last(clock):
    calls, now = Calls(), clock.now()
    clock.at(now + 2 * A_MOMENT, "harbour", calls.action("first plan"))
    clock.at(now + A_MOMENT, "harbour", calls.action("second plan"))
    assert await calls.wait_for(1) == ["second plan"]


async def test_a_time_that_has_passed_is_made_up_for_and_other_names_are_called_for_themselves(clock):
    calls = Calls()
    clock.at(clock.now() - timedelta(hours=9), "harbour", calls.action("missed"))
    clock.at(clock.now() + A_MOMENT, "uplands", calls.action("other"))
    assert sorted(await calls.wait_for(2)) == ["missed", "other"]


async def test_what_is_called_may_plan_itself_again(clock):
    calls = Calls()

    async def again() -> None:
        calls.note("again")
        if len(calls.names) < 3:
            clock.at(clock.now(), "harbour", again)

    clock.at(clock.now(), "harbour", again)
    assert await calls.wait_for(3) == ["again"] * 3


async def test_a_name_that_is_forgotten_is_not_called_and_an_unknown_one_may_be_forgotten(clock):
    calls = Calls()
    clock.at(clock.now() + A_MOMENT, "harbour", calls.action("forgotten"))
    clock.at(clock.now() + 2 * A_MOMENT, "uplands", calls.action("kept"))
    clock.forget("harbour")
    clock.forget("nobody")
    assert await calls.wait_for(1) == ["kept"]


async def test_a_time_far_ahead_is_reached_in_short_steps(clock, monkeypatch):
    monkeypatch.setattr("crawler.monitoring.processes._LONGEST_PAUSE", 0.01)
    calls, when = Calls(), clock.now() + 2 * A_MOMENT
    clock.at(when, "harbour", calls.action("called"))
    assert await calls.wait_for(1) == ["called"]
    assert clock.now() >= when


async def test_an_action_that_fails_is_logged_and_the_others_are_called(clock, caplog):
    calls = Calls()

    async def fail() -> None:
        raise OSError("no process for it")

    clock.at(clock.now(), "harbour", fail)
    clock.at(clock.now() + A_MOMENT, "uplands", calls.action("other"))
    assert await calls.wait_for(1) == ["other"]
    assert "what was to be done for harbour failed" in caplog.text
    assert "no process for it" in caplog.text


async def test_nothing_is_called_after_the_stop(clock):
    calls = Calls()
    clock.at(clock.now(), "harbour", calls.action("called"))
    clock.stop()
    await asyncio.sleep(0.1)
    assert calls.names == []
