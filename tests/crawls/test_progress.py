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
_DELAY = 0.1  # seconds between requests


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
        status = process.wait(timeout=200)
    reader.join(timeout=60)
    os.close(main)
    return status, said.decode()


@pytest.fixture
def slow_paper(tmp_path):
    """The settings of a crawl of twenty pages that takes two seconds, so that there is something to watch."""
    slot = f'{{"127.0.0.1": {{"delay": {_DELAY}, "concurrency": 1, "randomize_delay": false}}}}'
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, tmp_path / "sites")
        yield {"SITES_DIR": sites, "DOWNLOAD_SLOTS": slot, "CLOSESPIDER_PAGECOUNT": 20, "LOGSTATS_INTERVAL": 0.5}


def test_a_terminal_shows_one_line_that_is_redrawn_and_then_the_summary_while_the_log_goes_to_a_file(
    tmp_path, slow_paper
):
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    command = [sys.executable, "-m", "scrapy", "crawl", "demo"]
    for name, value in {"DATABASE": "news.db", "ALLOW_PRIVATE_HOSTS": "127.0.0.1", **slow_paper}.items():
        command += ["-s", f"{name}={value}"]
    status, screen = in_terminal(command, tmp_path)
    assert status == 0, screen
    drawn = re.findall(r"\r\x1b\[K([^\r\n]*)", screen)
    assert len([line for line in drawn if LINE.fullmatch(line)]) >= 3
    progress, _, summary = screen.rpartition("\r\x1b[K")
    assert "\n" not in progress, "nothing pushes the line away"
    assert summary.startswith("demo: ")
    assert "the archive: news.db" in summary
    assert "INFO" not in screen
    log = (tmp_path / "vestnik.log").read_text("utf-8")
    assert "demo: " in log, "for the one who reads it tomorrow"


def test_without_a_terminal_there_are_plain_lines_and_a_limit_that_was_given_is_no_failure(tmp_path, slow_paper):
    done = crawl("demo", tmp_path / "news.db", None, **slow_paper)
    assert done.status == 0, done.said
    assert "\x1b" not in done.said
    assert "\r" not in done.said
    assert len([line for line in done.said.splitlines() if "progress] INFO" in line and LINE.search(line)]) >= 2
    assert done.rows("select outcome, reason from crawls") == [("stopped", "closespider_pagecount")]
