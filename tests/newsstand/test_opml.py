"""Subscriptions of a feed reader: in, out, and in again."""

import re
import tomllib
from xml.sax.saxutils import quoteattr

import pytest

from crawler.newsstand.opml import OpmlError, Outline, opml_text, outlines_of, plan, read_opml
from crawler.profiles import load_profiles
from tests.commands.running import run_command

FIVE_HUNDRED = [
    Outline(f"https://paper-{n}.example/rss.xml?a=1&b={n}", f"Paper „{n}“ <daily> & Sunday", f"https://paper-{n}.example/")
    for n in range(300)
] + [
    Outline(f"https://feeds.many.example/{n}.xml", f"Section {n}", "https://www.many.example/") for n in range(200)
]  # fmt: skip


def planned(outlines, folder=None):
    profiles = load_profiles(folder)
    texts = {name: (folder / f"{name}.toml").read_text("utf-8") for name in profiles.own} if folder else {}
    return plan(outlines, profiles, texts)


def written(outlines, folder):
    made = planned(outlines, folder)
    for name, text in made.files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return made


def own_sites(folder):
    profiles = load_profiles(folder)
    assert profiles.broken == {}
    return [profiles.sites.by_name[name] for name in sorted(profiles.own)]


def test_five_hundred_feeds_go_in_out_and_in_again_and_are_equal(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    written(read_opml(opml_text(FIVE_HUNDRED).encode()), first)
    out = opml_text(outlines_of(own_sites(first)))
    assert set(read_opml(out.encode())) == set(FIVE_HUNDRED)
    written(read_opml(out.encode()), second)
    assert own_sites(second) == own_sites(first)
    assert opml_text(outlines_of(own_sites(second))) == out
    again = written(read_opml(out.encode()), first)
    assert (again.files, again.known) == ({}, 500)


def test_a_reader_s_file_is_read_as_it_comes():
    body = """\ufeff<?xml version="1.0"?><OPML version="1.0"><head/><body>
      <outline text="News"><outline title="The
      Harbour" xmlurl=" https://harbour.example/rss " htmlUrl=""/>
        <outline text="Twice" xmlUrl="https://twice.example/1" /><outline text="Twice" xmlUrl="https://twice.example/1"/>
      </outline><outline text="Ann & Bob" xmlUrl="https://ann.example/rss"/></body></OPML>"""
    assert read_opml(body.encode()) == (
        Outline("https://harbour.example/rss", "The Harbour"),
        Outline("https://twice.example/1", "Twice"),
        Outline("https://ann.example/rss", "Ann  Bob".replace("  ", " ")),
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "no XML"),
        (b"<html><body><outline xmlUrl='https://a.example/'/></body></html>", "no OPML: expected <opml>"),
        (b"x" * (20 * 2**20 + 1), "larger than 20 MB"),
    ],
)
def test_what_is_no_opml_is_told(body, told):
    with pytest.raises(OpmlError, match=told):
        read_opml(body)


def test_an_entity_reads_no_file_and_no_bomb_goes_off(tmp_path):
    (tmp_path / "secret").write_text("a secret", "utf-8")
    ladder = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    body = f"""<!DOCTYPE opml [<!ENTITY s SYSTEM "file://{tmp_path}/secret"><!ENTITY e0 "boo">{ladder}]>
      <opml><body><outline text="&s;" title="&e9;" xmlUrl="https://a.example/rss"/></body></opml>"""
    for outline in read_opml(body.encode()):
        assert "secret" not in outline.title
        assert len(outline.title) < 1000


def test_feeds_of_one_host_are_one_profile_and_two_hosts_have_two_names():
    made = planned(
        [
            Outline("https://feeds.harbour.example/a", "Harbour, A"),
            Outline("https://feeds.harbour.example/b", "Harbour, B"),
            Outline("https://harbour.org/rss", "Another", "https://www.harbour.org"),
            Outline("https://www.spiegel.de/schlagzeilen/index.rss", "Der Spiegel", "https://www.spiegel.de/"),
            Outline("feed:harbour", "Wrong"),
        ]
    )
    assert made.shipped == ("spiegel",)
    assert list(made.files) == ["harbour", "harbour_org"]
    assert [refused.partition(":")[0] for refused in made.refused] == ["Wrong"]
    harbour = tomllib.loads(made.files["harbour"])
    assert (harbour["hosts"], harbour["feeds"]) == (["harbour.example"], ["https://feeds.harbour.example/a"])
    assert harbour["listings"] == [{"url": "https://feeds.harbour.example/b", "form": "feed", "title": "Harbour, B"}]


def test_a_feed_joins_the_profile_that_is_there_and_what_stands_in_it_stays(tmp_path):
    text = (
        'name = "mine"  # my own\ntitle = "Mine"\nhome = "https://mine.example/"\nhosts = ["mine.example"]\n'
        "feeds = ['rss']\n[[articles]]\npattern = '/a/(?P<id>\\d+)'  # since May\n"
    )
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    made = written([Outline("https://mine.example/rss", ""), Outline("https://mine.example/more", "More")], tmp_path)
    assert (list(made.files), made.known) == (["mine"], 1)
    assert all(line in made.files["mine"] for line in text.splitlines())
    (site,) = own_sites(tmp_path)
    assert [outline.title for outline in outlines_of([site])] == ["Mine", "More"]
    assert site.is_article("https://mine.example/a/7")


def test_a_person_takes_a_file_and_gets_one(capfd, tmp_path):
    sites, file = tmp_path / "sites", tmp_path / "mine.opml"
    file.write_text(
        opml_text([*FIVE_HUNDRED[:3], Outline("https://taz.de/rss", "taz", "https://taz.de/")])
        .replace("</body>", f"<outline xmlUrl={quoteattr('ftp://x.example/')} text='Old'/></body>"),
        "utf-8",
    )  # fmt: skip
    settings = {"DATABASE": tmp_path / "news.db", "SITES_DIR": sites}
    ran = run_command(capfd, "addsite", "--opml", file, "--output", sites, DATABASE=tmp_path / "news.db")
    assert ran.status == 1, "one was refused"
    assert ran.err.startswith("Error: Old: not a web address: 'ftp://x.example/'")
    assert f"5 feeds: 3 profiles written to {sites}" in ran.out
    assert "Shipped, and on now: taz." in ran.out
    listed = run_command(capfd, "list", **settings)
    assert {"paper_0", "paper_1", "paper_2", "taz"} <= set(listed.out.split())
    out = run_command(capfd, "list", "--opml", **settings)
    assert set(FIVE_HUNDRED[:3]) <= set(read_opml(out.out.encode()))
    assert re.search(r"^1 of 4 sites have no feed and are not in it\.$", out.err, re.MULTILINE)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("https://taz.de/!5928990/", "www.bbc.com"), " is The BBC, which is shipped: scrapy enable bbc\n"),
        (("m.spiegel.de",), "https://m.spiegel.de/ is Spiegel Online, which is shipped: scrapy enable spiegel\n"),
    ],
)  # fmt: skip
def test_a_shipped_paper_is_named_and_not_looked_at(capfd, tmp_path, args, said):
    ran = run_command(capfd, "addsite", *args, "--output", tmp_path / "sites")
    assert (ran.status, said in ran.out) == (0, True)
    assert not (tmp_path / "sites").exists()
