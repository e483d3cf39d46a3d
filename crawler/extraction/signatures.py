"""Who signed an article, as the lines of its head and of its foot print it?

A line is a byline where it opens with a word for "by", links into a folder of authors, is marked or called so, or is
a bare name beside the time. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from crawler.extraction.agencies import agency
from crawler.extraction.bylines import (
    after_by,
    begins_with_by,
    is_by,
    is_life,
    is_name_alone,
    is_name_with_paper,
    is_name_with_place,
    is_name_with_role,
    is_role,
    is_role_line,
    people,
)
from crawler.extraction.names import has_case, is_desk, is_name, written_large
from crawler.extraction.printed import label_of, without_times
from crawler.extraction.seen import Head, Line
from crawler.extraction.survey import HEADINGS, Node
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
    """3: a word for "by", a link to the author or a mark for machines; 2: called so, with a role, or the last line;
    1: a name beside the time; 0: a name alone over the text."""


def signature(head: Head, own: Collection[str], language: str | None = None) -> Signature | None:
    """Return who signed by the head's lines, else by those at the text's foot; None where nobody did.

    A name alone over the text signs where nothing else does.
    """
    over = _first(_signed(head, head.lines, own, language))
    if over is not None and over.strength:
        return over
    return _first(found for found in _signed(head, head.behind, own, language) if found[1].strength > 1) or over


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
    roles = [is_role(line.text) or _ADDRESS.fullmatch(line.text) is not None for line in lines]
    label: str | None = None
    for place, line in enumerate(lines):
        if is_by(line.text):
            label = line.text
            continue
        if roles[place] and is_role_line(line.text):
            continue
        near = slice(max(0, place - 1), place + 2)
        found = _read(head, line, own, language, is_beside_time=any(timed[near]), label=label)
        if found is None and any(roles[near]) and line.block.node.tag not in HEADINGS:
            found = _before_role(line, own)
        label = None
        if found is not None:
            yield line.block.number, found


_ADDRESS = re.compile(r"[\w.+-]{1,40}@[\w.-]{3,60}")
"""An address for mail alone, which stands under a name as a role does."""


def _before_role(line: Line, own: Collection[str]) -> Signature | None:
    """Who signs by a line that is a whole name, next to one that says what its bearer is."""
    names = _people([line.text], own)
    if len(names) != 1 or not is_name_alone(line.text, names[0]) or is_desk(names[0], own) or line.is_behind:
        return None
    return Signature(names, names[0], line.text, "role", 2)


def _has_time(text: str, language: str | None) -> bool:
    return without_times(text, language) != text or label_of(text) is not None or bool(_RELATIVE.search(text))


def _read(
    head: Head,
    line: Line,
    own: Collection[str],
    language: str | None,
    *,
    is_beside_time: bool,
    label: str | None,
) -> Signature | None:
    if line.is_behind and (name := _told(line)):
        return Signature((name,), name, line.text, "life", 2)
    if len(line.text) > _LONGEST_SIGNED and not begins_with_by(line.text[:60]):
        return None
    linked = _linked(line)
    text = _timeless(line.text, language)
    by = after_by(text)
    if by is None and _CREDIT.search(line.text):
        return None
    if by is None and (rest := _by_in_pieces(line, language)):
        text, by = rest, after_by(rest)
        line = replace(line, pieces=(rest,))
    printed = line
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
    elif label is not None:
        kind, strength = "label", 3
    elif called := _called(line):
        kind, strength = called, 2
    elif line.is_behind and (inner := _in_brackets(text.strip())):
        kind, strength, text = "brackets", 2, inner
        line = replace(line, pieces=(text,))
    elif line.block.node.tag not in HEADINGS and (line.is_behind or _is_under(head, line)):
        kind, strength = _of_bare_name(head, line, is_beside_time=is_beside_time)
        text = _only(text).strip(" ()")
        line = replace(line, pieces=(text,))
    else:
        return None
    names = _names(line, text, by, linked, own, language)
    if kind in _BARE:
        names = tuple(name for name in names if not is_desk(name, own))
        if not line.is_behind and _ends_in_paper(printed, own):
            names = _people(printed.pieces[:-1], own)
            return Signature(names, ", ".join(names), line.text, "role", 2)
        if len(names) != 1:
            return None
        if is_name_with_role(text, names[0]) or is_name_with_paper(text, names[0], own):
            kind, strength = "role", 2
        elif not _is_alone(kind, squeezed(text), names[0], own):
            return None
    if not names:
        return None
    return Signature(names, _as_printed(text, by, names), line.text, kind, strength)


def _ends_in_paper(line: Line, own: Collection[str]) -> bool:
    """Whether a line is names alone and, in an element of its own or behind a line break, the paper or an agency."""
    *others, last = line.pieces
    is_paper = agency(last) is not None or essence(last) in set(map(essence, own)) - {""}
    names = _people(others, own) if is_paper else ()
    words = [word for name in names for word in name.split()]
    is_of_names = len(words) + len(names) > len(" ".join(others).split())
    return is_of_names and all(len(name.split()) > 1 and not is_desk(name, own) for name in names)


_BARE = frozenset({"bare", "time", "end", "over"})
"""What makes a bare name a signature: its role alone, the time beside it, the text before it or behind it."""


def _of_bare_name(head: Head, line: Line, *, is_beside_time: bool) -> tuple[str, int]:
    """What can make a line that is no more than a name a signature, and how sure that is."""
    number, is_linked = line.block.number, bool(line.block.anchors)
    if line.is_behind:
        is_last = number == head.foot.start + 1 or (number == head.foot.start and not line.block.is_prose)
        return ("end", 2) if is_last and not is_linked and _is_set_apart(line) else ("bare", 0)
    if is_beside_time and not (is_linked and _leads_away(head, line)):
        return "time", 1
    is_over_text = head.text is not None and number == head.text - 1 and not is_linked and line.block.kind != "list"
    return ("over", 0) if is_over_text and not line.text.isupper() else ("bare", 0)


def _leads_away(head: Head, line: Line) -> bool:
    """Whether a line is a link to another site, of which the address has no word of it: a button."""
    address = line.block.anchors[0].href[:300]
    is_away = address.startswith("http") and urlsplit(address).hostname != urlsplit(head.url).hostname
    return is_away and not any(word in essence(address) for word in map(essence, line.text.split()) if len(word) > 2)


def _is_alone(kind: str, text: str, name: str, own: Collection[str]) -> bool:
    """Whether a line has nothing beside a bare name that speaks against a signature there."""
    if (
        kind == "bare"
        or (text[-1:] in ".。।" and not has_case(name))
        or not _RUBRICS.isdisjoint(text.casefold().split())
    ):
        return False
    if kind == "time":
        return is_name_alone(text, name) or is_name_with_place(text, name, own)
    most = _WORDS_OF_NAME if has_case(name) else _WORDS_OF_NAME - 1
    return is_name_alone(text.strip(" –—-"), name) and 1 < len(name.split()) <= most


_WORDS_OF_NAME = 4
_RUBRICS = frozenset([
    "news", "sport", "sports", "local", "world", "politics", "business", "opinion", "breaking", "latest", "related",
    "stories", "story", "read", "more", "share", "print", "home", "page", "article", "editorial", "advertisement",
    "the", "top", "comments", "key", "points", "font", "size", "photos", "video", "gallery", "nachrichten",
    "noticias", "notícias", "actualités",
])  # fmt: skip
"""Words over and under texts that are written large as names are."""


def _told(line: Line) -> str | None:
    """The name with which a line opens that tells who wrote the piece: "Ann Alder is a staff writer."."""
    words = line.text.split()[:_WORDS_OF_NAME]
    names = (" ".join(words[:number]).rstrip(",") for number in range(2, len(words)))
    return next((name for name in names if is_name(name) and is_life(line.text, name)), None)


def _is_set_apart(line: Line) -> bool:
    """Whether a line is set as signatures are: in bold or italics, to the right, or behind a dash."""
    node = line.block.node
    inner = node.children[0] if len(node.children) == 1 and node.children[0].length == node.length else node
    style = f"{node.attributes.get('style', '')} {node.attributes.get('align', '')} {node.hint}"
    return (
        line.text[0] in "–—-"
        or line.block.is_bold
        or inner.tag in ("em", "i", "strong", "b")
        or any(child.tag in ("em", "i", "strong", "b") and child.text == line.text for child in node.element)
        or "right" in style
    )


def _is_in_picture(line: Line) -> bool:
    return any(box.tag == "figure" for box in (line.block.node, *line.block.node.ancestors()))


def _is_under(head: Head, line: Line) -> bool:
    return head.headline is not None and line.block.number >= head.headline.last


def _only(text: str) -> str:
    """What a line says beside its times, where that is one thing: of "2 min · Ann Alder" the name."""
    parts = [part for part in _APART.split(text) if part.strip() and not _RELATIVE.search(part)]
    whole = [part for part in parts if " " in part.strip() and is_name(part.strip())]
    if len(parts) == 1 or (len(whole) == 1 and all(len(part.split()) == 1 for part in parts if part not in whole)):
        return (whole or parts)[0]
    return text if whole else ""


_APART = re.compile(r"\s*[|·•\n]\s*|\s[–—/-]\s")


def _in_brackets(text: str) -> str | None:
    """A name in brackets, alone on the last line or at its end: so papers of the far East sign."""
    match = _BRACKETED.fullmatch(text) or _AT_END.search(text)
    return match[1] if match is not None and is_name(match[1]) else None


_BRACKETED = re.compile(r"[(（【［\[]\s*([^()（）【】\[\]［］]{2,40}?)\s*[)）】］\]]")
_AT_END = re.compile(r"[【［]([\u3040-\u9fff・\s]{2,12})[】］]$")


def _timeless(text: str, language: str | None) -> str:
    """A line without times and the small words that lead up to them: "Ann Alder on", "Anne Aulne le"."""
    bare = without_times(text, language)
    if bare == text:
        return squeezed(text)
    return "\n".join(squeezed(part) for part in _LEADING_UP.sub("", bare).split("\n"))


_LEADING_UP = re.compile(
    r"(?<=\S)(?:\s+(?:on|at|am|um|den|vom|le|à|el|la|las|il|alle|ore|em|às|op|om|kl|de|del|dne|dnia|o|på|klo|pe|în|в|о)\.?)+"
    r"\s*(?=\n)"
)


def _by_in_pieces(line: Line, language: str | None) -> str | None:
    """The line from the piece on that opens with a word for "by", where a time or the paper stands before it."""
    pieces: list[str] = []
    for piece in line.pieces:
        if pieces and pieces[-1].endswith((":", "：", "／")):
            pieces[-1] += f" {piece}"
        else:
            pieces.append(_timeless(piece, language))
    if len(pieces) > 1 and is_by(pieces[0]):
        return f"{pieces[0].rstrip(' :')}: " + "\n".join(pieces[1:])  # a label in an element of its own
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
    named = [name for name in people(texts, own) if label_of(name) is None]
    names = [name for name in named if is_name(name) or agency(name) or (len(name) > 3 and is_desk(name, own))]
    persons = [name for name in names if not is_desk(name, own)]
    papers = [name for name in names if is_desk(name, own) and essence(name) in set(map(essence, own))]
    names = persons or papers or names
    is_full = any(len(name.split()) > 1 for name in names)
    # Beside a whole name one word is a place or a part of the paper: "Ann Alder, Velm".
    return tuple(name for name in names if not is_full or len(name.split()) > 1 or agency(name) or not has_case(name))


def _linked(line: Line) -> list[str]:
    """The words of the line's links into a folder of authors."""
    text = line.text
    return [
        written_large(text[anchor.start : anchor.end])
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
