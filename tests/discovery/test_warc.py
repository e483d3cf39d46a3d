"""WARC files: what the index holds, which capture answers, what a record gives."""

import base64
import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.discovery import warc
from tests.warc_recording import PAGE, URL, Recording, sha1


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def recording(tmp_path):
    return Recording(tmp_path / "pages.warc.gz")


def test_the_index_tells_where_each_response_lies(recording):
    recording.add()
    offset = recording.add("https://www.example.com/gone", when="2024-12-09T15:00:00Z", status="HTTP/1.1 404 Not Found")
    second = warc.index([recording.save()]).captures[1]
    assert (second.file, second.offset, second.url) == (recording.path, offset, "https://www.example.com/gone")
    assert (second.at, second.status, second.mime) == (at("2024-12-09T15:00:00Z"), 404, "text/html")
    assert second.digest == sha1(PAGE)


def test_only_responses_of_the_web_are_captures(recording):
    recording.add()
    recording.add(kind="request", status="GET /a/1 HTTP/1.1")
    recording.add("dns:www.example.com", kind="resource")
    recording.add("ftp://www.example.com/a")
    found = warc.index([recording.save()])
    assert ([one.url for one in found.captures], found.damaged) == ([URL], ())


def test_what_found_the_same_is_that_page_seen_again_and_says_nothing_without_it(recording):
    page = recording.add()
    recording.add(kind="revisit", when="2024-12-19T12:00:00Z")
    found = warc.index([recording.save()])
    assert [(one.at.day, one.offset, one.is_revisit) for one in found.captures] == [(9, page, False), (19, page, False)]
    assert warc.read(found.captures[1]).body == warc.read(found.captures[0]).body
    alone = Recording(recording.path.with_name("alone.warc.gz"))
    alone.add(kind="revisit")
    assert warc.index([alone.save()]).captures == ()


@pytest.mark.parametrize(
    "same",
    [
        {"status": ""},
        {"status": "HTTP/1.1 304 Not Modified", "body": b"", "headers": ()},
        {"status": "HTTP/1.1 304 Not Modified", "body": b"", "digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"},
        {"status": "", "digest": " ", "refers": URL},
        {"url": "https://www.example.com/b", "status": "", "refers": URL},
        {"url": "https://www.example.com/b", "digest": " ", "refers": f"<{URL}>"},
    ],
)
def test_what_found_the_same_is_told_in_many_ways(recording, same):
    recording.add()
    recording.add(kind="revisit", when="2024-12-19T12:00:00Z", **same)
    found = warc.index([recording.save()])
    assert [(one.at.day, one.status) for one in found.captures] == [(9, 200), (19, 200)]
    assert warc.read(found.captures[1]).body == PAGE
    assert found.damaged == ()


def test_what_found_the_same_as_something_that_is_not_there_says_nothing(recording):
    recording.add()
    recording.add(kind="revisit", when="2024-12-19T12:00:00Z", digest="sha1:" + "A" * 32, status="")
    assert len(warc.index([recording.save()]).captures) == 1


def test_the_year_1_is_no_time_of_a_capture(recording):
    recording.add(when="0001-01-01T00:00:00Z")
    recording.add("https://www.example.com/b")
    found = warc.index([recording.save()])
    assert [one.url for one in found.captures] == ["https://www.example.com/b"]
    assert "1 is no year of a capture" in found.damaged[0]


def test_a_header_that_names_a_packing_which_is_gone_is_left_out(recording):
    recording.add(headers=(("Content-Encoding", "gzip"),))
    (capture,) = warc.index([recording.save()]).captures
    assert "content-encoding" not in {name.lower() for name, _ in warc.read(capture).headers}


def test_captures_come_by_time_and_ties_in_the_order_of_the_files(tmp_path):
    late, early = Recording(tmp_path / "1.warc.gz"), Recording(tmp_path / "2.warc.gz")
    late.add("https://www.example.com/c", when="2024-12-10T00:00:00Z")
    late.add("https://www.example.com/b")
    early.add("https://www.example.com/d")
    early.add("https://www.example.com/a", when="2024-12-08T00:00:00Z")
    found = warc.index([late.save(), early.save()])
    assert [one.url[-1] for one in found.captures] == ["a", "b", "d", "c"]


def test_the_latest_capture_at_a_time_answers(recording):
    for day in ("07", "09", "11"):
        recording.add(when=f"2024-12-{day}T12:00:00Z")
    index = warc.index([recording.save()])

    def day_at(when: str | None) -> int | None:
        found = index.latest(URL, at(when) if when else None)
        return found.at.day if found else None

    assert day_at(None) == 11
    assert day_at("2024-12-10T00:00:00Z") == 9
    assert day_at("2024-12-09T12:00:00Z") == 9
    assert day_at("2024-12-09T11:59:59Z") == 7
    assert day_at("2024-12-01T00:00:00Z") is None


