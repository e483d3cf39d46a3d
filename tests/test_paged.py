"""An article over several pages: which is asked for next, and one text of all, each part at its place."""

from dataclasses import replace

from crawler.article import Article, Block, Dropped, Link, Pages
from crawler.paged import MOST, Asked, Paged, joined, read_again

URL = "https://www.example.com/2026/harbour"


def line(key):
    return f"The {key} comes back after the storm, and the council wants to know what it will cost."


def page(number, *keys, title="The harbour", named=(), url=None, **fields):
    address = url or (f"{URL}?page={number}" if number > 1 else URL)
    pages = Pages(number, tuple((n, f"{URL}?page={n}") for n in named), **fields)
    return Article("example", address, title=title, paragraphs=tuple(map(line, keys)), pages=pages)


def walked(first, answers):
    """Read all pages that are asked for; gives the end, and what was asked."""
    paged, asked = Paged.beginning(first), []
    while paged and (one := paged.next()):
        asked.append(one.number)
        answer = answers.get(one.number, "HTTP 404")
        paged = (
            paged.without(one, answer) if isinstance(answer, str) else paged.with_page(one, answer, f"w:{one.number}:")
        )
    return paged, asked


def test_numbered_pages_are_read_in_their_order_also_those_between():
    first = page(1, "ferry", named=(2, 4))
    paged, asked = walked(first, {n: page(n, f"crane {n}", named=(2, 4)) for n in (2, 3, 4)})
    assert asked == [2, 3, 4]
    assert paged.article().paragraphs == (line("ferry"), line("crane 2"), line("crane 3"), line("crane 4"))
    assert paged.partial is None
    assert paged.captures == ("w:2:", "w:3:", "w:4:")


def test_a_chain_of_next_pages_is_followed_to_its_end():
    answers = {
        2: page(2, "crane", following=f"{URL}?page=3"),
        3: page(3, "quay"),
    }
    paged, asked = walked(page(1, "ferry", following=f"{URL}?page=2"), answers)
    assert asked == [2, 3]
    assert paged.taken == (f"{URL}?page=2", f"{URL}?page=3")


def test_a_page_that_lacks_is_named_and_the_others_are_read():
    paged, asked = walked(page(1, "ferry", named=(2, 3)), {3: page(3, "quay")})
    assert (asked, paged.partial) == ([2, 3], "of 3 pages, page 2: HTTP 404")
    assert paged.article().paragraphs == (line("ferry"), line("quay"))


def test_another_article_at_the_address_of_a_page_is_none_of_it():
    other = page(3, "tuba", title="A tuba is found in a wood")
    paged, _ = walked(page(1, "ferry", named=(2, 3)), {2: page(2, "crane"), 3: other})
    assert paged.partial == "of 3 pages, page 3: another article"
    paged, asked = walked(page(1, "ferry", named=(2, 3)), {2: replace(other, url=f"{URL}?page=2")})
    assert (asked, paged.partial) == ([2], None)


def test_a_number_that_makes_no_difference_ends_it():
    paged, asked = walked(page(1, "ferry", named=(2, 3)), {2: page(2, "ferry")})
    assert (asked, paged.partial, paged.taken) == ([2], None, ())
    paged, asked = walked(page(1, "ferry", named=(2, 3)), {2: page(1, "ferry", "crane")})
    assert (asked, paged.partial) == ([2], None)


def test_a_page_that_shows_all_is_preferred_and_another_that_says_so_is_not():
    first = page(1, "ferry", named=(2, 3), whole=f"{URL}?page=all")
    whole = page(0, "ferry", "crane", "quay", url=f"{URL}?page=all")
    paged, asked = walked(first, {0: whole})
    assert (asked, paged.article().paragraphs, paged.article().url) == ([0], whole.paragraphs, URL)
    paged, asked = walked(first, {0: page(0, "tuba", url=f"{URL}?page=all"), 2: page(2, "crane"), 3: page(3, "quay")})
    assert (asked, len(paged.article().paragraphs)) == ([0, 2, 3], 3)


