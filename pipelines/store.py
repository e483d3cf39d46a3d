"""The last stage: one article, one transaction.

What is known of an article is looked up at once, what is to be done is decided on values and written; then
:data:`FOLLOW_UPS` run in their order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector
from twisted.python.failure import Failure

from crawler.article import Outcome, Visit, utc_text
from crawler.site import Site, Sites
from pipelines.archive import ledger, searching, under_way, words
from pipelines.archive.database import ArchiveError, Connection
from pipelines.canonicalise import canonicalise
from pipelines.context import Context, context_of
from pipelines.copies import boilerplate, copies, skeletons
from pipelines.fingerprint import fingerprinted
from pipelines.identity import dating, doubts, keys, merge, recognise, revisits
from pipelines.identity.decide import Alias, Change, Earlier, MakeWay, Merge, New, Reread, decide, write
from pipelines.identity.doubts import Whose
from pipelines.identity.recognise import Known, Match, Row, look_again, look_up
from pipelines.identity.revisits import Policy
from pipelines.record import Record
from pipelines.stories import stories
from pipelines.watching import alerts

_BY_DEFAULT = Policy()
_TELL_OF_COPIES = ("content_hash", "published_at", "wire", "kind")
"""Columns of an article that decide who ran whose text."""


class Store:
    """Writes each item into the archive, and counts its outcome once it is written."""

    def __init__(self, stats: StatsCollector, context: Context):
        self.stats = stats
        self.context = context

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Store:
        """Take the open archive and the site profiles; listen for stages that raise."""
        store = cls(crawler.stats, context_of(crawler))
        crawler.signals.connect(store.failed, signals.item_error)
        return store

    async def failed(self, item: Visit, failure: Failure) -> None:
        """A stage raised at this item: its address has failed and is tried again, and no other one suffers."""
        reason = f"could not be stored: {type(failure.value).__name__}"
        await self.process_item(replace(item, outcome=Outcome.FAILED, reason=reason, article=None))

    async def process_item(self, item: Visit | Record) -> Visit | Record:
        """Store the item. An archive that cannot be written ends the crawl; the item's address then waits still."""
        try:
            await self._keep(item)
        except ArchiveError as error:
            self.context.abort(str(error))
            raise DropItem("not stored", log_level="DEBUG") from error
        return item

    async def close_spider(self) -> None:
        """Decide what was kept apart, now that the crawl has seen all pages that tell whose it is."""
        if self.context.failure is not None:
            return
        context = self.context
        try:
            if not context.archive.read(lambda db: doubts.are_there(db, context.crawl_id)):
                return
            now = context.now()
            for item in await context.archive.write(lambda db: decided(db, context.crawl_id, context.sites, now)):
                await self._keep(item, is_decided=True)
        except ArchiveError as error:  # the next crawl finds it
            self.context.abort(str(error))

    async def _keep(self, item: Visit | Record, *, is_decided: bool = False) -> None:
        context = self.context
        on_behalf = Crawling(context.crawl_id, context.sites, context.policy)
        stored = await context.archive.write(lambda db: keep(db, item, on_behalf, is_decided=is_decided))
        count(self.stats, stored)


def count(stats: StatsCollector, stored: Stored) -> None:
    """Count what became of an item; of a page that is kept apart, that is not known yet."""
    if stored.outcome is Outcome.WAITING:
        return
    stats.inc_value(f"vestnik/outcome/{stored.outcome}/{stored.reason}")
    for field in stored.changed:
        stats.inc_value(f"vestnik/changed/{stored.reason}/{field}")
    if stored.links_resolved:
        stats.inc_value("vestnik/links_resolved", stored.links_resolved)


@dataclass(frozen=True, slots=True)
class Crawling:
    """On whose behalf something is stored: the number of a crawl, the profiles it goes by, when an article is gone."""

    crawl_id: int | None
    sites: Sites
    policy: Policy = _BY_DEFAULT


