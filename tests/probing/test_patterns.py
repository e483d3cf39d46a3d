"""The general form of article addresses, worked out from a few."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.probing.patterns import address_patterns
from crawler.probing.shapes import content_params, shaped
from crawler.profiles import load_profiles

ORIGIN = "https://www.example.com"
MENU = (
    "/",
    "/politics",
    "/sport/football",
    "/author/ada-brook",
    "/tag/budget-2025",
    "/about-us",
    "/topics/the-long-wet-year",
)

# Addresses below the origin; the patterns they give; a further article's address; what identifies it there.
FORMS = {
    "number at the end": (
        ["/politics/council-votes-2481375", "/sport/derby-is-won-2481402", "/politics/mayor-in-2025-2481500"],
        [r"/[^/?]+/(?P<slug>[^/?]+)-(?P<id>\d{6,})$"],  # not the year of a tag
        ("/culture/a-new-organ-2490000", {"slug": "a-new-organ", "id": "2490000"}),
    ),
    "number behind a letter, under the day": (
        ["/2024/12/09/ferry-is-back-a87268", "/2024/12/10/a-goose-a87301", "/2025/01/02/ice-a87400"],
        [r"/\d{4}/\d{1,2}/\d{1,2}/(?P<slug>[^/?]+)-a(?P<id>\d+)$"],
        ("/2026/3/1/other-words-a90000", {"slug": "other-words", "id": "90000"}),
    ),
    "number before the words": (
        ["/story/3000000218734/a-b-c", "/story/3000000218801/d-e", "/story/3000000219002/f"],
        [r"/story/(?P<id>\d+)/(?P<slug>[^/?]+)$"],
        ("/story/3000000300000/g-h", {"slug": "g-h", "id": "3000000300000"}),
    ),
    "number in the middle of a name": (
        ["/w/article242348272/One-Two.html", "/w/article242349001/Three.html", "/t/article242350000/Four.html"],
        [r"/[^/?]+/article(?P<id>\d+)/(?P<slug>[^/?]+)\.html$"],
        ("/sport/article250000000/Five-Six.html", {"slug": "Five-Six", "id": "250000000"}),
    ),
    "number behind a point": (
        ["/news/who-won-li.343191", "/news/who-lost-li.343200", "/news/and-why-li.343311"],
        [r"/news/(?P<slug>[^/?]+)-li\.(?P<id>\d+)$"],
        ("/news/not-now-li.350000", {"slug": "not-now", "id": "350000"}),
    ),
    "number opening the words": (
        ["/life/5481-how-we-wait", "/life/5502-why-we-wait", "/jobs/5610-who-waits"],
        [r"/[^/?]+/(?P<id>\d+)-(?P<slug>[^/?]+)$"],
        ("/love/5999-no-more", {"slug": "no-more", "id": "5999"}),
    ),
    "letters and digits of a hash": (
        ["/article/one-two-596187204627", "/article/two-three-603e9ddb8be4469b", "/article/three-ee19f73bb5e56336"],
        [r"/article/(?P<slug>[^/?]+)-(?P<id>[0-9a-f]{10,})$"],
        ("/article/four-five-0a1b2c3d4e5f6a7b", {"slug": "four-five", "id": "0a1b2c3d4e5f6a7b"}),
    ),
    "words under the day": (
        ["/2024/12/09/ferry-is-back/", "/2024/12/10/goose/", "/2025/01/02/ice-on-the-river/"],
        [r"/\d{4}/\d{1,2}/\d{1,2}/(?P<slug>[^/?]+)$"],
        ("/2026/02/03/frost/", {"slug": "frost"}),
    ),
    "words under a month's name": (
        ["/town/2024/mar/02/one-thing", "/life/2024/mar/05/another", "/town/2024/apr/01/a-third"],
        [r"/[^/?]+/\d{4}/[a-z]{3,9}/\d{1,2}/(?P<slug>[^/?]+)$"],
        ("/art/2025/dec/24/a-last", {"slug": "a-last"}),
    ),
    "a date that is no number of its own": (
        ["/news/20250113/10277301/one", "/news/20250113/10277444/two", "/news/20250114/10278000/three"],
        [r"/news/\d{8}/(?P<id>\d+)/(?P<slug>[^/?]+)$"],
        ("/news/20250201/10280000/four", {"slug": "four", "id": "10280000"}),
    ),
    "sections of any depth": (
        ["/news/uk/a-b-b2506036.html", "/arts/music/news/c-b2506015.html", "/news/uk/d-b2505820.html"],
        [r"/[^/?]+(?:/[^/?]+)*/(?P<slug>[^/?]+)-b(?P<id>\d+)\.html$"],
        ("/sport/e-f-b2600000.html", {"slug": "e-f", "id": "2600000"}),
    ),
    "two forms at once": (
        [*(f"/news/story-{n}-{n + 41_000}" for n in range(6)), *(f"/blog/2025/0{n}/note-on-{n}x" for n in (1, 2, 3))],
        [r"/news/(?P<slug>[^/?]+)-(?P<id>\d+)$", r"/blog/\d{4}/\d{1,2}/(?P<slug>[^/?]+)$"],
        ("/blog/2025/11/one-more", {"slug": "one-more"}),
    ),
}  # fmt: skip


def whole(paths):
    return [ORIGIN + path for path in paths]


def groups(regex, path):
    match = re.match(regex, path)
    return match.groupdict() if match else {}


def path_of(path):
    return path.rstrip("/")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.replace(" ", "-"))
def test_addresses_give_their_general_form(form):
    paths, expected, (other, identity) = FORMS[form]
    found = [pattern.regex for pattern in address_patterns(whole(paths), whole(MENU))]
    assert found == expected
    matches = [match for regex in found if (match := re.match(regex, path_of(other)))]
    assert [match.groupdict() for match in matches] == [identity]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.replace(" ", "-"))
def test_no_pattern_matches_what_is_known_to_be_no_article(form):
    paths, _, (other, _) = FORMS[form]
    found = address_patterns(whole(paths), whole((*MENU, other)))
    assert not [path for path in (*MENU, other) for pattern in found if re.match(pattern.regex, path_of(path))]
    assert all(any(re.match(pattern.regex, path_of(path)) for pattern in found) for path in paths)


def test_words_alone_must_be_many_since_section_names_are_few():
    paths = ["/why-the-ferry-stopped", "/a-goose-on-the-pier", "/how-to-mend-a-net", "/the-mill-is-sold-again"]
    (pattern,) = address_patterns(whole(paths), whole(("/politics", "/about-us")))
    assert groups(pattern.regex, "/nobody-saw-the-frost") == {"slug": "nobody-saw-the-frost"}
    for menu in ("/politics", "/about-us", "/life", "/town/news-of-the-day"):
        assert not re.match(pattern.regex, menu)


def test_where_tags_look_like_articles_only_known_sections_hold_articles():
    paths = [f"/{section}/words-of-{section}-{word}" for section in ("town", "sport") for word in ("one", "two", "six")]
    menu = ["/town", "/sport", "/culture", "/topics/the-long-wet-year"]
    (pattern,) = address_patterns(whole(paths), whole(menu))
    assert re.match(pattern.regex, "/culture/a-play-in-the-dark")
    assert not re.match(pattern.regex, "/topics/another-long-year")


def test_an_exception_is_named_where_nothing_else_tells_it_apart():
    paths = [f"/2025/01/0{n}/words-of-story-{n}x" for n in range(1, 6)]
    wrong = "/2025/01/06/house-rules-for-readers"
    (pattern,) = address_patterns(whole(paths), whole([wrong]))
    assert not re.match(pattern.regex, wrong)
    assert re.match(pattern.regex, "/2025/01/06/words-of-story-six")


def test_numbers_that_two_articles_share_are_no_identity():
    paths = [f"/story/{n // 2 + 70_000}/words-{word}" for n, word in enumerate(("one", "two", "three", "four"))]
    (pattern,) = address_patterns(whole(paths), [])
    assert pattern.regex == r"/story/\d+/(?P<slug>[^/?]+)$"


def test_a_form_that_hardly_any_address_has_is_left_out():
    paths = [f"/news/story-{n}-{n + 41_000}" for n in range(60)]
    patterns = address_patterns(whole([*paths, "/win/a/cruise"]), [])
    assert [pattern.count for pattern in patterns] == [60]
    assert patterns[0].example in paths


def test_the_query_counts_where_paths_do_not_tell_articles_apart():
    urls = whole(f"/view.php?id={n}&ref=front&utm_source=x" for n in range(400, 406))
    assert content_params(urls) == ("id",)
    (pattern,) = address_patterns(urls, whole(["/view.php", "/list.php?page=2"]))
    assert pattern.regex == r"/view\.php\?id=(?P<id>\d+)$"


def test_the_query_does_not_count_where_paths_do():
    urls = whole(f"/news/story-{n}-{n + 41_000}?ref=front" for n in range(6))
    assert content_params(urls) == ()


def test_no_addresses_give_no_patterns():
    assert address_patterns([], whole(MENU)) == ()


def test_the_shipped_patterns_are_found_from_addresses_alone():
    shipped = load_profiles().sites.by_name["moscowtimes"]
    paths = FORMS["number behind a letter, under the day"][0]
    (pattern,) = address_patterns((shipped.home.rstrip("/") + path for path in paths), [])
    for path in paths:
        assert shipped.address_key(f"{shipped.home}{path[1:]}") == f"moscowtimes:{groups(pattern.regex, path)['id']}"


SEGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["news", "2024", "12", "2024-12-09", "20241209", "a-b", "a-b-12345", "12345-a", "a.html", "%2F", "x?y=1"]
        ),
        st.text(max_size=12),
        st.integers(0, 10**13).map(str),
    ),
    min_size=1,
    max_size=4,
)
ADDRESSES = st.lists(SEGMENTS.map(lambda parts: f"{ORIGIN}/{'/'.join(parts)}"), max_size=12)


@given(ADDRESSES, ADDRESSES)
@settings(max_examples=150, deadline=None)
def test_whatever_the_addresses_patterns_are_regular_and_match_no_other(articles, others):
    params = content_params(articles)
    paths = {shaped(url, params).path for url in articles}
    for pattern in address_patterns(articles, others):
        for url in others:
            path = shaped(url, params).path
            assert path in paths or not re.match(pattern.regex, path)


def test_very_many_parameters_are_no_trouble():
    urls = whole(f"/view?{'&'.join(f'p{n}={n}' for n in range(300))}&id={number}" for number in range(5))
    assert content_params(urls) == ()
