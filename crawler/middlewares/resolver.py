"""What is never asked: a host at an address that is not public, and an address too long to be read.

The guarding resolver sees the very address that is connected to, at every redirect and for literal addresses in any
notation, so there is no gap between the check and the connection.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.datatypes import LocalCache
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import DNSLookupError

from crawler.addresses import LONGEST_ASKED

_REMEMBERED = 10_000

# IANA's registries of special-purpose addresses. Python's own ``is_global`` lacks some, each version others: relays of
# 6to4, and of IPv6 the local ranges that are retired, new, or nobody's yet. So of IPv6 only what IANA gives out is
# public, less what is special in it.
_SPECIAL_IPV4 = [
    IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
]
_GIVEN_OUT = IPv6Network("2000::/3")
_SPECIAL_IPV6 = [IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "3fff::/20")]
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


class PrivateAddressError(IgnoreRequest):
    """A host that is not at a public address, so that nothing was asked of it."""


def is_public(address: str) -> bool:
    """Return whether this IP address is reachable from anywhere, and so is the IPv4 address that an IPv6 one holds."""
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _SPECIAL_IPV4)
    held = ip.ipv4_mapped or ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
    if held:
        return is_public(str(held))
    return ip in _GIVEN_OUT and not any(ip in network for network in _SPECIAL_IPV6)


class GuardingResolver(CachingThreadedResolver):
    """Scrapy's resolver that refuses private addresses but for the hosts that ALLOW_PRIVATE_HOSTS names.

    ``refused`` keeps the hosts it refused, because Twisted turns every failure into "no results".
    """

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, allowed: frozenset[str]):
        super().__init__(reactor, cache_size, timeout)
        self.allowed = allowed
        self.refused: LocalCache[str, bool] = LocalCache(_REMEMBERED)

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardingResolver:
        """Read DNSCACHE_SIZE, DNS_TIMEOUT and ALLOW_PRIVATE_HOSTS."""
        settings = crawler.settings
        allowed = frozenset(host.strip().lower() for host in settings.getlist("ALLOW_PRIVATE_HOSTS"))
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), settings.getfloat("DNS_TIMEOUT"), allowed)

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802  # Twisted's name
        """The address of a host. Fails with DNSLookupError unless it is public or allowed."""
        # The system's look-up that Twisted uses knows no IPv6: such an address is taken as it is written.
        found: Deferred[str] = succeed(name) if ":" in name else super().getHostByName(name, timeout)
        return found.addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if name.lower() in self.allowed or is_public(address):
            return address
        self.refused[name.lower()] = True
        raise DNSLookupError(f"{name} is at {address}, which is not a public address")


class PrivateAddressMiddleware:
    """Tells a refused host from one that is not found, before anybody thinks of trying again."""

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise PrivateAddressError where the resolver refused the request's host."""
        from twisted.internet import reactor  # importing it earlier would install the wrong one

        refused = getattr(reactor.resolver, "refused", {})
        host = (urlsplit(request.url).hostname or "").lower()
        if isinstance(exception, CannotResolveHostError) and host in refused:
            raise PrivateAddressError(f"{host} is at a private address")


class LongAddressError(IgnoreRequest):
    """An address of more characters than any article's, so that nothing was asked for."""


class LongAddressMiddleware:
    """First of all, for the others read the address; a redirect leads to one past the spiders, which refuse it."""

    def process_request(self, request: Request) -> None:
        """Raise LongAddressError where the address is too long."""
        if len(request.url) > LONGEST_ASKED:
            raise LongAddressError(f"too long an address: {len(request.url)} characters")
