"""An upgrade of Datasette is noticed here: what is used beside its documented interface is as it was looked up."""

import re
from importlib.resources import files
from inspect import iscoroutinefunction, signature

import datasette
from datasette.app import Datasette
from datasette.database import Database

from reading_room.internals import CHECKED, WITH_SCRIPTS, Base400, DatasetteError, Room, inline_scripts, render
from reading_room.room import open_room
from tests.reading_room.archive_rows import make_archive


def test_the_installed_release_is_the_one_that_was_looked_up():
    assert datasette.__version__ == CHECKED, "look up all that reading_room/internals.py uses, then raise CHECKED"


def test_what_is_overridden_is_there_and_takes_the_same():
    assert list(signature(Datasette._table_permission_allows).parameters) == ["self", "database", "table"]
    assert not iscoroutinefunction(Datasette._table_permission_allows)
    assert list(signature(Database.table_counts).parameters) == ["self", "limit"]
    assert iscoroutinefunction(Database.table_counts)


def test_who_may_see_a_table_is_worked_out_once(tmp_path):
    room = open_room(make_archive(tmp_path / "news.db"))
    assert isinstance(room, Room)
    assert room._table_permission_allows("news", "articles") is room._table_permission_allows("news", "articles")


async def test_tables_are_counted_once_a_minute(tmp_path):
    archive = open_room(make_archive(tmp_path / "news.db")).get_database("news")
    counts = await archive.table_counts(60_000)  # milliseconds: a busy machine may need more than the usual ten
    assert counts["articles"] == 12
    assert await archive.table_counts() is counts


def test_errors_carry_what_the_page_for_them_shows():
    assert Base400("wrong").status == 400
    error = DatasetteError("<b>no</b>", title="Not so", status=404, message_is_html=True)
    assert (error.message, error.title, error.status, error.message_is_html) == ("<b>no</b>", "Not so", 404, True)


def test_every_inline_script_of_datasettes_templates_is_known():
    assert len(inline_scripts()) >= len(WITH_SCRIPTS) + 2
    for template in (files("datasette") / "templates").iterdir():
        text = template.read_text("utf-8")
        assert "<script>" not in text or template.name in (*WITH_SCRIPTS, "table.html"), template.name
    assert re.findall(r"<script>(.*?)</script>", (files("datasette") / "templates/table.html").read_text("utf-8")) == [
        "DATASETTE_ALLOW_FACET = {{ datasette_allow_facet }};"
    ]


async def test_a_template_is_rendered_with_datasettes_addresses(tmp_path):
    room = open_room(make_archive(tmp_path / "news.db"))
    await room.invoke_startup()
    shown = await render(room, ("no_such.html", "error.html"), {"status": 418, "error": "tea", "title": None})
    assert "tea" in shown
    assert room.urls.instance() in shown
