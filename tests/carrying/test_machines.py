"""Real processes and a real RabbitMQ: an archive host, workers, and what is left when one of them is killed."""

import asyncio
import signal
from datetime import UTC, datetime
from socket import gethostname
from time import monotonic, sleep
from typing import Any

import pytest
from scrapy.utils.project import get_project_settings

from benchmarks.chaos import Place
from benchmarks.chaos_server import Plan, serving
from crawler.carrying.carrier import RESULTS, Delivery, InProcess
from crawler.carrying.messages import Task, read_result, write
from crawler.carrying.worker import Worker
from crawler.errors import SetupError
from crawler.profiles import write_profile
from tests.carrying.test_hand_outs import VELM
from tests.crawling import assert_no_other_errors

_PATIENCE = 200
_BRIEF = {"BATCH_TIMEOUT": 8, "DOWNLOAD_TIMEOUT": 1}


def test_what_a_killed_worker_had_is_fetched_by_another_and_nothing_is_stored_twice(rabbit, tmp_path):
    plan = Plan(("127.1.8.1", "127.1.8.2"), 12, 0.2, datetime.now(UTC))
    with serving(plan) as (port, line):
        place = Place(tmp_path / "many", plan, port)
        try:
            host = place.monitor(rabbit.host, **_BRIEF)
            first = place.start("work", broker=rabbit.worker)
            until(lambda: place.settled() >= 3)
            first.kill()
            had = place.settled()
            second = place.start("work", broker=rabbit.worker, ARCHIVE_DIR=tmp_path / "warc")
            until(lambda: place.settled() >= plan.total)
            until(lambda: place.count("select count(*) from crawls where outcome = 'done'") == 2)
            for process in (second, host):
                process.send_signal(signal.SIGTERM)
                assert process.wait(_PATIENCE) == 0
        finally:
            place.end()
        line.send(False)
        asked, _ = line.recv()
    assert had < plan.total
    kept = {path.name for path in (tmp_path / "warc").iterdir()}
    named = "select count(*) from articles where substr(capture, 1, instr(capture, ':') - 1) = '{}'"
    assert sum(place.count(named.format(name)) for name in kept) > 0
    assert all(f"-{gethostname()}-" in name for name in kept)
    assert place.count("select count(*) from articles") == plan.total
    assert place.count("select max(attempts) from candidates") == 1
    assert place.count("select sum(articles) from crawls") == plan.total
    assert place.count("select count(*) from _hand_outs") == 0
    assert place.count("select count(*) from _batches") == 0
    # What was in flight was asked for once more, and no more than that.
    assert all(len(times) <= plan.pages * 2 for times in asked.values())
    for log in ("monitor.log", "work.log"):
        assert_no_other_errors((place.folder / log).read_text("utf-8"))


def until(holds):
    end = monotonic() + _PATIENCE
    while not holds():
        assert monotonic() < end
        sleep(0.1)


def task(**known):
    told: dict[str, Any] = {"extractor": "other rules", "profile": write_profile(VELM)} | known
    return Task(batch="b", site="velm", seconds=5.0, related_depth=1, section_pages=1, **told)


async def given_back(body, is_again=False):
    """What a worker answers to a batch that it does not take, and why it ends."""
    carrier = InProcess()
    said: list[Any] = []

    async def hear(delivery):
        said.append(read_result(delivery.body))

    await carrier.consume(RESULTS, hear, 1)
    worker = Worker(get_project_settings(), carrier)
    await worker.take(Delivery(body, is_again))
    for _ in range(20):  # turns of the loop, in which what was sent is heard
        await asyncio.sleep(0)
    if worker._stopping.is_set():
        with pytest.raises(SetupError) as error:
            await worker.ended()
        said.append(str(error.value))
    await carrier.close()
    return said


async def test_a_worker_that_reads_pages_by_other_rules_gives_its_batch_back_and_ends():
    ended, told = await given_back(write(task()))
    assert "archive host by other rules: run the same version" in ended.reason
    assert "run the same version" in told


async def test_a_batch_that_another_worker_had_is_left_to_the_archive_host():
    assert await given_back(write(task()), is_again=True) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"\x80\x04", "no message of the archive host"),
        (write(task()).replace(b'"version":1', b'"version":7'), "has the form 7, and this side reads 1"),
        (write(task(profile={"name": "velm"})), "the profile of a batch: Object missing required field `title`"),
    ],
)
async def test_what_is_no_batch_ends_a_worker_with_a_sentence(body, told):
    (said,) = await given_back(body)
    assert told in said
