"""What the machine lacks ends the crawl as failed, and no address is charged with it."""

import asyncio
import errno
import os
import resource
import signal
import subprocess
import sys
import time

import pytest
from twisted.internet.error import ConnectBindError

from crawler.errors import WorkersError, files_are_short, lack_of
from crawler.extraction.pool import PageError, WorkerPool
from crawler.middlewares.robots import RobotsUnavailableError
from demo.replies import Answer
from demo.server import Server
from tests.big_paper import BigPaper, big_paper_server, settings_for
from tests.crawling import ROOT, Crawl, crawl
from tests.extraction.test_pool import answer, die

MB = 2**20


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (MemoryError(), "memory"),
        (RuntimeError("can't start new thread"), "thread"),
        (ConnectBindError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (RobotsUnavailableError(ConnectBindError(errno.EMFILE, "Too many open files")), "ulimit -n"),
        (WorkersError("no worker can be started"), "no worker"),
    ],
)
def test_a_lack_is_known_by_its_error(error, word):
    assert word in (lack_of(error) or "")


def test_a_lack_is_known_behind_the_errors_that_came_of_it():
    with pytest.raises(ValueError) as caught:  # noqa: PT011, PT012  # any kind hides it
        try:
            raise OSError(errno.ENFILE, os.strerror(errno.ENFILE))
        except OSError as error:
            raise ValueError("no host") from error
    assert "ulimit -n" in (lack_of(caught.value) or "")


@pytest.mark.parametrize(
    "error",
    [PageError("took longer than 20 s to parse"), OSError(errno.ECONNRESET, "reset"), RuntimeError("odd"), KeyError(2)],
)
def test_what_a_page_does_is_no_lack(error):
    assert lack_of(error) is None


def test_a_process_notices_that_it_can_open_no_further_file():
    assert files_are_short() is None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        short = files_are_short()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "ulimit -n" in (short or "")


_DYING = """
import asyncio, os
if __name__ != "__main__":
    os._exit(7)  # in a worker, which loads this script before anything else
from crawler.extraction.pool import WorkerPool
from crawler.errors import WorkersError
from tests.extraction.test_pool import answer

async def main():
    pool = WorkerPool(2, timeout=20, memory=100 << 20)
    told = await asyncio.gather(*(pool.run(answer, n) for n in range(40)), return_exceptions=True)
    print(sum(isinstance(one, WorkersError) for one in told), len(pool._context.workers), told[-1])
    pool.close()

asyncio.run(main())
"""


def test_a_pool_whose_workers_end_at_once_gives_up_after_a_few(tmp_path):
    script = tmp_path / "dying.py"
    script.write_text(_DYING, "utf-8")
    done = run_script(script)
    failed, started, told = done.stdout.split(" ", 2)
    assert int(started) <= 12, done
    assert int(failed) == 40, done
    assert "exit status 7" in told
    assert done.returncode == 0


_UNGUARDED = """
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

settings = get_project_settings()
settings.setdict({settings}, priority="cmdline")
process = AsyncCrawlerProcess(settings)
process.crawl("demo")
process.start()
"""


def test_a_script_without_a_guard_for_its_workers_crawls_once(paper, tmp_path):
    script = tmp_path / "crawl.py"
    given = {**paper, "DATABASE": tmp_path / "news.db", "ALLOW_PRIVATE_HOSTS": "127.0.0.1", "EXTRACTION_WORKERS": 2}
    script.write_text(_UNGUARDED.format(settings={name: str(value) for name, value in given.items()}), "utf-8")
    done = run_script(script)
    crawled = Crawl(done.returncode, done.stdout + done.stderr, tmp_path / "news.db")
    assert crawled.one("select count(*) from crawls") == 1, crawled.said
    assert "__main__" in crawled.said
    assert crawled.rows("select url, reason from candidates where outcome = 'failed'") == []


def run_script(script):
    env = os.environ | {"PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    command = [sys.executable, str(script)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=200, check=False)


def test_a_page_whose_worker_is_killed_again_and_again_is_charged_where_others_are_read_meanwhile():
    pool = WorkerPool(1, timeout=20, memory=100 * MB)

    async def killed():
        bad, *good = await asyncio.gather(
            pool.run(die, signal.SIGKILL), *(pool.run(answer, n) for n in range(6)), return_exceptions=True
        )
        assert (str(bad), good) == ("killed its parser (SIGKILL)", list(range(6)))
        assert isinstance(bad, PageError)

    try:
        asyncio.run(killed())
    finally:
        pool.close()


def test_a_system_that_kills_every_worker_is_not_the_fault_of_the_pages():
    pool = WorkerPool(1, timeout=20, memory=100 * MB)

    async def killed():
        with pytest.raises(WorkersError, match=r"SIGKILL.*4 times without a page read; memory may be short"):
            await pool.run(die, signal.SIGKILL)
        with pytest.raises(WorkersError):
            await pool.run(answer, 1)

    try:
        asyncio.run(killed())
    finally:
        pool.close()


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper")
    with big_paper_server(30) as server:
        yield settings_for(server, folder)


@pytest.mark.parametrize(
    ("limit", "word"),
    [("-n 24", "too many files are open"), ("-v 300000", "ulimit -v"), ("-d 200000", "ulimit -d")],
)
def test_a_crawl_that_lacks_files_or_memory_fails_at_once_and_charges_no_address(paper, tmp_path, limit, word):
    began = time.monotonic()
    done = crawl("demo", tmp_path / "news.db", **paper, limit=limit, errors=word)
    assert done.status == 1, done.said
    assert time.monotonic() - began < 60
    ((outcome, reason),) = done.rows("select outcome, reason from crawls")
    assert (outcome, word in reason) == ("failed", True), reason
    assert done.rows("select url, outcome, reason from candidates where outcome != 'waiting'") == []
    assert "Traceback" not in done.said
    whole = crawl("demo", tmp_path / "news.db", **paper)
    assert (whole.status, whole.one("select count(*) from articles")) == (0, 30), whole.said


class Shut(BigPaper):
    """A paper whose listings can be read, and none of its articles."""

    def _set(self, path, now):
        return Answer("", 500) if "-a9" in path else super()._set(path, now)


def test_a_crawl_where_every_page_failed_is_not_done(tmp_path):
    with Server(Shut(10)) as server:
        done = crawl("demo", tmp_path / "news.db", **settings_for(server, tmp_path), RETRY_TIMES=0)
    assert done.status == 1, done.said
    told = [("failed", "all 10 pages failed, most of them with: HTTP 500")]
    assert done.rows("select outcome, reason from crawls") == told
