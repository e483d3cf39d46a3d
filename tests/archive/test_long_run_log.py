"""What a crawl asks of the run log costs no more when that is long: a thousand sites write a million rows in three
weeks.
"""

from datetime import timedelta

import pytest

from crawler.article import utc_text
from pipelines.archive import crawls, under_way
from pipelines.watching import alerts, findings, wrong_clock
from tests.make import NOW, fresh_archive

SITES, LONG = 40, 500
"""How many sites there are, and how many crawls of each were ten minutes apart, up to now."""


def archive(each):
    """A run log with so many crawls of each site, one in three of which found something."""
    db = fresh_archive()
    for back in range(each, 0, -1):
        at = utc_text(NOW - back * timedelta(minutes=10))
        db.executemany(
            "insert into crawls(site, mode, started_at, finished_at, outcome, reason, articles)"
            " values (?, 'crawl', ?, ?, 'done', 'finished', ?)",
            [(f"s{number}", at, at, back % 3 == 0) for number in range(SITES)],
        )
    return db


def visit(db):
    """All that a crawl of a site asks, and the monitor after it."""
    wrong_clock.farthest(db, NOW)
    under_way.was_reading(db, "s7")
    under_way.suspects(db, "s7", NOW)
    crawls.last_end(db, "s7", "crawl")
    crawl_id = crawls.begin(db, "s7", "crawl", "1", NOW)
    crawls.mark_killed(db, "s7", "crawl", crawl_id)
    crawls.finish(db, crawl_id, "done", "finished", NOW, {"articles": 0}, {})
    alerts.tell_what_was_there(db, "s7", crawl_id, utc_text(NOW))
    findings.examine(db, "s7", crawl_id, {}, NOW)
    crawls.past(db, "s7", NOW)


def steps(db):
    """How many steps SQLite takes for a visit, in hundreds."""
    taken = []
    db.set_progress_handler(lambda: taken.append(1), 100)
    visit(db)
    db.set_progress_handler(None, 0)
    return len(taken)


@pytest.mark.parametrize("is_analysed", [False, True])
def test_a_visit_takes_no_more_steps_where_the_run_log_is_long(is_analysed):
    short, long = archive(LONG // 8), archive(LONG)
    for db in (short, long) if is_analysed else ():
        crawls.refresh_statistics(db)
    assert steps(long) < 2 * steps(short)  # the gaps between crawls of eight weeks that found something are looked at
