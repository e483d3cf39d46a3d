"""The worker pool: whatever a page does to its parser costs that page alone."""

import asyncio
import ctypes
import errno
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import pytest

from crawler.article import Link
from crawler.extraction.pool import PageError, WorkerPool
from crawler.extraction.tasks import extract_page, storable
from tests.crawling import ROOT
from tests.hostile_pages import article
from tests.make import NOW, SITES, fresh_archive, keep, visit

MB = 2**20


def answer(number: int) -> int:
    return number


def process() -> int:
    return os.getpid()


def parent() -> int:
    return os.getppid()


def hang() -> None:
    time.sleep(60)


def spin() -> None:
    while True:
        pass


def spin_in_c() -> None:
    """What no signal handler of Python's can break off."""
    re.match(r"(a|a)*b", "a" * 60)


def swallow() -> int:
    return len(bytearray(2_000 * MB))


def hoard() -> None:
    held: list[bytes] = []
    while True:
        held.append(bytes(5_000))


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def read_nowhere() -> bytes:
    return ctypes.string_at(8)


def leave() -> None:
    os._exit(3)


def refuse() -> None:
    raise ValueError("no such page")


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def import_nothing() -> None:
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def stamp() -> tuple[float, float, int]:
    began = time.monotonic()
    time.sleep(0.1)
    return began, time.monotonic(), os.getpid()


@pytest.fixture(scope="module")
def loop():
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def pool(loop):
    """One pool for all: each test finds it as the one before has left it, which is what is tested."""
    made = WorkerPool(2, timeout=1, memory=100 * MB)
    loop.run_until_complete(made.run(answer, 0))  # the workers have started
    yield made
    made.close()


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ((spin,), "took longer than 1 s to parse"),
        ((spin_in_c,), "took longer than 1 s to parse"),
        ((swallow,), "took more than 100 MB to parse"),
        ((hoard,), "took more than 100 MB to parse"),
        ((die, signal.SIGKILL), "killed its parser (SIGKILL)"),
        ((die, signal.SIGABRT), "killed its parser (SIGABRT)"),
        ((read_nowhere,), "killed its parser (SIGSEGV)"),
        ((leave,), "killed its parser (exit status 3)"),
    ],
)
def test_a_bad_page_fails_alone_with_its_reason(loop, pool, call, reason):
    async def all_at_once():
        function, *args = call
        good = [pool.run(answer, n) for n in range(6)]
        return await asyncio.gather(*good[:3], pool.run(function, *args), *good[3:], return_exceptions=True)

    *first, bad, a, b, c = loop.run_until_complete(all_at_once())
    assert isinstance(bad, PageError)
    assert str(bad) == reason
    assert [*first, a, b, c] == [0, 1, 2, 3, 4, 5]


def test_what_the_function_raises_comes_through(loop, pool):
    with pytest.raises(ValueError, match="no such page"):
        loop.run_until_complete(pool.run(refuse))


def test_pages_are_parsed_in_other_processes_two_at_a_time(loop, pool):
    async def many():
        return await asyncio.gather(*(pool.run(stamp) for _ in range(6)))

    most = 0
    for _ in range(
        30
    ):  # a worker that a test before has killed may still be starting, and a busy machine may serve one
        spans = loop.run_until_complete(many())
        assert os.getpid() not in {pid for *_, pid in spans}
        most = max(sum(began <= at < ended for began, ended, _ in spans) for at, *_ in spans)
        assert most <= pool.workers
        if most == pool.workers:
            break
    assert most == pool.workers


def test_what_counts_is_the_time_of_the_processor_not_that_of_a_busy_machine(loop, pool):
    assert loop.run_until_complete(pool.run(wait, 2.0)) == 2.0


def test_a_page_whose_worker_stands_still_fails_alone(loop):
    made = WorkerPool(2, timeout=0.1, memory=100 * MB, start_up=6)
    try:

        async def both():
            return await asyncio.gather(made.run(hang), made.run(answer, 1), return_exceptions=True)

        stuck, good = loop.run_until_complete(both())
        assert (str(stuck), good) == ("its parser did not answer", 1)
        assert loop.run_until_complete(made.run(answer, 2)) == 2
    finally:
        made.close()


def test_workers_that_are_killed_while_they_are_idle_cost_no_page(loop):
    made = WorkerPool(2, timeout=5, memory=100 * MB)
    try:
        for _ in range(2):
            os.kill(loop.run_until_complete(made.run(process)), signal.SIGKILL)
            time.sleep(0.5)

        async def several():
            return await asyncio.gather(*(made.run(answer, n) for n in range(6)))

        assert loop.run_until_complete(several()) == list(range(6))
    finally:
        made.close()


def test_the_server_that_forks_workers_may_be_killed_and_costs_no_page(loop):
    made = WorkerPool(2, timeout=5, memory=100 * MB)
    try:
        for _ in range(2):
            os.kill(loop.run_until_complete(made.run(parent)), signal.SIGKILL)

            async def several():
                return await asyncio.gather(*(made.run(answer, n) for n in range(6)))

            assert loop.run_until_complete(several()) == list(range(6))
    finally:
        made.close()


