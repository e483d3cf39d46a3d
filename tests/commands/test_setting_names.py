"""A setting that there is not, or a file that is named and missing, is an error and no silence."""

import pytest
from scrapy.settings import Settings, default_settings

from crawler import settings as own
from crawler.setting_names import is_named, missing_file, problem
from pipelines.watching.watches import WatchError, load
from tests.commands.running import run_command


def with_module(**names):
    """The settings of a module of the user's that imports ours."""
    settings = Settings()
    settings.setmodule(own, "project")
    settings.update(names, "project")
    return settings


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("DATABSE", "Did you mean DATABASE?"),
        ("database", "Did you mean DATABASE?"),
        ("SITE_DIR", "Did you mean SITES_DIR?"),
        ("CLOSESPIDER_ITEMCONT", "Did you mean CLOSESPIDER_ITEMCOUNT?"),
        ("FROBNICATE_ALL", "there is no such setting"),
        ("", "there is no such setting"),
    ],
)
def test_a_setting_that_there_is_not_is_named_with_the_nearest_one(name, guess):
    assert guess in (problem(with_module(), [name]) or "")


@pytest.mark.parametrize("names", [vars(own), vars(default_settings), ["IMAGES_STORE", "FILES_EXPIRES"]])
def test_every_setting_of_ours_and_of_scrapy_may_be_given(names):
    assert problem(with_module(), [name for name in names if name.isupper()]) is None


def test_a_module_may_bring_settings_of_other_extensions_which_the_command_line_then_sets():
    settings = with_module(SENTRY_DSN="https://key@errors.example/1")
    assert problem(settings, ["SENTRY_DSN"]) is None
    assert "no such setting" in (problem(with_module(), ["SENTRY_DSN"]) or "")


def test_a_slip_in_a_module_is_noticed_too():
    assert "Did you mean DATABASE?" in (problem(with_module(DATABSE="/var/lib/vestnik/news.db"), []) or "")


def test_a_file_that_is_named_must_be_there(tmp_path):
    settings = with_module(WATCHES=str(tmp_path / "wachtes.toml"))
    assert "there is no such file" in (missing_file(settings) or "")
    (tmp_path / "wachtes.toml").touch()
    assert missing_file(with_module(WATCHES="")) is None
    assert missing_file(settings) is None
    settings.set("METRICS_FILE", str(tmp_path / "gone" / "vestnik.prom"), "cmdline")
    assert "there is no folder" in (missing_file(settings) or "")


def test_the_usual_file_of_watches_may_be_missing_unless_it_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = with_module()
    assert not is_named(settings, "WATCHES")
    assert missing_file(settings) is None
    settings.set("WATCHES", own.WATCHES, "cmdline")
    assert is_named(settings, "WATCHES")
    assert "there is no such file" in (missing_file(settings) or "")


def test_a_file_that_goes_while_crawls_run_is_no_end_of_all_watches(tmp_path):
    assert load(tmp_path / "watches.toml").watches == ()
    with pytest.raises(WatchError, match="there is no such file"):
        load(tmp_path / "watches.toml", must_exist=True)


@pytest.mark.parametrize("command", ["crawl", "export", "watch", "health", "coverage", "archive", "addsite", "monitor"])
def test_every_command_refuses_them(command, capfd, tmp_path):
    done = run_command(capfd, command, DATABSE=tmp_path / "other.db")
    assert done.status == 2
    assert "-s DATABSE: there is no such setting. Did you mean DATABASE?" in done.err
    assert "Traceback" not in done.err
