"""The benchmark of growth, in small: what it stores and what it prints."""

import pytest

from benchmarks.growth import grow, main, sizes
from benchmarks.growth_file import bytes_by_table, rows_of
from crawler.article import Article
from tests.material.articles import SITES, address, visit


def printed(number: int) -> Article:
    article = visit(number).article
    assert article is not None
    return article


def test_articles_come_from_their_number_alone_and_are_of_the_size_told():
    one = visit(1234)
    assert one == visit(1234)
    assert one != visit(1235)
    articles = [printed(number) for number in range(900, 930)]
    assert 3_500 < sum(len(article.text) for article in articles) / len(articles) < 4_500
    assert {(len(article.links), len(article.provenance)) for article in articles} == {(15, 20)}


def test_one_article_in_twenty_is_nearly_another():
    def shared(number: int) -> int:
        mine = set(printed(number).paragraphs)
        return max(len(mine & set(printed(other).paragraphs)) for other in range(number - 151, number))

    assert shared(400) == 8
    assert shared(401) == 0


def test_addresses_of_papers_with_a_profile_have_a_number():
    keys = {SITES.address_key(address(number)).partition(":")[0] for number in range(60)}
    assert {"harbour", "uplands"} <= keys


@pytest.mark.parametrize(
    ("first", "most", "at"), [(10, 10, [10]), (10, 1000, [10, 100, 1000]), (10, 250, [10, 100, 250])]
)
def test_windows_lie_tenfold_apart(first, most, at):
    assert sizes(first, most) == at


async def test_an_archive_grows_to_each_size_and_past_it_by_a_window(tmp_path):
    told: list[str] = []
    windows = await grow(tmp_path / "news.db", [8, 20], 4, told.append)
    assert [(one.rows, one.articles) for one in windows] == [(8, 4), (20, 4)]
    assert all(one.cpu > 0 and one.duration > 0 and one.resident > 2**20 for one in windows)
    assert "1.00" in told[-2]
    total, *tables = bytes_by_table(tmp_path / "news.db")
    assert int(total.split()[3].strip(",").replace(",", "")) > 10_000
    assert {"articles", "links", "provenance"} <= {line.split()[1] for line in tables}


async def test_an_archive_that_this_made_grows_on(tmp_path):
    path = tmp_path / "news.db"
    await grow(path, [8], 4, print)
    assert rows_of(path) == 12
    (window,) = await grow(path, [20], 4, print, rows_of(path))
    assert (window.rows, rows_of(path)) == (20, 24)


@pytest.mark.parametrize("content", ["mine", ""])
def test_any_other_file_is_left_alone(tmp_path, capsys, content):
    path = tmp_path / "news.db"
    path.write_text(content)
    with pytest.raises(SystemExit):
        main(["--rows", "20", "--first", "20", "--window", "5", "--database", str(path)])
    assert "no archive of this benchmark" in capsys.readouterr().err
    assert path.read_text() == content
