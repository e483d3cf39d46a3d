"""Profiles: each fault is told with file, key and expectation."""

from pathlib import Path

import pytest

from crawler import profiles
from crawler.article import Kind
from crawler.profiles import ProfileError, load_profiles
from crawler.site import Site

make_site = profiles._site
SOUND = {
    "name": '"herald"',
    "title": '"The Herald"',
    "home": '"https://www.example.com/"',
    "hosts": '["www.example.com"]',
}


def write(folder: Path, file: str, text: str = "", **keys: str) -> None:
    lines = "".join(f"{key} = {value}\n" for key, value in keys.items() if value)
    (folder / f"{file}.toml").write_text(lines + text, "utf-8")


def sound(folder: Path, file: str = "herald", text: str = "", **keys: str) -> None:
    write(folder, file, text, **{**SOUND, "name": f'"{file}"', **keys})


def fault(folder: Path, name: str = "herald") -> str:
    return str(load_profiles(folder).broken[name])


def site(folder: Path, name: str = "herald") -> Site:
    return load_profiles(folder).sites.by_name[name]


def test_a_sound_profile_becomes_a_site(tmp_path):
    sound(
        tmp_path,
        hosts='["WWW.Example.com"]',
        feeds='["rss", "https://feeds.example.org/x"]',
        content_params='["id"]',
        text="[[sections]]\nurl = 'news'\npaging = 'news/{offset}'\nfirst = 10\nstep = 5\n"
        "[[articles]]\npattern = '/a/(?P<id>\\d+)'\nkind = 'opinion'\n[[layouts]]\nsince = 2024-01-01\ntitle = 'h1'\n",
    )
    found = site(tmp_path)
    assert found.hosts == ("www.example.com",)
    assert found.feeds == ("https://www.example.com/rss", "https://feeds.example.org/x")
    assert list(found.sections[0].pages(3)) == [f"https://www.example.com/news{tail}" for tail in ("", "/10", "/15")]
    assert found.address_key("http://example.com/a/7?id=1&page=2") == "herald:7"
    assert found.kind_of("https://www.example.com/a/7") is Kind.OPINION
    assert found.content_params == frozenset({"id"})
    assert found.timezone == "UTC"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"name": '"other"'}, "name = 'other'; expected 'herald', as the file is called"),
        ({"name": ""}, "missing required field `name`"),
        ({"title": ""}, "missing required field `title`"),
        ({"home": ""}, "missing required field `home`"),
        ({"hosts": ""}, "missing required field `hosts`"),
        ({"title": "7"}, "title: Expected `str`, got `int`"),
        ({"home": '"www.example.com"'}, "home = 'www.example.com'; expected an address such as"),
        ({"home": '"https://[broken/"'}, "home = 'https://[broken/'; expected an address such as"),
        ({"hosts": "[]"}, "hosts is empty; expected at least one"),
        ({"hosts": '"www.example.com"'}, "hosts: Expected `array`, got `str`"),
        ({"hosts": '["https://www.example.com/"]'}, "hosts[0] = 'https://www.example.com/'; expected a bare name"),
        ({"feeds": "[1]"}, "feeds[0]: Expected `str`, got `int`"),
        ({"feeds": '["ftp://example.com/rss"]'}, "feeds[0] = 'ftp://example.com/rss'; expected a web address"),
        ({"feeds": '["rss", "https://[broken/"]'}, "feeds[1] = 'https://[broken/'; expected a web address"),
        ({"sitemaps": '["mailto:x"]'}, "sitemaps[0] = 'mailto:x'; expected a web address"),
        ({"news_sitemaps": '["file:///x"]'}, "news_sitemaps[0] = 'file:///x'; expected a web address"),
        ({"timezone": '"Moscow"'}, "timezone = 'Moscow'; expected a name such as Europe/Moscow"),
        ({"timezone": '"Europe"'}, "timezone = 'Europe'; expected a name such as Europe/Moscow"),
        ({"timezone": '"../UTC"'}, "timezone = '../UTC'; expected a name"),
        ({"country": '"Austria"'}, "country = 'Austria'; expected two small letters such as 'de'"),
        ({"every": '"often"'}, "every = 'often'; expected a span such as '10 min'"),
        ({"delay": '"slow"'}, "delay: Expected `float"),
        ({"feed": '["rss"]'}, "unknown field `feed`"),
        ({"text": "[[sections]]\nurl = 'file:///x'\n"}, "sections[0].url = 'file:///x'; expected a web address"),
        ({"text": "[[sections]]\nurl = 'n'\npaging = 'n/2'\n"}, "sections[0].paging = 'n/2'; expected {offset} in it"),
        ({"text": "[[sections]]\nurl = 'n'\nstep = 0\n"}, "sections[0].step = 0; expected 1 or more"),
        ({"text": "[[sections]]\nurl = 'n'\npages = 3\n"}, "sections[0]: Object contains unknown field `pages`"),
        ({"text": "[[sections]]\npaging = '{offset}'\n"}, "sections[0]: Object missing required field `url`"),
        ({"text": "[[articles]]\npattern = '('\n"}, "articles[0].pattern: not a regular expression"),
        ({"text": "[[articles]]\npattern = 'a'\nkind = 'novel'\n"}, "articles[0].kind: Invalid enum value 'novel'"),
        ({"text": "[[layouts]]\n[[layouts]]\ntitle = 'h1 >'\n"}, "layouts[1].title = 'h1 >': not a CSS selector"),
        ({"text": "[[layouts]]\ndrop = ['.ad', 'p[']\n"}, "layouts[0].drop = 'p[': not a CSS selector"),
        (
            {"text": "[[layouts]]\nbody = 'p:no-such-thing'\n"},
            "layouts[0].body = 'p:no-such-thing': not a CSS selector",
        ),
        ({"text": "[[layouts]]\nsince = 'May'\n"}, "layouts[0].since: Invalid"),
        ({"text": "[[layouts]]\nheading = 'h1'\n"}, "layouts[0]: Object contains unknown field `heading`"),
        ({"text": "= nonsense"}, "not TOML: "),
    ],
)
def test_a_fault_names_file_key_and_expectation(tmp_path, keys, expected):
    sound(tmp_path, **keys)
    message = fault(tmp_path)
    assert message.startswith("herald.toml: ")
    assert expected in message


