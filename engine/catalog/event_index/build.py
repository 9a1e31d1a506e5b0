"""Making the event index of a release, with bounded memory and several columns at a time."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.catalog.event_index.checked import checksums
from engine.catalog.event_index.columns import ColumnForm, batches, has_values, write_column
from engine.catalog.event_index.layout import (
    ANSWER_COLUMNS,
    CHECKSUMS,
    DIRECTORY,
    FOLDER,
    FORMAT,
    RUNS,
    SEAL,
    TIMELINES,
    ColumnPlan,
    Ends,
    cluster_column,
    ends_of,
    event_columns,
)
from engine.catalog.event_index.persons import write_by_person
from engine.catalog.release import Release
from schemas.errors import DataProblem
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import SURVEY_ANSWER
from schemas.tables import TableSpec

Progress = Callable[[str, float], None]
"""Called with what was done and the share of the work behind it, 0 to 1."""

MISSING_ANSWER = "missing_reason"


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table of the index: its Parquet table, its columns, the rule of last days, and which rows count."""

    table: TableSpec
    columns: tuple[ColumnPlan, ...]
    ends: Ends | None = None
    is_row: str | None = None


def quiet(_step: str, _share: float) -> None:
    """No progress shown."""


def write_event_index(release: Release, *, threads: int = 2, progress: Progress = quiet) -> None:
    """Write the index, but for its runs and timelines, aside and rename it into place, replacing what is there.

    Raises `DataProblem` where it cannot be written, or a table is not in the order that releases have.
    """
    folder = release.file(FOLDER)
    aside = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        _write(aside, release, threads, progress)
        shutil.rmtree(folder, ignore_errors=True)
        for part in (RUNS, TIMELINES):  # made again when the index is opened
            shutil.rmtree(release.file(part), ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        raise DataProblem(
            "event-index-unwritable",
            f"the event index cannot be written: {error.strerror}",
            hint=f"make {FOLDER}/ of the release writable, or free some space",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def sources(release: Release) -> dict[str, str]:
    """SHA-256 of the Parquet files that the index is made from, and N."""
    return {plan.table.path: release.checksum(plan.table.path) for plan in table_plans(release)} | {
        "persons": str(release.persons)
    }


def table_plans(release: Release) -> Iterator[TablePlan]:
    """The tables of the release that the index holds."""
    for domain, table in EVENT_TABLES.items():
        if release.has(table):
            yield TablePlan(table, event_columns(domain), ends_of(domain))
    if release.has(SURVEY_ANSWER):
        yield TablePlan(SURVEY_ANSWER, ANSWER_COLUMNS, is_row=MISSING_ANSWER)


def _write(folder: Path, release: Release, threads: int, progress: Progress) -> None:
    plans = list(table_plans(release))
    tasks = [(plan, column) for plan in plans for column in _columns(release, plan)]
    for plan in plans:
        (folder / plan.table.name).mkdir()
    forms: dict[str, dict[str, ColumnForm]] = {plan.table.name: {} for plan in plans}
    with ThreadPoolExecutor(threads) as pool:
        counted = [pool.submit(_write_directory, folder, release, plan) for plan in plans]
        rows = {name: found.result() for name, found in zip(forms, counted, strict=True)}

        def write(task: tuple[TablePlan, ColumnPlan]) -> ColumnForm:
            plan, column = task
            ends = plan.ends if column.name == "end" else None
            parquet = release.file(plan.table.path)
            return write_column(parquet, column, folder / plan.table.name, ends=ends, is_row=plan.is_row)

        for number, ((plan, column), form) in enumerate(zip(tasks, pool.map(write, tasks), strict=True), 1):
            forms[plan.table.name][column.name] = form
            progress(f"event index: {plan.table.name}, {column.name}", 0.9 * number / len(tasks))
    write_by_person(
        folder,
        periods=forms.get(EVENT_TABLES[Domain.OBSERVATION_PERIOD].name, {}),
        visits=forms.get(EVENT_TABLES[Domain.VISIT].name, {}),
        persons=release.persons,
    )
    _write_seal(folder, release, rows, forms)
    progress("event index: sealed", 1.0)


def _columns(release: Release, plan: TablePlan) -> Iterator[ColumnPlan]:
    """The table's columns, without `end` where every event lasts to the day after its first."""
    parquet = release.file(plan.table.path)
    for column in plan.columns:
        given = column.sources[1:] if column.name == "end" else ()
        if column.name != "end" or plan.ends is Ends.STILL_THERE or any(has_values(parquet, name) for name in given):
            yield column


def _write_directory(folder: Path, release: Release, plan: TablePlan) -> int:
    """Write where the rows of each concept (or question) lie; returns how many rows the table has."""
    parquet, cluster = release.file(plan.table.path), cluster_column(plan.table)
    names: list[object] = []
    starts: list[int] = []
    rows, last = 0, (None, -1)
    for concept, person in batches(parquet, (cluster, "person"), plan.is_row):
        if not len(concept):
            continue
        codes = concept.dictionary_encode()
        own, people = codes.indices.to_numpy(), person.to_numpy()
        listed = codes.dictionary.to_pylist()
        changes = np.flatnonzero(np.diff(own, prepend=-1))
        inside = np.ones(own.size, np.bool_)
        inside[changes] = False
        if bool((inside[1:] & (people[1:] < people[:-1])).any()) or (listed[0] == last[0] and int(people[0]) < last[1]):
            raise _disordered(plan.table)
        for change in changes.tolist():
            name = listed[own[change]]
            if change or name != last[0]:
                names.append(name)
                starts.append(rows + change)
        rows, last = rows + own.size, (listed[own[-1]], int(people[-1]))
    if names != sorted(set(names), key=_rank):
        raise _disordered(plan.table)
    _write_starts(folder / plan.table.name, cluster, names, [*starts, rows])
    return rows


def _write_starts(folder: Path, cluster: str, names: list[object], starts: list[int]) -> None:
    if cluster == "concept_id":
        ids = np.array(names, "<i4")
    else:
        ids = np.arange(len(names), dtype="<i4")
        (folder / f"{cluster}.json").write_text(json.dumps(names, ensure_ascii=False))
    with (folder / DIRECTORY).open("wb") as out:
        out.write(ids.tobytes())
        out.write(bytes(-ids.nbytes % 8))
        out.write(np.array(starts, "<i8").tobytes())


def _rank(name: object) -> tuple[int, str]:
    """What concepts, or else names of questions, are sorted by."""
    return (name, "") if isinstance(name, int) else (0, str(name))


def _disordered(table: TableSpec) -> DataProblem:
    return DataProblem(
        "event-index-order",
        f"{table.path} is not in order of {', '.join(table.clustered_by)}",
        hint="ingest the release again",
    )


def _write_seal(folder: Path, release: Release, rows: dict[str, int], forms: dict[str, dict[str, ColumnForm]]) -> None:
    files = sorted(path for path in folder.rglob("*.bin"))
    (folder / CHECKSUMS).write_bytes(checksums(files).astype("<u8").tobytes())
    small = [*sorted(path for path in folder.rglob("*") if path.suffix in (".values", ".json")), folder / CHECKSUMS]
    seal = {
        "format": FORMAT,
        "source": sources(release),
        "tables": {
            name: {
                "rows": rows[name],
                "columns": {column: [form.form.value, form.dtype] for column, form in columns.items()},
            }
            for name, columns in forms.items()
        },
        "files": {path.relative_to(folder).as_posix(): path.stat().st_size for path in files},
        "sha256": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in small
        },
    }
    (folder / SEAL).write_text(json.dumps(seal, indent=1, ensure_ascii=False))
