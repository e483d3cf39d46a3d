"""The spiders that take what they are given: any addresses, and whole archives."""

import json

import pytest

from crawler.article import Candidate, Source
from crawler.discovery.warc import Capture
from crawler.spiders.ledger import objection
from crawler.spiders.warc import in_rounds
from demo.server import PaperServer
from demo.truth import truth
from tests.crawling import ROOT, crawl, profile_for
from tests.hostile import hostile_server
from tests.hostile_pages import article, good_title
from tests.make import MT, NOW, SITES, fresh_archive, keep, visit
from tests.warc_recording import Recording

HEAVY = b"<!-- " + b"of no matter " * 250_000 + b"-->"  # what is parsed slowly must still be stored first
A, B, C = f"{MT}/2024/12/09/ferry-reopens-a100", f"{MT}/2024/12/09/mayor-resigns-a101", f"{MT}/plus/winter/ferry"


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """A list with one article four times and another by a redirect, then the first alone."""
    folder = tmp_path_factory.mktemp("urls")
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, folder / "sites")
        one, other = [told for told in truth(server.paper).values() if told.kind == "news" and told.id > 87_000][:2]
        urls = [
            one.url,
            f"{one.url}#comments",
            f"{one.url}?utm_source=list",
            f"{server.origin}/all/{one.id}",
            f"{server.origin}/all/{other.id}",
            f"{server.origin}/2024/12/09/no-such-article-a1",
        ]
        (folder / "list.txt").write_text("\n\n".join(urls), "utf-8")
        first = crawl("urls", folder / "news.db", {"file": str(folder / "list.txt")}, SITES_DIR=sites)
        asked = [path for path, _ in server.requests]
        again = crawl("urls", folder / "news.db", {"urls": one.url}, SITES_DIR=sites)
        return one, other, asked, first, again


def test_each_article_is_one_row_whatever_address_was_given(listed):
    one, other, _, first, again = listed
    assert first.status == 0, first.said
    assert first.rows("select url, title from articles order by url") == sorted(
        [(one.url, one.title), (other.url, other.title)]
    )
    aliases = dict(again.rows("select u.url, a.url from article_urls u join articles a on a.id = u.article_id"))
    origin = one.url.rsplit("/", 4)[0]
    assert aliases[f"{origin}/all/{one.id}"] == one.url
    assert aliases[f"{origin}/all/{other.id}"] == other.url


def test_spellings_of_one_address_are_asked_for_once_and_without_tracking(listed):
    one, _, asked, *_ = listed
    path = one.url.partition("://")[2].partition("/")[2]
    direct = asked.count(f"/{path}")
    assert direct in (1, 2), "by its address, and perhaps once more by the redirect from its number"
    assert not any("utm_" in path for path in asked)


def test_every_address_given_is_settled_under_its_clean_form(listed):
    one, other, _, first, _ = listed
    origin = one.url.rsplit("/", 4)[0]
    settled = dict(first.rows("select url, outcome from candidates"))
    assert set(settled) == {
        one.url,
        f"{origin}/all/{one.id}",
        f"{origin}/all/{other.id}",
        f"{origin}/2024/12/09/no-such-article-a1",
    }
    assert settled.pop(f"{origin}/2024/12/09/no-such-article-a1") == "gone"
    assert set(settled.values()) <= {"stored", "alias"}


def test_an_article_that_is_stored_and_met_again_stays_one(listed):
    one, *_, again = listed
    assert again.status == 0
    assert again.one("select count(*) from articles") == 2
    assert again.one("select outcome from candidates where url = ?", one.url) == "stored"
    assert again.rows("select mode, outcome from crawls") == [("urls", "done"), ("urls", "done")]


@pytest.mark.parametrize("redirect_first", [True, False])
def test_it_does_not_matter_whether_an_address_or_one_that_redirects_to_it_is_read_first(redirect_first):
    visits = [visit(A), visit(A, requested=f"{MT}/all/100")]
    db = fresh_archive()
    for one in reversed(visits) if redirect_first else visits:
        keep(db, one)
    found = db.execute("select url, outcome, article_id from candidates order by url")
    assert list(map(tuple, found)) == [(A, "stored", 1), (f"{MT}/all/100", "alias", 1)]


