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
        self.profiled = {site.name: spider_for(site) for site in profiles.sites.by_name.values()}

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider of this name. Raises SetupError for a broken profile, and for an unknown name."""
        if error := self.broken.get(_FOLDER) or self.broken.get(spider_name):
            raise SetupError(str(error)) from error
        if spider_name in self.profiled:
            return self.profiled[spider_name]
        if spider_name not in super().list():
            raise SetupError(self._unknown(spider_name))
        return super().load(spider_name)

    def _unknown(self, name: str) -> str:
        names = [*super().list(), *self.profiled]
        near = get_close_matches(name, names, 1)
        guess = f" Did you mean {near[0]}?" if near else ""
        known = ", ".join(sorted(names))
        return f"no site is called {name!r}.{guess} There are: {known}; profiles of your own need -s SITES_DIR=FOLDER"

    def list(self) -> list[str]:
        """Return the names of all spiders; a broken profile is a warning."""
        for error in self.broken.values():
            warnings.warn(str(error), stacklevel=2)
        return sorted([*super().list(), *self.profiled])


def spider_for(site: Site) -> type[SiteSpider]:
    """Return the spider class of a site."""
    pace = {} if site.delay is None else {"DOWNLOAD_DELAY": site.delay, "AUTOTHROTTLE_START_DELAY": site.delay}
    return type(site.name, (SiteSpider,), {"name": site.name, "site_name": site.name, "custom_settings": pace})
