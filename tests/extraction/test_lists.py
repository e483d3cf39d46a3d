"""Fronts of sections, tags and what a search found are lists of articles; articles that hold lists are none."""

import pytest

from crawler.article import Kind, Outcome, Visit
from crawler.extraction import extract
from pipelines.validate import validate
from tests.make import SITES, visit

HOME = "https://www.example.com"
TOPICS = ("ferry", "harbour", "crane", "lighthouse", "fish market", "sea wall", "tug", "quay")
LINE = "The {0} comes back after the storm, and the council wants to know by Friday what all of it will cost the town."
PROSE = " ".join(LINE.format(one) for one in TOPICS[:3])


def page(body, head="", title="Harbour"):
    return f"<html lang=en><head><title>{title} - The Herald</title>{head}</head><body>{body}</body></html>"


def read(body, head="", title="Harbour", url=f"{HOME}/news/harbour"):
    return extract(page(body, head, title), url)


def links(template, topics=TOPICS):
    return "".join(
        template.format(
            url=f"/2026/11/{n}-the-{topic.replace(' ', '-')}-comes-back",
            title=f"The {topic} comes back to the town",
            line=LINE.format(topic),
            day=n + 1,
        )
        for n, topic in enumerate(topics)
    )


CARDS = links("<article><h2><a href='{url}'>{title}</a></h2><p>{line}</p></article>")
TIMED = links(
    "<div class=item><a href='{url}'><img src=a.jpg></a><h3><a href='{url}'>{title}</a></h3>"
    "<time datetime='2026-11-0{day}T10:00:00Z'>{day} November 2026</time><p>{line}</p><span>By Jane Roe</span></div>"
)
WHOLE = links("<a class=teaser href='{url}'><h3>{title}</h3><p>{line}</p></a>")
TITLES = links("<li><a href='{url}'>{title}</a></li>")
ROWS = links("<tr><td>{day}.11.</td><td><a href='{url}'>{title}</a></td></tr>")
BARE = links("<p><a href='{url}'>{title}</a><br>{line}</p>")


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f"<main><h1>Harbour</h1>{CARDS}</main>", ""),
        (f"<main><h1>Harbour</h1><p>All the news about the harbour, from piers to prices.</p>{TIMED}</main>", ""),
        (
            f"<main><h1>Tag: harbour</h1><div class=list>{WHOLE}</div></main>",
            "<meta property='og:type' content='website'>",
        ),
        (f"<h1>8 results for “harbour”</h1><form><input name=q></form><ul>{TITLES}</ul>", ""),
        (f"<h1>Archive</h1><table>{ROWS}</table>", ""),
        (f"<div id=content><h1>Harbour</h1>{BARE}</div>", ""),
        (f"<main>{CARDS}<nav><a href='?page=2'>2</a><a href='?page=3'>Next page</a></nav></main>", ""),
        (
            f"<main><h1>Harbour</h1>{CARDS}</main>",
            "<meta property='og:type' content='article'><script type='application/ld+json'>"
            '{"@graph": [{"@type": "CollectionPage", "name": "Harbour"}, {"@type": "WebSite"}]}</script>',
        ),
        (
            "<main><h1>Search</h1>"
            + links("<div><h3><a href='{url}'>{title}</a></h3><p>{line}</p></div>", TOPICS[:3])
            + "</main>",
            '<script type="application/ld+json">{"@type": ["WebPage", "SearchResultsPage"]}</script>',
        ),
        (
            "<main><h1>Harbour</h1>"
            + links(
                "<article itemscope itemtype='https://schema.org/NewsArticle'><h2 itemprop=headline><a href='{url}'>"
                "{title}</a></h2><meta itemprop=datePublished content='2026-11-0{day}'><p>{line}</p></article>"
            )
            + "</main>",
            "",
        ),
    ],
)
def test_a_page_that_is_teasers_is_a_list(body, head):
    found = read(body, head)
    assert found.is_list
    seen = validate(Visit(visit(found.url).candidate, visit(found.url).fetch, Outcome.STORED, article=found), SITES)
    assert (seen.outcome, seen.reason) == (Outcome.NOT_ARTICLE, "a list of articles")


TEN = "".join(f"<h2>{n}. The {topic}</h2><p>{LINE.format(topic)}</p>" for n, topic in enumerate(TOPICS, start=1))
LINKED = links("<h2><a href='{url}'>{title}</a></h2><p>{line} " + PROSE + "</p>")
BRIEFING = links(
    "<p><b>{title}</b> {line} "
    + LINE.format("mayor")
    + LINE.format("bridge")
    + " <a href='{url}'>Read the whole story here</a></p>"
)
UNDER = f"<aside><h3>More</h3>{CARDS}</aside>"
PUBLISHED = "<meta property='article:published_time' content='2026-11-09T10:00:00Z'>"


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f"<article><h1>Eight things that come back</h1><p>{PROSE}</p>{TEN}</article>", ""),
        (f"<article><h1>Our eight best pieces of the year</h1>{LINKED}</article>", ""),
        (f"<article><h1>Morning briefing</h1>{BRIEFING}</article>", ""),
        (f"<article><h1>The ferry is back</h1><p>{PROSE}</p></article><section><h2>More</h2>{CARDS}</section>", ""),
        (f"<article><h1>The ferry is back</h1><p>{LINE.format('ferry')}</p><p>{PROSE}</p></article>{UNDER}", ""),
        (f"<article><h1>All of our stories about the harbour</h1>{CARDS}</article>", PUBLISHED),
        (
            f"<main><h1>The ferry is back</h1><p>{PROSE}</p>{TITLES}</main>",
            '<script type="application/ld+json">{"@type": "ProfilePage", "name": "Jane Roe"}</script>',
        ),
        (
            f"<main><h1>The ferry</h1><p>{PROSE}</p>{links('<p><a href={url}>{title}</a>', TOPICS[:4])}</main>",
            "",
        ),
    ],
)
def test_an_article_that_holds_lists_is_none(body, head):
    assert not read(body, head, "The ferry is back", f"{HOME}/2026/11/9-the-ferry-is-back").is_list


@pytest.mark.parametrize("kind", [Kind.LIVE, Kind.GALLERY])
def test_a_live_blog_and_a_gallery_are_none(kind):
    name = {"live": "LiveBlogPosting", "gallery": "ImageGallery"}[kind]
    posts = links(
        "<div class=post><time datetime='2026-11-09T1{day}:00:00Z'>1{day}:00</time>"
        "<h3><a href='{url}'>{title}</a></h3><p>{line}</p></div>"
    )
    found = read(
        f"<main><h1>The storm hour by hour</h1>{posts}</main>",
        f'<script type="application/ld+json">{{"@type": "{name}"}}</script>',
    )
    assert found.kind is kind
    assert not found.is_list
