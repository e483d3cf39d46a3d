"""What the reading room uses of Datasette beyond its documented interface, all of it here.

Plugin hooks, ``Datasette.client``, ``execute_fn``, ``metadata`` and the like are documented and stay. What this module
imports, overrides or reads may change with any release: a test compares it with the Datasette that is installed, so
that an upgrade is noticed there and not by a reader.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import path_from_row_pks
from datasette.utils.asgi import Base400
from datasette.views import base
from datasette.views.base import DatasetteError

from crawler.tabular import harmless

__all__ = ["Archive", "Base400", "DatasetteError", "Room", "inline_scripts", "path_from_row_pks", "render"]

CHECKED = "0.65.5"
"""The release in which all of this was looked up."""
WITH_SCRIPTS = ("_close_open_menus.html", "_codemirror_foot.html")
"""Datasette's own templates with a script in them."""
_COUNTED_FOR = 60.0
"""Seconds for which the counts of rows beside the names of tables hold: to count them takes a tenth of a second."""
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class _HarmlessCSV:
    """What stands for the module ``csv`` where Datasette writes with it: no cell is taken for a formula."""

    class writer:  # noqa: N801 - as the module has it
        """Writes rows as the module's writer does."""

        def __init__(self, file: Any) -> None:
            self._writer = csv.writer(file)

        def writerow(self, row: Iterable[object]) -> Any:
            """Write one row."""
            return self._writer.writerow([harmless(cell) for cell in row])


base.csv = _HarmlessCSV


class Archive(Database):  # type: ignore[misc]  # Datasette ships no types
    """The archive, whose tables are counted once a minute at most."""

    _counts: Mapping[str, int | None] = {}
    _counted_at = float("-inf")

    async def table_counts(self, limit: int = 10) -> Mapping[str, int | None]:
        """Return the rows of each table, None where ``limit`` milliseconds were too few to count them."""
        if monotonic() - self._counted_at > _COUNTED_FOR:
            self._counts, self._counted_at = await super().table_counts(limit), monotonic()
        return self._counts


class Room(Datasette):  # type: ignore[misc]  # Datasette ships no types
    """Datasette, which works out once who may see a table, not for every table that a page names.

    The rules stand in metadata.yaml, which does not change while it runs; to copy all of it takes a millisecond.
    """

    public = False
    address = "http://localhost/"
    watches: Path | None = None

    @cache  # noqa: B019 - it lives as long as the program
    def _table_permission_allows(self, database: str, table: str) -> list[Any]:
        allowed: list[Any] = super()._table_permission_allows(database, table)
        return allowed


@cache
def inline_scripts() -> tuple[str, ...]:
    """Return the scripts that stand in Datasette's own pages; none of them contains a value from the archive."""
    templates = files("datasette") / "templates"
    scripts = [script for name in WITH_SCRIPTS for script in _SCRIPT.findall((templates / name).read_text("utf-8"))]
    return (*scripts, *(f"DATASETTE_ALLOW_FACET = {allowed};" for allowed in ("true", "false")))


async def render(datasette: Datasette, templates: Sequence[str], values: Mapping[str, Any]) -> str:
    """Return the first of these templates that exists, filled in without asking any plugin for more values."""
    template = datasette.jinja_env.select_template(list(templates))
    text: str = await template.render_async({**values, "urls": datasette.urls, "menu_links": list})
    return text
