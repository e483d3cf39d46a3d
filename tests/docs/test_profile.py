"""docs/profile.md against what crawler/profiles.py reads."""

import re

import msgspec
import pytest

from crawler import profiles
from crawler.discovery.forms import FORMS
from crawler.site import Layout, Listed, LivePosts, Section
from tests.crawling import ROOT

PAGE = (ROOT / "docs/profile.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
PARTS: dict[str, type[msgspec.Struct]] = {
    "The site": profiles._Profile,
    "articles": profiles._Article,
    "sections": Section,
    "listings": Listed,
    "live": LivePosts,
    "layouts": Layout,
}
_SHOWN = {(): "none", None: "unset"}


def told(section: str) -> dict[str, str]:
    """The keys of a section's table, each with its default."""
    return dict(re.findall(r"^\| `(\w+)` \| `?(.*?)`? \|", SECTIONS[section], re.MULTILINE))


def shown(field: msgspec.structs.FieldInfo) -> str:
    """The default of a key as the page writes it."""
    return "required" if field.required else _SHOWN.get(field.default, str(field.default))


@pytest.mark.parametrize("section", PARTS)
def test_the_page_has_every_key_with_its_default(section):
    fields = {field.name: shown(field) for field in msgspec.structs.fields(PARTS[section])}
    assert told(section) == fields


@pytest.mark.parametrize("section", PARTS)
def test_a_key_that_the_page_does_not_have_is_a_mistake(section, tmp_path):
    heading = "" if section == "The site" else f"[[{section}]]\n" if section != "live" else "[live]\n"
    example = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    keys = "".join(f"{key} = 'x'\n" for key, default in told(section).items() if default == "required" and heading)
    text = f"nonsense = 1\n{example}" if not heading else f"{example}\n{heading}{keys}nonsense = 1\n"
    (tmp_path / "herald.toml").write_text(text, "utf-8")
    assert "unknown field `nonsense`" in str(profiles.load_profiles(tmp_path).broken["herald"])


def test_the_page_describes_every_form_of_listing_and_no_other():
    described = re.findall(r"`(\w+)` \((.*?)\)(?=[,.])", " ".join(SECTIONS["listings"].split()))
    assert described == [(form.name, form.description) for form in FORMS.values()]


def test_the_example_is_a_sound_profile(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "herald.toml").write_text(example, "utf-8")
    found = profiles.load_profiles(tmp_path)
    assert found.broken == {}
    herald = found.sites.by_name["herald"]
    assert herald.address_key("https://www.example.com/2024/ferry-reopens-17") == "herald:17"
    assert herald.feeds == ("https://www.example.com/rss",)


def test_the_page_names_extends_and_the_reserved_names():
    assert "`extends = " in PAGE
    assert all(f"`{name}`" in SECTIONS["The site"] for name in profiles.RESERVED)
