"""Housekeeping's small decisions: names of backups, spans, room on the disk, what may go, the log's bounds."""

import shutil
import sys
from argparse import ArgumentParser
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.article import span
from crawler.command import MOST, bounded
from crawler.commands.crawl import Command
from crawler.housekeeping.backup import superseded, target_of
from crawler.housekeeping.captures import Capture, parse
from crawler.housekeeping.compact import merge_full_text, without_room
from crawler.housekeeping.prune import may_go
from pipelines.archive.database import ArchiveError, transaction
from pipelines.archive.lease import Lease, LeaseHeldError, oldest_start, standstill
from tests.make import MT, NOW, fresh_archive, keep, visit

Usage = namedtuple("Usage", "total used free")
DATABASE = Path("news.db")


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("10 min", 10),
        ("2h", 120),
        ("30 mins", 30),
        ("10 minutes", 10),
        ("1 week", 10_080),
        ("90d", 90 * 24 * 60),
        ("365 d", 525_600),
        ("2y", 1_051_200),
    ],
)
def test_spans_are_written_with_or_without_a_blank(written, minutes):
    assert span(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize("written", ["101 y", "99999999 d", "2 months", "1_0 d", "٣ d", " 1 d"])
def test_a_span_beyond_the_calendar_or_in_other_words_is_refused(written):
    with pytest.raises(ValueError, match="expected a span such as"):
        span(written)


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ("demo-1.warc.gz:61274:sha1:PB2TP5HD", [Capture("demo-1.warc.gz", 61274, "sha1:PB2TP5HD")]),
        ("demo-1.warc.gz:0:", [Capture("demo-1.warc.gz", 0, "")]),
        ("2024:12:old.warc.gz:7:md5:ab=", [Capture("2024:12:old.warc.gz", 7, "md5:ab=")]),
        ("no capture", []),
        ("a b.warc.gz:1:x c.warc.gz:2:sha1:y", [Capture("a b.warc.gz", 1, "x"), Capture("c.warc.gz", 2, "sha1:y")]),
    ],
)
def test_captures_are_read_from_their_columns(written, parsed):
    assert parse(written) == tuple(parsed)


def test_a_backup_in_a_folder_is_named_after_the_archive_and_the_time(tmp_path):
    at = datetime(2024, 12, 9, 11, 2, tzinfo=UTC)
    assert target_of(tmp_path, DATABASE, at) == tmp_path / "news-2024-12-09T110200Z.db"
    assert target_of(tmp_path / "copy.db", DATABASE, at) == tmp_path / "copy.db"
    (tmp_path / "copy.db").touch()
    with pytest.raises(ArchiveError, match="is there already"):
        target_of(tmp_path / "copy.db", DATABASE, at)
    with pytest.raises(ArchiveError, match="there is no folder"):
        target_of(tmp_path / "none" / "copy.db", DATABASE, at)


def test_only_backups_of_this_archive_count_and_the_newest_stay():
    ours = [f"news-2024-12-0{day}T110200Z.db" for day in (3, 1, 2)]
    others = ["news.db", "old-news-2024-11-01T110200Z.db", "news-of-2024.db"]
    assert superseded(ours + others, DATABASE, 1) == sorted(ours)[:2]
    assert superseded(ours + others, DATABASE, 3) == []
    assert superseded(ours + others, DATABASE, 9) == []
    broken_off = [f"{ours[1]}.part", f"{ours[1]}.part-journal"]
    assert superseded([*ours, *broken_off, f"{ours[0]}.part"], DATABASE, 1) == sorted([*ours[1:], *broken_off])
    assert superseded(broken_off, DATABASE, 1) == [], "nothing is kept yet"


def test_folders_on_one_disk_share_its_room(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1000, 900, 100))
    (tmp_path / "tmp").mkdir()
    assert without_room(50, {tmp_path: 1, tmp_path / "tmp": 1}) is None
    told = without_room(51, {tmp_path: 1, tmp_path / "tmp": 1})
    assert told == f"writing the archive anew takes 102 bytes on the disk of {tmp_path}, where 100 are free"


