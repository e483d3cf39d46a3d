"""What is kept of an article: one row for each column of ``articles``, in the table's order.

All who handle columns go by this table: the store, which fills them; the comparison of two states, and what a revision
keeps; merging and reading anew; the export; what Datasette and docs/tables.md say; the article's page. The migrations
must arrive at it, and tests hold every list that is left against it. CONTRIBUTING.md says how a field is added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from crawler.article import Article, Moment
from crawler.site import Site
from pipelines.record import Record


class Compare(StrEnum):
    """How two states are compared to find an edit, so that noise is none."""

    WORDS = "words"
    """Typography and white space make no difference."""
    ADDRESS = "address"
    """What stands behind the question mark, such as a picture's size, makes no difference."""
    DATE = "date"
    """Only another date counts: saving an article again moves its time a little."""
    TEXT = "text"
    """By fingerprint; what changed is told paragraph by paragraph."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of ``articles``. Without a ``source`` it is kept by the archive, not read from a page.

    ``source`` is a path from the record to the value, or a function of record and site. ``follows`` names the field
    that it is worked out from: it goes with that one, and is never named on its own. ``is_reading`` says how the state
    was read, so a fetch that changes nothing leaves it. ``compare`` makes a change of it an edit. ``then`` describes it
    in ``revisions``, which keeps what has this. ``label`` names it to readers of a history, ``line`` before its value
    in the Markdown copy; ``shown`` puts it beside the byline on its page. ``is_exported``: a column of the view
    ``articles_flat`` too, which CSV, XLSX and Parquet hold; a line in feeds of articles.
    """

    name: str
    type: str
    description: str
    source: str | Callable[[Record, Site], object] | None = None
    follows: str | None = None
    is_reading: bool = False
    compare: Compare | None = None
    then: str | None = None
    label: str | None = None
    line: str | None = None
    shown: str | None = None
    is_exported: bool = True


def month(published: Moment | None, timezone: str, fetched_at: datetime) -> str:
    """``2024-12``: the month in the site's zone, of the publication or, where the page does not say, of the fetch."""
    at = fetched_at if published is None else published.at
    return (at.astimezone(ZoneInfo(timezone)) if isinstance(at, datetime) else at).strftime("%Y-%m")


def _month(record: Record, site: Site) -> str:
    return month(record.article.published, site.timezone, record.visit.fetch.at)


