"""The index by which articles of one event find each other."""

from datetime import timedelta

from crawler.article import Moment
from pipelines.archive.stories_index import ROWS
from tests.make import MT, NOW, fresh_archive, keep, visit

STRIKE = "Workers at the Belarin refinery in Tolvograd walked out over unpaid wages, union leader Irsa Voland said."


def test_a_word_that_a_day_is_full_of_finds_its_latest_articles_at_a_bounded_cost():
    db = fresh_archive()
    for number in range(ROWS + 20):
        at = Moment(NOW + timedelta(minutes=number))
        paragraphs = (STRIKE, f"Report {number} speaks of gate {number} and of nothing else.")
        keep(db, visit(f"{MT}/2024/12/09/strike-a{5000 + number}", title="Strike", paragraphs=paragraphs, published=at))
    rows = db.execute("select count(*), max(article_id) from _terms group by term, period").fetchall()
    assert max(n for n, _ in rows) == ROWS
    assert {latest for n, latest in rows if n == ROWS} == {ROWS + 20}
