"""Which sites are followed when nobody names any? Those that are mine, by ``papers.toml`` or by the archive's past."""

from __future__ import annotations

from pathlib import Path

from crawler.newsstand import mine
from crawler.profiles import Profiles
from pipelines.archive.between_crawls import crawled_sites


def followed(database: Path, profiles: Profiles) -> tuple[str, ...]:
    """Return the names of the sites that are mine. Raises SetupError for a file of papers that cannot be read."""
    named = mine.read(mine.file_of(database))
    return mine.mine(profiles, named, crawled_sites(database) if named is None else ())


def misnamed(database: Path, profiles: Profiles) -> tuple[str, ...]:
    """Return a sentence for each name in the file of papers that no paper has."""
    return mine.unknown(profiles, mine.read(mine.file_of(database)) or ())
