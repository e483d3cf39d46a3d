"""WARC files: what they hold, and one record of them. Reads with warcio; never writes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from w3lib.url import canonicalize_url
from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.addresses import LONGEST

# An AttributeError is what warcio makes of a response without an address.
_UNREADABLE = (ArchiveLoadFailed, StatusAndHeadersParserException, AttributeError, EOFError, ValueError, zlib.error)
_FOUND, _NOT_MODIFIED = 200, 304
_OF_THE_WEB = ("response", "revisit", "resource")
_FIRST_YEAR = 1990  # before it there was no web
_GZIP = b"\x1f\x8b\x08"
_BEGINNING = re.compile(rb"WARC/\d\.\d{1,2}\r?\n|" + re.escape(_GZIP))
_WINDOW, _OVERLAP, _HEAD = 1024 * 1024, 16, 1024  # bytes: of a look for the next record, of its beginning
_MOST_TOLD = 20  # sentences on one file
MOST_BYTES = 100 * 1024 * 1024
"""Of one record. A page is a hundredth of it; what is larger is a film, or a trap."""


class WarcError(ValueError):
    """A WARC file, or a record in one, that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Capture:
    """Where one response lies. ``offset`` is the byte at which its record begins; ``digest`` that of its payload.

    ``is_revisit``: the record only says that the payload was found the same. ``stored_as`` is the address of the record
    that holds it, where it is of another, or that it refers to.
    """

    file: Path
    offset: int
    url: str
    at: datetime
    status: int
    mime: str
    digest: str | None = None
    is_revisit: bool = False
    stored_as: str | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """One response. The body is as it came over the wire but for the chunks: ``Content-Encoding`` still holds."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class WarcIndex:
    """The responses in some WARC files in the order of capture, and a sentence for each place that is damaged."""

    captures: tuple[Capture, ...] = ()
    damaged: tuple[str, ...] = ()

    def latest(self, url: str, at: datetime | None = None) -> Capture | None:
        """The last capture of an address, at or before ``at`` (aware) where that is given.

        Passes over "304 Not Modified", which says only that the capture before it still holds.
        """
        captures = self._by_url.get(_key(url), [])
        end = len(captures) if at is None else bisect_right(captures, at, key=lambda one: one.at)
        return captures[end - 1] if end else None

    def nearest(self, url: str, at: datetime, until: datetime | None = None) -> Capture | None:
        """The capture of an address that is next in time to ``at``, at or before ``until`` where that is given."""
        captures = (one for one in self._by_url.get(_key(url), []) if until is None or one.at <= until)
        return min(captures, key=lambda one: abs(one.at - at), default=None)

    @cached_property
    def _by_url(self) -> dict[str, list[Capture]]:
        found: dict[str, list[Capture]] = {}
        for capture in self.captures:
            if capture.status != _NOT_MODIFIED:
                found.setdefault(_key(capture.url), []).append(capture)
        return found


def index(paths: Sequence[Path]) -> WarcIndex:
    """The http(s) responses in these files, plain or gzipped, and when they were found the same; no requests.

    A damaged file yields what stands around the damage, and a sentence for it in ``damaged``. Raises WarcError for a
    file that cannot be opened.
    """
    captures: list[Capture] = []
    damaged: list[str] = []
    for path in paths:
        try:
            for found in _scan(path):
                if isinstance(found, Capture):
                    captures.append(found)
                else:
                    damaged.append(found)
        except OSError as error:
            raise WarcError(f"{path}: {error.strerror or error}") from None
    in_order = sorted(captures, key=lambda one: one.at)
    return WarcIndex(tuple(_with_originals(in_order)), tuple(damaged))


def read(capture: Capture) -> Captured:
    """The response of a capture.

    Raises WarcError where the record is gone, damaged or cut short, or where the payload's digest, which many WARC
    files state, does not fit.
    """
    where = f"{capture.file} at byte {capture.offset}"
    try:
        with capture.file.open("rb") as file:
            file.seek(capture.offset)
            record = next(records_of(file), None)
            if record is None or not _has_payload(record) or _target(record) != (capture.stored_as or capture.url):
                raise WarcError(f"{where}: no response of {capture.url} there; the file has changed since it was read")
            stored, body = payload(record)
    except OSError as error:
        raise WarcError(f"{capture.file}: {error.strerror or error}") from None
    except WarcError:
        raise
    except _UNREADABLE as error:
        raise WarcError(f"{where}: {error}") from None
    if capture.digest and not payload_fits(capture.digest, stored, body):
        raise WarcError(f"{where}: the body of {capture.url} does not fit its digest {capture.digest}")
    if record.http_headers is None:
        return Captured(capture.status, [("Content-Type", _kind(record) or "")], body)
    gone = {"transfer-encoding"} if _is_encoded(record, body) else {"transfer-encoding", "content-encoding"}
    headers = [(name, value) for name, value in record.http_headers.headers if name.lower() not in gone]
    return Captured(capture.status, headers, body)


def _is_encoded(record: Any, body: bytes) -> bool:
    """Return whether a body is packed as its header says; some tools unpack it and leave the header as it was."""
    coding = (record.http_headers.get_header("Content-Encoding") or "").strip().lower()
    if coding in ("gzip", "x-gzip"):
        return body.startswith(b"\x1f\x8b")
    return not body.lstrip()[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml"))


def _scan(path: Path) -> Iterator[Capture | str]:
    """The captures of one file, and a sentence for each part of it that cannot be read; the rest is read on."""
    start, told, size = 0, 0, path.stat().st_size
    with path.open("rb") as file:
        while start < size:
            end, reason, again = start, "it ends within a record", start + 1
            file.seek(start)
            records = records_of(file)
            try:
                for record in records:
                    offset = records.get_record_offset()  # reads the record to its end
                    again = offset + 1
                    if fault := _fault(records, record):
                        end, reason = offset, f"the record there {fault}"
                        break
                    end = records.offset
                    if record.rec_type in _OF_THE_WEB:
                        yield from _capture(path, offset, record)
                else:
                    if end >= size:
                        return
            except _UNREADABLE as error:
                reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            # Where no blank line parts two records, the first line of the second has been read with the first.
            start = _next_record(file, max(again, end - _OVERLAP), size)
            if start == end:  # that is the one that cannot be read
                start = _next_record(file, end + 1, size)
            told += 1
            if told <= _MOST_TOLD:
                on = f"it is read on from byte {start}" if start < size else "the rest of the file is not read"
                yield f"{path}: not readable as WARC from byte {end}: {reason}; {on}"
    if told > _MOST_TOLD:
        yield f"{path}: {told - _MOST_TOLD} more such places"


def _next_record(file: BinaryIO, start: int, size: int) -> int:
    """The byte at which the next record begins, by itself or in a gzip member of its own; the file's size for none."""
    while start < size:
        file.seek(start)
        window = file.read(_WINDOW)
        for match in _BEGINNING.finditer(window):
            place = start + match.start()
            if match[0].startswith(_GZIP):
                file.seek(place)
                if not _is_record(file.read(_HEAD)):
                    continue
            return place
        start += max(1, len(window) - _OVERLAP) if len(window) == _WINDOW else size
    return size


