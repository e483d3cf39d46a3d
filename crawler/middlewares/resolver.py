"""The guarding resolver: the crawler connects to public addresses only.

It sees the very address that is connected to, at every redirect and for literal addresses in any notation,
so there is no gap between the check and the connection.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
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

_REMEMBERED = 10_000
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


class PrivateAddressError(IgnoreRequest):
    """A host that is not at a public address, so that nothing was asked of it."""


def is_public(address: str) -> bool:
    """Whether this IP address is reachable from anywhere, and so is the IPv4 address that an IPv6 one leads to."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        inner = ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if ip.teredo or (inner and not is_public(str(inner))):
            return False
    return ip.is_global and not ip.is_multicast


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
