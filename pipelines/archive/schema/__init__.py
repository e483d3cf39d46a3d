"""All tables, indexes, triggers and views of the archive, as migrations.

The names are public: people write SQL against them (tables that begin with ``_`` are internal). Every column that the
design knows is made at once, because ``articles.text`` must stay the last one: reading any other column of a row would
otherwise walk the overflow pages of its text. ``transform()`` drops triggers silently: a migration that uses it ends
with ``full_text(db)``.

Times are UTC text, ``2024-12-09T11:02:00Z``. No descending index has an ascending twin: with one, Datasette's paging
through rows with equal times repeats some and loses others. Every foreign key has an index: a row page counts them all.
"""

from __future__ import annotations

from sqlite_utils import Migrations

from pipelines.archive.schema.graph import m006_graph, m015_lighter
from pipelines.archive.schema.tables import m001_tables, m003_pace
from pipelines.archive.schema.texts import (
    full_text,
    m002_full_text,
    m004_copies,
    m005_stories,
    m007_addresses,
    m013_forgotten,
    m014_lighter,
)
from pipelines.archive.schema.watching import m011_findings, m012_alerts
from pipelines.archive.searching import m008_search

__all__ = ["full_text", "migrations"]

migrations = Migrations("vestnik")
for _step in (
    m001_tables,
    m002_full_text,
    m003_pace,
    m004_copies,
    m005_stories,
    m006_graph,
    m007_addresses,
    m008_search,
    m011_findings,
    m012_alerts,
    m013_forgotten,
    m014_lighter,
    m015_lighter,
):
    migrations()(_step)
