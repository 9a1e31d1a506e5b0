"""A synthesis that is stopped anywhere goes on where it was, to the same bytes, and only for the same release."""

import hashlib
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.catalog.manifest import release_ids
from engine.catalog.release import Release, open_release
from engine.ingest.publish import only_one
from engine.ingest.synthetic import synthesize
from schemas.errors import DataProblem
from tests.synthetic.conftest import quiet

PERSONS, EVENTS, AT_A_TIME = 700, 100, 400
"""Two blocks of people."""

CHILD = """
import sys
from pathlib import Path
from engine.ingest.synthetic import synthesize

persons, events, at_a_time = map(int, sys.argv[2:5])
synthesize(Path(sys.argv[1]), "stopped", persons=persons, seed=3, events_per_person=events, most_at_a_time=at_a_time,
           progress=lambda *_: None)
"""


class Stopped(Exception):
    """What the test throws into a synthesis."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make(tmp_path_factory.mktemp("whole"))


def make(root: Path, *, seed: int = 3, fresh: bool = False, progress=quiet) -> Release:
    return synthesize(
        root,
        "stopped",
        persons=PERSONS,
        seed=seed,
        events_per_person=EVENTS,
        fresh=fresh,
        most_at_a_time=AT_A_TIME,
        progress=progress,
    )


def stop_at(words: str):
    def progress(step: str, share: float) -> None:
        if step.startswith(words):
            raise Stopped

    return progress


def steps_of(root: Path) -> list[str]:
    steps: list[str] = []
    make(root, progress=lambda step, share: steps.append(step))
    return steps


def digests(release: Release) -> dict[str, str]:
    """Every file, derived ones too, but those that hold the time or a checksum of one that does."""
    files = (path for path in release.path.rglob("*") if path.is_file() and not path.name.startswith("manifest."))
    return {str(path.relative_to(release.path)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_killed_synthesis_goes_on_to_the_same_bytes(whole: Release, tmp_path: Path) -> None:
    journal = tmp_path / ".staging" / "stopped~work" / "journal.jsonl"
    process = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path), *map(str, (PERSONS, EVENTS, AT_A_TIME))])
    end = time.monotonic() + 300
    while not (journal.is_file() and '"block ' in journal.read_text()):
        assert process.poll() is None and time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert release_ids(tmp_path) == ()
    steps = steps_of(tmp_path)
    assert sum(step == "genotypes" for step in steps) == 1  # taken up, and not made again
    assert digests(open_release(tmp_path)) == digests(whole)
    assert not list((tmp_path / ".staging").iterdir())


@pytest.mark.parametrize("words", ["tables: drug_era", "indexes: index of genotypes"])
def test_it_goes_on_from_every_phase(whole: Release, tmp_path: Path, words: str) -> None:
    with pytest.raises(Stopped):
        make(tmp_path, progress=stop_at(words))
    assert release_ids(tmp_path) == ()
    assert not [step for step in steps_of(tmp_path) if step.startswith("tables: condition,")]
    assert digests(open_release(tmp_path)) == digests(whole)


def test_what_was_damaged_meanwhile_is_made_again(whole: Release, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        make(tmp_path, progress=stop_at("tables: measurement"))
    work = tmp_path / ".staging" / "stopped~work"
    facts = next(work.glob("facts/measurement.*.facts"))
    for file in (facts, work / "genotypes.npz", tmp_path / ".staging" / "stopped" / "events" / "drug.parquet"):
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    journal = work / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])  # as a line is that was being written
    assert digests(make(tmp_path)) == digests(whole)


def test_another_release_is_not_taken_up(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        make(tmp_path, progress=stop_at("people: "))
    with pytest.raises(DataProblem, match=r"synthetic-unfinished: .*seed 3.*seed 4"):
        make(tmp_path, seed=4)
    with pytest.raises(Stopped):
        make(tmp_path, seed=4, fresh=True, progress=stop_at("genotypes"))
    with pytest.raises(DataProblem, match=r"synthetic-unfinished: .*seed 4.*seed 3"):
        make(tmp_path)


def test_only_one_makes_a_release_and_what_is_there_is_never_replaced(whole: Release) -> None:
    root = whole.path.parent
    with only_one(root, "stopped"), pytest.raises(DataProblem, match="release-busy"):
        make(root)
    with pytest.raises(DataProblem, match="release-exists"):
        make(root)


@pytest.mark.parametrize("kilobytes", [60, 180])
def test_a_full_disk_is_one_problem_and_nothing_is_published(tmp_path: Path, kilobytes: int) -> None:
    """The size of files is limited, which libraries run into as they do into a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    command = [sys.executable, "-c", CHILD, str(tmp_path), *map(str, (PERSONS, EVENTS, AT_A_TIME))]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True)
    assert done.returncode == 1
    assert "schemas.errors.DataProblem: release-disk" in done.stderr
    assert release_ids(tmp_path) == ()
