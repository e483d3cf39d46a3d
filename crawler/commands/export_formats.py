"""How `scrapy export` writes: articles as they come, one at a time, to a stream or into a folder."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TextIO

from crawler.article import Block, Link
from crawler.export import CopyLink, ReadingCopy, file_name, markdown
from pipelines.archive.reading import Entry, Row, local

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "id", "site", "url", "kind", "title", "standfirst", "byline", "authors", "tags", "published_at", "published_local",
    "modified_at", "section", "language", "wire", "paywalled", "image_url", "image_caption", "image_credit",
    "word_count", "related_links", "read_more_links", "inline_links", "duplicate_of", "first_seen_at", "last_seen_at",
    "last_changed_at", "status", "gone_at", "gone_reason", "text",
)  # fmt: skip


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


def write_csv(entries: Iterable[Entry], stream: TextIO) -> None:
    """A header, then one row an article. Authors and tags stand in one cell each, links are counted."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(_COLUMNS)
    for entry in entries:
        table.writerow(map(harmless, _cells(entry)))


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
        image_caption=row["image_caption"],
        image_credit=row["image_credit"],
        paragraphs=tuple(row["text"].split("\n\n")) if row["text"] else (),
        blocks=tuple(Block(one["position"], one["kind"], _time(one, entry)) for one in entry.blocks),
        links=tuple(map(_link, _current_links(entry))),
        wire=row["wire"],
    )


def harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: text that starts like one gets an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _cells(entry: Entry) -> list[object]:
    published = entry.published()
    links = Counter(link["kind"] for link in _current_links(entry))
    made = {
        "authors": "; ".join(entry.authors),
        "tags": "; ".join(entry.tags),
        "published_local": published.isoformat() if published else None,
        "related_links": links["related"],
        "read_more_links": links["read_more"],
        "inline_links": links["inline"],
    }
    return [made[name] if name in made else entry.columns[name] for name in _COLUMNS]


def _current_links(entry: Entry) -> list[Row]:
    """A link that an edit took out stays in the archive with the time when it was last seen, before that edit."""
    changed = entry.columns["last_changed_at"] or ""
    return [link for link in entry.links if (link["last_seen_at"] or "") >= changed]


def _time(block: Row, entry: Entry) -> datetime | None:
    at = local(block["at"], entry.columns["published_offset"], entry.zone) if block["at"] else None
    return at if isinstance(at, datetime) else None


def _link(row: Row) -> CopyLink:
    words = row["anchor_text"] or ""
    link = Link(row["kind"], row["position"], row["href"], words, row["start"], row["end"])
    return CopyLink(link, row["target_title"], row["target_url"])
