"""When was a piece published, and when was it changed? Every source's answer, and the choice among them.

No source is a guess: a time is what structured data, the address or the article's head say, with day, month and year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from lxml.html import HtmlElement

from crawler.article import Moment
from crawler.extraction import dates
from crawler.extraction.dom import select, text_of
from crawler.extraction.page import Page
from crawler.extraction.printed import Stamp, label_of, places
from crawler.extraction.seen import Line, is_elsewhere
from crawler.extraction.trust import Answer, first, in_order

Answers = list[Answer[Moment]]

# Metas of publishing systems and trackers that hold the time of publication, most telling first.
_PUBLISHED = (
    *("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime"),
    *("dcterms.created", "og:article:published_time", "og:published_time", "article:published", "article.published"),
    *("datepublished", "publication_date", "publish-date", "publish_date", "publishdate", "published_at", "pubdate"),
    *("date_published", "dcterms.issued", "dc.date.issued", "dc.date", "dcterms.date", "date", "last-published"),
    *(
        "iso-8601-publish-date",
        "article:published_date",
        "citation_publication_date",
        "bt:pubdate",
        "rnews:datepublished",
    ),
)
_MODIFIED = (
    *("last-modified", "lastmod", "datemodified", "dcterms.modified", "dc.date.modified", "article.updated"),
    *("og:article:modified_time", "sailthru.modified", "revised", "article:modified"),
)
_EXPIRY = re.compile(r"expir|valid (?:to|until)|event", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_-]|$)")
_LOOKED_AT = 12
_MOST_WORDS = 4
"""Small words beside a time in its part of a line: "in the Velm edition of"; a sentence has more."""
_PARTS = re.compile(r"\s*[|•·—]\s*|\s[–-]\s|\n")
_HIJRI = re.compile(r"\d{1,2}\s+(?:[\u0621-\u064a]+\s+){1,2}1[34]\d\d\s?هـ?|1[34]\d\d/\d{1,2}/\d{1,2}\s?هـ?")
"""A date of the Islamic calendar, which papers print beside the other; by itself it is none that is sure to a day."""
_WORD = re.compile(r"(?<![\w'’])[^\W\d_]\S{3,}")
"""Words of more than three letters."""
_MOST_CASELESS = 3
"""Such words, in a script without small letters, that can be a name beside a time."""
_NEAR = timedelta(days=1, hours=14)
"""Days of the same publication can lie so far apart in different zones."""


def published(page: Page) -> Answers:
    """Every answer to when the piece was published, in order of trust; what cannot be is there without a value."""
    metas = page.document.metas
    found = [
        *_layout(page, page.layout.published),
        *_machine(page, "json-ld", page.said("datePublished") or page.said("dateCreated") or page.said("uploadDate")),
        *_machine(page, "article:published_time", metas.get("article:published_time", ())),
        *_machine(page, "microdata", _items(page, "datePublished", "dateCreated")),
        *_machine(page, "meta", (text for name in _PUBLISHED for text in metas.get(name, ()))),
        *(Answer("time", said, value) for said, value, label in _marked(page) if label in (None, "published")),
        *_printed(page, (None, "published")),
        *_machine(page, "state", page.state.published),
        *_address(page),
    ]
    return in_order("published_at", found)


def modified(page: Page) -> Answers:
    """Every answer to when the piece was last changed, in order of trust."""
    metas = page.document.metas
    return in_order(
        "modified_at",
        [
            *_layout(page, page.layout.modified),
            *_machine(page, "json-ld", page.said("dateModified")),
            *_machine(page, "article:modified_time", metas.get("article:modified_time", ())),
            *_machine(page, "microdata", _items(page, "dateModified")),
            *_machine(page, "meta", (text for name in _MODIFIED for text in metas.get(name, ()))),
            *(Answer("time", said, value) for said, value, label in _marked(page) if label == "updated"),
            *_printed(page, ("updated",)),
            *_machine(page, "og:updated_time", metas.get("og:updated_time", ())),
        ],
    )


def best(page: Page, answers: Sequence[Answer[Moment]]) -> Answer[Moment] | None:
    """The most trusted answer, but for three doubts.

    One that gives only the day gives way to the next that gives the time of the same day; a clock without a zone to
    the same clock with one; and what is only printed to another day in the address, which the publishing system wrote.
    """
    chosen = first(answers)
    if chosen is None or chosen.value is None:
        return chosen
    if chosen.source in ("time", "seen"):
        address = next((one for one in answers if one.source == "address" and one.value), None)
        if address is not None and address.value is not None and not dates.same_day(chosen.value, address.value):
            return address
    if chosen.value.precision == "day":
        day = chosen.value
        finer = (a for a in answers if a.value and a.value.precision == "minute" and dates.same_day(day, a.value))
        chosen = next(finer, chosen)
    return _with_zone(page, chosen, answers)


def _with_zone(page: Page, chosen: Answer[Moment], answers: Sequence[Answer[Moment]]) -> Answer[Moment]:
    """The answer that gives the same clock with its zone, where the chosen one has none."""
    if chosen.value is None or chosen.value.offset is not None or not isinstance(chosen.value.at, datetime):
        return chosen
    clock = chosen.value.at.astimezone(page.zone).replace(tzinfo=None, second=0, microsecond=0)
    return next((one for one in answers if one.value and _clock(one.value) == clock), chosen)


def _clock(moment: Moment) -> datetime | None:
    """What the clocks showed where a time with a zone was written."""
    if moment.offset is None or not isinstance(moment.at, datetime):
        return None
    return (moment.at + timedelta(minutes=moment.offset)).replace(tzinfo=None, second=0, microsecond=0)


def _machine(page: Page, source: str, texts: Iterable[str]) -> Answers:
    return [Answer(source, text, page.moment(text)) for text in texts]


def _layout(page: Page, selector: str | None) -> Answers:
    elements = select(page.root, selector)
    said = [element.get("datetime") or element.get("content") or text_of(element) for element in elements]
    return [Answer("layout", text, page.moment(text)) for text in said if text]


def _items(page: Page, *names: str) -> list[str]:
    """What metas and microdata say: of an element that readers see, only in the article's head or at its foot."""
    metas = [text for name in names for text in page.document.metas.get(name.lower(), ())]
    elements = [element for name in names for element in page.items.get(name, ())]
    near = [one for one in elements if page.head.holds(one, foot=True) or _is_unseen(page, one)]
    return [*metas, *(one.get("content") or one.get("datetime") or text_of(one) for one in near)]


