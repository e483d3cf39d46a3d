"""What a listing says about an article: a title and a time. Hints only, the page itself decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

from w3lib.html import remove_tags

from crawler.charsets import unescaped
from crawler.extraction.clocks import OFFSETS

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
    plain = whole(unescaped(written if is_text else remove_tags(written)))
    return " ".join(plain.split())[:MOST_CHARACTERS].rstrip() or None


def whole(text: str) -> str:
    """Return a text without halves of characters, which SQLite refuses: JSON may hold one where a title was cut."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def moment(written: str | None) -> datetime | None:
    """The time, in UTC, that RFC 822 (RSS) or the W3C's note on dates (Atom, sitemaps) makes of this.

    None where it cannot be read, and where the hour or its zone is not stated: a hint is never guessed.
    """
    text = (written or "")[:_MOST_OF_A_TIME].strip()
    try:
        if match := _W3C.fullmatch(text):
            day, clock, zone = match.groups()
            return datetime.fromisoformat(f"{day}T{clock}{zone.upper()}").astimezone(UTC) if clock and zone else None
        at = parsedate_to_datetime(_as_rfc_822(text))
    except (ValueError, OverflowError, IndexError):
        return None
    return at.astimezone(UTC) if at.tzinfo else None


@dataclass(frozen=True, slots=True)
class Published:
    """When a listing says that an article was published: the time, else the day; and how it says so."""

    at: datetime | None = None
    day: date | None = None
    written: str | None = None


def published(written: str | None) -> Published:
    """The time as :func:`moment` reads it; else the day that is stated, without a time or without a zone."""
    text = (written or "")[:_MOST_OF_A_TIME].strip()
    at = moment(text)
    day = None if at else _stated_day(text)
    return Published(at, day, text) if at or day else Published()


def _stated_day(text: str) -> date | None:
    try:
        if match := _W3C.fullmatch(text):
            return date.fromisoformat(match[1])
        return parsedate_to_datetime(_as_rfc_822(text)).date()
    except (ValueError, OverflowError, IndexError):
        return None


def modified(written: str | None) -> datetime | None:
    """As :func:`moment`, of a change; a plain day counts from its first second in UTC: what is older is older."""
    day = _day(written)
    return datetime.combine(day, time(), UTC) if day else moment(written)


def last_moment(written: str | None) -> datetime | None:
    """As :func:`moment`, but a plain day counts to its last second in UTC: the upper bound of a modification."""
    day = _day(written)
    return datetime.combine(day, time(23, 59, 59), UTC) if day else moment(written)


def _day(written: str | None) -> date | None:
    try:
        return datetime.strptime((written or "").strip(), "%Y-%m-%d").date()  # noqa: DTZ007 only the day is taken
    except ValueError:
        return None


_MANY_ZONES = frozenset({"IST", "AST", "GST", "BDT", "ART", "CST", "CDT"})
"""Names that nobody can tell from a feed (IST: India, Ireland, Israel); America's are read as RFC 822 has them."""
_ZONES = {
    name: f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    for name, minutes in (*OFFSETS.items(), ("Z", 0))
    if name.isascii() and name not in _MANY_ZONES
}
_MONTH_NAMES = {
    "Jan": "janvier janv januar jänner enero ene gennaio gen janeiro januari stycznia ledna января янв січня ocak",
    "Feb": "février févr fevrier februar febrero febbraio fevereiro fev februari lutego února февраля фев лютого şubat",
    "Mar": "mars märz marzo março maart mrt marca března марта мар березня mart",
    "Apr": "avril avr abril abr aprile kwietnia dubna апреля апр квітня nisan",
    "May": "mai mayo maggio mag maio mei maja května мая травня mayıs",
    "Jun": "juin juni junio giugno giu junho czerwca června июня июн червня haziran",
    "Jul": "juillet juil juli julio luglio lug julho lipca července июля июл липня temmuz",
    "Aug": "août aout agosto ago augustus augusti sierpnia srpna августа авг серпня ağustos",
    "Sep": "septembre sept septiembre settembre set setembro września září сентября сен вересня eylül",
    "Oct": "octobre oktober okt octubre ottobre ott outubro out października října октября окт жовтня ekim",
    "Nov": "novembre noviembre novembro listopada listopadu ноября ноя листопада kasım",
    "Dec": "décembre déc decembre dezember dez diciembre dic dicembre dezembro grudnia prosince декабря дек"
    " грудня aralık",
}
_MONTHS = {name: month for month, names in _MONTH_NAMES.items() for name in names.split()}
_WEEKDAY = re.compile(r"^[^\W\d_]{2,20}\.?,?\s{1,5}(?=\d)")
_WORD = re.compile(r"[^\W\d_]{3,20}\.?")
_COLON = re.compile(r"([+-]\d\d):(\d\d)$")


def _as_rfc_822(text: str) -> str:
    """Return a date without its weekday, with an English month and the zone in figures, where those are known."""
    text = _WEEKDAY.sub("", text)
    text = _WORD.sub(lambda word: _MONTHS.get(word[0].casefold().rstrip("."), word[0]), text, count=1)
    # -0000 is UTC told by a server that does not tell its own zone.
    text = re.sub(r"-0000$", "+0000", _COLON.sub(r"\1\2", text))
    head, _, zone = text.rpartition(" ")
    return f"{head} {_ZONES[zone.upper()]}" if zone.upper() in _ZONES else text