def keep(db: sqlite3.Connection, item: Visit | Record, crawl: Crawling, *, is_decided: bool = False) -> Stored:
    """Store an item, or keep it apart until the crawl's end where nothing bears it out, unless that is decided.

    To be called inside a transaction.
    """
    if isinstance(item, Visit):
        return _settle(db, item, crawl)
    if not is_decided and _may_be_doubtful(db, item) and (apart := _keep_apart(db, item, crawl)):
        return apart
    visit = item.visit
    _remember(db, visit)
    doubts.drop(db, visit.candidate.url)
    for address in item.addresses:  # whatever led to it, the page is read
        under_way.put_down(db, address.url)
    site = crawl.sites.for_url(visit.fetch.url)
    return store(db, item, site, crawl.crawl_id, crawl.policy, in_crawl=True)


def decided(db: sqlite3.Connection, crawl_id: int | None, sites: Sites, now: datetime) -> list[Visit | Record]:
    """Return what this crawl has kept apart as what it was found to be. To be called inside a transaction."""
    kept = doubts.load(db, crawl_id, sites)
    if not kept:
        return []
    told = doubts.verdicts(db, kept, now)
    return [_as_told(one, told[one.doubt.url], sites) for one in kept]


def _may_be_doubtful(db: sqlite3.Connection, record: Record) -> bool:
    """Return whether it is to be looked up what is stored: for most pages a glance tells that nothing is in doubt."""
    if doubts.may_be_doubtful(record):
        return True
    revisit = record.visit.revisit
    if revisit is None:
        return False
    row = db.execute("select title, text from articles where id = ?", (merge.survivor(db, revisit),)).fetchone()
    return row is not None and doubts.is_strange(record, row)


def _keep_apart(db: sqlite3.Connection, record: Record, crawl: Crawling) -> Stored | None:
    """Keep a page that nothing bears out until the crawl's end; None for one that is to be stored now."""
    visit = record.visit
    if keys.are_forgotten(db, record.identity):  # it must not be kept at all
        return None
    if not doubts.is_doubtful(record, look_up(db, record).article):
        return None
    if not doubts.keep(db, visit, record.article.site, crawl.crawl_id):
        return None
    for address in record.addresses:
        under_way.put_down(db, address.url)
    if visit.revisit is None:
        ledger.set_apart(db, visit, record.article.site, crawl.sites.address_key(visit.candidate.url))
    return Stored(Outcome.WAITING, 0, 0, "pending")


def _settle(db: sqlite3.Connection, visit: Visit, crawl: Crawling) -> Stored:
    """Settle an address that gave no article."""
    site = crawl.sites.for_url(visit.candidate.url)
    under_way.put_down(db, visit.candidate.url)
    doubts.drop(db, visit.candidate.url)
    if visit.revisit is None:
        ledger.settle(db, visit, site.name, site.address_key(visit.candidate.url))
    else:
        _remember(db, visit)
        revisits.settle(db, visit, visit.revisit, crawl.crawl_id, crawl.policy, site)
        alerts.match(db)
    return Stored(visit.outcome, 0, 0, visit.reason or "")


def _as_told(kept: doubts.Kept, whose: Whose, sites: Sites) -> Visit | Record:
    """Return a page that was kept apart as what it was found to be: an article, or none."""
    visit, title = kept.visit, kept.doubt.title
    if whose is Whose.ARTICLES and visit.article is not None:
        return fingerprinted(canonicalise(visit, visit.article, sites))
    if whose is Whose.SITES:
        outcome, reason = Outcome.BLOCKED, f"{ledger.WALL}: {title[:60]}"
    else:
        outcome, reason = Outcome.GONE, f"soft 404: {title[:60]}"
    return replace(visit, outcome=outcome, reason=reason, article=None)


def _remember(db: sqlite3.Connection, visit: Visit) -> None:
    """Keep what the server said of the page, to ask with next time; in the transaction that stores what it said."""
    if visit.validators is not None and visit.outcome is Outcome.STORED:
        ledger.save_validators(db, visit.fetch.url, visit.validators, visit.fetch.at)