@pytest.mark.parametrize("name", ["urls", "wanted", "warc"])
def test_reserved_names_are_refused(tmp_path, name):
    sound(tmp_path, name)
    assert fault(tmp_path, name) == f"{name}.toml: the name {name!r} is taken by a spider; expected another one"


@pytest.mark.parametrize("name", ["The-Herald", "1st", "a b"])
def test_odd_file_names_are_refused(tmp_path, name):
    sound(tmp_path, name)
    assert fault(tmp_path, name).startswith(f"{name}.toml: the file's name is the site's; expected letters a-z")


def test_broken_files_do_not_hide_the_others(tmp_path):
    sound(tmp_path)
    write(tmp_path, "a_syntax", "= no")
    (tmp_path / "b_bytes.toml").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "c_folder.toml").mkdir()
    write(tmp_path, "d_empty")
    (tmp_path / "notes.txt").write_text("no profile")
    found = load_profiles(tmp_path)
    assert {"herald", "moscowtimes", "moscowtimes_ru"} <= set(found.sites.by_name)
    assert found.own == {"herald", *found.broken}
    assert set(found.broken) == {"a_syntax", "b_bytes", "c_folder", "d_empty"}
    assert all(str(error).startswith(f"{name}.toml: ") for name, error in found.broken.items())


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ProfileError, match=r"SITES_DIR=.*none: no such folder"):
        load_profiles(tmp_path / "none")


def test_a_chain_of_profiles_takes_the_nearest_word(tmp_path):
    sound(tmp_path, "first", language='"en"', timezone='"Europe/London"', feeds='["a"]')
    write(tmp_path, "second", name='"second"', extends='"first"', language='"ru"', home='"https://ru.example.com/"')
    write(tmp_path, "third", name='"third"', extends='"second"', hosts='["third.example.com"]')
    third = site(tmp_path, "third")
    assert (third.language, third.timezone, third.hosts) == ("ru", "Europe/London", ("third.example.com",))
    assert third.feeds == ("https://ru.example.com/a",)
    assert site(tmp_path, "first").language == "en"


@pytest.mark.parametrize("parent", ['"herald"', '"other"', '"nobody"', "7"])
def test_cycles_and_missing_parents_are_refused(tmp_path, parent):
    sound(tmp_path, extends=parent)
    write(tmp_path, "other", name='"other"', extends='"herald"')
    assert "expected the name of another profile" in fault(tmp_path)


def test_a_broken_parent_is_named(tmp_path):
    write(tmp_path, "parent", "= no")
    write(tmp_path, "child", name='"child"', extends='"parent"')
    assert fault(tmp_path, "child").startswith("parent.toml: not TOML")


def test_a_profile_kept_elsewhere_wins_over_a_shipped_one_and_may_extend_one(tmp_path):
    sound(tmp_path, "moscowtimes", home='"https://mirror.example.com/"')
    write(tmp_path, "copy", name='"copy"', extends='"moscowtimes_ru"', hosts='["copy.example.com"]')
    assert site(tmp_path, "moscowtimes").home == "https://mirror.example.com/"
    assert site(tmp_path, "copy").language == "ru"


def test_a_host_in_another_script_is_found_in_either_spelling(tmp_path):
    sound(tmp_path, hosts='["Пример.рф"]')
    sites = load_profiles(tmp_path).sites
    for address in ("https://пример.рф/a", "https://xn--e1afmkfd.xn--p1ai/a", "https://www.ПРИМЕР.рф/a"):
        assert sites.for_url(address).name == "herald"


def test_a_host_that_a_shipped_paper_has_too_is_that_of_the_profile_kept_elsewhere(tmp_path):
    host = load_profiles().sites.by_name["taz"].hosts[0]
    sound(tmp_path, hosts=f'["{host}"]')
    assert load_profiles(tmp_path).sites.for_url(f"https://{host}/a").name == "herald"


def test_a_shipped_profile_is_read_only_when_it_is_asked_for(monkeypatch):
    read: list[str] = []

    def made(name, files):
        read.append(name)
        return make_site(name, files)

    monkeypatch.setattr(profiles, "_site", made)
    found = load_profiles()
    assert "spiegel" in found.papers
    assert read == []
    assert found.sites.for_url("https://www.spiegel.de/").name == "spiegel"
    assert found.sites.for_url("https://paper.example/").name == "paper.example"
    assert found.sites.by_name["moscowtimes"].language == "en"
    assert read == ["spiegel", "moscowtimes"]
