"""The benchmark of structure: on a small tree whose figures are known, and on this one."""

from pathlib import Path

import pytest

from benchmarks.structure import (
    ROOT,
    circles,
    count,
    extracted,
    main,
    names,
    read_modules,
    shape,
    single,
    stored,
)

FUNCTION = "def answer() -> int:\n    return 42\n"
TREE = {
    "crawler/__init__.py": '"""Only words."""\n',
    "crawler/settings.py": "EXTENSIONS = {'crawler.clock.Clock': 1}\n",
    "crawler/clock.py": f"from pipelines import hand\n{FUNCTION}",
    "crawler/start.py": f"import crawler.clock\nfrom . import tables\n{FUNCTION}",
    "crawler/tables.py": '"""Data."""\nROWS = (1, 2)\n',
    "crawler/extraction/__init__.py": "",
    "crawler/extraction/words.py": "\n" * 60,
    "pipelines/hand.py": f"from pipelines.arm import answer\n{FUNCTION}",
    "pipelines/arm.py": f"{FUNCTION}def later():\n    from pipelines import hand\n",
    "reading_room/page.py": f"import reading_room.plugin, json\n{FUNCTION}",
    "reading_room/plugin.py": f"@hookimpl\n{FUNCTION}",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_files_that_hold_only_a_docstring_are_not_counted(tree):
    assert {one.name for one in read_modules(tree)} == {
        "crawler.settings", "crawler.clock", "crawler.start", "crawler.tables", "crawler.extraction.words",
        "pipelines.hand", "pipelines.arm", "reading_room.page", "reading_room.plugin",
    }  # fmt: skip


def test_single_are_those_with_one_importer_that_need_not_stand_alone(tree):
    assert [one.name for one in single(read_modules(tree))] == ["pipelines.arm"]


def test_a_single_one_is_named_with_its_importer_and_whether_that_waits_until_it_is_called(tree):
    for_types, within = "if TYPE_CHECKING:\n    import pipelines.leg\n", "def start():\n    from pipelines import leg\n"
    (tree / "crawler/start.py").write_text(f"{for_types}{FUNCTION}{within}", "utf-8")
    (tree / "pipelines/leg.py").write_text(FUNCTION, "utf-8")
    named = [line for line in names(read_modules(tree)) if line.startswith("single")]
    assert named == [
        "single: pipelines.arm, imported by pipelines.hand",
        "single: pipelines.leg, imported by crawler.start when that is called",
    ]


def test_a_circle_is_seen_through_an_import_inside_a_function(tree):
    assert circles(read_modules(tree)) == [{"pipelines.hand", "pipelines.arm"}]


def test_the_package_of_extraction_is_counted_apart(tree):
    lines = list(count(read_modules(tree)))
    table = {line[:28].strip(): line[28:].split() for line in lines}
    assert table["crawler"] == ["4", "2", "4", "4", "0"]
    assert table["crawler.extraction"] == ["1", "60", "60", "0", "0"]
    assert table["all but crawler.extraction"][0] == "8"
    assert lines[-1].split(": ")[1] == "pipelines.arm, pipelines.hand"


@pytest.mark.parametrize(
    ("statement", "same"),
    [
        ("select a from b where c = 'it''s' and d in (1, 2, 3)", "select a from b where c = 'x' and d in (4)"),
        ("insert into a(b, c) values (1, NULL)", "insert into a(b, c) values ('x', -2.5), (3, x'00ff')"),
        ("select  a\n from b limit 5", "select a from b limit 60"),
    ],
)
def test_statements_that_differ_only_in_values_have_one_shape(statement, same):
    assert shape(statement) == shape(same)


@pytest.mark.parametrize(
    "other", ["select a from b where c is null", "select a from b2 where c = 1", "select a from b"]
)
def test_statements_that_differ_otherwise_have_two(other):
    assert shape("select a from b where c = 1") != shape(other)


def test_a_page_is_followed_through_extraction_alone():
    trip = extracted()
    files = {Path(one).relative_to(ROOT).as_posix() for one in trip.files}
    assert "crawler/extraction/extract.py" in files
    assert not any(one.startswith("pipelines/") for one in files)
    assert len(files) <= len(trip.functions)
    assert len(files) - 1 <= trip.changes < len(trip.files)


async def test_an_article_is_followed_into_the_archive_on_the_thread_that_writes():
    trip = await stored()
    assert "pipelines/store.py" in {Path(one).relative_to(ROOT).as_posix() for one in trip.files}
    assert trip.statements.count("begin immediate") == trip.statements.count("commit") == 1
    assert any(one.startswith("insert into articles(") for one in trip.shapes)
    assert 0 < len(trip.selects) < len(trip.shapes) < len(trip.statements)


def test_it_prints_both_tables_and_names_on_demand(capsys):
    assert main(["--names"]) == 0
    printed = capsys.readouterr().out
    assert "one new article stored" in printed
    assert f"small: crawler.version ({len((ROOT / 'crawler/version.py').read_text('utf-8').splitlines())})" in printed
