"""All tables, indexes, triggers and views of the archive, as migrations.

The names are public: people write SQL against them (tables that begin with ``_`` are internal). Every column that the
design knew was made at once, because ``articles.text`` must stay the last one: reading any other column of a row would
otherwise walk the overflow pages of its text. A further column is put before it by ``rebuild.add_columns``. A migration
runs with foreign keys off, in one transaction with those around it, and after a backup: see database.py.

The tables of the first days stand in tables.py, and what came later by what it is about: links between articles in
graph.py, texts and addresses in texts.py, how the watching goes and what is told of it in watching.py, views for
counting and downloads in flat.py, with facts of an article beside its page, what a search looks into in search.py. What
``articles`` has in the end is said by fields.py.

Times are UTC text, ``2024-12-09T11:02:00Z``. No descending index has an ascending twin: with one, Datasette's paging
through rows with equal times repeats some and loses others. Every foreign key has an index: a row page counts them all.
"""

from __future__ import annotations

from sqlite_utils import Migrations

from pipelines.archive.schema.flat import m017_flat, m021_facts, m022_dated
from pipelines.archive.schema.graph import m006_graph, m015_lighter
from pipelines.archive.schema.search import m002_full_text, m008_search, m018_words, m025_unspaced
from pipelines.archive.schema.tables import m001_tables, m003_pace, m016_under_way, m023_hand_outs, m028_run_log
from pipelines.archive.schema.texts import (
    m004_copies,
    m005_stories,
    m007_addresses,
    m013_forgotten,
    m014_lighter,
    m019_forms,
    m024_unplaced,
    m026_revision_blocks,
)
from pipelines.archive.schema.watching import m011_findings, m012_alerts, m020_web, m027_idle_params

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
    m016_under_way,
    m017_flat,
    m018_words,
    m019_forms,
    m020_web,
    m021_facts,
    m022_dated,
    m024_unplaced,
    m025_unspaced,
    m023_hand_outs,
    m026_revision_blocks,
    m027_idle_params,
    m028_run_log,
):
    migrations()(_step)
