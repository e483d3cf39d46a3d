"""The reading copy: one article as Markdown, the way a reader would hand it on. Pure.

Nothing that a page says becomes markup: what CommonMark 0.31 or GitHub's tables and strikethrough give a meaning, in
a line or at its beginning, is escaped. Control characters become blanks. Links lead to http(s) alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TextIO
from urllib.parse import quote, unquote, urlsplit

from crawler.addresses import is_web_address
from crawler.article import Block, Link
from pipelines.archive.fields import FIELDS
from pipelines.archive.reading import Entry, Row, local

_CONTROLS = (*range(10), *range(11, 32), *range(127, 160), 0x2028, 0x2029)
_INLINE = str.maketrans(
    {character: f"\\{character}" for character in r"\`*_[]<>#|~"}
    | dict.fromkeys(map(chr, _CONTROLS), " ")
    | dict.fromkeys(map(chr, range(0xD800, 0xE000)), "\ufffd")  # no file can hold half a character
)
_PARENTHESES = str.maketrans({"(": r"\(", ")": r"\)"})
_ENTITY = re.compile(r"&(?=[A-Za-z][A-Za-z0-9]*;)")  # the numbered ones are undone by their escaped "#"
_MARKS_LINE = re.compile(r"^([-+=:])")
_NUMBERS_LINE = re.compile(r"^([0-9]+)(?=[.)])")
_MARKS_LINK = re.compile(r"([!^])(?=\[)")  # of a picture, of a note; brackets that are text stand after a backslash
_REFERENCE = re.compile(r"(&#?[A-Za-z0-9]+);")
_NOT_ASCII_WORDS = re.compile(r"[^a-z0-9]+")
_APART = {"list": "\n", "quote": "\n>\n"}
_SLUG = 60
Part = tuple[str, str]
"""A block's kind, and its Markdown."""


@dataclass(frozen=True, slots=True)
class CopyLink:
    """A link, with title and canonical address of the article it leads to where that is in the archive."""

    link: Link
    target_title: str | None = None
    target_url: str | None = None

    @property
    def url(self) -> str:
        """Where it leads."""
        return self.target_url or self.link.href

    @property
    def title(self) -> str:
        """What it leads to, in words."""
        return _shown(self.target_title) or _shown(self.link.anchor_text) or self.url


@dataclass(frozen=True, slots=True)
class ReadingCopy:
    """What a reader would call the article. None means that the page did not say.

    ``published`` and the times of live posts are aware datetimes in the site's own zone; a plain date where the page
    gives only the day. ``lines`` are what more stands in the head, each a label and what it labels; ``links`` are in
    the order of the page.
    """

    title: str
    url: str
    standfirst: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | date | None = None
    lines: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    links: tuple[CopyLink, ...] = ()
    wire: str | None = None


def markdown(copy: ReadingCopy) -> str:
    """The article as CommonMark, its canonical address last. Ends in a line end."""
    return _joined([*_head(copy), *_body(copy), *_foot(copy)]) + "\n"


def file_name(article_id: int, copy: ReadingCopy) -> str:
    """``2024-12-09-council-decides-17.md``: plain ASCII letters, digits and hyphens; unique by the article's id."""
    at = copy.published
    day = "undated" if at is None else (at.date() if isinstance(at, datetime) else at).isoformat()
    last = unquote(urlsplit(copy.url).path).rstrip("/").rpartition("/")[2]  # transliterated, where titles are not Latin
    return f"{day}-{_slug(copy.title) or _slug(last) or 'article'}-{article_id}.md"


def stated(at: datetime | date) -> str:
    """A local time with its distance from UTC and the same in UTC; a plain date as it is."""
    if not isinstance(at, datetime):
        return at.isoformat()
    utc = at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "minutes") + " UTC"
    return f"{at.isoformat(' ', 'minutes')} ({utc})" if at.utcoffset() else utc


def _head(copy: ReadingCopy) -> Iterator[Part]:
    yield "title", f"# {_one_line(copy.title) or _one_line(copy.url)}"
    if standfirst := _one_line(copy.standfirst):
        yield "standfirst", f"*{standfirst}*"
    if byline := _paragraph(copy.byline) or _paragraph(", ".join(copy.authors)):
        yield "byline", byline
    if copy.published is not None:
        yield "date", stated(copy.published)
    for label, said in copy.lines:
        if line := _one_line(said):
            yield "line", f"{label}: {line}"


def _body(copy: ReadingCopy) -> Iterator[Part]:
    blocks = {block.position: block for block in copy.blocks}
    last = len(copy.paragraphs)
    related = [(min(max(one.link.position, 0), last), one) for one in copy.links if one.link.kind == "related"]
    for position in range(last + 1):
        for _, box in (pair for pair in related if pair[0] == position):
            yield "related", f"**Related article:** {_link(_one_line(box.title), box.url)}"
        if position < last:
            inline = [one for one in copy.links if one.link.kind == "inline" and one.link.position == position]
            yield from _block(copy.paragraphs[position], blocks.get(position), inline)


def _foot(copy: ReadingCopy) -> Iterator[Part]:
    more = [
        f"- {_beginning(_link(_one_line(one.title), one.url))}" for one in copy.links if one.link.kind == "read_more"
    ]
    if more:
        yield "heading", "## Read more"
        yield "more", "\n".join(dict.fromkeys(more))
    if wire := _one_line(copy.wire):
        yield "wire", f"Agency: {wire}"
    yield "url", f"<{_address(copy.url)}>" if is_web_address(copy.url) else _one_line(copy.url)


