"""The file of an archive that grows: whose it is, how many articles it has, and what each of them takes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.material.articles import address


def rows_of(path: Path) -> int:
    """How many articles a file has that this benchmark made; 0 where there is none yet.

    Raises ValueError for a file that is anything else.
    """
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(path)) as db:
            (rows,) = db.execute("select count(*) from articles").fetchone()
            last = db.execute("select url from articles where id = ?", (rows,)).fetchone()
    except sqlite3.DatabaseError:
        last = None
    if last is None or last[0] != address(rows):
        raise ValueError(f"{path} is no archive of this benchmark; name a new file, or one that it made")
    return int(rows)


def bytes_by_table(path: Path, least: float = 10) -> list[str]:
    """Bytes an article of each table and index that takes at least so many, largest first; and of the whole file."""
    with closing(sqlite3.connect(path)) as db:
        (articles,) = db.execute("select count(*) from articles").fetchone()
        (page_size,) = db.execute("pragma page_size").fetchone()
        # Its own sum of bytes turns negative at two gigabytes; for all of a table, pageno is the number of its pages.
        found = db.execute("select name, pageno from dbstat where aggregate = true order by 2 desc").fetchall()
    rows = [(name, pages * page_size / articles) for name, pages in found]
    told = [f"{size:9,.0f} {name}" for name, size in rows if size >= least]
    return [f"bytes a row: {sum(size for _, size in rows):,.0f}, of these", *told]
