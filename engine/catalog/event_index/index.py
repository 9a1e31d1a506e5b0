"""The event index of a release, opened: tables whose columns are mapped files.

It is derived from the release's Parquet files and may be deleted at any time; one that is absent, not whole or made
from other files is built again. `engine.catalog.event_index.layout` describes it byte by byte.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.catalog.event_index.build import MISSING_ANSWER, Progress, quiet, sources, write_event_index
from engine.catalog.event_index.checked import CheckedFile, Checksums, block_count
from engine.catalog.event_index.derived import open_part
from engine.catalog.event_index.layout import CHECKSUMS, DIRECTORY, FOLDER, FORMAT, PERIODS, SEAL, VISITS, Form
from engine.catalog.event_index.persons import read_directory
from engine.catalog.event_index.runs import RUNS_PART, open_runs
from engine.catalog.event_index.tables import Column, EventTable, PersonRows
from engine.catalog.event_index.timelines import open_timelines, timelines_part
from engine.catalog.release import Release
from schemas.errors import DataProblem
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import RELEASE_TABLES, SURVEY_ANSWER

_PARQUET = {table.name: table.path for table in RELEASE_TABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventIndex:
    """An open index; threads may share it.

    `tables` are by domain, those the release has; `periods` and `visits` are rows person by person (columns `start`,
    `end`; `event_id`, `concept_id`); `questions` are the rows of answers of each survey question.
    """

    persons: int
    tables: Mapping[Domain, EventTable] = field(repr=False)
    answers: EventTable | None = field(repr=False)
    questions: Mapping[str, int] = field(repr=False)
    periods: PersonRows = field(repr=False)
    visits: PersonRows = field(repr=False)
    files: tuple[CheckedFile, ...] = field(repr=False)

    def check(self) -> None:
        """Compare every byte with its checksum; raises `DataProblem`."""
        for file in self.files:
            file.check_all()


def build_event_index(release: Release, *, threads: int = 2, progress: Progress = quiet) -> None:
    """Build the index, its runs and timelines, replacing what is there.

    Raises `DataProblem` where they cannot be written, or a table is not in the order that releases have.
    """
    write_event_index(release, threads=threads, progress=progress)
    open_event_index(release)  # which makes the runs and timelines


def open_event_index(release: Release, *, threads: int = 2) -> EventIndex:
    """The index of the release, built first when it is absent, not whole or made from something else."""
    seal = _sealed(release)
    if seal is None:
        write_event_index(release, threads=threads)
        seal = _sealed(release)
        if seal is None:
            raise DataProblem("event-index-unwritable", "the event index changed while it was opened")
    return _opened(release, seal)


def _sealed(release: Release) -> dict[str, Any] | None:
    """What the seal says; absent when the index is not whole or made from something else."""
    folder = release.file(FOLDER)
    try:
        seal: dict[str, Any] = json.loads((folder / SEAL).read_text())
        if seal["format"] != FORMAT or seal["source"] != sources(release):
            return None
        sizes = all((folder / name).stat().st_size == size for name, size in seal["files"].items())
        whole = all(_sha256(folder / name) == value for name, value in seal["sha256"].items())
        return seal if sizes and whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _opened(release: Release, seal: Mapping[str, Any]) -> EventIndex:
    folder = release.file(FOLDER)
    files = _files(folder, seal["files"])
    tables = {name: _table(release, name, said, files) for name, said in seal["tables"].items()}
    for name in ("periods/offsets.bin", *(f"{name}/{DIRECTORY}" for name in tables)):
        files[name].check_all()  # small, and what rows are found by
    own = {name: table for name, table in tables.items() if name != SURVEY_ANSWER.name}
    runs, timelines = (
        open_part(part, release, own, seal["source"]) for part in (RUNS_PART, timelines_part(release.persons))
    )
    tables |= {
        name: replace(table, runs=open_runs(name, runs), timelines=open_timelines(name, timelines))
        for name, table in own.items()
    }
    questions = folder / SURVEY_ANSWER.name / "question_id.json"
    names = json.loads(questions.read_text()) if SURVEY_ANSWER.name in tables else []
    return EventIndex(
        persons=release.persons,
        tables={domain: tables[table.name] for domain, table in EVENT_TABLES.items() if table.name in tables},
        answers=tables.get(SURVEY_ANSWER.name),
        questions={name: number for number, name in enumerate(names)},
        periods=PersonRows.open(PERIODS, files, {"start": np.dtype(np.int32), "end": np.dtype(np.int32)}),
        visits=PersonRows.open(VISITS, files, {"event_id": np.dtype(np.int64), "concept_id": np.dtype(np.int32)}),
        files=(*files.values(), *runs.values(), *timelines.values()),
    )


def _files(folder: Path, sizes: Mapping[str, int]) -> dict[str, CheckedFile]:
    expected: Checksums = np.fromfile(folder / CHECKSUMS, "<u8")
    files: dict[str, CheckedFile] = {}
    used = 0
    for name, size in sizes.items():
        blocks = block_count(size)
        files[name] = CheckedFile.open(folder / name, expected[used : used + blocks], name)
        used += blocks
    return files


def _table(release: Release, name: str, said: Mapping[str, Any], files: Mapping[str, CheckedFile]) -> EventTable:
    folder = release.file(FOLDER) / name
    concepts, starts = read_directory(folder / DIRECTORY)
    columns = {
        column: Column.open(folder, column, Form(form), dtype, files.get(f"{name}/{column}.bin"))
        for column, (form, dtype) in said["columns"].items()
    }
    return EventTable(
        name=name,
        parquet=release.file(_PARQUET[name]),
        rows=int(said["rows"]),
        concepts=_plain(concepts),
        starts=_plain(starts),
        columns=columns,
        is_row=MISSING_ANSWER if name == SURVEY_ANSWER.name else None,
    )


def _plain(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array in memory: it is small, and searched by every question."""
    return np.array(array)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
