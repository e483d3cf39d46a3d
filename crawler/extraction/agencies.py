"""Which agency does a piece come from? Credited as author, in the head, or in the text's first and last lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.extraction.words import essence

# Names of agencies as credits give them, and the short one they are kept under.
AGENCIES = {
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse", "أ ف ب", "ا ف ب", "فرانس برس"),
    "AP": ("AP", "Associated Press", "The Associated Press"),
    "Reuters": ("Reuters", "Thomson Reuters", "Рейтер", "رويترز"),
    "dpa": ("dpa", "Deutsche Presse-Agentur", "dpa/AFP"),
    "APA": ("APA", "Austria Presse Agentur"),
    "Keystone-SDA": ("SDA", "Keystone-SDA", "Keystone SDA"),
    "EFE": ("EFE", "Agencia EFE"),
    "Europa Press": ("Europa Press",),
    "ANSA": ("ANSA",),
    "Bloomberg": ("Bloomberg", "Bloomberg News"),
    "UPI": ("UPI", "United Press International"),
    "PA": ("PA Media", "Press Association", "PA News Agency"),
    "TASS": ("TASS", "ITAR-TASS", "ТАСС"),
    "Interfax": ("Interfax", "Интерфакс"),
    "RIA Novosti": ("RIA Novosti", "РИА Новости"),
    "Xinhua": ("Xinhua", "新华社"),
    "Kyodo": ("Kyodo", "Kyodo News", "共同通信", "共同"),
    "Yonhap": ("Yonhap", "연합뉴스"),
    "Jiji": ("Jiji", "Jiji Press", "時事"),
    "PTI": ("PTI", "Press Trust of India"),
    "IANS": ("IANS",),
    "ANI": ("ANI",),
    "ANP": ("ANP",),
    "Belga": ("Belga",),
    "TT": ("TT", "TT Nyhetsbyrån"),
    "NTB": ("NTB",),
    "Ritzau": ("Ritzau", "Ritzau Bureau", "ritzau"),
    "PAP": ("PAP", "Polska Agencja Prasowa"),
    "ČTK": ("ČTK", "CTK"),
    "TASR": ("TASR",),
    "MTI": ("MTI",),
    "Agerpres": ("Agerpres",),
    "BTA": ("BTA", "БТА"),
    "Tanjug": ("Tanjug", "Танјуг"),
    "Hina": ("Hina", "HINA"),
    "STA": ("STA",),
    "STT": ("STT",),
    "Ukrinform": ("Ukrinform", "Укринформ", "Укрінформ"),
    "Anadolu": ("AA", "Anadolu", "Anadolu Agency", "Anadolu Ajansı"),
    "Lusa": ("Lusa", "Agência Lusa"),
    "Antara": ("Antara", "ANTARA"),
}
_AGENCY = {essence(name): short for short, names in AGENCIES.items() for name in names}
# At the foot of agency copy: "AFP contributed reporting.", "(Reuters)", "dpa/afp", "(APA/Reuters/red, 1.5.2024)"; at
# its head: "BERLIN (AP) —", "(PTI)".
_NAMES = "|".join(sorted((re.escape(n) for names in AGENCIES.values() for n in names), key=len, reverse=True))
_NAMED_SOURCES = (
    r"(?:sources?|quellen?|fuentes?|fontes?|bron|källa|kilde|źródło|zdroj|forrás|kaynak|sursa|lähde|vir|izvor|извор|sumber"
    r"|allikas|avots|šaltinis|heimild|iturria|font|burimi|manba|источник|джерело|крыніца|източник|дереккөз|πηγή|המקור|מקור"
    r"|المصدر|منبع|स्रोत|সূত্র|出典|来源|來源|출처|nguồn|ที่มา|წყარო|աղբյուր) ?[:：] ?"
)
_SOURCES = (
    r"with (?:(?:material|files) from )?|mit material (?:der |von )?|con informaci[oó]n de "
    rf"|reporting by |by |{_NAMED_SOURCES}"
)
_CONTRIBUTED = r"contributed(?: reporting| to this (?:report|article|story))?|also contributed.*"
_CREDIT = re.compile(
    rf"^\W*(?:(?i:{_SOURCES}))?(?:[Tt]he )?(?P<foot>{_NAMES})"
    rf"(?:\W*$|\W+(?:{_CONTRIBUTED})\W*$|[/,][^.!?]{{0,60}}\W*$)",
)
_WITHIN = re.compile(rf"\((?:\w{{2,10}}/){{0,3}}(?P<foot>{_NAMES})(?:/\w{{2,12}}){{0,4}}(?:,[^()]{{0,30}})?\)\W*$")
_DATELINE = re.compile(rf"^(?:[^.!?]{{2,60}})?[(/–-]\s*(?P<head>{_NAMES})(?:/\w+)?\s*[)/–—-]")
_AFFILIATED = re.compile(rf"^(?:By|BY) [^.!?]{{3,60}}?(?:[,|–-]|\s)\s*(?:[Tt]he )?(?P<foot>{_NAMES})\W*$")
_SOURCED = re.compile(rf"(?:^|[\s,;|/.])(?i:{_NAMED_SOURCES})(?P<foot>{_NAMES})(?!\w)")
_BEHIND_NAME = re.compile(
    rf"(?:[,/|(\n]|\s(?:[–—-]|avec|mit|con|com|med|met|with|for|and|et|und|y)\s|\s(?=[A-ZČ]{{3,5}}\W*$|\w+ \w+\W*$))"
    rf"\s*(?:[Tt]he )?(?!PA\b|AA\b)(?P<foot>{_NAMES})\W*$"
)
"""An agency behind its writer; letters that also are a state's or a battery's are none there."""
_LINE = re.compile(rf"^\W*(?P<head>{_NAMES})(?:\s*[|•·,/–—-]|\s*$)")
_READINGS = (_LINE.match, _CREDIT.match, _WITHIN.search, _AFFILIATED.match, _SOURCED.search)
_LONGEST_LINE = 120


def agency(name: str) -> str | None:
    """Return the short name of the agency that this is a name of."""
    return _AGENCY.get(essence(name))


def wire(
    authors: Iterable[str], paragraphs: tuple[str, ...], lines: Iterable[str] = (), byline: str = ""
) -> str | None:
    """Return the agency a piece comes from: credited as author, at the head of the text, or in its last lines.

    ``lines`` are those of the page's head, dropped ones among them; ``byline`` is the one that signs the piece: the
    agency can stand behind its writer there.
    """
    for author in authors:
        if short := agency(author):
            return short
    for line in lines:
        if len(line) < _LONGEST_LINE and (match := next((one for read in _READINGS if (one := read(line))), None)):
            return agency(match.group(1))
    if match := _BEHIND_NAME.search(byline[-_LONGEST_LINE:]):
        return agency(match["foot"])
    for paragraph in paragraphs[:1]:
        if match := _DATELINE.match(paragraph[:100]):
            return agency(match["head"])
    for paragraph in reversed(paragraphs[-3:]):
        if len(paragraph) < _LONGEST_LINE and (match := _CREDIT.match(paragraph)):
            return agency(match["foot"])
        if match := _WITHIN.search(paragraph[-80:]):
            return agency(match["foot"])
    return None
