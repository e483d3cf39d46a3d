"""Whether the watching of a site goes as it always went: pure checks of its last crawl against its own past.

Each site is its own measure: a weekly paper is not ill on Tuesday. Medians and longest gaps are used, because one odd
crawl must not move what is usual. Spidermon was considered: it validates one crawl's items against fixed limits, which
is another question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from pipelines.archive.due import has_happened
from pipelines.archive.listing_states import Known, State

_ENOUGH_RUNS = 5  # earlier crawls, before any of them can be called usual
_ENOUGH_ARTICLES = 20
_ENOUGH_NEWS = 20  # crawls that found something, before their gaps say what silence is usual
_IN_A_ROW = 3  # failed crawls that are no passing outage
_SETTLED = 10  # addresses: of fewer, one failure is a large share
_SHARE, _SHARE_TIMES = 0.25, 3  # of addresses that failed or were blocked: this much, and so much more than usual
_SLOW_TIMES, _SLOW = 4, 600.0  # times the usual duration, and seconds below which nobody minds
_MEMORY_TIMES, _MEMORY = 1.5, 300  # times the usual peak, and megabytes below which nobody minds
_SHRUNK, _LISTED = 1 / 3, 9  # of the usual length of a listing; shorter listings vary too much to judge
_USUALLY, _NOW = 0.8, 0.2  # share of articles with a field: before, and when it has stopped coming
_SHORT = 0.4  # of the usual length of texts
_SILENCE_TIMES, _SILENCE = 1.5, timedelta(hours=12)  # times the longest silence there was, and never sooner than that
_KNOWN_FOR = timedelta(days=14)  # two weekends: before, the longest silence says little …
_UNKNOWN_SILENCE = timedelta(days=3)  # … and only one of so long counts
_STALE_TIMES, _STALE = 4, timedelta(hours=6)  # times the usual time between crawls, and never sooner than that
_UNKNOWN_PAUSE = timedelta(days=7)  # without a crawl, where neither the profile nor two crawls say what is usual
WARNING, CRITICAL = "warning", "critical"


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl: when it began (aware), how long it took (seconds), how it ended, what became of its addresses."""

    at: datetime
    seconds: float
    outcome: str
    reason: str | None = None
    settled: int = 0
    failed: int = 0
    blocked: int = 0
    memory: int = 0
    """Megabytes that it held at most."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What some articles look like: the share (0 to 1) that has each field, and the median of their words."""

    articles: int = 0
    fields: Mapping[str, float] = field(default_factory=dict)
    words: float = 0.0


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of a site. ``runs`` and each listing's lengths are newest first; ``new_at`` is in order.

    ``latest`` are the newest articles, ``usual`` those before them.
    """

    runs: Sequence[Run] = ()
    new_at: Sequence[datetime] = ()
    listings: Mapping[str, Sequence[int]] = field(default_factory=dict)
    latest: Shape = Shape()
    usual: Shape = Shape()
    states: Mapping[str, Known] = field(default_factory=dict)
    """What became of each listing when it was last asked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was. ``kind`` and ``subject`` tell it from others; ``detail`` is a sentence."""

    kind: str
    detail: str
    value: float
    usual: float
    subject: str = ""
    level: str = WARNING


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, and the kinds of findings of which nothing can be said this time: they stay as they are."""

    findings: tuple[Finding, ...]
    undecided: frozenset[str]


@dataclass(frozen=True, slots=True)
class Check:
    """A question to a site's history: the kinds of its findings, whether it can be answered, and the answer."""

    kinds: tuple[str, ...]
    can_tell: Callable[[History], bool]
    find: Callable[[History, datetime], Iterator[Finding]]


def examine(history: History, now: datetime) -> Verdict:
    """Return what is wrong with a site as of its last crawl, which is the first of ``runs``."""
    decided = [check for check in _CHECKS if check.can_tell(history)]
    return Verdict(
        findings=tuple(finding for check in decided for finding in check.find(history, now)),
        undecided=frozenset(kind for check in _CHECKS if check not in decided for kind in check.kinds),
    )


