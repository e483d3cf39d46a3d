"""``scrapy papers check``: a listing that moved, broke, fell silent or names what the profile does not know is told."""

import re
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from crawler.address_forms import AddressPattern
from crawler.discovery.feeds import parse_feed
from crawler.discovery.forms import FEED, NEWS_SITEMAP, SECTION, SITEMAP, Form
from crawler.discovery.places import Place
from crawler.newsstand.checking import Look, Remark, Trouble, checked, judge, places_to_look, report
from crawler.site import Section, Site, Sites
from demo.replies import PLAIN, XML, Answer, Reply, reply
from demo.server import Server
from tests import starter

HOME = "https://herald.example"
FEED_URL = f"{HOME}/rss"
PATTERN = AddressPattern(re.compile(r"/town/(?P<slug>[^/?]+)-(?P<id>\d+)$"))
HERALD = Site("herald", "The Herald", ("herald.example",), HOME, feeds=(FEED_URL,), articles=(PATTERN,))
SITES = Sites.of([HERALD])
ELSEWHERE = tuple(f"https://other.example/{n}" for n in range(3))
TAKEN = tuple(f"{HOME}/town/a-ferry-{n}" for n in range(10))


def told(look):
    return [(remark.trouble.value, remark.words) for remark in judge(HERALD, SITES, look)]


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (Look(Place(FEED_URL, FEED), FEED_URL, None, TAKEN), []),
        (Look(Place(FEED_URL, FEED), FEED_URL.replace("https:", "http:") + "/", None, TAKEN), []),
        (Look(Place(FEED_URL, FEED), f"{HOME}/feed", None, TAKEN), [("moved", f"now at {HOME}/feed")]),
        (Look(Place(FEED_URL, FEED), FEED_URL, "HTTP 404"), [("broken", "HTTP 404")]),
        (Look(Place(FEED_URL, FEED), HOME, "not a feed"), [("broken", f"not a feed (it leads to {HOME})")]),
        (Look(Place(FEED_URL, FEED), FEED_URL), [("empty", "it names nothing")]),
        (Look(Place(HOME, SECTION), HOME), [("empty", "it names no article that the patterns take")]),
        (Look(Place(FEED_URL, NEWS_SITEMAP), FEED_URL, None, (), (f"{HOME}/1.xml",)), []),
        (Look(Place(FEED_URL, SITEMAP), FEED_URL, None, (f"{HOME}/about",)), []),
        (Look(Place(FEED_URL, FEED), FEED_URL, None, (*TAKEN[:8], f"{HOME}/video/1", f"{HOME}/video/2")), []),
        (
            Look(Place(FEED_URL, FEED), FEED_URL, None, (*TAKEN[:7], *(f"{HOME}/video/{n}" for n in range(3)))),
            [("patterns", f"the patterns do not take 3 of 10 addresses, such as {HOME}/video/0")],
        ),
        (
            Look(Place(FEED_URL, FEED), FEED_URL, None, (*TAKEN[:7], *ELSEWHERE)),
            [("hosts", "3 of 10 addresses are at other hosts: other.example")],
        ),
        (
            Look(Place(FEED_URL, Form("posts", "a form of its own", parse_feed)), FEED_URL, None, ELSEWHERE),
            [("hosts", "3 of 3 addresses are at other hosts: other.example")],
        ),
    ],
)
def test_what_a_listing_answers_is_judged(look, expected):
    assert told(look) == expected


def test_of_many_sitemaps_the_first_and_the_last_are_looked_at_and_no_listing_twice():
    site = replace(
        HERALD, sitemaps=tuple(f"{HOME}/{year}.xml" for year in range(1976, 2026)), sections=(Section(HOME),)
    )
    assert [place.url for place in places_to_look(site)] == [FEED_URL, HOME, f"{HOME}/1976.xml", f"{HOME}/2025.xml"]


