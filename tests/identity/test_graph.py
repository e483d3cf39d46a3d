"""The graph of links as the archive shows it: both ways, and who is cited."""

import pytest

from crawler.article import Link
from tests.make import MT, fresh_archive, keep, related, visit

FERRY, MAYOR = f"{MT}/2024/12/09/ferry-reopens-a100", f"{MT}/2024/12/09/mayor-resigns-a101"
RECOUNT = """
    select host_of.host, a.site, count(*), count(distinct a.id), min(l.first_seen_at), max(l.first_seen_at)
    from links l join articles a on a.id = l.article_id join host_of on host_of.href = l.href
    where l.kind = 'inline' and host_of.host <> 'themoscowtimes.com' group by 1, 2 order by 1, 2
"""


def inline(*urls: str) -> tuple[Link, ...]:
    return tuple(Link("inline", 2, url, "says", 0, 4) for url in urls)


def cited(db):
    return db.execute("select host, links, articles, sites from cited_sources").fetchall()


def test_a_link_is_seen_from_both_its_ends_with_its_paragraph(db):
    paragraphs = ("One.", 'Two: a "quoted" \\n word \\', "Three.", "Four.")
    keep(db, visit(FERRY, links=related(MAYOR) + inline(MAYOR), paragraphs=paragraphs))
    keep(db, visit(MAYOR, title="The mayor resigns", minutes=5))
    columns = "article_id, direction, other_id, other, kind, position, paragraph, first_seen_at"
    told = [tuple(row) for row in db.execute(f"select {columns} from linked_articles order by article_id, kind")]  # noqa: S608
    at = "2024-12-09T12:00:00Z"
    assert told == [
        (1, "to", 2, "The mayor resigns", "inline", 2, "Three.", at),
        (1, "to", 2, "The mayor resigns", "related", 1, paragraphs[1], at),
        (2, "from", 1, "Council Decides", "inline", 2, "Three.", at),
        (2, "from", 1, "Council Decides", "related", 1, paragraphs[1], at),
    ]


def test_a_box_after_the_last_paragraph_stands_before_none(db):
    keep(db, visit(FERRY, links=(Link("related", 4, MAYOR, "More"),)))
    assert [tuple(row) for row in db.execute("select paragraph, other_id from linked_articles")] == [(None, None)]


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("https://www.Weather.example/storms", "weather.example"),
        ("http://weather.example:8080?day=8", "weather.example:8080"),
        ("https://weather.example#top", "weather.example"),
        ("https://weather.example", "weather.example"),
        ("https://weather.example/?next=https://www.other.example/", "weather.example"),
        ("javascript:alert('http://x.example/')", None),
        ("mailto:desk@harbour.example", None),
    ],
)
def test_a_link_has_the_host_of_its_address(db, href, host):
    keep(db, visit(FERRY, links=inline(MAYOR)))
    db.execute("update links set href = ?", (href,))
    assert db.execute("select host from links").fetchone()[0] == host
    assert [row[0] for row in cited(db)] == ([host] if host else [])


def test_cited_hosts_leave_out_the_papers_own_and_boxes(db):
    keep(db, visit(FERRY, links=inline("https://moscowtimes.example/a", MAYOR, "https://themoscowtimes.com/about")))
    keep(db, visit(MAYOR, title="The mayor resigns", links=related("https://www.box.example/a")))
    assert [tuple(row) for row in cited(db)] == [("moscowtimes.example", 1, 1, 1)]


def test_cited_hosts_are_counted_once_an_article_and_once_a_site(db):
    weather = ("https://www.weather.example/a", "https://weather.example/b")
    keep(db, visit(FERRY, links=inline(*weather)))
    keep(db, visit(MAYOR, title="The mayor resigns", links=inline(*weather)))
    keep(db, visit("https://harbour.example/ferry", title="Ferry", links=inline(weather[0], FERRY)))
    assert [tuple(row) for row in cited(db)] == [("themoscowtimes.com", 1, 1, 1), ("weather.example", 5, 3, 2)]


def test_counts_follow_links_that_go_change_and_move(db):
    hosts = {f"https://{name}.example/{n}": f"{name}.example" for name in ("quay", "mill") for n in range(3)}
    keep(db, visit(FERRY, links=inline(*hosts)))
    keep(db, visit(MAYOR, title="The mayor resigns", minutes=5, links=inline(*list(hosts)[2:])))
    keep(db, visit("https://harbour.example/ferry", title="Ferry", minutes=9, links=inline(*list(hosts)[:4])))
    db.execute("create temp table host_of (href, host)")
    db.executemany("insert into temp.host_of values (?, ?)", hosts.items())
    for change in (
        "delete from links where href = 'https://quay.example/0'",
        "update links set href = 'https://mill.example/0' where href = 'https://quay.example/1'",
        "update links set article_id = 1, nth = 7 where article_id = 2 and id % 2 = 0",
        "update links set kind = 'related' where id % 3 = 0",
        "update articles set site = 'moscowtimes' where id = 3",
        "delete from links where article_id = 1",
        "delete from links",
    ):
        db.execute(change)
        counted = [tuple(row) for row in db.execute("select * from _cited order by 1, 2")]
        assert counted == [tuple(row) for row in db.execute(RECOUNT)], change


def test_links_of_an_earlier_state_that_comes_late_are_past_ones_and_those_that_stayed_are_older(db):
    states = [
        visit(FERRY, minutes=0, links=related(MAYOR, f"{MT}/2024/12/09/quay-a102"), paragraphs=("One.", "Two.")),
        visit(FERRY, minutes=60, links=related(MAYOR), paragraphs=("One.", "Two.", "Three.")),
    ]
    told = []
    for order in (states, states[::-1]):
        db = fresh_archive()
        for one in order:
            keep(db, one)
        told.append([tuple(row) for row in db.execute("select address_key, first_seen_at, last_seen_at from links")])
    assert sorted(told[0]) == sorted(told[1])
    assert sorted(told[0]) == [
        ("moscowtimes:101", "2024-12-09T12:00:00Z", "2024-12-09T13:00:00Z"),
        ("moscowtimes:102", "2024-12-09T12:00:00Z", "2024-12-09T12:00:00Z"),
    ]
