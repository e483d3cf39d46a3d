"""How often robots.txt is asked for, by one process: an engine that answers from a list stands for the network."""

import asyncio
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from crawler.middlewares import robots
from crawler.middlewares.retry_after import HostHeldError
from crawler.middlewares.robots import RobotsMiddleware, RobotsUnavailableError, rules_for
from pipelines.archive.writer import Archive
from pipelines.context import Context
from pipelines.identity.revisits import Policy
from tests.make import SITES

RULES = Response("x", body=b"User-agent: *\nDisallow: /private\nCrawl-delay: 900")
HELD = HostHeldError("for an hour")


@pytest.fixture
def network(tmp_path):
    """A middleware, the answers that its engine still has, and the addresses that it was asked for."""
    archive = Archive(tmp_path / "news.db")
    crawler: Any = get_crawler(settings_dict={"ROBOTSTXT_OBEY": True, "USER_AGENT": "Vestnik/1"})
    crawler.addons.addons.append(Context(crawler, archive, SITES, Policy()))
    answers: list[Response | Exception] = []
    asked: list[str] = []

    async def download_async(request):
        asked.append(request.url)
        await asyncio.sleep(0)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    crawler.engine = SimpleNamespace(download_async=download_async)
    yield RobotsMiddleware(crawler), answers, asked
    archive.close()


async def fate(middleware, *paths, origin="https://paper.example"):
    """For each path None, when it may be asked for, or the kind of the refusal."""
    tried = (middleware.process_request(Request(origin + path)) for path in paths)
    return [one and type(one) for one in await asyncio.gather(*tried, return_exceptions=True)]


async def test_requests_that_come_together_ask_once_for_each_origin(network):
    middleware, answers, asked = network
    answers += [RULES, Response("x", status=404)]
    assert await fate(middleware, "/a", "/private/1", "/b") == [None, IgnoreRequest, None]
    assert await fate(middleware, "/private/2") == [IgnoreRequest]
    assert await fate(middleware, "/private/3", origin="http://paper.example") == [None]
    assert asked == ["https://paper.example/robots.txt", "http://paper.example/robots.txt"]


async def test_a_failure_counts_for_an_hour_and_a_held_host_only_while_it_is_held(network, monkeypatch):
    middleware, answers, asked = network
    answers += [HELD, DownloadTimeoutError(), RULES]
    assert await fate(middleware, "/a", "/b") == [RobotsUnavailableError] * 2
    assert await fate(middleware, "/a", "/b") == [RobotsUnavailableError] * 2
    assert await fate(middleware, "/a") == [RobotsUnavailableError]
    assert len(asked) == 2
    later = monotonic() + 3_601
    monkeypatch.setattr(robots, "monotonic", lambda: later)
    assert await fate(middleware, "/a", "/private/1") == [None, IgnoreRequest]
    assert len(asked) == 3


async def test_a_chain_of_redirects_without_end_is_as_good_as_no_rules(network):
    middleware, answers, _ = network
    answers += [IgnoreRequest("max redirections reached")]
    assert await fate(middleware, "/a") == [None]


async def test_crawl_delay_is_kept_within_its_bound_and_forgotten_when_it_is_gone(network):
    middleware, answers, _ = network
    ledger = middleware.ledger
    for answer, delay in ((RULES, 60), (Response("x", status=404), 0)):
        answers.append(answer)
        await fate(middleware, "/a", origin=f"https://paper.example:{8_000 + delay}")
        assert ledger.pace("paper.example").crawl_delay == delay


LINES = st.sampled_from(
    [
        *("User-agent: *", "User-agent: vestnik", "user agent: Vestnik/1", "User-agent: nik", "User-agent: other"),
        *("User-agent: vest*", "User-agent:", "Disallow: /a", "Disallow /b", "Allow: /a/b", "Disallow:", "# a remark"),
        *("Crawl-delay: 5", "Crawl-delay: 9", "Sitemap: https://paper.example/map.xml", "Host: paper.example", ""),
        *("Noindex: /c", "Disallow: /*.pdf$", "User-agent: *  # all", "nonsense", "Unknown: 1"),
    ]
)


@given(st.lists(LINES, max_size=14))
def test_what_is_kept_of_the_rules_means_the_same_for_us(lines):
    agent = "Vestnik/1 (+editor@paper.example)"
    written = "\n".join(lines)
    whole, kept = Protego.parse(written), Protego.parse(rules_for(agent, written.encode()).decode())
    for path in ("/", "/a", "/a/b", "/b", "/c.pdf", "/c"):
        url = f"https://paper.example{path}"
        assert kept.can_fetch(url, agent) == whole.can_fetch(url, agent), (path, written)
    assert kept.crawl_delay(agent) == whole.crawl_delay(agent)
    assert list(kept.sitemaps) == list(whole.sitemaps)
