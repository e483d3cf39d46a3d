"""Pages that are kept apart come back as they were, of this crawl and of those that are over."""

from datetime import date, timedelta

from crawler.article import Block, Dropped, Moment, Provenance
from pipelines.archive import crawls
from pipelines.identity import doubts
from tests.make import MT, NOW, related, visit

URL = f"{MT}/2024/12/09/council-decides-a100"


def whole():
    return visit(
        URL, links=related(f"{MT}/2024/12/08/other-a7"), modified=Moment(date(2024, 12, 9)),
        blocks=(Block(1, "post", NOW),), dropped=(Dropped(0, "share", "Share this"),),
        provenance=(Provenance("title", "h1", "x", True),),
    )  # fmt: skip


def test_a_visit_comes_back_as_it_was(db):
    assert doubts.keep(db, whole(), "moscowtimes", None)
    assert doubts.kept(db, None) == [("moscowtimes", whole())]
    doubts.drop(db, URL)
    assert doubts.kept(db, None) == []


def test_what_a_crawl_that_runs_has_kept_is_its_own(db):
    running = crawls.begin(db, "moscowtimes", "crawl", "0", NOW)
    doubts.keep(db, whole(), "moscowtimes", running)
    assert doubts.kept(db, running + 1) == []
    assert len(doubts.kept(db, running)) == 1
    crawls.mark_killed(db, "moscowtimes", "crawl", running + 1)
    assert len(doubts.kept(db, running + 1)) == 1


def test_a_site_keeps_no_more_than_can_be_compared(db):
    kept = [doubts.keep(db, visit(f"{MT}/2024/12/09/one-a{n}"), "moscowtimes", None) for n in range(doubts.MOST + 2)]
    assert kept == [True] * doubts.MOST + [False] * 2


def test_the_sites_own_pages_are_known_for_a_while(db):
    doubts.remember(db, "moscowtimes", doubts.WALL, ("back", "soon"), NOW)
    doubts.remember(db, "moscowtimes", doubts.MISSING, (), NOW)
    later = NOW + timedelta(hours=23)
    assert doubts.recall(db, "moscowtimes", doubts.WALL, later) == [("back", "soon")]
    assert doubts.was_probed(db, "moscowtimes", later)
    assert not doubts.was_probed(db, "moscowtimes", NOW + timedelta(hours=25))
    assert not doubts.was_probed(db, "demo", later)
    assert doubts.recall(db, "moscowtimes", doubts.WALL, NOW + timedelta(days=31)) == []
