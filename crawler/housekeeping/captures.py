"""Copies of pages in WARC files: whether those that the archive names are there, blank records in place of others, and
``scrapy archive collect FROM``, which fetches those that workers on other machines keep.

A record is overwritten in place, by a blank one of the same length, so that all others stay where they are: a
``metadata`` record (WARC 1.1, section 6.5), in a gzip member of stored blocks (RFC 1951, 3.2.4) where the file is
gzipped. Its length can be chosen to the byte.

A worker's files are called after it, so that they meet no other's. One that has grown since is fetched anew: rows name
records by their file and offset, which stay as they are.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from uuid import uuid4

from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.article import utc_text
from crawler.discovery.warc import payload, payload_fits, records_of
from crawler.errors import SetupError
from crawler.housekeeping import Job, plural

UNREADABLE = (ArchiveLoadFailed, StatusAndHeadersParserException, AttributeError, EOFError, ValueError, zlib.error)
"""What damaged WARC files raise; an AttributeError is what comes of a record without a response in it."""
_NAMED = 5  # missing files
_CAPTURE = re.compile(r"\s*(\S.*?):(\d+):((?:[^:\s]+:)?[^:\s]*)(?:$|(?=\s))")
_END = b"\r\n\r\n"
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_GZIP_EXTRA = len(_GZIP_HEAD) + 8  # and the checksum and the length at the end
_BLOCK_EXTRA, _BLOCK = 5, 65_535
_ENDINGS = (".warc.gz", ".warc")
_PART = ".part"  # the ending of a file that is not there in full yet


@dataclass(frozen=True, slots=True)
class Capture:
    """A record of a WARC file: the file's name, the byte at which it begins, the digest of its payload or ``""``."""

    file: str
    offset: int
    digest: str


@dataclass(frozen=True, slots=True)
class Blanked:
    """What became of a file: how many records were overwritten, and a sentence for each that was not."""

    records: int
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Record:
    offset: int
    length: int
    url: str


def parse(written: str) -> tuple[Capture, ...]:
    """Return captures as the columns ``capture`` hold them, ``FILE:OFFSET:DIGEST``, those of several pages with blanks
    between; none for any other text.
    """
    matches = list(_CAPTURE.finditer(written))
    if "".join(match[0] for match in matches) != written:
        return ()
    return tuple(Capture(match[1], int(match[2]), match[3]) for match in matches)


def wrong_captures(folder: Path, captures: Iterable[tuple[int, str, tuple[Capture, ...]]]) -> Iterator[str]:
    """Yield a sentence for each capture in the folder that is not what its article's row says, and for missing files.

    ``captures`` are articles' numbers with what their rows say, and that parsed.
    """
    missing: Counter[str] = Counter()
    for id_, written, parsed in captures:
        if not parsed:
            yield f"article {id_} names a capture that is none: {written}"
        for capture in parsed:
            if not (folder / capture.file).is_file():
                missing[capture.file] += 1
            elif fault := _fault(folder / capture.file, capture):
                yield f"article {id_}: {folder / capture.file} at byte {capture.offset}: {fault}; restore the file"
    if missing:
        names = ", ".join(sorted(missing)[:_NAMED]) + (", …" if len(missing) > _NAMED else "")
        yield (
            f"{plural(missing.total(), 'capture')} of those looked at lie in {plural(len(missing), 'file')} that"
            f" {folder} lacks ({names}); put them there, or name another folder with -s ARCHIVE_DIR=…"
        )


def _fault(path: Path, capture: Capture) -> str | None:
    """Return what is wrong with a capture; None where it can be read and has the digest that was noted."""
    try:
        with closing(path.open("rb")) as file:
            file.seek(capture.offset)
            record = next(records_of(file), None)
            if record is None:
                return "there is no record"
            stored, body = payload(record)
    except UNREADABLE as error:
        return f"not readable: {str(error).strip() or type(error).__name__}"
    if capture.digest and not payload_fits(capture.digest, stored, body):
        return f"the page does not fit its digest {capture.digest}"
    return None