FIELDS = (
    Field("id", "integer primary key", "Number of the article in this archive; it stays the same."),
    Field("site", "text not null references sites(name)", "The publication, by the article's address.", "article.site"),
    Field(
        "url", "text not null", "The address as it is kept, without tracking.", then="The address then.",
        label="Address",
    ),
    Field(
        "address_key", "text not null unique",
        "What identifies the article among all addresses: SITE:number, SITE~slug or the cleaned address.",
        is_exported=False,
    ),
    Field(
        "kind", "text not null",
        "news, opinion, analysis, feature, live, gallery, video, podcast or sponsored.", "article.kind",
    ),
    Field(
        "title", "text not null", "The headline; empty where none was found.", "article.title",
        compare=Compare.WORDS, then="The headline then.", label="Title",
    ),
    Field(
        "standfirst", "text", "The line under the title.", "article.standfirst",
        compare=Compare.WORDS, then="The line under the title then.", label="Standfirst",
    ),
    Field(
        "byline", "text", "The authors as printed; names one by one are in article_authors.", "article.byline",
        compare=Compare.WORDS, then="The authors as printed then.", label="Byline",
    ),
    Field(
        "published_at", "text", "When it was published, in UTC; a plain day where the page gives no time.",
        "article.published.iso",
        compare=Compare.DATE, then="The time of publication then given, in UTC.", label="Published",
    ),
    Field(
        "published_precision", "text", "minute or day.", "article.published.precision",
        follows="published_at", is_exported=False,
    ),
    Field(
        "published_offset", "integer",
        "Distance of the page's own clock from UTC, in minutes; empty where it gave no zone.",
        "article.published.offset", follows="published_at", is_exported=False,
    ),
    Field(
        "modified_at", "text",
        "When the page says that it was last modified, in UTC. Any save may move it.", "article.modified.iso",
        then="The time of modification then given, in UTC.",
    ),
    Field("section", "text", "The rubric the site files it under.", "article.section"),
    Field("language", "text", "Language code, such as en.", "article.language"),
    Field("wire", "text", "News agency the text comes from.", "article.wire"),
    Field(
        "paywalled", "integer",
        "1 where the page says that it is for subscribers, 0 where it says that it is free.", "article.paywalled",
        shown="for subscribers",
    ),
    Field(
        "image_url", "text", "Address of the lead image; the image itself is not kept.", "article.image_url",
        compare=Compare.ADDRESS, then="The lead image then.", label="Image",
    ),
    Field(
        "image_caption", "text", "Caption of the lead image.", "article.image_caption",
        compare=Compare.WORDS, then="Its caption then.", label="Image caption", line="Image",
    ),
    Field(
        "image_credit", "text", "Whom the lead image is credited to.", "article.image_credit",
        compare=Compare.WORDS, then="Its credit then.", label="Image credit", line="Image credit",
    ),
    Field("word_count", "integer", "Words in the text.", "article.word_count", follows="text", shown="{:,} words"),
    Field(
        "content_hash", "text",
        "Fingerprint of the text; equal ones mean the same words, whatever their typography.", "content_hash",
        follows="text", then="Fingerprint of the text then.", is_exported=False,
    ),
    Field(
        "duplicate_of", "integer references articles(id)",
        "The article of the same site that has the same text; empty for the one that counts.",
    ),
    Field(
        "story_id", "integer references stories(id)",
        "The story that this article tells along with others.",
    ),
    Field("first_seen_at", "text", "When it was first stored, in UTC."),
    Field("last_seen_at", "text", "When it was last fetched and still there, in UTC."),
    Field("last_changed_at", "text", "When its content last changed between two fetches, in UTC."),
    Field(
        "last_checked_at", "text", "When its page was last asked for, changed or not, in UTC.", is_exported=False,
    ),
    Field(
        "next_check_at", "text", "When it is due to be asked for again, in UTC; empty when no more.",
        is_exported=False,
    ),
    Field(
        "status", "text not null default 'live'",
        "live, or gone once the site has withdrawn it. The text is kept.",
    ),
    Field("gone_at", "text", "When it was first found withdrawn, in UTC; empty while live."),
    Field("gone_reason", "text", "How the site withdrew it: the status code or what the page said."),
    Field(
        "extractor", "text", "Version of the extraction rules that made this row.", "article.extractor",
        is_reading=True, then="Version of the extraction rules that read this state.", is_exported=False,
    ),
    Field(
        "capture", "text",
        "Where the page itself is kept, as FILE:OFFSET:DIGEST of a WARC, of several pages one after the other; empty"
        " where it is not kept.",
        "visit.fetch.capture", is_reading=True,
        then="Where the page is kept, as FILE:OFFSET:DIGEST of a WARC; empty where it is not kept.", is_exported=False,
    ),
    Field(
        "month", "text", "Month of publication by the site's own clock: 2024-12.", _month,
        follows="published_at", is_exported=False,
    ),
    # Stays the last one: what stands behind it is read through all the pages of a long text.
    Field(
        "text", "text not null", "The paragraphs, joined by an empty line.", "article.text",
        compare=Compare.TEXT, then="The text then, paragraphs joined by an empty line.",
    ),
)  # fmt: skip
OF_A_STATE = tuple(field for field in FIELDS if field.then)
"""What ``revisions`` keeps of an earlier state, under the same names."""
COMPARED = tuple(field for field in FIELDS if field.compare)
"""What is an edit when it changes."""
READING = frozenset(field.name for field in FIELDS if field.is_reading)
NAMED = tuple(field.name for field in FIELDS if field.source and not field.follows and not field.is_reading)
"""What is named when better rules read a page otherwise."""


def columns(record: Record, site: Site) -> dict[str, object]:
    """Return what a fetch says of the article, and how that state came to be: every column that has a source."""
    return {field.name: _value(field, record, site) for field in FIELDS if field.source}


def columns_of_text(article: Article, content_hash: str) -> dict[str, object]:
    """Return the text's column and those that follow from it, of an article whose text the archive itself changed."""
    changed = SimpleNamespace(article=article, content_hash=content_hash)
    return {field.name: _at(field.source, changed) for field in FIELDS if field.name in with_followers("text")}


def with_followers(name: str) -> frozenset[str]:
    """Return the name of a field with those of the fields that follow from it."""
    return frozenset(field.name for field in FIELDS if name in (field.name, field.follows))


def _value(field: Field, record: Record, site: Site) -> object:
    """Return a field's value as SQLite takes it; None where anything on the way to it is."""
    value = field.source(record, site) if callable(field.source) else _at(field.source, record)
    if isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, StrEnum) else value


def _at(path: object, start: object) -> object:
    """Return what a path such as ``article.wire`` leads to; None where anything on the way is."""
    if not isinstance(path, str):
        raise TypeError(f"{path!r}; expected the path of a value, such as 'article.word_count'")
    value = start
    for name in path.split("."):
        value = None if value is None else getattr(value, name)
    return value
