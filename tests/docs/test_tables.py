"""docs/tables.md against the schema and against what Datasette says of it."""

from tests.docs import tables


def test_the_page_is_what_the_schema_and_its_descriptions_give():
    assert tables.FILE.read_text("utf-8") == tables.page(), "run: python -m tests.docs.tables"
