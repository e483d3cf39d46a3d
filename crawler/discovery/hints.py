"""What a listing says about an article: a title and a time. Hints only, the page itself decides."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from email.utils import parsedate_to_datetime

from w3lib.html import remove_tags

from crawler.charsets import unescaped

MOST_CHARACTERS = 500
"""Of a title: what is longer is no headline."""
_MOST_OF_A_TIME = 100  # characters
_W3C = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)


def title(written: str | None, *, is_text: bool = False) -> str | None:
    """A title without markup, entities and white space that only the file needs; None where nothing is left.

    With ``is_text``, angle brackets are the title's own.
    """
    if not written:
        return None
    written = written[: 20 * MOST_CHARACTERS]
    plain = unescaped(written if is_text else remove_tags(written))
    return " ".join(plain.split())[:MOST_CHARACTERS].rstrip() or None


def moment(written: str | None) -> datetime | None:
    """The time, in UTC, that RFC 822 (RSS) or the W3C's note on dates (Atom, sitemaps) makes of this.

    None where it cannot be read, and where the hour or its zone is not stated: a hint is never guessed.
    """
    text = (written or "")[:_MOST_OF_A_TIME].strip()
    try:
        if match := _W3C.fullmatch(text):
            day, clock, zone = match.groups()
            return datetime.fromisoformat(f"{day}T{clock}{zone.upper()}").astimezone(UTC) if clock and zone else None
        # RFC 822 knows -0000 as UTC told by a server that does not tell its own zone.
        at = parsedate_to_datetime(re.sub(r"-0000$", "+0000", text))
    except (ValueError, OverflowError, IndexError):
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def last_moment(written: str | None) -> datetime | None:
    """As :func:`moment`, but a plain day counts to its last second in UTC: the upper bound of a modification."""
    try:
        day = datetime.strptime((written or "").strip(), "%Y-%m-%d").date()  # noqa: DTZ007 only the day is taken
    except ValueError:
        return moment(written)
    return datetime.combine(day, time(23, 59, 59), UTC)
