"""The pages of the hostile server: twenty good articles, invented, and pages that are hard to read."""

from __future__ import annotations

import gzip
import html
import json
import zlib
from collections.abc import Sequence
from functools import cache

import brotli

from crawler.middlewares.compression import zstd

GOOD = range(1, 21)
_MARKUP_TITLE = '<script>alert("title")</script> Mayor & <b>council</b> agree on "quiet" trams'
_PLACES = ("harbour", "library", "orchard", "observatory", "tram depot", "fish market", "lighthouse")
_DEEDS = ("reopens after a long winter", "asks for volunteers", "finds a forgotten map", "extends its hours")
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 40
_REPORTERS = ("Ada Lindqvist", "Tomas Ferreira", "Mirela Stan")


def good_title(n: int) -> str:
    """The title of the n-th good article; no two are alike."""
    return f"The {_PLACES[n % 7]} of Ward {n} {_DEEDS[n % 4]}"


def article(path: str, title: str) -> bytes:
    """A plain, well-made article page with its metadata. Whatever the title holds is written into it safely."""
    seed = sum(map(ord, path + title))
    reporter = _REPORTERS[seed % 3]
    published = f"2024-12-{seed % 20 + 1:02}T{seed % 12 + 8:02}:{seed % 60:02}:00+03:00"
    metadata = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": published,
        "author": {"@type": "Person", "name": reporter},
    }
    json_ld = json.dumps(metadata).replace("<", "\\u003c")
    paragraphs = "".join(f"<p>{html.escape(one)}</p>\n" for one in _paragraphs(path, title, reporter))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>
<script type="application/ld+json">{json_ld}</script>
<meta property="article:published_time" content="{published}"></head>
<body><article><header><h1>{html.escape(title)}</h1>
<p class="byline">By <a rel="author">{reporter}</a>, <time datetime="{published}">{published[:10]}</time></p></header>
{paragraphs}</article></body></html>
""".encode()


def _paragraphs(path: str, title: str, reporter: str) -> list[str]:
    place = _PLACES[sum(map(ord, path)) % 7]
    return [
        f"The town read about it on page {path} of the morning edition: {title}. Few had expected the news so early.",
        f"Visitors to the {place} queued from seven, some of them with folding chairs and thermos flasks of tea.",
        f"“We counted {len(title) * 11} people before noon,” said the keeper, who asked {reporter} to wipe both boots.",
        f"The council had set aside {len(path) * 1_300} crowns for the work, and spent rather less than half of them.",
        "Children from the school across the street had painted the railings; two of them signed their work.",
        f"A second meeting about the {place} is planned for spring, when the ferries run more often again.",
    ]


def feed(origin: str, hostile: Sequence[str]) -> bytes:
    """An RSS feed of all good articles, with the hostile addresses spread between them."""
    good = [f"/good/{n}" for n in GOOD]
    paths = [path for n, one in enumerate(good) for path in (one, *hostile[n :: len(good)])]
    items = "".join(f"<item><title>{path}</title><link>{origin}{path}</link></item>\n" for path in paths)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Hostile</title>{items}</channel></rss>'.encode()


@cache
def odd_pages() -> dict[str, tuple[str | None, bytes]]:
    """Content encoding and body of each page that is hard to read, by path. Made once: some are costly."""
    zipped = gzip.compress(article("/gzip", "A page in gzip"), mtime=0)
    packed = {
        "br": brotli.compress(article("/br", "A page in br")),
        "zstd": zstd.compress(article("/zstd", "A page in zstd")),
        "deflate": zlib.compress(article("/deflate", "A page in deflate")),
    }
    halves = {f"/{coding}/truncated": (coding, body[: len(body) // 2]) for coding, body in packed.items()}
    return halves | {
        "/bomb": ("gzip", _bomb()),
        "/gzip/truncated": ("gzip", zipped[: len(zipped) // 2]),
        "/gzip/claimed": ("gzip", article("/gzip/claimed", "A page that is no gzip")),
        "/gzip/hidden": (None, zipped),
        "/charset": (None, _windows_1251()),
        "/binary": (None, _PNG),
        "/nested": (None, b"<html><body>" + b"<div>" * 60_000 + b"<p>Deep down.</p>" + b"</div>" * 60_000),
        "/empty": (None, b""),
        "/markup": (None, article("/markup", _MARKUP_TITLE)),
        "/links": (None, b"<html><body>" + b"".join(b'<a href="/nowhere/%d">x</a>\n' % n for n in range(100_000))),
        "/json-ld": (None, _invalid_json_ld()),
    }


def _bomb() -> bytes:
    squeeze = zlib.compressobj(9, wbits=31)
    megabyte = bytes(1024 * 1024)
    return b"".join(squeeze.compress(megabyte) for _ in range(100)) + squeeze.flush()


def _windows_1251() -> bytes:
    """A page in another encoding than it says."""
    text = "Паром снова ходит между берегами, и у причала с утра стоит очередь. "
    body = "".join(f"<p>{text * 3}</p>" for _ in range(6))
    return f'<html><head><meta charset="utf-8"><title>Паром</title></head><body>{body}'.encode("windows-1251")


def _invalid_json_ld() -> bytes:
    """An article whose JSON-LD breaks off, and is followed by one that is no object."""
    page = article("/json-ld", "The JSON-LD of this page is broken")
    broken = b'<script type="application/ld+json">{"@type": "NewsArticle", "headline": </script>'
    return page.replace(b"</head>", broken + b'<script type="application/ld+json">[[1, null]]</script></head>', 1)
