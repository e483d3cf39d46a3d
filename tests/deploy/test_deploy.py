"""What deploy/ has to say is checked by what will read it: systemd, YAML, the commands' own parsers, and a run."""

import ast
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from crawler import settings
from crawler.monitoring.sending import is_known
from crawler.monitoring.session import _GRACE
from pipelines.watching.watches import EVENTS, read_watches
from tests.broker import PERMISSIONS
from tests.crawling import ROOT
from tests.deploy.test_lines import DEPLOY, PROGRAMS, check, environment

UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))


def script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def units(tmp_path):
    """The units, with the programs of this machine."""
    shutil.copytree(UNITS, tmp_path / "units")
    here = f"{Path(sys.executable).parent}/"
    for unit in (tmp_path / "units").glob("*.service"):
        text = unit.read_text("utf-8").replace(PROGRAMS + "scrapyd", "/bin/true")  # need not be installed
        unit.write_text(text.replace(PROGRAMS, here), "utf-8")
    return tmp_path / "units"


def verified(*files: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze on this machine")
    return subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)


def test_systemd_finds_nothing_wrong_with_the_units(units):
    files = [one for one in units.iterdir() if one.is_file() and "@" not in one.name]
    files += [
        units / one for one in ("vestnik-crawl@demo.service", "vestnik-crawl@demo.timer", "vestnik-failed@x.service")
    ]
    plain = units / "plain.service"
    plain.write_text("[Service]\nExecStart=/bin/true\n", "utf-8")
    if verified(plain).returncode:
        pytest.skip("systemd-analyze cannot look at any unit on this machine")
    found = verified(*files)
    assert found.returncode == 0, found.stderr
    assert "vestnik" not in found.stderr


def test_what_all_units_share_is_read_with_each(units):
    with (units / "vestnik-.service.d" / "common.conf").open("a", encoding="utf-8") as common:
        common.write("NoSuchKey=yes\n")
    assert "NoSuchKey" in verified(units / "vestnik-monitor.service").stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_each_unit_starts_a_command_that_there_is(unit):
    parsed = ConfigParser(interpolation=None, delimiters="=", strict=False)
    parsed.read(unit, "utf-8")
    line = parsed["Service"]["ExecStart"]
    assert line.startswith(PROGRAMS)
    if "scrapyd" not in line:
        check(line)
    if " crawl " in line or " monitor" in line:
        assert float(parsed["Service"]["TimeoutStopSec"]) > _GRACE
        assert parsed["Service"]["SuccessExitStatus"] == "75"
    for told in re.findall(r"OnFailure=(.*?@)", unit.read_text("utf-8")):
        assert (UNITS / f"{told}.service").exists()


def test_each_timer_has_its_service():
    timers = sorted(UNITS.glob("*.timer"))
    assert len(timers) > 3
    assert all(one.with_suffix(".service") in SERVICES for one in timers)


def test_units_container_and_script_work_in_the_same_places():
    common = (UNITS / "vestnik-.service.d" / "common.conf").read_text("utf-8")
    ours = script(DEPLOY / "vestnik_settings.py")
    assert "ReadWritePaths=/var/lib/vestnik\n" in common
    assert ours.DATABASE == "/var/lib/vestnik/news.db"
    assert f"--database {ours.DATABASE} " in (UNITS / "vestnik-reading-room.service").read_text("utf-8")
    assert "cron.log" in (DEPLOY / "vestnik").read_text("utf-8")
    assert "/var/lib/vestnik/cron.log {" in (DEPLOY / "logrotate").read_text("utf-8")


def test_the_settings_of_the_machine_are_settings_that_there_are():
    tree = ast.parse((DEPLOY / "vestnik_settings.py").read_text("utf-8"))
    names = [
        target.id
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    ]
    assert {"DATABASE", "CONTACT"} <= set(names)
    assert [name for name in names if not hasattr(settings, name)] == []
    assert environment()["SCRAPY_SETTINGS_MODULE"] == "vestnik_settings"


