"""A paragraph that stands on many different articles of a site is the site's; what recurs for a good reason stays."""

import pytest

from crawler.article import Article, Block, Link
from pipelines.archive import rows
from pipelines.archive.fields import with_followers
from pipelines.copies.boilerplate import REASON, fingerprint, is_boilerplate, is_evidence, may_recur, without
from tests.make import MT, keep, visit

PLEA = "Independent papers live from their readers. Join those who support ours with a gift every month."
CREDIT = "AFP contributed reporting."


def own(n: int) -> list[str]:
    """Four paragraphs that no other article has."""
    return [
        f"Sentence {n}.{k} tells something that happened on day {n} in street number {k} of town {n * k}."
        for k in range(4)
    ]


def put(db, n: int, *extra: str, **fields):
    words = own(n)
    return keep(
        db,
        visit(
            f"{MT}/2024/12/09/story-{n}-a{n}", title=f"Story {n}", paragraphs=(*words[:2], *extra, *words[2:]), **fields
        ),
    )


def texts(db):
    return [row[0].split("\n\n") for row in db.execute("select text from articles order by id")]


def test_a_paragraph_on_many_articles_is_taken_out_of_all_of_them(db):
    for n in range(1, 5):
        put(db, n, PLEA)
    assert all(PLEA in paragraphs for paragraphs in texts(db))
    put(db, 5, PLEA)
    assert texts(db) == [own(n) for n in range(1, 6)]
    put(db, 6, PLEA.upper())
    assert texts(db)[-1] == own(6)
    dropped = db.execute("select article_id, position, reason, text from dropped order by 1").fetchall()
    assert [tuple(row) for row in dropped[:5]] == [(n, 2, REASON, PLEA) for n in range(1, 6)]
    assert dropped[5]["text"] == PLEA.upper()


def test_what_follows_from_a_text_is_the_same_whether_its_boilerplate_was_known_before_it_came_or_not(db):
    follows, table = with_followers("text"), (Block(2, "table"),)
    put(db, 1, "Fare\tPrice\nReturn\t12.40", PLEA, blocks=table)
    rows.update(db, 1, dict.fromkeys(follows - {"text"}))
    for n in range(2, 6):
        put(db, n, PLEA)
    words = own(1)
    again = (*words[:2], "Fare\tPrice\nReturn\t12.40", PLEA, *words[2:])
    keep(db, visit(f"{MT}/2024/12/10/again-a99", title="Again", paragraphs=again, blocks=table))
    before, after = db.execute("select * from articles where id in (1, 6)").fetchall()
    assert [(name, before[name]) for name in follows] == [(name, after[name]) for name in follows]
    assert None not in {after[name] for name in follows}


def test_cleaning_is_no_revision_and_no_event_and_the_search_forgets_the_words(db):
    for n in range(1, 7):
        put(db, n, PLEA)
    assert db.execute("select count(*) from revisions").fetchone()[0] == 0
    assert {row[0] for row in db.execute("select kind from events")} == {"new"}
    assert db.execute("select count(*) from articles_fts where articles_fts match 'independent'").fetchone()[0] == 0
    assert len({row[0] for row in db.execute("select content_hash from articles")}) == 6


def test_links_and_blocks_move_up_with_their_paragraphs(db):
    links = (Link("inline", 3, "https://example.org/x", "happened", 29, 37), Link("related", 3, f"{MT}/all/99", "Read"))
    for n in range(1, 6):
        put(db, n, PLEA, links=links, blocks=(Block(4, "quote"),))
    assert {tuple(row) for row in db.execute("select kind, position from links")} == {("inline", 2), ("related", 2)}
    assert {row[0] for row in db.execute("select position from blocks")} == {3}


def test_a_link_in_a_paragraph_that_is_known_to_be_the_sites_goes_with_it(db):
    for n in range(1, 8):
        give = Link("inline", 2, "https://example.org/give", "gift", 78, 82)
        put(db, n, PLEA, links=(give, Link("inline", 3, "https://example.org/x", "happened", 29, 37)))
    assert {tuple(row) for row in db.execute("select href, position from links")} == {("https://example.org/x", 2)}
    assert texts(db)[-1] == own(7)


@pytest.mark.parametrize(
    "line", [CREDIT, "By Anna Petrova for the Herald in Velmora.", "MOSCOW, Dec. 9", "Key points of the day"]
)
def test_credits_bylines_datelines_and_headings_survive(db, line):
    for n in range(1, 12):
        put(db, n, line, authors=("Anna Petrova",), wire="AFP", blocks=(Block(2, "heading"),) if "Key" in line else ())
    assert all(line in paragraphs for paragraphs in texts(db))


def test_an_article_that_ran_many_times_is_not_boilerplate(db):
    for n in range(1, 9):
        keep(db, visit(f"{MT}/2024/12/09/story-{n}-a{n}", title=f"Story, day {n}", paragraphs=(*own(1), own(n + 1)[0])))
    assert all(paragraphs[:4] == own(1) for paragraphs in texts(db))


def test_a_background_that_few_articles_of_many_share_stays(db):
    for n in range(1, 150):
        put(db, n, *([PLEA] if n % 25 == 0 else []))
    assert sum(PLEA in paragraphs for paragraphs in texts(db)) == 5


def test_other_sites_may_say_the_same(db):
    for n in range(1, 6):
        put(db, n, PLEA)
    keep(db, visit("https://example.org/story", title="Elsewhere", paragraphs=(*own(50), PLEA)))
    assert PLEA in texts(db)[-1]


def test_what_is_kept_of_paragraphs_is_bounded(db, monkeypatch):
    monkeypatch.setattr("pipelines.copies.boilerplate.WINDOW", 20)
    for n in range(1, 101):
        put(db, n)
    assert db.execute("select count(distinct article_id) from _paragraphs").fetchone()[0] <= 20 + 50


def test_a_clock_that_is_ahead_forgets_nothing_that_the_latest_articles_had(db, monkeypatch):
    later = 400 * 24 * 60  # minutes: more than a year
    for n in range(1, 51):
        put(db, n, *([PLEA] if n < 7 else []), minutes=later * (n > 6))
    assert db.execute("select text from _boilerplate").fetchall() != []
    monkeypatch.setattr("pipelines.copies.boilerplate.WINDOW", 10)
    for n in range(51, 151):
        put(db, n, minutes=later)
    assert db.execute("select text from _boilerplate").fetchall() == []


def test_the_pure_parts():
    article = Article(
        "s", "u", paragraphs=("One two three four five six.", "a b c", "Seven eight nine ten eleven twelve.")
    )
    assert fingerprint("“Join us”  today!") == fingerprint("join us today")
    assert [may_recur(article, n) for n in range(3)] == [False, True, False]
    assert without(article, [0, 2]) is article  # nearly nothing would be left
    assert without(article, [2]).paragraphs == article.paragraphs[:2]
    assert not is_boilerplate(4, 10)
    assert is_boilerplate(5, 100)
    assert not is_boilerplate(5, 101)


@pytest.mark.parametrize(
    ("shared", "paragraphs", "counts"),
    [(0, 1, True), (5, 8, True), (5, 7, False), (2, 4, True), (3, 5, False)],
)
def test_an_article_counts_unless_most_of_it_ran_before(shared, paragraphs, counts):
    assert is_evidence(shared, paragraphs) is counts