def overwrite(path: Path, is_its: Callable[[str], bool], now: datetime, *, dry_run: bool = False) -> Blanked:
    """Make every record blank whose address ``is_its``. ``dry_run`` only counts them.

    The file is read again afterwards. Raises SetupError where it then says anything else than it should.
    """
    before, damage = _scan(path)
    its = [record for record in before if is_its(record.url)]
    left = [damage] if damage else []
    if dry_run or not its:
        return Blanked(len(its), tuple(left))
    written = path.stat()
    done = set()
    with path.open("r+b") as file:
        for record in its:
            if data := _blank_for(os.pread(file.fileno(), record.length, record.offset), now):
                os.pwrite(file.fileno(), data, record.offset)
                done.add(record)
            else:
                left.append(
                    f"{path}: the record at byte {record.offset} leaves no room for a blank one; see to it by hand"
                )
        os.fsync(file.fileno())
    os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))  # by which `prune` knows its age
    after, _ = _scan(path)
    expected = [replace(record, url="") if record in done else record for record in before]
    if after[: len(expected)] != expected:  # a crawl may have added some
        raise SetupError(f"{path} does not read as it should after overwriting: restore a copy, and report this")
    return Blanked(len(done), tuple(left))


def blank(length: int, now: datetime, *, zipped: bool) -> bytes | None:
    """Return a blank record of so many bytes; None where that is too short for one. Pure but for its random name."""
    if not zipped:
        return _plain(length, now)
    blocks = max(1, -(-(length - _GZIP_EXTRA) // (_BLOCK + _BLOCK_EXTRA)))
    data = _plain(length - _GZIP_EXTRA - _BLOCK_EXTRA * blocks, now)
    return _stored(data, blocks) if data is not None else None


def _plain(length: int, now: datetime) -> bytes | None:
    head = (
        f"WARC/1.0\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\nWARC-Date: {utc_text(now)}\r\n"
        "Content-Length: {:010}\r\n\r\n"
    )
    body = length - len(head.format(0)) - len(_END)
    return None if body < 0 else head.format(body).encode("ascii") + b" " * body + _END


def _stored(data: bytes, blocks: int) -> bytes:
    """Return a gzip member that holds data as it is, in so many blocks."""
    parts = [_GZIP_HEAD]
    for n in range(blocks):
        part = data[n * _BLOCK : (n + 1) * _BLOCK]
        parts += [struct.pack("<BHH", n == blocks - 1, len(part), len(part) ^ 0xFFFF), part]
    return b"".join([*parts, struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFF_FFFF)])


def _blank_for(old: bytes, now: datetime) -> bytes | None:
    """Return what takes the place of a record; None where it is too short, or gzipped together with others."""
    if old.startswith(b"WARC/"):
        return blank(len(old), now, zipped=False)
    inflater = zlib.decompressobj(wbits=31)
    try:
        inflater.decompress(old)
    except zlib.error:
        return None
    return blank(len(old), now, zipped=True) if inflater.eof and not inflater.unused_data else None


def _scan(path: Path) -> tuple[list[_Record], str | None]:
    """Return every record of a file, whatever its type; and a sentence where it cannot be read on."""
    listed: list[_Record] = []
    end, size, reason = 0, path.stat().st_size, "it ends within a record"
    with path.open("rb") as file:
        records = records_of(file)
        try:
            for record in records:
                url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip().strip("<>")
                offset = records.get_record_offset()  # reads the record to its end
                end = records.offset
                listed.append(_Record(offset, end - offset, url))
        except UNREADABLE as error:
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return listed, None if end >= size else f"{path}: not readable from byte {end} on ({reason}); that stays as it was"


# Copies that are not here yet.


def collect(job: Job, source: str) -> None:
    """Fetch what is not there yet, or was shorter. ``source`` is a folder, or an address that fsspec knows.

    Raises SetupError for what is wrong.
    """
    if job.captures is None:
        raise SetupError("say where the files are to be: -s ARCHIVE_DIR=FOLDER")
    fetched = size = known = 0
    job.captures.mkdir(parents=True, exist_ok=True)
    try:
        import fsspec

        files, folder = fsspec.core.url_to_fs(source)
        for path, length in _captures(files, folder):
            target = job.captures / PurePosixPath(path).name
            if target.exists() and target.stat().st_size >= length:
                known += 1
                continue
            part = target.with_name(f"{target.name}{_PART}")
            files.get_file(path, str(part))
            part.replace(target)
            fetched, size = fetched + 1, size + length
    except ImportError as error:
        raise SetupError(f"{source}: {error}; pip install it beside Vestnik") from error
    except (OSError, ValueError) as error:
        raise SetupError(f"{source}: {getattr(error, 'strerror', None) or error}") from error
    job.say(f"{plural(fetched, 'file')} fetched from {source}, {size / 1e6:.1f} MB; {known:,} were there")


def _captures(files: object, folder: str) -> Iterator[tuple[str, int]]:
    """Yield path and size in bytes of each WARC file in a folder of fsspec's."""
    for each in files.ls(folder, detail=True):  # type: ignore[attr-defined]  # fsspec has no types
        if each["type"] == "file" and each["name"].endswith(_ENDINGS):
            yield each["name"], int(each["size"])
