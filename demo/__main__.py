"""``python -m demo``: crawl the demo papers and report what was stored; ``serve`` and ``record`` do one half each."""

from __future__ import annotations

import argparse
import errno
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from demo.paper import ORIGIN, PORT, Paper
from demo.recording import record
from demo.server import HOST, PaperServer
from demo.summary import extent, summary

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "demo/news.db"


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status. Errors are sentences on standard error."""
    options = _options(arguments)
    try:
        if options.command == "record":
            return _record(options.origin, options.out)
        _check(options.port)
        if options.command is None:
            return _crawl(options.port)
        with PaperServer(port=options.port) as server:
            return _serve(server)
    except OverflowError:
        return _failed(f"--port {options.port}: no such port; expected 1 to 65535")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _failed(f"port {options.port} is taken; name another, such as: make demo PORT={options.port + 10}")
        return _failed(f"{error.filename or 'the demo'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print()
        return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description="The demo newspapers. Alone: crawl them.")
    parser.add_argument("--port", type=int, default=PORT, help=f"of the first paper ({PORT})")
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


def _check(port: int) -> None:
    """Raise OSError where the port is taken, OverflowError where there is no such port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))


def _serve(server: PaperServer) -> int:
    print(f"The demo paper is at {server.origin}/ (Ctrl-C ends it)", flush=True)
    threading.Event().wait()
    return 0


def _crawl(port: int) -> int:
    database = ROOT / DATABASE
    try:
        before = extent(database)
        started = time.monotonic()
        print("Crawling two invented papers" + ("" if before.articles else ", as ten days pass") + " …", flush=True)
        command = [sys.executable, "-m", "demo.fortnight", str(database.parent), "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, check=False, stderr=subprocess.PIPE, text=True)  # noqa: S603 - ours
        if done.returncode:
            return _failed(f"the crawls ended with status {done.returncode}:\n{done.stderr.strip()}", done.returncode)
        print(summary(database, before, time.monotonic() - started))
    except sqlite3.Error as error:
        return _failed(f"{DATABASE}: {error}; move the file away and run this again")
    print(f"\nTo read on:  make serve DATABASE={DATABASE}")
    return 0


def _failed(why: str, status: int = 1) -> int:
    print(f"demo: {why}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
