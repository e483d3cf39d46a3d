"""``scrapy archive collect FROM``: fetch the WARC files that workers on other machines keep, into the folder of ours.

A worker's files are called after it, so that they meet no other's. One that has grown since is fetched anew: rows name
records by their file and offset, which stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from crawler.errors import SetupError
from crawler.housekeeping import Job, plural

_ENDINGS = (".warc.gz", ".warc")
_PART = ".part"  # the ending of a file that is not there in full yet


def collect(job: Job, source: str) -> None:
    """Fetch what is not there yet, or was shorter. ``source`` is a folder, or an address that fsspec knows.

    Raises SetupError for what is wrong.
    """
    if job.captures is None:
        raise SetupError("say where the files are to be: -s ARCHIVE_DIR=FOLDER")
    fetched = size = known = 0
    job.captures.mkdir(parents=True, exist_ok=True)
    try:
        import fsspec

        files, folder = fsspec.core.url_to_fs(source)
        for path, length in _captures(files, folder):
            target = job.captures / PurePosixPath(path).name
            if target.exists() and target.stat().st_size >= length:
                known += 1
                continue
            part = target.with_name(f"{target.name}{_PART}")
            files.get_file(path, str(part))
            part.replace(target)
            fetched, size = fetched + 1, size + length
    except ImportError as error:
        raise SetupError(f"{source}: {error}; pip install it beside Vestnik") from error
    except (OSError, ValueError) as error:
        raise SetupError(f"{source}: {getattr(error, 'strerror', None) or error}") from error
    job.say(f"{plural(fetched, 'file')} fetched from {source}, {size / 1e6:.1f} MB; {known:,} were there")


def _captures(files: object, folder: str) -> Iterator[tuple[str, int]]:
    """Yield path and size in bytes of each WARC file in a folder of fsspec's."""
    for each in files.ls(folder, detail=True):  # type: ignore[attr-defined]  # fsspec has no types
        if each["type"] == "file" and each["name"].endswith(_ENDINGS):
            yield each["name"], int(each["size"])
