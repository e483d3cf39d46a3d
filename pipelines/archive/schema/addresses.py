"""What an article's keys rest on, and by which rules they were made."""

from __future__ import annotations

from sqlite_utils import Database

from pipelines.archive.schema.tables import run

# How a key came to an article: 2 a page answered there with it, 1 a redirect or a listing led from there, 0 the article
# only claims it, as broken publishing systems do for all their pages at once.
_PROOF = """
alter table _address_keys add column proof integer not null default 2;

-- The rules for the addresses of each site by which the archive's keys were made; '' are those for all sites.
create table _address_rules (site text primary key, fingerprint text not null, at text not null) without rowid;
"""


def m007_addresses(db: Database) -> None:
    """Which keys are proven and which only claimed; the fingerprint of each profile's address rules."""
    run(db, _PROOF)
