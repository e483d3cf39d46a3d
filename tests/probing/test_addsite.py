"""``scrapy addsite`` as a person runs it, and crawls with the profiles that it wrote, unedited."""

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.utils.test import get_crawler

from crawler.probing.spider import MOST_REQUESTS, RequestBudget
from crawler.profiles import load_profiles
from demo.clock import PRESENT
from demo.paper import Paper
from demo.server import Server
from demo.truth import truth
from tests.crawling import Crawl, crawl
from tests.material.gazette import truth as gazette_truth
from tests.material.gazette.issue import SECTIONS
from tests.material.gazette.paper import Gazette
from tests.probing.papers import Bulletin, Closed
from tests.starter import SCRAPY, run

_ENOUGH = 0.95
_FEWEST = 36


def addsite(url: str, folder: Path, *more: str, allowed: str = "127.0.0.1"):
    command = [*SCRAPY, "addsite", url, "--output", str(folder), *more]
    command += ["-s", f"ALLOW_PRIVATE_HOSTS={allowed}"]
    return run(command)


def only_site(folder):
    profiles = load_profiles(folder)
    assert not profiles.broken
    return next(site for site in profiles.sites.by_name.values() if site.home.startswith("http://127.0.0.1"))


def listed(paper, site):
    """The paths that the feeds, news sitemaps and sections of a profile name."""
    waiting = [*site.feeds, *site.news_sitemaps, *(page for section in site.sections for page in section.pages(9))]
    found: set[str] = set()
    while waiting:
        body = paper.respond(waiting.pop().removeprefix(paper.origin), PRESENT, {}).body.decode()
        found |= set(re.findall(r"""(?:href="|<loc>|<link>)(?:http://[^/"<]*)?(/[^"<?#]+)""", body))
        waiting += re.findall(r"<sitemap>\s*<loc>([^<]+)", body)
    return found


def share_of_heads(told, stored):
    """How many of those told are stored with their title and time."""
    heads = ((one.title, f"{one.published_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}") for one in told)
    return sum(stored.get(one.url, ())[:2] == head for one, head in zip(told, heads, strict=True)) / len(told)


def share_of_paragraphs(told, stored):
    """How far the texts agree, 1 for the same paragraphs throughout; the standfirst may open a text."""
    common = total = 0
    for one in told:
        paragraphs = [words for words in stored.get(one.url, ("", "", ""))[2].split("\n\n") if words != one.standfirst]
        common += (Counter(paragraphs) & Counter(one.paragraphs)).total()
        total += len(paragraphs) + len(one.paragraphs)
    return 2 * common / total


@dataclass(frozen=True)
class Added:
    """A site that was added, and crawled by the profile as it was written."""

    paper: Any
    told: Any
    done: subprocess.CompletedProcess[str]
    requests: int
    crawled: Crawl
    folder: Path


def added(paper, tell, folder):
    with Server(paper) as server:
        done = addsite(server.origin, folder / "sites", "--name", "found")
        assert done.returncode == 0, done.stderr
        requests = len(server.requests)
        crawled = crawl("found", folder / "news.db", SITES_DIR=folder / "sites")
        return Added(server.paper, tell(server.paper), done, requests, crawled, folder / "sites")


@pytest.fixture(scope="module")
def gazette(tmp_path_factory):
    return added(Gazette(), gazette_truth.truth, tmp_path_factory.mktemp("gazette"))


@pytest.fixture(scope="module")
def herald(tmp_path_factory):
    return added(Paper(), truth, tmp_path_factory.mktemp("herald"))


@pytest.mark.parametrize(("name", "zone"), [("gazette", "Europe/Vienna"), ("herald", "Europe/Moscow")])
def test_a_crawl_by_the_profile_it_wrote_stores_what_the_site_lists(name, zone, request):
    one = request.getfixturevalue(name)
    assert one.requests <= MOST_REQUESTS
    assert one.crawled.status == 0, one.crawled.said
    site = only_site(one.folder)
    assert site.timezone == zone
    paths = listed(one.paper, site)
    told = [told for told in one.told.values() if urlsplit(told.url).path in paths]
    assert len(told) >= _FEWEST
    stored = {row[0]: row[1:] for row in one.crawled.rows("select url, title, published_at, text from articles")}
    assert share_of_heads(told, stored) >= _ENOUGH
    assert share_of_paragraphs(told, stored) >= _ENOUGH


