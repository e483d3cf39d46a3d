"""Bylines to people, and the agencies among them. Vocabulary as printed by papers in the languages named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.extraction.words import essence, plain, squeezed

# By: English, German, French, Spanish, Portuguese, Italian, Dutch, Scandinavian, Polish, Russian, Ukrainian, Turkish,
# Greek, Hungarian, Romanian, Indonesian, Arabic, Persian, Hebrew, Thai, Chinese, Japanese, Korean.
_BY_WORDS = (
    *(
        r"(?:(?:written|posted|reported|story|text|words) )?by",
        r"authors?",
        r"(?:ein(?:e[nr]?)? \w+ )?von",
        r"(?:gast(?:beitrag|kommentar)|kommentar|analyse|interview|reportage|bericht|verfasst|text) von",
        r"gastautor(?:in)?|guest author|(?:opinion|analysis|comment(?:ary)?) by",
    ),
    *(r"autor(?:en|a|es|ka)?", r"redaktion", r"par", r"auteurs?", r"por", r"di", r"door", r"a[vf]", r"text", r"tekst"),
    *(
        r"автор(?:ы)?",
        r"от",
        r"yazan|haber",
        r"γρ[άα]φ(?:ει|ουν)(?: (?:ο|η|οι))?",
        r"írta|szerző",
        r"scris de",
        r"oleh",
    ),
    *(r"بقلم|كتبت?|إعداد|نویسنده", r"מאת", r"โดย", r"作者|记者|記者|撰文|文|取材・文|글"),
)
_BY = re.compile(rf"^\W*(?:{'|'.join(_BY_WORDS)})(?:\s*[:：／]\s*|\s+)(?=\S)", re.IGNORECASE)
# And: the same languages.
_JOINTS = (
    *(r"[;|/•·、，；،؛\n]", r",(?:\s*(?:and|und|et|y|e|en|og|och|i|и|та|ve)\s)?"),
    r"\s(?:and|und|et|y|og|och|и|та|ve|και|dan|و|और|&|\+|with|mit)\s",
)
_AND = re.compile(rf"\s*(?:{'|'.join(_JOINTS)})\s*", re.IGNORECASE)
# What follows a name and is none: a role or a desk.
_ROLES = (
    *("editor", "(?:staff )?writer", "reporter", "correspondent", "columnist", "journalist", "contributor", "producer"),
    *("analyst", "bureau chief", "(?:chef)?redakteur(?:in)?", "korrespondent(?:in)?", "journaliste", "corresponsal"),
    "redactora?",
)
_ROLE = re.compile(rf"\b(?:{'|'.join(_ROLES)})\b", re.IGNORECASE)
_ROLE_BEFORE = re.compile(
    rf"^(?:(?:guest|senior|staff|chief|our)\s)?(?:{'|'.join(_ROLES)})\s(?=\S+\s\S)", re.IGNORECASE
)
# Where a name ends and the place begins from which its bearer writes: as the languages above say "in Velm".
_PLACE = re.compile(r"(?<=[\w.])\s(?:in|aus|à|från|fra|w|в|з)\s[A-ZÀ-ÞΑ-ΩА-ЯІЇЄ][^,;]*$")
# What no name holds: addresses, dates, buttons, credits of pictures.
_SIGNS = (
    *(r"https?:", r"www\.", "@", r"\d{2}", r"\b(?:hours?|minutes?|days?) ago\b", r"\.com/", r"[<>{}\[\]]"),
    *(r"^(?:image|photo|foto|bild)\b", "cookie", "newsletter", "updated", "published"),
)
_NOT_NAME = re.compile("|".join(_SIGNS), re.IGNORECASE)
_NOBODY = frozenset(
    map(
        essence,
        [
            "admin",
            "administrator",
            "author",
            "editor",
            "null",
            "undefined",
            "none",
            "n/a",
            "unknown",
            "guest",
            "staff",
            "news",
            "redaktion",
            "redaction",
            "newsroom",
            "twitter",
            "facebook",
            "instagram",
            "linkedin",
            "email",
            "e-mail",
            "follow",
            "x",
            "bio",
        ],
    )
)
_APART = re.compile(r"https?:\S*|www\.\S*|\([^()]{0,80}\)?")  # addresses, and initials or places in brackets
_CAPITALS = re.compile(r"(?=.*[AEIOUYÀ-ÖØ-ÝŒΑΕΗΙΟΥΩΆΈΉΊΌΎΏАЕЁИІЇОУЫЭЮЯЄ])[^\W\d_][\w.'’-]+|[^\W\d_]\.?")
_LONGEST_BYLINE, _LONGEST, _MOST_WORDS, _MOST = 2000, 60, 7, 40

# Names of agencies as credits give them, and the short one they are kept under.
AGENCIES = {
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "AP": ("AP", "Associated Press", "The Associated Press"),
    "Reuters": ("Reuters", "Thomson Reuters", "Рейтер"),
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
    "ANP": ("ANP",),
    "Belga": ("Belga",),
    "TT": ("TT", "TT Nyhetsbyrån"),
    "NTB": ("NTB",),
    "Ritzau": ("Ritzau", "Ritzau Bureau"),
    "PAP": ("PAP", "Polska Agencja Prasowa"),
    "ČTK": ("ČTK", "CTK"),
    "Ukrinform": ("Ukrinform", "Укринформ", "Укрінформ"),
    "Anadolu": ("AA", "Anadolu", "Anadolu Agency", "Anadolu Ajansı"),
    "Lusa": ("Lusa", "Agência Lusa"),
}
_AGENCY = {essence(name): short for short, names in AGENCIES.items() for name in names}
# At the foot of agency copy: "AFP contributed reporting.", "(Reuters)", "dpa/afp"; at its head: "BERLIN (AP) —".
_NAMES = "|".join(sorted((re.escape(n) for names in AGENCIES.values() for n in names), key=len, reverse=True))
_CREDIT = re.compile(
    rf"^\W*(?:(?i:with |sources?: |quellen?: |reporting by |by |источник: ))?(?:[Tt]he )?(?P<foot>{_NAMES})\W*"
    r"(?:contributed(?: reporting| to this report| to this article| to this story)?|also contributed.*|$)",
)
_DATELINE = re.compile(rf"^[^.!?]{{2,60}}[(/–-]\s*(?P<head>{_NAMES})(?:/\w+)?\s*[)/–—-]")


def people(said: Iterable[str]) -> tuple[str, ...]:
    """The names in one or more bylines: each once, in order, without "By", roles, addresses and times."""
    found: dict[str, str] = {}
    for byline in said:
        for name in _parts(byline):
            if key := essence(name):
                found.setdefault(key, name)
    return tuple(found.values())[:_MOST]


def begins_with_by(byline: str) -> bool:
    """Whether a line opens as bylines do."""
    return _BY.match(byline) is not None


def agency(name: str) -> str | None:
    """The short name of the agency that this is a name of."""
    return _AGENCY.get(essence(name))


def wire(authors: Iterable[str], paragraphs: tuple[str, ...]) -> str | None:
    """The agency a piece comes from: credited as author, at the head of the text, or in its last lines."""
    for author in authors:
        if short := agency(author):
            return short
    for paragraph in paragraphs[:1]:
        if match := _DATELINE.match(paragraph):
            return agency(match["head"])
    for paragraph in reversed(paragraphs[-3:]):
        if len(paragraph) < 120 and (match := _CREDIT.match(paragraph)):
            return agency(match["foot"])
    return None


def _parts(byline: str) -> list[str]:
    text = _BY.sub("", _APART.sub(" ", plain(byline[:_LONGEST_BYLINE])))
    if _AGENCY.get(essence(text)):
        return [text]
    pieces = _AND.split(text)
    if (
        len(pieces) == 2
        and ", " in text
        and all(re.fullmatch(r"[A-ZÀ-Þ][^\W\d_]{2,}", piece) for piece in pieces)
        and not any(map(agency, pieces))
    ):
        return [f"{pieces[1]} {pieces[0]}"]  # "Surname, Given"
    return [name for piece in pieces if (name := _name(piece))]


def _name(piece: str) -> str:
    name = squeezed(_BY.sub("", piece)).strip(" ,;:-–—|()\"'*").removesuffix(" 기자")
    name = _cased(_PLACE.sub("", _ROLE_BEFORE.sub("", name)).strip())
    if not name or len(name) > _LONGEST or len(name.split()) > _MOST_WORDS:
        return ""
    if _NOT_NAME.search(name) or essence(name) in _NOBODY or _ROLE.search(name):
        return ""
    return name


def _cased(name: str) -> str:
    """A name as people are written, where it is set in capitals; what no mouth can say is an abbreviation."""
    words = name.split()
    if len(words) < 2 or not name.isupper() or agency(name) or not all(_CAPITALS.fullmatch(word) for word in words):
        return name
    return name.title()
