"""A monitor that is left running and killed again and again: real processes, real signals, and what is lost.

``python -m benchmarks.soak [--minutes N] [--seed N]``: an invented paper on loopback publishes an article every few
seconds. ``scrapy monitor`` follows it, alerts go to a webhook that is down for a while now and then, and at random
moments a crawl, the sender of alerts or the monitor itself is killed (SIGKILL). When the paper has fallen silent, the
archive must be sound, equal to that of one undisturbed crawl, and every article told. Exit status 0 if so, else 1.
"""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from benchmarks.soak_process import Killed, MonitorProcess
from benchmarks.soak_webhook import Webhook
from demo.paper import Paper
from demo.server import PaperServer
from tests.big_paper import ALL_OF_IT, pieces
from tests.crawling import Crawl, crawl, profile_for

_STEP = timedelta(seconds=6)  # between two articles
_BACKLOG = 100  # articles that are there when it begins
_QUIET = 600.0  # seconds without kills at the end, at most, for a last crawl to be due and done
_CALM, _STORMY = 2.0, 14.0  # seconds between two kills
# What does not depend on when a page was fetched: lists around a text name the newest articles of their hour.
_SAME = (
    "select url, kind, title, standfirst, byline, published_at, section, content_hash, text from articles order by 1",
    "select a.url, u.name, x.position from article_authors x join articles a on a.id = x.article_id"
    " join authors u on u.id = x.author_id order by 1, 3",
    "select a.url, l.kind, l.position, l.start, l.end, l.anchor_text, t.url from links l join articles a"
    " on a.id = l.article_id left join articles t on t.id = l.target_id where l.kind <> 'read_more'"
    " order by 1, 2, 3, 4, 6",
    "select a.title from articles_fts f join articles a on a.id = f.rowid where articles_fts match 'copper' order by 1",
)
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
            with MonitorProcess("demo", folder / "news.db", settings) as monitor:
                killed = _storm(monitor, hook, chance, monotonic() + given.minutes * 60)
                _settle(monitor, hook, count)
        after = crawl("demo", folder / "news.db", None, **settings)
        whole = crawl("demo", folder / "whole.db", None, **settings | {"WATCHES": ""})
        return _verdict(after, whole, hook, killed, given.minutes)


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


def _storm(monitor: MonitorProcess, hook: Webhook, chance: Random, end: float) -> Killed:
    """Kill until the time is over."""
    killed = Killed()
    while monotonic() < end:
        sleep(min(chance.uniform(_CALM, _STORMY), max(end - monotonic(), 0)))
        hook.is_down = chance.random() < 0.3
        killed += monitor.kill_something(chance)
    return killed


def _settle(monitor: MonitorProcess, hook: Webhook, articles: int) -> None:
    """Let what is left come in and go out."""
    hook.is_down = False
    end = monotonic() + _QUIET
    while monotonic() < end and (monitor.stored() < articles or monitor.unsent()):
        monitor.ensure()
        sleep(1)


def _verdict(after: Crawl, whole: Crawl, hook: Webhook, killed: Killed, minutes: float) -> int:
    articles = after.one("select count(*) from articles")
    crawls = dict(after.rows("select outcome, count(*) from crawls group by 1"))
    told = hook.addresses()
    missed = [url for (url,) in after.rows("select url from articles") if url not in told]
    is_equal = all(after.rows(sql) == whole.rows(sql) for sql in _SAME)
    is_sound = after.one("pragma integrity_check") == "ok" and not after.rows("pragma foreign_key_check")
    overlapping = after.one(
        "select count(*) from crawls a join crawls b on b.id > a.id and b.started_at < a.finished_at"
        " where a.outcome = 'done' and b.outcome = 'done'"
    )
    print(f"minutes     {minutes:g}, kills: {killed}")
    print(f"crawls      {sum(crawls.values())}: {', '.join(f'{n} {how}' for how, n in sorted(crawls.items()))}")
    print(f"overlapping {overlapping}")
    print(f"articles    {articles}; equal to an undisturbed archive: {'yes' if is_equal else 'NO'}")
    print(f"sound       {'yes' if is_sound else 'NO'}")
    print(f"alerts      {articles - len(missed)} of {articles} articles told, {len(missed)} lost")
    print(f"            {sum(told.values()) - len(told)} told again; the webhook was down for {hook.refused} messages")
    return int(bool(missed) or not is_equal or not is_sound or bool(overlapping) or after.status != 0)


if __name__ == "__main__":
    sys.exit(main())
