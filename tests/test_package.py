"""The package: what a bare environment has once it is installed, in a folder that is no checkout."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from crawler.version import VERSION
from demo.server import PaperServer
from demo.truth import truth
from tests.crawling import ROOT, Crawl, profile_for

PACKAGES = ("crawler", "pipelines", "reading_room")
OFFLINE = ("--quiet", "--no-deps", "--no-index")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, for setuptools leaves its own files beside the sources."""
    source = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        copytree(ROOT / package, source / package, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    pip("wheel", *OFFLINE, "--no-build-isolation", "-w", "made", ".", cwd=source)
    (made,) = (source / "made").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A virtual environment with the wheel; what that needs is lent by the environment of these tests."""
    bare = tmp_path_factory.mktemp("bare")
    run(sys.executable, "-m", "venv", "--without-pip", ".", cwd=bare)
    pip("--python", bare / "bin/python", "install", *OFFLINE, wheel, cwd=bare)
    (packages,) = bare.glob("lib/python*/site-packages")
    lent = {str(one.locate_file("")) for one in distributions() if one.name.lower() == "scrapy"}
    (packages / "lent.pth").write_text("\n".join(lent), "utf-8")
    return bare / "bin"


def pip(*arguments, cwd):
    run(sys.executable, "-m", "pip", *arguments, cwd=cwd)


def run(*command, cwd, status=0):
    """Run a command outside the checkout, and give what it said."""
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_wheel_has_every_file_of_the_packages_but_the_pictures_of_the_readme(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.startswith("vestnik-")}
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == {name for name in files if not name.startswith("reading_room/pictures/")}


def test_its_version_and_what_it_needs_have_one_source(wheel):
    with zipfile.ZipFile(wheel) as archive:
        told = archive.read(f"vestnik-{VERSION}.dist-info/METADATA").decode("utf-8")
    needed = re.findall(r"^Requires-Dist: ([^;\n]*)$", told, re.MULTILINE)  # those of extras have a condition
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert needed == [line for line in lines if line and not line.startswith("#")]


def test_list_names_the_shipped_sites_in_any_folder(installed, tmp_path):
    assert {"moscowtimes", "spiegel", "urls"} <= set(run(installed / "vestnik", "list", "--all", cwd=tmp_path).split())
    assert list(tmp_path.iterdir()) == []


def test_a_crawl_from_any_folder_stores_articles_there(installed, tmp_path):
    with PaperServer(port=0) as server:
        sites = profile_for(server.origin, tmp_path / "sites")
        wanted = [told for told in truth(server.paper).values() if told.kind == "news"][:2]
        options = ("-s", "ALLOW_PRIVATE_HOSTS=127.0.0.1", "-s", f"SITES_DIR={sites}", "-s", "DOWNLOAD_DELAY=0")
        urls = ",".join(one.url for one in wanted)
        said = run(installed / "vestnik", "crawl", "urls", "-a", f"urls={urls}", *options, cwd=tmp_path)
    titles = Crawl(0, said, tmp_path / "news.db").rows("select title from articles")
    assert {title for (title,) in titles} == {one.title for one in wanted}


def test_what_cannot_be_done_has_the_exit_status_that_it_has_in_a_checkout(installed, tmp_path):
    assert "Error: no site is called 'absent'" in run(installed / "vestnik", "crawl", "absent", cwd=tmp_path, status=1)
    assert "Unknown command: crawll" in run(installed / "vestnik", "crawll", cwd=tmp_path, status=2)


def test_settings_of_the_environment_go_before_ours_and_before_those_of_a_folder(installed, tmp_path):
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = absent.settings\n", "utf-8")
    (tmp_path / "mine.py").write_text("from crawler.settings import *\nDATABASE = 'mine.db'\n", "utf-8")
    assert run(installed / "vestnik", "settings", "--get", "DATABASE", cwd=tmp_path).strip() == "news.db"
    named = ("/usr/bin/env", "SCRAPY_SETTINGS_MODULE=mine", f"PYTHONPATH={tmp_path}", installed / "vestnik")
    assert run(*named, "settings", "--get", "DATABASE", cwd=tmp_path).strip() == "mine.db"


def test_the_documented_lines_of_extraction_hold_there(installed, tmp_path):
    lines = "import crawler.extraction as door, doctest; print(doctest.testmod(door), door.__file__)"
    said = run(installed / "python", "-c", lines, cwd=tmp_path)
    assert said.startswith("TestResults(failed=0, attempted=5)")
    assert Path(said.split()[-1]).is_relative_to(installed.parent)


def test_the_reading_room_has_its_pages_there(installed, tmp_path):
    said = run(installed / "python", "-m", "reading_room", "--database", "absent.db", cwd=tmp_path, status=1)
    assert "absent.db" in said
    lines = "from reading_room.room import open_room; from pathlib import Path; open_room(Path('news.db'))"
    run(installed / "python", "-c", lines, cwd=tmp_path)
