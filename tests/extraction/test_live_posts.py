from datetime import UTC, datetime

import pytest

from crawler.article import Article, Block, Post
from crawler.extraction.live_posts import read_posts
from crawler.site import Layout, Site

AT = datetime(2025, 1, 20, 12, 0, tzinfo=UTC)
SITE = Site(
    name="herald", title="Herald", hosts=("herald.example",), home="https://herald.example/", timezone="Europe/Oslo"
)
FRAGMENT = """
<div class="post"><time datetime="2025-01-20T12:20:00+01:00">12:20</time><p>The first stone is in.</p>
<p>It sank.</p></div>
<div class="advert">Buy <b>boats</b></div>
<div class="post"><time datetime="2025-01-20T11:05">11:05</time><div><ul><li>Crane moored</li></ul></div></div>
<div class="post"><time datetime="2025-01-21T11:05:00Z">tomorrow</time>No paragraph at all</div>
"""


def posts(fragment, site=SITE):
    return read_posts(fragment.encode(), "https://herald.example/live/1", site, AT, "utf-8")


def test_posts_are_read_in_their_order_each_with_its_time():
    assert posts(FRAGMENT)[:2] == (
        Post(datetime(2025, 1, 20, 11, 20, tzinfo=UTC), ("The first stone is in.", "It sank.")),
        Post(datetime(2025, 1, 20, 10, 5, tzinfo=UTC), ("Crane moored",)),
    )


def test_a_time_in_the_future_is_no_time_but_the_words_stay():
    last = posts(FRAGMENT)[-1]
    assert last.at is None
    assert "No paragraph at all" in last.paragraphs[0]


def test_a_layout_says_what_a_post_is():
    layout = Layout(post=".advert")
    site = Site(
        name="herald", title="Herald", hosts=("herald.example",), home="https://herald.example/", layouts=(layout,)
    )
    assert posts(FRAGMENT, site) == (Post(None, ("Buy boats",)),)


@pytest.mark.parametrize(
    "fragment", ["", " \n", "plain words", "<time>", "<div><time datetime='x'></time></div>", "\x00\xff"]
)
def test_what_is_no_fragment_gives_no_post(fragment):
    assert posts(fragment) == ()


def test_posts_stand_after_the_text_of_the_page():
    page = Article("herald", "https://herald.example/1", paragraphs=("Intro.",), blocks=(Block(0, "quote"),))
    whole = page.with_posts([Post(AT, ("One.", "Two.")), Post(None, ("Three.",))])
    assert whole.paragraphs == ("Intro.", "One.", "Two.", "Three.")
    assert whole.blocks == (Block(0, "quote"), Block(1, "post", AT), Block(3, "post"))
