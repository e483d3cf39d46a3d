"""Words that an edit took out: what of a state is kept for searching, and how it is found."""

from contextlib import closing

import pytest

from pipelines.archive.database import open_archive
from pipelines.archive.revisions import lost
from reading_room.room import open_room
from tests.make import MT, keep, visit

URL = f"{MT}/2024/12/09/harbour-a1"


def state(title="Title", standfirst=None, text="One.\n\nTwo."):
    return {"title": title, "standfirst": standfirst, "text": text}


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (state(), state(text="One."), (None, None, "Two.")),
        (state(), state(text="One.\n\nTwo.\n\nThree."), (None, None, None)),
        (state(), state(text="One.\n\nTwo and a half."), (None, None, "Two.")),
        (state(title="Old"), state(title="New"), ("Old", None, None)),
        (state(standfirst="Old"), state(), (None, "Old", None)),
        (state(), state(standfirst="New"), (None, None, None)),
        (state(text="He said “no”."), state(text='He said "no".'), (None, None, None)),
        (state(text=""), state(), (None, None, None)),
    ],
)
def test_what_the_next_state_lacks_is_kept(old, new, kept):
    assert tuple(lost(old, new).values()) == kept


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    path = tmp_path_factory.mktemp("deleted") / "news.db"
    with closing(open_archive(path)) as db:
        keep(db, visit(URL, title="Harbour", paragraphs=("The mayor lied.", "Ferries run."), language="en"))
        keep(
            db, visit(URL, minutes=60, title="Harbour", paragraphs=("The mayor spoke.", "Ferries run."), language="en")
        )
        other = ("A mayor lies here too.", "Nothing changes.")
        keep(db, visit(f"{MT}/2024/12/09/other-a2", title="Other", paragraphs=other, language="en"))
    return open_room(path)


async def search(room, **asked):
    answer = await room.client.get("/news/search.json", params={"_shape": "array", **asked})
    assert answer.status_code == 200, answer.text
    return [(row["article_id"], row["until"], row["revision_id"]) for row in answer.json()]


NOW_2, LOST_1 = (2, None, None), (1, "2024-12-09T12:00:00Z", 1)


@pytest.mark.parametrize(
    ("asked", "hits"),
    [
        ({"q": '"lied"'}, [LOST_1]),
        ({"q": "lied"}, [NOW_2, LOST_1]),
        ({"q": "lie"}, [NOW_2, LOST_1]),  # any form; what is there now before what was
        ({"q": "lie", "order": "newest"}, [LOST_1, NOW_2]),
        ({"q": "lie", "words": "now"}, [NOW_2]),
        ({"q": "lie", "words": "deleted"}, [LOST_1]),
        ({"q": "mayor"}, [(1, None, None), NOW_2]),
        ({"q": "mayor", "words": "deleted"}, [LOST_1]),
        ({"q": "ferries", "words": "deleted"}, []),
        ({"q": "lied", "site": "other.example"}, []),
        ({"q": '"mayor lied"', "site": "moscowtimes"}, [LOST_1]),
    ],
)
async def test_deleted_words_are_found_and_said_to_be_so(room, asked, hits):
    assert sorted(await search(room, **asked), key=str) == sorted(hits, key=str)
    shown = (await room.client.get("/news/search", params=asked)).text
    assert f"<strong>{len(hits)} article{'s' * (len(hits) != 1)}</strong>" in shown or not hits
    if LOST_1 in hits:
        assert "until 2024-12-09 12:00 UTC" in shown
        assert 'href="/news/revisions/1?q=' in shown


async def test_what_was_taken_out_is_shown_with_the_words_marked(room):
    assert "The mayor <mark>lied</mark>." in (await room.client.get("/news/search?q=lied")).text
