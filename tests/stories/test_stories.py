"""Stories as they stand in the archive: joined, merged, split, and why."""

from datetime import timedelta
from random import Random

import pytest

from crawler.article import Kind, Link, Moment
from pipelines.store import store
from pipelines.stories import index, stories
from tests.make import MT, NOW, SITES, fresh_archive, keep, record, related, rows, visit
from tests.material.stories.month import month

LATER = "2024-12-20T12:00:00Z"
STRIKE = (
    "Workers at the Belarin refinery in Tolvograd walked out on Monday over unpaid wages, their union said.",
    "Union leader Irsa Voland told reporters that Belarin had ignored three letters. Some 400 joined the picket.",
    "Tolvograd depends on the refinery. Mediator Osk Prentis is to meet Voland and Belarin managers this week.",
)
TALKS = (
    "Talks between the Belarin refinery and its strikers began in Tolvograd under mediator Osk Prentis.",
    "Irsa Voland, who leads the union, said the Belarin walkout over wages goes on until managers sign.",
    "Pickets at the Tolvograd refinery turned lorries back for a second day, Voland said.",
)
REGATTA = (
    "Skipper Mieke Aldous won the Lake Fjornen regatta on Sunday in a borrowed boat, ahead of forty others.",
    "Aldous, who is nineteen, crossed Lake Fjornen in the last gust before the wind died away altogether.",
    "Harbourmaster Tye Ransome called it the closest finish at Fjornen since the race began.",
)


@pytest.fixture(scope="module")
def _seasoned():
    """An archive that knows which words are common, as a backup to start from."""
    db = fresh_archive()
    pieces = [piece for piece in month(3) if piece.event is None][:220]
    for number, piece in enumerate(pieces):
        at = NOW - timedelta(days=25 - number / 12)
        keep(db, visit(f"{MT}/2024/11/01/old-{number}-a{1000 + number}", title=piece.title, paragraphs=piece.paragraphs,
                       published=Moment(at)))  # fmt: skip
    return db


@pytest.fixture
def db(_seasoned):
    fresh = fresh_archive()
    _seasoned.backup(fresh)
    return fresh


def publish(db, number, title, paragraphs, days=0.0, **fields):
    """Store an article of the day; gives its number in the archive."""
    url = f"{MT}/2024/12/09/piece-a{number}"
    minutes = fields.pop("minutes", number)
    published = Moment(NOW + timedelta(days=days))
    return keep(
        db, visit(url, minutes=minutes, title=title, paragraphs=paragraphs, published=published, **fields)
    ).article_id


def story(db, article_id):
    return db.execute("select story_id from articles where id = ?", (article_id,)).fetchone()[0]


def joining(db, article_id):
    return db.execute("select with_id, reason from story_articles where article_id = ?", (article_id,)).fetchone()


def strike_and_talks(db):
    return (
        publish(db, 1, "Refinery Workers Strike in Tolvograd", STRIKE),
        publish(db, 2, "Belarin Strikers Meet Mediator", TALKS, days=1),
    )


def test_articles_on_one_event_share_a_story_that_says_why(db):
    first, second = strike_and_talks(db)
    assert story(db, first) == story(db, second) is not None
    with_id, reason = joining(db, second)
    assert with_id == first
    assert reason.startswith("same names and words: ")
    assert "Belarin" in reason or "Tolvograd" in reason
    assert joining(db, first)["with_id"] is None


def test_a_story_has_the_title_of_its_earliest_article_and_true_times(db):
    first, second = strike_and_talks(db)
    row = db.execute("select * from stories where id = ?", (story(db, first),)).fetchone()
    assert (row["title"], row["articles"]) == ("Refinery Workers Strike in Tolvograd", 2)
    assert (row["started_at"], row["updated_at"]) == ("2024-12-09T12:00:00Z", "2024-12-10T12:00:00Z")
    assert second != first