def test_the_report_names_those_that_are_well_in_one_line_and_counts():
    ill = checked(HERALD, SITES, [Look(Place(FEED_URL, FEED), FEED_URL, "HTTP 404"), Look(Place(HOME, SITEMAP), HOME)])
    well = [checked(replace(HERALD, name=name), SITES, []) for name in ("taz", "bbc")]
    assert ill.remarks[0] == Remark(Trouble.BROKEN, FEED_URL, "HTTP 404")
    first, *lines = report([*well, ill], date(2026, 12, 1))
    assert first.endswith(", 2026-12-01")
    assert lines == [
        "Well: bbc, taz.",
        "herald: 2 of 2 listings should be looked at",
        f"  broken    {FEED_URL}: HTTP 404",
        f"  empty     {HOME}: it names nothing",
        "3 papers checked, 1 with something wrong.",
    ]


@dataclass(frozen=True)
class Stall:
    """A paper of ten articles with a feed; ``feed`` is what stands at its address."""

    feed: str = "there"
    origin: str = ""

    def at(self, origin):
        return replace(self, origin=origin)

    def respond(self, path, now, headers=None) -> Reply:
        return reply(self._answer(path), now, now, headers or {})

    def _answer(self, path: str) -> Answer:
        folder = "/stories" if self.feed == "renamed" else "/town"
        links = [f"{self.origin}{folder}/the-ferry-turns-back-{n}" for n in range(1000, 1010)]
        rss = "".join(f"<item><link>{link}</link><title>A ferry</title></item>" for link in links)
        rss = f'<rss version="2.0"><channel><title>x</title>{rss}</channel></rss>'
        if path == "/robots.txt":
            return Answer("User-agent: *\nDisallow:\n", type=PLAIN)
        if path == "/":
            return Answer("".join(f'<a href="{link}">A ferry turns back</a>' for link in links))
        if path == "/new-feed" or (path == "/rss" and self.feed in ("there", "renamed")):
            return Answer(rss, type=XML)
        if path == "/rss" and self.feed == "moved":
            return Answer("", 301, location="/new-feed")
        return Answer("gone", 404)


STALLS = [Stall(feed) for feed in ("there", "gone", "there", "moved", "there", "renamed", *["there"] * 9)]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Fifteen papers, of which a fifth is no longer as its profile says, checked as a person would."""
    folder: Path = tmp_path_factory.mktemp("stalls")
    with ExitStack() as opened:
        servers = [opened.enter_context(Server(stall)) for stall in STALLS]
        for number, server in enumerate(servers):
            host = server.origin.removeprefix("http://")
            (folder / f"stall_{number:02}.toml").write_text(
                f'name = "stall_{number:02}"\ntitle = "Stall"\nhome = "{server.origin}/"\nhosts = ["{host}"]\n'
                "feeds = ['rss']\n[[articles]]\npattern = '/town/(?P<slug>[^/?]+)-(?P<id>\\d+)$'\n",
                "utf-8",
            )
        command = [*starter.SCRAPY, "papers", "check", "-s", "ALLOW_PRIVATE_HOSTS=127.0.0.1"]
        command += ["-s", f"SITES_DIR={folder}", "-s", f"DATABASE={folder / 'news.db'}"]
        done = starter.run(command)
        return done, servers, sorted(path.name for path in folder.iterdir() if path.suffix != ".toml")


def test_each_paper_that_has_changed_is_told_and_no_other(run):
    done, servers, _ = run
    gone, moved, renamed = (servers[number].origin for number in (1, 3, 5))
    lines = done.stdout.splitlines()
    assert done.returncode == 1, done.stderr
    assert f"  broken    {gone}/rss: HTTP 404" in lines
    assert f"  moved     {moved}/rss: now at {moved}/new-feed" in lines
    assert f"  patterns  {renamed}/rss: the patterns do not take 10 of 10 addresses, such as " in done.stdout
    assert f"  empty     {renamed}/: it names no article that the patterns take" in lines
    assert lines[-1] == "15 papers checked, 3 with something wrong."
    (well,) = (line for line in lines if line.startswith("Well: "))
    assert well.count("stall_") == 12


def test_robots_and_each_listing_are_asked_once_and_nothing_is_written(run):
    _, servers, written = run
    for server, stall in zip(servers, STALLS, strict=True):
        further = ["/new-feed"] if stall.feed == "moved" else []
        assert sorted(path for path, _ in server.requests) == sorted(["/", "/robots.txt", "/rss", *further])
    assert written == []
