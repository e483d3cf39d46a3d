"""Bylines to people: names without roles, places, desks, addresses and times. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache

from crawler.extraction import vocabulary
from crawler.extraction.agencies import agency
from crawler.extraction.names import (
    CASELESS,
    LONGEST,
    MOST_WORDS,
    NOBODY,
    NOT_NAME,
    PARTICLES,
    desk,
    has_case,
    is_large,
)
from crawler.extraction.words import essence, plain, squeezed

_JOINTS = r"[;|/／•·、，；،؛\n&+＋]|\s[-–—]\s|,"
_INITIALS = re.compile(r"[A-ZÀ-Þ][^\W\d_]{2,}")
# Where a name ends and the place begins from which its bearer writes: "in Velm", "aus Velm".
_PLACE = re.compile(r"(?<=[\w.])\s(?:in|aus|à|från|fra|w|в|з|at)\s[A-ZÀ-ÞΑ-ΩА-ЯІЇЄ][^,;]*$")
_KOREAN = re.compile(r"(?:^|\s)([\uac00-\ud7af]{2,4})\s?(?:기자|논설위원|특파원|선임기자|인턴기자)\s?=?$")
"""A reporter's name and calling, before which the place can stand."""
_APART = re.compile(r"https?:\S*|www\.\S*|\S+@\S+\.\w+|(?<!\S)@\w{2,30}|\([^()]{0,80}\)?|\[[^\[\]]{0,80}\]")
"""Addresses, and initials or places in brackets."""
_JUNIOR = re.compile(r"\s(?:Jr|Sr)$")
_CAPITALS = re.compile(r"(?=.*[AEIOUYÀ-ÖØ-ÝŒΑΕΗΙΟΥΩΆΈΉΊΌΎΏАЕЁИІЇОУЫЭЮЯЄ])[^\W\d_][\w.'’-]+|[^\W\d_]\.?")
_LONGEST_BYLINE, _MOST = 2000, 40


@cache
def _by() -> re.Pattern[str]:
    return re.compile(
        rf"^\W*{vocabulary.any_of('names', 'by')}"
        rf"(?:\s*[:：／｜|՝]\s*|\s+|(?<=[\u3400-\u9fff])(?:・|(?=[\u3400-\u9fff]{{3,4}}(?:[／/|，、,)）]|\s|$))))(?=\S)",
        re.IGNORECASE,
    )


@cache
def _by_alone() -> re.Pattern[str]:
    return re.compile(rf"\W*{vocabulary.any_of('names', 'by')}\W*", re.IGNORECASE)


@cache
def _by_within() -> re.Pattern[str]:
    """A word for "by" further on in a line, where a colon marks it: "Photos: Ben Birch / Text: Ann Alder"."""
    return re.compile(rf"(?<=[\s|/／·•,;，]){vocabulary.any_of('names', 'by')}\s*[:：]\s*(?=\S)", re.IGNORECASE)


@cache
def _roles() -> str:
    return vocabulary.any_of("names", "roles")


@cache
def _role_behind() -> re.Pattern[str]:
    return re.compile(rf"(?:[\s(–-]+|(?<=[\u3040-\u9fff\uac00-\ud7af])){_roles()}(?!\w).*$", re.IGNORECASE)


@cache
def _role_before() -> re.Pattern[str]:
    return re.compile(
        rf"^(?:(?:our|the|de|la|der|die)\s)?{_roles()}\s+(?=\S+\s\S|\S*{CASELESS.pattern})", re.IGNORECASE
    )


@cache
def _ends_in_role() -> re.Pattern[str]:
    return re.compile(rf"(?:\s|-){_roles()}$", re.IGNORECASE)


@cache
def _role() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_roles()}(?!\w)", re.IGNORECASE)


@cache
def _role_line() -> re.Pattern[str]:
    """A role and what it is of: "Politics and policy editor", "Journaliste au service politique"."""
    adjunct = r"(?-i:\s[a-zß-öø-ÿα-ωά-ώа-яёіїє][^\s,;]*(?:\s[^\s,;]+){0,3})"
    return re.compile(rf"(?P<before>(?:[^\W\d_]\S{{0,20}}\s){{0,3}}){_roles()}{adjunct}?", re.IGNORECASE)


@cache
def _of_pictures() -> re.Pattern[str]:
    """One who is named in a byline with what was done in brackets: "Ben Birch (photos)"."""
    picture = vocabulary.any_of("lines", "picture")
    return re.compile(rf"[^,;&()]{{2,40}}\(\s*{picture}\s*\)", re.IGNORECASE)


