"""Which papers are mine: by ``papers.toml``, by the archive's past, by a folder of one's own."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from crawler.errors import SetupError
from crawler.monitoring.monitor import Monitor
from crawler.monitoring.session import Orders, ProfileReader, follow
from crawler.newsstand import mine
from pipelines.archive import crawls
from pipelines.archive.crawls import Past
from pipelines.archive.database import open_archive
from tests.commands.running import run_command
from tests.monitoring.simulated import SimulatedAlarm

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
OWN = 'name = "harbour"\ntitle = "The Harbour"\nhome = "https://harbour.example/"\nhosts = ["harbour.example"]\n'


@pytest.fixture
def database(tmp_path):
    return tmp_path / "news.db"


@pytest.fixture
def upgraded(database):
    """An archive that has crawled two of the shipped papers, a site that is no more, and single addresses."""
    with closing(open_archive(database)) as db, db:
        for site in ("moscowtimes", "taz", "a_site_of_old", "urls"):
            crawls.begin(db, site, "crawl", "0.2.0", BEGIN)
    return database


@pytest.fixture
def ask(capfd, database):
    return lambda name, *args, **settings: run_command(capfd, name, *args, DATABASE=database, **settings)


def names(ran):
    return [name for name in ran.out.split() if name not in ("urls", "wanted", "warc")]


def test_shipped_papers_are_off_until_they_are_wanted(ask, tmp_path):
    assert names(ask("list")) == []
    assert list(tmp_path.iterdir()) == []
    assert ask("enable", "taz", "spiegel").status == 0
    assert names(ask("list")) == ["spiegel", "taz"]
    off = ask("disable", "taz", "bbc")
    assert "Off already: bbc.\nOff: taz." in off.out
    assert names(ask("list")) == ["spiegel"]


def test_what_the_archive_has_crawled_is_on_after_an_upgrade_and_stays_on_when_another_joins(ask, upgraded):
    assert names(ask("list")) == ["moscowtimes", "taz"]
    assert not mine.file_of(upgraded).exists(), "to look writes nothing"
    assert {name for name, _ in follow(Orders(upgraded, None, (), "30 min", 1))} == {"moscowtimes", "taz"}
    ask("enable", "bbc")
    assert names(ask("list")) == ["bbc", "moscowtimes", "taz"]
    ask("disable", "moscowtimes")
    assert names(ask("list")) == ["bbc", "taz"], "the file counts once there is one, and not the past"


def test_profiles_of_ones_own_are_on_by_being_there(ask, tmp_path):
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "harbour.toml").write_text(OWN, "utf-8")
    assert names(ask("list", SITES_DIR=folder)) == ["harbour"]
    refused = ask("disable", "harbour", SITES_DIR=folder)
    assert (refused.status, refused.err.startswith("Error: harbour is a profile of your own")) == (1, True)


def test_a_wrong_name_changes_nothing_and_a_like_one_is_named(ask, database):
    ran = ask("enable", "taz", "spigel")
    assert (ran.status, ran.err) == (1, "Error: no paper is called 'spigel'; did you mean spiegel?\n")
    assert not mine.file_of(database).exists()


def test_comments_and_order_of_the_file_stay(ask, database):
    file = mine.file_of(database)
    file.write_text('# mine\npapers = [\n    "taz",  # in the morning\n    "bbc",\n    "orf",\n]\n', "utf-8")
    ask("enable", "spiegel")
    ask("disable", "bbc")
    text = file.read_text("utf-8")
    assert '# mine\npapers = [\n    "taz",  # in the morning\n    "orf",' in text
    assert mine.read(file) == ("taz", "orf", "spiegel")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("papers = 7", "papers = 7; expected a list of names"),
        ('paper = ["taz"]', "paper is not a key of it; expected papers alone"),
        ("papers = [", "not TOML: "),
    ],
)
def test_a_file_that_is_no_list_of_papers_is_one_sentence(ask, database, text, told):
    mine.file_of(database).write_text(text, "utf-8")
    ran = ask("list")
    assert ran.status == 1
    assert ran.err.startswith(f"Error: {mine.file_of(database)}: ")
    assert told in ran.err


def test_a_misspelt_name_in_the_file_is_a_warning_and_stops_no_other(ask, database):
    mine.file_of(database).write_text('papers = ["spigel", "taz"]\n', "utf-8")
    ran = ask("list")
    assert names(ran) == ["taz"]
    assert ran.err == "Warning: papers.toml: no paper is called 'spigel'; did you mean spiegel?\n"


def test_a_monitor_without_a_paper_says_how_to_add_one(database):
    with pytest.raises(SetupError, match=r"no paper is followed yet: `scrapy papers` .* `scrapy enable NAME` adds one"):
        follow(Orders(database, None, (), "30 min", 1))


async def test_a_monitor_follows_what_is_switched_on_and_off_while_it_runs(database):
    alarm = SimulatedAlarm(BEGIN)

    async def crawl(_site: str) -> int:
        return 0

    monitor = Monitor(alarm, crawl, lambda _site, _now: Past(), lambda: 0.0, 1)
    mine.write(mine.file_of(database), ["taz"])
    await ProfileReader(Orders(database, None, (), "30 min", 1), monitor).read()
    assert set(monitor.lines) == {"taz"}
    mine.write(mine.file_of(database), ["taz", "bbc"])
    await alarm.run(BEGIN + timedelta(minutes=1))
    assert set(monitor.lines) == {"taz", "bbc"}
    mine.write(mine.file_of(database), [])
    await alarm.run(BEGIN + timedelta(minutes=2))
    assert set(monitor.lines) == set()


def test_a_named_paper_is_followed_though_it_is_off(database):
    assert [name for name, _ in follow(Orders(database, None, ("orf",), "30 min", 1))] == ["orf"]


@pytest.mark.parametrize(
    ("args", "expected", "count"),
    [
        (("taz",), "taz", "1 paper"),
        (("--country", "at"), "orf", "5 papers"),
        (("--country", "UK", "guardian"), "guardian", "1 paper"),
        (("--language", "zh"), "people_cn", "2 papers"),
        (("derstandard.de",), "derstandard", "1 paper"),
    ],
)
def test_papers_are_found_by_word_host_country_and_language(ask, args, expected, count):
    ran = ask("papers", *args)
    assert expected in ran.out.split()
    assert f"\n{count}, none of them on." in ran.out


def test_all_papers_are_listed_with_country_and_language_and_what_is_on(ask):
    ask("enable", "taz")
    ran = ask("papers")
    assert "on  taz                     de  de         Die Tageszeitung (taz)\n" in ran.out
    assert "175 papers, 1 of them on." in ran.out
    assert "    wanted" in ask("list", "--all").out
    assert ask("papers", "no such paper").status == 1
