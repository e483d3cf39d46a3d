"""``vestnik``: Scrapy's commands with Vestnik's settings, in any folder.

In a checkout ``scrapy`` does the same, for its ``scrapy.cfg`` names the settings. ``SCRAPY_SETTINGS_MODULE`` in the
environment names others; processes that a command starts find the settings there too.
"""

from __future__ import annotations

import os
from typing import NoReturn

SETTINGS = "crawler.settings"


def main() -> NoReturn:
    """Run the command that the command line names, and exit with its status."""
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", SETTINGS)
    # Here, for every worker of the pool reads the script that started its parent, and has no use for Scrapy.
    from scrapy.cmdline import execute

    execute()
    raise AssertionError("Scrapy's execute() exits")


if __name__ == "__main__":
    main()
