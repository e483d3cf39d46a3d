"""Many sites in one process: each crawl is its own, and what ends the process loses nothing."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from benchmarks.sites_server import serving
from crawler.monitoring.processes import Crew, Processes
from tests.crawling import ROOT, Crawl, assert_no_other_errors, children
from tests.crawls.test_private_hosts import HOSTS

SITES = ("ash", "birch", "cedar", "date")
_PROFILE = """
name = "{name}"
title = "The {name}"
home = "{origin}/"
hosts = ["{host}"]
feeds = ["{origin}/feed"]
delay = {delay}

[[articles]]
pattern = '/a/(?P<id>\\d+)$'
"""


class Papers:
    """Four papers on loopback, and the options with which they are crawled."""

    def __init__(self, folder, port, line):
        self.folder, self.line = folder, line
        self.hosts = {name: f"127.1.9.{number}:{port}" for number, name in enumerate(SITES, start=1)}
        (folder / "sites").mkdir()
        for name in SITES:
            self.write(name)

    def write(self, name, delay=0.0):
        origin, host = f"http://{self.hosts[name]}", self.hosts[name]
        text = _PROFILE.format(name=name, origin=origin, host=host, delay=delay)
        (self.folder / "sites" / f"{name}.toml").write_text(text, "utf-8")

    def publish(self, name, articles):
        for _ in range(articles):
            self.line.send(("publish", [self.hosts[name].partition(":")[0]]))
        self.line.send(("published",))
        return self.line.recv()

    def options(self, database):
        allowed = ",".join(host.partition(":")[0] for host in self.hosts.values())
        given = {"DATABASE": database, "SITES_DIR": self.folder / "sites", "ALLOW_PRIVATE_HOSTS": allowed}
        return [part for name, value in given.items() for part in ("-s", f"{name}={value}")]


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    with serving() as (port, _, line):
        yield Papers(tmp_path_factory.mktemp("papers"), port, line)


@pytest.fixture(scope="module")
def together(papers, tmp_path_factory):
    """Four crawls side by side and one of no site: their exit statuses, the process that ran them and its log."""
    folder = tmp_path_factory.mktemp("together")

    async def crawl():
        processes = Processes(papers.options(folder / "news.db"), folder / "log")
        crew = Crew(processes)
        statuses = await asyncio.gather(*(crew.crawl(name) for name in (*SITES, "elm")))
        workers = worker_processes()
        await processes.stop(30, asyncio.Event())
        return statuses, workers

    statuses, workers = asyncio.run(crawl())
    log = (folder / "log").read_text("utf-8")
    return statuses, workers, Crawl(0, log, folder / "news.db")


def worker_processes():
    return [pid for pid in children(os.getpid()) if b"crawler.monitoring.worker" in command_of(pid)]


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123  # a file of the kernel's
            return file.read()
    except OSError:
        return b""


def test_sites_that_are_crawled_side_by_side_in_one_process_are_crawls_of_their_own(together):
    statuses, workers, done = together
    assert statuses == [0, 0, 0, 0, 1]
    assert len(workers) == 1
    assert done.rows("select site, outcome, articles from crawls order by site") == [
        (name, "done", 1) for name in SITES
    ]
    assert done.rows("select site, count(*) from articles group by site") == [(name, 1) for name in SITES]
    assert done.one("select min(peak_memory_mb) from crawls") > 20
    assert_no_other_errors(done.said, "no site is called 'elm'")


def test_each_line_of_the_log_says_whose_crawl_it_is_of(together):
    *_, done = together
    lines = [line for line in done.said.splitlines() if "run_log" in line]
    for name in SITES:
        assert any(f"{name}: done in" in line for line in lines)
        assert any(f"{name}:   1 article stored" in line for line in lines)
    assert "elm: no site is called 'elm'" in done.said


def test_crawls_whose_process_is_killed_go_on_in_another(papers, tmp_path, caplog):
    published = papers.publish("ash", 8)

    async def crawl():
        processes = Processes(papers.options(tmp_path / "news.db"), tmp_path / "log")
        crew = Crew(processes)
        crawls = asyncio.gather(crew.crawl("ash"), crew.crawl("birch"))
        while not worker_processes() or not running(tmp_path / "news.db"):  # noqa: ASYNC110  # it is another process
            await asyncio.sleep(0.05)
        os.kill(worker_processes()[0], signal.SIGKILL)
        statuses = await crawls
        afterwards = await crew.crawl("cedar")
        await processes.stop(30, asyncio.Event())
        return [*statuses, afterwards]

    assert asyncio.run(crawl()) == [0, 0, 0]
    done = Crawl(0, "", tmp_path / "news.db")
    assert (
        done.one("select count(*) from articles where site = 'ash'") == published[papers.hosts["ash"].partition(":")[0]]
    )
    assert "ash: the process of its crawl ended; crawled again" in caplog.messages
    assert done.one("select count(*) from crawls where outcome = 'killed'") >= 1
    assert done.one("select count(*) from crawls where outcome = 'running'") == 0


def test_a_site_that_waited_for_a_place_until_the_monitor_stops_starts_no_process(papers, tmp_path):
    async def crawl():
        processes = Processes(papers.options(tmp_path / "news.db"), tmp_path / "log")
        await processes.stop(1, asyncio.Event())
        return await Crew(processes).crawl("ash"), worker_processes()

    assert asyncio.run(crawl()) == (1, [])


def running(database):
    try:
        return Crawl(0, "", database).one("select count(*) from crawls where outcome = 'running'")
    except sqlite3.OperationalError:  # not laid out yet
        return 0


def test_a_process_whose_monitor_is_gone_stops_its_crawls_and_ends(papers, tmp_path):
    papers.write("date", delay=30.0)
    try:
        command = [sys.executable, "-m", "crawler.monitoring.worker", *papers.options(tmp_path / "news.db")]
        command += ["-s", "STOP_TIMEOUT=4", "-s", "ALLOW_PRIVATE_HOSTS="]
        with subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as worker:
            said, log = worker.communicate("date\n", timeout=200)
    finally:
        papers.write("date")
    assert worker.returncode == 0
    assert "the monitor is gone" in log
    assert said.splitlines()[-1].startswith("date ")


_RESOLVE = """
import json, sys
from crawler.monitoring.worker import _settings, guarded_reactor

reactor = guarded_reactor(_settings([]))
outcomes = {}
hosts = json.loads(sys.argv[1])

def note(answer, host):
    outcomes[host] = getattr(answer, "type", str).__name__
    if len(outcomes) == len(hosts):
        reactor.stop()

def ask():
    for host in hosts:
        reactor.resolver.getHostByName(host).addBoth(note, host)

reactor.callWhenRunning(ask)
reactor.run()
print(json.dumps(outcomes))
"""


def test_the_process_that_crawls_many_sites_connects_to_no_private_address_either():
    hosts = [host.strip("[]") for host in HOSTS]
    done = subprocess.run(
        [sys.executable, "-c", _RESOLVE, json.dumps(hosts)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == dict.fromkeys(hosts, "DNSLookupError")
