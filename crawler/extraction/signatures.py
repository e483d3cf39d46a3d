"""Who signed an article, as the lines of its head and of its foot print it?

A line is a byline where it opens with a word for "by", links into a folder of authors, is marked or called so, or is
a bare name beside the time. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from crawler.extraction.agencies import agency
from crawler.extraction.bylines import after_by, begins_with_by, has_case, is_desk, is_name, is_name_alone, people
from crawler.extraction.printed import label_of, without_times
from crawler.extraction.seen import Head, Line
from crawler.extraction.survey import Node
from crawler.extraction.words import essence, squeezed

_FOLDER = re.compile(
    r"/(?:authors?|autor(?:e[ns]?|in|innen|i|zy|ka|ka)?|auteurs?|auteur|autheurs?|redakti?on(?:steam)?|redakteure?|redactie|people"
    r"|person(?:en)?|profiles?|staff|contributors?|journalist(?:en|s|e|a|as)?|journaliste|bylines?|reporters?|columnists?|writers?"
    r"|skribenter?|forfatter|toimittaja|kirjoittaja|firma(?:s)?|firmas|opinionistas?|redator(?:es)?|colunistas?|yazar(?:lar)?|muhabir"
    r"|penulis|avtory?|avtor|novinar|szerzo|autoren?profil|profile|reporter|correspondents?)"
    r"(?:/|\?|\.php|/index)[^/]",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"(?:^|[\s_-])(?:by-?line|by-?lines|author|authors|auth|user-?name|autor|autore|autores|autoren|auteur|auteurs|vcard|writer|writers"
    r"|contributors?|journalist|reporter|redactor|redakteur|signature|firma|credits?|skribent|yazar|penulis|dateline-author"
    r"|muhabir|avtor|szerzo)(?=$|[\s_\d-])|author|byline"
)
_NOT_CALLED = re.compile(r"photo|image|caption|credit-image|avatar|bio|social|follow|related|comment")
_CREDIT = re.compile(r"©|\(c\)|copyright|(?:photo|picture|image|foto|bild|fotos)s?(?: by|:|/| von| de)", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\d+\s(?:min|hour|hr|day|week|month|std|stunde|tag|heure|jour|hora|dia|día|timm|tim|time)\w*", re.IGNORECASE
)
"""How long ago, in languages whose papers print it in place of a date."""
_FURTHER = 8
"""Blocks between two lines of one byline: names of several authors stand in lines of their own, with roles between."""
_LONGEST_SIGNED = 160
_SENTENCE = 60
"""Characters: what is longer and ends as sentences do signs nothing."""


@dataclass(frozen=True)
class Signature:
    """Who signed: the names, the line as printed (without times) and how sure a sign it was read by."""

    names: tuple[str, ...]
    line: str
    raw: str
    """The line as it stands on the page."""
    kind: str
    """What made it a signature: alike ones next to each other name several authors."""
    strength: int
    """3: a word for "by", a link to the author or a mark for machines; 2: called so; 1: a name beside the time."""


def signature(head: Head, own: Collection[str], language: str | None = None) -> Signature | None:
    """Return who signed by the head's lines, else by those at the text's foot; None where nobody did."""
    return _first(_signed(head, head.lines, own, language)) or _first(
        found for found in _signed(head, head.behind, own, language) if found[1].strength > 1
    )


def _first(found: Iterator[tuple[int, Signature]] | Sequence[tuple[int, Signature]]) -> Signature | None:
    """The surest of the signed lines, with what the lines next to it add."""
    lines = list(found)
    if not lines:
        return None
    strength = max(one.strength for _, one in lines)
    sure = [(number, one) for number, one in lines if one.strength == strength]
    number, signed = sure[0]
    names, texts = list(signed.names), [signed.line]
    for further, one in sure[1:]:
        if further - number > _FURTHER or one.kind != signed.kind:
            break
        number = further
        new = [name for name in one.names if name not in names]
        if new:
            names += new
            texts.append(one.line)
    return Signature(tuple(names), ", ".join(texts), signed.raw, signed.kind, strength)


def _signed(
    head: Head, lines: Sequence[Line], own: Collection[str], language: str | None
) -> Iterator[tuple[int, Signature]]:
    timed = [bool(re.search(r"\d", line.text)) and _has_time(line.text, language) for line in lines]
    for place, line in enumerate(lines):
        is_beside = any(timed[max(0, place - 1) : place + 2])
        found = _read(head, line, own, language, is_beside_time=is_beside)
        if found is not None:
            yield line.block.number, found


def _has_time(text: str, language: str | None) -> bool:
    return without_times(text, language) != text or label_of(text) is not None or bool(_RELATIVE.search(text))


def _read(
    head: Head, line: Line, own: Collection[str], language: str | None, *, is_beside_time: bool
) -> Signature | None:
    if len(line.text) > _LONGEST_SIGNED and not begins_with_by(line.text[:60]):
        return None
    if _CREDIT.search(line.text):
        return None
    linked = _linked(line)
    text = _timeless(line.text, language)
    by = after_by(text)
    if by is None and (rest := _by_in_pieces(line, language)):
        text, by = rest, after_by(rest)
        line = replace(line, pieces=(rest,))
    if not linked and line.block.ends_sentence and len(line.text) > _SENTENCE:
        return None
    if linked:
        kind, strength = "link", 3
    elif by is not None:
        kind, strength = "by", 3
    elif _is_in_picture(line):
        return None
    elif _is_marked(head, line):
        kind, strength = "mark", 3
    elif called := _called(line):
        kind, strength = called, 2
    elif line.is_behind and (inner := _BRACKETED.fullmatch(text.strip())) and is_name(inner[1]):
        kind, strength, text = "brackets", 2, inner[1]
        line = replace(line, pieces=(text,))
    elif is_beside_time and not line.is_behind and line.block.kind != "heading" and _is_under(head, line):
        kind, strength = "time", 1
        text = _only(text)
        line = replace(line, pieces=(text,))
    else:
        return None
    names = _names(line, text, by, linked, own, language)
    if strength == 1:
        names = tuple(name for name in names if not is_desk(name, own))
        if len(names) != 1 or not is_name_alone(squeezed(text), names[0]):
            return None
    if not names:
        return None
    return Signature(names, _as_printed(text, by, names), line.text, kind, strength)


def _is_in_picture(line: Line) -> bool:
    return any(box.tag == "figure" for box in (line.block.node, *line.block.node.ancestors()))


def _is_under(head: Head, line: Line) -> bool:
    return head.headline is not None and line.block.number >= head.headline.last


def _only(text: str) -> str:
    """What a line says beside its times, where that is one thing: of "2 min · Ann Alder" the name."""
    parts = [part for part in _APART.split(text) if part.strip() and not _RELATIVE.search(part)]
    return parts[0] if len(parts) == 1 else text


_APART = re.compile(r"\s*[|·•\n]\s*|\s[–—-]\s")
_BRACKETED = re.compile(r"[(（【［\[]\s*([^()（）【】\[\]［］]{2,40}?)\s*[)）】］\]]")
"""A name in brackets, alone on the last line: so papers sign where the text has the headline to itself."""


def _timeless(text: str, language: str | None) -> str:
    return "\n".join(squeezed(part) for part in without_times(text, language).split("\n"))


def _by_in_pieces(line: Line, language: str | None) -> str | None:
    """The line from the piece on that opens with a word for "by", where a time or the paper stands before it."""
    pieces: list[str] = []
    for piece in line.pieces:
        if pieces and pieces[-1].endswith((":", "：", "／")):
            pieces[-1] += f" {piece}"
        else:
            pieces.append(_timeless(piece, language))
    for number, piece in enumerate(pieces):
        if number and begins_with_by(piece):
            return "\n".join(pieces[number:])
    return None


def _names(
    line: Line, text: str, by: int | None, linked: Sequence[str], own: Collection[str], language: str | None
) -> tuple[str, ...]:
    """The names of a line: by its elements, by its words, and by its links, of which the fullest is taken."""
    whole = text[by:] if by else text
    found = _people([whole], own)
    pieces = "\n".join(_timeless(piece, language) for piece in line.pieces)
    start = after_by(pieces)
    apart = _people([pieces[start:] if start else pieces], own)
    anchors = _people(linked, own)
    longest = max(
        (found, apart), key=lambda names: (sum(len(name.split()) > 1 for name in names), -sum(map(len, names)))
    )
    if anchors and not (set(anchors) < set(longest) and (by or len(longest) <= len(anchors) + 1)):
        return anchors
    return longest


def _people(texts: Sequence[str], own: Collection[str]) -> tuple[str, ...]:
    names = [name for name in people(texts, own) if is_name(name) or agency(name) or _is_known_desk(name, own)]
    names = [name for name in names if label_of(name) is None]
    persons = [name for name in names if not is_desk(name, own)]
    papers = [name for name in names if is_desk(name, own) and essence(name) in set(map(essence, own))]
    names = persons or papers or names
    is_full = any(len(name.split()) > 1 for name in names)
    # Beside a whole name one word is a place or a part of the paper: "Ann Alder, Velm".
    return tuple(name for name in names if not is_full or len(name.split()) > 1 or agency(name) or not has_case(name))


def _is_known_desk(name: str, own: Collection[str]) -> bool:
    return is_desk(name, own) and len(name) > 3


def _linked(line: Line) -> list[str]:
    """The words of the line's links into a folder of authors."""
    text = line.text
    return [
        text[anchor.start : anchor.end]
        for anchor in line.block.anchors
        if anchor.end - anchor.start > 2
        and (
            _FOLDER.search(anchor.href[:300])
            or (anchor.href.startswith("mailto:") and len(text) <= _SENTENCE and " " in text[anchor.start : anchor.end])
        )
    ]


