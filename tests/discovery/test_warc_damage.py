"""WARC files that are broken: damage is told, never raised by the index, and never gives a wrong body."""

import contextlib
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import warc
from tests.warc_recording import NOON, PAGE, URL, Recording


@pytest.fixture
def recording(tmp_path):
    return Recording(tmp_path / "pages.warc.gz")


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


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("harm", ["noise", "a hole", "a longer length", "no length", "rubbish before"])
def test_damage_within_a_file_is_named_and_the_rest_is_read(tmp_path, capfd, zipped, harm):
    recording = Recording(tmp_path / "pages.warc", zipped=zipped)
    recording.add()
    offset = recording.add("https://www.example.com/a/2", bytes(range(256)) * 1000)
    third = recording.add("https://www.example.com/a/3")
    recording.add("https://www.example.com/a/4", b"WARC/1.0 is a format, wrote the clerk.")
    data = bytearray(recording.data)
    if harm == "noise":
        data[offset + 4 : offset + 100] = bytes(96)
    elif harm == "a hole":
        del data[offset + 100 : third - 20]
    elif harm == "rubbish before":
        data[offset:offset] = b"\x1f\x8b\x08 and WARC/1.0 stand in this rubbish. " * 20
    elif zipped:
        data[offset + 30 : offset + 34] = b"\xff\x00\xff\x00"
    else:
        wrong = b"Content-Length: 9560" if harm == "a longer length" else b"Content-Width:  2560"
        data = bytearray(bytes(data).replace(b"Content-Length: 2560", wrong, 1))
    recording.path.write_bytes(data)
    found = warc.index([recording.path])
    urls = [one.url[-1] for one in found.captures]
    assert [url for url in urls if url != "2"] == ["1", "3", "4"]
    assert len(found.damaged) >= 1
    assert f"from byte {offset}" in found.damaged[0]
    assert "it is read on from byte" in found.damaged[0]
    for capture in found.captures:
        if capture.url[-1] in "134":
            assert warc.read(capture).body in (PAGE, b"WARC/1.0 is a format, wrote the clerk.")
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_nothing_but_damage_is_told_in_few_sentences(tmp_path):
    file = tmp_path / "worn.warc"
    file.write_bytes(b"WARC/1.0\r\nContent-Length: many\r\n\r\n" * 500)
    found = warc.index([file])
    assert found.captures == ()
    assert len(found.damaged) == 21
    assert found.damaged[-1].endswith("480 more such places")


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
    [("HTTP/1.1 200 OK", "last week"), ("HTTP/1.1 abc", NOON), ("HTTP/1.1 200", "12:00")],
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
    monkeypatch.setattr(warc, "MOST_BYTES", 5_000)
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


def test_records_with_nothing_between_them_are_told_and_read(tmp_path):
    recording = Recording(tmp_path / "dense.warc", zipped=False)
    recording.add()
    recording.add("https://www.example.com/a/2")
    recording.data = recording.data.replace(b"\r\n\r\nWARC/1.0", b"WARC/1.0")
    found = warc.index([recording.save()])
    assert [one.url for one in found.captures] == [URL, "https://www.example.com/a/2"]
    assert [warc.read(one).body for one in found.captures] == [PAGE, PAGE]
    assert len(found.damaged) == 1
