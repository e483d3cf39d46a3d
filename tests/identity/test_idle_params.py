"""Parameters that select nothing: learned from ten pages that say so and none that does not; then one key, one row."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from crawler.address_forms import AddressPattern
from crawler.article import Candidate, Moment, Source, utc_text
from crawler.housekeeping import forget
from crawler.site import Site, Sites
from pipelines.archive import crawls, ledger
from pipelines.archive.calls import Beginning, Ending, LocalLedger
from pipelines.archive.reading import named
from pipelines.archive.writer import Archive
from pipelines.identity import idle_params, keys, rekey
from pipelines.identity.idle_params import ENOUGH, Answered, weigh
from tests.identity.test_rekey import keep
from tests.make import NOW, TEXT, fresh_archive, rows

HOST = "lantern.example"
HOME = f"https://{HOST}"
NOBODY = Sites.of([])


def answered(url, title, text="t", article_id=None, own_key=None):
    return Answered(f"{HOME}{url}", article_id or url, title, text, f"{HOST}{url}", own_key)


def pairs(n, name="ref", **fields):
    """So many pages, each of which answered with two values of a parameter."""
    return [answered(f"/{page}?{name}={value}", f"Snow {page}", f"t{page}", **fields)
            for page in range(n) for value in ("home", "feed")]  # fmt: skip


def is_learned(seen, name="ref"):
    evidence = weigh(seen).get(name)
    return evidence is not None and len(evidence.pairs) >= ENOUGH and evidence.contrary is None


def test_ten_pages_are_enough_and_nine_are_not():
    assert is_learned(pairs(10))
    assert not is_learned(pairs(9))
    assert weigh(pairs(10))["ref"].pairs[0] == (f"{HOME}/0?ref=home", f"{HOME}/0?ref=feed")


def test_with_and_without_it_is_a_pair_too_and_so_are_two_addresses_of_one_row():
    bare = [answered(f"/{page}", f"Snow {page}", f"t{page}") for page in range(10)]
    with_it = [answered(f"/{page}?ref=home", f"Snow {page}", f"t{page}") for page in range(10)]
    assert is_learned(bare + with_it)
    rows_of_two = [answered(f"/{page}?a=1&ref={value}", f"Snow {page}", article_id=page + 1)
                   for page in range(10) for value in "xy"]  # fmt: skip
    assert is_learned(rows_of_two)
    # Where the key has joined them, that says nothing.
    by_its_key = [replace(one, address_key=one.title) for one in rows_of_two]
    assert not is_learned(by_its_key)


def test_many_values_of_one_page_are_one_page():
    assert not is_learned([answered(f"/1?ref={n}", "Snow") for n in range(30)])


@pytest.mark.parametrize(
    "contrary",
    [
        [answered("/x?ref=1", "Snow", "one"), answered("/x?ref=2", "Snow", "another")],
        [answered("/x?ref=1", "Snow"), answered("/x?ref=2", "Rain")],
        [answered("/x", "Snow", None), answered("/x?ref=2", "Rain", None)],
        [answered("/x?ref=1", "Snow", own_key="lantern:1"), answered("/x?ref=2", "Snow", own_key="lantern:2")],
    ],
)
def test_one_page_to_the_contrary_outweighs_all(contrary):
    assert not is_learned(pairs(30) + contrary)
    assert not is_learned(contrary + pairs(30))
    assert (
        weigh(pairs(30) + contrary)["ref"].contrary == (contrary[0].url, contrary[1].url) or "?" not in contrary[0].url
    )


def test_a_title_that_other_pages_have_too_says_nothing():
    """A notice, or the front page, answers at any address."""
    assert not is_learned([replace(one, title="Welcome", content_hash="w") for one in pairs(30)])
    assert not is_learned([*pairs(10), answered("/elsewhere", "Snow 3")])
    notices = [answered(f"/story?id={n}&ref={value}", "Not found") for n in range(30) for value in "xy"]
    assert not is_learned(notices)


def test_another_parameter_at_the_same_articles_does_not_stand_in_the_way():
    seen = [*pairs(10), *(answered(f"/{n}?from=mail", f"Snow {n}", f"t{n}") for n in range(10))]
    assert is_learned(seen)
    assert not is_learned(seen, "from")
    assert is_learned([*seen, *(answered(f"/{n}", f"Snow {n}", f"t{n}") for n in range(10))], "from")


def test_pages_without_a_text_say_nothing():
    assert not is_learned([replace(one, content_hash=None) for one in pairs(10)])


@pytest.mark.parametrize("name", ["page", "p", "Seite", "print", "view", "m", "singlePage"])
def test_what_may_ask_for_a_page_is_never_learned(name):
    assert not is_learned(pairs(30, name), name)


def test_addresses_of_many_parameters_or_of_great_length_are_passed_over():
    assert set(weigh([answered("/x?" + "&".join(f"a{n}=1" for n in range(8)), "Snow")])) == {f"a{n}" for n in range(8)}
    assert weigh([answered("/x?" + "&".join(f"a{n}=1" for n in range(9)), "Snow")]) == {}
    assert weigh([answered("/x?a=" + "1" * 1000, "Snow")]) == {}


def test_signs_that_part_nothing_are_no_parameter():
    assert is_learned([replace(one, url=one.url.replace("?", "?&") + "&") for one in pairs(10)])
    assert set(weigh([answered("/x?&a=1&&=2", "Snow")])) == {"a"}


def paper(*patterns, content_params=None):
    known = tuple(AddressPattern(re.compile(pattern)) for pattern in patterns)
    return Site("lantern", "Lantern", (HOST,), f"{HOME}/", articles=known, content_params=content_params)


@pytest.mark.parametrize(
    "site",
    [
        paper(content_params=frozenset({"ref"})),
        paper(r"/story\?ref=(?P<id>\d+)"),
        paper(r"/story\?(ID|REF)=(?P<id>\d+)"),
        paper(r"/story\?.*\bref=(?P<id>\d+)"),
        paper(r"/story\?ref\=(?P<slug>\w+)"),
    ],
)
def test_a_profile_that_speaks_of_it_decides_alone(site):
    known = Sites.of([site]).having_learned({"lantern": frozenset({"ref"})})
    assert known.by_name["lantern"] == site
    assert known.address_rules() == Sites.of([site]).address_rules()


def test_keys_leave_it_out_and_addresses_keep_it():
    known = Sites.of([paper()]).having_learned({"lantern": frozenset({"ref"}), "else.example": frozenset({"x"})})
    site = known.for_url(f"{HOME}/a?ref=1")
    assert site is known.by_name["lantern"]
    assert known.address_key(f"{HOME}/a?ref=1&b=2&%72ef=3") == f"{HOST}/a?b=2"
    assert site.clean(f"{HOME}/a?ref=1") == site.main_address(f"{HOME}/a?ref=1") == f"{HOME}/a?ref=1"
    assert known.address_key("https://www.else.example/a?x=1&ref=1") == "else.example/a?ref=1"
    assert known.address_rules().keys() == {"lantern", "else.example"}
    assert known.address_rules()["lantern"] != paper().address_rules


# In an archive: a crawl ends, the next one begins.


def story(db, sites, page, value, **fields):
    told = tuple(f"{paragraph} This is case {page}." for paragraph in TEXT)
    fields = {"title": f"Council Decides Case {page}", "paragraphs": told} | fields
    return keep(db, sites, f"{HOME}/{page}?edition={value}", **fields)


def end_of_crawl(db):
    idle_params.keep(db, idle_params.lessons(db, HOST, 1), utc_text(NOW))


@pytest.fixture
def db():
    db = fresh_archive()
    rekey.rekey(db, NOBODY, NOW)
    crawls.begin(db, HOST, "crawl", "1", NOW)
    for page in range(ENOUGH):
        story(db, NOBODY, page, "home")
        story(db, NOBODY, page, "feed", minutes=5)
    return db


def test_what_ten_pairs_show_makes_one_key_and_one_row_of_each(db):
    assert rows(db, "select count(*) from articles") == [(20,)]
    end_of_crawl(db)
    assert rows(db, "select site, name, json_array_length(pairs), contrary from _idle_params") == [
        (HOST, "edition", ENOUGH, None)
    ]
    assert idle_params.lessons(db, HOST, 1) == []  # known
    sites = idle_params.learned(db, NOBODY)
    assert rekey.rekey(db, sites, NOW) == ENOUGH
    assert rows(db, "select count(*), count(distinct address_key) from articles") == [(ENOUGH, ENOUGH)]
    assert rows(db, "select distinct address_key from article_urls where article_id = 1") == [(f"{HOST}/0",)]
    assert rekey.rekey(db, sites, NOW) == 0
    assert story(db, sites, 3, "newsletter", minutes=9).article_id == 7
    assert named(db, f"{HOME}/3?edition=never-seen", NOBODY) == (7,)
    (at_home, feed) = rows(db, "select url from article_urls where article_id = 1")
    assert {at_home, feed} == {(f"{HOME}/0?edition=home",), (f"{HOME}/0?edition=feed",)}


def test_rows_without_a_second_sign_stay_two(db):
    end_of_crawl(db)
    db.execute("update articles set text = 'Something else.', title = 'Else' where url like '%/3?edition=feed'")
    assert rekey.rekey(db, idle_params.learned(db, NOBODY), NOW) == ENOUGH - 1
    assert rows(db, "select address_key from articles where url like '%/3?%' order by id") == [
        (f"{HOST}/3",), (f"{HOST}/3?edition=feed",),
    ]  # fmt: skip


def test_a_page_to_the_contrary_takes_it_back_for_good(db):
    end_of_crawl(db)
    rekey.rekey(db, idle_params.learned(db, NOBODY), NOW)
    story(db, NOBODY, "x", "1")  # by a crawl that began before
    story(db, NOBODY, "x", "2", title="Rain at Last", paragraphs=TEXT[:2])
    end_of_crawl(db)
    assert rows(db, "select json_array_length(pairs), contrary from _idle_params") == [
        (ENOUGH, f'["{HOME}/x?edition=1", "{HOME}/x?edition=2"]')
    ]
    sites = idle_params.learned(db, NOBODY)
    rekey.rekey(db, sites, NOW)
    assert sites.address_key(f"{HOME}/1?edition=2") == f"{HOST}/1?edition=2"
    assert rows(db, "select count(*) from articles where address_key not like '%?edition=%'") == [(0,)]
    assert rows(db, "select count(*) from articles") == [(ENOUGH + 2,)]
    assert idle_params.lessons(db, HOST, 1) == []  # known
    end_of_crawl(db)
    assert rows(db, "select contrary is null from _idle_params") == [(0,)]


def test_what_one_page_contradicts_is_not_learned_in_the_first_place(db):
    story(db, NOBODY, "x", "1")
    story(db, NOBODY, "x", "2", title="Rain at Last", paragraphs=TEXT[:2])
    end_of_crawl(db)
    assert rows(db, "select * from _idle_params") == []


def test_an_address_that_is_given_to_another_article_speaks_against_it(db):
    end_of_crawl(db)
    sites = idle_params.learned(db, NOBODY)
    rekey.rekey(db, sites, NOW)
    story(db, sites, "x", "1")
    later = {
        "published": Moment(NOW + timedelta(days=1), 0),
        "title": "Rain at Last",
        "paragraphs": ("It rained.",) * 3,
    }
    story(db, sites, "x", "2", minutes=60 * 25, **later)
    assert rows(db, "select title from articles where url like '%/x?%' order by id") == [
        ("Council Decides Case x",),
        ("Rain at Last",),
    ]
    end_of_crawl(db)
    assert idle_params.learned(db, NOBODY).idle == {HOST: frozenset()}


def test_a_profile_that_sets_content_params_undoes_it(db):
    end_of_crawl(db)
    rekey.rekey(db, idle_params.learned(db, NOBODY), NOW)
    sites = idle_params.learned(db, Sites.of([paper(content_params=frozenset({"edition"}))]))
    rekey.rekey(db, sites, NOW)
    assert rows(db, "select count(*) from articles where address_key not like '%?edition=%'") == [(0,)]


async def test_the_end_of_a_crawl_learns_and_the_next_one_joins(tmp_path, caplog):
    caplog.set_level("INFO")
    archive = Archive(tmp_path / "news.db")
    crawl = LocalLedger(archive)
    await crawl.apply_address_rules(NOBODY, NOW)
    begun = await crawl.begin(Beginning(HOST, "crawl", "1", NOW, is_alone=True))
    for page in range(ENOUGH):
        for value in ("home", "feed"):
            await archive.write(partial(story, sites=NOBODY, page=page, value=value))
    await crawl.finish(begun.crawl_id, Ending(HOST, "done", "finished", NOW, {}, {("stored", ""): 20}))
    assert "the parameter 'edition' of addresses selects nothing, by 10 pages such as" in caplog.text
    sites = archive.read(lambda db: idle_params.learned(db, NOBODY))
    assert await crawl.apply_address_rules(sites, NOW) == ENOUGH
    entry = ledger.Entry(Candidate(f"{HOME}/2?edition=x", Source.FEED), HOST, sites.address_key(f"{HOME}/2?edition=x"))
    assert await crawl.ask((entry,), NOW, None) == ()  # an alias, and not fetched
    archive.close()


def test_nothing_is_looked_at_where_the_crawl_brought_no_such_address(db):
    crawls.begin(db, HOST, "crawl", "1", NOW.replace(year=2025))
    assert idle_params.lessons(db, HOST, 2) == []


def test_what_is_forgotten_stays_so_under_its_new_key_and_leaves_the_evidence(db):
    forget.erase(db, 9, "a court's order", utc_text(NOW))  # /4?edition=home
    story(db, NOBODY, "more", "home")
    story(db, NOBODY, "more", "feed")
    end_of_crawl(db)
    forget.erase(db, 1, "a court's order", utc_text(NOW))  # /0?edition=home
    assert rows(db, "select count(*) from _idle_params where pairs like '%/0?edition=home%'") == [(0,)]
    assert rows(db, "select json_array_length(pairs) from _idle_params") == [(ENOUGH - 1,)]
    sites = idle_params.learned(db, NOBODY)
    rekey.rekey(db, sites, NOW)
    assert keys.are_forgotten(db, [sites.address_key(f"{HOME}/0?edition=home")])
