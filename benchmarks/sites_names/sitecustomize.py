"""Names of the benchmark's own, for each process that has this folder in PYTHONPATH: no resolver is asked for them.

``s00017.test`` is at 127.1.0.17. In place of ``s``: ``slow`` takes as long as SLOW_NAME says to be found, in seconds,
and ``none`` is not found. These addresses count as public, so that a crawl goes there as it would anywhere.
"""

import ipaddress
import os
import re
import socket
import time

_NAME = re.compile(r"(?P<kind>s|slow|none|hang|tls)(?P<number>\d{5})\.test")
_HOME = ipaddress.IPv4Network("127.1.0.0/16")
_given_by_the_system = socket.gethostbyname
_LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
_contains = ipaddress.IPv4Network.__contains__


def _gethostbyname(name: str) -> str:
    match = _NAME.fullmatch(name)
    if match is None:
        return _given_by_the_system(name)
    if match["kind"] in ("slow", "none"):
        time.sleep(float(os.environ.get("SLOW_NAME", "20")) if match["kind"] == "slow" else 0.0)
        if match["kind"] == "none":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
    number = int(match["number"])
    return f"127.1.{number >> 8}.{number & 255}"


socket.gethostbyname = _gethostbyname


def _holds(network: ipaddress.IPv4Network, address: ipaddress.IPv4Address) -> bool:
    """Return whether a network has this address; of this machine's own, the papers are left out."""
    return _contains(network, address) and not (network == _LOOPBACK and _contains(_HOME, address))


setattr(ipaddress.IPv4Network, "__contains__", _holds)  # noqa: B010  # a method, as its stubs have it
