"""What is known of the watching of a site, and what may be found wrong with it. Values; the checks stand beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

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

    found: tuple[Finding, ...]
    untold: frozenset[str]