def stale(history: History, now: datetime, longest: timedelta | None = None) -> Iterator[Finding]:
    """Yield that there was no crawl for long: asked when somebody looks, because what does not run cannot tell.

    ``longest`` is the longest time that the site's profile allows between two crawls; None where it does not say. A
    crawl that began in the future says nothing of when it was.
    """
    runs = [run for run in history.runs if has_happened(run.at, now)]
    if history.runs and history.runs[0] not in runs:
        yield Finding(
            "clock", f"the last crawl began at {history.runs[0].at:%Y-%m-%d %H:%M} UTC, which is still to come: the "
            "clock is wrong, or was then", _hours(history.runs[0].at - now), 0, level=CRITICAL,
        )  # fmt: skip
    if not runs:
        return
    since, usual = now - runs[0].at, _usual_pause(runs)
    limits = []  # (how long is too long, what it was measured by, in words)
    if usual is not None:
        limits.append((max(usual * _STALE_TIMES, _STALE), usual, "usually one begins every"))
    if longest is not None:
        limits.append((longest + _STALE, longest, "its profile asks for one at least every"))
    limit, measure, words = min(limits, default=(_UNKNOWN_PAUSE, _UNKNOWN_PAUSE, "one is expected at least every"))
    if since > limit:
        detail = f"the last crawl began {_span(since)} ago; {words} {_span(measure)}"
        yield Finding("not crawled", detail, _hours(since), _hours(measure), level=CRITICAL)


def _usual_pause(runs: Sequence[Run]) -> timedelta | None:
    """Return the usual time between the beginnings of two crawls; None where there was one only."""
    pauses = [(later.at - earlier.at).total_seconds() for later, earlier in pairwise(runs)]
    return timedelta(seconds=median(pauses)) if pauses else None


def _crawls_fail(history: History, _now: datetime) -> Iterator[Finding]:
    """Crawls that come to no good end, one after the other."""
    bad = 0
    for run in history.runs:
        if run.outcome not in ("failed", "killed"):
            break
        bad += 1
    if bad >= _IN_A_ROW:
        last = history.runs[0]
        yield Finding(
            "crawls fail", f"{bad} crawls in a row {last.outcome}: {last.reason or 'the last left no word'}", bad, 0,
            level=CRITICAL,
        )  # fmt: skip


def _addresses_fail(history: History, _now: datetime) -> Iterator[Finding]:
    """Many addresses that cannot be had, or that the site does not let us have."""
    counts: dict[str, Callable[[Run], int]] = {"failed": lambda run: run.failed, "blocked": lambda run: run.blocked}
    earlier = [run for run in history.runs[1:] if run.settled]
    for name, count in counts.items():
        share = count(history.runs[0]) / history.runs[0].settled
        usual = median([count(run) / run.settled for run in earlier] or [0.0])
        if share >= _SHARE and share >= usual * _SHARE_TIMES:
            detail = f"{share:.0%} of {history.runs[0].settled} addresses {name}; usually {usual:.0%}"
            yield Finding(f"addresses {name}", detail, share, usual)


def _costs(history: History, _now: datetime) -> Iterator[Finding]:
    """A crawl that takes far longer, or far more memory, than it used to."""
    last, *earlier = (run for run in history.runs if run.outcome == "done")
    seconds, memory = (median(getattr(run, name) for run in earlier) for name in ("seconds", "memory"))
    if last.seconds > max(seconds * _SLOW_TIMES, _SLOW):
        yield Finding("slow", f"took {last.seconds:,.0f} s; usually {seconds:,.0f} s", last.seconds, seconds)
    if last.memory > max(memory * _MEMORY_TIMES, _MEMORY):
        yield Finding("memory", f"held {last.memory:,} MB; usually {memory:,.0f} MB", last.memory, memory)


def _silence(history: History, now: datetime) -> Iterator[Finding]:
    """No new article for longer than this site was ever silent."""
    since = now - history.new_at[-1]
    longest = max(later - earlier for earlier, later in pairwise(history.new_at))
    known = history.new_at[-1] - history.new_at[0]
    limit = max(longest * _SILENCE_TIMES, _SILENCE if known >= _KNOWN_FOR else _UNKNOWN_SILENCE)
    if since > limit:
        detail = f"no new article for {_span(since)}; the longest silence before was {_span(longest)}"
        yield Finding("silence", detail, _hours(since), _hours(longest))


