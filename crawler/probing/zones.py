"""Where a paper's clocks stand, from the offsets that it states and the country that it tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# By ISO 3166 code; of a country with several zones, the one where most of its papers are first. Source: zone1970.tab.
_ZONES = {
    country: tuple(zones.split())
    for country, zones in {
        "AT": "Europe/Vienna", "DE": "Europe/Berlin", "CH": "Europe/Zurich", "LI": "Europe/Vaduz",
        "LU": "Europe/Luxembourg", "IT": "Europe/Rome", "FR": "Europe/Paris", "BE": "Europe/Brussels",
        "NL": "Europe/Amsterdam", "GB": "Europe/London", "IE": "Europe/Dublin", "ES": "Europe/Madrid",
        "PT": "Europe/Lisbon", "DK": "Europe/Copenhagen", "SE": "Europe/Stockholm", "NO": "Europe/Oslo",
        "FI": "Europe/Helsinki", "IS": "Atlantic/Reykjavik", "GL": "America/Nuuk", "PL": "Europe/Warsaw",
        "CZ": "Europe/Prague", "SK": "Europe/Bratislava", "HU": "Europe/Budapest", "SI": "Europe/Ljubljana",
        "HR": "Europe/Zagreb", "RS": "Europe/Belgrade", "BA": "Europe/Sarajevo", "RO": "Europe/Bucharest",
        "BG": "Europe/Sofia", "GR": "Europe/Athens", "CY": "Asia/Nicosia",
        "RU": "Europe/Moscow Asia/Yekaterinburg Asia/Novosibirsk Asia/Vladivostok Europe/Kaliningrad Europe/Samara",
        "UA": "Europe/Kyiv", "BY": "Europe/Minsk", "EE": "Europe/Tallinn", "LV": "Europe/Riga", "LT": "Europe/Vilnius",
        "TR": "Europe/Istanbul", "GE": "Asia/Tbilisi", "AM": "Asia/Yerevan", "AZ": "Asia/Baku", "KZ": "Asia/Almaty",
        "IL": "Asia/Jerusalem",
        "LB": "Asia/Beirut", "AE": "Asia/Dubai", "SA": "Asia/Riyadh", "QA": "Asia/Qatar", "IR": "Asia/Tehran",
        "IN": "Asia/Kolkata", "PK": "Asia/Karachi", "BD": "Asia/Dhaka", "LK": "Asia/Colombo", "NP": "Asia/Kathmandu",
        "CN": "Asia/Shanghai", "HK": "Asia/Hong_Kong", "TW": "Asia/Taipei", "JP": "Asia/Tokyo", "KR": "Asia/Seoul",
        "TH": "Asia/Bangkok", "VN": "Asia/Ho_Chi_Minh", "MY": "Asia/Kuala_Lumpur", "SG": "Asia/Singapore",
        "ID": "Asia/Jakarta Asia/Makassar Asia/Jayapura", "PH": "Asia/Manila",
        "AU": "Australia/Sydney Australia/Brisbane Australia/Perth Australia/Adelaide", "NZ": "Pacific/Auckland",
        "NA": "Africa/Windhoek",
        "ZA": "Africa/Johannesburg", "NG": "Africa/Lagos", "KE": "Africa/Nairobi", "TZ": "Africa/Dar_es_Salaam",
        "GH": "Africa/Accra", "EG": "Africa/Cairo", "MA": "Africa/Casablanca", "DZ": "Africa/Algiers",
        "US": "America/New_York America/Los_Angeles America/Chicago America/Denver Pacific/Honolulu America/Anchorage",
        "CA": "America/Toronto America/Vancouver America/Winnipeg America/Edmonton America/Halifax",
        "MX": "America/Mexico_City America/Tijuana", "BR": "America/Sao_Paulo America/Manaus",
        "AR": "America/Argentina/Buenos_Aires", "CL": "America/Santiago", "CO": "America/Bogota", "PE": "America/Lima",
        "UY": "America/Montevideo", "PY": "America/Asuncion", "VE": "America/Caracas", "EC": "America/Guayaquil",
    }.items()
}  # fmt: skip
# The countries where most papers of a language are.
_COUNTRIES = {
    "de": "DE AT CH", "en": "GB US CA AU IN", "fr": "FR BE CA CH", "it": "IT", "es": "ES MX AR CO CL PE", "pt": "BR PT",
    "nl": "NL BE", "da": "DK", "sv": "SE", "nb": "NO", "no": "NO", "nn": "NO", "fi": "FI", "is": "IS", "pl": "PL",
    "cs": "CZ", "sk": "SK", "hu": "HU", "sl": "SI", "hr": "HR", "sr": "RS", "bs": "BA", "ro": "RO", "bg": "BG",
    "el": "GR", "tr": "TR", "uk": "UA", "be": "BY", "et": "EE", "lv": "LV", "lt": "LT", "ru": "RU", "ka": "GE",
    "hy": "AM", "az": "AZ", "kk": "KZ", "he": "IL", "ar": "EG SA AE", "fa": "IR", "hi": "IN", "bn": "BD IN", "ur": "PK",
    "zh": "CN TW HK", "ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "ms": "MY", "id": "ID", "af": "ZA", "zu": "ZA",
}  # fmt: skip
_WRITTEN = re.compile(
    rb"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)"
    rb"|(\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d) ([+-]\d{4}|GMT|UTC)"
)
_MOST_TIMES = 200

Stated = tuple[datetime, int]
"""A time in UTC, and the distance from UTC, in minutes, with which it was stated."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its IANA name, and how it is known. ``sure`` is False for a guess that somebody should check."""

    name: str
    why: str
    sure: bool


