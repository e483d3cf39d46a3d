"""What an archive holds: the rows of its public tables, with names in place of numbers.

``python -m tests.archive.dump DATABASE`` prints what any two crawls of the same pages must agree on, in whatever order
the answers came; with ``--all`` also when and how it came there. One row a line, sorted, so that two archives can be
compared with diff. A paper on a port of this machine goes by the name of its site, for the port is another each time.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.crawling import Crawl

_EVERY_ROW = "select * from {table}"
_CONTENT = dict.fromkeys(
    ("articles", "article_authors", "article_tags", "authors", "blocks", "copies", "dropped", "links", "provenance",
     "sites", "tags"),
    _EVERY_ROW,
) | {
    # A bare slug that came up late is settled without being asked for, and then is no address of the article's.
    "article_urls": "select u.url, u.article_id from article_urls u join articles using (address_key)",
    # Which of an article's addresses was asked for first decides between "stored" and "alias"; that depends on the day.
    "candidates": "select url, site, address_key, replace(outcome, 'alias', 'stored') as outcome, reason, article_id"
    " from candidates",
}  # fmt: skip
"""The tables that the pages alone decide on, and what of them. Stories depend on which of their articles came first."""
_OF_THE_CRAWL = frozenset(
    {"capture", "story_id", "found_at", "next_check_at"}
    | {f"{what}_at" for what in ("first_seen", "last_seen", "last_changed", "last_checked")}
)
"""Columns of those tables that tell of the crawl."""
_OF_THE_MACHINE = frozenset({"id", "old_id", "peak_memory_mb", "bytes", "version", "forgotten_at"})
"""Columns that may differ although all else is equal."""
_NAMES = {
    "articles": "url",
    "stories": "title",
    "authors": "name",
    "tags": "name",
    "watches": "name",
    "crawls": "site || ' ' || mode || ' ' || started_at",
    "events": "kind || ' ' || (select url from articles where id = article_id)",
    "findings": "site || ' ' || kind || ' ' || subject",
    "alerts": "(select name from watches where id = watch_id) || ' ' || message",
}
"""What stands for a row where another one refers to it by number."""
_NO_FOREIGN_KEYS = {"story_changes": {"story_id": "stories", "other_id": "stories"}}
"""Columns that refer to rows which may be gone."""


def main(arguments: list[str] | None = None) -> None:
    """Print the dump of a database."""
    parser = argparse.ArgumentParser(prog="python -m tests.archive.dump", description="Print what an archive holds.")
    parser.add_argument("database", type=Path)
    parser.add_argument("--all", action="store_true", help="also when and how it came there")
    given = parser.parse_args(arguments)
    for table, rows in dump(given.database, everything=given.all).items():
        for row in sorted(rows.elements()):
            print(table, row)


def assert_same(one: Crawl, other: Crawl) -> None:
    """Both archives hold the same, and find the same."""
    there = dump(other.database)
    for table, rows in dump(one.database).items():
        assert (list(rows - there[table])[:3], list(there[table] - rows)[:3]) == ([], []), table
    found = "select a.title from articles_fts f join articles a on a.id = f.rowid where articles_fts match 'copper'"
    assert sorted(one.rows(found)) == sorted(other.rows(found)) != []


def assert_sound(crawl: Crawl) -> None:
    """SQLite finds nothing wrong with the file, nor with what refers to what, nor with the full text."""
    assert crawl.rows("pragma integrity_check") == [("ok",)]
    assert crawl.rows("pragma foreign_key_check") == []
    assert crawl.one("select count(*) from articles") == crawl.one("select count(*) from articles_fts_docsize")


def dump(database: Path, *, everything: bool = False) -> dict[str, Counter[str]]:
    """Return the rows of each table as JSON, by the table's name. Columns that are NULL are left out."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        names = {table: _names(db, table, name) for table, name in _NAMES.items()}
        renamed = _renaming(db)
        return {
            table: Counter(map(renamed, _rows(db, table, names, everything)))
            for table in (_public_tables(db) if everything else sorted(_CONTENT))
        }


def _public_tables(db: sqlite3.Connection) -> list[str]:
    """Neither internal ones nor what an index of the full text is made of."""
    found = db.execute("select name from pragma_table_list where schema = 'main' and type = 'table' order by name")
    return [name for (name,) in found if not name.startswith(("_", "sqlite_"))]


def _names(db: sqlite3.Connection, table: str, name: str) -> dict[int, str]:
    return {row[0]: row[1] for row in db.execute(f"select id, {name} from {table}")}  # noqa: S608 - constants


def _rows(
    db: sqlite3.Connection, table: str, names: Mapping[str, Mapping[int, str]], everything: bool
) -> Iterator[str]:
    keys = {row["from"]: row["table"] for row in db.execute(f"pragma foreign_key_list({table})")}
    named = {
        column: names[other] for column, other in (keys | _NO_FOREIGN_KEYS.get(table, {})).items() if other in names
    }
    left_out = _OF_THE_MACHINE if everything else _OF_THE_MACHINE | _OF_THE_CRAWL
    for row in db.execute((_EVERY_ROW if everything else _CONTENT[table]).format(table=table)):
        kept = {
            column: named[column].get(value) if column in named else value
            for column, value in zip(row.keys(), row, strict=True)
            if value is not None and column not in left_out
        }
        yield json.dumps(kept, ensure_ascii=False)


def _renaming(db: sqlite3.Connection) -> Callable[[str], str]:
    """What puts the name of its site for each host of this machine."""
    homes = {urlsplit(home).netloc: f"{name}.example" for name, home in db.execute("select name, home from sites")}
    local = [re.escape(host) for host in homes if host.startswith("127.")]
    hosts = re.compile("|".join(local) or "(?!)")
    return lambda row: hosts.sub(lambda found: homes[found[0]], row)


if __name__ == "__main__":
    main()
