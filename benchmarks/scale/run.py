"""A run: each engine on each number of cores in a process of its own, over one release."""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks.common.cores import on_cores
from benchmarks.genotypes.machine import hardware, stream_reading
from benchmarks.official import require_peer
from benchmarks.scale.measure import Job, as_json
from benchmarks.scale.record import Row
from benchmarks.scale.results import Results
from engine import Session, synthesize
from engine.catalog.release import Release, open_release
from engine.session import EngineSettings
from schemas.omop import EVENT_TABLES

ROOT = Path("var/benchmarks/scale")
QUICK = (20_000, 100)
QUICK_ID = f"quick-{QUICK[0] // 1000}k-{QUICK[1]}"
_EVENT_INDEXES = ("index/events", "index/runs", "index/timelines")
_LIBRARIES = ("numpy", "numba", "duckdb", "polars")


def run(releases: Path, release_id: str, state: Path, engines: Sequence[str], cores: Sequence[int],
        only: tuple[int, ...] = (), seconds: float = 1.5) -> Results:  # fmt: skip
    """Ask all engines; rows of engines, numbers of cores or questions not asked stay those of the last run."""
    release = open_release(releases, release_id)
    if "official" in engines:
        require_peer()  # now, and not when all others have been measured
    Session.open(
        EngineSettings(releases=releases, state=state, release_id=release_id)
    ).close()  # builds what is missing
    rows: list[Row] = []
    for number in cores:
        for engine in engines:
            job = Job(engine=engine, releases=os.fspath(releases), release_id=release_id, state=os.fspath(state),
                      only=only, seconds=seconds)  # fmt: skip
            start = time.perf_counter()
            rows += measured(job, number)
            print(f"{engine} on {number} core(s): {time.perf_counter() - start:.0f} s", flush=True)
    last = Results.read(f"release-{release_id}")
    rates = ({} if last is None else dict(last.bandwidth)) | bandwidth(cores)
    return Results(machine=machine(), data=data_of(release, state), bandwidth=dict(sorted(rates.items())),
                   rows=tuple(_with_last(last, rows)))  # fmt: skip


def measured(job: Job, cores: int) -> list[Row]:
    """One process."""
    environment = {**os.environ, "POLARS_MAX_THREADS": str(cores), "NUMBA_NUM_THREADS": str(cores)}
    with tempfile.NamedTemporaryFile(suffix=".json") as out, on_cores(cores):
        command = [sys.executable, "-m", "benchmarks.scale.measure", as_json(job), out.name]
        if subprocess.run(command, check=False, env=environment).returncode:
            sys.exit(f"{job.engine} on {cores} core(s) was not measured, for what is said above")
        return [Row.from_json(row) for row in json.loads(Path(out.name).read_text())]


def quick_release() -> Path:
    """The folder with the release of `--quick`, made where it is not there."""
    releases = ROOT / "releases"
    if not (releases / QUICK_ID).is_dir():
        synthesize(releases, QUICK_ID, persons=QUICK[0], events_per_person=QUICK[1], seed=1, progress=lambda *_: None)
    return releases


def machine() -> dict[str, str]:
    """Hardware and versions."""
    return hardware() | {name: version(name) for name in _LIBRARIES}


def bandwidth(cores: Sequence[int]) -> dict[int, float]:
    """Bytes a second that are read from memory, by number of cores."""
    found = {}
    for number in cores:
        with on_cores(number):
            size, times = stream_reading(number)
        found[number] = size / times.wall
    return found


def data_of(release: Release, state: Path) -> dict[str, str | float]:
    """What the release holds and takes."""
    tables = {table.path for table in EVENT_TABLES.values()}
    entries = [entry for entry in release.manifest.files if entry.path in tables]
    native = state / f"{release.id}.duckdb"
    return {
        "release": release.id,
        "persons": release.persons,
        "events": sum(entry.rows or 0 for entry in entries),
        "parquet_bytes": sum(entry.size for entry in entries),
        "index_bytes": sum(
            path.stat().st_size for part in _EVENT_INDEXES for path in (release.path / part).rglob("*.*")
        ),
        "peer_bytes": native.stat().st_size if native.exists() else 0,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def _with_last(last: Results | None, rows: list[Row]) -> Iterator[Row]:
    anew = {_key(row) for row in rows}
    if last is not None:
        yield from (row for row in last.rows if _key(row) not in anew)
    yield from rows


def _key(row: Row) -> tuple[str, int, int, bool]:
    return row.engine, row.cores, row.number, row.is_whole
