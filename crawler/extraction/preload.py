"""What the server of the pool loads before it forks workers: all that reading pages and listings takes.

Nothing is called here and no thread is started, for a fork copies neither locks nor threads as they are.
"""

from __future__ import annotations

import gc

import charset_normalizer  # noqa: F401  # what is named here is loaded by its users only when they need it
import feedparser  # noqa: F401
import lingua  # noqa: F401

import crawler.discovery.forms
import crawler.extraction.extract
import crawler.extraction.live_posts
import crawler.extraction.tasks  # noqa: F401

gc.freeze()  # what was loaded is never garbage, and workers share its memory
