"""A monitor that is left running and killed again and again: real processes, real signals, and what is lost.

``python -m benchmarks.soak [--minutes N] [--seed N]``: an invented paper on loopback publishes an article every few
seconds. ``scrapy monitor`` follows it, alerts go to a webhook that is down for a while now and then, and at random
moments a crawl, a worker of it, the sender of alerts or the monitor itself is killed (SIGKILL), the clock of them all
is set hours or days ahead or back, and a backup is made or put in the archive's place. When the paper has fallen
silent, the archive must be sound, equal to that of one undisturbed crawl, and every article told, and nothing else.
Exit status 0 if so, else 1.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from benchmarks.soak_clock import ShiftedClock
from benchmarks.soak_process import Killed, MonitorProcess
from benchmarks.soak_webhook import Webhook
from crawler.article import utc_text
from demo.paper import Paper
from demo.server import PaperServer
from tests.archive.dump import dump
from tests.big_paper import ALL_OF_IT, pieces
from tests.crawling import Crawl, crawl, profile_for

_STEP = timedelta(seconds=6)  # between two articles
_BACKLOG = 100  # articles that are there when it begins
_QUIET = 600.0  # seconds without kills at the end, at most, for a last crawl to be due and done
_CALM, _STORMY = 2.0, 14.0  # seconds between two blows
_SHOWN, _WIDTH = 10, 300  # lines, and letters of a line
_CHANGING = ('"kind": "read_more"', ' readers"')
"""In rows that change with the hour: lists around a text name the newest articles, and a counter stands in its head."""
_WERE_THERE = """
select url, published_at from articles join (
    select article_id from candidates where article_id is not null
    group by article_id having count(*) = count(*) filter (where was_there)) on article_id = id
"""
_FIRST_LOOK = "(select strftime('%Y-%m-%dT%H:%M:%SZ', min(first_seen_at), '+2 minutes') from articles)"
"""What was published later cannot have been there; a crawl that was killed may have read no listing to its end."""
_WATCHES = """
[targets]
hook = "json://127.0.0.1:{port}/"

[[watch]]
name = "everything"
targets = ["hook"]
events = ["new", "changed", "gone"]
"""


def main() -> int:
    """Run, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the victims")
    given = parser.parse_args()
    chance = Random(given.seed)  # noqa: S311 - a repeatable storm
    begin = datetime.now(UTC)
    last = begin + timedelta(minutes=given.minutes)
    count = _BACKLOG + int((last - begin) / _STEP)
    with TemporaryDirectory() as name, PaperServer(Paper(pieces=pieces(count, last, _STEP)), now=begin) as server:
        folder = Path(name)
        threading.Thread(target=_tick, args=(server,), daemon=True).start()
        with Webhook() as hook:
            settings = _settings(folder, server.origin, hook.port)
            clock = ShiftedClock(folder)
            with MonitorProcess("demo", folder / "news.db", settings, clock.environment) as monitor:
                storm = Storm(monitor, hook, clock, chance, folder / "backup.db")
                _wait(monitor, lambda: monitor.stored() >= _BACKLOG)  # else nothing tells that a clock is behind
                storm.rage(monotonic() + given.minutes * 60)
                clock.put_right()
                hook.is_down = False
                _wait(monitor, lambda: monitor.stored() >= count and not monitor.unsent())
        after = crawl("demo", folder / "news.db", None, **settings)
        whole = crawl("demo", folder / "whole.db", None, **settings | {"WATCHES": ""})
        return _verdict(after, whole, storm, given.minutes)


def _tick(server: PaperServer) -> None:
    """The paper lives in real time."""
    while True:
        server.now = datetime.now(UTC)
        sleep(0.5)


def _settings(folder: Path, origin: str, port: int) -> dict[str, Any]:
    sites = profile_for(origin, folder / "sites")
    profile = sites / "demo.toml"
    profile.write_text('every = "1 min"\n' + profile.read_text("utf-8"), "utf-8")
    (folder / "watches.toml").write_text(_WATCHES.format(port=port), "utf-8")
    return {"SITES_DIR": sites, "WATCHES": folder / "watches.toml", **ALL_OF_IT}


