"""WARC files: what the index holds, which capture answers, what a record gives, and how damage is told."""

import base64
import contextlib
import gzip
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import warc, warc_payload

URL = "https://www.example.com/a/1"
PAGE = b"<html><h1>Ferry line reopens</h1></html>"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
NOON = "2024-12-09T12:00:00Z"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()  # noqa: S324 WARC has no say in it


class Recording:
    """A WARC file in the making, by hand: the reader is tested, and warcio's writer would mend what is to be broken."""

    def __init__(self, path: Path, *, zipped: bool = True) -> None:
        self.path = path
        self.data = b""
        self.zipped = zipped

    def add(self, url=URL, body=PAGE, when=NOON, status="HTTP/1.1 200 OK", headers=HTML, kind="response", digest=None):
        """Add a record; the offset at which it begins."""
        offset = len(self.data)
        block = _lines(status, headers) + body
        fields = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{offset}>",
            "WARC-Target-URI": url,
            "WARC-Date": when,
            "WARC-Payload-Digest": digest or sha1(body),
            "Content-Type": "application/http",
            "Content-Length": str(len(block)),
        }
        record = _lines("WARC/1.0", fields.items()) + block + b"\r\n\r\n"
        self.data += gzip.compress(record) if self.zipped else record
        return offset

    def save(self, cut: int | None = None) -> Path:
        self.path.write_bytes(self.data[:cut])
        return self.path


def _lines(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    return "".join([f"{first}\r\n", *(f"{name}: {value}\r\n" for name, value in fields), "\r\n"]).encode()


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
    recording.add(kind="revisit")
    recording.add("dns:www.example.com", kind="resource")
    recording.add("ftp://www.example.com/a")
    found = warc.index([recording.save()])
    assert ([one.url for one in found.captures], found.damaged) == ([URL], ())


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


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_cut_anywhere_in_its_last_record_tells_so_and_keeps_the_rest(tmp_path, zipped):
    recording = Recording(tmp_path / "cut.warc", zipped=zipped)
    recording.add()
    start = recording.add("https://www.example.com/a/2")
    size = len(recording.data)
    whole = size if zipped else size - len(b"\r\n\r\n")  # the blank lines after a record are no part of it
    for cut in range(start + 1, whole):
        found = warc.index([recording.save(cut)])
        assert [one.url for one in found.captures] == [URL], cut
        assert len(found.damaged) == 1, cut
        assert "cut.warc" in found.damaged[0]
    assert warc.index([recording.save(start)]).damaged == ()


def test_a_record_damaged_since_it_was_indexed_is_an_error(recording):
    offset = recording.add("https://www.example.com/a/2", b"x" * 10 + bytes(range(256)) * 100)
    size = len(recording.data)
    (capture,) = warc.index([recording.save()]).captures
    for cut in (offset, offset + 5, size // 2, size - 40):
        recording.save(cut)
        with pytest.raises(warc.WarcError, match=r"pages\.warc\.gz at byte"):
            warc.read(capture)
    recording.path.unlink()
    with pytest.raises(warc.WarcError, match="No such file"):
        warc.read(capture)


def test_damage_within_a_file_is_told_and_nothing_is_printed(recording, capfd):
    recording.add()
    offset = recording.add("https://www.example.com/a/2", bytes(range(256)) * 1000)
    recording.add("https://www.example.com/a/3")
    data = bytearray(recording.save().read_bytes())
    data[offset + 400 : offset + 420] = bytes(20)
    recording.path.write_bytes(data)
    found = warc.index([recording.path])
    assert [one.url for one in found.captures] == [URL]
    assert len(found.damaged) == 1
    assert str(offset) in found.damaged[0]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "data",
    [
        b"<html>not an archive</html>",
        b"\x1f\x8b\x08\0rubbish",
        b"WARC/1.0\r\nWARC-Type: response\r\n",
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: many\r\n\r\n",
    ],
)
def test_what_is_no_warc_is_told(tmp_path, data):
    file = tmp_path / "odd.warc"
    file.write_bytes(data)
    found = warc.index([file])
    assert found.captures == ()
    assert len(found.damaged) == 1
    assert "odd.warc" in found.damaged[0]


def test_a_file_gzipped_as_a_whole_says_how_to_mend_it(tmp_path):
    recording = Recording(tmp_path / "pages.warc", zipped=False)
    recording.add()
    recording.add()
    file = tmp_path / "whole.warc.gz"
    file.write_bytes(gzip.compress(recording.data))
    (sentence,) = warc.index([file]).damaged
    assert "warcio recompress" in sentence


@pytest.mark.parametrize(
    ("status", "when"),
    [("HTTP/1.1 200 OK", "last week"), ("HTTP/1.1 abc", NOON), ("HTTP/1.1 200", "2024-12-09T12:00:00")],
)
def test_a_record_without_status_or_time_is_told_and_passed_over(recording, status, when):
    recording.add(status=status, when=when)
    recording.add("https://www.example.com/a/2")
    found = warc.index([recording.save()])
    assert [one.url for one in found.captures] == ["https://www.example.com/a/2"]
    assert len(found.damaged) == 1


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(warc.WarcError, match="No such file"):
        warc.index([tmp_path / "none.warc"])


def test_a_record_beyond_the_bound_is_an_error(recording, monkeypatch):
    recording.add(body=bytes(10_000))
    capture = warc.index([recording.save()]).captures[0]
    monkeypatch.setattr(warc_payload, "MOST_BYTES", 5_000)
    with pytest.raises(warc.WarcError, match="too large"):
        warc.read(capture)


@given(st.booleans(), st.integers(0, 10_000), st.binary(min_size=1, max_size=4), st.booleans())
def test_no_damage_gives_a_wrong_body(tmp_path_factory, zipped, place, noise, cut):
    recording = Recording(tmp_path_factory.getbasetemp() / "noise.warc", zipped=zipped)
    for n in range(3):
        recording.add(f"https://www.example.com/{n}", PAGE * (n + 1))
    place %= len(recording.data)
    rest = b"" if cut else recording.data[place + len(noise) :]
    recording.data = recording.data[:place] + noise + rest
    index = warc.index([recording.save()])
    for capture in index.captures:
        with contextlib.suppress(warc.WarcError):
            assert warc.read(capture).body in (PAGE, PAGE * 2, PAGE * 3)
