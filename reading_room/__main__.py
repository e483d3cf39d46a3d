"""``python -m reading_room``: serve an archive to this machine, read-only, until interrupted."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sqlite3
import sys
from collections.abc import Set as AbstractSet
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote, urlsplit

import sqlite_utils
import uvicorn

from pipelines.archive.schema import migrations

FIRST_STEPS = (
    "Run `make demo` and then `make serve DATABASE=demo/news.db` for a small invented newspaper, "
    "or `scrapy crawl moscowtimes` for a real one."
)


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted. Exits with status 1 and a sentence where there is nothing to serve, or no port."""
    options = _parser().parse_args(arguments)
    reason = trouble(options.database)
    if reason:
        sys.exit(reason)
    try:
        listening = listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        sys.exit(why_not_listening(options.host, options.port, error))
    from reading_room.room import open_room  # takes half a second, which a mistake above should not cost

    address = options.address or _address(options.host, listening.getsockname()[1])
    watches = options.watches.absolute() if not options.public and is_here(options.host) and is_here(address) else None
    app = open_room(options.database.resolve(), public=options.public, address=address, watches=watches).app()
    print(_welcome(options.database, address, options.public), flush=True)
    # A lifespan is what starts Datasette; its log of requests would bury the lines above.
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_level="warning"))
    server.run(sockets=[listening])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reading_room", description="Read an archive in the browser.")
    parser.add_argument("--database", type=Path, default=Path("news.db"), help="the archive (news.db)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (8001); 0 takes a free one")
    parser.add_argument(
        "--public",
        action="store_true",
        help="for people you do not know: no SQL, no tables of alerts or of the machinery, closer limits",
    )
    parser.add_argument(
        "--address", type=_web_address, help="where readers find it, such as https://archive.example.org/ (HOST:PORT)"
    )
    parser.add_argument(
        "--watches",
        type=Path,
        default=Path("watches.toml"),
        help="the file into which searches are saved as watches (watches.toml); only where this machine alone can ask",
    )
    return parser


def is_here(where: str) -> bool:
    """Return whether a host, or the host of an address, is this machine alone."""
    host = (urlsplit(where).hostname if "//" in where else where) or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def trouble(path: Path) -> str | None:
    """Return why this file cannot be shown, and what to do; None for a readable archive."""
    if path.is_dir():
        return f"{path} is a folder; name the archive in it, such as {path / 'news.db'}."
    if not path.exists():
        return f"There is no archive at {path} yet. {FIRST_STEPS}"
    if set("?#%") & set(str(path)):
        return f"SQLite takes ?, # and % in {path} for more than letters; rename the file or its folder."
    if leaves_foreign_files(path.stat().st_uid, os.geteuid(), os.access(path.parent, os.W_OK)):
        return (
            f"{path} belongs to another user: files that reading leaves beside it would keep that user's crawler "
            "from writing. Run both as one user."
        )
    return _trouble_inside(path)


def leaves_foreign_files(owner: int, me: int, can_write_beside: bool) -> bool:
    """Return whether reading leaves a ``-shm`` file that the owner, by user number, cannot write to.

    SQLite gives the file away only when root makes it; in a folder closed to us none is made.
    """
    return can_write_beside and me not in (0, owner)


def _trouble_inside(path: Path) -> str | None:
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        try:
            columns = {name for (name,) in connection.execute("select name from pragma_table_info('articles')")}
            applied = _applied(connection)
        finally:
            connection.close()
    except sqlite3.OperationalError as error:  # what a closed folder gives: readers and writer share a file beside it
        return f"{path} cannot be opened ({error}). Run this as the user who crawls, who may write to its folder."
    except sqlite3.DatabaseError as error:
        return f"{path} cannot be read as an archive ({error}). {FIRST_STEPS}"
    if not {"address_key", "first_seen_at"} <= columns:
        return f"{path} is a database, but not an archive of Vestnik. {FIRST_STEPS}"
    known = frozenset(migration.name for migration in migrations.pending(sqlite_utils.Database(memory=True)))
    return differs(path, applied, known)


def differs(path: Path, applied: AbstractSet[str], known: AbstractSet[str]) -> str | None:
    """Return why an archive made by these migrations cannot be shown by a Vestnik that knows those; else None."""
    newer = sorted(applied - known)
    if newer:
        return f"{path} was written by a newer Vestnik (it has {newer[0]}): upgrade this one to read it."
    if known - applied:
        return (
            f"{path} was written by an older Vestnik, and lacks what these pages show. The next crawl brings it up "
            f"to date, after a backup beside it; so does, without a crawl: scrapy archive compact -s DATABASE={path}"
        )
    return None


def _applied(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the migrations that have made the archive what it is; none for another program's file."""
    if not connection.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone():
        return frozenset()
    rows = connection.execute("select name from _sqlite_migrations where migration_set = ?", [migrations.name])
    return frozenset(name for (name,) in rows)


def _web_address(written: str) -> str:
    """Return the address with a slash at its end. Raises ArgumentTypeError for what is no web address of a host."""
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise argparse.ArgumentTypeError(f"{written!r} is not an address such as https://archive.example.org/")
    return f"{parts.scheme}://{parts.netloc}/"


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises OSError for a taken port, OverflowError for a number that is no port.

    It says that it speaks TCP: only then asyncio sends each answer off at once, and not 40 ms later.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, port), family=family)
    return socket.socket(made.family, made.type, socket.IPPROTO_TCP, fileno=made.detach())


def why_not_listening(host: str, port: int, error: OSError | OverflowError) -> str:
    """Return why a port cannot be listened on, and what to do instead."""
    another = port + 1 if 0 < port < 65535 else 8001
    if isinstance(error, OverflowError):
        return f"There is no port {port}: name one from 1 to 65535, such as make serve PORT={another}."
    reasons = {
        errno.EADDRINUSE: f"Port {port} on {host} is in use, perhaps by another reading room.",
        errno.EACCES: f"Port {port} is for the system's own services.",
        errno.EADDRNOTAVAIL: f"This machine has no address {host}; 127.0.0.1 is for itself alone, 0.0.0.0 for all.",
    }
    reason = reasons.get(error.errno or 0, f"Cannot listen on {host}, port {port}: {error.strerror or error}.")
    return f"{reason} Try another: make serve PORT={another}"


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _welcome(database: Path, address: str, public: bool) -> str:
    return (
        f"Reading {database} at {address}{' in public, without SQL' if public else ''} (Ctrl+C ends it)\n"
        f"  {address}  what is new, and a search box\n"
        f"  {address}news/articles  all of them, by site, section, month\n"
        f"  {address}news/related?article_id=1  what article 1 links to, and what links to it"
    )


if __name__ == "__main__":
    main()