def test_a_story_keeps_the_title_of_its_earliest_article_when_another_leaves(db):
    first, second = strike_and_talks(db)
    publish(db, 3, "Belarin Pays", TALKS[:2], days=2)
    stories.forget(db, second, LATER)
    row = db.execute("select title, articles from stories where id = ?", (story(db, first),)).fetchone()
    assert tuple(row) == ("Refinery Workers Strike in Tolvograd", 2)


def test_a_story_follows_what_is_edited_in_its_earliest_article(db):
    first, _ = strike_and_talks(db)
    publish(db, 1, "Refinery Workers Walk Out in Tolvograd", STRIKE, days=0.5, minutes=90)
    row = db.execute("select title, started_at from stories where id = ?", (story(db, first),)).fetchone()
    assert tuple(row) == ("Refinery Workers Walk Out in Tolvograd", "2024-12-10T00:00:00Z")


def test_an_article_alone_has_no_story(db):
    alone = publish(db, 3, "Aldous Wins the Fjornen Regatta", REGATTA)
    assert story(db, alone) is None
    assert joining(db, alone) is None


def test_the_same_words_weeks_apart_are_another_event(db):
    first = publish(db, 1, "Refinery Workers Strike in Tolvograd", STRIKE)
    second = publish(db, 2, "Belarin Strikers Meet Mediator", TALKS, days=11)
    assert (story(db, first), story(db, second)) == (None, None)


def test_a_related_link_that_is_unlike_joins_nothing(db):
    first = publish(db, 1, "Refinery Workers Strike in Tolvograd", STRIKE)
    second = publish(db, 2, "Regatta", REGATTA, links=related(f"{MT}/2024/12/09/piece-a1"))
    assert (story(db, first), story(db, second)) == (None, None)


def test_a_related_link_joins_what_is_somewhat_alike_whichever_came_first(db):
    brief = (
        "The Belarin dispute weighs on fuel prices, dealers said, as pumps in the capital ran dry.",
        "Dealers blame hoarding; the ministry says tanks are full. Bus companies have cut their routes.",
    )
    second = publish(db, 2, "Pumps Run Dry Over Belarin", brief, days=1, links=related(f"{MT}/2024/12/09/piece-a1"))
    assert story(db, second) is None
    first = publish(db, 1, "Refinery Workers Strike in Tolvograd", STRIKE)
    assert story(db, first) == story(db, second) is not None
    assert joining(db, first)["reason"] == "related link from “Pumps Run Dry Over Belarin”"


def test_an_article_rewritten_into_something_else_leaves_its_story(db):
    first, second = strike_and_talks(db)
    old = story(db, first)
    publish(db, 2, "Aldous Wins the Fjornen Regatta", REGATTA, days=1, minutes=90)
    assert (story(db, first), story(db, second)) == (None, None)
    rows = db.execute("select kind, story_id from story_changes where story_id = ?", (old,)).fetchall()
    assert [tuple(row) for row in rows] == [("ended", old)]
    assert db.execute("select count(*) from stories where id = ?", (old,)).fetchone()[0] == 0


def test_a_number_is_never_used_again(db):
    first, _ = strike_and_talks(db)
    old = story(db, first)
    publish(db, 2, "Aldous Wins the Fjornen Regatta", REGATTA, days=1, minutes=90)
    publish(db, 4, "Belarin Strikers Meet Mediator", TALKS, days=1)
    assert story(db, first) > old


def test_a_removed_article_takes_its_story_of_two_with_it(db):
    first, second = strike_and_talks(db)
    stories.forget(db, second, LATER)
    assert (story(db, first), story(db, second)) == (None, None)
    assert db.execute("select count(*) from _vectors where article_id = ?", (second,)).fetchone()[0] == 0


def test_what_was_joined_through_a_removed_article_stays_if_it_is_tied_to_another(db):
    first, second = strike_and_talks(db)
    third = publish(db, 5, "Tolvograd Strike Enters Third Day", (*TALKS[1:], *STRIKE[1:]), days=2)
    db.execute("update story_articles set with_id = ? where article_id = ?", (second, third))
    stories.forget(db, second, LATER)
    assert story(db, first) == story(db, third) is not None
    assert joining(db, third)["with_id"] == first
    count = db.execute("select articles from stories where id = ?", (story(db, first),)).fetchone()[0]
    assert count == 2


