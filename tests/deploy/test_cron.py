"""The cron lines: each is a command that there is, and one is run as cron would on a machine set up by the page."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.server import PaperServer
from pipelines.archive.lease import Lease
from tests.crawling import ROOT, Crawl, profile_for
from tests.deploy.test_lines import DEPLOY, check


def cron_lines() -> list[str]:
    """The crontab's entries, and those that are offered in a comment."""
    text = (DEPLOY / "crontab").read_text("utf-8")
    return [line for line in text.splitlines() if re.match(r"(# )?[\d*/,]+( [\d*/,]+){4} ", line)]


def cron_command(line: str) -> str:
    return line.removeprefix("# ").split(maxsplit=5)[5]


@pytest.mark.parametrize("line", cron_lines(), ids=cron_command)
def test_each_cron_line_is_a_command_that_there_is(line):
    assert "%" not in line  # which cron takes for a line's end
    check(cron_command(line))


class Machine:
    """A server set up as deploy/README.md says, in a folder; its one paper is the demo."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder = folder
        for name in ("bin", "code", "state"):
            (folder / name).mkdir()
        (folder / "code" / ".venv").symlink_to(sys.prefix)
        owner = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        places = {"OWNER=vestnik": f"OWNER={owner}", "/opt/vestnik": f"{folder}/code", "/etc/vestnik": f"{folder}"}
        self._put("vestnik", "bin/vestnik", places).chmod(0o755)
        self._put("environment.example", "environment", {"/opt/vestnik:/etc/vestnik": f"{ROOT}:{folder}"})
        settings_file = self._put("vestnik_settings.py", "vestnik_settings.py", places)
        with settings_file.open("a", encoding="utf-8") as more:
            more.write('ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]\n')
        (folder / "watches.toml").touch()
        profile_for(origin, folder / "sites")

    def _put(self, name: str, target: str, places: dict[str, str]) -> Path:
        text = (DEPLOY / name).read_text("utf-8")
        for before, after in {**places, "/var/lib/vestnik": f"{self.folder}/state"}.items():
            text = text.replace(before, after)
        (self.folder / target).write_text(text, "utf-8")
        return self.folder / target

    @property
    def database(self) -> Path:
        return self.folder / "state" / "news.db"

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """As cron would: hardly any environment."""
        around = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": str(self.folder), "SHELL": "/bin/sh"}
        return subprocess.run(
            ["sh", "-c", line], env=around, cwd=self.folder, capture_output=True, text=True, check=False
        )


@pytest.fixture
def machine(tmp_path):
    with PaperServer() as server:
        yield Machine(tmp_path, server.origin)


def test_a_cron_line_is_silent_unless_it_fails(machine):
    line = next(cron_command(one) for one in cron_lines() if one.endswith(" crawl moscowtimes"))
    line = line.replace("moscowtimes", "demo")
    done = machine.run(line)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert Crawl(0, "", machine.database).one("select count(*) from articles") > 10
    log = machine.folder / "state" / "cron.log"
    assert "demo: done" in log.read_text("utf-8")

    lease = Lease(machine.database, "demo", "crawl", datetime.now(UTC))
    try:
        held = machine.run(line)
    finally:
        lease.release()
    assert (held.returncode, held.stdout, held.stderr) == (75, "", "")
    assert "another crawl of demo is running" in log.read_text("utf-8")

    failed = machine.run("vestnik -q crawl nosuchsite")
    assert failed.returncode == 1
    assert "no site is called 'nosuchsite'" in failed.stdout
