"""The parts of WARC reading that warcio leaves open: strict decompression, raw bodies, digests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zlib
from typing import Any, BinaryIO

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader

MOST_BYTES = 100 * 1024 * 1024
"""Of one record. A page is a hundredth of it; what is larger is a film, or a trap."""


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
    coding = record.http_headers.get_header("Transfer-Encoding") or ""
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
