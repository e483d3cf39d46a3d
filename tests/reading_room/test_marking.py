"""The words of a search, marked in the article that it leads to."""

import pytest

from pipelines.archive.searching import read
from reading_room.body import marker, wanted
from reading_room.room import open_room
from tests.reading_room.archive_lively import make_lively
from tests.reading_room.reading import page

FORMS = {"bridge": ("bridges",), "strasse": ("straße",)}


def marked(query, text):
    found = read(query).query
    assert found is not None
    return (
        str(marker(wanted(found, lambda word: FORMS.get(word, ())))(text))
        .replace("<mark>", "[")
        .replace("</mark>", "]")
    )


@pytest.mark.parametrize(
    ("query", "text", "shown"),
    [
        ("bridge", "A Bridge, two bridges, abridged.", "A [Bridge], two [bridges], abridged."),
        ("strasse", "Die Straße.", "Die [Straße]."),
        ("cafe", "Café culture", "[Café] culture"),
        ('"old town"', "Old town, old-town, old hall.", "[Old town], [old-town], old hall."),
        ("ferr*", "Ferries and ferns.", "[Ferries] and ferns."),
        ("ice -river", "Ice on the river.", "[Ice] on the river."),
        ("title:ice OR (snow fog)", "ice snow fog", "[ice] [snow] [fog]"),
        ("风暴", "在风暴后", "在[风暴]后"),
        ("a", "<b>a</b> & c", "&lt;b&gt;[a]&lt;/b&gt; &amp; c"),
        ("b", "<b>", "&lt;[b]&gt;"),
        ("İx 风", "İ风", "İ风"),  # whose lower case is longer
        ("nothing", "", ""),
    ],
)
def test_what_was_looked_for_is_marked_and_all_else_escaped(query, text, shown):
    assert marked(query, text) == shown


async def test_the_article_that_a_search_leads_to_has_its_words_marked(tmp_path):
    room = open_room(make_lively(tmp_path / "news.db"))
    assert "<mark>harbour</mark>" in await page(room, "/news/articles/21?q=harbour")
    assert "<mark>" not in await page(room, "/news/articles/21")
