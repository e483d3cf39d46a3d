"""The time of every response, and its WARC record where ARCHIVE_DIR asks for one.

Nearest to the downloader, so that bodies are kept as they came over the wire and a replay meets the same bytes.
"""

from __future__ import annotations

from http import HTTPStatus
from io import SEEK_END, BytesIO, FileIO
from os import getpid
from pathlib import Path

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler import clock
from crawler.article import utc_text
from crawler.errors import SetupError
from pipelines.context import Context, context_of

_FRAMING = frozenset({b"transfer-encoding"})  # a record holds the body without its chunks


class CaptureMiddleware:
    """Sets ``fetched_at`` in the request's meta, and ``capture`` (``file:offset:digest``) when the response is kept."""

    def __init__(self, context: Context, spider: str, folder: Path | None):
        """``spider`` is what files are called after."""
        self.context = context
        self.spider = spider
        self.folder = folder
        self._file: FileIO | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        """Read ARCHIVE_DIR and make the folder. Raises SetupError where that cannot be."""
        folder = crawler.settings.get("ARCHIVE_DIR")
        try:
            if folder:
                Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(f"ARCHIVE_DIR={folder}: {error.strerror}; name a folder that can be written") from None
        context = context_of(crawler)
        made = cls(context, context.captures_as or crawler.spidercls.name, Path(folder) if folder else None)
        crawler.signals.connect(made.close, signals.spider_closed)
        return made

    def process_response(self, request: Request, response: Response) -> Response:
        """Stamp, and keep a copy."""
        if "replayed" not in request.meta:
            request.meta["fetched_at"] = self.context.now()
        if self.folder is not None:
            try:
                request.meta["capture"] = self._keep(self.folder, request, response)
            except OSError as error:  # all is to be kept, or nothing more is to be fetched
                advice = "free some space, or name another folder with -s ARCHIVE_DIR=…"
                self.context.abort(f"{self.folder}: {error.strerror}; {advice}")
        return response

    def close(self) -> None:
        """Close the file of this crawl, if one was begun."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _keep(self, folder: Path, request: Request, response: Response) -> str:
        if self._file is None:
            path = folder / f"{self.spider}-{clock.now():%Y%m%d%H%M%S}-{getpid()}.warc.gz"
            self._file = path.open("ab", buffering=0)  # a kill must not cost what was fetched
        written = BytesIO()
        writer = WARCWriter(written, gzip=True)
        record = writer.create_warc_record(
            request.url,
            "response",
            payload=BytesIO(response.body),
            length=len(response.body),  # else warcio spools the body through a file to find out
            http_headers=_headers(response),
            warc_headers_dict={"WARC-Date": utc_text(request.meta["fetched_at"])},
        )
        writer.write_record(record)
        offset = append(self._file, written.getbuffer())
        digest = record.rec_headers.get_header("WARC-Payload-Digest")
        return f"{Path(self._file.name).name}:{offset}:{digest}"


def append(file: FileIO, data: memoryview) -> int:
    """Write all of it, or on OSError nothing: half a record would end the file for its readers. Gives the offset."""
    offset = file.seek(0, SEEK_END)
    try:
        while data:
            data = data[file.write(data) :]
    except OSError:
        file.truncate(offset)
        raise
    return offset


def _headers(response: Response) -> StatusAndHeaders:
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Unknown"
    pairs = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        if name.lower() not in _FRAMING
        for value in values
    ]
    return StatusAndHeaders(f"{response.status} {phrase}", pairs, protocol="HTTP/1.1")
