"""``python -m reading_room``: serve an archive to this machine, read-only, until interrupted."""

from __future__ import annotations

import argparse
import errno
import socket
import sys
from pathlib import Path

import uvicorn

from reading_room.room import trouble


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted. Exits with status 1 and a sentence where there is nothing to serve, or no port."""
    options = _parser().parse_args(arguments)
    reason = trouble(options.database)
    if reason:
        sys.exit(reason)
    try:
        listening = listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        sys.exit(deaf(options.host, options.port, error))
    from reading_room.room import open_room  # takes half a second, which a mistake above should not cost

    app = open_room(options.database.resolve(), options.public).app()
    print(_welcome(options.database, _address(options.host, listening.getsockname()[1]), options.public), flush=True)
    # A lifespan is what starts Datasette; its log of requests would bury the lines above.
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_level="warning"))
    server.run(sockets=[listening])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reading_room", description="Read an archive in the browser.")
    parser.add_argument("--database", type=Path, default=Path("news.db"), help="the archive (news.db)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (8001); 0 takes a free one")
    parser.add_argument(
        "--public", action="store_true", help="for readers who are strangers: no SQL of their own, and closer limits"
    )
    return parser


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError for a taken port, OverflowError for a number that is none.

    It says that it speaks TCP: only then asyncio sends each answer off at once, and not 40 ms later.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, port), family=family)
    return socket.socket(made.family, made.type, socket.IPPROTO_TCP, fileno=made.detach())


def deaf(host: str, port: int, error: OSError | OverflowError) -> str:
    """Why a port cannot be listened on, and what to do instead."""
    another = port + 1 if 0 < port < 65535 else 8001
    if isinstance(error, OverflowError):
        return f"There is no port {port}: name one from 1 to 65535, such as make serve PORT={another}."
    reasons = {
        errno.EADDRINUSE: f"Port {port} on {host} is in use, perhaps by another reading room.",
        errno.EACCES: f"Port {port} is for the system's own services.",
        errno.EADDRNOTAVAIL: f"This machine has no address {host}; 127.0.0.1 is for itself alone, 0.0.0.0 for all.",
    }
    said = reasons.get(error.errno or 0, f"Cannot listen on {host}, port {port}: {error.strerror or error}.")
    return f"{said} Try another: make serve PORT={another}"


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