@dataclass
class Storm:
    """What was done to the monitor."""

    monitor: MonitorProcess
    hook: Webhook
    clock: ShiftedClock
    chance: Random
    backup: Path
    killed: Killed = field(default_factory=Killed)
    backups: int = 0
    restored: int = 0

    def rage(self, end: float) -> None:
        """Kill, set the clock, make backups and restore them until the time is over."""
        while monotonic() < end:
            sleep(min(self.chance.uniform(_CALM, _STORMY), max(end - monotonic(), 0)))
            self.hook.is_down = self.chance.random() < 0.3
            what = self.chance.random()
            if what < 0.25:
                self.clock.jump(self.chance)
            elif what < 0.4:
                self.clock.put_right()
            elif what < 0.5:
                self.backups += self.monitor.back_up(self.backup)
            elif what < 0.57 and self.backup.exists():
                self.restored += self.monitor.restore(self.backup)
            else:
                self.killed += self.monitor.kill_something(self.chance)


def _wait(monitor: MonitorProcess, is_done: Callable[[], bool]) -> None:
    """Let what is left come in and go out."""
    end = monotonic() + _QUIET
    while monotonic() < end and not is_done():
        monitor.ensure()
        sleep(1)


def _verdict(after: Crawl, whole: Crawl, storm: Storm, minutes: float) -> int:
    articles = after.one("select count(*) from articles")
    crawls = dict(after.rows("select outcome, count(*) from crawls group by 1"))
    told, wrong, clock = storm.hook.addresses(), storm.hook.wrong("new"), storm.clock
    known = {url for (url,) in after.rows("select url from articles")}
    # These are no news; they are told all the same where a restore went back before the first look.
    there = {url for url, _ in after.rows(_WERE_THERE)}
    silenced = after.one(f"select count(*) from ({_WERE_THERE}) where published_at > {_FIRST_LOOK}")  # noqa: S608
    missed, unknown = known - there - told.keys(), told.keys() - known
    different = list(_differences(after.database, whole.database))
    is_sound = after.one("pragma integrity_check") == "ok" and not after.rows("pragma foreign_key_check")
    now = utc_text(datetime.now(UTC))
    ahead = after.one("select count(*) from articles where max(first_seen_at, last_seen_at, last_checked_at) > ?", now)
    overlapping = after.one(
        "select count(*) from crawls a join crawls b on b.id > a.id and b.started_at < a.finished_at"
        " where a.outcome = 'done' and b.outcome = 'done'"
    )
    print(f"minutes     {minutes:g}, kills: {storm.killed}")
    print(f"clock       set ahead {clock.ahead} times, back {clock.behind} times; {ahead} articles left in the future")
    print(f"backups     {storm.backups}, {storm.restored} restored")
    print(f"crawls      {sum(crawls.values())}: {', '.join(f'{n} {how}' for how, n in sorted(crawls.items()))}")
    print(f"overlapping {overlapping}")
    print(f"articles    {articles}; equal to an undisturbed archive: {'NO' if different else 'yes'}")
    print(*(f"            {line}" for line in different[:_SHOWN]), sep="\n", end="\n" if different else "")
    print(f"sound       {'yes' if is_sound else 'NO'}")
    print(f"alerts      {articles - len(there) - len(missed)} of {articles - len(there)} new articles told,"
          f" {len(missed)} lost; {len(there)} were there at the first look, {silenced} of them wrongly")  # fmt: skip
    print(f"            {len(wrong) + len(unknown)} told wrongly, {sum(told.values()) - len(told)} told again;"
          f" the webhook was down for {storm.hook.refused} messages")  # fmt: skip
    print(*(f"            {line}" for line in wrong[:_SHOWN]), sep="\n", end="\n" if wrong else "")
    bad = (missed, silenced, wrong, unknown, different, not is_sound, overlapping, ahead, after.status)
    return int(any(bad))


def _differences(one: Path, other: Path) -> Iterator[str]:
    """Yield each row that only one archive holds, after < or >; rows that change with the hour are left out."""
    here, there = dump(one), dump(other)
    for table, rows in here.items():
        for mark, only in (("<", rows - there[table]), (">", there[table] - rows)):
            yield from (
                f"{mark} {table} {row}"[:_WIDTH] for row in sorted(only) if not any(each in row for each in _CHANGING)
            )


if __name__ == "__main__":
    sys.exit(main())
