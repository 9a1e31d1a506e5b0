"""How the times of the questions grow with people and with events a person: releases of several sizes, one fit each."""

import json
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.scale.measure import SERVICE, Job
from benchmarks.scale.results import FOLDER
from benchmarks.scale.run import measured
from engine.catalog.release import open_release
from schemas.omop import EVENT_TABLES

RELEASES = ("national-77k-100", "national-77k-1000", "national-770k-100", "national")
_FILE = FOLDER / "growth.json"
_CORES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Warm seconds of each question (by number) over one release."""

    release: str
    persons: int
    events: int
    seconds: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Exponents:
    """Seconds grow as people to the first times events a person to the second; absent where only one size is there."""

    persons: float | None
    events: float | None


def grow(releases: Path, state: Path, names: Sequence[str]) -> list[Point]:
    """Warm times of every question over each of the releases that are there."""
    found = []
    for name in names:
        if not (releases / name).is_dir():
            print(f"{name} is not in {releases}: left out")
            continue
        release = open_release(releases, name)
        job = Job(engine=SERVICE, releases=os.fspath(releases), release_id=name, state=os.fspath(state),
                  is_warm_only=True)  # fmt: skip
        rows = measured(job, _CORES)
        tables = {table.path for table in EVENT_TABLES.values()}
        events = sum(entry.rows or 0 for entry in release.manifest.files if entry.path in tables)
        seconds = {row.number: row.seconds for row in rows if row.is_whole}
        found.append(Point(release=name, persons=release.persons, events=events, seconds=seconds))
    return found


def write(points: Sequence[Point]) -> None:
    """Keep them beside the other results."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _FILE.write_text(json.dumps([asdict(point) for point in points], indent=1) + "\n")


def read() -> list[Point]:
    """The last ones written; none where there are none."""
    if not _FILE.is_file():
        return []
    found = json.loads(_FILE.read_text())
    return [Point(**{**each, "seconds": {int(key): value for key, value in each["seconds"].items()}}) for each in found]


def exponents(points: Sequence[Point], number: int) -> Exponents:
    """Of one question, by least squares on logarithms."""
    return _fitted([(point.persons, point.events / point.persons, point.seconds[number]) for point in points])


def typical(points: Sequence[Point]) -> Exponents:
    """Of the median question at each size."""
    rows = [(each.persons, each.events / each.persons, statistics.median(each.seconds.values())) for each in points]
    return _fitted(rows)


def _fitted(sizes: Sequence[tuple[float, float, float]]) -> Exponents:
    persons, events, seconds = np.log(np.asarray(sizes, np.float64)).T
    varies = [float(np.ptp(column)) > 0.5 for column in (persons, events)]
    columns = [column for column, does in zip((persons, events), varies, strict=True) if does]
    solved = np.linalg.lstsq(np.stack([*columns, np.ones_like(seconds)], axis=1), seconds)[0].tolist()
    return Exponents(*(solved.pop(0) if does else None for does in varies))