@pytest.mark.parametrize("asked", ["https://www.example.com/a?y=2&x=1", "https://WWW.example.com/a?x=1&y=2#part"])
def test_addresses_are_compared_in_canonical_form(recording, asked):
    recording.add("https://www.example.com/a?x=1&y=2")
    index = warc.index([recording.save()])
    assert index.latest(asked) is not None
    assert index.latest("https://www.example.com/a?x=1") is None
    assert index.latest("https://[broken") is None


def test_not_modified_leaves_the_capture_before_it_standing(recording):
    recording.add()
    recording.add(when="2024-12-10T12:00:00Z", status="HTTP/2 304 Not Modified", body=b"")
    index = warc.index([recording.save()])
    assert len(index.captures) == 2
    assert index.latest(URL) == index.captures[0]


@pytest.mark.parametrize("zipped", [True, False])
def test_a_record_reads_as_it_was_written(tmp_path, zipped):
    recording = Recording(tmp_path / "pages.warc", zipped=zipped)
    bodies = [PAGE, b"", b"\r\n\r\nWARC/1.0\r\n" * 3, bytes(range(256)) * 1000]
    for n, body in enumerate(bodies):
        recording.add(
            f"https://www.example.com/{n}", body, headers=[("X-One", "1"), ("Set-Cookie", "a"), ("Set-Cookie", "b")]
        )
    index = warc.index([recording.save()])
    assert index.damaged == ()
    read = [warc.read(one) for one in index.captures]
    assert [one.body for one in read] == bodies
    assert read[0].headers == [("X-One", "1"), ("Set-Cookie", "a"), ("Set-Cookie", "b")]


def test_chunks_go_and_the_content_encoding_stays(recording):
    zipped = gzip.compress(PAGE)
    chunked = (
        b"a\r\n" + zipped[:10] + b"\r\n" + f"{len(zipped) - 10:x}".encode() + b"\r\n" + zipped[10:] + b"\r\n0\r\n\r\n"
    )
    recording.add(body=chunked, headers=[("Content-Encoding", "gzip"), ("transfer-encoding", "Chunked")])
    read = warc.read(warc.index([recording.save()]).captures[0])
    assert (read.headers, gzip.decompress(read.body)) == ([("Content-Encoding", "gzip")], PAGE)


def test_a_body_that_only_claims_to_be_chunked_is_kept(recording):
    recording.add(headers=[("Transfer-Encoding", "chunked")])
    assert warc.read(warc.index([recording.save()]).captures[0]).body == PAGE


def _digests() -> list[str]:
    sha256 = hashlib.sha256(PAGE)
    return [
        f"md5:{hashlib.md5(PAGE).hexdigest()}",  # noqa: S324 nor in this
        sha1(PAGE).lower(),
        f"sha-256:{base64.b32encode(sha256.digest()).decode()}",
        f"sha256:{base64.b64encode(sha256.digest()).decode()}",
        f"sha256:{base64.urlsafe_b64encode(sha256.digest()).decode().rstrip('=')}",
        "blake9:unheard-of",
    ]


@pytest.mark.parametrize("digest", _digests())
def test_a_digest_fits_in_any_spelling(recording, digest):
    recording.add(digest=digest)
    assert warc.read(warc.index([recording.save()]).captures[0]).body == PAGE


def test_a_digest_of_the_body_without_its_chunks_fits_too(recording):
    chunked = f"{len(PAGE):x}".encode() + b"\r\n" + PAGE + b"\r\n0\r\n\r\n"
    recording.add(
        body=chunked,
        headers=[("Transfer-Encoding", "chunked")],
        digest=sha1(PAGE),
    )
    assert warc.read(warc.index([recording.save()]).captures[0]).body == PAGE


@pytest.mark.parametrize("digest", ["sha1:" + "A" * 32, "sha1:" + "0" * 40, "sha256:nonsense", "md5:"])
def test_a_digest_that_does_not_fit_is_an_error(recording, digest):
    recording.add(digest=digest)
    capture = warc.index([recording.save()]).captures[0]
    with pytest.raises(warc.WarcError, match=r"pages\.warc\.gz at byte 0: the body of .*/a/1 does not fit"):
        warc.read(capture)


@pytest.mark.parametrize(
    "when", ["2024-12-09T12:00:00", "20241209120000", "2024-12-09T13:00:00+01:00", "2024-12-09T12:00:00.000000000Z"]
)
def test_a_time_is_in_utc_whatever_the_writer_leaves_away(recording, when):
    recording.add(when=when)
    (capture,) = warc.index([recording.save()]).captures
    assert capture.at == datetime(2024, 12, 9, 12, tzinfo=UTC)


def test_a_resource_is_a_page_without_a_header(recording):
    recording.add(status="", body=b"", kind="resource")
    recording.data = gzip.compress(
        gzip.decompress(recording.data)
        .replace(b"application/http", b"text/html")
        .replace(b"Content-Length: 0\r\n\r\n", f"Content-Length: {len(PAGE)}\r\n\r\n".encode() + PAGE)
    )
    (capture,) = warc.index([recording.save()]).captures
    assert (capture.status, capture.mime) == (200, "text/html")
    assert warc.read(replace(capture, digest=None)).body == PAGE
