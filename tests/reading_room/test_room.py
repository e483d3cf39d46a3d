"""The reading room's own pages, asked through Datasette's client, on a small archive of invented articles."""

from sqlite_utils import Database

from pipelines.archive.schema import migrations
from reading_room.cells import shorter
from reading_room.queries import load_queries
from reading_room.room import open_room
from tests.reading_room.reading import rows

INTERNAL = ("_", "articles_fts", "revisions_fts", "sqlite_")


def public_columns(db: Database) -> dict[str, set[str]]:
    names = [name for name in db.table_names() + db.view_names() if not name.startswith(INTERNAL)]
    return {name: {column.name for column in db[name].columns} for name in names}


async def test_the_database_is_named_news_whatever_its_file_is_called(room):
    assert [found["name"] for found in await rows(room, "/-/databases.json")] == ["news"]


def test_every_public_table_and_column_is_described(archive, room):
    described = room.metadata("tables", database="news")
    columns = {name: set(table["columns"]) for name, table in described.items() if not table.get("hidden")}
    assert columns == public_columns(Database(archive))
    assert all(table["description"] for table in described.values() if not table.get("hidden"))


def test_no_question_takes_the_address_of_a_table(archive):
    assert not set(load_queries()) & set(public_columns(Database(archive)))


async def test_internal_tables_are_hidden_and_the_others_are_not(archive, room):
    tables = (await rows(room, "/news.json"))["tables"]
    assert {table["name"] for table in tables if table["hidden"]} == {
        name for name in Database(archive).table_names() if name.startswith(INTERNAL)
    }


async def test_every_page_answers(archive, room):
    paths = ["/", "/news", "/news/articles?_nocol=text", "/news/articles/1", "/news/articles/6", "/news/links/1"]
    paths += [f"/news/{name}" for name in public_columns(Database(archive))]
    paths += [f"/news/{name}" for name in load_queries()]
    for path in paths:
        answer = await room.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"


async def test_an_empty_archive_says_how_to_fill_it(tmp_path):
    db = Database(tmp_path / "empty.db")
    migrations.apply(db)
    db.close()
    answer = await open_room(tmp_path / "empty.db").client.get("/")
    assert answer.status_code == 200
    assert "scrapy crawl moscowtimes" in answer.text


async def test_the_front_page_shows_the_latest_articles_without_repeats(room):
    text = (await room.client.get("/")).text
    assert text.index("Ferry line reopens") < text.index("Lighthouse keeper")
    assert text.count("Road cleared, buses run</bdi>") == 1


async def test_facets_of_articles_count_sites_sections_and_months(room):
    facets = (await rows(room, "/news/articles.json"))["facet_results"]
    assert {"site", "section", "kind", "month"} == set(facets)
    assert {(one["label"], one["count"]) for one in facets["site"]["results"]} == {
        ("The Harbour Post", 7),
        ("Uplands <b>Daily</b>", 5),
    }
    assert {one["value"]: one["count"] for one in facets["month"]["results"]}["2024-12"] == 9


def test_times_are_shown_to_the_minute():
    assert shorter("2024-12-09T11:02:00Z") == "2024-12-09 11:02 UTC"
    assert (shorter("2024-12-09"), shorter(None)) == ("2024-12-09", "")
