"""Nothing private is connected to, however its address is written, but for the hosts that are allowed by name."""

from urllib.parse import urlsplit

import pytest

from crawler.middlewares.resolver import is_public
from tests.crawling import crawl
from tests.hostile import hostile_server

HOSTS = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST",
    "127.1",
    "2130706433",
    "0x7f.1",
    "017700000001",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:0:0:1]",
    "0.0.0.0",
    "127.0.0.2",
    "10.0.0.1",
    "169.254.169.254",
]


def outcomes(done):
    rows = done.rows("select url, outcome, reason from candidates")
    return {urlsplit(url).netloc.rpartition(":")[0]: settled for url, *settled in rows}


@pytest.fixture(scope="module")
def crawls(tmp_path_factory):
    """What was asked of the server, and two crawls of its articles by all those names: none allowed, one allowed."""
    folder = tmp_path_factory.mktemp("private")
    with hostile_server() as server:
        port = urlsplit(server.url).port
        urls = ",".join(f"http://{host}:{port}/good/{n}" for n, host in enumerate(HOSTS, start=1))
        none = crawl("urls", folder / "none.db", {"urls": urls}, ALLOW_PRIVATE_HOSTS="", RETRY_TIMES=0)
        asked = list(server.asked)
        one = crawl("urls", folder / "one.db", {"urls": urls}, ALLOW_PRIVATE_HOSTS="localhost", RETRY_TIMES=0)
        return asked, none, one, list(server.asked)


def test_no_notation_of_a_private_address_is_connected_to(crawls):
    asked, none, *_ = crawls
    assert asked == []
    settled = outcomes(none)
    assert set(map(tuple, settled.values())) == {("blocked", "a private address")}
    assert set(settled) == {host.lower() for host in HOSTS}
    assert none.status == 0, none.said


def test_an_allowance_is_for_the_host_it_names_and_no_other(crawls):
    *_, one, asked = crawls
    stored = {host for host, (outcome, _) in outcomes(one).items() if outcome == "stored"}
    assert stored == {"localhost"}
    assert {path for path in asked if path != "/robots.txt"} <= {"/good/2", "/good/3"}


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("ff0e::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public
