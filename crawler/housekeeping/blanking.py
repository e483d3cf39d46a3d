"""Overwriting records of WARC files in place: a blank one of the same length, so that all others stay where they are.

The blank one is a ``metadata`` record (WARC 1.1, section 6.5), in a gzip member of stored blocks (RFC 1951, 3.2.4)
where the file is gzipped: its length can be chosen to the byte.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from crawler.article import utc_text
from crawler.discovery.warc import records_of
from crawler.errors import SetupError
from crawler.housekeeping.verify import UNREADABLE

_END = b"\r\n\r\n"
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_GZIP_EXTRA = len(_GZIP_HEAD) + 8  # and the checksum and the length at the end
_BLOCK_EXTRA, _BLOCK = 5, 65_535


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


def blank(length: int, now: datetime, *, zipped: bool) -> bytes | None:
    """A blank record of so many bytes; None where that is too short for one. Pure but for its random name."""
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
    """A gzip member that holds data as it is, in so many blocks."""
    parts = [_GZIP_HEAD]
    for n in range(blocks):
        part = data[n * _BLOCK : (n + 1) * _BLOCK]
        parts += [struct.pack("<BHH", n == blocks - 1, len(part), len(part) ^ 0xFFFF), part]
    return b"".join([*parts, struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFF_FFFF)])


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


def _blank_for(old: bytes, now: datetime) -> bytes | None:
    """What takes the place of a record; None where it is too short, or gzipped together with others."""
    if old.startswith(b"WARC/"):
        return blank(len(old), now, zipped=False)
    inflater = zlib.decompressobj(wbits=31)
    try:
        inflater.decompress(old)
    except zlib.error:
        return None
    return blank(len(old), now, zipped=True) if inflater.eof and not inflater.unused_data else None


def _scan(path: Path) -> tuple[list[_Record], str | None]:
    """Every record of a file, whatever its type; and a sentence where it cannot be read on."""
    found: list[_Record] = []
    end, size, reason = 0, path.stat().st_size, "it ends within a record"
    with path.open("rb") as file:
        records = records_of(file)
        try:
            for record in records:
                url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip().strip("<>")
                offset = records.get_record_offset()  # reads the record to its end
                end = records.offset
                found.append(_Record(offset, end - offset, url))
        except UNREADABLE as error:
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return found, None if end >= size else f"{path}: not readable from byte {end} on ({reason}); that stays as it was"
