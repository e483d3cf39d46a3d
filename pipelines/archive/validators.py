"""What a listing answered last time, so that the next request can ask whether anything is new."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from crawler.article import Validators, utc_text


def load(db: sqlite3.Connection, url: str) -> Validators | None:
    """What was saved for an address."""
    row = db.execute("select etag, last_modified, body_hash from _validators where url = ?", (url,)).fetchone()
    return Validators(*row) if row else None


def save(db: sqlite3.Connection, url: str, validators: Validators, now: datetime) -> None:
    """Remember an answer, by the address that gave it (``response.url``).

    Only for whoever has stored all that the answer listed: from then on the server may keep it to itself.
    """
    db.execute(
        "insert or replace into _validators(url, etag, last_modified, body_hash, at) values (?, ?, ?, ?, ?)",
        (url, validators.etag, validators.last_modified, validators.body_hash, utc_text(now)),
    )
