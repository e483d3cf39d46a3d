"""What makes two texts the same: their words, whatever the white space, quotation marks and dashes around them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from hashlib import blake2b

from crawler.article import Visit
from pipelines.record import Record

# Marks that editors and publishing systems exchange without changing a word.
_STYLES = {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "\u00ad": ""}
_STYLE = re.compile(f"[{''.join(_STYLES)}]")


class Fingerprint:
    """The third stage."""

    def process_item(self, item: Visit | Record) -> Visit | Record:
        """Return the record with its content hash; a visit without an article as it is."""
        return replace(item, content_hash=content_hash(item.article.text)) if isinstance(item, Record) else item


def content_hash(text: str) -> str:
    """Return 32 hexadecimal digits that equal texts share, whatever their typography."""
    return blake2b(plain(text).encode("utf-8", "replace"), digest_size=16).hexdigest()


def plain(text: str) -> str:
    """Return a text without its typography: one style of marks, one space between words."""
    unified = _STYLE.sub(lambda mark: _STYLES[mark[0]], unicodedata.normalize("NFKC", text))
    return " ".join(unified.split())
