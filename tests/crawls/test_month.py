"""After a month of the demo paper the archive must hold what the paper's own history says that a crawl could see."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from crawler.article import utc_text, utc_time
from demo.clock import PRESENT, REDESIGN
from demo.paper import Paper
from demo.pieces import Edition
from demo.truth import truth
from tests.crawling import Crawl
from tests.crawls.month_truth import END, PIECES, edits, ends, looks
from tests.month import CALENDAR, OTHERS, is_for_all, walked

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """What the archive holds at the end, and the steps that led there."""
    folder = tmp_path_factory.mktemp("month")
    steps = walked(folder)
    return Crawl(0, "", folder / "news.db"), steps


def numbers(crawl):
    """The first paper's number of each of its articles by that of the archive."""
    paths = {one.path: n for n, piece in PIECES.items() for one in piece.editions(END)}
    return {
        id_: paths[url.split("/", 3)[3]] for id_, url in crawl.rows("select id, url from articles where site = 'demo'")
    }


def test_every_article_of_the_month_is_stored_once(month):
    crawl, _ = month
    stored = list(numbers(crawl).values())
    assert len(stored) == len(set(stored))
    published = {n for n, piece in PIECES.items() if PRESENT < piece.history[0][0] <= END}
    assert len(published) > 5
    assert published | set(truth(Paper())) - {87074} - {n for n in PIECES if n < 87_000} <= set(stored)


def test_every_edit_that_a_crawl_could_see_is_a_revision_and_nothing_else_is(month):
    crawl, steps = month
    known = numbers(crawl)
    kept = crawl.rows("select article_id, changed, silent, seen_until from revisions where cause = 'edit'")
    assert sorted((known[id_], *rest) for id_, *rest in kept) == sorted(edits(steps))
    silent = {number for number, _, is_silent, _ in edits(steps) if is_silent}
    assert {87071, 87091, 87107, 87118} == silent


def test_no_edit_of_the_month_was_missed(month):
    crawl, steps = month
    seen = looks(steps)
    for number in numbers(crawl).values():
        state = PIECES[number].at(END)
        if isinstance(state, Edition):
            changed = max(since for since, _ in PIECES[number].history if since <= END)
            assert seen[number][-1] >= changed, number


def test_every_disappearance_has_its_time_and_reason_and_there_is_no_other(month):
    crawl, _ = month
    known = numbers(crawl)
    told = {number: (when, reason) for number, when, reason in ends()}
    found = crawl.rows("select article_id, detail from events where kind = 'gone'")
    assert {(known[id_], reason) for id_, reason in found} == {(n, reason) for n, (_, reason) in told.items()}
    assert len({reason for _, reason in told.values()}) == 6
    sql = "select id, gone_at, gone_reason, last_checked_at, text from articles where status = 'gone'"
    for id_, gone_at, reason, last_there, text in crawl.rows(sql):
        when, expected = told.pop(known[id_])
        assert reason == expected
        assert utc_time(last_there) < when <= utc_time(gone_at)
        assert text
    returned = crawl.rows("select article_id from events where kind = 'returned'")
    assert [known[id_] for (id_,) in returned] == list(told) == [87057]
    assert crawl.one("select count(*) from articles where status = 'live' and gone_at is not null") == 0


def test_the_last_good_copy_of_what_is_gone_is_kept(month):
    crawl, _ = month
    known = numbers(crawl)
    for id_, title, image, seen in crawl.rows(
        "select id, title, image_caption, last_seen_at from articles where status = 'gone'"
    ):
        last = PIECES[known[id_]].at(utc_time(seen))
        assert isinstance(last, Edition)
        assert (title, image) == (last.title, last.picture and last.picture.caption)


def test_a_retitled_or_redated_article_is_one_row_with_all_its_addresses(month):
    crawl, _ = month
    known = {number: id_ for id_, number in numbers(crawl).items()}
    for number in (87068, 87079, 87104):
        first, last = (PIECES[number].editions(END)[at] for at in (0, -1))
        assert first.path != last.path
        assert crawl.one("select url from articles where id = ?", known[number]).endswith(last.path)
        urls = [url for (url,) in crawl.rows("select url from article_urls where article_id = ?", known[number])]
        assert {first.path, last.path} <= {url.split("/", 3)[3] for url in urls}


def test_the_archive_ends_with_what_the_paper_says(month):
    crawl, _ = month
    known, told = numbers(crawl), truth(Paper(), END)
    columns = "id, title, published_at, modified_at, text"
    sql = f"select {columns} from articles where status = 'live' and site = 'demo'"  # noqa: S608
    for id_, title, published, modified, text in crawl.rows(sql):
        one = told[known[id_]]
        assert (title, published) == (one.title, utc_text(one.published_at))
        assert modified == utc_text(one.modified_at)
        paragraphs = text.split("\n\n")
        assert [paragraph for paragraph in paragraphs if paragraph in one.paragraphs] == list(one.paragraphs), title


