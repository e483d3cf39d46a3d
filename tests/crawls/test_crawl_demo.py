"""A whole crawl of the demo newspaper, compared with what the paper says of itself."""

import subprocess
import sys

import pytest

from crawler.profiles import load_profiles
from demo.paper import Paper
from demo.server import PaperServer
from demo.truth import refused, truth
from tests.crawling import ROOT, crawl, profile_for

# What two archives of the same pages must agree on: no ids, no times of fetching.
PROJECTION = {
    "articles": "select url, address_key, kind, title, standfirst, byline, published_at, modified_at, section, wire,"
    " image_url, image_caption, image_credit, content_hash, month, text from articles order by 1",
    "authors": "select a.url, u.name, x.position from article_authors x join articles a on a.id = x.article_id"
    " join authors u on u.id = x.author_id order by 1, 3",
    "links": "select a.url, l.kind, l.position, l.start, l.end, l.href, l.anchor_text, t.url from links l"
    " join articles a on a.id = l.article_id left join articles t on t.id = l.target_id order by 1, 2, 3, 4, 6, 7",
    "stories": "select a.url, s.title, s.articles from articles a join stories s on s.id = a.story_id order by 1",
}
REASONS = {"blocked": "robots.txt", "short": "too short", "200": "soft 404", "404": "HTTP 404", "410": "HTTP 410"}
_EARLIER_YEARS = 12_000  # smaller numbers stand only in the sitemaps by month, which a backfill walks


def expected(paper, site="demo"):
    """What the paper tells of itself, by the key of each article that a crawl of its feeds can come to."""
    site = load_profiles(ROOT / "demo" / "sites").sites.by_name[site]
    return {site.address_key(one.url): one for one in truth(paper).values() if one.id > _EARLIER_YEARS}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """The paper, the first crawl of it, which keeps what it fetched, and a second one."""
    folder = tmp_path_factory.mktemp("demo")
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, folder / "sites")
        first = crawl("demo", folder / "news.db", SITES_DIR=sites, ARCHIVE_DIR=folder / "warc")
        asked = len(server.requests)
        stored = first.rows("select count(*), max(last_changed_at) from articles")
        second = crawl("demo", folder / "news.db", SITES_DIR=sites)
        return server.paper, first, second, (asked, stored), folder


def test_every_article_is_stored_once_and_as_a_reader_would_tell_it(crawled):
    paper, first, *_ = crawled
    assert first.status == 0, first.said
    told = expected(paper)
    columns = "address_key, url, kind, title, standfirst, published_at, modified_at, section, image_caption,"
    stored = {row[0]: row for row in first.rows(f"select {columns} image_credit, wire, text from articles")}  # noqa: S608
    assert sorted(stored) == sorted(told)
    for key, one in told.items():
        row = stored[key]
        assert row[1:5] == (one.url, one.kind, one.title, one.standfirst), key
        assert row[5] == f"{one.published_at:%Y-%m-%dT%H:%M:%SZ}", key
        assert row[6] == f"{one.modified_at:%Y-%m-%dT%H:%M:%SZ}", key
        assert row[8:11] == (one.image_caption, one.image_credit, one.wire), key
        assert row[11].split("\n\n") == [*one.paragraphs, *(text for _, text in one.posts)], key


def test_the_posts_of_live_blogs_are_kept_in_order_each_with_its_time(crawled):
    paper, first, *_ = crawled
    told = {
        (key, len(one.paragraphs) + n, f"{at:%Y-%m-%dT%H:%M:%SZ}")
        for key, one in expected(paper).items()
        for n, (at, _) in enumerate(one.posts)
    }
    sql = "select a.address_key, b.position, b.at from blocks b join articles a on a.id = b.article_id"
    assert told
    assert set(first.rows(f"{sql} where b.kind = 'post'")) == told


def test_authors_and_tags_are_those_of_the_page(crawled):
    paper, first, *_ = crawled
    authors = {key: list(one.authors) for key, one in expected(paper).items() if one.authors}
    stored: dict[str, list[str]] = {}
    sql = "select a.address_key, u.name from article_authors x join articles a on a.id = x.article_id"
    for key, name in first.rows(f"{sql} join authors u on u.id = x.author_id order by a.id, x.position"):
        stored.setdefault(key, []).append(name)
    assert stored == authors
    tags = {(key, tag) for key, one in expected(paper).items() for tag in one.tags}
    sql = "select a.address_key, t.name from article_tags x join articles a on a.id = x.article_id"
    assert set(first.rows(f"{sql} join tags t on t.id = x.tag_id")) == tags