@pytest.mark.parametrize(
    ("hours_ago", "kept_hours", "running_since", "goes"),
    [
        (100, 99, None, True),
        (100, 101, None, False),
        (20, 1, None, False),  # a crawl without a lease may still write to it
        (100, 1, 101, False),  # so may one that began before
        (100, 1, 99, True),
    ],
)
def test_a_warc_file_goes_only_when_it_is_old_and_no_crawls_that_runs(hours_ago, kept_hours, running_since, goes):
    written, before = NOW - timedelta(hours=hours_ago), NOW - timedelta(hours=kept_hours)
    start = None if running_since is None else NOW - timedelta(hours=running_since)
    assert may_go(written, before, NOW, start) is goes


def test_a_full_log_is_put_aside_and_only_one_former_one_is_kept(tmp_path):
    log, former = tmp_path / "vestnik.log", tmp_path / "vestnik.log.1"
    former.write_text("the day before")
    log.write_text("short")
    assert bounded(log).read_text() == "short"
    with log.open("ab") as file:
        file.truncate(MOST)
    assert bounded(log).exists()
    assert former.read_text() == "the day before"
    with log.open("ab") as file:
        file.truncate(MOST + 1)
    assert not bounded(log).exists()
    assert former.stat().st_size == MOST + 1
    assert bounded(log) == log, "and one that is not there is as good"


def test_a_crawl_on_a_terminal_puts_a_full_log_aside_and_one_elsewhere_leaves_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Path("vestnik.log").open("ab") as file:
        file.truncate(MOST + 1)
    for is_terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda is_terminal=is_terminal: is_terminal)
        command = Command()
        command.settings = Settings()
        parser = ArgumentParser()
        command.add_options(parser)
        command.process_options(["demo"], parser.parse_args([]))
        assert command.settings["LOG_FILE"] == ("vestnik.log" if is_terminal else None)
        assert Path("vestnik.log.1").exists() is is_terminal
    assert not Path("vestnik.log").exists()


def test_the_search_index_becomes_one_piece_however_few_there_were():
    db = fresh_archive()
    pieces = "select count(distinct segid) from articles_fts_idx"
    for n in (1, 2):
        with transaction(db):
            keep(db, visit(f"{MT}/2024/12/09/piece-a{n}", title=f"Piece {n}"))
    assert db.execute(pieces).fetchone()[0] == 2
    merge_full_text(db)
    assert db.execute(pieces).fetchone()[0] == 1
    assert db.execute("select count(*) from articles_fts where articles_fts match 'piece'").fetchone()[0] == 2


def test_a_standstill_holds_every_lease_or_none(tmp_path):
    database = tmp_path / "news.db"
    one, other = (Lease(database, site, "crawl", NOW) for site in ("gazette", "herald"))
    one.release()
    assert oldest_start(database) == other.path.stat().st_mtime
    with standstill(database, "compacting", NOW) as others:
        assert [name.partition(" ")[0] for name in others] == ["herald.crawl"]
        Lease(database, "gazette", "crawl", NOW).release()  # nothing is held
    other.release()
    with standstill(database, "compacting", NOW) as others:
        assert others == []
        with pytest.raises(LeaseHeldError, match=r"another crawl of herald is running: compacting, since 2024-12-09"):
            Lease(database, "herald", "crawl", NOW)
    Lease(database, "herald", "crawl", NOW).release()
    assert oldest_start(database) is None


def test_a_shared_lease_has_many_holders_and_each_of_them_keeps_a_standstill_off(tmp_path):
    database = tmp_path / "news.db"
    one, other = (Lease(database, "any site", "urls", NOW, shared=True) for _ in range(2))
    started = one.path.stat().st_mtime
    one.release()
    assert oldest_start(database) == started
    with standstill(database, "compacting", NOW) as others:
        assert others == ["any_site.urls (since 2024-12-09T12:00:00Z)"]
    other.release()
    with standstill(database, "compacting", NOW) as others:
        assert others == []
        with pytest.raises(LeaseHeldError, match=r"no urls can run now, .* compacting, since 2024-12-09"):
            Lease(database, "any site", "urls", NOW, shared=True)
    Lease(database, "any site", "urls", NOW, shared=True).release()