def test_what_an_article_came_by_is_stored_where_its_own_address_was_never_listed():
    db = fresh_archive()
    keep(db, visit(A, requested=f"{MT}/all/100"))
    assert list(map(tuple, db.execute("select url, outcome from candidates"))) == [(f"{MT}/all/100", "stored")]


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """An archive of two files, newest first, with what archives hold besides articles; and the crawl of it."""
    folder = tmp_path_factory.mktemp("archive")
    html = (("Content-Type", "text/html; charset=utf-8"),)
    with hostile_server() as server:
        late = Recording(folder / "a-late.warc.gz")
        late.add(A, article("/a", "The ferry, once more"), "2024-12-11T12:00:00Z")
        late.add(A, article("/a", "The ferry reopens early"), "2024-12-10T12:00:00Z")
        late.add(A, b"", "2024-12-12T12:00:00Z", "HTTP/1.1 304 Not Modified", html)
        moved = (("Location", "/2024/12/09/ferry-reopens-a100"),)
        late.add(f"{MT}/2024/12/10/ferry-reopens", b"", "2024-12-10T12:00:00Z", "HTTP/1.1 302 Found", moved)
        away = (("Location", f"{server.url}/good/1"),)
        late.add(f"{MT}/2024/12/10/gone-away", b"", "2024-12-10T12:00:00Z", "HTTP/1.1 302 Found", away)
        late.save()
        early = Recording(folder / "b-early.warc.gz")
        early.add(A, HEAVY + article("/a", "The ferry reopens"), "2024-12-09T12:00:00Z")
        early.add(B, article("/b", "The mayor resigns"), "2024-12-09T13:00:00Z")
        early.add(C, article("/c", "Ferries in winter"), "2024-12-09T14:00:00Z")
        early.add(f"{MT}/robots.txt", b"User-agent: *\nDisallow: /", "2024-12-09T12:00:00Z")
        early.add(f"{MT}/2024/12/09/photo-a102", b"\x89PNG", headers=(("Content-Type", "image/png"),))
        early.add(f"{MT}/2024/12/09/gone-a103", b"gone", status="HTTP/1.1 410 Gone")
        for odd in ("http://[bad/2024/12/09/x-a1", "http://example.org:99999/x", "https:///x", "mailto:a@example.org"):
            early.add(odd, article("/odd", "Odd"))
        early.save()
        done = crawl("warc", folder / "news.db", {"path": str(folder / "*.warc.gz")})
        return done, server


def test_several_captures_of_an_article_are_one_row_with_its_states_in_the_order_of_capture(archived):
    done, _ = archived
    assert done.status == 0, done.said
    told = "select title, first_seen_at, last_seen_at from articles where address_key = 'moscowtimes:100'"
    assert done.rows(told) == [("The ferry, once more", "2024-12-09T12:00:00Z", "2024-12-11T12:00:00Z")]
    earlier = done.rows("select title from revisions order by seen_from")
    assert earlier == [("The ferry reopens",), ("The ferry reopens early",)]


def test_all_articles_of_an_archive_are_stored_and_nothing_else(archived):
    done, _ = archived
    assert {url for (url,) in done.rows("select url from articles")} == {A, B, C}
    assert "[bad" in done.said


def test_redirects_in_an_archive_become_aliases(archived):
    done, _ = archived
    sql = "select a.url from article_urls u join articles a on a.id = u.article_id where u.url = ?"
    assert done.rows(sql, f"{MT}/2024/12/10/ferry-reopens") == [(A,)]


def test_nothing_is_asked_of_the_network(archived):
    done, server = archived
    assert server.asked == []
    sql = "select outcome, reason from candidates where url like '%gone-away'"
    assert done.rows(sql) == [("failed", "not in the archive")]
    assert done.one("select min(first_seen_at) from candidates") == "2024-12-09T12:00:00Z"


def test_an_archive_that_is_not_there_is_told_in_a_sentence(tmp_path):
    for args, told in (({"path": str(tmp_path / "*.gz")}, "no WARC file matches"), ({}, "warc needs an archive")):
        done = crawl("warc", tmp_path / "news.db", args)
        assert (done.status, "Traceback" in done.said) == (1, False)
        assert told in done.said


def test_no_round_holds_two_captures_of_one_article_and_redirects_come_last():
    def captures(*urls: str) -> list[tuple[str, Capture]]:
        return [
            (url.strip(">"), Capture(ROOT, n, url, NOW, 301 if ">" in url else 200, "")) for n, url in enumerate(urls)
        ]

    told = [[one.url for one in each] for each in in_rounds(captures("a", "b", "a", ">c", "a", "b", "d"))]
    assert told == [["a", "b", "d"], ["a", "b"], ["a"], [">c"]]
    assert in_rounds(captures(">c")) == [[captures(">c")[0][1]]]
    assert in_rounds([]) == []


class Breaking:
    """A stage that raises at one article."""

    def process_item(self, item):
        if item.article.title == good_title(1):
            raise ZeroDivisionError
        return item


def test_a_stage_that_raises_costs_that_article_alone_and_it_is_tried_again(tmp_path):
    stages = {"pipelines.canonicalise.Canonicalise": 200, "tests.crawls.test_urls_and_warc.Breaking": 250}
    stages |= {"pipelines.fingerprint.Fingerprint": 300, "pipelines.store.Store": 400}
    with hostile_server() as server:
        urls = {"urls": f"{server.url}/good/1,{server.url}/good/2"}
        log = "Error processing Visit|^Traceback"
        done = crawl("urls", tmp_path / "news.db", urls, ITEM_PIPELINES=json.dumps(stages), errors=log)
    assert done.status == 0, done.said
    assert done.rows("select outcome, reason, next_try_at is not null from candidates order by url") == [
        ("failed", "could not be stored: ZeroDivisionError", 1),
        ("stored", None, 0),
    ]
    assert done.rows("select title from articles") == [(good_title(2),)]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (A, None),
        (f"{MT}/2024/12/09/{'very-' * 2_000}long-a1", "too long an address"),
        (f"{MT}/news/18", "not an article's address"),
    ],
)
def test_an_address_that_will_not_be_asked_for_has_its_reason(address, reason):
    assert objection(Candidate(address, Source.LINK), SITES) == reason
