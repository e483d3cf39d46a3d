"""A sound archive has nothing to tell; each kind of damage is a sentence that says what to do."""

import random
from contextlib import closing

import pytest

from crawler.article import Candidate, Link, Source
from crawler.housekeeping import Job
from crawler.housekeeping.captures import parse, wrong_captures
from crawler.housekeeping.verify import merged_by_content, verify
from pipelines.archive import ledger
from pipelines.archive.database import open_archive, transaction
from pipelines.archive.lease import Lease
from pipelines.archive.ledger import Entry
from pipelines.archive.reading import open_for_reading
from tests.make import MT, NOW, SITES, keep, visit
from tests.warc_recording import Recording, sha1

TITLES = ("Harbour Opens", "Café cafe\u0301s & “Ąę”", "港口重新开放", "— … —", 'A "quoted" one-off\0', "Ferry")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "news.db"
    with closing(open_archive(path)) as db, transaction(db):
        for n, title in enumerate(TITLES, 1):
            links = (Link("related", 0, f"{MT}/2024/12/09/other-a{n - 1}", "Other"),)
            lines = tuple(f"{title} is what paragraph {m} of piece {n} is about." for m in range(3))
            keep(db, visit(f"{MT}/2024/12/09/piece-a{n}", title=title, paragraphs=lines, links=links))
        url = f"{MT}/2024/12/09/waiting-a77"
        entry = Entry(Candidate(url, Source.FEED, f"{MT}/rss/news"), "moscowtimes", SITES.address_key(url))
        ledger.note(db, [entry], NOW)
    return path


def told(path, *, thorough=False, captures=None):
    said: list[str] = []
    with closing(open_for_reading(path)) as db:
        sound = verify(Job(path, captures, NOW, said.append), db, thorough=thorough)
    return sound, said


def spoil(path, *statements):
    with closing(open_archive(path)) as db:
        db.execute("pragma foreign_keys=off")
        for statement in statements:
            db.execute(statement)


@pytest.mark.parametrize("thorough", [False, True])
def test_a_sound_archive_has_nothing_to_tell_whatever_the_words(path, thorough):
    assert told(path, thorough=thorough) == (True, [f"{path} is sound: 6 articles"])


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("update links set target_id = 99 where target_id = 1", "1 links lead to articles that are not there"),
        (
            "insert into links(article_id, kind, position, href, address_key, nth)"
            " select article_id, kind, 3, href, address_key, nth from links where article_id = 4",
            "1 links stand twice in an article",
        ),
        ("delete from article_urls where article_id = 3", "1 articles have no address"),
        ("delete from _address_keys where article_id = 3", "1 articles are not known by their own key"),
        ("update candidates set outcome = 'alias'", "1 addresses are settled as stored or alias without an article"),
        ("update articles set duplicate_of = id - 1 where id in (3, 4)", "1 articles repeat one that repeats another"),
        ("insert into stories(id, articles) values (5, 2)", "1 stories count other articles than they have"),
        ("update articles set story_id = 5 where id = 2", "1 articles are in another story than they say"),
        ("insert into blocks values (99, 0, 'x', null)", "1 rows of blocks name rows of articles that are not there"),
        (
            "insert into articles_fts(articles_fts, rowid, title, standfirst, text) select 'delete', id, title,"
            " standfirst, text from articles where id = 6",
            "search lacks 1 articles and knows 0 that are not there; make the index anew, when no crawl runs: sqlite3",
        ),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_told_with_its_number(path, statement, sentence):
    spoil(path, statement)
    sound, said = told(path)
    assert not sound
    assert [line for line in said if line.startswith(sentence)], said
    assert all(";" in line for line in said), "each says what to do"


def test_an_index_with_other_words_is_found_out_by_the_words_of_articles(path):
    random.seed(1)
    spoil(path, "drop trigger articles_au", "update articles set title = 'Zz', text = 'quite other words'")
    sound, said = told(path)
    assert not sound
    assert "search does not find articles by words of their own, such as number" in said[0]
    assert "search does not fit the texts" in "".join(told(path, thorough=True)[1])


def test_the_whole_index_is_left_to_a_time_without_crawls_and_that_is_said(path):
    spoil(path, "drop trigger articles_au", "update articles set text = replace(text, ' about', '')")
    lease = Lease(path, "moscowtimes", "crawl", NOW)
    sound, said = told(path, thorough=True)
    assert sound, said
    assert "the search index was only sampled" in said[0]
    assert "moscowtimes.crawl (process" in said[0]
    lease.release()
    assert "search does not fit the texts" in told(path, thorough=True)[1][0]


def test_a_damaged_file_is_told_with_what_can_be_saved(path):
    with path.open("r+b") as file:
        file.seek(4096 * 12 + 3)
        file.write(b"\xff" * 40)
    sound, said = told(path)
    assert not sound
    assert said[0].startswith(f"{path} is damaged")
    assert said[0].endswith(f"restore a backup, or save what is readable with: sqlite3 {path} .recover")


@pytest.fixture
def warc(tmp_path):
    recording = Recording(tmp_path / "demo-1.warc.gz")
    offsets = recording.add(), recording.add(body=b"<h1>other</h1>")
    recording.save()
    return tmp_path, offsets


def test_captures_are_read_where_rows_say_they_lie(warc):
    folder, (first, second) = warc
    good = [f"demo-1.warc.gz:{first}:", f"demo-1.warc.gz:{second}:{sha1(b'<h1>other</h1>')}"]
    assert list(wrong_captures(folder, [(n, one, parse(one)) for n, one in enumerate(good)])) == []
    bad = [
        f"demo-1.warc.gz:{first}:{sha1(b'<h1>other</h1>')}",
        f"demo-1.warc.gz:{first + 1}:",
        "demo-1.warc.gz:999999:",
        "lost.warc.gz:0:",
        "lost.warc.gz:7:",
        "nonsense",
    ]
    said = list(wrong_captures(folder, [(n, one, parse(one)) for n, one in enumerate(bad)]))
    assert f"article 0: {folder / 'demo-1.warc.gz'} at byte {first}: the page does not fit its digest sha1:" in said[0]
    assert "article 1: " in said[1]
    assert "not readable" in said[1]
    assert "there is no record" in said[2]
    assert said[3] == "article 5 names a capture that is none: nonsense"
    assert "2 captures of those looked at lie in 1 file that" in said[4]
    assert "(lost.warc.gz); put them there" in said[4]


def test_articles_whose_captures_cannot_be_looked_at_are_no_trouble_but_told(path, warc):
    folder, (first, _) = warc
    spoil(path, f"update articles set capture = 'demo-1.warc.gz:{first}:' where id = 1")  # noqa: S608
    assert told(path, captures=folder) == (True, [f"{path} is sound: 6 articles"])
    assert told(path)[0]
    assert told(path)[1][0].startswith("captures were not looked at: name the folder")
    spoil(path, "update articles set capture = 'gone.warc.gz:1:' where id = 1")
    assert not told(path, captures=folder)[0]


def test_rows_that_earlier_versions_merged_by_content_are_named_and_are_no_trouble(db):
    keep(db, visit(f"{MT}/2024/12/09/council-decides-a100"))
    db.execute("insert into merges values (7, 1, '2024-12-09T12:00:00Z', 'equal title, text and time')")
    db.execute("insert into merges values (8, 1, '2024-12-09T12:00:00Z', 'the address moscowtimes:100')")
    (told,) = merged_by_content(db)
    assert told.startswith(f"article 1 ({MT}/2024/12/09/council-decides-a100) took in 1 row (7) by equal title")
