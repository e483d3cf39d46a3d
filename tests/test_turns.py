"""Crawls that share a process take turns: none with one page waits for all the pages of another."""

import asyncio

from crawler.turns import CRAWL, Turns


async def pages(turns: Turns, crawl: str, count: int, done: list[str]) -> None:
    CRAWL.set(crawl)

    async def page() -> None:
        async with turns:
            await asyncio.sleep(0)
            done.append(crawl)

    await asyncio.gather(*(page() for _ in range(count)))


async def test_a_crawl_with_one_page_does_not_wait_for_all_pages_of_another():
    done: list[str] = []
    turns = Turns(1)
    await asyncio.gather(
        pages(turns, "backfill", 50, done), pages(turns, "small", 2, done), pages(turns, "tiny", 1, done)
    )
    assert done[1:6] == ["backfill", "small", "tiny", "backfill", "small"]
    assert (done.count("backfill"), turns.waiting) == (50, 0)


async def test_never_more_have_a_place_than_there_are_and_none_is_lost():
    turns = Turns(3)
    inside = most = 0

    async def page(crawl: str) -> None:
        nonlocal inside, most
        CRAWL.set(crawl)
        async with turns:
            inside += 1
            most = max(most, inside)
            try:
                await asyncio.sleep(0)
            finally:
                inside -= 1

    tasks = [asyncio.ensure_future(page(f"site{number % 4}")) for number in range(40)]
    for _ in range(3):
        await asyncio.sleep(0)
    for task in tasks[5::3]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (most, turns.waiting) == (3, 0)
    await asyncio.gather(*(page("again") for _ in range(9)))
    assert most == 3


async def test_a_place_that_is_given_to_somebody_who_has_just_been_cancelled_goes_to_the_next():
    turns = Turns(1)
    await turns.__aenter__()
    first, second = asyncio.ensure_future(turns.__aenter__()), asyncio.ensure_future(turns.__aenter__())
    await asyncio.sleep(0)
    assert turns.waiting == 2
    await turns.__aexit__(None, None, None)
    assert turns.waiting == 1
    first.cancel()  # its place is given, and it has had no turn of the loop to take it
    await asyncio.wait_for(second, 1)
    assert first.cancelled()