@cache
def _others() -> re.Pattern[str]:
    return re.compile(rf"^\W*{vocabulary.any_of('names', 'others')}", re.IGNORECASE)


@cache
def _sentence_of_others() -> re.Pattern[str]:
    """Where a byline goes on to those who did not write it: "By Ann Alder. Photographs by …", "… Photos: …"."""
    others = vocabulary.any_of("names", "others")
    return re.compile(
        rf"(?<=[^\W\d_]{{2}})\.\s+(?={others})|(?<=\S)\s+(?={others}(?<=[:：｜丨]))|(?<=[\u3400-\u9fff])(?={others}(?<=[:：｜丨]))",
        re.IGNORECASE,
    )


@cache
def _and() -> re.Pattern[str]:
    """What parts names; a word of one letter or two, which can be a part of names, is not among it."""
    words = sorted(set(vocabulary.phrases("names", "joins")), key=len, reverse=True)
    long = "|".join(word for word in words if len(word) > 2 or CASELESS.search(word))
    capitals = "|".join(word.upper() for word in words if len(word) > 2)
    return re.compile(rf"\s*(?:,\s*(?:{'|'.join(words)})\s|{_JOINTS}|\s(?:{long}|{capitals}|y|et|og|та|ve|и)\s)\s*")


@cache
def _short_and() -> re.Pattern[str]:
    """A short word for "and", or one letter of it that is written together with the second name."""
    words = {word for word in vocabulary.phrases("names", "joins") if len(word) <= 2 and not CASELESS.search(word)}
    words -= _OF_PLACES
    both = "|".join(sorted(word for small in words for word in (small, small.upper())))
    return re.compile(rf"\s(?:(?:{both})\s|[וو](?=\w{{2,}}\s\w))")


_OF_PLACES = frozenset({"in", "w", "v", "в", "з"})
"""Of the words for "and" those that in other languages stand before the place of a writer."""


def _names_in(piece: str) -> Iterator[str]:
    """The names in a part of a byline: two, where a short word stands between whole ones: "Ana Aliso e Bo Björk"."""
    start = 0
    for joint in _short_and().finditer(piece):
        before, after = piece[start : joint.start()].split(), piece[joint.end() :].split()
        is_small = piece.isupper() or not joint[0].strip().isupper()
        if is_small and len(before) > 1 < len(after) and _are_large(before[-1], after[0], after[1]):
            yield piece[start : joint.start()]
            start = joint.end()
    yield piece[start:]


def _are_large(*words: str) -> bool:
    return all(map(is_large, words))


