"""Articles that must not be kept: what identifies them, so that no crawl brings them back."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

# No title, no text, no address: a key is all that is needed to know the article when it is met again.
_FORGOTTEN = """
create table forgotten (address_key text primary key, forgotten_at text not null, reason text) without rowid;
"""


def m013_forgotten(db: Database) -> None:
    """Tombstones."""
    run(db, _FORGOTTEN)