def test_an_article_stands_where_its_twin_stood(db):
    first, second = strike_and_talks(db)
    new = publish(db, 6, "Aldous Wins the Fjornen Regatta", REGATTA)
    stories.moved(db, first, new, LATER)
    assert story(db, new) == story(db, second) is not None
    assert story(db, first) is None
    assert joining(db, second)["with_id"] == new


def test_a_live_blog_joins_a_story_but_none_joins_through_it(db):
    live = publish(db, 7, "Live: Refinery Strike", STRIKE, kind=Kind.LIVE)
    second = publish(db, 2, "Belarin Strikers Meet Mediator", TALKS, days=1)
    assert (story(db, live), story(db, second)) == (None, None)
    third = publish(db, 1, "Tolvograd Strike Enters Third Day", (*TALKS[1:], *STRIKE[1:]), days=1)
    assert story(db, third) == story(db, second)


def test_paid_pieces_have_no_story(db):
    publish(db, 1, "Refinery Workers Strike in Tolvograd", STRIKE)
    paid = publish(db, 2, "Belarin Strikers Meet Mediator", TALKS, days=1, kind=Kind.SPONSORED)
    assert story(db, paid) is None


def test_a_list_of_links_glues_nothing_together(db):
    first = publish(db, 1, "Refinery Workers Strike in Tolvograd", STRIKE)
    regatta = publish(db, 3, "Aldous Wins the Fjornen Regatta", REGATTA)
    text = ("The week: Belarin, Tolvograd, Voland, and Aldous at Fjornen, and much else besides in the letters page.",)
    links = tuple(Link("related", 0, f"{MT}/2024/12/09/piece-a{number}", "Read") for number in (1, 3))
    publish(db, 8, "The Week in Brief", text, days=2, links=links)
    assert story(db, first) is None or story(db, first) != story(db, regatta)


def test_unchanged_pages_change_nothing(db):
    first, second = strike_and_talks(db)
    before = [tuple(row) for row in db.execute("select * from story_articles")]
    articles = (
        (1, "Refinery Workers Strike in Tolvograd", STRIKE, 0),
        (2, "Belarin Strikers Meet Mediator", TALKS, 1),
    )
    for number, title, text, days in articles:
        publish(db, number, title, text, days=days, minutes=300)
    assert [tuple(row) for row in db.execute("select * from story_articles")] == before
    assert first != second


@pytest.fixture
def glued(db):
    """A story of a strike and of a regatta; the numbers of the articles of each."""
    strikes = list(strike_and_talks(db))
    boats = [publish(db, number, f"Aldous Wins at Fjornen, {number}", REGATTA[: number - 10]) for number in (12, 13)]
    add(db, boats[0], story(db, strikes[0]), strikes[1])
    add(db, boats[1], story(db, strikes[0]), boats[0])
    return strikes, boats


def add(db, article_id, story_id, with_id):
    """Put an article into a story through another one, whatever it is about."""
    db.execute("delete from story_articles where article_id = ?", (article_id,))
    row = (article_id, story_id, with_id, "put there", LATER)
    db.execute(
        "insert into story_articles(article_id, story_id, with_id, reason, joined_at) values (?, ?, ?, ?, ?)", row
    )
    db.execute("update articles set story_id = ? where id = ?", (story_id, article_id))


def test_a_story_that_proves_to_be_two_is_split_and_says_so(db, glued):
    strikes, boats = glued
    third = publish(db, 14, "Aldous Wins the Fjornen Regatta", REGATTA[::-1])
    assert story(db, third) == story(db, boats[0]) == story(db, boats[1])
    assert story(db, strikes[0]) == story(db, strikes[1]) != story(db, third)
    assert db.execute("select count(*) from story_changes where kind = 'split'").fetchone()[0] == 1
    roots = [one for one in (*strikes, *boats, third) if joining(db, one)["with_id"] is None]
    assert len(roots) == 2