def _is_marked(head: Head, line: Line) -> bool:
    """Whether an element of the line says to machines that it names an author."""
    return any(
        "author" in (box.attributes.get("itemprop") or box.attributes.get("rel", "")).split()
        for box in _elements(head, line)
    )


def _elements(head: Head, line: Line) -> Iterator[Node]:
    """The elements in a line, and those around it that hold nothing else."""
    node = line.block.node
    yield node
    survey = head.survey
    if node.first == line.block.number and node.last == line.block.number + 1:
        yield from survey.nodes[node.number + 1 : node.end]
    for box in node.ancestors():
        if box.length > node.length + 200 or (head.headline is not None and box.holds(head.headline)):
            break
        yield box


def _called(line: Line) -> str | None:
    """What the page calls the line, or the element that holds it and little else, if that is a word for authors."""
    node = line.block.node
    boxes = [node, *node.children[:6]]
    for box in node.ancestors():
        if box.length > node.length + 120:
            break
        boxes.append(box)
    named = ((box.tag, _names_of(box)) for box in boxes if box.attributes)
    called = (f"{tag} {name}" for tag, name in named if _CALLED.search(name) and not _NOT_CALLED.search(name))
    return next(called, None)


def _names_of(box: Node) -> str:
    """What the page calls an element, also for its scripts and its tests: of generated classes these alone speak."""
    said = (value[:100].lower() for name, value in box.attributes.items() if name.startswith(_FOR_SCRIPTS))
    return " ".join((box.hint, *said))


_FOR_SCRIPTS = ("data-test", "data-hook", "data-qa", "data-component")


def _as_printed(text: str, by: int | None, names: Sequence[str]) -> str:
    """The line from its word for "by", or its first name, to the last name: no times, counters and buttons."""
    folded = text.casefold()
    places = [(folded.find(name.casefold()), len(name)) for name in names]
    known = [(place, place + length) for place, length in places if place >= 0]
    if not known:
        return ", ".join(names)
    start = min(place for place, _ in known)
    if by is not None and by <= start:
        before = text[:by].rstrip()
        start = max(before.rfind(" "), before.rfind("\n")) + 1 if not begins_with_by(text) else 0
    return squeezed(text[start : max(end for _, end in known)]).strip(" ,|·•–-")
