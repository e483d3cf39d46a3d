"""What makes two texts the same: their words, whatever the white space, quotation marks and dashes around them."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from hashlib import blake2b

from crawler.article import Visit
from pipelines.record import Record

_STYLE = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "\xad": ""}
)


class Fingerprint:
    """The third stage."""

    def process_item(self, item: Visit | Record) -> Visit | Record:
        """The record with its content hash; a visit without an article as it is."""
        return replace(item, content_hash=content_hash(item.article.text)) if isinstance(item, Record) else item


def content_hash(text: str) -> str:
    """A fingerprint, 32 hexadecimal digits, that equal texts share. Editors' changes of typography do not touch it."""
    told = unicodedata.normalize("NFKC", text).translate(_STYLE)
    return blake2b(" ".join(told.split()).encode("utf-8", "replace"), digest_size=16).hexdigest()
