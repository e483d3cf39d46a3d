"""Pages that nobody meant to be read: none may crash extraction, hang it, or fill the memory."""

from __future__ import annotations

import pickle
import random
import resource
import time
from datetime import UTC, datetime

import pytest

from crawler.extraction.extract import EXTRACTOR, extract
from crawler.site import Site

URL = "https://velm.example/a-page"
SITE = Site.without_profile("velm.example")
FETCHED = datetime(2031, 5, 12, 12, 0, tzinfo=UTC)
SECONDS = 15.0  # what takes seconds is quadratic somewhere; the allowance is for a busy machine
MEGABYTES = 300


def nested(tag: str) -> bytes:
    return b"<html><body><p>before</p>" + f"<{tag}>w".encode() * 60_000 + b"<p>after</p>"


def script(text: str) -> bytes:
    return f'<script type="application/ld+json">{text}</script><p>x</p>'.encode()


NOISE = random.Random(1)  # noqa: S311 - not a secret
PAGES = {
    "empty": b"",
    "blank": b" \n ",
    "nul": b"\0" * 1000,
    "every byte": bytes(range(256)) * 100,
    "noise": NOISE.randbytes(50_000),
    "lone surrogates": "<p>\ud800 a \udfff</p>".encode("utf-8", "surrogatepass"),
    "impossible references": b"<p>&#xD800;&#x110000;&#0; a</p>",
    "declared wrongly": b'<?xml version="1.0" encoding="utf-16"?><p>a</p>',
    "comment alone": b"<!-- nothing -->",
    "doctype alone": b"<!DOCTYPE html>",
    "frames": b"<frameset><frame src=x></frameset>",
    "another root": b"<svg><text>a</text></svg>",
    "broken addresses": b'<base href="http://[x"><link rel=canonical href="http://[y"><a href="http://[z">a</a><p>b</p>',
    "deep JSON": script('{"a":' * 900 + "1" + "}" * 900),
    "deeper JSON": script("[" * 100_000),
    "JSON of other types": script(
        '{"@type":5,"headline":{"a":[]},"author":[[[1]]],"datePublished":{},"keywords":[null]}'
    ),
    "article of other types": script(
        '{"@type":"Article","headline":{"a":[]},"author":[[[1]]],"datePublished":[{}],"image":[7]}'
    ),
    "string without end": script('{"@type":"NewsArticle","headline":' + '"\\' * 100_000),
    "huge attribute": b'<p class="' + b"a " * 200_000 + b'">x</p>',
    "huge word": b"<p>" + b"x" * 1_000_000,
    "white space": b"<p>" + b" " * 1_000_000 + b"</p>",
    "breaks": b"<article>" + b"word<br>" * 20_000,
    "links in a line": b"<p>" + b'<a href="/some/page">link text</a> ' * 5_000,
    "links": b"<article>" + b'<p>Some text and <a href="/some/page">a link in it</a> and more.</p>' * 5_000,
    "boxes": b'<div class="related"><p>a</p>' * 5_000,
    "dates": b'<p class="date">2031 12 13 14 15 16</p>' * 2_000,
    **{
        f"nested {tag}": nested(tag) for tag in ("div", "b", "p", "table", "blockquote", "ul", "a href=/x/y", "article")
    },
}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_crashes_hangs_or_fills_the_memory(name: str):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    article = extract(PAGES[name], URL, SITE, FETCHED)
    assert time.process_time() - started < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEGABYTES
    assert pickle.loads(pickle.dumps(article)) == article  # noqa: S301 - our own bytes
    article.text.encode("utf-8")  # nothing is left in it that a database would refuse


def test_an_empty_page_gives_an_article_without_title_and_text():
    article = extract(b"", URL, SITE, FETCHED)
    assert (article.title, article.paragraphs, article.published, article.extractor) == ("", (), None, EXTRACTOR)


@pytest.mark.parametrize("seed", range(25))
def test_a_page_damaged_anywhere_is_still_read(seed: int):
    dice = random.Random(seed)  # noqa: S311 - not a secret
    paragraph = "<p>The ferry left the pier at six in the morning, as it does on <a href='/days'>Mondays</a>.</p>"
    head = (
        '<meta charset="utf-8"><script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry"}</script>'
    )
    page = bytearray(f"<html><head>{head}</head><body><article>{paragraph * 20}</article></body></html>".encode())
    for _ in range(dice.randint(1, 200)):
        page[dice.randrange(len(page))] = dice.randrange(256)
    article = extract(bytes(page[: dice.randrange(1, len(page))]), URL, SITE, FETCHED)
    for link in article.links:
        if link.kind == "inline":
            assert article.paragraphs[link.position][link.start : link.end] == link.anchor_text
