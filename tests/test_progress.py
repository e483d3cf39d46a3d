"""How a crawl tells where it stands: one line redrawn in a terminal, lines in the log elsewhere."""

import os
import pty
import re
import shutil
import subprocess
import sys
from threading import Thread

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.statscollectors import MemoryStatsCollector

from crawler.extensions.progress import progress_line
from demo.server import PaperServer
from tests.crawling import ROOT, crawl, profile_for

LINE = re.compile(r"(\d+) articles stored · \d+\.\d pages/s · \d+ waiting")
_DELAY = 0.1  # seconds between requests, so that there is something to watch


@pytest.mark.parametrize(
    ("figures", "seconds", "line"),
    [
        ({}, 0.0, "0 articles stored · 0.0 pages/s · 0 waiting"),
        (
            {
                "vestnik/outcome/stored/": 1412,
                "response_received_count": 124,
                "scheduler/enqueued": 3000,
                "scheduler/dequeued": 500,
            },
            10.0,
            "1,412 articles stored · 12.4 pages/s · 2,500 waiting",
        ),
    ],
)
def test_the_line_tells_stored_articles_pace_and_what_waits(figures, seconds, line):
    stats = MemoryStatsCollector(Crawler(Spider))
    for name, value in figures.items():
        stats.set_value(name, value)
    assert progress_line(stats, seconds) == line


def in_terminal(command, folder):
    """Run a command in a terminal of its own; its exit status and all that it wrote there."""
    main, other = pty.openpty()
    said = bytearray()

    def listen() -> None:
        while True:
            try:
                said.extend(os.read(main, 65_536))
            except OSError:  # the last one has left
                return

    reader = Thread(target=listen)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=other, stdout=other, stderr=other) as process:
        os.close(other)
        reader.start()
        status = process.wait(timeout=60)
    reader.join(timeout=10)
    os.close(main)
    return status, said.decode()


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What a crawl shows in a terminal, what stands in its log, and what one without a terminal says."""
    folder = tmp_path_factory.mktemp("progress")
    shutil.copy(ROOT / "scrapy.cfg", folder)
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, folder / "sites")
        settings = {"DATABASE": "news.db", "SITES_DIR": sites, "ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
        settings["DOWNLOAD_SLOTS"] = (
            f'{{"127.0.0.1": {{"delay": {_DELAY}, "concurrency": 1, "randomize_delay": false}}}}'
        )
        settings["CLOSESPIDER_PAGECOUNT"] = 20
        command = [sys.executable, "-m", "scrapy", "crawl", "demo"]
        for name, value in settings.items():
            command += ["-s", f"{name}={value}"]
        status, screen = in_terminal(command, folder)
        del settings["DATABASE"], settings["SITES_DIR"]
        plain = crawl("demo", folder / "plain.db", None, SITES_DIR=sites, LOGSTATS_INTERVAL=0.5, **settings)
    return status, screen, (folder / "vestnik.log").read_text("utf-8"), plain


def test_a_terminal_shows_one_line_that_is_redrawn_and_then_the_summary(seen):
    _, screen, *_ = seen
    drawn = re.findall(r"\r\x1b\[K([^\r\n]*)", screen)
    assert len([line for line in drawn if LINE.fullmatch(line)]) >= 3
    progress, _, summary = screen.rpartition("\r\x1b[K")
    assert "\n" not in progress, "nothing pushes the line away"
    assert summary.startswith("demo: ")
    assert "the archive: news.db" in summary


def test_with_a_terminal_the_log_is_in_a_file(seen):
    _, screen, log, _ = seen
    assert "INFO" not in screen
    assert "[scrapy" in log or "[crawler" in log
    assert "demo: " in log, "for the one who reads it tomorrow"


def test_without_a_terminal_there_are_plain_lines_in_the_log(seen):
    *_, plain = seen
    assert "\x1b" not in plain.said
    assert "\r" not in plain.said
    assert len([line for line in plain.said.splitlines() if "progress] INFO" in line and LINE.search(line)]) >= 2


def test_a_crawl_that_was_told_where_to_end_was_stopped_and_has_not_failed(seen):
    status, *_, plain = seen
    assert (status, plain.status) == (0, 0)
    assert plain.rows("select outcome, reason from crawls") == [("stopped", "closespider_pagecount")]
