"""Keys are made anew in short steps: killed between any two of them nothing is lost; and copies follow their sites."""

import re

import pytest

from crawler.address_forms import AddressPattern
from crawler.article import Candidate, Source
from crawler.site import Site, Sites
from pipelines.archive import ledger
from pipelines.archive.database import open_archive, transaction
from pipelines.identity import rekey
from tests.copies.test_copies import OTHER, TEXT
from tests.identity.test_rekey import HOME, NOBODY, NUMBER, keep, paper
from tests.make import NOW, fresh_archive, related, rows

TABLES = {
    "articles": "select id, site, url, address_key, title, month, duplicate_of from articles",
    "article_urls": "select url, address_key, article_id from article_urls",
    "_address_keys": "select address_key, article_id, proof from _address_keys",
    "links": "select article_id, kind, address_key, nth, href, target_id, first_seen_at from links",
    "candidates": "select url, site, address_key, outcome, article_id from candidates",
    "merges": "select old_id, into_id from merges",
    "copies": "select article_id, origin_id, kept from copies",
    "authors": "select site, name, article_id, position from authors join article_authors on author_id = authors.id",
    "sites": "select name, title, profile from sites",
}


def filled():
    """A site without a profile: two rows of one article, links, a copy elsewhere, addresses that wait."""
    db = fresh_archive()
    rekey.rekey(db, NOBODY, NOW)
    boxes = related(f"{HOME}/2024/ice-8", f"{HOME}/all/8", f"{HOME}/all/7")
    keep(db, NOBODY, f"{HOME}/2024/snow-7", authors=("Anna",), links=boxes, paragraphs=TEXT)
    keep(db, NOBODY, f"{HOME}/2025/snow-fell-7", minutes=9, title="Snow Fell", paragraphs=(*TEXT, "More."))
    keep(db, NOBODY, f"{HOME}/2024/ice-8", title="Ice", paragraphs=OTHER, links=related(f"{HOME}/2025/snow-fell-7"))
    links = related(f"{HOME}/all/7", f"{HOME}/2024/ice-8")
    keep(db, NOBODY, "https://elsewhere.example/x", minutes=3, title="X", paragraphs=TEXT[:-1], links=links)
    waiting = (f"{HOME}/all/8", f"{HOME}/all/9")
    ledger.note(db, [ledger.Entry(Candidate(one, Source.FEED), "lantern.example", one[12:]) for one in waiting], NOW)
    return db


def told(db):
    return {name: sorted(map(repr, rows(db, sql))) for name, sql in TABLES.items()}


@pytest.fixture(scope="module")
def whole():
    """What an archive holds whose keys were made anew all at once."""
    db = filled()
    assert rekey.rekey(db, paper(NUMBER), NOW) == 1
    return told(db)


def test_killed_between_any_two_steps_it_starts_again_and_ends_the_same(whole):
    count = sum(1 for _ in rekey.steps(filled(), paper(NUMBER), NOW, most=1))
    assert count > 20
    for survived in range(count - 1):
        db = filled()
        work = rekey.steps(db, paper(NUMBER), NOW, most=1)
        for _ in range(survived):
            next(work)
        db.execute("begin immediate")  # and in the midst of the one that follows
        next(work)
        db.execute("rollback")
        rekey.rekey(db, paper(NUMBER), NOW)
        assert told(db) == whole, f"after {survived} steps"


def test_no_step_costs_more_in_a_larger_archive():
    dearest = []
    for size in (20, 60):
        db = fresh_archive()
        rekey.rekey(db, NOBODY, NOW)
        for n in range(size):
            paragraphs = (f"Piece {n} on hill {n * n} says what nobody said of it in the year {n}.",)
            keep(db, NOBODY, f"{HOME}/2024/piece-{n}", title=f"T{n}", paragraphs=paragraphs, links=related(HOME + "/x"))
        statements: list[str] = []
        db.set_trace_callback(statements.append)
        costs, before = [], 0
        for _ in rekey.steps(db, paper(NUMBER), NOW, most=5):
            costs.append(len(statements) - before)
            before = len(statements)
        dearest.append(max(costs))
    assert dearest[1] <= 1.2 * dearest[0]
    assert dearest[0] < 5 * 150


