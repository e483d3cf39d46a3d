"""A host whose name takes long to be found, or that is slow to answer at first, is asked at its pace all the same."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from time import monotonic, sleep

from benchmarks.sites_server import profile, serving
from tests.crawling import ROOT, crawl

NAME = "slow00001"
"""Names of the benchmark's own resolver, which takes as long as SLOW_NAME says to find this one."""


def test_a_request_that_waited_for_its_hosts_name_keeps_the_next_one_waiting(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "benchmarks" / "sites_names"))
    monkeypatch.setenv("SLOW_NAME", "2.5")
    with serving() as (port, _, line):
        (tmp_path / f"{NAME}.toml").write_text(profile(NAME, f"http://{NAME}.test:{port}", delay=1.0), "utf-8")
        done = crawl(NAME, tmp_path / "news.db", afresh=True, SITES_DIR=tmp_path)
        line.send(("asked",))
        asked = line.recv()[f"{NAME}.test"]
    assert (done.status, done.one("select count(*) from articles")) == (0, 1), done.said
    assert len(asked) >= 4  # robots.txt, two listings and an article
    assert min(later - earlier for earlier, later in pairwise(asked)) > 0.8


class _Slow(BaseHTTPRequestHandler):
    """Answers its first request late, and has no page."""

    asked: list[float] = []  # noqa: RUF012  # of the one server

    def do_GET(self):
        self.asked.append(monotonic())
        sleep(0.6 if len(self.asked) == 1 else 0)
        self.send_error(404)

    def log_message(self, *args):
        pass


def test_the_first_request_to_a_host_counts_as_sent_when_it_is_answered_for_a_connection_takes_its_time(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), _Slow) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        page = f"http://127.0.0.1:{server.server_address[1]}/page"
        pace = '{"127.0.0.1": {"delay": 1, "concurrency": 2}}'
        done = crawl("urls", tmp_path / "news.db", {"urls": page}, DOWNLOAD_SLOTS=pace)
        server.shutdown()
    assert done.status == 0, done.said
    robots, asked, *_ = _Slow.asked
    assert asked - robots > 1.5
