"""The keys of articles: which article a key or an address leads to, on what evidence, who has to give one up, and
which no article may have.

To be called inside a transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crawler.article import utc_text
from crawler.site import Site
from pipelines.record import Record

ANSWERED = 2
"""A page answered under an address with this key."""
LED = 1
"""A redirect or a listing led from there to the article, or only another form of its page answered."""
CLAIMED = 0
"""The article only says that the address is its own."""
OUSTED = "@"
"""Stands in the key of an article at whose address another one is now, before the time when that was found."""
_MOST_CLAIMANTS = 2
"""More would say no more than that all are wrong."""


def is_of_pattern(key: str, site: str) -> bool:
    """Return whether a key is a site's number or words for an article, not the address that other pages are kept by."""
    return key.startswith((f"{site}:", f"{site}~"))


@dataclass(frozen=True, slots=True)
class Holder:
    """An article that holds a key, and on what evidence. ``is_own`` where it is kept under that key."""

    article_id: int
    proof: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds one key: ``owner`` is the article kept under it, ``proofs`` are those of all holders by article."""

    owner: int | None = None
    proofs: Mapping[int, int] = field(default_factory=dict)

    @property
    def sole(self) -> int | None:
        """The one article that holds the key; None where none does, or several do: then only a redirect can tell.

        Those that only claim it count where nobody holds it with better right.
        """
        proven = [article_id for article_id, proof in self.proofs.items() if proof > CLAIMED]
        some = proven or list(self.proofs)
        return some[0] if len(some) == 1 else None

    @property
    def holder(self) -> Holder | None:
        """Who is kept under the key, else the one article that holds it; None where none does, or several do."""
        if self.owner is not None:
            return Holder(self.owner, self.proofs.get(self.owner, ANSWERED), is_own=True)
        return None if self.sole is None else Holder(self.sole, self.proofs[self.sole], is_own=False)

    @property
    def holders(self) -> list[Holder]:
        """As :attr:`holder`; where nobody holds the key with better right, all that claim it."""
        if self.holder is not None:
            return [self.holder]
        if any(proof > CLAIMED for proof in self.proofs.values()):
            return []
        return [Holder(article_id, proof, is_own=False) for article_id, proof in sorted(self.proofs.items())]

    def is_held_by_another(self, article_id: int | None) -> bool:
        """Return whether any other article holds the key, with whatever right."""
        return any(other != article_id for other in self.proofs)

    def may_be_given(self, article_id: int | None, proof: int) -> bool:
        """Return whether an article is to hold the key on this evidence: nobody else is kept under it, and the article
        does not hold it with as good a right.
        """
        if self.owner not in (None, article_id):
            return False
        known = None if article_id is None else self.proofs.get(article_id)
        if known is not None:
            return known < proof
        return proof > CLAIMED or sum(other == CLAIMED for other in self.proofs.values()) < _MOST_CLAIMANTS


NOBODY = Held()


def holders(db: sqlite3.Connection, keys: Iterable[str]) -> dict[str, Held]:
    """Return who holds each of these keys."""
    asked = list(dict.fromkeys(keys))
    owners = dict(
        db.execute(
            "select address_key, id from articles where address_key in (select value from json_each(?))",
            (json.dumps(asked),),
        ).fetchall()
    )
    return {key: Held(owners.get(key), proofs) for key, proofs in _proofs(db, asked).items()}


def _proofs(db: sqlite3.Connection, keys: Iterable[str]) -> dict[str, dict[int, int]]:
    proofs: dict[str, dict[int, int]] = {key: {} for key in keys}
    for key, article_id, proof in db.execute(
        "select address_key, article_id, proof from _address_keys"
        " where address_key in (select value from json_each(?)) order by address_key, article_id",
        (json.dumps(list(proofs)),),
    ):
        proofs[key][article_id] = proof
    return proofs


def kept_under(db: sqlite3.Connection, key: str) -> int | None:
    """Return the article whose own key this is."""
    row = db.execute("select id from articles where address_key = ?", (key,)).fetchone()
    return None if row is None else int(row[0])


def target(db: sqlite3.Connection, key: str) -> int | None:
    """Return the one article that a key leads to, as :attr:`Held.sole`."""
    return Held(None, _proofs(db, [key])[key]).sole


def has_answered(db: sqlite3.Connection, article_id: int, key: str) -> bool:
    """Return whether a page of the article has answered under an address with this key."""
    return _proofs(db, [key])[key].get(article_id) == ANSWERED


def add(db: sqlite3.Connection, article_id: int, proofs: Mapping[str, int]) -> None:
    """Let an article hold these keys on this evidence, or the better one where it holds them."""
    db.executemany(
        "insert into _address_keys(address_key, article_id, proof) values (?, ?, ?)"
        " on conflict do update set proof = max(proof, excluded.proof)",
        [(key, article_id, proof) for key, proof in proofs.items()],
    )


def disprove(db: sqlite3.Connection, key: str, rightful: int | None, most: int, site: Site) -> None:
    """Take a key from all but its rightful holder whose proof is at ``most`` this."""
    for (article_id,) in db.execute(
        "select article_id from _address_keys where address_key = ? and proof <= ? and article_id is not ?",
        (key, most, rightful),
    ).fetchall():
        give_up(db, article_id, key, site)
        db.execute("delete from _address_keys where address_key = ? and article_id = ?", (key, article_id))


def give_up(db: sqlite3.Connection, article_id: int, key: str, site: Site) -> None:
    """Let an article no longer have an address that it only claims, or claims with others, nor be kept under it."""
    db.execute("delete from article_urls where article_id = ? and address_key = ?", (article_id, key))
    (own,) = db.execute("select address_key from articles where id = ?", (article_id,)).fetchone()
    if own == key:
        fall_back(db, article_id, site)


def oust(db: sqlite3.Connection, article_id: int, key: str, at: str) -> None:
    """Let another article have the address that one is kept under, whose page it has answered until ``at``.

    The old one keeps its text, and a key of its own that no address has. The key is ambiguous from then on: both hold
    it. What listings said of the address was of the old one.
    """
    own = f"{key}{OUSTED}{at}"
    db.execute(
        "update articles set address_key = ?, status = 'gone', gone_at = ?, next_check_at = null,"
        " gone_reason = 'another article stands at its address' where id = ?",
        (own, at, article_id),
    )
    add(db, article_id, {own: LED})
    db.execute("delete from article_urls where article_id = ? and address_key = ?", (article_id, key))
    db.execute("delete from _absences where article_id = ?", (article_id,))
    db.execute(
        "update candidates set was_there = 0, hinted_title = null, hinted_at = null, hinted_as = null"
        " where address_key = ?",
        (key,),
    )


def fall_back(db: sqlite3.Connection, article_id: int, site: Site) -> bool:
    """Keep an article under an address at which it answered, or which led to it where none did.

    Returns whether there is one that no other is kept under.
    """
    own = db.execute(
        "select u.url, u.address_key from article_urls u join _address_keys k using (address_key, article_id)"
        " where u.article_id = :id and k.proof > 0 and u.address_key not in (select address_key from articles)"
        " order by k.proof desc, u.address_key like :slugs, u.first_seen_at, length(u.url), u.url limit 1",
        {"id": article_id, "slugs": f"{site.name}~%"},
    ).fetchone()
    if own is not None:
        row = (site.main_address(own[0]), own[1], article_id)
        db.execute("update articles set url = ?, address_key = ? where id = ?", row)
    return own is not None


# Which article an address leads to: aliases, and the links that wait for their target.


def by_url(db: sqlite3.Connection, url: str) -> int | None:
    """Return the article that exactly this address has led to."""
    row = db.execute("select article_id from article_urls where url = ?", (url,)).fetchone()
    return None if row is None else int(row[0])


def settled(db: sqlite3.Connection, url: str, key: str) -> int | None:
    """Return the article that an address leads to so surely that it need not be fetched: more than a page's claim."""
    row = db.execute(
        "select u.article_id from article_urls u left join _address_keys k using (address_key, article_id)"
        " where u.url = ? and coalesce(k.proof, 2) > 0",
        (url,),
    ).fetchone()
    if row is None:
        row = db.execute(
            "select min(article_id) from _address_keys where address_key = ? and proof > 0 having count(*) = 1", (key,)
        ).fetchone()
    return None if row is None else int(row[0])