def test_both_parts_of_a_split_story_have_true_titles_times_and_counts(db, glued):
    strikes, boats = glued
    publish(db, 14, "Aldous Wins the Fjornen Regatta", REGATTA[::-1])
    sql = "select title, articles, started_at, updated_at from stories where id = ?"
    strike, regatta = (tuple(db.execute(sql, (story(db, one),)).fetchone()) for one in (strikes[0], boats[0]))
    assert strike == ("Refinery Workers Strike in Tolvograd", 2, "2024-12-09T12:00:00Z", "2024-12-10T12:00:00Z")
    assert regatta == ("Aldous Wins at Fjornen, 12", 3, "2024-12-09T12:00:00Z", "2024-12-09T12:00:00Z")


def test_what_is_too_old_to_be_compared_goes_with_what_it_was_joined_through(db, glued):
    strikes, boats = glued
    old = [
        publish(db, number, f"An old piece, {number}", (f"Nothing but number {number}.",)) for number in (20, 21, 22)
    ]
    for article_id, with_id in zip(old, (boats[1], old[0], strikes[1]), strict=True):
        add(db, article_id, story(db, strikes[0]), with_id)
        index.remove(db, article_id)
    publish(db, 14, "Aldous Wins the Fjornen Regatta", REGATTA[::-1])
    assert [story(db, one) for one in old] == [story(db, boats[0]), story(db, boats[0]), story(db, strikes[0])]
    assert story(db, boats[0]) != story(db, strikes[0])


def test_the_stories_of_a_crawl_do_not_depend_on_the_order_of_answers():
    pieces = month(4)[:90]
    outcomes = []
    for seed in (1, 2):
        db = fresh_archive()
        order = list(range(len(pieces)))
        Random(seed).shuffle(order)  # noqa: S311  # no secret
        for number in order:
            piece = pieces[number]
            look = visit(f"{MT}/2024/12/09/piece-a{number}", minutes=number, title=piece.title,
                         paragraphs=piece.paragraphs, published=Moment(piece.at))  # fmt: skip
            store(db, record(look), SITES.for_url(MT), None, in_crawl=True)
        assert (stories.waiting(db), len(rows(db, "select * from stories"))) == (len(pieces), 0)
        assert sum(stories.steps(db, LATER)) == 2 * len(pieces)
        assert stories.waiting(db) == 0
        outcomes.append(sorted(rows(db, "select s.title, a.url from articles a join stories s on s.id = a.story_id")))
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) > 20


def test_what_waited_when_a_crawl_was_killed_is_placed_by_the_next_one(db):
    for number, paragraphs in ((1, STRIKE), (2, TALKS)):
        look = visit(f"{MT}/2024/12/09/piece-a{number}", title="Belarin refinery strike", paragraphs=paragraphs)
        store(db, record(look), SITES.for_url(MT), None, in_crawl=True)
    next(stories.steps(db, LATER))  # they are counted
    before = rows(db, "select sum(articles) from _term_counts")
    assert sum(stories.steps(db, LATER)) == 4
    assert rows(db, "select sum(articles) from _term_counts") == before
    assert len(set(rows(db, "select story_id from articles where url like '%/piece-a%'")) - {(None,)}) == 1


LETTERS = (
    "Readers of the Harbour Letters page write on the ferry, the school roof and the price of herring this week.",
    "Arne Tollmar of Saltwick thinks that the ferry is late too often, and Berit Quist thinks that it is not.",
)


def test_a_column_founds_no_story_however_alike_its_issues_are(db):
    numbers = [publish(db, 60 + n, "Harbour Letters", LETTERS, days=n, minutes=1440 * n) for n in range(4)]
    placed = dict(db.execute("select article_id, story_id from story_articles").fetchall())
    assert placed.keys().isdisjoint(numbers)


def test_pieces_under_one_headline_that_come_when_it_happens_are_a_story(db):
    numbers = [publish(db, 60 + n, "Harbour Letters", LETTERS, days=n * 1.3) for n in range(3)]
    placed = dict(db.execute("select article_id, story_id from story_articles").fetchall())
    assert len({placed.get(number) for number in numbers} - {None}) == 1
