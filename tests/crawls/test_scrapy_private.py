"""What we use of Scrapy that it does not promise to keep is still there, and still means what it did."""

import asyncio
from time import monotonic

import scrapy
from scrapy.core.downloader import Slot
from scrapy.core.engine import ExecutionEngine
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response
from scrapy.pqueues import DownloaderAwarePriorityQueue, DownloaderInterface
from scrapy.settings import default_settings
from scrapy.squeues import LifoMemoryQueue
from scrapy.utils.deprecate import argument_is_required
from scrapy.utils.test import get_crawler
from twisted.internet.defer import Deferred

from crawler import scrapy_private, settings
from crawler.scrapy_private import HostQueue, Throttle, hurry, slot_delay

HOST = "paper.example"
PAGE = Request(f"https://{HOST}/a")


def test_scrapy_is_the_release_that_was_looked_at():
    assert scrapy.version_info[:2] == scrapy_private.SEEN_WITH, (
        "read crawler/scrapy_private.py beside the new release's source, then set SEEN_WITH"
    )


async def test_what_is_replaced_is_there_to_be_replaced():
    assert callable(AutoThrottle._response_downloaded)
    assert isinstance(_queue(DownloaderAwarePriorityQueue, _crawler())._downloader_interface, DownloaderInterface)


def test_a_part_of_scrapy_that_is_left_out_was_one_of_its_parts():
    for name, kept in (
        ("DOWNLOADER_MIDDLEWARES_BASE", settings.DOWNLOADER_MIDDLEWARES_BASE),
        ("EXTENSIONS_BASE", settings.EXTENSIONS_BASE),
    ):
        left_out = set(getattr(default_settings, name)) - set(kept)
        assert len(left_out) == {"DOWNLOADER_MIDDLEWARES_BASE": 3, "EXTENSIONS_BASE": 5}[name]


def test_what_is_done_once_a_process_says_what_is_said_at_each_crawl(monkeypatch):
    def told(middleware):
        return [argument_is_required(getattr(middleware(), name), "spider") for name in ("asks", "asks_not", "may_ask")]

    class Middleware:
        def asks(self, spider): ...
        def asks_not(self, item): ...
        def may_ask(self, item, spider=None): ...

    for module, name, _ in scrapy_private.REPEATED:
        monkeypatch.setattr(module, name, getattr(module, name))  # is there, and put back behind this test
    scrapy_private.spare_repetition()
    assert told(Middleware) == told(Middleware) == [True, False, False]
    crawler = get_crawler(_Spider, {"EXTENSIONS": {"scrapy.extensions.closespider.CloseSpider": 1}})
    assert crawler.settings.frozen


class _Spider(scrapy.Spider):
    name = "any"


async def test_the_delay_is_the_slots_once_it_has_one_and_before_that_what_the_settings_say():
    crawler = _crawler(DOWNLOAD_DELAY=3, DOWNLOAD_SLOTS={"slow.example": {"delay": 7}})
    assert slot_delay(crawler, HOST) == 3
    assert slot_delay(crawler, "slow.example") == 7
    crawler.engine.downloader.slots[HOST] = Slot(concurrency=1, delay=5, jitter=0)
    assert slot_delay(crawler, HOST) == 5


async def test_a_host_gets_twice_as_many_places_as_it_is_asked_at_once_and_no_more():
    crawler = _crawler(CONCURRENT_REQUESTS_PER_DOMAIN=2)
    queue = _queue(HostQueue, crawler)
    for number in range(6):
        queue.push(Request(f"https://{HOST}/{number}"))
    given = 0
    while request := queue.pop():
        crawler.engine.downloader.active.add(request)
        given += 1
    assert given == 4


async def test_throttling_leaves_a_slot_alone_that_has_a_pace_of_its_own():
    crawler = _crawler(AUTOTHROTTLE_ENABLED=True, DOWNLOAD_DELAY=1, DOWNLOAD_SLOTS={"slow.example": {"delay": 1}})
    throttle = Throttle.from_crawler(crawler)
    throttle.mindelay, throttle.maxdelay = 1, 60
    delays = {}
    for host in (HOST, "slow.example"):
        slot = Slot(concurrency=1, delay=1, jitter=0)
        crawler.engine.downloader.slots[host] = slot
        request = PAGE.replace(meta={"download_slot": host, "download_latency": 9.0})
        throttle._response_downloaded(Response(PAGE.url), request, crawler.spider)
        delays[host] = slot.delay
    assert delays[HOST] > 1
    assert delays["slow.example"] == 1


async def test_what_waits_for_its_turn_in_the_downloader_comes_at_once_when_there_is_a_hurry():
    crawler = _crawler(DOWNLOAD_DELAY=600)
    slot = Slot(concurrency=1, delay=600, jitter=0)
    crawler.engine.downloader.slots[HOST] = slot
    waiting: list[Deferred[Response]] = [Deferred(), Deferred()]
    slot.lastseen = monotonic()
    for one in waiting:
        slot.queue.append((PAGE, one))
        one.addErrback(lambda _: None)  # nobody downloads here
    crawler.engine.downloader._process_queue(slot)
    assert (len(slot.queue), slot.latercall is not None) == (2, True)
    hurry(crawler)
    for _ in range(20):
        await asyncio.sleep(0.01)
    assert (len(slot.queue), slot.latercall, [one.called for one in waiting]) == (0, None, [True, True])


def _crawler(**given):
    """A crawler with the engine of Scrapy, and none of our parts."""
    crawler = get_crawler(
        settings_dict={"DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https", "ftp", "s3", "data", "file")), **given}
    )
    crawler.spider = crawler._create_spider("any")
    crawler.engine = ExecutionEngine(crawler, lambda _: None)
    return crawler


def _queue(kind, crawler):
    return kind.from_crawler(crawler, LifoMemoryQueue, "")