def proofs(record: Record) -> dict[str, int]:
    """Return the keys that a fetch gives its article, each with its evidence."""
    answered = LED if record.is_form else ANSWERED  # the page itself has not, and may be read otherwise
    claimed, led = dict.fromkeys(record.claims, CLAIMED), dict.fromkeys((*record.led, *record.slugs), LED)
    return claimed | led | dict.fromkeys(record.identity, LED) | {record.answered.key: answered}


def learn(
    db: sqlite3.Connection, article_id: int, record: Record, held: Mapping[str, Held], urls: Mapping[str, int]
) -> int:
    """Keep every address and key of the article, and let the links that waited for one find it.

    ``held`` is who held its keys before, ``urls`` where its addresses led. Returns how many links found their target.
    An address that led to another article before stays with that one, and so does a key under which another is kept: a
    page that redirects to another one is no address of that. What the article only claims is kept as a claim, and not
    at all where another holds it.
    """
    all_proofs = proofs(record)
    new = {key: proof for key, proof in all_proofs.items() if held[key].may_be_given(article_id, proof)}
    add(db, article_id, new)
    addresses = [
        address
        for address in record.addresses
        if address.url not in urls
        and not (all_proofs.get(address.key) == CLAIMED and held[address.key].is_held_by_another(article_id))
    ]
    now = utc_text(record.visit.fetch.at)
    db.executemany(
        "insert into article_urls(url, article_id, address_key, kind, first_seen_at) values (?, ?, ?, ?, ?)",
        [(address.url, article_id, address.key, address.kind, now) for address in addresses],
    )
    changed = [key for key in new if not held[key].proofs.get(article_id)]  # not known, or only claimed
    return resolve(db, [*(address.key for address in addresses), *changed])


