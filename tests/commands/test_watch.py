"""Watches on a real crawl, sent to a real mail server and a real webhook on loopback, which both fail at first."""

import json
import re
import socket
import subprocess
import threading
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from crawler.article import utc_text
from crawler.errors import HELD
from demo.clock import PRESENT
from demo.server import PaperServer
from pipelines.archive.database import open_archive
from pipelines.archive.lease import Lease
from tests.crawling import Running, crawl, profile_for
from tests.make import NOW
from tests.starter import SCRAPY, run

WATCHES = """
[targets]
mail = "mailto://127.0.0.1:$SMTP_PORT/?from=vestnik@news.example&to=desk@news.example&mode=insecure"
hook = "json://127.0.0.1:$HOOK_PORT/alerts"

[[watch]]
name = "All that is new"
targets = ["mail", "hook"]

[[watch]]
name = "Misspelt"
events = ["news"]
targets = ["mail"]
"""


class MailServer:
    """Takes mail, after it has refused some."""

    port = 0

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.mails: list[Any] = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  # aiosmtpd's name
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


class HookServer(ThreadingHTTPServer):
    """Counts what it was asked, and keeps what it took."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.asked = 0
        self.taken: list[Any] = []


class Hook(BaseHTTPRequestHandler):
    """Takes messages, after it has failed for some."""

    server: HookServer

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        failing = self.server.asked <= 1
        self.send_response(503 if failing else 200)
        self.end_headers()
        if not failing:
            self.server.taken.append(json.loads(body))

    def log_message(self, *_args):
        """Be silent."""


@pytest.fixture
def hook():
    server = HookServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def mail():
    handler = MailServer(refusals=1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def watch(folder: Path, *arguments: str, **environment: object) -> subprocess.CompletedProcess[str]:
    command = [*SCRAPY, "watch", *arguments]
    command += ["-s", f"DATABASE={folder / 'news.db'}", "-s", f"WATCHES={folder / 'watches.toml'}"]
    command += ["-s", "READING_ROOM_URL=https://room.example"]
    variables = {"PATH": "/usr/bin:/bin", "SMTP_PORT": "1", "HOOK_PORT": "1"} | {
        k: str(v) for k, v in environment.items()
    }
    return run(command, env=variables, timeout=200)


def test_what_is_new_reaches_mail_and_webhook_once_though_both_fail_at_first(tmp_path, mail, hook, monkeypatch):
    (tmp_path / "watches.toml").write_text(WATCHES, "utf-8")
    ports = {"SMTP_PORT": mail.port, "HOOK_PORT": hook.server_address[1]}
    for name, port in ports.items():
        monkeypatch.setenv(name, str(port))
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, tmp_path / "sites")
        settings = {"SITES_DIR": sites, "WATCHES": tmp_path / "watches.toml"}
        first = crawl("demo", tmp_path / "news.db", **settings, CRAWL_TIME=utc_text(PRESENT))
        assert first.status == 0, first.said
        ((there,),) = first.rows("select message from alerts")  # of all that was there already, one message
        assert re.fullmatch(r"The Velmora Herald \(demo\): \d+ articles were there already; .*", there), there
        server.now = PRESENT + timedelta(days=1, hours=5)
        done = crawl("demo", tmp_path / "news.db", **settings, CRAWL_TIME=utc_text(server.now))
    assert done.status == 0, done.said
    assert "watches.toml, line 12: events: 'news'; expected some of" in done.said
    alerts = done.one("select count(*) from alerts")
    new = done.one("select count(*) from alerts where article_id is not null")
    assert 1 < new == alerts - 1 < done.one("select count(*) from articles")

    with (tmp_path / "watches.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[watch]]\nname = "Written since"\ntargets = ["mail"]\n')
    failed = watch(tmp_path, "send", **ports)
    assert failed.returncode == 1, failed.stderr
    assert "0 messages sent, 2 could not be delivered and will be tried again" in failed.stdout
    assert done.rows("select target, attempts, sent_at, error is not null from deliveries group by 1 order by 1") == [
        ("hook", 1, None, 1), ("mail", 1, None, 1),
    ]  # fmt: skip
    assert "SMTP" not in str(done.rows("select * from watches")), "no address of a target is in the archive"
    assert done.one("select enabled from watches where name = 'Written since'") == 1
    db = open_archive(tmp_path / "news.db")
    db.execute("update deliveries set next_try_at = '2025-01-01T00:00:00Z'")  # the pause is over
    db.close()

    taken = watch(tmp_path, "send", **ports)
    assert taken.stdout == "2 messages sent\n", taken.stderr
    assert watch(tmp_path, "send", **ports).stdout == ""
    (letter,), (message,) = mail.mails, hook.taken
    assert letter["subject"] == f"All that is new: {alerts} alerts"
    assert letter["to"] == "desk@news.example"
    assert message["message"].count("https://room.example/news/articles/") == new
    assert message["message"].count("The Velmora Herald (demo) · ") == new
    assert letter.get_body(("plain",)).get_content().count("https://room.example/news/articles/") == new
    assert there in message["message"]


def test_what_a_watch_says_and_would_have_told(tmp_path):
    (tmp_path / "watches.toml").write_text(WATCHES, "utf-8")
    open_archive(tmp_path / "news.db").close()
    listed = watch(tmp_path, "list")
    assert listed.stdout == "All that is new: new → mail, hook\n"
    assert "Error: watches.toml, line 12: events" in listed.stderr
    tried = watch(tmp_path, "test", "All that is new")
    assert tried.stdout.endswith("0 alerts in the last 7 days, to mail, hook; nothing was sent\n")
    down = watch(tmp_path, "ping", "hook")
    assert (down.returncode, down.stdout) == (1, "")
    assert "Error: hook did not take the test: " in down.stderr
    unknown = watch(tmp_path, "test", "Nothing")
    assert "has no watch named 'Nothing'; there are: 'All that is new'" in unknown.stderr
    lease = Lease(tmp_path / "news.db", "this archive", "sending", NOW)
    assert watch(tmp_path, "send").returncode == HELD
    lease.release()


def test_a_watch_that_is_written_while_a_crawl_runs_holds_from_then_on(tmp_path):
    file = tmp_path / "watches.toml"
    file.write_text("", "utf-8")
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, tmp_path / "sites")
        slowly: dict[str, Any] = {"DOWNLOAD_DELAY": 2, "LOGSTATS_INTERVAL": 0.1, "CRAWL_TIME": utc_text(PRESENT)}
        with Running("demo", tmp_path / "news.db", SITES_DIR=sites, WATCHES=file, **slowly) as running:
            running.until_stored(0)
            file.write_text(
                '[targets]\na = "json://127.0.0.1:9/"\n[[watch]]\nname = "Late"\ntargets = ["a"]\n', "utf-8"
            )
            running.until(lambda: running.one("select max(name) from watches where enabled") == "Late")