def test_what_changed_around_a_text_is_taken_over_without_a_revision(month):
    crawl, _ = month
    known, told = numbers(crawl), truth(Paper(), END)
    tags: dict[int, set[str]] = {}
    for id_, tag in crawl.rows(
        "select a.id, t.name from article_tags x join tags t on t.id = x.tag_id"
        " join articles a on a.id = x.article_id and a.site = 'demo'"
    ):
        tags.setdefault(known[id_], set()).add(tag)
    assert {number: set(tags.get(number, ())) for number in known.values() if number in told} == {
        number: set(told[number].tags) for number in known.values() if number in told
    }
    assert "Fish" in tags[87060]
    boxes = crawl.rows("select article_id, target_id from links where kind = 'related'")
    assert (87096, 87098) in {(known.get(id_), known.get(target)) for id_, target in boxes}


def test_a_redesign_is_read_otherwise_and_edits_nothing(month):
    crawl, steps = month
    known = numbers(crawl)
    both = {n for n, times in looks(steps).items() if times[0] < REDESIGN <= times[-1]}
    assert len(both) > 20
    read = crawl.rows(
        "select a.id, r.silent, r.seen_until, r.text from revisions r"
        " join articles a on a.id = r.article_id and a.site = 'demo' where r.cause = 'rules'"
    )
    assert {known[id_] for id_, *_ in read} == both
    assert {silent for _, silent, *_ in read} == {None}
    assert len(read) == len(both)
    for id_, _, until, text in read:
        assert utc_time(until) < REDESIGN
        now = crawl.one("select text from articles where id = ?", id_).split("\n\n")
        # Of another layout a generic reading takes the standfirst, and a label over the title, for the beginning.
        added = [paragraph for paragraph in now if paragraph not in text.split("\n\n")]
        edited = known[id_] == 87118
        assert len(added) <= 2 + edited, added


def test_events_are_the_articles_revisions_and_disappearances(month):
    crawl, _ = month
    counted = dict(crawl.rows("select kind, count(*) from events group by 1"))
    edited = dict(crawl.rows("select silent, count(*) from revisions where cause = 'edit' group by 1"))
    assert counted == {
        "new": crawl.one("select count(*) from articles"),
        "edited": edited[0],
        "silent_edit": edited[1],
        "gone": len(list(ends())),
        "returned": 1,
    }
    at = "select count(*) from events e join crawls c on c.id = e.crawl_id where e.at = c.started_at"
    assert crawl.one(at) == sum(counted.values())


def test_the_ledger_is_balanced_and_nothing_waits_whose_time_has_come(month):
    crawl, _ = month
    settled = dict(crawl.rows("select outcome, count(*) from candidates group by 1"))
    assert sum(settled.values()) == crawl.one("select count(*) from candidates")
    assert "waiting" not in settled
    assert crawl.rows("select url from candidates where next_try_at <= ?", utc_text(END)) == []
    orphans = "select url from candidates where (outcome in ('stored', 'alias')) = (article_id is null)"
    assert crawl.rows(orphans) == []
    assert settled["stored"] >= crawl.one("select count(*) from articles")


def test_crawls_failed_while_the_paper_was_away_and_at_no_other_time(month):
    crawl, steps = month
    rows = crawl.rows("select started_at, outcome, reason from crawls where site = 'demo' order by id")
    assert [at for at, *_ in rows] == [utc_text(step.at) for step in steps]
    reasons = {
        "down": "none of the site's listings could be read",
        "off": "none of the site's listings could be read",
        "half down": r"all \d+ pages failed, most of them with: (HTTP 503|the host asked to wait)",
    }
    for step, (_, outcome, reason) in zip(steps, rows, strict=True):
        assert outcome == ("failed" if step.server in reasons else "done")
        assert re.fullmatch(reasons.get(step.server, "finished"), reason)
    told = {reason for (reason,) in crawl.rows("select reason from crawl_outcomes where outcome = 'failed'")}
    assert told - {"HTTP 503", "the host asked to wait"} == {  # the one until it has said that several times in a row
        f"robots.txt could not be fetched: {why}" for why in ("HTTP 503", "connection refused")
    }