def test_a_page_that_is_read_when_the_server_is_killed_is_read_again(loop):
    made = WorkerPool(2, timeout=5, memory=100 * MB)
    try:

        async def killed_meanwhile():
            server = await made.run(parent)
            pages = [asyncio.ensure_future(made.run(wait, 0.5)) for _ in range(4)]
            await asyncio.sleep(0.2)
            os.kill(server, signal.SIGKILL)
            return await asyncio.gather(*pages)

        assert loop.run_until_complete(killed_meanwhile()) == [0.5] * 4
    finally:
        made.close()


def test_workers_that_a_killed_one_holds_up_for_good_cost_no_page(loop):
    made = WorkerPool(2, timeout=0.2, memory=100 * MB, start_up=8)
    try:
        first = loop.run_until_complete(made.run(process))
        # What a worker holds while it takes a page over, and never lets go of if it is killed there.
        lost: Any = made._pool
        lost._pool_manager.worker_manager.workers_channel.mutex.reader_mutex.acquire()

        async def several():
            return await asyncio.gather(*(made.run(process) for _ in range(4)))

        assert first not in loop.run_until_complete(several())
    finally:
        made.close()


def test_no_more_pages_are_handed_over_than_can_soon_be_parsed(loop, pool):
    """What waits is held in the caller, so that downloads slow down: two pages a worker, and no thousands."""

    async def pressed():
        waiting = [asyncio.ensure_future(pool.run(stamp)) for _ in range(12)]
        await asyncio.sleep(0.05)
        held = pool._room.waiting
        await asyncio.gather(*waiting)
        return held

    assert loop.run_until_complete(pressed()) == 12 - 2 * pool.workers


def test_what_is_to_be_done_first_is_done_when_a_page_has_its_turn_and_not_while_it_waits_for_it(loop, pool):
    begun = []

    async def pressed():
        async def first():
            begun.append(1)

        waiting = [asyncio.ensure_future(pool.run(stamp, first=first)) for _ in range(12)]
        await asyncio.sleep(0.05)
        before = len(begun)
        await asyncio.gather(*waiting)
        return before

    assert loop.run_until_complete(pressed()) == 2 * pool.workers
    assert len(begun) == 12


def test_a_closed_pool_is_closed_for_good_and_one_that_never_ran_closes_at_once():
    pool = WorkerPool(2, timeout=1.0, memory=100 * MB)
    began = time.monotonic()
    pool.close()
    pool.close()
    assert time.monotonic() - began < 0.5


def test_half_a_character_in_json_does_not_keep_an_article_from_being_stored():
    url = "https://example.org/a"
    page = article("/a", "A mayor \U0001f600 and a ferry").replace(
        b'"headline": "A mayor', b'"headline": "\\ud83d A mayor'
    )
    read = extract_page(page, url, SITES.for_url(url), NOW, None)
    assert keep(fresh_archive(), replace(visit(url), article=read)).article_id == 1
    assert storable(("\ud83d\ude00", "\udc00", Link("inline", 0, url, "\ud83d"))) == (
        "\U0001f600",
        "\ufffd",
        Link("inline", 0, url, "\ufffd"),
    )


_SCRIPT = """
import asyncio, os
from crawler.extraction.pool import WorkerPool
from tests.extraction.test_pool import hang, parent, process

async def main():
    pool = WorkerPool(2, timeout=30, memory=100 << 20)
    pids = {await pool.run(called) for called in (process, process, process, parent)}
    tasks = [asyncio.ensure_future(pool.run(hang)) for _ in range(4)]
    print(os.getpid(), *pids, flush=True)
    try:
        await asyncio.gather(*tasks)
    finally:
        pool.close()

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_crawl_whoever_the_signal_is_for(number):
    """Ctrl-C reaches the whole group, kill -9 the main process alone. Nor does the server that forked them."""
    command = [sys.executable, "-c", _SCRIPT]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as main:
        assert main.stdout is not None
        _, *workers = map(int, main.stdout.readline().split())
        assert workers
        (os.kill if number == signal.SIGKILL else os.killpg)(main.pid, number)
        main.wait(timeout=100)
    end = time.monotonic() + 5
    while any(map(is_alive, workers)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(is_alive, workers))


_STARTING = """
import asyncio
from crawler.extraction.pool import WorkerPool
from tests.extraction.test_pool import hang

async def main():
    pool = WorkerPool(2, timeout=30, memory=100 << 20)
    task = asyncio.ensure_future(pool.run(hang))
    await asyncio.sleep(0)
    print(flush=True)
    try:
        await task
    finally:
        pool.close()

asyncio.run(main())
"""


def test_ctrl_c_while_workers_start_is_the_main_processs_alone():
    with subprocess.Popen(
        [sys.executable, "-c", _STARTING],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as main:
        assert main.stdout is not None
        main.stdout.readline()
        time.sleep(0.1)  # a worker takes three times as long
        os.killpg(main.pid, signal.SIGINT)
        _, said = main.communicate(timeout=100)
    assert len(re.findall("^KeyboardInterrupt", said, re.MULTILINE)) == 1


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123  # a file of the kernel's
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
