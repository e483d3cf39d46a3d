"""``scrapy coverage``: what a site listed in a period, reconciled with what was stored."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from crawler.article import Candidate, Fetch, Outcome, Source, Visit
from pipelines.archive import ledger
from pipelines.archive.database import open_archive
from tests.commands.running import run_command
from tests.make import MT, SITES, keep, visit

FEED, SECTION = f"{MT}/rss/news", f"{MT}/news"
MONDAY = datetime(2024, 12, 9, 12, tzinfo=UTC)
LATE = datetime(2024, 12, 9, 20, 59, 59, tzinfo=UTC)  # the last second of the day in Moscow
PAST_MIDNIGHT = datetime(2024, 12, 9, 21, tzinfo=UTC)
SITE_HELP = "coverage takes one site, such as: scrapy coverage moscowtimes --since 2024-12-01"


def address(number: int) -> str:
    return f"{MT}/2024/12/09/story-{number}-a{number}"


def listed(db, number: int, at=MONDAY, refusal: str | None = None, listing: str = FEED) -> Candidate:
    """Write down that a listing named an address."""
    candidate = Candidate(address(number), Source.FEED, listing)
    ledger.note(db, [ledger.Entry(candidate, "moscowtimes", SITES.address_key(candidate.url), refusal)], at)
    return candidate


def settled(db, number: int, outcome: Outcome, reason: str, looks: int = 1) -> None:
    candidate = listed(db, number)
    one = Visit(candidate, Fetch(candidate.url, candidate.url, MONDAY), outcome, reason)
    for _ in range(looks):
        ledger.settle(db, one, "moscowtimes", SITES.address_key(candidate.url))


@pytest.fixture
def archive(tmp_path):
    """Ten addresses: two articles stored, another address of one, and one or two in each way of having none."""
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db:
        for number in (1, 2):
            listed(db, number)
            keep(db, visit(address(number), title=f"Story {number}", paragraphs=(f"Only {number} tells. " * 20,)))
        ledger.note(
            db,
            [ledger.Entry(Candidate(f"{MT}/all/1", Source.SECTION, SECTION), "moscowtimes", "moscowtimes:1")],
            MONDAY,
        )
        settled(db, 3, Outcome.FAILED, "timed out")
        settled(db, 4, Outcome.FAILED, "timed out")
        settled(db, 5, Outcome.BLOCKED, "robots.txt")
        settled(db, 6, Outcome.GONE, "HTTP 410", looks=6)
        listed(db, 7, refusal="not an article's address")
        listed(db, 8, LATE)
        listed(db, 9, PAST_MIDNIGHT, listing=SECTION)
        listed(db, 9, PAST_MIDNIGHT.replace(hour=23))
    return path


@pytest.fixture
def coverage(capfd):
    """The command as a person would run it: its exit status, and the lines and errors that it prints."""

    def run(database, *args: str):
        ran = run_command(capfd, "coverage", *args, DATABASE=database)
        return ran.status, ran.out.splitlines(), ran.err

    return run


def test_the_account_is_an_equation_with_the_reasons_under_it(archive, coverage):
    status, lines, err = coverage(archive, "moscowtimes")
    assert (status, err) == (0, "")
    assert lines == [
        "moscowtimes: 10 listed = 2 stored + 1 aliases + 1 not articles + 1 blocked + 2 failed + 1 gone + 2 waiting",
        "       2 × failed: timed out",
        "       1 × blocked: robots.txt",
        "       1 × gone: HTTP 410",
        "       1 × not articles: not an article's address",
    ]


def test_the_addresses_behind_an_outcome_come_with_where_they_were_seen(archive, coverage):
    _, lines, _ = coverage(archive, "moscowtimes", "--outcome", "failed")
    assert lines[5:] == [f"failed\ttimed out\t{address(n)}\t{FEED}" for n in (3, 4)]
    _, lines, _ = coverage(archive, "moscowtimes", "--outcome", "alias")
    assert lines[5:] == [f"alias\t\t{MT}/all/1\t{SECTION}"]


def test_all_addresses_are_as_many_as_the_account_says(archive, coverage):
    _, lines, _ = coverage(archive, "moscowtimes", "--addresses")
    told = [line.split("\t") for line in lines[5:]]
    assert len(told) == 10
    assert len({url for _, _, url, _ in told}) == 10
    assert sum(outcome == "waiting" for outcome, *_ in told) == 2
    assert [listing for _, _, url, listing in told if url == address(9)] == [SECTION]


@pytest.mark.parametrize(
    ("period", "count"),
    [
        (("--since", "2024-12-09", "--until", "2024-12-09"), 9),
        (("--until", "2024-12-09"), 9),
        (("--since", "2024-12-10"), 1),
        (("--since", "2024-12-10", "--until", "2024-12-10"), 1),
        (("--since", "2024-12-01"), 10),
    ],
)
def test_a_day_is_the_sites_own(archive, coverage, period, count):
    _, lines, _ = coverage(archive, "moscowtimes", *period)
    assert lines[0].startswith(f"moscowtimes: {count} listed = ")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("moscowtimes", "--since", "2025-01-01"), "listed nothing in that period; sites with listings: moscowtimes"),
        (("herald.example",), "herald.example listed nothing in that period; sites with listings: moscowtimes"),
        (("moscowtimes", "--since", "2024-12-10", "--until", "2024-12-09"), "--until 2024-12-09 lies before --since"),
        (("moscowtimes", "-s", "SITES_DIR=absent"), "SITES_DIR=absent: no such folder"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence(archive, coverage, args, told):
    status, lines, err = coverage(archive, *args)
    assert (status, lines) == (1, [])
    assert err.startswith("Error: ")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), SITE_HELP),
        (("moscowtimes", "demo"), SITE_HELP),
        (("moscowtimes", "--since", "Monday"), "'Monday' is not a day such as 2024-12-09"),
        (("moscowtimes", "--outcome", "lost"), "invalid choice: 'lost'"),
    ],
)
def test_a_wrong_call_is_told_what_is_expected(archive, coverage, args, told):
    status, lines, err = coverage(archive, *args)
    assert status == 2
    assert told in "\n".join(lines) + err


def test_an_archive_that_is_not_there_is_not_made(tmp_path, coverage):
    status, _, err = coverage(tmp_path / "absent.db", "moscowtimes")
    assert status == 1
    assert err.startswith("Error: ")
    assert not (tmp_path / "absent.db").exists()


def test_reading_writes_nothing(archive, coverage):
    before = archive.read_bytes()
    coverage(archive, "moscowtimes", "--addresses")
    assert archive.read_bytes() == before
