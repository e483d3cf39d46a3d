"""Makes each site profile a spider: ``scrapy list`` and ``scrapy crawl SITE`` need no class per site."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from scrapy import Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.errors import SetupError
from crawler.profiles import ProfileError, load_profiles
from crawler.site import Site
from crawler.spiders.site import SiteSpider

_LIKE = 0.75
"""How alike a name must be to be guessed: among 175, some paper is always a little like what was typed."""


class ProfileSpiderLoader(SpiderLoader):
    """Scrapy's loader, which finds ``urls`` and ``warc``, and the profiles beside them: each read when it is wanted."""

    def __init__(self, settings: BaseSettings):
        super().__init__(settings)
        folder = settings.get("SITES_DIR")
        self.failure: ProfileError | None = None
        try:
            self.profiles = load_profiles(Path(folder) if folder else None)
        except ProfileError as error:  # told when a spider is asked for: an error here would be a traceback
            self.failure, self.profiles = error, load_profiles()

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider of this name. Raises SetupError for a broken profile, and for an unknown name."""
        site = self.profiles.sites.by_name.get(spider_name)
        if error := self.failure or self.profiles.broken.get(spider_name):
            raise SetupError(str(error)) from error
        if site is not None:
            return spider_for(site)
        if spider_name not in super().list():
            raise SetupError(self._unknown(spider_name))
        return super().load(spider_name)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self.list(), 1, _LIKE)
        guess = f" Did you mean {near[0]}?" if near else ""
        others = ", ".join(sorted({*super().list(), *self.profiles.own}))
        return (
            f"no site is called {name!r}.{guess} There are: {others}, and the {len(self.profiles.papers)} papers that"
            " `scrapy papers` lists; profiles of your own need -s SITES_DIR=FOLDER"
        )

    def list(self) -> list[str]:
        """Return the names of all spiders; a profile of one's own that is broken is none."""
        names = {*super().list(), *self.profiles.papers, *self.profiles.own}
        return sorted(names - self.profiles.broken.keys())


def spider_for(site: Site) -> type[SiteSpider]:
    """Return the spider class of a site."""
    pace = {} if site.delay is None else {"DOWNLOAD_DELAY": site.delay, "AUTOTHROTTLE_START_DELAY": site.delay}
    return type(site.name, (SiteSpider,), {"name": site.name, "site_name": site.name, "custom_settings": pace})
