"""A host whose name takes long to be found is asked at its pace all the same."""

from itertools import pairwise

from benchmarks.sites_server import serving
from tests.crawling import ROOT, crawl

NAME = "slow00001"
"""Names of the benchmark's own resolver, which takes as long as SLOW_NAME says to find this one."""
PROFILE = """
name = "{name}"
title = "A paper whose name is found slowly"
home = "{origin}/"
hosts = ["{host}"]
feeds = ["{origin}/feed"]
news_sitemaps = ["{origin}/news.xml"]
delay = 1.0

[[articles]]
pattern = '/a/(?P<id>\\d+)$'
"""


def test_a_request_that_waited_for_its_hosts_name_keeps_the_next_one_waiting(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "benchmarks" / "sites_names"))
    monkeypatch.setenv("SLOW_NAME", "2.5")
    with serving() as (port, _, line):
        host = f"{NAME}.test:{port}"
        (tmp_path / f"{NAME}.toml").write_text(PROFILE.format(name=NAME, origin=f"http://{host}", host=host), "utf-8")
        done = crawl(NAME, tmp_path / "news.db", afresh=True, SITES_DIR=tmp_path)
        line.send(("asked",))
        asked = line.recv()[f"{NAME}.test"]
    assert (done.status, done.one("select count(*) from articles")) == (0, 1), done.said
    assert len(asked) >= 4  # robots.txt, two listings and an article
    assert min(later - earlier for earlier, later in pairwise(asked)) > 0.8
