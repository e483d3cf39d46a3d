"""Replay: any spider reads from WARC files instead of the network."""

from __future__ import annotations

import glob
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError, NotConfigured
from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings

from crawler.article import utc_time
from crawler.discovery.warc import Capture, WarcError, WarcIndex, index, read
from crawler.errors import SetupError

_HANDLER = "crawler.middlewares.replay.ReplayHandler"
# There is nobody to be polite to, and a second try reads the same bytes.
_SETTINGS: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": {"http": _HANDLER, "https": _HANDLER, "file": None, "ftp": None, "s3": None, "data": None},
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
}


class ReplayAddon:
    """Puts the archive in place of the network when REPLAY_WARC names one."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Raises NotConfigured without REPLAY_WARC, and SetupError for archives that cannot be read."""
        if not settings.get("REPLAY_WARC"):
            raise NotConfigured
        load_index(settings["REPLAY_WARC"])  # here, for the errors of a download handler are those of each page
        for name, value in _SETTINGS.items():
            settings.set(name, value, priority="cmdline")


class NotArchivedError(DownloadFailedError):
    """An address that the archive does not hold."""


class DamagedRecordError(DownloadFailedError):
    """An address whose record in the archive cannot be read."""


class ReplayHandler(BaseDownloadHandler):
    """Answers a request with the last capture of its address, or with the one that ``replay`` in its meta names."""

    lazy = True

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        at = crawler.settings.get("REPLAY_AT")
        self.index = load_index(crawler.settings["REPLAY_WARC"])
        self.at: datetime | None = utc_time(at) if at else None

    async def download_request(self, request: Request) -> Response:
        """The archived response. Raises NotArchivedError or DamagedRecordError."""
        capture = self._capture(request)
        if capture is None:
            if urlsplit(request.url).path == "/robots.txt":  # as when a site has none: all is allowed
                return Response(request.url, status=404)
            raise NotArchivedError(f"not in the archive: {request.url}")
        try:
            archived = read(capture)
        except WarcError as error:
            raise DamagedRecordError(str(error)) from error
        request.meta["replayed"] = True
        request.meta["fetched_at"] = capture.at
        request.meta["capture"] = f"{capture.file.name}:{capture.offset}:{capture.digest or ''}"
        headers = Headers()
        for name, value in archived.headers:
            headers.appendlist(name, value)
        kind = responsetypes.from_args(headers=headers, url=request.url, body=archived.body)
        return kind(url=request.url, status=archived.status, headers=headers, body=archived.body)

    def _capture(self, request: Request) -> Capture | None:
        """Which capture answers: of what belongs together, such as a redirect and where it led, those of one time."""
        named: Capture | None = request.meta.pop("replay", None)
        near = request.meta.get("fetched_at") if "redirect_times" in request.meta else request.meta.get("near")
        if named is None and near is not None:
            return self.index.nearest(request.url, near, self.at)
        return named or self.index.latest(request.url, self.at)


@lru_cache(maxsize=1)  # the spider `warc` and the download handler read the same one
def load_index(pattern: str) -> WarcIndex:
    """What the archives that match a glob hold. Raises SetupError when there is none or one cannot be opened."""
    paths = [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207  # may be absolute
    if not paths:
        raise SetupError(f"no WARC file matches {pattern!r}; expected a file or a pattern such as 'warc/*.warc.gz'")
    try:
        found = index(paths)
    except WarcError as error:
        raise SetupError(str(error)) from None
    if found.damaged and not found.captures:
        raise SetupError(found.damaged[0])
    return found
