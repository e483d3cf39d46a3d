"""An article that must not be kept leaves no byte of its text in the archive, and none in WARC files."""

import gzip
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.discovery.warc import index, read
from crawler.errors import SetupError
from crawler.housekeeping import Job
from crawler.housekeeping.forget import Order, forget
from pipelines.archive.database import open_archive, transaction
from tests.make import MT, NOW, SITES, keep, visit
from tests.warc_recording import Recording

SENTENCE = b"Quillfeather signed the papers in the boathouse at dusk."
WORD = b"quillfeather"  # as full text has it
URL, OLD, OTHER = (f"{MT}/2024/12/09/{slug}" for slug in ("papers-signed-a1", "papers-to-be-signed-a1", "other-a2"))
PAGE = b"<html><p>" + SENTENCE + b"</p></html>"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "news.db"
    with closing(open_archive(path)) as db:
        db.execute("insert into articles_fts(articles_fts, rank) values ('automerge', 0)")  # else chance may merge it
        with transaction(db):
            for n in range(2, 7):
                lines = tuple(f"Line {m} of article {n} is about the weather in {n * m} towns." for m in range(9))
                keep(db, visit(f"{MT}/2024/12/09/other-a{n}", title=f"Weather {n}", paragraphs=lines))
        text = tuple(f"{SENTENCE.decode()} This was line {n}." for n in range(60))
        with transaction(db):
            keep(db, visit(URL, OLD, title="Papers Signed", paragraphs=text))
        with transaction(db):
            keep(db, visit(URL, minutes=90, title="Papers Signed at Last", paragraphs=text[::-1]))
        assert db.execute("select count(distinct segid) from articles_fts_idx").fetchone()[0] > 2
        blocks = [bytes(block) for (block,) in db.execute("select block from articles_fts_data")]
        assert sum(WORD in block for block in blocks) > 1, "the index has it in several pieces"
    return path


@pytest.fixture
def path(made, tmp_path):
    return Path(shutil.copy(made, tmp_path))


def forgotten(path, name=OLD, *, warc=None, dry_run=False):
    said: list[str] = []
    forget(Job(path, None, NOW, said.append), SITES, Order(name, "a court's order", warc, dry_run))
    return said


def files_with(path, words):
    return {one.name for one in path.parent.glob(f"{path.name}*") if words.lower() in one.read_bytes().lower()}


def test_no_byte_of_its_text_is_left_in_the_archive_or_its_log(path):
    assert files_with(path, SENTENCE)
    assert files_with(path, WORD)
    said = forgotten(path)
    assert said[0] == f"article 6: Papers Signed at Last (2024-12-09T09:00:00Z), {URL}"
    assert said[1].startswith("gone: articles 1, ")
    assert "revisions 1" in said[1]
    assert "Backups and exports still hold it" in said[-1]
    assert files_with(path, SENTENCE) == set()
    assert files_with(path, WORD) == set()
    with closing(open_archive(path)) as db:
        assert db.execute("select count(*) from articles").fetchone()[0] == 5
        assert db.execute("select count(*) from articles_fts where articles_fts match 'weather'").fetchone()[0] == 5
        assert db.execute("select reason from forgotten").fetchone()[0] == "a court's order"


def test_a_rehearsal_says_what_would_go_and_changes_nothing(path):
    with closing(sqlite3.connect(path)) as db:
        before = list(db.iterdump())
        said = forgotten(path, "6", dry_run=True)
        assert said[1].startswith("would go: articles 1, ")
        assert said[1].endswith("nothing was changed")
        assert list(db.iterdump()) == before


def test_whoever_still_reads_keeps_the_text_in_the_log_and_that_is_said(path, monkeypatch):
    monkeypatch.setattr("crawler.housekeeping.compact._PATIENCE", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from articles").fetchone()
        assert any("still holds the text until those close who read" in line for line in forgotten(path))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("99", "no article goes by 99"),
        ("papers", "papers is neither an address nor the number of an article"),
        (f"{MT}/2024/12/09/none-a99", "no article goes by"),
    ],
)
def test_what_is_not_there_is_told(path, name, sentence):
    with pytest.raises(SetupError, match=sentence):
        forgotten(path, name)