def _is_record(packed: bytes) -> bool:
    """Whether what is packed begins as a record does; two bytes of a picture often look like a packed file."""
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, _OVERLAP).startswith(b"WARC/")
    except zlib.error:
        return False


def _fault(records: Any, record: Any) -> str | None:
    """What keeps a record that was read to its end from being whole."""
    if not (record.rec_headers.get_header("Content-Length") or "").strip().isdigit():
        return "states no length"
    if record.raw_stream.limit:
        return "is cut short"
    inflater = records.reader.decompressor
    if inflater is None:
        return None
    if records.next_line:
        return "is gzipped together with others; `warcio recompress` makes a file that can be read"
    return None if inflater.eof else "lacks the end of its gzip"


def _capture(path: Path, offset: int, record: Any) -> Iterator[Capture | str]:
    """The capture that a response record describes, if it is one of the web."""
    url = _target(record)
    if not url.startswith(("http://", "https://")):
        return
    is_revisit = record.rec_type == "revisit"
    try:
        # What was found the same may be told without a header of its own, and a resource has none.
        is_told = record.http_headers or record.rec_type == "response"
        status = int(record.http_headers.get_statuscode()) if is_told else _FOUND
        at = _moment(record.rec_headers.get_header("WARC-Date"))
    except (AttributeError, TypeError, ValueError) as error:
        yield f"{path}: the record at byte {offset} is passed over: no status or no date ({error})"
        return
    if at.year < _FIRST_YEAR:
        yield f"{path}: the record at byte {offset} is passed over: {at.year} is no year of a capture"
        return
    kind = _kind(record)
    mime = (kind or "").partition(";")[0].strip().lower()
    digest = record.rec_headers.get_header("WARC-Payload-Digest")
    refers = (record.rec_headers.get_header("WARC-Refers-To-Target-URI") or url).strip().strip("<>")
    yield Capture(path, offset, url, at, status, mime, digest, is_revisit, stored_as=refers if is_revisit else None)


def _has_payload(record: Any) -> bool:
    return record.http_headers is not None or record.rec_type == "resource"


