"""An ingest of variants that is killed goes on where it was; one that runs is not run into."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.ingest.publish import only_one
from engine.ingest.report import IngestReport
from schemas.errors import DataProblem
from tests.lib.waiting import until

PEOPLE = {"s0": 10, "s1": 20, "s7": 30}
CHILD = """
import sys
from pathlib import Path
from engine.ingest.run import Sources, ingest_sources

root, omop, calls, sample_map = map(Path, sys.argv[1:])
sources = Sources(omop=omop, assume_consent=("GRU",), variants=(calls,), sample_map=sample_map)
ingest_sources(root, "killed", sources, threads=2, progress=lambda step, share: None)
"""


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A VCF of 8 MB, which is read in 8 parts by two processes."""
    random, samples, records = np.random.default_rng(1), 400, 6_000
    head = "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"])
    lines = ["##fileformat=VCFv4.2", '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    lines.append("\t".join([head, *(f"s{number}" for number in range(samples))]))
    words = np.array(["0/0", "0/1", "1|1", "0|1", "./."])
    for position in range(1, records + 1):
        called = "\t".join(words[random.integers(0, 5, samples)])
        lines.append(f"chr1\t{3 * position}\trs{position}\tA\t{'GTC'[position % 3]}\t.\t.\t.\tGT\t{called}")
    path = tmp_path / "calls.vcf"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def sample_map(tmp_path: Path) -> Path:
    path = tmp_path / "samples.csv"
    path.write_text("sample_id,person_id\n" + "".join(f"{name},{person}\n" for name, person in PEOPLE.items()))
    return path


def digests(release: Path) -> dict[str, str]:
    """Every file but those that hold the release's id and the time, or the checksum of one that does."""
    files = (path for path in release.rglob("*") if path.is_file() and path.suffix not in (".json", ".sha256"))
    return {str(path.relative_to(release)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc to find processes")
def test_a_killed_ingest_is_resumed_to_the_same_bytes(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, calls: Path, sample_map: Path
) -> None:
    folder, variants = omop(), {"variants": (calls,), "sample_map": sample_map}
    parts = root / ".staging" / "killed" / ".work" / "variants"
    process = subprocess.Popen([sys.executable, "-c", CHILD, *map(str, (root, folder, calls, sample_map))])
    until(lambda: len(list(parts.glob("*.json"))) > 1, every=0.005)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in (process.pid, *map(int, children)):  # so that it does not end while it is run into
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(DataProblem, match="being made by another ingest"):
        load(folder, "killed", **variants)
    for pid in map(int, children):
        os.kill(pid, signal.SIGCONT)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL and len(children) > 1
    until(lambda: not any(map(_runs, children)))
    finished = {path: path.stat().st_mtime_ns for path in parts.glob("*.json")}
    assert 1 < len(finished) < 8

    kept: list[bool] = []
    load(
        folder, "killed", resume=True, threads=1, **variants,
        progress=lambda _step, _share: kept.append(all(path.stat().st_mtime_ns == at for path, at in finished.items())
                                                   if parts.is_dir() else True),
    )  # fmt: skip
    assert all(kept)
    load(folder, "whole", threads=1, **variants)
    assert digests(root / "killed") == digests(root / "whole")
    assert not list((root / ".staging").iterdir())


def _runs(pid: str) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_parts_of_a_file_that_changed_are_read_again(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, calls: Path, sample_map: Path
) -> None:
    class Stopped(Exception):
        pass

    def stop(step: str, _share: float) -> None:
        if step == "writing calls":
            raise Stopped

    folder, variants = omop(), {"variants": (calls,), "sample_map": sample_map}
    with pytest.raises(Stopped):
        load(folder, progress=stop, **variants)
    calls.write_text(calls.read_text().replace("rs3\tA\tG", "rs3\tA\tT"))
    os.utime(calls, ns=(1, 1))
    report = load(folder, resume=True, **variants)
    assert report.variants is not None and report.variants.variants == 6_000
    load(folder, "afresh", **variants)
    assert digests(root / "r1") == digests(root / "afresh")


def test_an_id_is_held_by_one_ingest_at_a_time(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path
) -> None:
    folder = omop()
    with only_one(root, "r1"):
        with pytest.raises(DataProblem) as refused:
            load(folder)
        load(folder, "r2")
    assert refused.value.code == "release-busy"
    load(folder)
