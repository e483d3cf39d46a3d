"""A search saved as a watch: by whom, into which file, with what shown before; and a target tried."""

import re
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlencode

import pytest

from pipelines.watching.watches import load
from reading_room.__main__ import is_here
from reading_room.room import open_room
from reading_room.watching import from_here
from tests.reading_room.reading import page, words

FILE = """# Mine.
[targets]
desk = "json://127.0.0.1:9/"  # by day
night = "json://127.0.0.1:9/$NOT_SET_HERE"

[[watch]]
name = "Snow"
query = "snow"  # and ice
targets = ["desk"]
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "watches.toml").write_text(FILE, "utf-8")
    return tmp_path / "watches.toml"


@pytest.fixture
def room(archive, file):
    return open_room(archive, watches=file)


async def post(room, *, form=None, headers=None, **given):
    """Send the form as a browser does: with the cookie and the token of the form, unless another is given."""
    opened = await room.client.get("/watch")
    own = re.findall(r'name="csrftoken" value="([^"]+)"', opened.text)[0]
    body = urlencode({"csrftoken": own if form is None else form, **given}, doseq=True)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return await room.client.post(
        "/watch", content=body, cookies=dict(opened.cookies), headers={**kind, **(headers or {})}
    )


FERRIES = {"do": "save", "name": "Ferries", "q": "ferry OR boat", "site": "harbour", "event": ["new", "gone"]}


async def test_a_search_is_saved_as_a_watch_and_comments_stay(room, file):
    saved = await post(room, **FERRIES, target=["desk"], digest="2 h")
    assert (saved.status_code, saved.headers["location"]) == (302, "/watch")
    assert file.read_text("utf-8").startswith(FILE)
    ferries = load(file).watches[1]
    assert (ferries.query, ferries.sites, ferries.events, ferries.digest) == (
        "ferry OR boat", ("harbour",), ("new", "gone"), "2 h",
    )  # fmt: skip
    assert "Ferries" in await page(room, "/watch")


async def test_a_watch_is_changed_renamed_and_removed(room, file):
    form = await page(room, "/watch?was=Snow")
    assert 'value="snow"' in form
    await post(room, do="save", was="Snow", name="Snow and sleet", q="snow OR sleet", event="new", target="desk")
    assert [watch.name for watch in load(file).watches] == ["Snow and sleet"]
    assert 'query = "snow OR sleet"  # and ice' in file.read_text("utf-8")
    await post(room, do="remove", was="Snow and sleet")
    assert file.read_text("utf-8") == FILE.partition("[[watch]]")[0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": ""}, "name: '' expected some words"),
        ({"name": "Snow"}, "'Snow' is the name of another watch"),
        ({"q": "ferry OR"}, "query: AND, OR and NOT in capitals stand between two words"),
        ({"event": "newest"}, "events: 'newest'; expected some of: new"),
        ({"target": "nobody"}, "'nobody' is not in [targets]; there are: desk, night"),
        ({"target": []}, "targets: expected at least one name"),
        ({"digest": "soon"}, "digest: 'soon'; expected a span"),
        ({"kind": "gossip"}, "kinds: Invalid enum value 'gossip'"),
    ],
)
async def test_what_is_wrong_with_a_watch_is_told_and_nothing_is_written(room, file, given, told):
    answer = await post(room, **{**FERRIES, "target": "desk", **given})
    assert answer.status_code == 400
    assert told.replace("''", "'';") in words(answer.text)
    assert file.read_text("utf-8") == FILE


async def test_another_page_cannot_save_anything(room, file):
    plain = {"content-type": "application/x-www-form-urlencoded"}
    body = urlencode({**FERRIES, "target": "desk"}, doseq=True)
    assert (await room.client.post("/watch", content=body, headers=plain)).status_code == 403  # without any cookie
    assert (await room.client.post("/watch", content=f"{body}&csrftoken=x", headers=plain)).status_code == 403
    assert (await post(room, form="another", **FERRIES, target="desk")).status_code == 403
    bearer = {"authorization": "Bearer x"}  # which Datasette lets pass
    assert (await post(room, form="", headers=bearer, **FERRIES, target="desk")).status_code == 403
    assert file.read_text("utf-8") == FILE


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rebound.example"},
        {"host": "127.0.0.1.rebound.example:8001"},
        {"host": ""},
        {"x-forwarded-for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"via": "1.1 proxy"},
    ],
)
async def test_a_request_by_another_name_or_through_a_proxy_is_refused(room, file, headers):
    assert (await room.client.get("/watch", headers=headers)).status_code == 403
    assert (await post(room, headers=headers, **FERRIES, target="desk")).status_code == 403
    assert file.read_text("utf-8") == FILE


async def test_strangers_find_no_such_page(archive, file):
    public = open_room(archive, public=True, watches=file)
    for room in (public, open_room(archive)):
        assert (await room.client.get("/watch")).status_code == 404
        assert (await room.client.post("/watch")).status_code == 404
        assert "/watch" not in (await room.client.get("/news/search?q=ferry")).text


@pytest.mark.parametrize(
    ("where", "here"),
    [
        ("127.0.0.1", True), ("::1", True), ("localhost", True), ("http://[::1]:8001/", True),
        ("http://localhost:8001/", True), ("0.0.0.0", False), ("192.168.1.2", False), ("", False),
        ("https://archive.example.org/", False), ("localhost.example", False),
    ],
)  # fmt: skip
def test_what_is_this_machine_alone(where, here):
    assert is_here(where) is here


def test_hosts_are_read_whole():
    assert from_here({"vestnik.host": "[::1]:8001", "headers": []})
    assert not from_here({"vestnik.host": "127.0.0.1@rebound.example", "headers": []})
    assert not from_here({"headers": []})


async def test_a_search_leads_to_its_watch_and_to_what_it_would_have_sent(archive, room):
    with sqlite3.connect(archive) as db:
        db.execute("insert into sites(name) values ('another') on conflict do nothing")
    found = await page(room, "/news/search?q=ferry&site=harbour&language=en&order=newest")
    (address,) = re.findall(r'href="(/watch\?[^"]+)"', found)
    assert "order" not in address
    shown = await page(room, address.replace("&amp;", "&"))
    assert 'value="harbour" selected' in shown
    assert "A watch has no filter for language; without it it finds more" in words(shown)
    assert re.search(r"(No|\d+) alerts? in the week up to", words(shown))


async def test_what_a_watch_would_have_sent_names_the_paper_and_has_the_words(room):
    shown = words(await page(room, "/watch?q=ferry&event=new&event=gone&event=changed"))
    sent = shown.partition("in the week up to")[2]
    assert "The Harbour Post" in sent
    assert "ferry" in sent.lower()


async def test_a_file_that_is_no_toml_is_told_and_not_written_over(archive, file):
    file.write_text("[targets", "utf-8")
    room = open_room(archive, watches=file)
    assert "not TOML" in await page(room, "/watch")
    assert (await post(room, **FERRIES, target="desk")).status_code == 400
    assert file.read_text("utf-8") == "[targets"


async def test_without_a_file_the_page_says_what_to_write_and_one_that_is_wrong_in_part_is_used(archive, tmp_path):
    room = open_room(archive, watches=tmp_path / "none.toml")
    assert "[targets]" in await page(room, "/watch")
    assert (await post(room, **FERRIES, target="desk")).status_code == 400
    assert list(tmp_path.iterdir()) == []


class Hook(BaseHTTPRequestHandler):
    """Takes messages, and keeps them."""

    taken: ClassVar[list[bytes]] = []

    def do_POST(self):
        self.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args):
        pass


async def test_a_test_is_sent_and_what_became_of_it_is_told(archive, file):
    room = open_room(archive, watches=file)
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as hook:
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        file.write_text(
            f'[targets]\nhook = "json://127.0.0.1:{hook.server_port}/"\n'
            + FILE.partition("\n")[2].replace("[targets]\n", ""),
            "utf-8",
        )
        taken = await post(room, do="ping", target="hook")
        hook.shutdown()
    assert taken.status_code == 302
    assert len(Hook.taken) == 1
    assert b"nothing has happened" in Hook.taken[0]
    assert "hook did not take the test" in words((await post(room, do="ping", target="hook")).text)
    assert "$NOT_SET_HERE is not set" in words((await post(room, do="ping", target="night")).text)
    assert "has no target 'x'" in words((await post(room, do="ping", target="x")).text)