def test_what_was_listed_while_its_page_failed_is_stored_by_the_next_crawl(month):
    crawl, steps = month
    (failed,) = (number for number, step in enumerate(steps) if step.server == "half down")
    ((url, attempts),) = crawl.rows(
        "select url, attempts from candidates where outcome = 'stored' and site = 'demo' and first_seen_at = ?",
        utc_text(steps[failed].at),
    )
    assert url.endswith(PIECES[87114].editions(END)[-1].path)
    assert attempts in (1, 2), "none is counted where its host rests and it was not asked for"
    stored = crawl.one("select first_seen_at from articles where url = ?", url)
    assert stored == utc_text(steps[failed + 1].at)


def test_every_time_in_the_archive_is_one_of_the_crawls(month):
    crawl, steps = month
    times = {utc_text(step.at) for step in steps}
    for table, columns in {
        "articles": ("first_seen_at", "last_seen_at", "last_changed_at", "last_checked_at"),
        "candidates": ("first_seen_at", "last_seen_at"),
        "listings": ("first_seen_at", "last_seen_at"),
        "links": ("first_seen_at", "last_seen_at"),
        "revisions": ("seen_from", "seen_until"),
        "events": ("at",),
        "crawls": ("started_at", "finished_at"),
        "_validators": ("at",),
    }.items():
        for column in columns:
            assert {at for (at,) in crawl.rows(f"select distinct {column} from {table}")} <= times, (table, column)  # noqa: S608
    ahead = crawl.rows("select next_check_at from articles where next_check_at <= ?", utc_text(END))
    assert ahead == []
    assert crawl.one("select max(next_check_at) from articles") < "2025-07"


def told_by(crawl, watch, site):
    """(kind of event, title) of every alert of a watch about a site's articles, in the order of time."""
    sql = (
        "select e.kind, e.article_id, l.message from alerts l join watches w on w.id = l.watch_id"
        " join articles a on a.id = l.article_id join events e on e.id = l.event_id"
        " where w.name = ? and a.site = ? order by l.id"
    )
    return crawl.rows(sql, watch, site)


def test_every_edit_and_disappearance_alerts_once_and_nothing_else_does(month):
    crawl, steps = month
    known = numbers(crawl)
    alerts = Counter((kind, known[id_]) for kind, id_, _ in told_by(crawl, "everything", "demo") if kind != "new")
    changed = [("silent_edit" if silent else "edited", number) for number, _, silent, _ in edits(steps)]
    gone = [("gone", number) for number, _, _ in ends()]
    assert alerts == Counter([*changed, *gone, ("returned", 87057)])


def test_what_is_new_alerts_once_if_it_is_news(month):
    crawl, steps = month
    known, seen = numbers(crawl), looks(steps)
    alerts = [known[id_] for kind, id_, _ in told_by(crawl, "everything", "demo") if kind == "new"]
    fresh = [number for number in known.values() if seen[number][0] - published(number) <= timedelta(days=3)]
    news = [number for number in fresh if seen[number][0] > steps[0].at]  # what the first crawl finds was there already
    assert sorted(alerts) == sorted(news)
    assert len(news) < len(fresh)
    assert 5 < len(news) < len(known)


def published(number):
    """When an article first came out, as its first edition says."""
    return next(one.published for one in PIECES[number].editions(END))


def test_the_other_papers_are_told_of_too(month):
    crawl, _ = month
    rounds = [step.at for step in CALENDAR if is_for_all(step)]
    for site, paper in OTHERS.items():
        stored = crawl.rows("select id, published_at from articles where site = ?", site)
        first = {id_: next(at for at in rounds if utc_time(when) <= at) for id_, when in stored}
        fresh = {id_ for id_, when in stored if first[id_] - utc_time(when) <= timedelta(days=3)}
        news = {id_ for id_ in fresh if first[id_] > rounds[0]}
        alerts = told_by(crawl, "everything", site)
        assert {id_ for _, id_, _ in alerts} == news, site
        assert len(alerts) == len(news) < len(stored)
        assert len(stored) == len(paper.issue(rounds[-1]).live)


def test_each_trouble_of_the_month_is_found_once_and_ends_once_and_both_are_told(month):
    crawl, _ = month
    found = crawl.rows("select site, kind, started_at, ended_at from findings order by id")
    assert found == [
        ("demo", "addresses failed", "2025-02-04T12:00:00Z", "2025-02-09T12:00:00Z"),
        ("demo", "crawls fail", "2025-02-05T11:00:00Z", "2025-02-09T12:00:00Z"),
    ]
    told = crawl.rows(
        "select l.created_at, l.message from alerts l join watches w on w.id = l.watch_id where w.name = 'health'"
        " order by l.id"
    )
    assert [(at, message.partition(":")[0]) for at, message in told] == [
        ("2025-02-04T12:00:00Z", "warning"),
        ("2025-02-05T11:00:00Z", "critical"),
        ("2025-02-09T12:00:00Z", "over"),
        ("2025-02-09T12:00:00Z", "over"),
    ]