def test_between_two_steps_another_process_can_write(tmp_path):
    path = tmp_path / "news.db"
    db, other = open_archive(path), open_archive(path)
    other.execute("pragma busy_timeout=0")
    keep(db, NOBODY, f"{HOME}/2024/snow-7")
    work = rekey.steps(db, paper(NUMBER), NOW, most=1)
    ended = False
    while not ended:
        with transaction(db):
            ended = next(work, None) is None
        with transaction(other):
            other.execute("update articles set section = 'news'")
    assert rows(db, "select address_key, section from articles") == [("lantern:7", "news")]
    db.close()
    other.close()


@pytest.mark.parametrize("most", [1, 100])
def test_numbers_that_pass_from_one_article_to_the_next_merge_none(most):
    db = fresh_archive()
    first, second = paper(r"/(?P<id>\d+)/\d+$"), paper(r"/\d+/(?P<id>\d+)$")
    rekey.rekey(db, first, NOW)
    for n in range(1, 5):
        keep(db, first, f"{HOME}/{n}/{n % 4 + 1}", title=f"T{n}", paragraphs=(f"Number {n}.",))
    assert sum(rekey.steps(db, second, NOW, most=most)) == 0
    assert rows(db, "select id, address_key from articles order by id") == [
        (n, f"lantern:{n % 4 + 1}") for n in range(1, 5)
    ]


def two_hosts():
    known = (AddressPattern(re.compile(NUMBER)),)
    hosts = ("one.example", "two.example")
    return Sites.of([Site("lantern", "Lantern", hosts, "https://one.example/", articles=known)])


def test_a_copy_on_what_turns_out_to_be_the_same_site_is_a_repost_and_the_reverse():
    db = fresh_archive()
    rekey.rekey(db, NOBODY, NOW)
    for n, host in enumerate(("one.example", "two.example", "three.example")):
        url = f"https://{host}/2024/snow-{n + 7}"
        keep(db, NOBODY, url, minutes=n, title=f"T{n}", paragraphs=(*TEXT, f"So much for {n}."))
    apart = rows(db, "select article_id, origin_id from copies order by 1"), [(1, None), (2, None), (3, None)]
    assert apart[0] == [(2, 1), (3, 1)]
    rekey.rekey(db, two_hosts(), NOW)
    assert rows(db, "select article_id, origin_id from copies") == [(3, 1)]
    assert rows(db, "select id, duplicate_of from articles order by id") == [(1, None), (2, 1), (3, None)]
    narrowed = Sites.of([Site("lantern", "Lantern", ("one.example",), "https://one.example/")])
    rekey.rekey(db, narrowed, NOW)
    assert rows(db, "select article_id, origin_id from copies order by 1") == apart[0]
    assert rows(db, "select id, duplicate_of from articles order by id") == apart[1]
    assert rows(db, "select count(*) from events where kind = 'syndicated'") == [(2,)], "our rules are no news"


def test_a_release_with_two_hundred_profiles_takes_few_steps_and_a_new_archive_reads_none():
    known = (AddressPattern(re.compile(r"/(?P<slug>[^/?]+)-(?P<id>\d+)$")),)
    sites = Sites.of(
        [Site(f"p{n}", "Paper", (f"p{n}.example",), f"https://p{n}.example/", articles=known) for n in range(200)]
    )
    db = fresh_archive()
    rekey.rekey(db, NOBODY, NOW)
    for n in range(60):
        text = tuple(f"Ferry {n} met {word} {n} times." for word in ("fog", "ice", "rain", "snow", "hail"))
        keep(db, NOBODY, f"https://p{n}.example/a-ferry-{n}", title=f"Ferry {n}", paragraphs=text)
    taken = list(rekey.steps(db, sites, NOW))
    assert len(taken) < 20
    assert rows(db, "select count(*) from articles where address_key like site || ':%'") == [(60,)]
    unread = Sites({}, {"p1": ("p1.example",)}, {"p1": "a fingerprint"})
    assert rekey.rekey(fresh_archive(), unread, NOW) == 0
