"""Settings that follow from others: who is asking, and which hosts need no pause between requests."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from crawler.version import VERSION

_AT_ONCE = 8
"""Requests at a time to a host of one's own."""


class UserAgentAddon:
    """Sets USER_AGENT, with CONTACT in it where that is given: who is asking, and where a paper can complain."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Write the user agent; one that somebody set on the command line stays."""
        contact = settings.get("CONTACT")
        agent = f"Vestnik/{VERSION}" + (f" (+{contact})" if contact else " (news monitor)")
        settings.set("USER_AGENT", agent, priority="project")


class PrivateHostsAddon:
    """Gives each host in ALLOW_PRIVATE_HOSTS a download slot without a delay: an intranet, the demo, a test."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Write the slots."""
        slots = {host: {"delay": 0, "concurrency": _AT_ONCE} for host in settings.getlist("ALLOW_PRIVATE_HOSTS")}
        if slots:
            settings.set("DOWNLOAD_SLOTS", slots | settings.getdict("DOWNLOAD_SLOTS"), priority="cmdline")