def test_the_gazettes_profile_says_what_the_site_is(gazette):
    site, origin = only_site(gazette.folder), gazette.paper.origin
    assert (site.title, site.home, site.language) == ("Oswiner Bote", f"{origin}/", "de")
    assert site.feeds == (f"{origin}/feed/atom",)
    assert site.news_sitemaps == (f"{origin}/sitemap-news.xml",)
    assert site.sitemaps == (f"{origin}/sitemap.xml",)
    assert {section.url.removeprefix(f"{origin}/") for section in site.sections} == set(SECTIONS)
    for section in site.sections:
        assert (section.paging, section.first, section.step) == (f"{section.url}/seite/{{offset}}", 2, 1)
    assert site.address_key(f"{origin}/sport/irgendein-titel-2480821") == "found:2480821"
    assert not site.is_article(f"{origin}/thema/gemeinderat")


def test_the_heralds_profile_says_what_the_site_is(herald):
    site, origin = only_site(herald.folder), herald.paper.origin
    assert (site.title, site.language) == ("The Velmora Herald", "en")
    assert (site.feeds, site.news_sitemaps) == ((f"{origin}/rss/all",), (f"{origin}/newsmap.xml",))
    assert site.sitemaps == (f"{origin}/static/sitemap/sitemap.xml",)
    news = next(section for section in site.sections if section.url == f"{origin}/news")
    assert (news.paging, news.first, news.step) == (f"{origin}/news/{{offset}}", 18, 18)
    assert site.address_key(f"{origin}/2024/12/18/any-words-a87020") == "found:87020"


def test_the_person_is_shown_one_article_and_how_to_go_on(gazette):
    said = gazette.done.stdout
    for words in ("Title ", "Authors ", "Published ", "2025-", "Words ", "Related links  3"):
        assert words in said
    assert f"scrapy crawl found -s SITES_DIR={gazette.folder}" in said
    assert "Not found" not in said
    assert "Not readable" not in said


def test_the_person_is_told_what_could_not_be_read_and_is_unsure(herald):
    said = herald.done.stdout.partition("Not found:\n")[2]
    assert "no sure time zone: Europe/Moscow" in said
    assert "Not readable:" in said
    assert "robots.txt forbids it" in said


def test_a_closed_site_gives_one_sentence_and_no_profile(tmp_path):
    with Server(Closed()) as server:
        done = addsite(server.origin, tmp_path / "sites")
    assert done.returncode == 1
    assert (done.stdout, len(done.stderr.splitlines())) == ("", 1)
    assert "could not be read: robots.txt forbids it" in done.stderr
    assert not (tmp_path / "sites").exists()


def test_a_site_that_is_down_gives_one_sentence(tmp_path):
    with Server(Closed()) as server:
        origin = server.origin
    done = addsite(origin, tmp_path / "sites")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "connection refused" in done.stderr


def test_a_private_address_is_not_asked_unless_it_is_allowed(tmp_path):
    with Server(Gazette()) as server:
        done = addsite(server.origin, tmp_path / "sites", allowed="")
        asked = len(server.requests)
    assert (done.returncode, asked) == (1, 0)
    assert "-s ALLOW_PRIVATE_HOSTS=" in done.stderr


def test_no_request_passes_once_the_budget_is_used_up():
    crawler = get_crawler()
    budget = RequestBudget.from_crawler(crawler)
    crawler.stats.set_value("downloader/request_count", MOST_REQUESTS - 1)
    budget.process_request(Request("http://a.example/"))
    crawler.stats.inc_value("downloader/request_count")
    with pytest.raises(IgnoreRequest, match="used up"):
        budget.process_request(Request("http://a.example/"))


def test_a_profile_is_not_written_over_unasked_and_no_request_made(tmp_path):
    (tmp_path / "mine.toml").write_text("precious", "utf-8")
    with Server(Gazette()) as server:
        done = addsite(server.origin, tmp_path, "--name", "mine")
        asked = len(server.requests)
    assert (done.returncode, asked) == (1, 0)
    assert "--force" in done.stderr
    assert (tmp_path / "mine.toml").read_text("utf-8") == "precious"


def test_a_name_that_no_site_can_have_is_refused(tmp_path):
    done = addsite("http://127.0.0.1:1/", tmp_path, "--name=../elsewhere")
    assert done.returncode == 1
    assert "--name" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_several_sites_are_added_at_once_and_one_that_is_closed_keeps_no_other_from_its_profile(tmp_path):
    with Server(Gazette()) as gazette, Server(Closed()) as closed, Server(Bulletin()) as bulletin:
        port = bulletin.origin.rpartition(":")[2]
        command = [*SCRAPY, "addsite", *(one.origin for one in (gazette, closed, bulletin))]
        command += ["--output", str(tmp_path), "-s", "ALLOW_PRIVATE_HOSTS=127.0.0.1"]
        done = run(command)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "could not be read: robots.txt forbids it" in done.stderr
    assert done.stdout.count("Written: ") == 2
    assert {path.stem for path in tmp_path.iterdir()} == {"site_127_0_0_1", f"site_127_0_0_1_{port}"}
