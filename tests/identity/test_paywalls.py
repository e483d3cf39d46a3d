"""A wall that falls before a stored article takes no text, is no edit, and is written down until it is gone."""

from dataclasses import replace

import pytest

from crawler.article import Outcome
from pipelines.identity import revisits
from pipelines.identity.revisits import Policy
from tests.make import MT, NOW, SITES, TEXT, fresh_archive, keep, rows, visit

URL = f"{MT}/2024/12/09/council-decides-a100"
SITE = SITES.for_url(URL)
OFFER = "Subscribe now to read on, for a year or for a month."


@pytest.fixture
def db():
    archive = fresh_archive()
    keep(archive, visit(URL))
    return archive


def facts(db):
    (row,) = rows(db, "select text, wall, paywalled from articles join article_facts on article_id = id")
    return row


def edits(db):
    return rows(db, "select kind from events where kind <> 'new'")


@pytest.mark.parametrize(
    "shown",
    [TEXT[:1], TEXT[:2], (TEXT[0], "Paragraph 1 tells in plain …"), (TEXT[0], OFFER), ("Paragraph 0 tells in plain",)],
)
def test_the_text_stays_behind_a_wall_and_the_wall_is_noted_until_it_is_gone(db, shown):
    keep(db, visit(URL, minutes=60, paragraphs=shown, paywalled=True))
    assert facts(db) == ("\n\n".join(TEXT), "for subscribers", 1)
    assert (edits(db), rows(db, "select count(*) from revisions")) == ([], [(0,)])
    assert rows(db, "select last_checked_at from articles") == [("2024-12-09T13:00:00Z",)]
    keep(db, visit(URL, minutes=120, paywalled=False))
    assert facts(db) == ("\n\n".join(TEXT), None, 0)
    assert edits(db) == []


def test_other_rules_take_no_text_away_either(db):
    keep(db, visit(URL, minutes=60, paragraphs=TEXT[:1], paywalled=True, extractor="newer"))
    assert facts(db)[:2] == ("\n\n".join(TEXT), "for subscribers")


@pytest.mark.parametrize(
    ("shown", "paywalled"),
    [
        (TEXT[:1], None),
        (TEXT[:3], True),
        (("Another text altogether stands here now, of the mayor.",), True),
        ((TEXT[0], *(f"New words number {n} of the mayor stand here now, and more of them." for n in range(6))), True),
    ],
)
def test_what_is_no_wall_is_an_edit(db, shown, paywalled):
    keep(db, visit(URL, minutes=60, paragraphs=shown, paywalled=paywalled))
    assert len(edits(db)) == 1
    assert facts(db)[1] is None


def test_a_page_in_front_of_it_is_noted_as_well(db):
    blocked = replace(
        visit(URL, minutes=60), article=None, outcome=Outcome.BLOCKED, reason="a page in front of the article: Consent"
    )
    revisits.settle(db, blocked, 1, None, Policy(), SITE)
    assert facts(db)[:2] == ("\n\n".join(TEXT), "a page in front of the article: Consent")
    revisits.unchanged(db, 1, None, NOW)
    assert facts(db)[1] is None


def test_a_wall_for_subscribers_that_is_unchanged_still_stands(db):
    keep(db, visit(URL, minutes=60, paragraphs=TEXT[:1], paywalled=True))
    revisits.unchanged(db, 1, None, NOW)
    assert facts(db)[1] == "for subscribers"


def test_a_headline_that_changes_behind_a_wall_is_an_edit_once_and_the_text_stays(db):
    for hour, title in enumerate(("Council Decides at Last", "Council Decides", "Council Decides at Last"), 1):
        keep(db, visit(URL, minutes=60 * hour, title=title, paragraphs=TEXT[:1], paywalled=True))
        assert facts(db) == ("\n\n".join(TEXT), "for subscribers", 1)
        assert rows(db, "select title from articles") == [(title,)]
    assert edits(db) == [("edited",)]
    assert rows(db, "select title, text, changed from revisions order by id") == [
        ("Council Decides", "\n\n".join(TEXT), "title"),
        ("Council Decides at Last", "\n\n".join(TEXT), "title"),
    ]
    assert rows(db, "select count(*) from blocks") == rows(db, "select count(*) from blocks where position < 4")
