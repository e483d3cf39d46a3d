"""Serves a folder of recorded pages on loopback, from a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path


@contextmanager
def serving(pages: Path) -> Iterator[list[str]]:
    """The addresses of all ``*.html.gz`` below a folder, while they are served; gzipped, as most papers send them."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(pages, theirs), daemon=True)
    process.start()
    theirs.close()  # else nobody would hear of a server that does not come up
    try:
        yield ours.recv()
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

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.send([f"http://127.0.0.1:{server.server_port}{path}" for path in bodies])
        server.serve_forever()