# One article: what is known of it, what is to be done, and what follows from that.


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a record.

    ``stored`` without a reason is a new row; with one, ``unchanged`` or ``edited`` and so on, the row was there;
    ``alias`` is an address of it that was not known. ``changed`` are the fields that changed. ``blocked`` is an article
    that must not be kept; it has the number 0.
    """

    outcome: Outcome
    article_id: int
    links_resolved: int
    reason: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """An article as it was just written, for what follows from that."""

    record: Record
    known: Known
    decision: New | Alias | Change
    row: Row
    """The article as it is now."""
    crawl_id: int | None
    in_crawl: bool = False
    """Whether a crawl stores it, which is to end."""

    @property
    def article_id(self) -> int:
        """The article's number."""
        return int(self.row["id"])

    @property
    def is_new(self) -> bool:
        """Whether the article was not there before."""
        return isinstance(self.decision, New)

    @property
    def at(self) -> str:
        """When the page was fetched, as in the archive."""
        return utc_text(self.record.visit.fetch.at)


def store(
    db: sqlite3.Connection,
    record: Record,
    site: Site,
    crawl_id: int | None,
    policy: Policy = _BY_DEFAULT,
    *,
    in_crawl: bool = False,
) -> Stored:
    """Write an article and all that belongs to it, or recognise it as one that is there, changed or not.

    Its story is found at once, or, ``in_crawl``, when that ends. To be called inside a transaction.
    """
    if keys.are_forgotten(db, record.identity):
        ledger.settle_forgotten(db, record.visit.candidate.url)
        return Stored(Outcome.BLOCKED, 0, 0, ledger.REASON)
    record = _cleaned(db, record)
    known = look_up(db, record)
    if known.article is not None and recognise.is_another(record, known):
        keys.oust(db, known.article["id"], known.article["address_key"], utc_text(record.visit.fetch.at))
        known = replace(look_again(db, record, (), is_clear=False), revisited=None)
    record = dating.dated(db, record, known.article)
    while isinstance(decision := decide(record, known, site), Merge | MakeWay):
        known = _clear(db, record, known, decision, site, crawl_id, policy)
    row, links_resolved = write(db, decision, record, known, site, crawl_id)
    written = Written(record, known, decision, row, crawl_id, in_crawl=in_crawl)
    for follow_up in FOLLOW_UPS:
        follow_up(db, written)
    if isinstance(decision, New):
        return Stored(Outcome.STORED, row["id"], links_resolved)
    if isinstance(decision, Alias):
        return Stored(Outcome.ALIAS, row["id"], links_resolved)
    return Stored(Outcome.STORED, row["id"], links_resolved, decision.reason, decision.changed)


def _cleaned(db: sqlite3.Connection, record: Record) -> Record:
    """Return the record without the paragraphs that are its site's own, and with the measures of what is left."""
    return fingerprinted(boilerplate.cleaned(db, fingerprinted(record)))


def reread(db: sqlite3.Connection, record: Record, site: Site) -> Stored | None:
    """Read a stored article anew from the capture that its row names; None where it is no longer that article's.

    Nothing is planned, settled or told: only what was read changes, and what follows from the text. To be called inside
    a transaction.
    """
    record = _cleaned(db, record)
    known = look_up(db, record)
    record = dating.dated(db, record, known.article)
    decision = decide(record, known, site)
    if not isinstance(decision, Reread):
        return None
    row, links_resolved = write(db, decision, record, known, site, None)
    written = Written(record, known, decision, row, None)
    _follow_copies(db, written)
    _place_in_story(db, written)
    return Stored(Outcome.STORED, row["id"], links_resolved, decision.reason, decision.changed)