def _is_unseen(page: Page, element: HtmlElement) -> bool:
    """Whether an element shows nothing and stands next to nothing but the article: a meta of its own scope."""
    return element.tag in ("meta", "link") and not page.is_in_list(element)


def _marked(page: Page) -> Iterator[tuple[str, Moment | None, str | None]]:
    """The times that elements give to machines in the head: as written, as understood, and what they are of."""
    survey = page.survey
    for tag, attribute in (("time", "datetime"), ("abbr", "title"), ("span", "title")):
        nodes = (node for node in survey.by_tag.get(tag, ()) if node.attributes.get(attribute))
        near = (node for node in nodes if page.head.holds(node.element, foot=tag == "abbr"))
        for node in islice(near, _LOOKED_AT):
            element = node.element
            said = element.get(attribute) or ""
            if _EXPIRY.search(node.hint):
                continue
            marks = f"{node.hint} {element.get('itemprop') or ''}"
            label = label_of(f"{_before(element)} {text_of(element)[:60]}") or label_of(marks)
            if label != "now":
                yield said, page.moment(said), label


def _before(element: HtmlElement) -> str:
    """The words that stand before an element on its line."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return f"{text_of(previous)[-40:]} {previous.tail or ''}"
    return (parent.text or "")[-40:] if parent is not None else ""


def _printed(page: Page, labels: Sequence[str | None]) -> Answers:
    """The times that lines of the head print, in its order; a clock of the page is none of them."""
    found: Answers = []
    label_before: str | None = None
    for line in (*page.head.lines, *page.head.behind):
        if line.text and not any(map(str.isdigit, line.text)):
            label_before = label_of(line.text) if len(line.text) <= _LONGEST_LABEL else None
            continue
        for stamp in _stamps(page, line):
            label = stamp.label or label_before
            is_certain = label is not None or not line.is_behind
            if label in labels and is_certain and not _is_clock(page, line, stamp):
                found.append(Answer("seen", stamp.words, page.possible(stamp.moment)))
        label_before = None
    return found or _dateline(page) if None in labels else found


def _dateline(page: Page) -> Answers:
    """The date with which the first paragraph opens, behind a place and before a dash: ``VELM, 6 February 2024 –``."""
    headline = page.head.headline
    blocks = page.survey.blocks[headline.last if headline is not None else 0 :]
    first = next((block.text for block in blocks if block.is_prose and not is_elsewhere(block.node, headline)), "")
    stamp = next(iter(page.stamps(first[:_LONGEST_DATELINE])), None)
    if stamp is None or not _DASH.match(first, stamp.end) or not _PLACE.fullmatch(first[: stamp.start]):
        return []
    return [Answer("seen", stamp.words, page.possible(stamp.moment))]


_LONGEST_DATELINE = 80
_PLACE = re.compile(r"(?:[^.!?;:]{2,50}[,(/|]\s*|\W*)")
"""Parted from the date by a sign: a sentence that opens with a date says when something happened."""
_DASH = re.compile(r"[\s.)]*(?:\([^()]{1,40}\)\s*)?(?:[–—:]|-\s|/\s?PR\w*\s?/)")

_LONGEST_LABEL = 30
"""Characters of a line that says what the time in the next one is."""


def _stamps(page: Page, line: Line) -> Sequence[Stamp]:
    """The times of a line that gives times and says little more: no sentence, no label of a picture."""
    stamps = page.stamps(line.text)
    if stamps and _is_piece(page, line, stamps[0]):
        return stamps
    if not stamps or "://" in line.text or (line.block.ends_sentence and len(line.text) > 60 and not stamps[0].label):
        return []
    rest = line.text
    for start, end in reversed(places(rest, stamps, page.declared_language)):
        rest = f"{rest[:start]}\0{rest[end:]}"
    rest = _HIJRI.sub(" ", rest)
    behind = _WORD.findall(rest.rpartition("\0")[2]) if line.block.ends_sentence and not stamps[0].label else ()
    if not all(word[0].isupper() for word in behind):
        return []  # a sentence goes on behind the date
    for part in _PARTS.split(rest):
        is_opened = stamps[0].label is not None or part.strip().startswith("\0")
        if "\0" in part and _has_small(part, _MOST_WORDS + 1 if is_opened else 2):
            return []
    return stamps


def _has_small(words: str, most: int) -> bool:
    """Whether some words hold so many that are written small and say nothing of a time: a sentence does."""
    said = [word for word in _WORD.findall(words) if label_of(word) in (None, "other")]
    caseless = sum(not word[0].isupper() and not word[0].islower() for word in said)
    return sum(word[0].islower() for word in said) >= most or caseless >= max(most, _MOST_CASELESS + 1)


def _is_piece(page: Page, line: Line, stamp: Stamp) -> bool:
    """Whether an element of a line holds a time and nothing else."""
    if len(line.pieces) < 2:
        return False
    return any(
        stamp.words in piece and page.stamps(piece)[:1] and len(piece) - len(stamp.words) < 3 for piece in line.pieces
    )


def _is_clock(page: Page, line: Line, stamp: Stamp) -> bool:
    """Whether a time over the headline, and apart from it, is the day of the fetch: the date in a paper's masthead."""
    head = page.head.headline
    if head is None or line.block.number >= head.first or stamp.label or page.head.is_beside_headline(line.block.node):
        return False
    today = page.fetched_at.astimezone(page.zone).date()
    return abs((stamp.moment.local_day() - today).days) <= 1


def _address(page: Page) -> Answers:
    match = _IN_ADDRESS.search(page.document.url)
    return _machine(page, "address", ["-".join(match.groups())] if match else [])
