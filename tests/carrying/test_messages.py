"""Messages between machines: read as they were written, today and by every version that says it has the same form."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from crawler.article import Candidate, Measures, Moment, Sentence, Source, Validators, Visit
from crawler.carrying import messages
from crawler.carrying.messages import (
    Began,
    Came,
    Ended,
    Named,
    Pace,
    Paced,
    Page,
    Remembered,
    Result,
    Robots,
    Task,
    read_result,
    read_task,
    write,
)
from crawler.codec import Codec, CodecError
from crawler.profiles import read_profile, write_profile
from pipelines.archive.calls import Answer
from pipelines.archive.listing_states import Asked, Known, State
from pipelines.record import Record
from tests.identity.test_pending import whole
from tests.make import MT, NOW, SITES, record, visit

GOLDEN = Path(__file__).parent.parent / "data" / "messages"
FEED = f"{MT}/rss/news"
CANDIDATE = Candidate(f"{MT}/2024/12/09/ferries-a7", Source.FEED, FEED, "Ferries", NOW, NOW + timedelta(hours=1))
MEASURES = Measures(
    "0f" * 16, (1, 2**63 - 1), {3: -(2**62)}, (Sentence(-5, 2**40, "# ferries sail", 3),), frozenset({"ferries"}),
    {f"{MT}/2024/12/08/fog-a6": "moscowtimes:6"},
)  # fmt: skip
MESSAGES: dict[str, Task | Result] = {
    "task": Task(
        batch="b1", site="velm", extractor="vestnik-5/trafilatura-2.3.1", profile={"name": "velm"}, seconds=160.0,
        related_depth=2, section_pages=3, is_first=True, places=(FEED,),
        pages=(Page(7, CANDIDATE, 1), Page(8, CANDIDATE, 0, 31, True)),
        probe=f"{MT}/x", last_end=NOW, seen=frozenset({1, 2**64 - 1}), pace=1.5,
        states={FEED: Known(FEED, State.UNCHANGED, None, 2, "2024-12-09T12:00:00Z", 20, True, True)},
        validators={FEED: Validators('"a"', None, "00")}, paces={"velm.example": Pace(30.5, 2.0, 1)},
        robots={"https://velm.example": Robots(200, "User-agent: *\nDisallow: /x", 12.5)},
    ),
    "began": Began(batch="b1", site="velm", worker="desk"),
    "came": Came(batch="b1", site="velm", number=7, visit=whole()),
    "measured": Came(batch="b1", site="velm", number=7, visit=replace(whole(), measures=MEASURES)),
    "named": Named(
        batch="b1", site="velm", candidates=(CANDIDATE,), depth=1,
        listing=Answer(FEED, Validators(None, "yesterday", "00")),
    ),
    "paced": Paced(batch="b1", site="velm", host="velm.example", pace=Pace(60.0, 0.0, 2)),
    "remembered": Remembered(batch="b1", site="velm", kind="missing", words=("not", "here")),
    "ended": Ended(
        batch="b1", site="velm", worker="desk", reason="asked to stop",
        listings=(Asked(FEED, "feed", State.READ, None, 20),),
        listing_sizes={FEED: 20}, troubles=((FEED, "cut short"),), figures={"requests": 3}, pace=1.5,
        robots={"https://velm.example": Robots(404, "")},
    ),
}  # fmt: skip


def read(body):
    return (read_task if b'"type":"task"' in body else read_result)(body)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_read_as_it_was_written(name):
    assert read(write(MESSAGES[name])) == MESSAGES[name]


@pytest.mark.parametrize("name", MESSAGES)
def test_the_form_of_messages_is_that_of_their_version(name):
    """What lies in tests/data/messages is never written anew: a field may come on top, with a default. Any other change
    raises VERSION and adds files.
    """
    golden = (GOLDEN / f"{name}-{messages.VERSION}.json").read_bytes()
    assert read(golden) == MESSAGES[name]
    assert holds(json.loads(write(MESSAGES[name])), json.loads(golden))


def holds(one, other):
    """Whether a value has all that another one has, in the same places."""
    if isinstance(other, dict):
        return isinstance(one, dict) and all(name in one and holds(one[name], value) for name, value in other.items())
    if isinstance(other, list):
        return isinstance(one, list) and len(one) == len(other) and all(map(holds, one, other))
    return one == other


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda body: body[:-20], "truncated"),
        (lambda _: b"\x80\x04\x95", "no message"),
        (lambda body: body.replace(b'"outcome":"stored"', b'"outcome":"lost"'), r"Invalid enum value 'lost'.*\$.visit"),
        (lambda body: body.replace(b'"number":7', b'"number":"7"'), r"Expected `int`, got `str`.*\$.number"),
        (lambda body: body.replace(b'"at":"2024-12-09"', b'"at":"2024-13-09"'), "month must be in 1..12"),
        (lambda body: body.replace(b'"type":"came"', b'"type":"gone"'), "Invalid value 'gone'"),
        (lambda body: body.replace(b'"version":1', b'"version":2'), "run the same version on both"),
        (lambda body: body.replace(b'"came"', b'"came"' + b" " * Codec(Visit).most), "expected 33554432 at most"),
    ],
)
def test_what_is_no_message_is_told_in_a_sentence(damage, told):
    with pytest.raises(CodecError, match=told):
        read_result(damage(write(MESSAGES["came"])))


def test_a_field_of_a_later_version_is_overlooked_and_one_that_lacks_has_its_default():
    body = json.loads(write(MESSAGES["ended"]))
    body["weather"] = "fair"
    del body["troubles"]
    assert read_result(json.dumps(body).encode()) == msgspec.structs.replace(MESSAGES["ended"], troubles=())


def test_half_a_character_is_replaced():
    broken = replace(whole(), candidate=replace(whole().candidate, hinted_title="a\ud800b"))
    message = Came(batch="b1", site="velm", number=1, visit=broken)
    read = read_result(write(message))
    assert isinstance(read, Came)
    assert read.visit.candidate.hinted_title == "a\ufffdb"


def test_a_record_comes_back_as_it_was():
    one = record(visit(f"{MT}/2024/12/09/ferries-a7", modified=Moment(date(2024, 12, 9))))
    codec: Codec[Record] = Codec(Record)
    assert codec.decode(codec.encode(one)) == one


def test_every_profile_that_is_shipped_travels():
    for name, site in SITES.by_name.items():
        assert read_profile(json.loads(msgspec.json.encode(write_profile(site))), name) == site