def test_the_compose_file_runs_both_halves_as_one_user_on_one_volume():
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    compose = yaml.safe_load(text)
    services = compose["services"]
    assert set(services) == {"monitor", "reading-room"}
    for service in services.values():
        assert service["user"] == "10001:10001"
        assert service["volumes"][0].split(":")[0] in compose["volumes"]
        assert service["volumes"][0].endswith(":/var/lib/vestnik")
        check(shlex.join(service["command"]))
    assert len(compose["volumes"]) == 1
    assert int(services["monitor"]["stop_grace_period"].removesuffix("s")) > _GRACE
    test = services["monitor"]["healthcheck"]["test"][1]
    check(test.partition(" >")[0])
    assert "$" not in test.replace("$$", "")
    assert all(port.startswith("127.0.0.1:") for port in services["reading-room"]["ports"])


def test_the_compose_file_of_several_machines_gives_each_role_its_rights():
    services = yaml.safe_load((DEPLOY / "compose-many.yaml").read_text("utf-8"))["services"]
    assert set(services) == {"rabbitmq", "accounts", "archive-host", "worker"}
    for name, role in (("archive-host", "host"), ("worker", "worker")):
        command = shlex.join(services[name]["command"])
        check(command)
        assert f"amqp://{role}:" in command
    said = services["accounts"]["command"][-1].replace("$$", "$")
    allowed = PERMISSIONS["worker"]
    told = f"set_permissions worker '{allowed['configure']}' '{allowed['write']}' '{allowed['read']}'"
    page = (ROOT / "docs" / "many-machines.md").read_text("utf-8")
    assert told in said
    assert told in page
    assert "set_permissions host '{configure}' '{write}' '{read}'".format(**PERMISSIONS["host"]) in page
    assert "archive" not in services["worker"]["volumes"][0]


def test_the_image_has_what_runs_and_the_user_of_the_compose_file():
    lines = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = [one for line in re.findall(r"^COPY (.*) \S+$", lines, re.MULTILINE) for one in line.split()]
    assert {"crawler", "pipelines", "reading_room", "requirements.txt"} <= set(copied)
    assert [one for one in copied if not (ROOT / one).exists()] == []
    assert "--uid 10001 " in lines
    check(shlex.join(yaml.safe_load(re.findall(r"^CMD (.*)$", lines, re.MULTILINE)[0])))


def test_proxies_lead_to_the_port_of_the_reading_room():
    for proxy in ("nginx.conf", "Caddyfile"):
        assert "127.0.0.1:8001" in (DEPLOY / proxy).read_text("utf-8")
    assert " --port 8001" in (UNITS / "vestnik-reading-room.service").read_text("utf-8")


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise imports it
def test_the_example_of_watches_has_no_mistake_and_shows_each_part():
    text = (DEPLOY / "watches.example.toml").read_text("utf-8")
    watches = read_watches(text, "watches.example.toml", environment())
    assert watches.errors == ()
    assert len(watches.watches) == len(tomllib.loads(text)["watch"]) > 3
    assert [name for name, address in watches.targets.items() if not is_known(address)] == []
    assert [event for event in EVENTS if event not in text] == []


def test_the_egg_for_scrapyd_leaves_no_file_behind():
    others = {
        one.relative_to(ROOT).parent.as_posix() + "/*" + one.suffix
        for top in ("crawler", "pipelines")
        for one in (ROOT / top).rglob("*")
        if one.is_file() and one.suffix not in (".py", ".pyc")
    }
    setup = (DEPLOY / "scrapyd" / "setup.py").read_text("utf-8")
    told = ast.literal_eval(setup.partition("package_data=")[2].partition("}")[0].strip() + "}")
    named = {f"{package.replace('.', '/')}/{pattern}" for package, patterns in told.items() for pattern in patterns}
    assert named == others
