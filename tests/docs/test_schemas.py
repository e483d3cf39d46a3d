"""The JSON Schemas in docs/: written from the code, and of one mind with it."""

import json
import tomllib

import pytest
from jsonschema import Draft202012Validator

from crawler.newsstand.shelf import shipped
from tests.crawling import ROOT
from tests.docs import schemas
from tests.test_profiles import SOUND, fault, sound

MADE = schemas.texts()


def errors(name, text):
    validator = Draft202012Validator(json.loads(MADE[name]))
    return [error.message for error in validator.iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("name", schemas.FILES)
def test_the_file_is_what_the_code_makes(name):
    assert schemas.FILES[name].read_text("utf-8") == MADE[name], "python -m tests.docs.schemas writes it"
    Draft202012Validator.check_schema(json.loads(MADE[name]))


def test_all_shipped_profiles_are_sound_by_it():
    files = [file for file in shipped().iterdir() if file.name.endswith(".toml")]
    assert len(files) >= 175
    assert {file.name: found for file in files if (found := errors("profile", file.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"title": "7"}, ""),
        ({"home": ""}, ""),
        ({"hosts": '"www.example.com"'}, ""),
        ({"feed": '["rss"]'}, ""),
        ({"every": '"often"'}, ""),
        ({"country": '"DE"'}, ""),
        ({}, "[[sections]]\nurl = 'n'\npages = 3\n"),
        ({}, "[[articles]]\npattern = 'a'\nkind = 'novel'\n"),
        ({}, "[[listings]]\nurl = 'a'\nform = 'telegram'\n"),
        ({}, "[[layouts]]\nheading = 'h1'\n"),
    ],
)
def test_what_is_a_mistake_to_the_code_is_one_to_the_schema(tmp_path, keys, text):
    sound(tmp_path, text=text, **keys)
    assert fault(tmp_path)
    assert errors("profile", (tmp_path / "herald.toml").read_text("utf-8"))


def test_a_profile_that_extends_another_needs_little():
    assert errors("profile", 'name = "herald"\nextends = "moscowtimes"\n') == []
    assert errors("profile", "".join(f"{key} = {value}\n" for key, value in SOUND.items())) == []


def test_the_example_of_watches_is_sound_and_a_misspelt_event_is_not():
    text = (ROOT / "deploy/watches.example.toml").read_text("utf-8")
    assert errors("watches", text) == []
    for wrong in ('events = ["nwe"]', 'evnts = ["new"]', 'digest = "now and then"'):
        assert errors("watches", f'[[watch]]\nname = "x"\ntargets = ["desk"]\n{wrong}\n')