def test_an_address_that_may_be_of_several_articles_forgets_none(path):
    with closing(open_archive(path)) as db:
        db.execute(
            "insert into _address_keys(address_key, article_id) values ('moscowtimes~x', 2), ('moscowtimes~x', 3)"
        )
    with pytest.raises(SetupError, match="may be any of the articles 2, 3; name one by its number"):
        forgotten(path, f"{MT}/2024/12/09/x")


@pytest.fixture
def warc(tmp_path):
    """A recording with the article's page, its redirect and a later fetch among the pages of others."""
    folder = tmp_path / "warc"
    folder.mkdir()
    for name, zipped in (("demo-1.warc.gz", True), ("demo-2.warc", False)):
        recording = Recording(folder / name, zipped=zipped)
        recording.add(OTHER)
        recording.add(OLD, b"", status="HTTP/1.1 301 Moved", headers=(("Location", URL),))
        recording.add(URL, PAGE + b"x" * 100_000)
        recording.add(f"{MT}/2024/12/09/third-a3")
        recording.add(f"{URL}?utm_source=feed", PAGE)
        recording.add(f"{MT}/rss/news", b"<rss/>")
        recording.save()
    return folder


def records(path):
    with path.open("rb") as file:
        found = ArchiveIterator(file)
        return [
            (
                found.get_record_offset(),
                one.rec_type,
                one.rec_headers.get_header("WARC-Target-URI"),
                one.raw_stream.read(),
            )
            for one in found
        ]


def test_its_records_are_blank_and_all_others_stand_where_they_stood(path, warc):
    before = {one.name: (one.stat().st_size, one.stat().st_mtime, records(one)) for one in warc.iterdir()}
    said = forgotten(path, warc=warc)
    assert f"{warc / 'demo-1.warc.gz'}: 3 records overwritten" in said
    assert f"{warc / 'demo-2.warc'}: 3 records overwritten" in said
    for one in warc.iterdir():
        size, written, were = before[one.name]
        are = records(one)
        assert (one.stat().st_size, one.stat().st_mtime) == (size, written)
        assert [record[0] for record in are] == [record[0] for record in were]
        assert [record for n, record in enumerate(are) if n not in (1, 2, 4)] == [were[0], were[3], were[5]]
        assert {(record[1], record[2], record[3].strip()) for n, record in enumerate(are) if n in (1, 2, 4)} == {
            ("metadata", None, b"")
        }
        data = one.read_bytes()
        plain = gzip.decompress(data) if one.suffix == ".gz" else data
        assert b"papers-" not in plain
        assert SENTENCE not in plain
    whole = index(sorted(warc.iterdir()))
    assert whole.damaged == ()
    assert len([read(capture) for capture in whole.captures]) == 6


def test_warc_files_that_turn_up_later_are_found_by_the_tombstone(path, warc):
    forgotten(path)
    said = forgotten(path, warc=warc)
    assert said[0] == f"{OLD} was forgotten before; the archive holds nothing of it"
    assert f"{warc / 'demo-1.warc.gz'}: 3 records overwritten" in said
    assert len(forgotten(path, warc=warc)) == 1, "there is nothing left to overwrite"


def test_files_that_are_known_to_hold_it_are_named(path, warc):
    with closing(open_archive(path)) as db:
        db.execute("update articles set capture = 'demo-9.warc.gz:7:' where id = 6")
    assert "WARC files may hold copies of its page, in demo-9.warc.gz for certain: --warc DIR overwrites them" in (
        forgotten(path, dry_run=True)
    )
    said = forgotten(path, warc=warc, dry_run=True)
    assert f"{warc / 'demo-1.warc.gz'}: 3 records to overwrite" in said
    assert f"{warc} lacks files that hold copies of its page: demo-9.warc.gz" in said
    assert SENTENCE in gzip.decompress((warc / "demo-1.warc.gz").read_bytes())
