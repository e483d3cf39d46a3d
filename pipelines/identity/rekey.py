"""When the rules for addresses change: a profile is added or altered, or our own rules are.

A site's rows are then given the keys that the rules of today make, and rows whose keys coincide are merged. That is
done in short steps, so that other crawls can write in between. What a step finds in order it leaves as it is, and the
rules' fingerprint is written last: killed between two steps, it starts again at the next crawl and loses nothing. Where
nothing changed it costs one look-up.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.article import utc_text, utc_time
from crawler.site import Site, Sites
from pipelines.archive import rows
from pipelines.archive.database import ROWS
from pipelines.copies import copies
from pipelines.identity import keys, merge
from pipelines.identity.recognise import Face, is_same

RULES = "4"
"""Version of the address rules that hold for all sites; to be raised when ``crawler.addresses`` makes other keys."""
_EVERYWHERE = ""
_REASON = "the same key by the site's profile"
PARKED = "\1"
"""Begins the key of an article that is on its way to another one, so that it stands in nobody's way."""
_ENDS = "#/:?~"
"""What may follow the host or the site's name in a key."""
_LAST = chr(0x10FFFF)


def steps(db: sqlite3.Connection, sites: Sites, now: datetime, most: int = ROWS) -> Iterator[int]:
    """Bring the archive's keys in step with the profiles. Yields how many articles each step merged.

    Each ``next()`` is one step of about ``most`` rows at most, and to be called inside a transaction of its own. A
    profile that is not loaded any more leaves its rows as they are.
    """
    changed = _changed(db, sites)
    if not changed:
        return
    at = utc_text(now)
    if scope := _scope(db, sites, changed):
        yield from _apply(db, sites, scope, merge.Occasion(at), most)
    for (name,) in db.execute("select name from sites").fetchall():
        rows.forget_empty(db, name)
    db.executemany(
        "insert into _address_rules(site, fingerprint, at) values (?, ?, ?)"
        " on conflict(site) do update set fingerprint = excluded.fingerprint, at = excluded.at",
        [(name, rules, at) for name, rules in changed.items()],
    )
    yield 0


def rekey(db: sqlite3.Connection, sites: Sites, now: datetime) -> int:
    """Take all steps at once, inside one transaction: for an archive that nobody else writes to."""
    return sum(steps(db, sites, now))


def _changed(db: sqlite3.Connection, sites: Sites) -> dict[str, str]:
    """Return the fingerprints that the archive does not know, by the name of the site."""
    known = dict(map(tuple, db.execute("select site, fingerprint from _address_rules")))
    today = {_EVERYWHERE: RULES} | dict(sites.address_rules())
    return {name: rules for name, rules in today.items() if known.get(name) != rules}


def _scope(db: sqlite3.Connection, sites: Sites, changed: Iterable[str]) -> Scope | None:
    """Return what may be of the sites that have changed, all at once: a release may bring 200 profiles.

    None for a new archive: it has no rows to look at, and then no profile is read.
    """
    tables = ("candidates", "article_urls", "links")
    if not any(db.execute(f"select exists(select 1 from {table})").fetchone()[0] for table in tables):
        return None
    return Scope() if _EVERYWHERE in changed else Scope.of(*filter(None, map(sites.named, changed)))


def _apply(db: sqlite3.Connection, sites: Sites, scope: Scope, occasion: merge.Occasion, most: int) -> Iterator[int]:
    """Make the keys of a scope anew: of articles before links look for targets, of links before articles merge."""
    for _ in candidates(db, sites, scope, most):
        yield 0
    for _ in tombstones(db, sites, scope, most):
        yield 0
    articles: list[int] = []
    for held in hold_all(db, sites, scope, most):
        articles += held
        yield 0
    for _ in links(db, sites, scope, most):
        yield 0
    yield from move(db, sites, articles, occasion, most)
    for _ in settle_keys(db, articles, most):
        yield 0


# Which rows a step looks at.


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows to look at: those whose key begins with one of these names; None is all rows."""

    names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, *sites: Site) -> Scope:
        """What may be these sites', whether their profiles are new or altered."""
        return cls(tuple(dict.fromkeys(name for site in sites for name in (site.name, *sorted(site.bare_keys)))))

    def pages(
        self, db: sqlite3.Connection, table: str, columns: str, order: str, most: int
    ) -> Iterator[list[sqlite3.Row]]:
        """The rows of a table in scope, so many at a time or little more, by ranges of its index on ``address_key``.

        ``order`` is the column that ends that index. Rows may be given other keys meanwhile; they may come twice then.
        Few rows of many ranges are one page: each costs a pause, and a release may bring 200 profiles.
        """
        page: list[sqlite3.Row] = []
        for low, high in self._ranges():
            last: tuple[str, object] = (low, "" if order == "url" else -1)
            while rows := db.execute(
                f"select {columns}, address_key, {order} from {table} where address_key >= ? and address_key < ?"
                f" and (address_key, {order}) > (?, ?) order by address_key, {order} limit ?",
                (low, high, *last, most),
            ).fetchall():
                last = rows[-1]["address_key"], rows[-1][order]
                page += rows
                if len(page) >= most:
                    yield page
                    page = []
        if page:
            yield page

    def _ranges(self) -> Iterator[tuple[str, str]]:
        if self.names is None:
            yield "", _LAST
            return
        yield PARKED, chr(ord(PARKED) + 1)
        for name in self.names:
            yield name, f"{name}\0"
            yield from ((name + end, name + chr(ord(end) + 1)) for end in _ENDS)


