"""What can be served, and the sentences for what cannot."""

import errno
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from reading_room.__main__ import leaves_foreign_files, listen, trouble, why_not_listening
from reading_room.room import open_room
from tests.reading_room.archive_rows import add_articles, make_archive
from tests.reading_room.reading import rows


async def test_the_archive_cannot_be_written(archive, room):
    before = archive.read_bytes()
    for path in ("/news?sql=delete+from+articles", "/news?sql=insert+into+tags(name)+values('x')"):
        assert (await room.client.get(path)).status_code == 400
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await room.get_database("news").execute("insert into tags (name) values ('x')")
    assert archive.read_bytes() == before


async def test_what_a_crawl_writes_meanwhile_is_seen(tmp_path):
    room = open_room(make_archive(tmp_path / "news.db"))
    assert len(await rows(room, "/news/articles.json?_shape=array")) == 12
    add_articles(tmp_path / "news.db", 1, "2024-12-10T00:00:00Z")
    assert (await rows(room, "/news/articles.json?_shape=array"))[0]["title"] == "Tied 0"


def test_a_good_archive_is_no_trouble(archive):
    assert trouble(archive) is None


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda _: None, "make demo.*scrapy crawl moscowtimes"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b""), "not an archive of Vestnik.*make demo"),
        (lambda path: path.write_text("not a database, but long enough to be one" * 50), "cannot be read"),
        (
            lambda path: Database(path).table("articles").insert({"id": 1, "title": "another program's"}),
            "not an archive",
        ),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(tmp_path, make, told):
    make(tmp_path / "news.db")
    sentence = trouble(tmp_path / "news.db")
    assert sentence
    assert re.search(told, sentence)
    assert "\n" not in sentence


def test_an_older_archive_is_told_with_the_command_that_brings_it_up_to_date(tmp_path):
    path = make_archive(tmp_path / "news.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("delete from _sqlite_migrations where name = 'm011_findings'")
    assert re.search(
        rf"older Vestnik.*: scrapy archive compact -s DATABASE={re.escape(str(path))}$", trouble(path) or ""
    )


def test_a_newer_archive_is_told(tmp_path):
    path = make_archive(tmp_path / "news.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("update _sqlite_migrations set name = 'm999_tomorrow' where name = 'm011_findings'")
    assert re.search("newer Vestnik.*m999_tomorrow.*upgrade", trouble(path) or "")


def test_a_name_that_sqlite_would_misread_is_told(tmp_path):
    assert "rename" in (trouble(make_archive(tmp_path / "what?.db")) or "")


@pytest.mark.parametrize(
    ("owner", "me", "can_write_beside", "leaves"),
    [(7, 7, True, False), (7, 0, True, False), (7, 8, True, True), (7, 8, False, False)],
)
def test_reading_anothers_archive_would_leave_files_it_cannot_write(owner, me, can_write_beside, leaves):
    assert leaves_foreign_files(owner, me, can_write_beside) is leaves


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reading_room", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, cwd=Path(__file__).parents[2])


def test_serving_nothing_ends_with_a_sentence(tmp_path):
    done = serve("--database", str(tmp_path / "none.db"))
    assert done.returncode == 1
    assert done.stderr.startswith("There is no archive at")
    assert done.stderr.count("\n") == 1


def test_a_taken_port_ends_with_a_sentence(archive):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = serve("--database", str(archive), "--port", str(port))
    assert done.returncode == 1
    assert re.fullmatch(rf"Port {port} on 127.0.0.1 is in use, .+\. Try another: make serve PORT=\d+\n", done.stderr)


@pytest.mark.parametrize(
    ("error", "port", "told"),
    [
        (OSError(errno.EADDRINUSE, "in use"), 8001, "Port 8001 on here is in use.*PORT=8002"),
        (OSError(errno.EACCES, "no"), 80, "Port 80 is for the system's own services"),
        (OSError(errno.EADDRNOTAVAIL, "no"), 8001, "no address here"),
        (OSError(errno.ENOTSOCK, "Socket operation"), 8001, "Cannot listen on here, port 8001: Socket operation"),
        (OverflowError("bind"), 99999, "no port 99999.*PORT=8001"),
    ],
)
def test_why_a_port_cannot_be_had_is_told_without_numbers_of_errors(error, port, told):
    sentence = why_not_listening("here", port, error)
    assert re.search(told, sentence)
    assert "Errno" not in sentence


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_are_sent_off_at_once(host):
    try:
        listening = listen(host, 0)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with listening:
        assert listening.proto == socket.IPPROTO_TCP  # what asyncio wants to see before it sets TCP_NODELAY


def test_serving_prints_its_address_and_answers_there(archive):
    command = [sys.executable, "-m", "reading_room", "--database", str(archive), "--port", "0", "--public"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://127\.0\.0\.1:(\d+)/", server.stdout.readline())
            assert address
            assert "public" in address.string
            with socket.create_connection(("127.0.0.1", int(address[1])), timeout=30) as client:
                client.sendall(b"GET /news/tags.json?_shape=array HTTP/1.0\r\nHost: localhost\r\n\r\n")
                answer = b"".join(iter(lambda: client.recv(65536), b""))
        finally:
            server.terminate()
    assert b" 200 OK" in answer
    assert b"ferries" in answer
