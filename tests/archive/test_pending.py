"""Pages that are kept apart come back as they were, of this crawl and of those that are over."""

from datetime import date, timedelta

from crawler.article import Block, Dropped, Moment, Provenance
from pipelines.archive import crawls, pending
from tests.make import MT, NOW, related, visit

URL = f"{MT}/2024/12/09/council-decides-a100"


def whole():
    return visit(
        URL, links=related(f"{MT}/2024/12/08/other-a7"), modified=Moment(date(2024, 12, 9)),
        blocks=(Block(1, "post", NOW),), dropped=(Dropped(0, "share", "Share this"),),
        provenance=(Provenance("title", "h1", "x", True),),
    )  # fmt: skip


def test_a_visit_comes_back_as_it_was(db):
    assert pending.keep(db, whole(), "moscowtimes", None)
    assert pending.kept(db, None) == [("moscowtimes", whole())]
    pending.drop(db, URL)
    assert pending.kept(db, None) == []


def test_what_a_crawl_that_runs_has_kept_is_its_own(db):
    running = crawls.begin(db, "moscowtimes", "crawl", "0", NOW)
    pending.keep(db, whole(), "moscowtimes", running)
    assert pending.kept(db, running + 1) == []
    assert len(pending.kept(db, running)) == 1
    crawls.mark_killed(db, "moscowtimes", "crawl", running + 1)
    assert len(pending.kept(db, running + 1)) == 1


def test_a_site_keeps_no_more_than_can_be_compared(db):
    kept = [pending.keep(db, visit(f"{MT}/2024/12/09/one-a{n}"), "moscowtimes", None) for n in range(pending.MOST + 2)]
    assert kept == [True] * pending.MOST + [False] * 2


def test_the_sites_own_pages_are_known_for_a_while(db):
    pending.remember(db, "moscowtimes", pending.WALL, ("back", "soon"), NOW)
    pending.remember(db, "moscowtimes", pending.MISSING, (), NOW)
    later = NOW + timedelta(hours=23)
    assert pending.recall(db, "moscowtimes", pending.WALL, later) == [("back", "soon")]
    assert pending.was_probed(db, "moscowtimes", later)
    assert not pending.was_probed(db, "moscowtimes", NOW + timedelta(hours=25))
    assert not pending.was_probed(db, "demo", later)
    assert pending.recall(db, "moscowtimes", pending.WALL, NOW + timedelta(days=31)) == []
