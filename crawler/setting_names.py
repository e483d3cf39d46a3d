"""Which settings there are, and which of the files they name must be there: a mistake is an error, never ignored.

Scrapy takes every name for a setting that some extension may know, so a misspelt one would change nothing, and nobody
would hear of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, default_settings

from crawler import settings as own

_WITHOUT_DEFAULT = frozenset({
    "CONCURRENT_REQUESTS_PER_IP", "META_COPY_WARN_SKIP_KEYS", "FILES_EXPIRES", "FILES_RESULT_FIELD", "FILES_STORE",
    "FILES_STORE_GCS_ACL", "FILES_URLS_FIELD", "IMAGES_EXPIRES", "IMAGES_MIN_HEIGHT", "IMAGES_MIN_WIDTH",
    "IMAGES_RESULT_FIELD", "IMAGES_STORE", "IMAGES_STORE_GCS_ACL", "IMAGES_THUMBS", "IMAGES_URLS_FIELD",
    "MEDIA_ALLOW_REDIRECTS",
})  # fmt: skip
"""What Scrapy 2.19 asks for, in its code and its documentation, and gives no default."""
KNOWN = frozenset(name for source in (vars(default_settings), vars(own)) for name in source if name.isupper()) | (
    _WITHOUT_DEFAULT
)
"""Every setting of Scrapy's and ours."""
_A_SLIP = 0.85
"""Likeness from which a name in a settings module is a slip of the pen: one letter of six lost or in another place.
Less alike, it may be the setting of an extension that the same module adds."""


def problem(settings: BaseSettings, given: Iterable[str]) -> str | None:
    """Return a sentence on the first setting that cannot be meant; None where all are right.

    ``given`` are the names that the command line sets. Beside ours and Scrapy's it may set what the user's own settings
    module does, which an extension named there may know.
    """
    module = {name for name in settings if settings.getpriority(name) == SETTINGS_PRIORITIES["project"]}
    for name in given:
        if name not in KNOWN | module:
            return f"-s {name}: there is no such setting.{_guess(name, 0.6)} docs/settings.md lists ours"
    for name in sorted(module - KNOWN):
        if guess := _guess(name, _A_SLIP):
            return f"{name} in your settings module: there is no such setting.{guess}"
    return None


def missing_file(settings: BaseSettings) -> str | None:
    """Return a sentence on a file or folder that a setting names and that is not there; None where all are."""
    watches = settings["WATCHES"]
    if watches and is_named(settings, "WATCHES") and not Path(watches).is_file():
        return f"WATCHES={watches}: there is no such file; write one as README.md shows, or leave the setting out"
    metrics = settings.get("METRICS_FILE")
    if metrics and not Path(metrics).absolute().parent.is_dir():
        return f"METRICS_FILE={metrics}: there is no folder {Path(metrics).parent}; make it first"
    return None


def is_named(settings: BaseSettings, name: str) -> bool:
    """Return whether somebody chose the value of a setting of ours, rather than left it as it is."""
    priority = settings.getpriority(name) or 0
    return bool(settings[name] != getattr(own, name) or priority > SETTINGS_PRIORITIES["project"])


def _guess(name: str, likeness: float) -> str:
    near = get_close_matches(name.upper(), KNOWN, 1, likeness)
    return f" Did you mean {near[0]}?" if near else ""
