"""Two states of a page, from its bytes to the archive: which of its changes is an edit, and does the edit say so?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.extraction.extract import extract
from tests.make import MT, NOW, SITES, fresh_archive, keep, rows, visit

URL = f"{MT}/2024/12/09/ferry-sings-a100"
NODE = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ferry Sings Again",
"datePublished": "2024-12-09T09:00:00+03:00", "dateModified": "2024-12-09T09:30:00+03:00"}</script>"""
PROSE = """<p>The ferry left the north pier at six in the morning with four goats on board, its captain said.</p>
<p>Nobody had told the harbour office of them, and the crossing took an hour more than it was planned to.</p>
{beside}
<p>The council meets on Thursday to decide whether goats are freight, and who is to pay for the cleaning.</p>"""
TEASERS = """<div class="teasers"><h3>More from us</h3><ul><li><a href="/2024/12/08/{slug}-a{number}">{title}</a></li>
<li><a href="/2024/12/07/mayor-resigns-after-all-a90">The mayor resigns after all</a></li></ul></div>"""
TABLE = (
    "<table><tr><th>Pier</th><th>Goats</th></tr>"
    "<tr><td>North</td><td>{}</td></tr><tr><td>South</td><td>2</td></tr></table>"
)
CAPTION = "<figure><img src=x><figcaption>The ferry at the {} pier on the morning of the storm</figcaption></figure>"
FACTS = '<div class="factbox"><h4>The ferry</h4><p>It was built in {} and has crossed the strait ever since.</p></div>'
FOOT = "<footer><p>Correction: an earlier version of this article named the wrong {}.</p></footer>"


def page(beside="", foot="", teaser=1):
    more = TEASERS.format(slug=f"a-quiet-day-number-{teaser}", number=teaser, title=f"A quiet day, number {teaser}")
    body = f"<article><h1>Ferry Sings Again</h1>{PROSE.format(beside=beside)}{foot}</article>{more}"
    return f"<html lang=en><head><title>Ferry Sings Again</title>{NODE}</head><body>{body}</body></html>"


def stored_twice(first, second):
    """What the archive keeps as revisions, and as events, of two fetches of an address."""
    db = fresh_archive()
    for minutes, html in ((0, first), (60, second)):
        fetched = visit(URL, minutes=minutes)
        article = extract(html, URL, SITES.for_url(URL), NOW + timedelta(minutes=minutes))
        keep(db, replace(fetched, article=article))
    return rows(db, "select cause, silent, changed, summary from revisions"), rows(db, "select kind from events")


@pytest.mark.parametrize(
    ("first", "second", "field", "said"),
    [
        (page(), page(foot=FOOT.format("pier")), "text", "1 paragraph added"),
        (page(foot=FOOT.format("pier")), page(foot=FOOT.format("captain")), "text", "1 paragraph changed"),
        (page(TABLE.format(14)), page(TABLE.format(41)), "text", "a number changed 14 → 41"),
        (page(FACTS.format(1931)), page(FACTS.format(1913)), "text", "a number changed 1931 → 1913"),
        (
            page(CAPTION.format("north")),
            page(CAPTION.format("south")),
            "beside",
            "caption beside the text The ferry at",
        ),
    ],
    ids=["correction added", "correction changed", "cell", "fact box", "caption"],
)
def test_a_silent_change_of_what_papers_write_is_a_revision_that_says_so(first, second, field, said):
    ((cause, silent, changed, summary),), events = stored_twice(first, second)
    assert (cause, silent) == ("edit", 1)
    assert field in changed.split(", ")
    assert said in summary
    assert ("silent_edit",) in events


def test_a_revision_keeps_what_changed_beside_the_text_whole_and_it_goes_with_the_revision():
    db = fresh_archive()
    long = CAPTION.replace("storm", "storm, " + "as the harbour office said, " * 12 + "which nobody believed")
    for minutes, html in ((0, page(long.format("north"))), (60, page(long.format("south"), teaser=2))):
        article = extract(html, URL, SITES.for_url(URL), NOW + timedelta(minutes=minutes))
        keep(db, replace(visit(URL, minutes=minutes), article=article))
    ((revision, place, kind, before, after),) = rows(db, "select * from revision_blocks")
    assert (revision, place, kind) == (1, 0, "caption")
    assert before == after.replace("south", "north")
    assert after.endswith("which nobody believed")
    db.execute("delete from revisions")
    assert rows(db, "select * from revision_blocks") == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (page(teaser=1), page(teaser=2)),
        (page(CAPTION.format("north"), teaser=1), page(CAPTION.format("north"), teaser=7)),
        (page("<aside>12 are reading this</aside>"), page("<aside>31 are reading this</aside>")),
    ],
    ids=["teasers", "teasers beside a caption", "a counter"],
)
def test_what_rotates_is_no_revision(first, second):
    revisions, events = stored_twice(first, second)
    assert revisions == []
    assert events == [("new",)]