def _listings_shrink(history: History, _now: datetime) -> Iterator[Finding]:
    """A feed, news sitemap or section page that names far fewer articles than it used to."""
    for url, (last, *earlier) in history.listings.items():
        usual = median(list(filter(None, earlier)) or [0]) if len(earlier) >= _ENOUGH_RUNS else 0  # an empty one is ill
        if usual > _LISTED and last < usual * _SHRUNK:
            level = WARNING if last else CRITICAL
            yield Finding("listing", f"{url} names {last} articles; usually {usual:.0f}", last, usual, url, level)


def _listings_fail(history: History, _now: datetime) -> Iterator[Finding]:
    """A listing that cannot be had, or names nothing any more, while others go on."""
    for url, known in history.states.items():
        if known.in_a_row < _IN_A_ROW:
            continue
        since = f"{known.in_a_row} times in a row, since {known.since}"
        if known.state is State.FAILED:
            yield Finding("listing failed", f"{url} failed {since}: {known.reason}", known.in_a_row, 0, url)
        elif known.state is State.EMPTY and known.has_named and max(history.listings.get(url, (0,))) <= _LISTED:
            yield Finding("listing empty", f"{url} names nothing, {since}", known.in_a_row, 0, url)
        elif known.state is State.TOO_LARGE:
            yield Finding("listing too large", f"{url} is {known.reason}, {since}", known.in_a_row, 0, url)


def _never_worked(history: History, _now: datetime) -> Iterator[Finding]:
    """A site of which no crawl ever came to its end: whoever added it looks at it now, and not in a week."""
    if history.runs[0].outcome == "failed" and all(run.outcome != "done" for run in history.runs):
        yield Finding("never worked", f"no crawl of it has come to its end yet: {history.runs[0].reason}", 0, 0)


def _fields_stop(history: History, _now: datetime) -> Iterator[Finding]:
    """A field that nearly all articles had and nearly none has now: the site was laid out anew."""
    for name, usual in history.usual.fields.items():
        share = history.latest.fields.get(name, 0.0)
        if usual >= _USUALLY and share <= _NOW:
            detail = f"{share:.0%} of the last {history.latest.articles} articles have {name}; usually {usual:.0%}"
            yield Finding("field", detail, share, usual, name)


def _texts_shrink(history: History, _now: datetime) -> Iterator[Finding]:
    """Texts that are suddenly short: a paywall, or a layout whose text we do not find."""
    words, usual = history.latest.words, history.usual.words
    if words < usual * _SHORT:
        detail = f"the last {history.latest.articles} articles have {words:.0f} words (median); usually {usual:.0f}"
        yield Finding("short texts", detail, words, usual)


def _always(_history: History) -> bool:
    return True


def _came_to_its_end(history: History) -> bool:
    """Return whether the last crawl did: one that failed tells of its listings itself."""
    return bool(history.runs) and history.runs[0].outcome == "done"


def _has_run(history: History) -> bool:
    return bool(history.runs)


def _has_settled(history: History) -> bool:
    return len(history.runs) > _ENOUGH_RUNS and history.runs[0].settled >= _SETTLED


def _is_done(history: History) -> bool:
    """Return whether the last crawl came to its end, after enough that did."""
    done = [run for run in history.runs if run.outcome == "done"]
    return len(done) > _ENOUGH_RUNS and done[0] is history.runs[0]


def _has_listened(history: History) -> bool:
    return len(history.new_at) >= _ENOUGH_NEWS and bool(history.runs) and history.runs[0].outcome == "done"


def _has_shapes(history: History) -> bool:
    return min(history.latest.articles, history.usual.articles) >= _ENOUGH_ARTICLES


_CHECKS = (
    Check(("crawls fail",), _always, _crawls_fail),
    Check(("addresses failed", "addresses blocked"), _has_settled, _addresses_fail),
    Check(("slow", "memory"), _is_done, _costs),
    Check(("silence",), _has_listened, _silence),
    Check(("listing",), _always, _listings_shrink),
    Check(("listing failed", "listing empty", "listing too large"), _came_to_its_end, _listings_fail),
    Check(("never worked",), _has_run, _never_worked),
    Check(("field",), _has_shapes, _fields_stop),
    Check(("short texts",), _has_shapes, _texts_shrink),
)


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)


def _span(span: timedelta) -> str:
    """Return ``3 days``, ``14 hours``, ``20 minutes``."""
    for unit, name in ((timedelta(days=1), "days"), (timedelta(hours=1), "hours")):
        if span >= unit * 2:
            return f"{span // unit} {name}"
    return f"{span // timedelta(minutes=1)} minutes"
