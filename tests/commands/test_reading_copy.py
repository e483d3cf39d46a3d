"""The reading copy: everything that a reader expects, at its place."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crawler.article import Block, Link
from crawler.export import CopyLink, ReadingCopy, file_name, markdown, stated

URL = "https://paper.example/2024/12/09/council-decides-a17"
MOSCOW = timezone(timedelta(hours=3))


def inline(position: int, start: int | None, end: int | None, url: str = "https://source.example/a") -> CopyLink:
    return CopyLink(Link("inline", position, url, "words", start, end))


def body(*paragraphs: str, links: tuple[CopyLink, ...] = (), blocks: tuple[Block, ...] = ()) -> str:
    """What stands between title and address."""
    made = markdown(ReadingCopy("T", URL, paragraphs=paragraphs, links=links, blocks=blocks))
    return made.removeprefix("# T\n\n").removesuffix(f"\n\n<{URL}>\n")


def test_an_article_is_what_a_reader_would_call_it():
    copy = ReadingCopy(
        title="Council Decides",
        url=URL,
        standfirst="After eleven hours.",
        byline="By Ada Quill and Jo Brandt",
        authors=("Ada Quill", "Jo Brandt"),
        published=datetime(2024, 12, 9, 14, 2, tzinfo=MOSCOW),
        lines=(("Image", "The hall."), ("Image credit", "P. Lens")),
        paragraphs=("The council met.", "What they said", "We are done.", "first thing", "second thing", "It ended."),
        blocks=(Block(1, "heading"), Block(2, "quote"), Block(3, "list"), Block(4, "list")),
        links=(
            inline(0, 4, 11),
            CopyLink(Link("related", 2, "https://paper.example/old", "Old words"), "Mayor Resigns", f"{URL}9"),
            CopyLink(Link("related", 6, "https://paper.example/new", "Not fetched yet")),
            CopyLink(Link("read_more", 6, "https://paper.example/more", "Elsewhere")),
            CopyLink(Link("read_more", 6, "https://paper.example/more", "Elsewhere")),
        ),
        wire="AFP",
    )
    assert (
        markdown(copy)
        == f"""\
# Council Decides

*After eleven hours.*

By Ada Quill and Jo Brandt

2024-12-09 14:02+03:00 (2024-12-09 11:02 UTC)

Image: The hall.

Image credit: P. Lens

The [council](https://source.example/a) met.

## What they said

**Related article:** [Mayor Resigns]({URL}9)

> We are done.

- first thing
- second thing

It ended.

**Related article:** [Not fetched yet](https://paper.example/new)

## Read more

- [Elsewhere](https://paper.example/more)

Agency: AFP

<{URL}>
"""
    )


def test_what_the_page_did_not_say_leaves_no_trace():
    assert markdown(ReadingCopy("T", URL)) == f"# T\n\n<{URL}>\n"


def test_authors_stand_in_for_a_missing_byline():
    assert "\n\nAda Quill, Jo Brandt\n\n" in markdown(ReadingCopy("T", URL, authors=("Ada Quill", "Jo Brandt")))


def test_each_post_of_a_live_blog_has_its_time():
    post = Block(0, "post", datetime(2024, 12, 9, 23, 30, tzinfo=MOSCOW))
    assert body("It began.", blocks=(post,)) == "**2024-12-09 23:30+03:00 (2024-12-09 20:30 UTC)**\n\nIt began."


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (date(2024, 12, 9), "2024-12-09"),
        (datetime(2024, 12, 9, 11, 2, tzinfo=UTC), "2024-12-09 11:02 UTC"),
        (
            datetime(2024, 12, 9, 23, 2, tzinfo=timezone(timedelta(hours=-5))),
            "2024-12-09 23:02-05:00 (2024-12-10 04:02 UTC)",
        ),
    ],
)
def test_a_time_is_told_as_exactly_as_it_is_known(at, words):
    assert stated(at) == words


def test_lines_within_a_paragraph_keep_their_breaks_in_quotations_and_lists_too():
    blocks = (Block(1, "quote"), Block(2, "quote"), Block(3, "list"))
    made = body("one\n\n  two", "three\n- four", "five", "six\nseven", blocks=blocks)
    assert made == "one\\\ntwo\n\n> three\\\n> \\- four\n>\n> five\n\n- six\\\n  seven"


@pytest.mark.parametrize("position", [-4, 0, 1, 2, 99])
def test_a_related_article_is_shown_wherever_it_is_said_to_stand(position):
    made = body("one", "two", links=(CopyLink(Link("related", position, URL, "Box")),))
    order = re.findall(r"one|two|Box", made)
    assert order == [["Box", "one", "two"], ["one", "Box", "two"], ["one", "two", "Box"]][min(max(position, 0), 2)]


@pytest.mark.parametrize(
    ("title", "url", "name"),
    [
        ("Council Decides: What’s Next?", URL, "2024-12-09-council-decides-whats-next-17.md"),
        ("Café Über Alles", URL, "2024-12-09-cafe-uber-alles-17.md"),
        ("Совет решил", "https://paper.example/2024/sovet-reshil/", "2024-12-09-sovet-reshil-17.md"),
        ("Совет решил", "https://paper.example/%D1%81", "2024-12-09-article-17.md"),
        ("../../etc/passwd\x00", URL, "2024-12-09-etc-passwd-17.md"),
        ("x" * 500, URL, f"2024-12-09-{'x' * 60}-17.md"),
    ],
)
def test_a_file_is_named_by_day_and_title_in_plain_letters(title, url, name):
    assert file_name(17, ReadingCopy(title, url, published=date(2024, 12, 9))) == name


def test_a_file_is_named_by_the_day_where_the_paper_is_if_there_is_one():
    late = datetime(2024, 12, 10, 0, 30, tzinfo=MOSCOW)
    assert file_name(17, ReadingCopy("T", URL, published=late)) == "2024-12-10-t-17.md"
    assert file_name(17, ReadingCopy("T", URL)) == "undated-t-17.md"
