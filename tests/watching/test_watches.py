"""What a file of watches says, and what is wrong with it."""

import pytest

from pipelines.watching.watches import WatchError, pause, read_watches, save, watch_of, with_watch, without_watch

GOOD = """
[targets]
desk = "json://127.0.0.1:9/$SECRET"
phone = "ntfys://example.org/news"

[[watch]]
name = "Refineries"
query = '"oil refinery" OR pipeline'
sites = ["moscowtimes"]
events = ["new", "changed", "gone"]
targets = ["desk", "phone"]
digest = "30 min"

[[watch]]
name = "Opinion"
kinds = ["opinion"]
targets = ["desk"]
"""


def read(text, **environment):
    return read_watches(text, "watches.toml", {"SECRET": "s3cret", **environment})


def test_watches_and_the_addresses_of_their_targets_are_read():
    found = read(GOOD)
    assert found.errors == ()
    assert [watch.name for watch in found.watches] == ["Refineries", "Opinion"]
    assert pause(found.watches[0].digest).total_seconds() == 1800
    assert [watch.events for watch in found.watches] == [("new", "changed", "gone"), ("new",)]
    assert found.targets["desk"] == "json://127.0.0.1:9/s3cret"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kinds = ["opinion"]', 'kinds = ["letters"]', "line 16: kinds: "),
        ('kinds = ["opinion"]', 'kind = ["opinion"]', "line 16: kind: "),
        ('kinds = ["opinion"]', 'events = ["new", "deleted"]', "line 16: events: 'deleted'; expected some of: new"),
        ('kinds = ["opinion"]', 'query = "ferry OR"', "line 16: query: AND, OR and NOT in capitals stand between two"),
        ('kinds = ["opinion"]', 'query = "-river"', "line 16: query: What is left out needs something"),
        ('kinds = ["opinion"]', 'digest = "half an hour"', "line 16: digest: 'half an hour'; expected a span such"),
        ('kinds = ["opinion"]', "query = 7", "line 16: query: "),
        ('name = "Opinion"', 'name = "Refineries"', "line 15: name: 'Refineries' is the name of two watches"),
        ('name = "Opinion"', 'name = ""', "line 15: name: ''; expected some words"),
        ('name = "Opinion"\n', "", "line 14: name: "),
        ('targets = ["desk"]', 'targets = ["dsek"]', "line 17: targets: 'dsek' is not in [targets]"),
        ('targets = ["desk"]', "targets = []", "line 17: targets: expected at least one name"),
    ],
)  # fmt: skip
def test_a_mistake_names_line_and_key_and_costs_that_watch_alone(old, new, told):
    found = read(GOOD.replace(old, new))
    assert [watch.name for watch in found.watches] == ["Refineries"]
    assert len(found.errors) == 1
    assert found.errors[0].startswith(f"watches.toml, {told}")


def test_a_target_that_is_wrong_costs_the_watches_that_need_it():
    found = read(GOOD.replace("ntfys://example.org/news", "call me"))
    assert [watch.name for watch in found.watches] == ["Opinion"]
    assert found.errors == (
        "watches.toml, line 4: targets.phone: 'call me'; expected an address such as mailtos://… or ntfys://…",
    )
    unset = read_watches(GOOD, "watches.toml", {})
    assert unset.errors == ("watches.toml, line 3: targets.desk: $SECRET is not set in the environment",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[watch]\n", "not TOML: .*line 1"),
        ('watch = "all"', "line 1: watch must be written as"),
        ("targets = 3", "line 1: targets must be written as"),
    ],
)
def test_a_file_that_says_nothing_at_all_is_told(text, told):
    with pytest.raises(WatchError, match=told):
        read(text)


def test_an_unknown_table_is_told():
    assert read("[[watches]]\nname = 'x'\n").errors == (
        "watches.toml, line 1: unknown key 'watches'; expected [targets] and [[watch]]",
    )


KEPT = """# Mine.
[targets]
desk = "json://127.0.0.1:9/"  # the night desk

[[watch]]
name = "Ferries"
query = "ferry"  # not the fairy
targets = ["desk"]

[[watch]]
name = "Opinion"  # of others
kinds = ["opinion"]
targets = ["desk"]
"""


def test_a_watch_is_written_into_the_file_and_all_else_stays():
    added = with_watch(KEPT, watch_of({"name": "Storms", "query": '"storm tide"', "targets": ["desk"]}, ["desk"]))
    assert added.startswith(KEPT)
    assert [watch.name for watch in read(added).watches] == ["Ferries", "Opinion", "Storms"]
    ships = watch_of({"name": "Ships", "query": "ship", "targets": ["desk"], "events": ["gone"]}, ["desk"])
    changed = with_watch(added, ships, "Ferries")
    assert changed == added.replace('"Ferries"', '"Ships"').replace(
        'query = "ferry"  # not the fairy\ntargets = ["desk"]\n',
        'query = "ship"  # not the fairy\ntargets = ["desk"]\nevents = ["gone"]\n',
    )
    assert without_watch(without_watch(changed, "Ships"), "Storms").count("[[watch]]") == 1
    assert "# of others" in without_watch(changed, "Ships")
    assert with_watch("", ships) == '[[watch]]\nname = "Ships"\ntargets = ["desk"]\nquery = "ship"\nevents = ["gone"]\n'


def test_a_condition_that_is_taken_away_leaves_the_file():
    bare = with_watch(GOOD, watch_of({"name": "Refineries", "targets": ["desk"]}, ["desk"]))
    (first, _) = read(bare).watches
    assert (first.query, first.sites, first.digest, first.events) == (None, (), None, ("new",))


def test_a_file_keeps_who_may_read_it_and_one_that_cannot_be_written_is_told(tmp_path):
    file = tmp_path / "watches.toml"
    file.write_text(KEPT, "utf-8")
    file.chmod(0o600)
    save(file, KEPT)
    assert (file.stat().st_mode & 0o777, list(tmp_path.iterdir())) == (0o600, [file])
    with pytest.raises(WatchError, match="could not be written"):
        save(tmp_path / "nowhere" / "watches.toml", KEPT)
    with pytest.raises(WatchError, match="not TOML"):
        with_watch("[targets", watch_of({"name": "a", "targets": ["b"]}, ["b"]))
