"""Captures of workers are fetched: what is new and what has grown, and nothing else."""

import pytest

from crawler.errors import SetupError
from crawler.housekeeping import Job
from crawler.housekeeping.captures import collect
from tests.make import NOW


@pytest.fixture
def job(tmp_path):
    said: list[str] = []
    return Job(tmp_path / "news.db", tmp_path / "warc", NOW, said.append), said


def test_new_and_grown_files_are_fetched_and_the_others_are_not(job, tmp_path):
    job, said = job
    there = tmp_path / "there"
    there.mkdir()
    (there / "velm-desk-1.warc.gz").write_bytes(b"one")
    (there / "velm-desk-2.warc").write_bytes(b"two")
    (there / "notes.txt").write_bytes(b"no capture")
    (there / "folder.warc.gz").mkdir()
    collect(job, str(there))
    (there / "velm-desk-1.warc.gz").write_bytes(b"one and more")
    collect(job, f"file://{there}")
    assert {path.name: path.read_bytes() for path in job.captures.iterdir()} == {
        "velm-desk-1.warc.gz": b"one and more",
        "velm-desk-2.warc": b"two",
    }
    assert [line.partition(" from")[0] for line in said] == ["2 files fetched", "1 file fetched"]
    assert said[1].endswith("0.0 MB; 1 were there")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("/no/such/folder", "/no/such/folder: No such file"),
        ("gopher://desk/warc", "gopher://desk/warc: Protocol not known"),
    ],
)
def test_what_cannot_be_read_is_told(job, source, told):
    with pytest.raises(SetupError, match=told):
        collect(job[0], source)


def test_a_folder_for_them_must_be_named(tmp_path):
    with pytest.raises(SetupError, match="ARCHIVE_DIR=FOLDER"):
        collect(Job(tmp_path / "news.db", None, NOW, print), str(tmp_path))