def _clear(
    db: sqlite3.Connection,
    record: Record,
    known: Known,
    decision: Merge | MakeWay,
    site: Site,
    crawl_id: int | None,
    policy: Policy,
) -> Known:
    """Merge the rows of the article, or take its keys from others. Returns what is known after that."""
    if isinstance(decision, Merge):
        first, *others = decision.matches
        article_id, occasion = first.article_id, merge.Occasion(utc_text(record.visit.fetch.at), crawl_id)
        for other in others:
            article_id = merge.merge(db, article_id, other.article_id, other.reason, occasion)
        return look_again(db, record, (Match(article_id, first.reason),), is_clear=False)
    recognise.make_way(db, record, decision.article_id, site)
    if decision.left is not None:
        reason, now = "redirected to another article", record.visit.fetch.at
        revisits.missing(db, decision.left, reason, crawl_id, now, policy, site)
    return look_again(db, record, known.matches, is_clear=True)


def _learn_forms(db: sqlite3.Connection, written: Written) -> None:
    """Learn which sentences the site fills in again and again; what was taken for a copy until then may be none."""
    if written.is_new and (holders := skeletons.learn(db, written.article_id, written.record)):
        copies.settle(db, holders, copies.Finding(written.at, None, is_news=False))


def _follow_copies(db: sqlite3.Connection, written: Written) -> None:
    """Find who ran whose text; of a known article, where something changed that tells it."""
    decision = written.decision
    if isinstance(decision, New):
        finding = copies.Finding(written.at, written.crawl_id)
        copies.place(db, written.article_id, written.record.measures.bands, finding)
        return
    change = decision.change if isinstance(decision, Alias) else decision
    if any(change.after[name] != change.row[name] for name in _TELL_OF_COPIES):
        finding = copies.Finding(written.at, written.crawl_id, is_news=not isinstance(change, Reread))
        copies.follow(db, written.article_id, change.row["text"], finding)


def _learn_boilerplate(db: sqlite3.Connection, written: Written) -> None:
    """Learn which paragraphs the site repeats."""
    if written.is_new:
        boilerplate.learn(db, written.article_id, written.record)


def _learn_words(db: sqlite3.Connection, written: Written) -> None:
    """Learn which words it has, for a search in any of their forms; of a known article, where its words changed."""
    change = written.decision.change if isinstance(written.decision, Alias) else written.decision
    row = written.row
    if isinstance(change, New) or any(row[name] != change.row[name] for name in searching.FIELDS):
        language = row["language"]
        if not language:
            (language,) = db.execute("select language from sites where name = ?", (row["site"],)).fetchone()
        known = db.words if isinstance(db, Connection) else None
        is_as_read = isinstance(change, New)
        its = written.record.measures.words if is_as_read else words.words_of(row[name] for name in searching.FIELDS)
        words.learn(db, its, language, known)


def _plan_revisit(db: sqlite3.Connection, written: Written) -> None:
    """Plan the next look; the article is there again if it was gone."""
    if not isinstance(written.decision, Earlier):
        revisits.seen(db, written.row, written.crawl_id, written.record.visit.fetch.at)


def _place_in_story(db: sqlite3.Connection, written: Written) -> None:
    """Find the article's story, or let it wait for the end of the crawl."""
    if isinstance(written.decision, Earlier):
        return
    if written.in_crawl:
        stories.put_off(db, written.article_id)
    else:
        stories.place(db, written.article_id, written.at)


def _settle_address(db: sqlite3.Connection, written: Written) -> None:
    """Settle in the ledger the address that was asked for, and those that waited for the same article."""
    if written.known.revisited is None:
        outcome = Outcome.STORED if written.is_new else Outcome.ALIAS
        ledger.settle_article(db, written.record, written.article_id, outcome)


def _match_alerts(db: sqlite3.Connection, _: Written) -> None:
    """Put what happened into the outbox of those who watch for it."""
    alerts.match(db)


FOLLOW_UPS: tuple[Callable[[sqlite3.Connection, Written], None], ...] = (
    _learn_forms,
    _follow_copies,
    _learn_boilerplate,
    _learn_words,
    _plan_revisit,
    _place_in_story,
    _settle_address,
    _match_alerts,
)
"""What follows from an article that was written, in this order: later ones see what earlier ones wrote."""
