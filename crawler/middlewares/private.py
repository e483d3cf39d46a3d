"""Hosts at a private address that the crawl was told to allow: an intranet, the demo, a test. They need no pause."""

from __future__ import annotations

from scrapy.settings import BaseSettings

_AT_ONCE = 8


class PrivateHostsAddon:
    """Gives each host in ALLOW_PRIVATE_HOSTS a download slot without a delay."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Write the slots."""
        slots = {host: {"delay": 0, "concurrency": _AT_ONCE} for host in settings.getlist("ALLOW_PRIVATE_HOSTS")}
        if slots:
            settings.set("DOWNLOAD_SLOTS", slots | settings.getdict("DOWNLOAD_SLOTS"), priority="cmdline")
