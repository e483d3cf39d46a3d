"""One table defines an article's fields: whatever is kept beside it agrees with it."""

import gzip
import sqlite3
from contextlib import closing

import pytest

from crawler.article import _DERIVED, Article
from crawler.extraction.extract import RULES
from pipelines.archive.database import open_archive
from pipelines.archive.fields import COMPARED, FIELDS, OF_A_STATE, with_followers
from pipelines.identity import merge
from tests.crawling import ROOT

NAMES = [field.name for field in FIELDS]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with closing(open_archive(tmp_path_factory.mktemp("fields") / "news.db")) as db:
        yield db


def table(db, name):
    """What SQLite knows of the columns of a table, in their order, and what they lead to."""
    columns = db.execute('select name, type, "notnull", dflt_value, pk from pragma_table_info(?)', [name])
    leads = db.execute('select "from", "table", "to" from pragma_foreign_key_list(?)', [name])
    return list(map(tuple, columns)), set(map(tuple, leads))


def test_migrations_arrive_at_the_table_that_the_fields_describe(archive):
    with closing(sqlite3.connect(":memory:")) as db:
        db.row_factory = sqlite3.Row
        db.execute(f"create table articles({', '.join(f'{field.name} {field.type}' for field in FIELDS)})")
        assert table(archive, "articles") == table(db, "articles")


def test_text_is_the_last_column_of_an_article_and_of_its_earlier_states(archive):
    for name in ("articles", "revisions"):
        assert table(archive, name)[0][-1][0] == "text"


def test_revisions_have_a_column_for_every_field_of_a_state_and_no_other(archive):
    own = ["id", "article_id", "seen_from", "seen_until", "cause", "silent", "changed", "summary"]
    columns = [(name, type_.lower()) for name, type_, *_ in table(archive, "revisions")[0]]
    assert [name for name, _ in columns[: len(own)]] == own
    assert sorted(columns[len(own) :]) == sorted((field.name, field.type.split()[0]) for field in OF_A_STATE)


def test_downloads_hold_the_fields_that_are_exported_and_no_others(archive):
    names = {name for name, *_ in table(archive, "articles_flat")[0]}
    assert names & set(NAMES) == {field.name for field in FIELDS if field.is_exported}


def test_what_an_article_works_out_from_its_text_follows_from_that():
    derived = {f"article.{name}" for name in _DERIVED if name != "text"}
    assert [field.name for field in FIELDS if field.source in derived and field.follows != "text"] == []


def test_what_a_history_compares_it_also_keeps():
    assert {field.name for field in COMPARED} <= {field.name for field in OF_A_STATE}


def test_a_field_follows_from_one_that_is_there():
    assert {field.follows for field in FIELDS} - {None} <= set(NAMES)
    assert with_followers("published_at") == {"published_at", "published_precision", "published_offset", "month"}


def test_a_merge_decides_on_every_column():
    assert set(NAMES) == merge.HANDLED


def test_an_article_as_a_dict_has_every_field_of_its_own_under_the_columns_name():
    own = {field.name for field in FIELDS if isinstance(field.source, str) and field.source.startswith("article.")}
    assert own <= Article(site="herald", url="https://herald.example/1").to_dict().keys()


def test_another_set_of_compared_fields_comes_with_a_new_number_of_the_rules():
    compared = ("title", "standfirst", "byline", "published_at", "image_url", "image_caption", "image_credit", "text")
    assert (RULES, tuple(field.name for field in COMPARED)) == (6, compared), (
        "a field that stored states lack would make every article edited: raise RULES in crawler/extraction/extract.py,"
        " then write both down here"
    )


@pytest.mark.parametrize(
    "archive_of", sorted((ROOT / "tests/data").glob("archive-*.db.gz")), ids=lambda path: path.stem
)
def test_what_follows_from_another_field_is_filled_in_when_an_earlier_archive_is_opened(archive_of, tmp_path):
    path = tmp_path / "news.db"
    path.write_bytes(gzip.decompress(archive_of.read_bytes()))
    following = {field.name: field.follows for field in FIELDS if field.follows}
    empty = "select count(*) from articles where {} is null and {} is not null"
    with closing(sqlite3.connect(path)) as db:
        had = {name for (name,) in db.execute("select name from pragma_table_info('articles')")}
        before = {
            name: db.execute(empty.format(name, following[name])).fetchone()[0] for name in had & following.keys()
        }
    with closing(open_archive(path)) as db:
        after = {name: db.execute(empty.format(name, of)).fetchone()[0] for name, of in following.items()}
    assert after == {name: before.get(name, 0) for name in following}
