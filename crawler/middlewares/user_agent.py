"""The user agent: who is asking, and where a paper can complain."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from crawler.version import VERSION


class UserAgentAddon:
    """Sets USER_AGENT, with CONTACT in it where that is given."""

    def update_settings(self, settings: BaseSettings) -> None:
        """A user agent that somebody set on the command line stays."""
        contact = settings.get("CONTACT")
        agent = f"Vestnik/{VERSION}" + (f" (+{contact})" if contact else " (news monitor)")
        settings.set("USER_AGENT", agent, priority="project")
