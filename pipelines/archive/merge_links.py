"""The links of two rows that become one article, in both directions."""

from __future__ import annotations

import sqlite3

_SAME = "other.kind = links.kind and other.address_key = links.address_key and other.nth = links.nth"


def merge_links(db: sqlite3.Connection, into: int, old: int, later: int) -> None:
    """Give the survivor all links of both: one that both have once, as it stands in the ``later`` state of the two."""
    earlier = into if later == old else old
    numbers = {"into": into, "old": old, "later": later, "earlier": earlier}
    db.execute(
        f"""
        update links set first_seen_at = min(links.first_seen_at, other.first_seen_at),
            last_seen_at = max(links.last_seen_at, other.last_seen_at),
            target_id = coalesce(links.target_id, other.target_id)
        from links other where links.article_id = :later and other.article_id = :earlier and {_SAME}
        """,
        numbers,
    )
    db.execute(
        f"delete from links where article_id = :earlier and exists"
        f" (select 1 from links other where other.article_id = :later and {_SAME})",
        numbers,
    )
    db.execute("update links set article_id = :into where article_id = :old", numbers)
    db.execute("update links set target_id = :into where target_id = :old", numbers)
