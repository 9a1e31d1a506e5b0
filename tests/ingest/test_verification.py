"""A release with one bad byte, in whatever file, gives no answer; and opening one does not read it all each time."""

import os
import shutil
from pathlib import Path

import pytest

from engine.catalog import verification
from engine.catalog.event_index import open_event_index
from engine.catalog.manifest import read_manifest
from engine.catalog.release import Release, open_release
from engine.catalog.rereading import Rereading
from engine.genotypes.store import GenotypeStore
from engine.ingest.indexing import index_release, verify_release
from engine.ingest.synthetic import synthesize
from schemas.errors import DataProblem

KINDS = (
    "manifest.json",
    "manifest.sha256",
    "person.parquet",
    "events/drug.parquet",
    "survey/answer.parquet",
    "vocabulary/concept.parquet",
    "consent.parquet",
    "genotypes/variant.parquet",
    "genotypes/calls.pgen",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Release:
    root: Path = tmp_path_factory.mktemp("made")
    return synthesize(root, "r1", persons=200, seed=1, progress=lambda step, share: None)


@pytest.fixture
def root(made: Release, tmp_path: Path) -> Path:
    """A copy, opened once, so that all of it is noted as whole."""
    shutil.copytree(made.path.parent, tmp_path / "releases")
    open_release(tmp_path / "releases")
    return tmp_path / "releases"


def flip(file: Path) -> None:
    """One bit, in the middle."""
    with file.open("r+b") as stream:
        stream.seek(file.stat().st_size // 2)
        byte = stream.read(1)[0]
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte ^ 1]))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose bytes are read for their checksum."""
    files: list[str] = []
    sha256 = verification.sha256

    def noting(file: Path, *rest):
        files.append(file.name)
        return sha256(file, *rest)

    monkeypatch.setattr(verification, "sha256", noting)
    return files


@pytest.mark.parametrize("path", KINDS)
def test_one_bad_byte_is_found_at_the_next_opening(root: Path, path: str) -> None:
    flip(root / "r1" / path)
    with pytest.raises(DataProblem, match=rf"release-damaged: .*{path.partition('.')[0]}"):
        open_release(root)


def test_setting_the_time_of_a_changed_file_back_hides_nothing(root: Path) -> None:
    file = root / "r1" / "events" / "drug.parquet"
    before = file.stat()
    flip(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DataProblem, match="release-damaged"):
        open_release(root)


def test_a_copy_in_place_of_a_file_is_read(root: Path, read: list[str]) -> None:
    file = root / "r1" / "consent.parquet"
    shutil.copy2(file, root / "aside")
    (root / "aside").replace(file)
    open_release(root)
    assert read == ["consent.parquet"]


def test_what_was_read_once_is_not_read_at_the_next_opening(root: Path, read: list[str]) -> None:
    open_release(root)
    assert read == []
    open_release(root, anew=True)
    assert "calls.pgen" in read


@pytest.mark.parametrize(
    "notes", [b"", b"{}", b'{"format": 1, "files": {"x": [1]}}', b'{"format": 1, "files": 3}', None]
)
def test_without_usable_notes_everything_is_read(root: Path, read: list[str], notes: bytes | None) -> None:
    file = root / ".verified" / "r1.json"
    file.unlink() if notes is None else file.write_bytes(notes)
    release = open_release(root)
    assert len(read) == len(release.manifest.files)


def test_a_release_that_was_just_made_is_not_read_again(made: Release, read: list[str]) -> None:
    open_release(made.path.parent)
    assert read == []


def lose_a_bit(root: Path, path: str) -> None:
    """As a disk does: the file system says of the file what it said when it was whole."""
    flip(root / "r1" / path)
    verification.note_whole(root / "r1", read_manifest(root / "r1").files)


def test_a_bit_the_disk_lost_is_found_while_serving_and_by_verifying(root: Path) -> None:
    lose_a_bit(root, "events/drug.parquet")
    release = open_release(root)  # the file system says nothing of it
    rereading = Rereading(release, bytes_per_second=1e12)
    rereading.require()
    rereading.start()
    rereading.wait()
    with pytest.raises(DataProblem, match=r"release-damaged: r1/events/drug\.parquet"):
        rereading.require()
    with pytest.raises(DataProblem, match=r"release-damaged: r1/events/drug\.parquet"):
        verify_release(root, "r1")


def test_rereading_ends_with_the_server(root: Path) -> None:
    rereading = Rereading(open_release(root), bytes_per_second=1.0)
    rereading.start()
    rereading.stop()
    rereading.wait()
    rereading.require()


@pytest.mark.parametrize("file", ["events/drug/person.bin", "genotype/carriers.bin"])
def test_one_bad_byte_of_an_index_is_found_by_verifying_and_mended_by_building_it(root: Path, file: str) -> None:
    flip(root / "r1" / "index" / file)
    with pytest.raises(DataProblem, match=r"-index-damaged"):
        verify_release(root, "r1")
    index_release(root, "r1", progress=lambda step, share: None)
    assert verify_release(root, "r1").id == "r1"


def test_an_index_that_is_gone_is_built_when_the_release_is_opened(root: Path) -> None:
    shutil.rmtree(root / "r1" / "index")
    release = open_release(root)
    open_event_index(release).check()
    GenotypeStore.open(release).check()
    assert verify_release(root, "r1").id == "r1"