def resolve(db: sqlite3.Connection, keys: Iterable[str]) -> int:
    """Set the targets of all links that have one of these keys, and reopen what a key no longer settles.

    A key that a second article has come to hold is ambiguous: its links lose their target unless their very address
    has led somewhere, and candidates that were taken for an alias on the strength of the key alone wait again.
    Returns how many more links have a target than before.
    """
    targets = {key: Held(None, held).sole for key, held in _proofs(db, keys).items()}
    stale = db.execute(
        """
        with wanted as (select value ->> 0 as key, value ->> 1 as found from json_each(?)),
             aimed as (select l.id, l.target_id as old,
                          coalesce((select article_id from article_urls where url = l.href), w.found) as new
                       from wanted w cross join links l on l.address_key = w.key)
        select new, id, old from aimed where new is not old
        """,
        (json.dumps(list(targets.items())),),
    ).fetchall()
    db.executemany("update links set target_id = ? where id = ?", [row[:2] for row in stale])
    ambiguous = [key for key, target_id in targets.items() if target_id is None]
    if ambiguous:
        db.execute(
            "update candidates set outcome = 'waiting', reason = 'an ambiguous slug', article_id = null"
            " where address_key in (select value from json_each(?)) and outcome = 'alias'"
            " and not exists (select 1 from article_urls u where u.url = candidates.url)",
            (json.dumps(ambiguous),),
        )
    return sum((new is not None) - (old is not None) for new, _, old in stale)


# Keys of articles that must not be kept: what the ledger and the store ask before they take one.


def forget(db: sqlite3.Connection, keys: Iterable[str], reason: str, now: str) -> None:
    """Let no article with one of these keys be kept from now on."""
    db.executemany(
        "insert into forgotten(address_key, forgotten_at, reason) values (?, ?, ?) on conflict do nothing",
        [(key, now, reason) for key in keys],
    )


def are_forgotten(db: sqlite3.Connection, keys: Iterable[str]) -> bool:
    """Return whether one of these keys is that of an article which must not be kept."""
    return any(db.execute("select 1 from forgotten where address_key = ?", (key,)).fetchone() for key in keys)


def forgotten_with(db: sqlite3.Connection, key: str) -> list[str]:
    """Return the keys of the forgotten article that has this one: they went at the same time, for the same reason."""
    rows = db.execute(
        "select f.address_key from forgotten f join forgotten one on one.address_key = ?"
        " and (f.forgotten_at, f.reason) is (one.forgotten_at, one.reason)",
        (key,),
    )
    return [found for (found,) in rows]
