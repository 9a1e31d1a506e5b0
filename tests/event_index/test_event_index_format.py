"""docs/reference/event-index.md is enough to read an index: this reader knows nothing else."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash

from engine.catalog.event_index import build_event_index
from engine.catalog.release import Release
from tests.lib.random_release import random_release

BLOCK = 65_536


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Release:
    release = random_release(tmp_path_factory.mktemp("releases"), 4)
    build_event_index(release)
    return release


@pytest.fixture(scope="module")
def index(release) -> Path:
    return release.path / "index" / "events"


@pytest.fixture(scope="module")
def seal(index) -> dict:
    return json.loads((index / "seal.json").read_text())


def directory(index: Path, table: str) -> list[tuple[int, int, int]]:
    """Each concept, its first row, and the row after its last."""
    data = (index / table / "directory.bin").read_bytes()
    number = (len(data) - 8) // 12
    concepts = np.frombuffer(data[: 4 * number], "<i4").tolist()
    starts = np.frombuffer(data[-8 * (number + 1) :], "<i8").tolist()
    return list(zip(concepts, starts[:-1], starts[1:], strict=True))


def column(index: Path, seal: dict, table: str, name: str) -> list[object]:
    """Every value of a column, None for an absent one."""
    form, dtype = seal["tables"][table]["columns"][name]
    if form == "plain":
        values = np.fromfile(index / table / f"{name}.bin", dtype)
        missing = np.isnan(values) if values.dtype.kind == "f" else values == np.iinfo(values.dtype).min
        missing &= values.dtype.kind != "u"
        return [None if gone else value for value, gone in zip(values.tolist(), missing.tolist(), strict=True)]
    with pa.ipc.open_file(str(index / table / f"{name}.values")) as file:
        listed = file.read_all()["value"].to_pylist()
    if form == "constant":
        return listed * seal["tables"][table]["rows"]
    return [listed[code] for code in np.fromfile(index / table / f"{name}.bin", dtype).tolist()]


def test_tables_are_those_of_the_release(release, index, seal):
    for table, said in seal["tables"].items():
        path = "survey/answer.parquet" if table == "survey_answer" else f"events/{table}.parquet"
        rows = pq.read_table(release.path / path).to_pylist()
        if table == "survey_answer":
            rows = [row for row in rows if row["missing_reason"] is None]
        assert said["rows"] == len(rows)
        for name in said["columns"]:
            if rows and name in rows[0]:
                assert column(index, seal, table, name) == [row[name] for row in rows], (table, name)


def test_the_directory_says_where_concepts_lie(release, index, seal):
    names = json.loads((index / "survey_answer" / "question_id.json").read_text())
    for table in seal["tables"]:
        answers = table == "survey_answer"
        rows = pq.read_table(
            release.path / ("survey/answer.parquet" if answers else f"events/{table}.parquet")
        ).to_pylist()
        own = [row["question_id"] for row in rows if row["missing_reason"] is None] if answers else [
            row["concept_id"] for row in rows
        ]  # fmt: skip
        found = [(names[c] if answers else c) for c, first, last in directory(index, table) for _ in range(first, last)]
        assert found == own


def test_periods_and_visits_lie_person_by_person(release, index):
    periods = pq.read_table(release.path / "events/observation_period.parquet").to_pylist()
    visits = pq.read_table(release.path / "events/visit.parquet").to_pylist()
    offsets = {name: np.fromfile(index / name / "offsets.bin", "<i8") for name in ("periods", "visits")}
    starts = np.fromfile(index / "periods" / "start.bin", "<i4").astype("datetime64[D]").tolist()
    ends = np.fromfile(index / "periods" / "end.bin", "<i4").astype("datetime64[D]").tolist()
    keys = np.fromfile(index / "visits" / "event_id.bin", "<i8").tolist()
    concepts = np.fromfile(index / "visits" / "concept_id.bin", "<i4").tolist()
    for person in range(release.persons):
        own = slice(*offsets["periods"][person : person + 2].tolist())
        expected = sorted((row["start_date"], row["end_date"]) for row in periods if row["person"] == person)
        days = list(zip(starts[own], ends[own], strict=True))
        assert [first for first, _ in days] == [first for first, _ in expected]
        own = slice(*offsets["visits"][person : person + 2].tolist())
        expected = sorted((row["event_id"], row["concept_id"]) for row in visits if row["person"] == person)
        assert list(zip(keys[own], concepts[own], strict=True)) == expected


def test_runs_are_the_rows_of_a_concept_and_a_person(release, index, seal):
    folder = release.path / "index" / "runs"
    for table in seal["tables"].keys() - {"survey_answer"}:
        kinds = {"directory": "<i8", "person": "<u4", "start": "<i4", "row": "<i8"}
        firsts, person, start, row = (
            np.fromfile(folder / table / f"{name}.bin", kind).tolist() for name, kind in kinds.items()
        )
        concepts = [concept for concept, _, _ in directory(index, table)]
        found = []
        for concept, low, high in zip(concepts, firsts[:-1], firsts[1:], strict=True):
            for run in range(low, high):
                days = column(index, seal, table, "start")[row[run] : row[run + 1]]
                assert days[0] == start[run]
                found += [(concept, person[run])] * len(days)
        rows = pq.read_table(release.path / f"events/{table}.parquet").to_pylist()
        assert found == [(each["concept_id"], each["person"]) for each in rows]
        assert len({*found}) == len(person) == firsts[-1]


def test_timelines_are_the_rows_of_a_person_in_order(release, index, seal):
    for table in seal["tables"].keys() - {"survey_answer"}:
        folder = release.path / "index" / "timelines" / table
        kinds = {"offsets": "<i8", "start": "<i4", "concept": "<u2", "row": "<u4"}
        offsets, start, place, row = (
            np.fromfile(folder / f"{name}.bin", kind).tolist() for name, kind in kinds.items()
        )
        rows = pq.read_table(release.path / f"events/{table}.parquet").to_pylist()
        ordered = sorted((each["person"], each["start_date"], each["event_id"], at) for at, each in enumerate(rows))
        assert [at for *_, at in ordered] == row
        assert [day for _, day, _, _ in ordered] == np.array(start, "datetime64[D]").tolist()
        concepts = [concept for concept, _, _ in directory(index, table)]
        assert [rows[at]["concept_id"] for at in row] == [concepts[each] for each in place]
        owners = [person for person in range(release.persons) for _ in range(*offsets[person : person + 2])]
        assert owners == [person for person, *_ in ordered]


@pytest.mark.parametrize("folder", ["events", "runs", "timelines"])
def test_checksums_and_seal(release, folder):
    index = release.path / "index" / folder
    seal = json.loads((index / "seal.json").read_text())
    assert seal["format"] == 1
    for path, sha256 in seal["source"].items():
        if path != "persons":
            assert hashlib.sha256((release.path / path).read_bytes()).hexdigest() == sha256
    for name, sha256 in seal["sha256"].items():
        assert hashlib.sha256((index / name).read_bytes()).hexdigest() == sha256
    blocks = []
    for name, size in seal["files"].items():
        data = (index / name).read_bytes()
        assert len(data) == size
        blocks += [xxhash.xxh3_64_intdigest(data[start : start + BLOCK]) for start in range(0, size, BLOCK)]
    assert np.fromfile(index / "checksums.bin", "<u8").tolist() == blocks
    files = {path.relative_to(index).as_posix() for path in index.rglob("*") if path.is_file()}
    assert files == {*seal["files"], *seal["sha256"], "seal.json"}
