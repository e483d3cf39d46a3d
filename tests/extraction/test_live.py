"""Live blogs: all posts in the order of the page, each with its time."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from crawler.article import Article, Block
from crawler.extraction.extract import extract
from crawler.extraction.live import before_posts
from crawler.site import Site

URL = "https://velm.example/live-tuba-off-the-pier"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 12, 20, 0, tzinfo=UTC)
INTRO = "A tuba has been afloat off the north pier of Velm since the early morning, and the coast guard is on its way."
POSTS = (
    (
        "Tuba sighted",
        "The lighthouse keeper reports a tuba some two hundred metres off the north pier, drifting west.",
        9,
    ),
    (
        "Boat sent",
        "A boat of the coast guard has left the harbour; on board is the only tuba player of the island.",
        10,
    ),
    (
        "Tuba saved",
        "The instrument is on land. Its player says that it has never sounded better, and the pier applauds.",
        12,
    ),
)
TIMES = [datetime(2031, 5, 12, hour, 5, tzinfo=UTC) for _, _, hour in POSTS]


def printed(
    stamp: str = '<time datetime="2031-05-12T{hour:02}:05:00Z">{hour}:05</time>', name: str = "live-post"
) -> str:
    return "".join(
        f'<div class="{name}">{stamp.format(hour=hour)}<span>Nele Pier</span><h3>{title}</h3><p>{text}</p></div>'
        for title, text, hour in POSTS
    )


def told() -> str:
    updates = [
        {
            "@type": "BlogPosting",
            "headline": title,
            "articleBody": f"{text}\n",
            "datePublished": f"2031-05-12T{hour + 2:02}:05:00+02:00",
        }
        for title, text, hour in POSTS
    ]
    node = {"@type": "LiveBlogPosting", "headline": "Tuba off the Pier", "liveBlogUpdate": updates}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def article(body: str, head: str = "") -> Article:
    page = f"<html><head><title>Tuba off the Pier</title>{head}</head><body><article>{body}</article></body></html>"
    return extract(page.encode(), URL, SITE, FETCHED)


def posts(found: Article) -> list[tuple[str, datetime | None]]:
    return [(found.paragraphs[one.position], one.at) for one in found.blocks if one.kind == "post"]


EXPECTED = [(title, at) for (title, _, _), at in zip(POSTS, TIMES, strict=True)]
WHOLE = (INTRO, *(line for title, text, _ in POSTS for line in (title, text)))


def test_posts_stand_in_the_order_of_the_page_each_with_its_time_and_without_its_author():
    found = article(f'<h1>Tuba off the Pier</h1><p>{INTRO}</p><div class="live-blog">{printed()}</div>')
    assert (posts(found), found.paragraphs) == (EXPECTED, WHOLE)


def test_posts_whose_times_only_the_json_ld_tells_get_these():
    bare = printed(stamp="<i>some hours ago</i>", name="entry")
    found = article(f"<p>{INTRO}</p>{bare}", told())
    assert posts(found) == EXPECTED


def test_posts_that_only_the_json_ld_holds_follow_the_text():
    found = article(f"<p>{INTRO}</p><div id='loader'></div>", told())
    assert (posts(found), found.paragraphs) == (EXPECTED, WHOLE)


def test_a_number_of_milliseconds_is_a_time_where_the_page_prints_none_for_machines():
    stamps = {9: "1936343100000", 10: "1936346700000", 12: "1936353900000"}
    entries = "".join(
        f'<div class="entry" data-post-time="{stamps[hour]}"><time>{hour}:05</time><h3>{title}</h3><p>{text}</p></div>'
        for title, text, hour in POSTS
    )
    found = article(f'<p>{INTRO}</p><div class="liveticker">{entries}</div>')
    assert posts(found) == EXPECTED


def test_sections_with_times_on_a_page_that_is_not_live_are_no_posts():
    found = article(f'<p>{INTRO}</p><div class="history">{printed(name="chapter")}</div>')
    assert posts(found) == []
    assert found.paragraphs[0] == INTRO


def test_teasers_with_times_beside_a_live_text_do_not_become_its_posts():
    item = (
        '<li><time datetime="2031-05-11T0{0}:00:00Z">{0}</time><p><a href="/a-{0}">Goats vote on ferry {0}</a></p></li>'
    )
    beside = "".join(item.format(n) for n in range(1, 8))
    found = article(f'<p>{INTRO}</p><div class="live-blog">{printed()}</div><ul class="live-now">{beside}</ul>')
    assert posts(found) == EXPECTED
    assert not any("Goats" in text for text in found.paragraphs)


def test_posts_without_paragraphs_keep_their_text_and_posts_of_a_heading_alone_are_posts():
    times = "".join(
        f'<div><time datetime="2031-05-12T{hour:02}:05:00Z">{hour}:05</time>{text}</div>'
        for hour, text in (
            (9, f"<div>{POSTS[0][1] * 3}</div>"),
            (10, "<h3>Boat sent</h3>"),
            (12, f"<p>{POSTS[2][1]}</p>"),
        )
    )
    found = article(f"<p>{INTRO}</p><amp-live-list><div>{times}</div></amp-live-list>", told())
    assert [at for _, at in posts(found)] == TIMES
    assert "Boat sent" in found.paragraphs
    assert POSTS[0][1] * 3 in " ".join(found.paragraphs)


def test_a_post_that_is_but_a_video_has_its_caption_for_text():
    video = (
        '<div class="live-post"><time datetime="2031-05-12T11:05:00Z">11:05</time><h3></h3><iframe src="/v"></iframe>'
        "<div>The tuba is lifted out of the water by the crew</div><span>Nele Pier</span></div>"
    )
    found = article(f'<p>{INTRO}</p><div class="live-blog">{printed()}{video}</div>')
    at = datetime(2031, 5, 12, 11, 5, tzinfo=UTC)
    assert posts(found)[-1] == ("The tuba is lifted out of the water by the crew", at)
    assert len(posts(found)) == 4


def test_the_introduction_of_a_live_blog_ends_where_its_first_post_begins():
    blocks = (Block(1, "heading"), Block(2, "post"), Block(4, "post"))
    assert before_posts(("a", "b", "c", "d", "e", "f"), blocks) == ("a", "b")
    assert before_posts(("a", "b"), (Block(0, "quote"),)) == ("a", "b")