def _block(paragraph: str, block: Block | None, links: Iterable[CopyLink]) -> Iterator[Part]:
    lines = _lines(_with_links(paragraph, links))
    kind = block.kind if block else "text"
    if block and block.at:
        yield "time", f"**{stated(block.at)}**"
    if not lines:
        return
    match kind:
        case "heading":
            yield kind, f"## {' '.join(lines)}"
        case "quote":
            yield kind, "> " + "\\\n> ".join(lines)
        case "list":
            yield kind, "- " + "\\\n  ".join(lines)
        case _:
            yield "text", "\\\n".join(lines)


def _with_links(paragraph: str, links: Iterable[CopyLink]) -> str:
    """The paragraph with its links. One whose offsets lie outside, or in a link before it, leaves the words alone."""
    pieces, done = [], 0
    for one in sorted(links, key=lambda one: (one.link.start or 0, one.link.end or 0)):
        start, end = one.link.start, one.link.end
        if start is not None and end is not None and done <= start < end <= len(paragraph):
            pieces += [_escaped(paragraph[done:start]), _link(_escaped(paragraph[start:end]), one.url)]
            done = end
    return _MARKS_LINK.sub(r"\\\1", "".join([*pieces, _escaped(paragraph[done:])]))


def _link(words: str, url: str) -> str:
    """A link with these words, which are escaped already; the words alone where it would lead off the web."""
    if not words.strip() or not is_web_address(url):
        return words
    return f"[{words}]({_address(url).translate(_PARENTHESES)})"


def _address(url: str) -> str:
    """An address without anything that could end it or be read as a character reference."""
    kept = (quote(c, safe="", errors="replace") if not c.isprintable() or c in ' <>"\\^`{|}' else c for c in url)
    return _REFERENCE.sub(r"\1%3B", "".join(kept))


def _escaped(text: str) -> str:
    return _ENTITY.sub(r"\\&", text.translate(_INLINE))


def _lines(escaped: str) -> list[str]:
    """The lines that hold something, none of them beginning as a list, an underline or a definition would."""
    lines = (line.strip() for line in escaped.split("\n"))
    return [_beginning(line) for line in lines if line]


def _beginning(line: str) -> str:
    return _NUMBERS_LINE.sub(r"\1\\", _MARKS_LINE.sub(r"\\\1", line))


def _paragraph(text: str | None) -> str:
    return " ".join(_lines(_escaped(text or "")))


def _one_line(text: str | None) -> str:
    """Escaped text to stand behind other signs on its line."""
    return " ".join(_escaped(text or "").split())


def _shown(text: str | None) -> str:
    return (text or "").strip()


def _joined(parts: list[Part]) -> str:
    """Blocks with an empty line between them; items of one list, paragraphs of one quotation closer together."""
    pieces = [parts[0][1]]
    for (before, _), (kind, text) in pairwise(parts):
        pieces += [_APART.get(kind, "\n\n") if before == kind else "\n\n", text]
    return "".join(pieces)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return _NOT_ASCII_WORDS.sub("-", plain).strip("-")[:_SLUG].strip("-")


# How `scrapy export` writes: articles as they come, one at a time, to a stream or into a folder.


def write_jsonl(entries: Iterable[Entry], stream: TextIO, provenance: bool) -> None:
    """One JSON object a line: the columns of ``articles`` under their own names, then what belongs to the article.

    ``links`` are all that the article ever had; those with ``last_seen_at`` before ``last_changed_at`` are no more.
    """
    for entry in entries:
        fields = dict(entry.columns) | {
            "authors": entry.authors,
            "tags": entry.tags,
            "links": entry.links,
            "blocks": entry.blocks,
            "addresses": entry.addresses,
        }
        if provenance:
            fields["provenance"] = entry.provenance
        stream.write(json.dumps(fields, ensure_ascii=False) + "\n")


def write_folder(entries: Iterable[Entry], folder: Path) -> int:
    """A Markdown file an article, in place of an earlier one of that name. Gives how many. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for entry in entries:
        copy = reading_copy(entry)
        path = folder / file_name(entry.columns["id"], copy)
        path.unlink(missing_ok=True)  # a symbolic link of that name would lead out of the folder
        with path.open("x", encoding="utf-8", newline="") as stream:
            stream.write(markdown(copy))
        written += 1
    return written


def reading_copy(entry: Entry) -> ReadingCopy:
    """The article as it is now, without the links of its earlier states."""
    row = entry.columns
    return ReadingCopy(
        title=row["title"],
        url=row["url"],
        standfirst=row["standfirst"],
        byline=row["byline"],
        authors=entry.authors,
        published=entry.published(),
        lines=tuple((field.line, str(row[field.name] or "")) for field in FIELDS if field.line),
        paragraphs=tuple(row["text"].split("\n\n")) if row["text"] else (),
        blocks=tuple(Block(one["position"], one["kind"], _time(one, entry)) for one in entry.blocks),
        links=tuple(map(_link_row, _current_links(entry))),
        wire=row["wire"],
    )


def _current_links(entry: Entry) -> list[Row]:
    """A link that an edit took out stays in the archive with the time when it was last seen, before that edit."""
    changed = entry.columns["last_changed_at"] or ""
    return [link for link in entry.links if (link["last_seen_at"] or "") >= changed]


def _time(block: Row, entry: Entry) -> datetime | None:
    at = local(block["at"], entry.columns["published_offset"], entry.zone) if block["at"] else None
    return at if isinstance(at, datetime) else None


def _link_row(row: Row) -> CopyLink:
    words = row["anchor_text"] or ""
    link = Link(row["kind"], row["position"], row["href"], words, row["start"], row["end"])
    return CopyLink(link, row["target_title"], row["target_url"])