def _kind(record: Any) -> str | None:
    """The type of a payload; the header of a resource's record tells it."""
    headers = record.rec_headers if record.rec_type == "resource" else record.http_headers
    return headers.get_header("Content-Type") if headers else None


def _moment(written: str) -> datetime:
    """The time of a record, which is in UTC whatever the writer leaves away (WARC 1.1, 5.4). Raises ValueError."""
    text = written.strip()
    at = datetime.strptime(text, "%Y%m%d%H%M%S") if text.isdigit() else datetime.fromisoformat(text)  # noqa: DTZ007 its zone follows
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _target(record: Any) -> str:
    """The address that a record is of; some tools write it in angle brackets, as the first draft of WARC did."""
    return (record.rec_headers.get_header("WARC-Target-URI") or "").strip().strip("<>")


def _with_originals(captures: Sequence[Capture]) -> Iterator[Capture]:
    """Yield the captures, which come by time; one that only says that it found the same as another is that one, seen
    again then: the one with its payload, else the last of the address that it refers to.

    Where the other is in none of these files, nothing is known of what was seen.
    """
    originals = {one.digest: one for one in reversed(captures) if one.digest and not one.is_revisit}
    last: dict[str, Capture] = {}
    for one in captures:
        if not one.is_revisit:
            if one.status == _FOUND:
                last[_key(one.url)] = one
            yield one
            continue
        # A server's "not modified" has no payload, and the digest of nothing.
        named = originals.get(one.digest) if one.digest and one.status != _NOT_MODIFIED else None
        original = named or last.get(_key(one.stored_as or one.url))
        is_other = named is None and one.status != _NOT_MODIFIED and bool(one.digest and original and original.digest)
        if original is not None and not is_other:
            yield replace(original, url=one.url, at=one.at, stored_as=original.stored_as or original.url)


def _key(url: str) -> str:
    if len(url) > LONGEST:
        return url
    try:
        return str(canonicalize_url(url))
    except ValueError:  # no address of the web, and equal only to itself
        return url


# The parts of WARC reading that warcio leaves open: strict decompression, raw bodies, digests.


class _StrictReader(DecompressingBufferedReader):  # type: ignore[misc]  # warcio has no types
    """Warcio prints a decompression error and reads on as if the file held nothing there; this one raises it."""

    decompressor: Any

    def _decompress(self, data: bytes) -> bytes:
        if self.decompressor is None:
            return data
        try:
            return bytes(self.decompressor.decompress(data))
        except zlib.error:
            if self.num_block_read:
                raise
            self.decompressor = None  # a file that is not gzipped at all
            return data


def records_of(file: BinaryIO) -> Any:
    """A ``WARCIterator`` from where the file stands. Raises zlib.error where its gzip is damaged."""
    records = WARCIterator(file)
    records.reader = _StrictReader(file)
    return records


def payload(record: Any) -> tuple[bytes, bytes]:
    """The payload as it is stored, and without chunked transfer encoding; neither is content-decoded.

    Raises ValueError for a record that is too large or ends before its length is reached.
    """
    if record.length is not None and record.length > MOST_BYTES:
        raise ValueError(f"the record is too large: {record.length} bytes; at most {MOST_BYTES} are read")
    stored = bytes(record.raw_stream.read())
    if record.raw_stream.limit:
        raise ValueError(f"the record is cut short or damaged: {record.raw_stream.limit} bytes of it are missing")
    coding = (record.http_headers.get_header("Transfer-Encoding") if record.http_headers else None) or ""
    if "chunked" not in coding.lower():
        return stored, stored
    return stored, bytes(ChunkedDataReader(io.BytesIO(stored)).read())


def payload_fits(digest: str, stored: bytes, body: bytes) -> bool:
    """Whether a ``WARC-Payload-Digest``, such as ``sha1:BASE32``, is that of the payload.

    Some writers take it before and some after removing the chunks, so either will do. A digest by an algorithm that is
    not known here says nothing, and fits.
    """
    algorithm, _, value = digest.partition(":")
    algorithm = algorithm.strip().lower().replace("-", "")
    if algorithm not in ("md5", "sha1", "sha256", "sha512"):
        return True
    stated = _bytes(value.strip(), hashlib.new(algorithm).digest_size)
    return any(hashlib.new(algorithm, data).digest() == stated for data in (stored, body))


def _bytes(value: str, size: int) -> bytes | None:
    """A digest of ``size`` bytes in base 16, 32 or 64: the standard leaves the choice, the length tells."""
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        if len(value.rstrip("=")) == -(-size * 8 // 5):
            bare = value.upper().rstrip("=")
            return base64.b32decode(bare + "=" * (-len(bare) % 8))
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set(value) & set("-_") else None)
    except (ValueError, binascii.Error):
        return None
