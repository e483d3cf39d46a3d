"""How long an archive waits for a migration that puts a column into the middle of ``articles``.

``python -m benchmarks.migration ARCHIVE``: on a copy of the archive, which itself is only read. ``benchmarks.growth
--rows N --database ARCHIVE`` makes one of N articles.
"""

from __future__ import annotations

import argparse
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from sqlite_utils import Database

from pipelines.archive.database import open_archive
from pipelines.archive.schema.rebuild import add_columns


def main() -> None:
    """Print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    archive = parser.parse_args().archive
    with TemporaryDirectory(prefix="vestnik-migration-") as folder:
        copy = Path(folder) / "news.db"
        with (
            closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        with closing(open_archive(copy)) as db:
            (articles,) = db.execute("select count(*) from articles").fetchone()
            began, busy = perf_counter(), process_time()
            migrate(db)
            took, cpu = perf_counter() - began, process_time() - busy
        print(f"{articles:,} articles: {took:.2f} s, {cpu:.2f} s of CPU")


def migrate(db: sqlite3.Connection) -> None:
    """Add a column in the middle and look at every reference, as opening an archive does."""
    db.execute("pragma foreign_keys = off")
    db.execute("begin exclusive")
    add_columns(Database(db), "articles", {"length": "integer"}, before="text", filled={"length": "length(text)"})
    lost = db.execute("pragma foreign_key_check").fetchall()
    db.execute("commit")
    if lost:
        raise SystemExit(f"{len(lost)} rows name others that are not there")


if __name__ == "__main__":
    main()
