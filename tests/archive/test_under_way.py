"""What is read is written down before: what was being read when crawls ended without a word is read last, then left."""

from datetime import timedelta

import pytest

from crawler.article import Candidate, Source
from pipelines.archive import ledger, under_way
from pipelines.archive.between_crawls import are_suspects_due
from pipelines.archive.calls import Beginning, Ending, LocalLedger
from pipelines.archive.writer import Archive
from tests.make import MT, NOW, rows

PAGE, OTHER = f"{MT}/2024/12/09/one-a10001", f"{MT}/2024/12/09/two-a10002"


@pytest.fixture
def archive(tmp_path):
    opened = Archive(tmp_path / "news.db")
    yield opened
    opened.close()


async def begin(archive, days=0.0, is_alone=True, mode="crawl"):
    return await LocalLedger(archive).begin(Beginning("mt", mode, "1", NOW + timedelta(days=days), is_alone))


async def listed(archive, *urls):
    entries = tuple(ledger.Entry(Candidate(url, Source.FEED, f"{MT}/rss"), "mt", url) for url in urls)
    await LocalLedger(archive).ask(entries, NOW, None)


async def ended_while_reading(archive, *urls, days=0.0, mode="crawl"):
    """A crawl that takes these up and leaves no word."""
    crawl_id = (await begin(archive, days, mode=mode)).crawl_id
    for url in urls:
        await LocalLedger(archive).take_up(url, crawl_id)
    return crawl_id


async def finish(archive, crawl_id, passed_by=()):
    await LocalLedger(archive).finish(crawl_id, Ending("mt", "done", "finished", NOW, {}, {}, passed_by=passed_by))


async def test_what_a_crawl_has_read_or_ends_in_order_with_is_no_suspect(archive):
    begun = await begin(archive)
    for url in (PAGE, OTHER):
        await LocalLedger(archive).take_up(url, begun.crawl_id)
    await LocalLedger(archive).put_down(PAGE)
    assert archive.read(lambda db: rows(db, "select url from _under_way")) == [(OTHER,)]
    await finish(archive, begun.crawl_id)
    assert archive.read(lambda db: rows(db, "select url from _under_way")) == []
    assert (await begin(archive)).suspects == ()


async def test_a_site_is_crawled_alone_that_was_being_read_as_a_crawl_broke_off_and_no_other(archive):
    assert not are_suspects_due(archive, "mt", NOW)
    crawl_id = await ended_while_reading(archive, PAGE)
    assert are_suspects_due(archive, "mt", NOW)
    assert not are_suspects_due(archive, "other", NOW)
    await LocalLedger(archive).put_down(PAGE)
    assert not are_suspects_due(archive, "mt", NOW)  # nothing was being read: whatever ended it, it was no page
    await LocalLedger(archive).take_up(PAGE, crawl_id)
    await finish(archive, crawl_id)
    assert not are_suspects_due(archive, "mt", NOW)


async def test_what_was_being_read_at_one_end_is_a_suspect_until_it_is_read(archive):
    await ended_while_reading(archive, PAGE, OTHER)
    begun = await begin(archive)
    assert begun.found_killed
    assert begun.suspects == (under_way.Suspect(PAGE, 1, True, "crawl"), under_way.Suspect(OTHER, 1, True, "crawl"))
    await LocalLedger(archive).take_up(PAGE, begun.crawl_id)
    await LocalLedger(archive).put_down(PAGE)
    await finish(archive, begun.crawl_id)
    assert [one.url for one in (await begin(archive)).suspects] == [OTHER]


async def test_a_suspect_to_which_a_whole_crawl_did_not_come_is_let_go(archive):
    await ended_while_reading(archive, PAGE, OTHER)
    begun = await begin(archive)
    await finish(archive, begun.crawl_id, passed_by=(PAGE,))
    assert [one.url for one in (await begin(archive)).suspects] == [OTHER]


async def test_a_listing_of_the_past_over_which_a_backfill_ended_is_its_suspect_and_no_crawl_goes_alone_for_it(archive):
    await listed(archive, PAGE)
    await ended_while_reading(archive, PAGE, OTHER, mode="backfill")
    begun = await begin(archive, mode="backfill")
    assert {one.url: one.mode for one in begun.suspects} == {PAGE: None, OTHER: "backfill"}
    assert are_suspects_due(archive, "mt", NOW)  # the article is any crawl's to read
    await LocalLedger(archive).put_down(PAGE)
    assert not are_suspects_due(archive, "mt", NOW)


async def test_what_was_being_read_when_a_crawl_stood_still_is_set_aside_for_longer_each_time(archive):
    await listed(archive, PAGE, OTHER)
    await ended_while_reading(archive, PAGE, OTHER)
    crawl_id = await ended_while_reading(archive, PAGE)
    under_way.stack_file(archive.path, crawl_id).write_text("the stack", "utf-8")
    begun = await begin(archive)
    assert begun.stack == "the stack"
    assert not under_way.stack_file(archive.path, crawl_id).exists()
    assert {one.url: (one.ends, one.is_due) for one in begun.suspects} == {PAGE: (3, False), OTHER: (1, True)}
    settled = dict(archive.read(lambda db: rows(db, "select url, reason from candidates")))
    assert settled == {PAGE: under_way.REASON, OTHER: None}
    waiting = LocalLedger(archive).waiting
    assert [one.url for one in waiting("mt", NOW, 9)] == [OTHER]
    assert {one.url for one in waiting("mt", NOW + timedelta(days=1, minutes=1), 9)} == {PAGE, OTHER}
    await finish(archive, begun.crawl_id)
    later = await begin(archive, days=1.1)
    assert {one.url: one.is_due for one in later.suspects} == {PAGE: True, OTHER: True}
    await LocalLedger(archive).take_up(PAGE, later.crawl_id)
    last = {one.url: (one.ends, one.is_due) for one in (await begin(archive, days=2.2)).suspects}
    assert last[PAGE] == (4, False)
    assert [one.url for one in waiting("mt", NOW + timedelta(days=3), 9)] == [OTHER]


async def test_what_was_being_read_at_three_ends_is_set_aside_for_two_may_be_chance(archive):
    await listed(archive, PAGE)
    for ends in (1, 2):
        await ended_while_reading(archive, PAGE)
        assert (await begin(archive)).suspects == (under_way.Suspect(PAGE, ends, True),)
    await ended_while_reading(archive, PAGE)
    assert (await begin(archive)).suspects == (under_way.Suspect(PAGE, 3, False),)


async def test_crawls_that_run_side_by_side_suspect_nothing_of_each_other(archive):
    first = await begin(archive, is_alone=False)
    await LocalLedger(archive).take_up(PAGE, first.crawl_id)
    assert (await begin(archive, is_alone=False)).suspects == ()


def test_the_pause_doubles_up_to_a_month():
    assert [under_way.pause(ends).days for ends in (0, 2, 3, 4, 5, 12)] == [0, 0, 1, 2, 4, 32]
