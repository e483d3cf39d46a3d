"""``python -m demo``: crawl the demo paper and show what came; ``serve`` and ``record`` do one half each."""

from __future__ import annotations

import argparse
import errno
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from demo.paper import ORIGIN, Paper
from demo.recording import record
from demo.server import HOST, PaperServer
from demo.summary import extent, summary

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "demo/news.db"
PORT = 8650


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status. Errors are sentences on standard error."""
    options = _options(arguments)
    try:
        if options.command == "record":
            return _record(options.origin, options.out)
        with PaperServer(port=options.port) as server:
            return _serve(server) if options.command == "serve" else _crawl(server)
    except OverflowError:
        return _failed(f"--port {options.port}: no such port; expected 1 to 65535")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _failed(f"port {options.port} is taken; name another, such as --port {options.port + 1}")
        return _failed(f"{error.filename or 'the demo'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print()
        return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description="The demo newspaper. Alone: crawl it.")
    parser.add_argument("--port", type=int, default=PORT, help=f"where to serve it ({PORT})")
    commands = parser.add_subparsers(dest="command")
    serve = commands.add_parser("serve", help="serve it until Ctrl-C")
    serve.add_argument("--port", type=int, default=argparse.SUPPRESS, help=f"where to serve it ({PORT})")
    recorder = commands.add_parser("record", help="write all of it to a WARC archive")
    recorder.add_argument("--origin", default=ORIGIN, help=f"the address it takes for its own ({ORIGIN})")
    recorder.add_argument("out", type=Path, metavar="OUT.warc.gz")
    return parser.parse_args(arguments)


def _record(origin: str, out: Path) -> int:
    print(f"{record(Paper(origin.rstrip('/')), out)} responses of {origin} in {out}")
    return 0


def _serve(server: PaperServer) -> int:
    print(f"The demo paper is at {server.origin}/ (Ctrl-C ends it)", flush=True)
    threading.Event().wait()
    return 0


def _crawl(server: PaperServer) -> int:
    database = ROOT / DATABASE
    try:
        before = extent(database)
        started = time.monotonic()
        with TemporaryDirectory(prefix="vestnik-demo-") as folder:
            status = _spider(_profiles(server.origin, Path(folder)))
        if status:
            return _failed(f"the crawl ended with status {status}; what it said is above", status)
        print(summary(database, before, time.monotonic() - started))
    except sqlite3.Error as error:
        return _failed(f"{DATABASE}: {error}; move the file away and run this again")
    print(f"\nTo read on:  make serve DATABASE={DATABASE}")
    return 0


def _profiles(origin: str, folder: Path) -> Path:
    """The folder of the demo's profile; for another origin than the shipped one, a copy that names it."""
    shipped = Path(__file__).parent / "sites"
    if origin == ORIGIN:
        return shipped
    text = (shipped / "demo.toml").read_text("utf-8")
    text = text.replace(ORIGIN, origin).replace(f"{HOST}:{PORT}", origin.removeprefix("http://"))
    (folder / "demo.toml").write_text(text, "utf-8")
    return folder


def _spider(profiles: Path) -> int:
    settings = (f"SITES_DIR={profiles}", f"ALLOW_PRIVATE_HOSTS={HOST}", f"DATABASE={DATABASE}")
    command = [sys.executable, "-m", "scrapy", "crawl", "demo"]
    for setting in settings:
        command += ["-s", setting]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own command, no shell


def _failed(why: str, status: int = 1) -> int:
    print(f"demo: {why}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
