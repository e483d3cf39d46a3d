"""Nothing within an article's range vanishes, whatever was done to its page: it is text, or dropped with a reason."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.conservation import DAMAGES, Count, account
from benchmarks.extraction import Case
from crawler.article import NO_PROSE
from crawler.extraction.extract import extract
from tests.extraction.test_templates import FETCHED, MARKS, SITE, URL, page, templates

TEMPLATES = templates()
BESIDE = (
    "",
    "<table><tr><th>Pier</th><th>Goats</th></tr><tr><td>North pier</td><td>14 goats</td></tr></table>",
    '<div class="factbox"><h4>The ferry</h4><p>Built in 1931, it has crossed 90,000 times.</p></div>',
    '<blockquote class="twitter-tweet"><p>Goats on the ferry again, and nobody asked.</p>— Ilva</blockquote>',
    "<p>Correction: an earlier version of this article gave the wrong number of goats on board.</p>",
    "<figure><img src=x><figcaption>The ferry at the north pier, on the morning of the storm.</figcaption></figure>",
    "<div>Bare words between the paragraphs, which nobody marked, and which say a whole sentence.</div>",
)


@given(
    st.sampled_from(sorted(TEMPLATES)),
    st.sampled_from(sorted(MARKS)),
    st.sampled_from(BESIDE),
    st.lists(st.sampled_from(DAMAGES), max_size=3),
    st.integers(0, 1_000_000),
)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_no_words_vanish_from_a_damaged_page(name, mark, beside, damages, seed):
    html, _, prose = page(TEMPLATES[name].replace("$text", f"$text{beside}", 1), mark, f"{seed}", 5)
    damaged = html.replace(prose[2], f"{prose[2]}{beside}", 1).encode()
    for damage in damages:
        damaged = damage(damaged, random.Random(seed))  # noqa: S311 - not a secret
    case = Case(f"{name}, {mark}, {seed}", URL, FETCHED, damaged)
    count = Count()
    account(case, extract(damaged, URL, SITE, FETCHED), count)
    assert count.lost == 0


@given(st.sampled_from(sorted(TEMPLATES)), st.integers(0, 1_000_000))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_blocks_of_a_kind_and_links_stand_where_they_say(name, seed):
    html, _, _ = page(TEMPLATES[name], "paragraphs", f"{seed}", 6)
    damaged = DAMAGES[seed % len(DAMAGES)](html.encode(), random.Random(seed))  # noqa: S311
    article = extract(damaged, URL, SITE, FETCHED)
    assert all(0 <= block.position < len(article.paragraphs) for block in article.blocks)
    assert len(article.prose) >= len(article.paragraphs) - sum(block.kind in NO_PROSE for block in article.blocks)
    for link in article.links:
        if link.start is not None and link.end is not None:
            assert article.paragraphs[link.position][link.start : link.end] == link.anchor_text