def _batches(of: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    return (of[start : start + most] for start in range(0, len(of), most))


# New keys for rows that have an address: the ledger, all keys of an article, links. Each ``next()`` is one step.


def candidates(db: sqlite3.Connection, sites: Sites, scope: Scope, most: int) -> Iterator[None]:
    """New keys and sites for the ledger."""
    for page in scope.pages(db, "candidates", "site", "url", most):
        moved = []
        for row in page:
            now = (sites.for_url(row["url"]).name, sites.address_key(row["url"]))
            if now != (row["site"], row["address_key"]):
                moved.append((*now, row["url"]))
        db.executemany("update candidates set site = ?, address_key = ? where url = ?", moved)
        yield


def tombstones(db: sqlite3.Connection, sites: Sites, scope: Scope, most: int) -> Iterator[None]:
    """Further keys for what was forgotten under an address: it must not come back under the one that this has now."""
    for page in scope.pages(db, "forgotten", "forgotten_at, reason", "address_key", most):
        for at, reason, key, _ in page:
            if "/" in key and (today := _key(sites, f"https://{key}", key)) != key:
                keys.forget(db, [today], reason, at)
        yield


def hold_all(db: sqlite3.Connection, sites: Sites, scope: Scope, most: int) -> Iterator[list[int]]:
    """Make the keys of all articles anew to which an address in scope leads, or that are kept under one. Yields
    the articles.

    What led to an article by a key that it loses here finds another or none. What leads to it by one that it gains is
    left to whoever settles the keys, once all have theirs: until then a key may seem to have two holders.
    """
    seen: set[int] = set()
    for table, column, order in (("article_urls", "article_id", "url"), ("articles", "id", "id")):
        for page in scope.pages(db, table, column, order, most):
            fresh = sorted({row[0] for row in page} - seen)
            seen.update(fresh)
            lost = [hold(db, sites, article_id) for article_id in fresh]
            keys.resolve(db, sorted(set().union(*lost)))
            yield fresh


def hold(db: sqlite3.Connection, sites: Sites, article_id: int) -> set[str]:
    """Make an article's keys anew from all addresses that led to it. Returns those that it lost."""
    before = dict(
        map(tuple, db.execute("select address_key, proof from _address_keys where article_id = ?", (article_id,)))
    )
    after: dict[str, int] = defaultdict(int)
    if _is_ousted(db, article_id):
        after |= before
    urls = db.execute("select url, address_key from article_urls where article_id = ?", (article_id,)).fetchall()
    for url, key in urls:
        site, today = sites.for_url(url), sites.address_key(url)
        if today != key:
            db.execute("update article_urls set address_key = ? where url = ?", (today, url))
        after[today] = max(after[today], before.get(key, keys.ANSWERED))
        if slug := site.slug_key(url):
            after[slug] = max(after[slug], keys.LED)
        if main := site.main_key(url):
            after[main] = max(after[main], keys.CLAIMED)
    if before == after:
        return set()
    db.execute("delete from _address_keys where article_id = ?", (article_id,))
    db.executemany(
        "insert into _address_keys(address_key, article_id, proof) values (?, ?, ?)",
        [(key, article_id, proof) for key, proof in after.items()],
    )
    return before.keys() - after.keys()


def _is_ousted(db: sqlite3.Connection, article_id: int) -> bool:
    """Return whether another article stands at the address of one: its keys come from no address any more."""
    (key,) = db.execute("select address_key from articles where id = ?", (article_id,)).fetchone()
    was, _, _ = key.rpartition(keys.OUSTED)
    return was != "" and keys.kept_under(db, was) is not None


def links(db: sqlite3.Connection, sites: Sites, scope: Scope, most: int) -> Iterator[None]:
    """New keys for links, and the targets that these lead to; of an article all at once, for their count is by key."""
    for page in scope.pages(db, "links", "article_id, href", "id", most):
        stale: set[str] = set()
        moved = {
            row["article_id"] for row in page if _key(sites, row["href"], row["address_key"]) != row["address_key"]
        }
        for article_id in sorted(moved):
            renamed = {}
            for link_id, href, key in db.execute(
                "select id, href, address_key from links where article_id = ?", (article_id,)
            ):
                if (now := _key(sites, href, key)) != key:
                    renamed[link_id] = now
                    stale |= {now, key}
            _renumber(db, article_id, renamed)
        keys.resolve(db, sorted(stale))
        yield


def _key(sites: Sites, href: str, otherwise: str) -> str:
    try:
        return sites.address_key(href)
    except ValueError:
        return otherwise


def _renumber(db: sqlite3.Connection, article_id: int, renamed: dict[int, str]) -> None:
    """Give links their new keys and how-many-ths. Those of one key that were never seen at once are one link."""
    groups: dict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
    for row in db.execute(
        "select id, kind, address_key, first_seen_at, last_seen_at from links where article_id = ?"
        " order by last_seen_at desc, nth, id",
        (article_id,),
    ).fetchall():
        groups[row["kind"], renamed.get(row["id"], row["address_key"])].append(row)
    placed, doubled = [], []
    for (_, key), group in groups.items():
        if not any(row["id"] in renamed for row in group):
            continue
        counts: dict[str, int] = defaultdict(int)
        first_seen: dict[int, tuple[int, str]] = {}
        for row in group:
            nth = counts[row["last_seen_at"]]
            counts[row["last_seen_at"]] += 1
            if nth in first_seen:
                kept, seen = first_seen[nth]
                first_seen[nth] = kept, min(seen, row["first_seen_at"])
                doubled.append((row["id"],))
            else:
                first_seen[nth] = row["id"], row["first_seen_at"]
        placed += [(key, nth, seen, link_id) for nth, (link_id, seen) in first_seen.items()]
    db.executemany("delete from links where id = ?", doubled)
    # Out of the way first: two links may change places.
    db.executemany("update links set nth = -id where id = ?", [place[-1:] for place in placed])
    db.executemany("update links set address_key = ?, nth = ?, first_seen_at = ? where id = ?", placed)


# New keys and sites for articles, and merging of those that turn out to be one. Each ``next()`` is one step.


def move(
    db: sqlite3.Connection, sites: Sites, article_ids: Sequence[int], occasion: merge.Occasion, most: int
) -> Iterator[int]:
    """Give articles the sites and keys that today's rules make of their addresses. Yields how many a step merged.

    Their lists of keys must be made anew before. Rows with one key are merged where a page of each has answered under
    it; where one only claims it, or it is a slug on a site that has numbers, text, title and time have to agree. So
    have they where the site's keys leave out what by evidence alone selects nothing.
    """
    answered: list[int] = []
    others: list[int] = []
    for some in _batches(article_ids, most):
        for article_id in some:
            due = _due(db, sites, article_id)
            if due is not None:
                (answered if keys.has_answered(db, article_id, due) else others).append(article_id)
        yield 0
    # Out of the way first: one may get the key that another still has. And whoever answered under a key has it first.
    for some in _batches(answered + others, most):
        db.executemany(
            "update articles set address_key = ? || id where id = ?", [(PARKED, article_id) for article_id in some]
        )
        yield 0
    for some in _batches(answered + others, most):
        yield sum(_place(db, sites, article_id, occasion) for article_id in some)
    for some in _batches(article_ids, most):
        _settle_sites(db, sites, some, occasion)
        yield 0


def _due(db: sqlite3.Connection, sites: Sites, article_id: int) -> str | None:
    """Return the key that an article should be kept under, if it is not."""
    row = db.execute("select site, url, address_key from articles where id = ?", (article_id,)).fetchone()
    if row is None:  # merged meanwhile, by another crawl
        return None
    site = sites.for_url(row["url"])
    key = site.address_key(row["url"])
    if _is_ousted(db, article_id):
        return None
    return None if (site.name, key) == (row["site"], row["address_key"]) else key


def _place(db: sqlite3.Connection, sites: Sites, article_id: int, occasion: merge.Occasion) -> bool:
    """Keep an article under its new key. Returns whether it was merged with the one that has it."""
    row = db.execute("select url from articles where id = ?", (article_id,)).fetchone()
    if row is None:
        return False
    (url,) = row
    site, key = sites.for_url(url), sites.address_key(url)
    other = keys.kept_under(db, key)
    if other is None:
        db.execute("update articles set address_key = ? where id = ?", (key, article_id))
        return False
    if _are_one(db, article_id, other, key, site):
        (latest,) = db.execute(
            "select url from articles where id in (?, ?) order by last_checked_at desc, id limit 1", (article_id, other)
        ).fetchone()
        into = merge.merge(db, article_id, other, _REASON, occasion)
        db.execute("update articles set url = ?, address_key = ? where id = ?", (latest, key, into))
        return True
    if keys.has_answered(db, article_id, key) or not keys.fall_back(db, article_id, site):
        spelt = Site.without_profile(site.name).address_key(url)
        db.execute("update or ignore articles set address_key = ? where id = ?", (spelt, article_id))
    return False


def _are_one(db: sqlite3.Connection, one: int, other: int, key: str, site: Site) -> bool:
    is_guess = key.startswith(f"{site.name}~") and site.has_numbers
    is_learned = site.idle_params and not keys.is_of_pattern(key, site.name)
    if not is_guess and not is_learned and all(keys.has_answered(db, article_id, key) for article_id in (one, other)):
        return True
    faces = db.execute("select title, published_at, text from articles where id in (?, ?)", (one, other)).fetchall()
    return is_same(*(Face(None if is_guess else row[0], row[1], row[2]) for row in faces))


def _change_site(db: sqlite3.Connection, article_id: int, old: str, site: Site) -> None:
    rows.keep(db, site)
    rows.update(db, article_id, {"site": site.name})
    for author_id, name in db.execute(
        "select id, name from authors join article_authors on author_id = id where article_id = ? and site <> ?",
        (article_id, site.name),
    ).fetchall():
        db.execute("insert into authors(site, name) values (?, ?) on conflict do nothing", (site.name, name))
        db.execute(
            "update article_authors set author_id = (select id from authors where site = ? and name = ?)"
            " where article_id = ? and author_id = ?",
            (site.name, name, article_id, author_id),
        )
    moved = (site.name, article_id, old)
    for table in ("_paragraphs", "_sentences"):
        db.execute(f"update or ignore {table} set site = ? where article_id = ? and site = ?", moved)
    db.execute(
        "insert into _boilerplate select ?, fingerprint, text, first_seen_at, last_seen_at from _boilerplate"
        " where site = ? on conflict do nothing",
        (site.name, old),
    )
    db.execute(
        "insert into _skeletons select ?, skeleton, pattern, first_seen_at, last_seen_at from _skeletons"
        " where site = ? on conflict do nothing",
        (site.name, old),
    )


def _month(at: str, timezone: str) -> str:
    """Return the month, as :func:`pipelines.archive.fields.month`, of a time or a plain date as the archive has it."""
    return utc_time(at).astimezone(ZoneInfo(timezone)).strftime("%Y-%m") if "T" in at else at[:7]


def _settle_sites(db: sqlite3.Connection, sites: Sites, article_ids: Iterable[int], occasion: merge.Occasion) -> None:
    """Give articles the months of their site; and its name, which may make of a copy a repost, or the reverse."""
    moved = []
    for article_id in article_ids:
        row = db.execute("select site, url, published_at, month from articles where id = ?", (article_id,)).fetchone()
        if row is None:
            continue
        site = sites.for_url(row["url"])
        if site.name != row["site"]:
            _change_site(db, article_id, row["site"], site)
            moved.append(article_id)
        if row["published_at"] and (month := _month(row["published_at"], site.timezone)) != row["month"]:
            rows.update(db, article_id, {"month": month})
    copies.settle_with_dependents(db, moved, copies.Finding(occasion.at, occasion.crawl_id, is_news=False))


def settle_keys(db: sqlite3.Connection, article_ids: Sequence[int], most: int) -> Iterator[None]:
    """Take from articles the keys under which others are kept, and let what leads to the rest find them.

    Looked for are links and aliases that lead elsewhere, not what an earlier step changed: that may have been killed.
    """
    for some in _batches(article_ids, most):
        stale: set[str] = set()
        for article_id in sorted({merge.survivor(db, article_id) for article_id in some}):
            taken = db.execute(
                "select address_key from _address_keys where article_id = :id"
                " and address_key in (select address_key from articles where id <> :id)",
                {"id": article_id},
            ).fetchall()
            db.executemany(
                "delete from _address_keys where article_id = ? and address_key = ?",
                [(article_id, key) for (key,) in taken],
            )
            stale |= {key for (key,) in taken} | _leading_elsewhere(db, article_id)
        keys.resolve(db, sorted(stale))
        yield


def _leading_elsewhere(db: sqlite3.Connection, article_id: int) -> set[str]:
    """Return the article's keys of which a link or an alias leads to another article, or to none."""
    leading = db.execute(
        "select k.address_key from _address_keys k join links l on l.address_key = k.address_key"
        " where k.article_id = :id and l.target_id is not :id union"
        " select k.address_key from _address_keys k join candidates c on c.address_key = k.address_key"
        " where k.article_id = :id and c.outcome = 'alias' and c.article_id is not :id",
        {"id": article_id},
    )
    return {row[0] for row in leading}
