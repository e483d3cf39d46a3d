"""Makes each site profile a spider: ``scrapy list`` and ``scrapy crawl SITE`` need no class per site."""

from __future__ import annotations

import warnings
from difflib import get_close_matches
from pathlib import Path

from scrapy import Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.errors import SetupError
from crawler.profiles import ProfileError, load_profiles
from crawler.site import Site
from crawler.spiders.site import SiteSpider

_FOLDER = "SITES_DIR"


class ProfileSpiderLoader(SpiderLoader):
    """Scrapy's loader, which finds ``urls`` and ``warc``, and the profiles beside them."""

    def __init__(self, settings: BaseSettings):
        super().__init__(settings)
        folder = settings.get("SITES_DIR")
        try:
            profiles = load_profiles(Path(folder) if folder else None)
            self.broken = dict(profiles.broken)
        except ProfileError as error:  # told when a spider is asked for: an error here would be a traceback
            profiles = load_profiles()
            self.broken = {_FOLDER: error}
        for site in profiles.sites.by_name.values():
            self._spiders[site.name] = spider_for(site)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of this name. Raises SetupError: what is wrong with its profile, or which names there are."""
        if error := self.broken.get(_FOLDER) or self.broken.get(spider_name):
            raise SetupError(str(error)) from error
        if spider_name not in self._spiders:
            raise SetupError(self._unknown(spider_name))
        return super().load(spider_name)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self._spiders, 1)
        guess = f" Did you mean {near[0]}?" if near else ""
        known = ", ".join(sorted(self._spiders))
        return f"no site is called {name!r}.{guess} There are: {known}; profiles of your own need -s SITES_DIR=FOLDER"

    def list(self) -> list[str]:
        """The names of all spiders; a broken profile is a warning."""
        for error in self.broken.values():
            warnings.warn(str(error), stacklevel=2)
        return sorted(super().list())


def spider_for(site: Site) -> type[SiteSpider]:
    """The spider class of a site."""
    pace = {} if site.delay is None else {"DOWNLOAD_DELAY": site.delay, "AUTOTHROTTLE_START_DELAY": site.delay}
    return type(site.name, (SiteSpider,), {"name": site.name, "site_name": site.name, "custom_settings": pace})
