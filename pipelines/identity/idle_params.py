"""Which parameters of a site's addresses select nothing?

One that says where a reader comes from, or which edition of the page's frame is wanted, makes of one article as many
addresses as it has values. No list knows them all, and the same name selects the article on another site. So only
evidence counts: ten pages at least that answered with another value of it, or without it, and gave the same text under
the same title, which no other page has; and none to the contrary. What comes to the contrary later takes it back for
good. The evidence is kept and shown, and a profile that says what selects content decides alone: see
:meth:`crawler.site.Site.leaving_out`.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus

from crawler.address_forms import selects_form
from crawler.site import Sites
from pipelines.identity import keys

logger = logging.getLogger(__name__)
ENOUGH = 10
"""Titles: two or three pages that agree may be articles that were published twice."""
_LATEST = 2_000  # articles of a site that are looked at: 0.1 s, once after a crawl that brought such addresses
_MOST_ADDRESSES = 5_000
_MOST_PARAMETERS, _LONGEST = 8, 1_000  # of one address, and its characters: what has more costs its square
_MOST_SITES = 20  # of which a crawl of single addresses, or of captures, is looked through


@dataclass(frozen=True, slots=True)
class Answered:
    """An address that answered with an article. ``content_hash`` is None for one without a text, and ``own_key`` the
    site's number or words for it, if the address has one.
    """

    url: str
    article_id: int
    title: str
    content_hash: str | None
    address_key: str
    own_key: str | None = None


Pair = tuple[str, str]
"""Two addresses that differ by one parameter alone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pairs, one a page, that say that a parameter selects nothing; and one that says that it does, if there is any."""

    pairs: tuple[Pair, ...]
    contrary: Pair | None


def weigh(answered: Sequence[Answered]) -> dict[str, Evidence]:
    """Return what these addresses of a site say of each parameter in them. Pure."""
    pages: dict[str, dict[str, dict[str, Answered]]] = defaultdict(lambda: defaultdict(dict))
    by_url, places = {one.url: one for one in answered}, defaultdict(set)
    for one in answered:
        places[one.title].add(_place(one.url))
        for name, (rest, value) in _parameters(one.url).items():
            if not selects_form(name):  # of one that may, no evidence is enough
                pages[name][rest].setdefault(value, one)
    for of_name in pages.values():
        for rest, of_page in of_name.items():
            if rest in by_url:
                of_page.setdefault("", by_url[rest])
    own = {title for title, here in places.items() if len(here) == 1}
    return {name: _weighed(of_name.values(), own) for name, of_name in pages.items()}


def _weighed(pages: Iterable[Mapping[str, Answered]], own: Collection[str]) -> Evidence:
    """Return what the values of a parameter say, each with what answered, page by page.

    ``own`` are the titles that stand at one place: each counts once, whatever other parameters its page has.
    """
    pairs: dict[str, Pair] = {}
    contrary = None
    for of_page in pages:
        first, *others = of_page.values()
        says = {_says(first, other): (first.url, other.url) for other in others}
        contrary = contrary or says.get(False)
        if True in says and first.title in own:
            pairs.setdefault(first.title, says[True])
    return Evidence(tuple(pairs.values()), contrary)


def _says(one: Answered, other: Answered) -> bool | None:
    """Return whether two addresses that differ by a parameter gave one article; None where that is not known."""
    if one.own_key != other.own_key:
        return False
    if one.article_id == other.article_id:  # by another sign than the key, such as a declared address
        return True if one.address_key != other.address_key else None
    if one.title != other.title or one.content_hash != other.content_hash:
        return False
    return True if one.content_hash is not None else None


def _parameters(url: str) -> dict[str, tuple[str, str]]:
    """Return the address without each of its parameters, and what it has of it, by name."""
    pieces = url.partition("#")[0].partition("?")[2].split("&", _MOST_PARAMETERS)
    if len(pieces) > _MOST_PARAMETERS or len(url) > _LONGEST:
        return {}
    names = [_name(piece) for piece in pieces]
    return {
        name: (_without(url, name), "&".join(piece for piece in pieces if _name(piece) == name))
        for name in dict.fromkeys(names)
        if name
    }


def _without(url: str, name: str) -> str:
    asked, mark, fragment = url.partition("#")
    page, _, query = asked.partition("?")
    kept = "&".join(piece for piece in query.split("&") if piece and _name(piece) != name)
    return page + (f"?{kept}" if kept else "") + mark + fragment


def _place(url: str) -> str:
    """Return the address without all of its parameters."""
    asked, mark, fragment = url.partition("#")
    return asked.partition("?")[0] + mark + fragment


def _name(piece: str) -> str:
    """Return the name of a parameter, spelt as :func:`crawler.addresses.clean` compares it."""
    return unquote_plus(piece.partition("=")[0])


# What the archive has learned.


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be kept of a parameter of a site."""

    site: str
    name: str
    evidence: Evidence