def stated_times(body: bytes) -> tuple[Stated, ...]:
    """Return the times with an offset in a feed or a sitemap, as RSS, Atom and news sitemaps write them."""
    times = []
    for match in list(_WRITTEN.finditer(body))[:_MOST_TIMES]:
        iso, iso_zone, rfc, rfc_zone = (part.decode("ascii") if part else "" for part in match.groups())
        try:
            local = datetime.fromisoformat(iso) if iso else datetime.strptime(rfc, "%d %b %Y %H:%M:%S")  # noqa: DTZ007 the zone stands beside it
            minutes = _minutes(iso_zone or rfc_zone)
            times.append(((local - timedelta(minutes=minutes)).replace(tzinfo=UTC), minutes))
        except (ValueError, OverflowError):
            continue
    return tuple(times)


def country_of(language_tag: str | None, host: str) -> str | None:
    """Return the country that ``de-AT`` or ``en_GB`` names, else the one of the host's last label."""
    parts = re.split(r"[-_]", language_tag or "")
    region = next((part.upper() for part in parts[1:] if len(part) == 2), "")
    label = host.partition(":")[0].rpartition(".")[2].upper()
    return next((code for code in (region, {"UK": "GB"}.get(label, label)) if code in _ZONES), None)


def zone_of(country: str | None, language: str | None, stated: Sequence[Stated]) -> Zone:
    """Return the zone whose clocks say what the paper's times say.

    The country's own zones come first, then those of the countries where the language is at home. Where all times are
    stated in UTC and the country's clocks do not stand there, UTC is kept: that is how the paper states them.
    """
    abroad = [code for code in _COUNTRIES.get(language or "", "").split() if code != country]
    if not stated:
        return _without_times(country, abroad)
    local = [time for time in stated if time[1]]
    offsets = _offsets(local or stated)
    if country and (name := _fitting(_ZONES[country], local or stated)):
        return Zone(name, f"times are stated with {offsets}, which is {country}'s", sure=True)
    if not local:
        return Zone("UTC", "all times are stated in UTC; a date without a zone is taken for UTC too", sure=False)
    near = [zone for code in abroad for zone in _ZONES[code]]
    if name := _fitting([*near, *(zone for zones in _ZONES.values() for zone in zones)], local):
        return Zone(name, f"times are stated with {offsets}; the country is a guess, other zones fit too", sure=False)
    return Zone("UTC", f"times are stated with {offsets}, which no zone known here has", sure=False)


def _without_times(country: str | None, abroad: Sequence[str]) -> Zone:
    if country:
        return Zone(_ZONES[country][0], f"no time is stated with its zone; this is {country}'s", sure=False)
    if abroad:
        return Zone(
            _ZONES[abroad[0]][0], f"no time is stated with its zone; the language suggests {abroad[0]}", sure=False
        )
    return Zone("UTC", "no time is stated with its zone, and no country is known", sure=False)


def _fitting(zones: Iterable[str], stated: Sequence[Stated]) -> str | None:
    return next((name for name in zones if all(_has(name, at, minutes) for at, minutes in stated)), None)


def _has(name: str, at: datetime, minutes: int) -> bool:
    return at.astimezone(ZoneInfo(name)).utcoffset() == timedelta(minutes=minutes)


def _offsets(stated: Sequence[Stated]) -> str:
    return ", ".join(f"{'-' if m < 0 else '+'}{abs(m) // 60:02}:{abs(m) % 60:02}" for m in _each(stated))


def _each(stated: Sequence[Stated]) -> Iterator[int]:
    yield from sorted({minutes for _, minutes in stated})


def _minutes(zone: str) -> int:
    if zone in ("Z", "GMT", "UTC"):
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return -minutes if zone[0] == "-" else minutes
