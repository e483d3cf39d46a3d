"""WARC files made by hand, whole or broken."""

import base64
import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path

URL = "https://www.example.com/a/1"
PAGE = b"<html><h1>Ferry line reopens</h1></html>"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
NOON = "2024-12-09T12:00:00Z"


def sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()  # noqa: S324 WARC has no say in it


class Recording:
    """A WARC file in the making, by hand: the reader is tested, and warcio's writer would mend what is to be broken."""

    def __init__(self, path: Path, *, zipped: bool = True) -> None:
        self.path = path
        self.data = b""
        self.zipped = zipped

    def add(self, url=URL, body=PAGE, when=NOON, status="HTTP/1.1 200 OK", headers=HTML, kind="response", digest=None,
            refers=None):  # fmt: skip
        """Add a record; return the offset at which it begins. ``refers`` is an address. Without a status no block."""
        offset = len(self.data)
        block = _lines(status, headers) + body if status else b""
        fields = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{offset}>",
            "WARC-Target-URI": url,
            "WARC-Date": when,
            "WARC-Payload-Digest": digest or sha1(body),
            "Content-Type": "application/http",
            "Content-Length": str(len(block)),
            **({"WARC-Refers-To-Target-URI": refers} if refers else {}),
        }
        record = _lines("WARC/1.0", fields.items()) + block + b"\r\n\r\n"
        self.data += gzip.compress(record) if self.zipped else record
        return offset

    def save(self, cut: int | None = None) -> Path:
        self.path.write_bytes(self.data[:cut])
        return self.path


def _lines(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    return "".join([f"{first}\r\n", *(f"{name}: {value}\r\n" for name, value in fields), "\r\n"]).encode()