def test_pages_are_bounded():
    first = page(1, "ferry", named=range(2, 31))
    paged, asked = walked(first, {n: page(n, f"crane {n}") for n in range(2, 31)})
    assert len(asked) == MOST - 1
    assert paged.partial == f"of 30 pages, pages after {MOST} are not read"


def test_a_page_that_names_itself_as_the_next_ends():
    first = page(1, "ferry", following=URL)
    assert walked(first, {}) == (Paged.beginning(first), [])


def test_a_later_page_and_a_single_one_begin_nothing():
    assert Paged.beginning(page(2, "ferry", named=(3,))) is None
    assert Paged.beginning(replace(page(1, "ferry"), pages=None)) is None


def test_what_pages_repeat_stands_once_and_all_else_keeps_its_place():
    first = replace(
        page(1, "lead", "ferry"),
        links=(Link("read_more", 2, f"{URL}-other", "Other"),),
        blocks=(Block(1, "quote"),),
    )
    second = replace(
        page(2, "lead", "crane", "quay", "author"),
        paragraphs=(line("lead"), line("crane"), "* * *", line("quay"), line("author")),
        blocks=(Block(2, "note"), Block(0, "heading")),
        links=(
            Link("inline", 1, f"{URL}-crane", "crane", 4, 9),
            Link("inline", 0, f"{URL}-lead", "lead", 4, 8),
            Link("read_more", 5, f"{URL}-other", "Other"),
            Link("related", 0, f"{URL}-new", "New"),
        ),
        dropped=(Dropped(3, "caption", "A picture."),),
        authors=("Jane Roe",),
    )
    third = replace(page(3, "tuba", "author"), paragraphs=("* * *", line("tuba"), line("author")))
    made = joined(first, (second, third))
    assert made.paragraphs == (
        *(line("lead"), line("ferry"), line("crane"), "* * *", line("quay"), line("author")),
        line("tuba"),
    )
    assert made.blocks == (Block(1, "quote"), Block(3, "note"))
    assert made.links == (
        Link("read_more", 2, f"{URL}-other", "Other"),
        Link("inline", 2, f"{URL}-crane", "crane", 4, 9),
        Link("related", 2, f"{URL}-new", "New"),
    )
    assert made.dropped == (Dropped(4, "caption", "A picture."),)
    assert made.authors == ("Jane Roe",)


def test_pages_that_were_kept_are_read_again_as_they_were():
    first, second = page(1, "ferry"), page(2, "crane")
    assert read_again(first, [second]).paragraphs == (line("ferry"), line("crane"))
    whole = page(0, "ferry", "crane", "quay")
    assert read_again(first, [whole]).paragraphs == whole.paragraphs


def test_of_several_pages_that_were_kept_none_stands_for_the_others():
    more = page(2, "ferry", "crane", "quay")
    made = read_again(page(1, "ferry"), [more, page(3, "tuba")])
    assert made.paragraphs == tuple(map(line, ("ferry", "crane", "quay", "tuba")))


def test_a_further_page_without_a_headline_is_read():
    paged, _ = walked(page(1, "ferry", named=(2,)), {2: page(2, "crane", title="")})
    assert paged.article().paragraphs == (line("ferry"), line("crane"))


def test_an_address_between_is_made_of_its_last_number_whether_that_counts_from_nought_or_one():
    for counted, between in (
        ("/12/harbour?start=3", "/12/harbour?start=2"),
        ("/12/harbour-4", "/12/harbour-3"),
        ("/last", None),
    ):
        named = Pages(1, ((2, f"{URL}?page=2"), (4, f"{URL}{counted}")))
        paged = Paged.beginning(replace(page(1, "ferry"), pages=named))
        assert paged is not None
        asked = paged.with_page(Asked(2, f"{URL}?page=2"), page(2, "crane")).next()
        assert asked == (Asked(3, f"{URL}{between}") if between else None)
