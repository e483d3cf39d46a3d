"""Packed bodies are unpacked whole, or their page has failed: one rule for every coding."""

import gzip
import zlib
from contextlib import suppress

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse, Request, Response

from crawler.middlewares.compression import DecompressionError, DecompressionMiddleware, unpacked, zstd
from tests.hostile_pages import article

PAGE = article("/packed", "The packed page")


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACK = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "x-gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "deflate without its header": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
CODINGS = {name: name.partition(" ")[0] for name in PACK}


def test_what_may_be_cut_is_unpacked_as_far_as_it_goes(packed):
    coding, pack = packed
    body = pack(PAGE * 40)
    assert unpacked(body, coding, len(PAGE), cut=True).startswith(PAGE)
    with suppress(DecompressionError):  # zstd gives whole blocks alone: of one that is cut, nothing
        assert unpacked(body[: len(body) * 3 // 4], coding, 0, cut=True)[:1] == PAGE[:1]
    with pytest.raises(DecompressionError, match="too large"):
        unpacked(body, coding, len(PAGE))


@pytest.fixture(params=sorted(PACK))
def packed(request):
    """A coding, as servers name it, and what packs."""
    return CODINGS[request.param], PACK[request.param]


@pytest.mark.parametrize("content", [b"", b"<p>Short.</p>", PAGE, PAGE * 300], ids=["none", "short", "page", "long"])
def test_a_whole_stream_is_unpacked_whole(packed, content):
    coding, pack = packed
    assert unpacked(pack(content), coding) == content


def test_half_a_stream_is_no_page_wherever_it_breaks_off(packed):
    coding, pack = packed
    whole = pack(PAGE)
    for end in {1, 2, 5, 10, len(whole) // 3, len(whole) // 2, len(whole) - 4, len(whole) - 1}:
        with pytest.raises(DecompressionError):
            unpacked(whole[:end], coding)
    with pytest.raises(DecompressionError, match="cut short: half a "):
        unpacked(whole[: len(whole) // 2], coding)


@given(st.sampled_from(sorted(PACK)), st.binary(min_size=1, max_size=300), st.data())
def test_no_prefix_of_a_stream_passes_for_another_page(name, content, data):
    packed = PACK[name](content)
    cut = data.draw(st.integers(1, len(packed) - 1))
    with suppress(DecompressionError):
        assert unpacked(packed[:cut], CODINGS[name]) == content  # all but an end that adds nothing


def test_a_plain_page_that_is_labelled_packed_is_told(packed):
    coding, _ = packed
    with pytest.raises(DecompressionError, match=f"mislabelled: not {coding.removeprefix('x-')}|damaged"):
        unpacked(PAGE, coding)


def test_what_a_few_bytes_grow_into_is_bounded(packed):
    coding, pack = packed
    bomb = pack(bytes(30_000_000))
    with pytest.raises(DecompressionError, match="too large"):
        unpacked(bomb, coding, 10_000_000)


def test_several_streams_and_filling_bytes_behind_them():
    halves = gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:])
    assert unpacked(halves + b"\0" * 20, "gzip") == PAGE
    assert unpacked(zstd.compress(PAGE[:100]) + zstd.compress(PAGE[100:]), "zstd") == PAGE
    with pytest.raises(DecompressionError, match="cut short"):
        unpacked(halves[:-9], "gzip")


@pytest.mark.parametrize(
    ("written", "pack"),
    [
        ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
        (" BR ,identity", brotli.compress),
        ("", bytes),
        ("identity", bytes),
        ("utf-8", bytes),  # the mistake of some servers
    ],
)
def test_what_is_written_is_undone_from_its_end(written, pack):
    assert unpacked(pack(PAGE), written) == PAGE


@pytest.mark.parametrize(
    ("written", "reason"), [("compress", "packed as compress"), ("gzip,gzip,gzip,gzip", "packed 4 times")]
)
def test_what_cannot_be_unpacked_is_told(written, reason):
    with pytest.raises(DecompressionError, match=reason):
        unpacked(PAGE, written)


def answer(status, coding, body):
    headers = {"Content-Encoding": coding, "Content-Type": "text/html; charset=utf-8"}
    response = Response("https://news.example/a", status=status, headers=headers, body=body)
    return DecompressionMiddleware(10_000_000).process_response(Request(response.url), response)


def test_a_response_is_unpacked_into_the_kind_that_it_is():
    page = answer(200, "br", brotli.compress(PAGE))
    assert isinstance(page, HtmlResponse)
    assert (page.body, page.encoding, "Content-Encoding" in page.headers) == (PAGE, "utf-8", False)
    assert answer(200, "gzip", b"").body == b""


def test_the_status_of_an_error_page_counts_whatever_its_body_is():
    assert (answer(404, "br", b"<h1>Not found</h1>").status, answer(503, "gzip", b"x").body) == (404, b"")
    with pytest.raises(DecompressionError):
        answer(200, "br", b"<h1>Found</h1>")