def learned(db: sqlite3.Connection, sites: Sites) -> Sites:
    """Return the sites with what the archive has learned of their parameters."""
    idle: dict[str, frozenset[str]] = {}
    for site, name, is_refuted in db.execute("select site, name, contrary is not null from _idle_params"):
        idle[site] = idle.get(site, frozenset()) | (frozenset() if is_refuted else {name})
    return sites.having_learned(idle)


def lessons(db: sqlite3.Connection, site: str, crawl_id: int) -> list[Lesson]:
    """Return what a crawl's sites teach that the archive does not know yet; nothing where the crawl brought nothing."""
    return [one for name in _sites_of(db, site, crawl_id) for one in _lessons(db, name)]


def _sites_of(db: sqlite3.Connection, site: str, crawl_id: int) -> list[str]:
    """Return of which sites something new has come under an address with parameters since a crawl began: its own, or
    any where the crawl is of no site.
    """
    found = db.execute(
        "select distinct a.site from articles a indexed by articles_first_seen"
        " where a.first_seen_at >= (select started_at from crawls where id = :crawl)"
        " and (a.site = :site or not exists (select 1 from sites where name = :site))"
        " and exists (select 1 from article_urls u where u.article_id = a.id and instr(u.url, '?')) limit :most",
        {"site": site, "crawl": crawl_id, "most": _MOST_SITES},
    )
    return [name for (name,) in found]


def _lessons(db: sqlite3.Connection, site: str) -> list[Lesson]:
    known = dict(map(tuple, db.execute("select name, contrary from _idle_params where site = ?", (site,))))

    def is_news(name: str, evidence: Evidence) -> bool:
        if name in known:
            return known[name] is None and evidence.contrary is not None
        return len(evidence.pairs) >= ENOUGH and evidence.contrary is None  # which may be an edit, and pass

    found = weigh(_answered(db, site))
    return [Lesson(site, name, evidence) for name, evidence in found.items() if is_news(name, evidence)]


def keep(db: sqlite3.Connection, found: Iterable[Lesson], now: str) -> None:
    """Write down what was learned. To be called inside a transaction.

    One that was learned and selects something after all is kept as well: it is not learned a second time.
    """
    for one in found:
        contrary = json.dumps(one.evidence.contrary) if one.evidence.contrary else None
        db.execute(
            "insert into _idle_params(site, name, pairs, contrary, at) values (?, ?, ?, ?, ?)"
            " on conflict do update set contrary = excluded.contrary, at = excluded.at",
            (one.site, one.name, json.dumps(one.evidence.pairs[:ENOUGH]), contrary, now),
        )
        if one.evidence.contrary:
            logger.info("%s: the parameter %r selects something: %s and %s", one.site, one.name, *one.evidence.contrary)
        else:
            logger.info(
                "%s: the parameter %r of addresses selects nothing, by %d pages such as %s and %s; keys leave it out"
                " from the next crawl on", one.site, one.name, len(one.evidence.pairs), *one.evidence.pairs[0],
            )  # fmt: skip


def forget(db: sqlite3.Connection, urls: Iterable[str]) -> None:
    """Take addresses out of the evidence. What was learned from them stays, for it says nothing of an article."""
    gone = {"gone": json.dumps(list(urls))}
    is_gone = "exists (select 1 from json_each({}) u where u.value in (select value from json_each(:gone)))"
    db.execute(
        "update _idle_params set pairs = (select json_group_array(json(p.value)) from json_each(pairs) p"
        f" where not {is_gone.format('p.value')}), contrary = iif({is_gone.format('contrary')}, '[]', contrary)",
        gone,
    )


def _answered(db: sqlite3.Connection, site: str) -> list[Answered]:
    """Return the addresses at which the site's latest articles answered. One that has none any more, because another
    article stands at its key now, was where it was kept.
    """
    found = db.execute(
        "with latest as (select id from articles indexed by articles_site where site = :site"
        " order by id desc limit :latest), led as ("
        " select u.url, id, u.address_key from latest join article_urls u on u.article_id = id"
        " join _address_keys k on k.address_key = u.address_key and k.article_id = id"
        " where k.proof = 2 and u.kind <> 'page'"
        " union all select url, id, address_key from latest join articles using (id)"
        " where not exists (select 1 from article_urls u where u.article_id = id))"
        " select led.url, id, title, iif(word_count > 0, content_hash, null), led.address_key"
        " from led join articles using (id) order by id, led.url limit :most",
        {"site": site, "latest": _LATEST, "most": _MOST_ADDRESSES},
    )
    return [
        Answered(url, article_id, title, content_hash, key, key if keys.is_of_pattern(key, site) else None)
        for url, article_id, title, content_hash, key in found
    ]
