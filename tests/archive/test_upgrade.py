"""The archive of an earlier version, opened and crawled into by this one: nothing is lost, and nobody is told of
anything that only the upgrade brought about.

The papers print what they printed when that archive was last crawled, but send every page anew, and every article is
due: so all are read by the rules of today, while their texts stand as they stood.
"""

import gzip
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from crawler.article import utc_text
from pipelines.archive.database import open_archive
from tests.archive.release import END, FORGOTTEN, PAPERS, crawled, server, write_profiles
from tests.crawling import ROOT, Crawl
from tests.month import WATCHES

pytestmark = pytest.mark.timeout(600)

ARCHIVES = ("archive-704b68c",)
"""Files in tests/data, one a version."""
AT = datetime(2025, 3, 22, 12, tzinfo=UTC)
"""When every article of these archives is due."""
_GROWTH = 1.5
"""Times the bytes of the earlier archive that it may take once it is opened."""
_NEVER_FEWER = (
    "articles", "article_urls", "article_authors", "article_tags", "alerts", "blocks", "copies", "crawls",
    "crawl_outcomes", "deliveries", "dropped", "events", "findings", "forgotten", "links", "listings", "merges",
    "provenance", "revisions", "sites", "stories", "story_articles", "story_changes", "watches",
)  # fmt: skip
"""Public tables whose rows no migration may take away."""


@dataclass(frozen=True)
class Upgrade:
    """The archive as it was, as it is once opened, and after a crawl of every paper."""

    before: Crawl
    opened: Crawl
    crawled: Crawl


@pytest.fixture(scope="module", params=ARCHIVES)
def upgrade(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("upgrade")
    before, opened, database = (folder / name for name in ("before.db", "opened.db", "news.db"))
    before.write_bytes(gzip.decompress((ROOT / "tests" / "data" / f"{request.param}.db.gz").read_bytes()))
    shutil.copy(before, database)
    _open(database)
    shutil.copy(database, opened)
    write_profiles(folder / "sites")
    (folder / "watches.toml").write_text(WATCHES, "utf-8")
    for site in PAPERS:
        with server(site, AT if site == "ticker" else END, afresh=True):
            crawled(folder, site, AT)
    return Upgrade(*(Crawl(0, "", path) for path in (before, opened, database)))


def _open(database: Path) -> None:
    """Open the archive with this version's code and close it; all of it is in the one file then."""
    open_archive(database).close()
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 0


def test_no_article_is_lost(upgrade):
    identity = "select id, site, url, address_key, title, published_at, status, text from articles order by id"
    assert upgrade.opened.rows(identity) == upgrade.before.rows(identity)
    kept = "select id, site, address_key, status from articles order by id"
    assert upgrade.crawled.rows(kept) == upgrade.before.rows(kept)


@pytest.mark.parametrize("table", _NEVER_FEWER)
def test_what_was_kept_is_kept(upgrade, table):
    count = f"select count(*) from {table}"  # noqa: S608 - a constant
    assert upgrade.opened.one(count) >= upgrade.before.one(count) > 0


def test_the_crawl_reads_every_article_again(upgrade):
    (live,) = upgrade.before.rows("select count(*) from articles where status = 'live'")[0]
    checked = upgrade.crawled.one("select count(*) from articles where last_checked_at = ?", utc_text(AT))
    assert checked >= live


def test_neither_the_upgrade_nor_the_crawl_after_it_tells_anybody_of_anything(upgrade):
    events = "select id, article_id, at, kind, detail from events order by id"
    assert upgrade.opened.rows(events) == upgrade.before.rows(events)
    known = Counter(upgrade.before.rows(events))
    assert list((Counter(upgrade.crawled.rows(events)) - known).elements()) == []
    alerts = "select id, watch_id, article_id, event_id, created_at, message from alerts where event_id is not null"
    assert upgrade.crawled.rows(alerts) == upgrade.before.rows(alerts)


def test_only_our_own_rules_leave_a_revision(upgrade):
    revisions = "select article_id, seen_from, cause, silent, changed, title from revisions where cause <> 'rules'"
    assert upgrade.crawled.rows(revisions) == upgrade.before.rows(revisions)
    assert upgrade.crawled.one("select count(*) from revisions where cause = 'rules' and silent is not null") == 0


def test_what_waited_to_be_sent_still_waits(upgrade):
    waiting = "select alert_id, target, attempts, next_try_at, error from deliveries where sent_at is null"
    before = upgrade.before.rows(waiting)
    assert len({(target, attempts) for _, target, attempts, *_ in before}) > 2
    assert upgrade.opened.rows(waiting) == before
    assert set(upgrade.crawled.rows(waiting)) >= set(before)


def test_what_was_forgotten_stays_out(upgrade):
    listed = upgrade.crawled.rows("select outcome, reason, first_seen_at from candidates where url = ?", FORGOTTEN)
    assert listed == [("blocked", "forgotten", utc_text(AT))]
    assert upgrade.crawled.one("select count(*) from articles where url = ?", FORGOTTEN) == 0


def test_what_the_site_repeats_is_still_known(upgrade):
    notices = [text for (text,) in upgrade.before.rows("select text from _boilerplate")]
    assert notices
    for notice in notices:
        assert upgrade.crawled.one("select count(*) from articles where instr(text, ?)", notice) == 0


def test_every_public_table_and_view_answers(upgrade):
    sql = "select name from sqlite_master where type in ('table', 'view') and not name like '\\_%' escape '\\'"
    names = {name for (name,) in upgrade.crawled.rows(sql)}
    assert names >= {name for (name,) in upgrade.before.rows(sql)}
    for name in names:
        upgrade.crawled.rows(f'select * from "{name}" limit 5')  # noqa: S608 - names from the schema
    assert upgrade.crawled.rows("select rowid from articles_fts where articles_fts match 'sluice'")


def test_the_archive_is_sound(upgrade):
    for state in (upgrade.opened, upgrade.crawled):
        assert state.rows("pragma integrity_check") == [("ok",)]
        assert state.rows("pragma foreign_key_check") == []


def test_an_upgraded_archive_takes_little_more_room(upgrade):
    sizes = [path.stat().st_size for path in (upgrade.before.database, upgrade.opened.database)]
    print(f"{sizes[0]:,} bytes before, {sizes[1]:,} after the upgrade: {sizes[1] - sizes[0]:+,}")
    assert sizes[1] <= sizes[0] * _GROWTH


@pytest.mark.parametrize("state", ["opened", "crawled"])
def test_a_second_opening_changes_nothing(upgrade, state):
    database = getattr(upgrade, state).database
    _open(database)
    first = sha256(database.read_bytes()).hexdigest()
    _open(database)
    assert sha256(database.read_bytes()).hexdigest() == first
