"""The demo paper as time passes: what it lists, how articles change and end, which copies still hold."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree, html

from crawler.profiles import load_profiles
from demo.clock import PRESENT
from demo.paper import ORIGIN, Paper
from demo.truth import refused, truth

PAPER = Paper()
TRUTH = truth(PAPER)
LATER = PRESENT + timedelta(days=30)
MOSCOW_TIMES = "https://www.themoscowtimes.com"


def _on(month, day, hour=12):
    return datetime(2025, month, day, hour, tzinfo=UTC)


def _locs(path, paper=PAPER):
    return [element.text for element in etree.fromstring(paper.respond(path).body).iter("{*}loc")]


def _heading(reply):
    return html.fromstring(reply.body.decode()).findtext(".//main//h1")


def test_robots_names_the_sitemap_of_either_origin():
    assert f"Sitemap: {ORIGIN}/static/sitemap/sitemap.xml" in PAPER.respond("robots.txt").body.decode()
    robots = Paper(MOSCOW_TIMES).respond("robots.txt").body.decode().splitlines()
    assert "Sitemap: https://static.themoscowtimes.com/sitemap/sitemap.xml" in robots
    assert {"Disallow: /preview/", "Disallow: /search/", "Disallow: /*?utm"} <= set(robots)


def test_the_monthly_sitemaps_list_every_article_once_withdrawn_ones_too():
    files = _locs("static/sitemap/sitemap.xml")
    listed = [url for file in files for url in _locs(file.removeprefix(ORIGIN))]
    assert len(files) == 6
    assert len(listed) == len(set(listed)) == len(TRUTH) + len(refused(PAPER))
    ended = {PAPER.respond(url.removeprefix(ORIGIN)).headers.get("Location", url) for url in listed}
    assert ended == {told.url for told in TRUTH.values()} | set(refused(PAPER))


def test_the_news_sitemap_has_a_file_a_section_and_thirty_days():
    listed = [url for file in _locs("newsmap.xml") for url in _locs(file.removeprefix(ORIGIN))]
    recent = {told.url for told in TRUTH.values() if PRESENT - told.published_at <= timedelta(days=30)}
    assert recent <= set(listed) <= recent | set(refused(PAPER))
    news = etree.fromstring(PAPER.respond("newsmap/news.xml").body)
    for told in ("publication_date", "title", "keywords", "name", "language"):
        assert len(list(news.iter(f"{{*}}{told}"))) == len(list(news.iter("{*}loc")))


def test_what_the_paper_lists_and_does_not_have_is_refused_in_every_way():
    assert sorted(refused(PAPER).values()) == ["200", "404", "410", "blocked", "short"]
    for url, reason in refused(PAPER).items():
        if reason.isdigit():
            reply = PAPER.respond(url.removeprefix(ORIGIN))
            assert reply.status == int(reason)
            assert _heading(reply) == "Oops! We couldn't find your page."


@pytest.mark.parametrize("path", ["nothing", "2025/13/45/slug", "2025/01/01/slug-a1", "all/1", "%ff", "a//[b", "\t/[b"])
def test_an_unknown_address_is_an_oops_page(path):
    reply = PAPER.respond(path)
    assert reply.status == 404
    assert _heading(reply).startswith("Oops!")


def test_nothing_is_seen_before_its_time():
    hours_before = truth(PAPER, datetime(2025, 1, 20, 6, 0, tzinfo=UTC))
    assert set(TRUTH) - set(hours_before) == {87094, 87095, 87096}
    assert PAPER.respond("all/87125").status == 404
    assert PAPER.respond("all/87125", LATER).status == 302


def test_an_edit_moves_the_modification_time_and_a_silent_one_does_not():
    before, after = truth(PAPER, _on(2, 5))[87050], truth(PAPER, LATER)[87050]
    assert after.paragraphs != before.paragraphs
    assert after.modified_at == _on(2, 6, 7)
    before, after = truth(PAPER, _on(1, 24, 12))[87071], truth(PAPER, _on(1, 24, 14))[87071]
    assert after.paragraphs != before.paragraphs
    assert after.modified_at == before.modified_at


def test_a_save_moves_the_modification_time_alone():
    before, after = truth(PAPER, _on(1, 21))[87060], truth(PAPER, _on(1, 23))[87060]
    assert after.paragraphs == before.paragraphs
    assert after.modified_at > before.modified_at


@pytest.mark.parametrize(("number", "day"), [(87079, _on(1, 24)), (87104, _on(1, 25)), (87068, _on(1, 26))])
def test_a_retitled_or_redated_article_redirects_from_its_first_address(number, day):
    piece = next(piece for piece in PAPER.issue().pieces if piece.id == number)
    first, last = piece.editions(day)[0], truth(PAPER, day)[number]
    assert last.url != f"{ORIGIN}/{first.path}"
    assert PAPER.respond(first.path, day).headers["Location"] == last.url


def test_withdrawn_articles_answer_in_three_ways_and_one_returns():
    assert PAPER.respond("2025/01/13/rail-strike-called-off-at-the-last-hour-a87066", _on(1, 27)).status == 410
    novel = PAPER.respond("2025/01/18/a-novel-about-a-man-who-mends-umbrellas-a87089", _on(2, 3))
    assert (novel.status, _heading(novel)) == (200, "Oops! We couldn't find your page.")
    assert [87057 in truth(PAPER, _on(1, day)) for day in (26, 28, 31)] == [True, False, True]


def test_each_day_of_the_coming_month_can_be_served():
    for hours in range(0, 30 * 24, 37):
        now = PRESENT + timedelta(hours=hours)
        replies = [PAPER.respond(told.url.removeprefix(ORIGIN), now) for told in truth(PAPER, now).values()]
        assert {reply.status for reply in replies} == {200}


def test_a_copy_that_still_holds_is_not_sent_again():
    fresh = PAPER.respond("rss/all")
    assert fresh.headers["Cache-Control"] == "max-age=300, public"
    for asked in (
        {"If-None-Match": fresh.headers["ETag"]},
        {"if-none-match": f'"other", W/{fresh.headers["ETag"]}'},
        {"If-Modified-Since": fresh.headers["Last-Modified"]},
    ):
        reply = PAPER.respond("rss/all", PRESENT, asked)
        assert (reply.status, reply.body) == (304, b"")
        assert PAPER.respond("rss/all", PRESENT + timedelta(days=2), asked).status == 200
    assert PAPER.respond("rss/all", PRESENT, {"If-Modified-Since": "yesterday"}).status == 200


def test_the_profile_knows_every_article_by_its_number():
    site = load_profiles(Path("demo/sites")).sites.by_name["demo"]
    for told in TRUTH.values():
        assert site.is_article(told.url)
        if "/archive/" not in told.url and "/plus/" not in told.url:
            assert site.address_key(told.url) == site.address_key(f"{ORIGIN}/all/{told.id}") == f"demo:{told.id}"
