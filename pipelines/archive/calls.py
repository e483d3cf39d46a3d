"""What a crawl asks of the archive and tells it: named calls, with values in and values out.

Nobody who makes them sees a connection. So the archive can be a file beside the crawl, as :class:`LocalLedger` has it,
or stand behind another process.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Protocol

from crawler import clock
from crawler.article import Candidate, Validators, utc_text
from crawler.site import Site, Sites
from pipelines.archive import coverage, crawls, ledger, listing_states, pace, under_way, unindexed
from pipelines.archive.ledger import Entry
from pipelines.archive.listing_states import Asked, Known
from pipelines.archive.pace import HostPace
from pipelines.archive.under_way import Suspect
from pipelines.archive.writer import Archive
from pipelines.copies import copies
from pipelines.identity import dating, doubts, idle_params, rekey, revisits
from pipelines.identity.revisits import Revisit
from pipelines.stories import stories
from pipelines.watching import alerts, findings, status, wrong_clock
from pipelines.watching.watches import Watch
from pipelines.watching.wrong_clock import PutRight

_MANY_WAIT = 1_000  # articles of a long crawl, which then do not wait for its end to be placed in stories
_PAUSE = 0.15  # seconds at the most: who waits for SQLite's lock looks every tenth of a second


@dataclass(frozen=True, slots=True)
class Beginning:
    """A crawl that starts. ``is_alone``: whoever started it made sure that no other one of its site and mode runs.

    ``is_afar``: its pages are read on other machines, so that none of them ended the crawl before.
    """

    site: str
    mode: str
    version: str
    at: datetime
    is_alone: bool
    is_afar: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """The number of a crawl, and whether an earlier one of its site and mode was found to have been killed.

    ``suspects`` are addresses that were being read when one was, ``stack`` is where such a crawl stood still.
    """

    crawl_id: int
    found_killed: bool
    suspects: tuple[Suspect, ...] = ()
    stack: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a crawl ended.

    ``figures`` are columns of ``crawls``, ``outcomes`` the count of each (outcome, reason), ``listing_sizes`` how many
    articles each listing named: None where the crawl says nothing of the health of its site. ``passed_by``: suspects
    that it would have come to, where they still mattered: a further page of a section that shows nothing new.
    """

    site: str
    outcome: str
    reason: str
    at: datetime
    figures: Mapping[str, int]
    outcomes: Mapping[tuple[str, str], int]
    listing_sizes: Mapping[str, int] | None = None
    listings: tuple[Asked, ...] = ()
    passed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The address that gave a listing, and what it said of itself, to ask next time whether anything is new."""

    url: str
    validators: Validators


class Ledger(Protocol):
    """The archive as a crawl sees it. What writes is awaited; the rest answers at once. All raise ArchiveError."""

    async def apply_address_rules(self, sites: Sites, now: datetime) -> int:
        """Bring the archive in step with the profiles, and return how many articles were merged.

        Many rows take minutes: they are done in short transactions, with pauses in which other crawls write.
        """

    def is_clock_behind(self, now: datetime) -> bool:
        """Return whether the papers themselves have dated later than ``now`` what was stored."""

    async def put_times_right(self) -> PutRight | None:
        """Put back what a wrong clock has dated in the future; return what that was, None where there is nothing.

        To be called by this machine's clock alone, in short transactions as above.
        """

    async def complete_search(self) -> int:
        """Make what an earlier version stored fit to be searched as today; return how many rows that were.

        It takes hours where there are millions, in short transactions as above; broken off, it goes on the next time.
        """

    async def follow(self, watches: tuple[Watch, ...], *, complete: bool) -> None:
        """Watch for these from now on; where the list is not ``complete``, the others go on."""

    async def begin(self, beginning: Beginning) -> Begun:
        """Open the row of a crawl."""

    async def keep_current(self, crawl_id: int, figures: Mapping[str, int]) -> None:
        """Write the figures of a crawl that is running."""

    async def finish(self, crawl_id: int, ending: Ending) -> None:
        """Find the stories of what a crawl stored, close its row, and compare its site with what is usual there."""

    def listings(self, site: str, urls: Sequence[str]) -> Mapping[str, Known]:
        """Return what is known of a site's listings, and of these addresses, by address; nothing of one that is new."""

    def last_end(self, site: str, mode: str) -> datetime | None:
        """Return when the last crawl ended that came to its end; None where none has."""

    def write_metrics(self, target: Path) -> None:
        """Write the figures of all sites for Prometheus. Raises OSError where the file cannot be written."""

    async def ask(self, entries: tuple[Entry, ...], now: datetime, listing: Answer | None) -> tuple[Candidate, ...]:
        """Write down what was listed, and return what is to be fetched now, in the same order.

        The validators of the listing are saved in the same transaction: from then on it may say "not modified".
        """

    async def take_up(self, url: str, crawl_id: int) -> None:
        """Write down that what an address gave is now read, before it is; storing what came of it ends that."""

    async def put_down(self, url: str) -> None:
        """Write down that it is read, of what is not stored: a listing."""

    def waiting(self, site: str, now: datetime, most: int) -> tuple[Candidate, ...]:
        """Return the addresses of a site that are still, or again, to be fetched, newest first."""

    def doubtful(self, site: str, now: datetime, most: int) -> tuple[Candidate, ...]:
        """Return the addresses of a site whose page gave no article yet, and which are due for another look."""

    def has_news(self, entries: tuple[Entry, ...], since: datetime | None) -> bool:
        """Return whether any of these addresses was unknown until ``since``, the end of the last crawl."""

    def due(self, site: str, now: datetime, most: int) -> tuple[Revisit, ...]:
        """Return the stored articles of a site that are to be looked at again, the latest published first."""

    def begins_so(self, article_id: int, title: str, paragraphs: tuple[str, ...]) -> bool:
        """Return whether a stored article has this title and begins with these paragraphs, and lacks no page."""

    def wanted(self, hosts: tuple[str, ...]) -> tuple[Candidate, ...]:
        """Return what boxes and lists name and nobody fetched, the most wanted first.

        Also what texts link to at these hosts, which are written without ``www.``.
        """

    def undecided(self, site: Site, crawl_id: int | None, sites: Sites, now: datetime) -> str | None:
        """Return the address of a page kept apart, where the site is to be asked for one that cannot exist; or None."""

    async def remember_page(self, site: str, kind: str, words: Sequence[str], now: datetime) -> None:
        """Write down a page of the site's own, as ``pipelines.identity.doubts`` names its kind, by its words."""

    def validators(self, url: str) -> Validators | None:
        """Return what an address answered last time."""

    def seconds(self) -> float:
        """Return the time by which hosts are held, in seconds of the crawl's clock."""

    def pace(self, host: str) -> HostPace:
        """Return what a host wants."""

    async def reserve(self, host: str, delay: float, *, is_first: bool) -> float:
        """Take the next turn at a host, ``delay`` seconds before the one after it; return the seconds until then.

        ``is_first``: the crawl has not asked this host yet, and does not know when others last did.
        """

    async def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long from now on."""

    async def refused(self, host: str, status: int) -> float:
        """Count a refusal of a host that names no time; return how long it rests for it, in seconds, 0 for not yet."""

    async def accepted(self, host: str) -> None:
        """Write down that a host that has refused answers again."""

    async def slow_down(self, host: str, crawl_delay: float) -> None:
        """Write down the seconds that a host wants between two requests; 0 for no wish."""


class LocalLedger:
    """The ledger in a file beside the crawl."""

    def __init__(self, archive: Archive, seconds: Callable[[], float] = clock.seconds):
        """``seconds``: the time by which hosts are held; turns at a host go by the machine's clock, as other crawls."""
        self._archive = archive
        self.seconds = seconds
        self._in_step_with: Sites | None = None

    async def apply_address_rules(self, sites: Sites, now: datetime) -> int:
        """See :class:`Ledger`."""
        if sites is self._in_step_with:  # to compare a thousand profiles at each of their crawls costs more than these
            return 0
        merged = await self._in_steps(lambda db: rekey.steps(db, sites, now))
        self._in_step_with = sites
        return merged

    def is_clock_behind(self, now: datetime) -> bool:
        """See :class:`Ledger`."""
        return self._archive.read(lambda db: wrong_clock.is_behind(db, now))

    async def put_times_right(self) -> PutRight | None:
        """See :class:`Ledger`."""
        until = self._archive.read(lambda db: wrong_clock.farthest(db, clock.now()))
        if until is None:
            return None
        rows = await self._in_steps(lambda db: wrong_clock.steps(db, clock.now))
        return PutRight(rows, until) if rows else None  # else another crawl has put them right meanwhile

    async def complete_search(self) -> int:
        """See :class:`Ledger`."""
        return await self._in_steps(unindexed.steps) if self._archive.read(unindexed.is_any_left) else 0

    async def _in_steps(self, work: Callable[[sqlite3.Connection], Iterator[int]]) -> int:
        """Do much work in short transactions, one for each step; return the sum of what they gave."""
        steps: list[Iterator[int]] = []

        def step(db: sqlite3.Connection) -> int | None:
            if not steps:
                steps.append(work(db))
            return next(steps[0], None)

        done, began = 0, monotonic()
        while (gained := await self._archive.write(step)) is not None:
            done += gained
            await asyncio.sleep(min(monotonic() - began, _PAUSE))
            began = monotonic()
        return done

    async def follow(self, watches: tuple[Watch, ...], *, complete: bool) -> None:
        """See :class:`Ledger`."""
        if not self._archive.read(lambda db: alerts.are_followed(db, watches, complete=complete)):
            await self._archive.write(lambda db: alerts.follow(db, watches, complete=complete))

    async def begin(self, beginning: Beginning) -> Begun:
        """See :class:`Ledger`."""
        site, mode = beginning.site, beginning.mode

        def begin(db: sqlite3.Connection) -> Begun:
            crawl_id = crawls.begin(db, site, mode, beginning.version, beginning.at)
            if not beginning.is_alone:
                return Begun(crawl_id, found_killed=False)
            killed = crawls.mark_killed(db, site, mode, crawl_id)
            for broken_off in killed if not beginning.is_afar else ():
                stack = under_way.take_stack(self._archive.path, broken_off)
                stacks.append(stack)
                under_way.count_end(db, broken_off, beginning.at, stood_still=bool(stack))
            return Begun(crawl_id, bool(killed), under_way.suspects(db, site, beginning.at), "".join(stacks))

        stacks: list[str] = []
        return await self._archive.write(begin)

    async def keep_current(self, crawl_id: int, figures: Mapping[str, int]) -> None:
        """See :class:`Ledger`."""
        await self._archive.write(lambda db: crawls.keep_current(db, crawl_id, figures))
        await self._place_stories(clock.now(), _MANY_WAIT)

    async def finish(self, crawl_id: int, ending: Ending) -> None:
        """See :class:`Ledger`."""

        def finish(db: sqlite3.Connection) -> None:
            under_way.put_all_down(db, crawl_id)
            for url in ending.passed_by:
                under_way.put_down(db, url)
            listing_states.write(db, ending.site, ending.listings, ending.at)
            crawls.finish(db, crawl_id, ending.outcome, ending.reason, ending.at, ending.figures, ending.outcomes)
            alerts.tell_what_was_there(db, ending.site, crawl_id, utc_text(ending.at))
            if ending.listing_sizes is not None:
                findings.examine(db, ending.site, crawl_id, ending.listing_sizes, ending.at)

        if ending.outcome == "done":  # else there is no time for it, and the next crawl does it
            await self._place_stories(ending.at)
        if any(outcome == "stored" for outcome, _ in ending.outcomes):
            await self._archive.write(crawls.refresh_statistics)
            await self._learn_parameters(crawl_id, ending)
        await self._archive.write(finish)

    async def _learn_parameters(self, crawl_id: int, ending: Ending) -> None:
        """See which parameters of addresses select nothing, where something new came under one that has any."""
        found = self._archive.read(lambda db: idle_params.lessons(db, ending.site, crawl_id))
        if found:
            await self._archive.write(lambda db: idle_params.keep(db, found, utc_text(ending.at)))

    async def _place_stories(self, now: datetime, least: int = 1) -> None:
        """Find the stories of the articles that wait for theirs, if they are so many."""
        if self._archive.read(stories.waiting) >= least:
            await self._in_steps(lambda db: stories.steps(db, utc_text(now)))

    def listings(self, site: str, urls: Sequence[str]) -> Mapping[str, Known]:
        """See :class:`Ledger`."""
        return self._archive.read(lambda db: listing_states.known(db, site, urls))

    def last_end(self, site: str, mode: str) -> datetime | None:
        """See :class:`Ledger`."""
        return self._archive.read(lambda db: crawls.last_end(db, site, mode))

    def write_metrics(self, target: Path) -> None:
        """See :class:`Ledger`."""
        self._archive.read(lambda db: status.write(db, target))

    async def ask(self, entries: tuple[Entry, ...], now: datetime, listing: Answer | None) -> tuple[Candidate, ...]:
        """See :class:`Ledger`."""
        if not entries and listing is None:
            return ()

        def note(db: sqlite3.Connection) -> tuple[Candidate, ...]:
            if listing is not None:
                ledger.save_validators(db, listing.url, listing.validators, now)
            wanted = tuple(ledger.note(db, entries, now))
            if dated := dating.date_stored(db, entries):
                copies.settle(db, dated, copies.Finding(utc_text(now), None, is_news=False))
            return wanted

        return await self._archive.write(note)

    async def take_up(self, url: str, crawl_id: int) -> None:
        """See :class:`Ledger`."""
        await self._archive.write(lambda db: under_way.take_up(db, url, crawl_id))

    async def put_down(self, url: str) -> None:
        """See :class:`Ledger`."""
        await self._archive.write(lambda db: under_way.put_down(db, url))

    def waiting(self, site: str, now: datetime, most: int) -> tuple[Candidate, ...]:
        """See :class:`Ledger`."""
        return tuple(self._archive.read(lambda db: ledger.waiting(db, site, now, most)))

    def doubtful(self, site: str, now: datetime, most: int) -> tuple[Candidate, ...]:
        """See :class:`Ledger`."""
        return tuple(self._archive.read(lambda db: ledger.doubtful(db, site, now, most)))

    def has_news(self, entries: tuple[Entry, ...], since: datetime | None) -> bool:
        """See :class:`Ledger`."""
        return self._archive.read(lambda db: ledger.has_news(db, entries, since))

    def due(self, site: str, now: datetime, most: int) -> tuple[Revisit, ...]:
        """See :class:`Ledger`."""
        return tuple(self._archive.read(lambda db: revisits.due(db, site, now, most)))

    def begins_so(self, article_id: int, title: str, paragraphs: tuple[str, ...]) -> bool:
        """See :class:`Ledger`."""
        return self._archive.read(lambda db: revisits.begins_so(db, article_id, title, paragraphs))

    def wanted(self, hosts: tuple[str, ...]) -> tuple[Candidate, ...]:
        """See :class:`Ledger`."""
        return tuple(self._archive.read(lambda db: coverage.wanted(db, hosts)))

    def undecided(self, site: Site, crawl_id: int | None, sites: Sites, now: datetime) -> str | None:
        """See :class:`Ledger`."""
        return self._archive.read(lambda db: doubts.undecided(db, site, crawl_id, sites, now))

    async def remember_page(self, site: str, kind: str, words: Sequence[str], now: datetime) -> None:
        """See :class:`Ledger`."""
        await self._archive.write(lambda db: doubts.remember(db, site, kind, words, now))

    def validators(self, url: str) -> Validators | None:
        """See :class:`Ledger`."""
        return self._archive.read(lambda db: ledger.load(db, url))

    def pace(self, host: str) -> HostPace:
        """See :class:`Ledger`."""
        return self._archive.read(lambda db: pace.of_host(db, host, self.seconds()))

    async def reserve(self, host: str, delay: float, *, is_first: bool) -> float:
        """See :class:`Ledger`."""

        def turn(db: sqlite3.Connection) -> float:
            # Read within the transaction, when the wait for the lock is over; and once, for between two looks at it a
            # clock may be set back by days.
            now = clock.seconds()
            return pace.reserve(db, host, delay, now, is_first=is_first) - now

        return await self._archive.write(turn)

    async def hold(self, host: str, seconds: float) -> None:
        """See :class:`Ledger`."""
        now = self.seconds()
        await self._archive.write(lambda db: pace.hold(db, host, now + seconds, now))

    async def refused(self, host: str, status: int) -> float:
        """See :class:`Ledger`."""
        return await self._archive.write(lambda db: pace.refused(db, host, status, self.seconds()))

    async def accepted(self, host: str) -> None:
        """See :class:`Ledger`."""
        await self._archive.write(lambda db: pace.accepted(db, host))

    async def slow_down(self, host: str, crawl_delay: float) -> None:
        """See :class:`Ledger`."""
        await self._archive.write(lambda db: pace.slow_down(db, host, crawl_delay))
