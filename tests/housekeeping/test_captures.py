"""Records of WARC files are overwritten one by one, to the byte; what cannot be is told."""

import gzip
import zlib
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.housekeeping.captures import blank, overwrite
from tests.make import MT, NOW
from tests.warc_recording import Recording

SENTENCE = b"Quillfeather signed the papers in the boathouse at dusk."
URL, OTHER = (f"{MT}/2024/12/09/{slug}" for slug in ("papers-signed-a1", "other-a2"))
PAGE = b"<html><p>" + SENTENCE + b"</p></html>"


def test_what_lies_behind_damage_or_together_with_others_is_told(tmp_path):
    def is_its(url):
        return url == URL

    cut = Recording(tmp_path / "cut.warc.gz")
    cut.add(URL, PAGE)
    end = cut.add(OTHER)
    cut.save(end + 60)
    done = overwrite(cut.path, is_its, NOW)
    assert done.records == 1
    assert f"not readable from byte {end} on" in done.left[0]
    together = Recording(tmp_path / "together.warc.gz", zipped=False)
    together.add(OTHER)
    together.add(URL, PAGE)
    together.path.write_bytes(gzip.compress(together.data))
    done = overwrite(together.path, is_its, NOW)
    assert done.records == 0
    assert done.left, "one gzip member with all records cannot be overwritten in part"
    assert SENTENCE in gzip.decompress(together.path.read_bytes())


@pytest.mark.parametrize(
    "length", [200, 201, 333, 65_535 + 23, 65_535 + 24, 65_540 + 18, 65_541 + 18, 200_000, 131_099]
)
@pytest.mark.parametrize("zipped", [True, False])
def test_a_blank_record_has_any_length_to_the_byte(length, zipped):
    data = blank(length, NOW, zipped=zipped)
    assert data is not None
    assert len(data) == length
    (record,) = ArchiveIterator(BytesIO(data + gzip.compress(b"")) if zipped else BytesIO(data))
    assert record.rec_type == "metadata"
    assert record.raw_stream.read().strip() == b""
    if zipped:
        inflater = zlib.decompressobj(wbits=31)
        inflater.decompress(data)
        assert (inflater.eof, inflater.unused_data) == (True, b"")


def test_there_is_no_record_of_a_few_bytes():
    assert blank(120, NOW, zipped=True) is None
    assert blank(0, NOW, zipped=False) is None