def test_the_related_graph_is_the_papers_with_every_box_at_its_place(crawled):
    paper, first, *_ = crawled
    keys = {one.id: key for key, one in expected(paper).items()}
    told = {
        (key, position, keys[other])
        for key, one in expected(paper).items()
        for position, other in one.related
        if other in keys
    }
    sql = "select a.address_key, l.position, t.address_key from links l join articles a on a.id = l.article_id"
    assert set(first.rows(f"{sql} join articles t on t.id = l.target_id where l.kind = 'related'")) == told


def test_every_inline_link_has_its_paragraph_and_its_words(crawled):
    paper, first, *_ = crawled
    told = {(key, *link) for key, one in expected(paper).items() for link in one.inline}
    sql = "select a.address_key, l.position, l.href, l.anchor_text from links l join articles a on a.id = l.article_id"
    assert set(first.rows(f"{sql} where l.kind = 'inline'")) == told


def test_what_is_not_stored_has_its_reason(crawled):
    paper, first, *_ = crawled
    settled = dict(first.rows("select url, reason from candidates where article_id is null"))
    assert settled == {url: REASONS[why] for url, why in refused(paper).items() if url in settled}
    assert set(REASONS.values()) - {"HTTP 410"} <= set(settled.values())


def test_only_what_gave_no_article_waits_and_aliases_lead_to_their_article(crawled):
    _, first, *_ = crawled
    waiting = first.rows("select reason, next_try_at > last_seen_at from candidates where outcome = 'waiting'")
    assert set(waiting) <= {(reason, 1) for reason in REASONS.values()}
    assert first.one("select count(*) from article_urls") > first.one("select count(*) from articles")
    assert first.rows("select url from candidates where outcome in ('stored', 'alias') and article_id is null") == []


def test_a_second_run_over_the_unchanged_paper_stores_nothing_and_says_so(crawled):
    _, _, second, (_, stored), _ = crawled
    assert second.status == 0
    assert "nothing new" in second.said
    assert second.rows("select count(*), max(last_changed_at) from articles") == stored
    assert second.rows("select outcome, articles from crawls order by id") == [("done", stored[0][0]), ("done", 0)]


def test_what_was_kept_replays_identically_whatever_the_order_of_answers(crawled):
    _, first, _, _, folder = crawled
    settings = {"SITES_DIR": folder / "sites", "REPLAY_WARC": folder / "warc" / "*.warc.gz"}
    again = crawl("demo", folder / "again.db", **settings, EXTRACTION_WORKERS=3, CONCURRENT_REQUESTS=5)
    assert again.status == 0, again.said
    for name, sql in PROJECTION.items():
        assert again.rows(sql) == first.rows(sql), name
    assert again.one("select min(first_seen_at) from articles") == first.one("select min(first_seen_at) from articles")


def test_every_capture_names_a_record_that_is_there(crawled):
    _, first, _, _, folder = crawled
    names = {path.name for path in (folder / "warc").iterdir()}
    for (capture,) in first.rows("select capture from articles"):
        name, offset, digest = capture.split(":", 2)
        assert name in names
        assert offset.isdigit()
        assert digest.startswith("sha1:")


def test_the_real_profile_crawls_a_recording_of_the_paper_under_the_real_origin(tmp_path):
    origin = "https://www.themoscowtimes.com"
    recording = tmp_path / "demo.warc.gz"
    command = [sys.executable, "-m", "demo", "record", "--origin", origin, str(recording)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    done = crawl("moscowtimes", tmp_path / "news.db", REPLAY_WARC=recording)
    assert done.status == 0, done.said
    stored = {key for (key,) in done.rows("select address_key from articles")}
    assert stored == set(expected(Paper(origin), "moscowtimes"))
    unresolved = done.rows("select href from links where kind = 'related' and target_id is null")
    assert unresolved == []


def test_a_site_that_is_down_fails_the_crawl_and_says_so(tmp_path):
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, tmp_path / "sites")
    done = crawl("demo", tmp_path / "news.db", SITES_DIR=sites, RETRY_TIMES=0)
    assert done.status == 1
    assert "none of the site's listings could be read" in done.said
    assert "robots.txt" in done.said
    assert done.rows("select outcome from crawls") == [("failed",)]
