"""What a crawl did, in a few lines for a person. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crawler.addresses import host_of, is_web_address

_WORDS = {
    "stored": "stored",
    "alias": "other addresses of a stored article",
    "not_article": "not articles",
    "blocked": "blocked",
    "failed": "failed",
    "gone": "gone",
}
_REASONS_SHOWN = 8
_TROUBLES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """The figures of one crawl. ``outcomes`` counts each (outcome, reason); ``troubles`` are (where, what)."""

    site: str
    outcome: str
    reason: str
    seconds: float
    requests: int
    size: int
    listed: int
    links_resolved: int
    outcomes: Mapping[tuple[str, str], int]
    changed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How many articles changed in a field, by (what the change was, field)."""
    troubles: tuple[tuple[str, str], ...] = ()
    database: str = "news.db"
    contact: str | None = ""
    """None where nobody was asked."""

    @property
    def new(self) -> int:
        """How many articles were not in the archive before."""
        return self.outcomes.get(("stored", ""), 0)

    def count(self, outcome: str) -> int:
        """How many addresses ended so, whatever the reason."""
        return sum(n for (one, _), n in self.outcomes.items() if one == outcome)


def summary(report: CrawlReport) -> list[str]:
    """The lines."""
    return list(_lines(report))


def _lines(report: CrawlReport) -> Iterator[str]:
    end = "done" if report.outcome == "done" else f"{report.outcome} ({report.reason})"
    yield f"{report.site}: {end} in {report.seconds:.1f} s, {report.requests} requests, {_size(report.size)}"
    if report.new:
        yield f"  {_many(report.new, 'article')} stored, {_many(report.links_resolved, 'link')} resolved"
    else:
        yield "  nothing new: no article was stored"
    known = {reason: n for (outcome, reason), n in report.outcomes.items() if outcome == "stored" and reason}
    if known:
        yield f"  of those known, {', '.join(f'{n} {reason}' for reason, n in sorted(known.items()))}"
    for meaning in sorted({meaning for meaning, _ in report.changed}):
        fields = sorted(((n, name) for (one, name), n in report.changed.items() if one == meaning), reverse=True)
        yield f"    {meaning}: {', '.join(f'{name} {n}' for n, name in fields)}"
    others = [f"{n} {_WORDS[name]}" for name in _WORDS if name != "stored" and (n := report.count(name))]
    if others:
        yield f"  {', '.join(others)}"
    reasons = sorted(((n, *key) for key, n in report.outcomes.items() if key[1] and key[0] != "stored"), reverse=True)
    for n, outcome, reason in reasons[:_REASONS_SHOWN]:
        yield f"    {n:>4} × {_WORDS[outcome]}: {reason}"
    if len(reasons) > _REASONS_SHOWN:
        yield f"    … and {len(reasons) - _REASONS_SHOWN} more reasons, all in the table candidates"
    troubles = Counter((host_of(where) if is_web_address(where) else where, what) for where, what in report.troubles)
    single = {what: where for where, what in report.troubles}
    for (where, what), n in troubles.most_common(_TROUBLES_SHOWN):
        yield f"  ! {where}: {what} ({n} addresses)" if n > 1 else f"  ! {single[what]}: {what}"
    if len(troubles) > _TROUBLES_SHOWN:
        yield f"  ! … and {len(troubles) - _TROUBLES_SHOWN} more such, all in the log"
    yield f"  the archive: {report.database}    to open it: make serve DATABASE={report.database}"
    if report.contact == "":
        yield "  No contact is named to the sites. Set CONTACT once in crawler/settings.py: a mail address or a page."


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n:,} {what}s"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
