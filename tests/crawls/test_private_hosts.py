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


PUBLIC = """
    93.184.215.14 8.8.8.8 192.0.1.1 223.255.255.1
    2606:2800:21f:cb07:6820:80da:af6b:8b2c 2001:200::1 ::ffff:93.184.215.14 64:ff9b::5db8:d70e"""
NOT_PUBLIC = """
    0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.0.0.9 192.0.2.1 192.88.99.1
    192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
    :: ::1 ::7f00:1 ::8.8.8.8 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 100:0:0:1::1 2001::1 2001:20::1
    2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd00::1 fe80::1 fe80::1%1 fec0::1 ff02::1 ff0e::1 4000::1"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_what_anybody_can_reach_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_what_serves_a_network_or_nobody_is_not(address):
    assert not is_public(address)