def people(said: Iterable[str], own: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names in one or more bylines: each once, in order, without "By", roles, addresses and times.

    ``own`` is what the paper calls itself: at the end of a name it is where somebody writes.
    """
    found: dict[str, str] = {}
    for byline in said:
        for name in _parts(byline, tuple(own)):
            if key := essence(name):
                found.setdefault(key, name)
    return tuple(found.values())[:_MOST]


def begins_with_by(byline: str) -> bool:
    """Whether a line opens as bylines do, and goes on as names."""
    match = _by().match(byline)
    return match is not None and _begins_as_name(byline[match.end() :])


def is_by(line: str) -> bool:
    """Whether a line is nothing but a word for "by", so that names are in the next one."""
    return len(line) <= _LONGEST_BEFORE and _by_alone().fullmatch(line) is not None


def after_by(line: str) -> int | None:
    """Return where the names of a line begin that has words for "by" at its beginning or, before a name, further on."""
    match = _by().match(line)
    if match is not None and _begins_as_name(line[match.end() :]):
        return match.end()
    for inner in _INNER.finditer(line[:_LONGEST_BEFORE]):
        before = line[: inner.start() + 1]
        if _begins_as_name(line[inner.end() :]) and _is_before_by(before) and not _others().match(line):
            return inner.end()
    for joint in _JOINT_BEFORE.finditer(line[:_LONGEST_BYLINE]):
        match = _by().match(line[joint.end() :])
        if match is not None and _begins_as_name(line[joint.end() + match.end() :]):
            return joint.end() + match.end()
    marked = _by_within().search(line) if _holds_colon(line) else None
    return marked.end() if marked is not None and _begins_as_name(line[marked.end() :]) else None


def _holds_colon(line: str) -> bool:
    return any(sign in line for sign in ":：｜丨")


_LONGEST_BEFORE, _MOST_BEFORE = 60, 3
"""Of what stands before "by" in a byline: a time, or "Posted yesterday"."""


def _is_before_by(words: str) -> bool:
    """Whether words before "by" are no sentence's: a time, a mark, or what was done to the piece."""
    is_apart = "\n" in words or any(map(str.isdigit, words)) or words.rstrip()[-1:] in "|•·,.–-:"
    return len(words.split()) <= _MOST_BEFORE and (is_apart or _DONE.match(words) is not None)


_JOINT_BEFORE = re.compile(r"\s[–—|·•]\s")


_DONE = re.compile(r"\W*(?:posted|published|written|updated|reported|created|submitted|words|story)\b", re.IGNORECASE)


_INNER = re.compile(
    r"(?<=[\w.,)|•·–—-])\s(?:by|von(?: unsere[mnr] \w+)?|par|por|di|door|av|af|przez|автор|από)\s(?=\S)", re.IGNORECASE
)


def is_name_alone(line: str, name: str) -> bool:
    """Whether a line says nothing beside a name but what that person is; of one word alone that is needed."""
    rest = _beside(_APART.sub(" ", line), name)
    return is_role(rest) if rest else len(name.split()) > 1


def is_name_with_role(line: str, name: str) -> bool:
    """Whether a line is a name and what that person is, and nothing else: "Ann Alder, staff reporter"."""
    return is_role(_beside(_APART.sub(" ", line), name))


def is_name_with_paper(line: str, name: str, own: Collection[str]) -> bool:
    """Whether a line is a whole name and behind it the paper: "Ann Alder for The Velm Courier".

    A name before an agency is as often that of who took a picture.
    """
    rest = _FOR.sub("", _beside(_APART.sub(" ", line), name))
    return len(name.split()) > 1 and essence(rest) in set(map(essence, own)) - {""}


_FOR, _FOR_AT_END = (
    re.compile(r"^(?:for|für|pour|para|per|voor|för)\s"),
    re.compile(r"\s(?:for|für|pour|para|per|voor|för)$"),
)


def is_name_with_place(line: str, name: str, own: Collection[str]) -> bool:
    """Whether a line is a whole name and behind it the paper, or one word of a place: "Ann Alder, Velm"."""
    rest = _beside(line, name)
    if len(name.split()) < 2 or not squeezed(line).casefold().startswith(name.casefold()):
        return False
    words = rest.split()
    if len(words) > 1 and words[0] in _WHERE and len(words) < 4:
        return _are_large(*words[1:])
    return (len(words) == 1 and has_case(rest)) or essence(rest) in set(map(essence, own))


_WHERE = frozenset(
    {"in", "aus", "à", "en", "em", "a", "da", "från", "fra", "w", "v", "ve", "vo", "в", "з", "у", "at", "de"}
)


def is_life(line: str, name: str) -> bool:
    """Whether a line tells, behind a name, what that person is: "Ann Alder is a staff writer at the Courier."."""
    clause = re.split(r"[,.;]", line[len(name) : len(name) + LONGEST])[0]
    return line.startswith(name) and _IS.match(clause) is not None and _role().search(clause) is not None


_IS = re.compile(r",?\s(?:is|was|are|ist|est|es|é|è|är|er|on|jest|je|este|jest|yra|ir)\s")


def is_role(words: str) -> bool:
    """Whether words say what a person is, and of what, and nothing else."""
    match = _role_line().fullmatch(words) if len(words) <= LONGEST else None
    return match is not None


def is_role_line(line: str) -> bool:
    """Whether a line by itself says what somebody is: one that could hold a name before the role does not."""
    match = _role_line().fullmatch(line) if len(line) <= LONGEST else None
    if match is None or not has_case(line):
        return match is not None and not match["before"]
    return len(match["before"].split()) <= 1 and not match["before"].isupper()


def _beside(line: str, name: str) -> str:
    """What a line says beside a name."""
    place = line.casefold().find(name.casefold())
    rest = f"{line[:place]} {line[place + len(name) :]}" if place >= 0 else line
    return squeezed(rest).strip(" |·•,–—-()/")


def _begins_as_name(rest: str) -> bool:
    first = rest.lstrip("\"'“„«([ ").split()[:2]
    if not first:
        return False
    if CASELESS.search(rest[:20]):
        return True
    return is_large(first[0]) or (len(first) > 1 and first[0].lower() in PARTICLES and is_large(first[1]))


@lru_cache(maxsize=1024)  # many sources of a page name the same people
def _parts(byline: str, own: tuple[str, ...]) -> Sequence[str]:
    text = byline if len(byline) <= _LONGEST_BYLINE else byline[:_LONGEST_BYLINE]
    text = "\n".join(plain(line) for line in text.split("\n"))
    if "(" in text:
        text = _of_pictures().sub("", text)
    text = _APART.sub(" ", text)
    text = _by().sub("", text)
    if "." in text or _holds_colon(text):
        text = _sentence_of_others().sub("; ", text)
    if agency(text):
        return [squeezed(text)]
    parts = (part for part in _and().split(text) if part and part.strip())
    pieces = [name for part in parts for name in _names_in(part)]
    if len(pieces) == 2 and ", " in text and all(map(_INITIALS.fullmatch, pieces)) and not any(map(agency, pieces)):
        return [f"{pieces[1]} {pieces[0]}"]  # "Surname, Given"
    names: list[str] = []
    is_other = is_first = False
    for piece in pieces:
        if _others().match(piece):
            is_other = True
        elif _by().match(piece):
            is_other = False
        if not is_other and (name := _name(piece, own)):
            is_office = is_first and _ends_in_role().search(squeezed(piece)) is not None and not _by().match(piece)
            if not is_office:
                names.append(name)
            is_first = True
    is_mixed = not all(map(str.isupper, names))
    shouted = {name for number, name in enumerate(names) if number and is_mixed and _is_shouted(name)}
    return [_cased(name) for name in names if name not in shouted and not _is_of_agency(text, name, names)]


def _is_of_agency(text: str, name: str, names: Sequence[str]) -> bool:
    """Whether a name is the agency's that people write for or with: "Ann Alder, Associated Press"; "dpa" signs too."""
    if name == names[0] or name != names[-1] or agency(name) is None or any(map(agency, names[:-1])):
        return False
    with_ = r"\s(?:with|avec|mit|con|com|med|met)"
    joint = r"(?:[,|\n]|\s[–—-]" if len(names) == 2 and " " in name else r"(?:[|\n]|\s[–—-]"
    return re.search(rf"{joint}|{with_})\s*(?:the\s)?{re.escape(name)}", text, re.IGNORECASE) is not None


def _is_shouted(name: str) -> bool:
    """Whether capitals alone, beside names that are not, tell a desk or a place: "Ann Alder, VELM COURIER"."""
    return name.isupper() and len(essence(name)) > 3 and agency(name) is None


def _name(piece: str, own: Collection[str]) -> str:
    name = squeezed(_by().sub("", squeezed(piece) + " ")).strip(" ,;:-–—|()（）【】［］\"'*.“”„«»")
    if _role().fullmatch(name) or (is_role_line(name) and has_case(name)):
        return ""
    if desk().fullmatch(name) and essence(name) not in NOBODY:
        return name
    if korean := _KOREAN.search(name):
        return korean[1]
    bare = _role_behind().sub("", _role_before().sub("", name))
    name = bare if len(bare.split()) > 1 or CASELESS.search(bare) else name  # "Courier staff reporter" is nobody's name
    name = _PLACE.sub("", name).strip(" ,;:-–—|()\"'*")
    name = _without_paper(name.rpartition(": ")[2], own)
    if _JUNIOR.search(name):
        name += "."
    if not name or len(name) > LONGEST or len(name.split()) > MOST_WORDS + 1:
        return ""
    if NOT_NAME.search(name) or essence(name) in NOBODY or _role().fullmatch(name):
        return ""
    return name


def _without_paper(name: str, own: Collection[str]) -> str:
    """A name without that of the paper behind it: "Ann Alder The Velm Courier"."""
    known = {essence(title).removeprefix("the") for title in own if len(title) > 2}
    words = name.split()
    if len(words) > 2 and words[-1].isupper() and len(words[-1]) > 2 and agency(words[-1]):
        return " ".join(words[:-1])
    for number in range(2, len(words)):
        if essence("".join(words[number:])).removeprefix("the") in known:
            return _FOR_AT_END.sub("", " ".join(words[:number])).strip(" ,-–—|/")
    return name


def _cased(name: str) -> str:
    """A name as people are written, where it is set in capitals; what no mouth can say is an abbreviation."""
    words = name.split()
    if len(words) < 2 or not name.isupper() or agency(name) or not all(_CAPITALS.fullmatch(word) for word in words):
        return name
    return name.title()
