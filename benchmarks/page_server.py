"""Serves a folder of recorded pages on loopback, from a process of its own, at as many hosts as are asked for."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path


@contextmanager
def serving(pages: Path, hosts: int = 1) -> Iterator[list[str]]:
    """Yield the addresses of all ``*.html.gz`` below a folder while they are served, gzipped as most papers send them.

    Each has one at every host, 127.0.0.1 and those after it: host by host, as they would be listed by so many papers.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(pages, theirs), daemon=True)
    process.start()
    theirs.close()  # else nobody would hear of a server that does not come up
    try:
        port, paths = ours.recv()
        yield [f"http://127.0.0.{host}:{port}{path}" for host in range(1, hosts + 1) for path in paths]
    finally:
        process.terminate()
        process.join()


def _serve(pages: Path, told: Connection) -> None:
    bodies = {f"/{path.name.removesuffix('.gz')}": path.read_bytes() for path in sorted(pages.glob("*.html.gz"))}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # the name that http.server calls
            body = bodies.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("Content-Type", "text/html")
            if body is not None:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing: a benchmark prints figures."""

    class Server(ThreadingHTTPServer):
        def verify_request(self, _: object, client_address: tuple[str, int]) -> bool:  # socketserver's name
            return client_address[0].startswith("127.")

    with Server(("0.0.0.0", 0), Handler) as server:  # noqa: S104  # all of 127.0.0.0/8; nobody else gets an answer
        told.send((server.server_port, list(bodies)))
        server.serve_forever()
