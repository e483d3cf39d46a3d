"""The archive decides what is handed out and what is settled, whatever is lost, late or delivered twice."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, cast

import pytest
from scrapy.settings import Settings

from benchmarks.sites_server import WORDS
from crawler import clock
from crawler.article import Article, Candidate, Fetch, Outcome, Source, Validators, Visit, utc_time
from crawler.carrying.carrier import RESULTS, TASKS, InProcess
from crawler.carrying.crawl import crawl
from crawler.carrying.host import Host, groups
from crawler.carrying.messages import Began, Came, Ended, Named, Pace, Paced, Robots, read_task, write
from crawler.carrying.terms import Terms
from crawler.errors import SetupError
from crawler.settings import BATCH_TIMEOUT, DOWNLOAD_TIMEOUT
from crawler.site import Site, Sites
from pipelines.archive import crawls, handed_out, under_way
from pipelines.archive.calls import Answer
from pipelines.archive.listing_states import Asked, State
from pipelines.archive.writer import Archive
from pipelines.identity.revisits import Policy
from tests.make import article

HOME = "https://velm.example"
FEED = f"{HOME}/feed"
VELM = Site("velm", "Velm", ("velm.example",), f"{HOME}/", feeds=(FEED,), delay=0.0)
SITES = Sites.of([VELM])
TERMS = Terms(60.0, 1.0, 0.0, 2, 3, 100, Policy())
_SETTINGS = Settings({"WATCHES": "", "METRICS_FILE": ""})
_PATIENCE = 60


class Worker:
    """What a worker does, as far as the archive host can tell: ``plan`` says how each batch goes."""

    def __init__(self, carrier, articles, plan=lambda _: "done"):
        self.carrier, self.articles, self.plan, self.tasks = carrier, articles, plan, []

    async def take(self, delivery):
        task = read_task(delivery.body)
        self.tasks.append(task)
        fate = self.plan(task)
        if fate == "lost":
            return
        of: dict[str, Any] = {"batch": task.batch, "site": task.site}
        await self.send(Began(worker="desk", **of))
        if fate == "killed":
            return
        for url in task.places:
            if url == FEED:
                named = tuple(Candidate(one, Source.FEED, FEED, title_of(one)) for one in self.articles)
                answer = Answer(FEED, Validators(None, None, "00"))
                await self.send(Named(candidates=named, listing=answer, **of))
        for page in task.pages if fate == "done" else task.pages[: int(fate)]:
            await self.send(Came(number=page.number, visit=visit_of(page), **of))
        listings = tuple(Asked(url, "feed", State.READ, None, len(self.articles)) for url in task.places)
        await self.send(Ended(worker="desk", listings=listings, figures={"requests": len(task.pages)}, **of))

    async def send(self, result):
        await self.carrier.publish(RESULTS, write(result))


def title_of(url):
    return " ".join(Random(url).choices(WORDS, k=6))  # noqa: S311  # words of a page


def visit_of(page) -> Visit:
    url = page.candidate.url
    fetch = Fetch(url, url, clock.now(), 200)
    chosen = Random(url)  # noqa: S311  # words of a page
    told = tuple(" ".join(chosen.choices(WORDS, k=20)) for _ in range(4))
    found = article(url, title=title_of(url), paragraphs=told, extractor="rules")
    return Visit(page.candidate, fetch, Outcome.STORED, article=replace(found, site="velm"))


@asynccontextmanager
async def hosting(folder, carrier=None, longest=60.0):
    archive, carrier = Archive(folder / "news.db"), carrier or InProcess()
    host = Host(archive, carrier, lambda: SITES, "rules", longest, Policy())
    await host.open()
    try:
        yield host
    finally:
        await host.close()
        await carrier.close()
        archive.close()


async def crawled(host, worker, terms=TERMS):
    await host.carrier.consume(TASKS, worker.take, 4)
    return await asyncio.wait_for(crawl(host, VELM, _SETTINGS, terms), _PATIENCE)


def rows(host, sql, *args):
    return [tuple(row) for row in host.archive.read(lambda db: db.execute(sql, args).fetchall())]


def urls(n):
    return [f"{HOME}/news/{number}" for number in range(n)]


async def test_a_crawl_hands_out_listings_then_pages_and_stores_what_comes(tmp_path):
    async with hosting(tmp_path) as host:
        worker = Worker(host.carrier, urls(5))
        assert await crawled(host, worker) == 0
        assert [(len(task.places), len(task.pages)) for task in worker.tasks] == [(2, 0), (0, 5)]
        assert rows(host, "select count(*) from articles") == [(5,)]
        assert rows(host, "select outcome, articles, requests from crawls") == [("done", 5, 5)]
        assert rows(host, "select outcome, count(*) from candidates group by 1") == [("stored", 5)]
        assert rows(host, "select state from listings_state where listing_url = ?", FEED) == [("read",)]
        assert host.archive.read(handed_out.outstanding) == ()
        assert rows(host, "select count(*) from _hand_outs") == [(0,)]


async def test_the_next_crawl_asks_whether_anything_is_new_and_nothing_else(tmp_path):
    async with hosting(tmp_path) as host:
        worker = Worker(host.carrier, urls(2))
        await crawled(host, worker)
        before = len(worker.tasks)
        await asyncio.wait_for(crawl(host, VELM, _SETTINGS, TERMS), _PATIENCE)
        (task,) = worker.tasks[before:]
        assert task.validators == {FEED: Validators(None, None, "00")}
        assert task.states[FEED].state is State.READ
        assert not task.is_first


async def test_what_comes_twice_is_stored_once(tmp_path):
    class Twice(Worker):
        async def send(self, result):
            await super().send(result)
            await super().send(result)

    async with hosting(tmp_path) as host:
        assert await crawled(host, Twice(host.carrier, urls(4))) == 0
        assert rows(host, "select articles from crawls") == [(4,)]
        assert rows(host, "select max(attempts) from candidates") == [(1,)]
        assert rows(host, "select count(*) from revisions") == [(0,)]


async def test_what_a_worker_has_not_reached_is_handed_out_again(tmp_path):
    async with hosting(tmp_path) as host:
        worker = Worker(host.carrier, urls(6), lambda task: "2" if len(task.pages) > 2 else "done")
        assert await crawled(host, worker) == 0
        assert [len(task.pages) for task in worker.tasks] == [0, 6, 4, 2]
        assert rows(host, "select count(*) from articles") == [(6,)]


@pytest.fixture
def brief(monkeypatch):
    """Batches that are missed after tenths of a second."""
    monkeypatch.setattr("crawler.carrying.terms._QUICKEST", 0.01)
    return replace(TERMS, longest=10.0, download_timeout=0.0)


async def test_a_batch_that_no_worker_has_begun_is_handed_out_again_and_counts_for_nothing(tmp_path, brief):
    fates = iter(["done", "lost", "lost", "lost", "lost", "done"])
    async with hosting(tmp_path, longest=0.1) as host:
        worker = Worker(host.carrier, urls(3), lambda _: next(fates))
        assert await crawled(host, worker, brief) == 0
        assert [len(task.pages) for task in worker.tasks] == [0, 3, 3, 3, 3, 3]
        assert rows(host, "select count(*) from articles") == [(3,)]
        assert rows(host, "select count(*) from _under_way") == [(0,)]


async def test_a_page_that_ends_its_workers_is_found_and_fails_alone(tmp_path, brief):
    bad = f"{HOME}/news/2"
    killing = lambda task: "killed" if any(page.candidate.url == bad for page in task.pages) else "done"  # noqa: E731
    async with hosting(tmp_path, longest=0.1) as host:
        worker = Worker(host.carrier, urls(4), killing)
        assert await crawled(host, worker, brief) == 0
        assert [len(task.pages) for task in worker.tasks[:4]] == [0, 4, 4, 4]
        assert {len(task.pages) for task in worker.tasks[4:]} == {1}
        assert rows(host, "select outcome, reason, url from candidates where outcome <> 'stored'") == [
            ("failed", under_way.TAKEN_DOWN, bad)
        ]
        assert rows(host, "select n from crawl_outcomes where outcome = 'failed'") == [(1,)]
        tried = len(worker.tasks)
        assert await asyncio.wait_for(crawl(host, VELM, _SETTINGS, brief), _PATIENCE) == 0
        assert all(not task.pages for task in worker.tasks[tried:])  # set aside for a day


async def test_what_comes_late_counts_and_the_second_answer_does_not(tmp_path, brief):
    """A worker that was cut off sends what it has read when another one has the batch by now."""
    async with hosting(tmp_path, longest=0.1) as host:
        late = []

        class Slow(Worker):
            async def send(self, result):
                if isinstance(result, Came) and len(self.tasks) == 2:
                    late.append(result)
                    return
                if isinstance(result, Ended) and len(self.tasks) == 2:
                    return
                if isinstance(result, Came) and late:
                    await super().send(late.pop())
                await super().send(result)

        worker = Slow(host.carrier, urls(3))
        assert await crawled(host, worker, brief) == 0
        assert [len(task.pages) for task in worker.tasks] == [0, 3, 3]
        first, second = ({page.number for page in task.pages} for task in worker.tasks[1:])
        assert first == second
        assert late == []
        assert rows(host, "select articles from crawls") == [(3,)]
        assert rows(host, "select max(attempts) from candidates") == [(1,)]


async def test_what_an_earlier_process_has_handed_out_is_stored_and_its_hosts_are_left_alone(tmp_path):
    carrier = InProcess()
    held = []

    async def hold(delivery):
        held.append(read_task(delivery.body))

    async with hosting(tmp_path) as first:
        await first.carrier.consume(TASKS, hold, 4)
        running = asyncio.ensure_future(crawl(first, VELM, _SETTINGS, TERMS))
        while not held:  # noqa: ASYNC110  # as a test waits
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert rows(first, "select outcome from crawls") == [("stopped",)]
    async with hosting(tmp_path, carrier) as second:
        worker = Worker(carrier, urls(2))
        await carrier.consume(TASKS, worker.take, 4)
        waiting = asyncio.ensure_future(crawl(second, VELM, _SETTINGS, TERMS))
        await asyncio.sleep(0.2)
        assert worker.tasks == []  # one batch a group of hosts
        await carrier.publish(RESULTS, write(Ended(batch=held[0].batch, site="velm", worker="desk")))
        assert await asyncio.wait_for(waiting, _PATIENCE) == 0
        assert rows(second, "select count(*) from articles") == [(2,)]


async def test_an_archive_host_that_was_killed_counts_against_no_page(tmp_path):
    async with hosting(tmp_path) as host:
        await host.archive.write(lambda db: crawls.begin(db, "velm", "crawl", "0", clock.now()))
        await host.archive.write(lambda db: under_way.came_back(db, urls(2), 1))
        assert await crawled(host, Worker(host.carrier, [])) == 0
        assert rows(host, "select outcome from crawls order by id") == [("killed",), ("done",)]
        assert rows(host, "select distinct ends from _under_way") == [(1,)]


async def test_results_by_other_rules_are_refused_and_said_so(tmp_path, caplog):
    class Old(Worker):
        async def send(self, result):
            if isinstance(result, Came):
                article = cast("Article", result.visit.article)
                old = replace(result.visit, article=replace(article, extractor="older rules"))
                result = Came(batch=result.batch, site=result.site, number=result.number, visit=old)
            await super().send(result)

    async with hosting(tmp_path) as host:
        await crawled(host, Old(host.carrier, urls(2)))
        assert rows(host, "select count(*) from articles") == [(0,)]
        assert "reads by older rules is refused" in caplog.text
        assert "upgrade the worker" in caplog.text


async def test_pace_and_robots_of_one_batch_go_along_with_the_next(tmp_path):
    class Telling(Worker):
        async def send(self, result):
            if isinstance(result, Ended) and len(self.tasks) == 1:
                told = Paced(batch=result.batch, site="velm", host="velm.example", pace=Pace(0.0, 3.5, 2))
                await super().send(told)
                robots = {HOME: Robots(200, "User-agent: *\nDisallow: /private")}
                result = Ended(batch=result.batch, site="velm", worker="desk", pace=2.5, robots=robots)
            await super().send(result)

    async with hosting(tmp_path) as host:
        worker = Telling(host.carrier, urls(1))
        assert await crawled(host, worker) == 0
        listings, pages = worker.tasks
        assert listings.paces == {}
        assert pages.paces == {"velm.example": Pace(0.0, 3.5, 2)}
        assert pages.robots[HOME].text == "User-agent: *\nDisallow: /private"
        assert pages.pace == 2.5


async def test_a_time_from_a_clock_that_is_ahead_is_taken_for_now(tmp_path):
    class Ahead(Worker):
        async def send(self, result):
            if isinstance(result, Came):
                fetch = replace(result.visit.fetch, at=clock.now() + timedelta(days=3))
                told = replace(result.visit, fetch=fetch)
                result = Came(batch=result.batch, site=result.site, number=result.number, visit=told)
            await super().send(result)

    async with hosting(tmp_path) as host:
        assert await crawled(host, Ahead(host.carrier, urls(1))) == 0
        (seen,) = rows(host, "select first_seen_at from articles")
        assert utc_time(seen[0]) <= clock.now()


def test_profiles_that_share_a_host_directly_or_by_others_are_one_group():
    hosts = {
        "a": ("www.one.example",),
        "b": ("two.example", "one.example"),
        "c": ("two.example:81",),
        "d": ("m.one.example",),
    }
    sites = Sites.of(Site(name, name, each, f"https://{each[0]}/") for name, each in hosts.items())
    assert groups(sites) == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_a_batch_ends_within_its_time_and_has_room_for_slow_pages():
    terms = replace(TERMS, longest=BATCH_TIMEOUT, download_timeout=DOWNLOAD_TIMEOUT)
    for pace in (0.0, 1.0, 10.0, 60.0, 600.0):
        most = terms.most(pace)
        assert most >= 1
        assert terms.seconds(most, pace) <= BATCH_TIMEOUT
        assert terms.seconds(1, pace) >= 4 * DOWNLOAD_TIMEOUT
    assert terms.most(1.0) == 240
    for wrong in (0, -1, 1_501):
        with pytest.raises(SetupError, match="1500 at the most"):
            Terms.of(Settings({"BATCH_TIMEOUT": wrong}), Policy())
