"""The event index holds what the release's tables hold; it is built again when it has to be, and damage is seen."""

import datetime
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.catalog.event_index import build_event_index, open_event_index
from engine.catalog.event_index.layout import FOLDER, RUNS, TIMELINES, Form
from engine.catalog.event_index.tables import EventTable
from engine.catalog.release import Release
from schemas.errors import DataProblem
from schemas.fields import FIELDS, Field
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import SURVEY_ANSWER
from tests.lib.random_release import random_release
from tests.lib.releases import write_release

FIRST = datetime.date(2000, 1, 1)
NUMBERS_APART = 70_000
"""More different values than a list may have."""


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Release:
    return random_release(tmp_path_factory.mktemp("releases"), 3)


def values_of(column, rows):
    """Every value of a column, as Python has it."""
    match column.form:
        case Form.CONSTANT:
            return list(column.values) * rows
        case Form.CODES:
            return [column.values[code] for code in column.stored.tolist()]
        case _:
            absent = None if column.stored.dtype.kind in "fu" else np.iinfo(column.stored.dtype).min
            return [None if value == absent or value != value else value for value in column.stored.tolist()]


@pytest.mark.parametrize("domain", Domain)
def test_columns_hold_what_the_table_holds(release, domain):
    table = open_event_index(release).tables[domain]
    stored = pq.read_table(release.file(EVENT_TABLES[domain].path))
    assert table.rows == stored.num_rows
    for name, column in table.columns.items():
        if name in stored.column_names:
            assert values_of(column, table.rows) == stored[name].to_pylist(), name
    days = stored["start_date"].cast("int32").to_pylist()
    assert values_of(table.columns["start"], table.rows) == days


@pytest.mark.parametrize("domain", Domain)
def test_every_field_of_the_language_can_be_read(release, domain):
    columns = open_event_index(release).tables[domain].columns
    for field in Field:
        spec = FIELDS[field]
        if domain in spec.domains and spec.column(domain) not in (None, "concept_id", "start_date"):
            assert spec.column(domain) in columns
        if domain in spec.domains and spec.lookup is not None and spec.lookup.key != "person":
            assert spec.lookup.key in columns


def test_concepts_lead_to_their_rows(release):
    table = open_event_index(release).tables[Domain.CONDITION]
    concepts = pq.read_table(release.file(EVENT_TABLES[Domain.CONDITION].path))["concept_id"].to_numpy()
    for wanted in ((), (1,), (2, 4), (-5, 1, 99), (0, 6, 7, 8), tuple(range(-1, 9))):
        first, last = table.stretches(wanted)
        rows = [row for low, high in zip(first.tolist(), last.tolist(), strict=True) for row in range(low, high)]
        assert rows == np.flatnonzero(np.isin(concepts, wanted)).tolist()
    assert table.concept_at(np.arange(table.rows)).tolist() == concepts.tolist()


def test_a_concept_that_no_event_has_does_not_stand_for_the_next(tmp_path):
    events = [{"concept_id": 10, "person": 0, "start_date": FIRST, "event_id": 1}]
    release = write_release(tmp_path, {"person": [person(0)], "condition": events})
    table = open_event_index(release).tables[Domain.CONDITION]
    first, last = table.stretches((7, 8, 9, 10, 11))
    assert (first.tolist(), last.tolist()) == ([0], [1])


def test_answers_that_were_given_lie_by_question(release):
    index = open_event_index(release)
    stored = [
        row for row in pq.read_table(release.file(SURVEY_ANSWER.path)).to_pylist() if row["missing_reason"] is None
    ]
    for question, number in index.questions.items():
        (first,), (last,) = index.answers.stretches((number,))
        own = [row["person"] for row in stored if row["question_id"] == question]
        assert index.answers.columns["person"].stored[first:last].tolist() == own


def test_a_column_of_many_values_is_plain_and_of_many_texts_stays_in_the_table(tmp_path):
    events = [
        {"concept_id": 1, "person": 0, "start_date": FIRST, "event_id": n, "value_as_number": n / 8, "source_value": f"code {n}"}
        for n in range(NUMBERS_APART)
    ]  # fmt: skip
    release = write_release(tmp_path, {"person": [person(0)], "measurement": events})
    table = open_event_index(release).tables[Domain.MEASUREMENT]
    assert table.columns["value_as_number"].form is Form.PLAIN
    assert table.columns["value_as_number"].stored.tolist() == [n / 8 for n in range(NUMBERS_APART)]
    assert table.columns["source_value"].form is Form.APART
    assert table.texts("source_value", np.array([69_999, 3])) == ["code 69999", "code 3"]
    assert table.columns["unit_concept_id"].form is Form.CONSTANT
    assert "end" not in table.columns


@pytest.mark.parametrize("has_statistics", [True, False])
def test_texts_that_stay_in_the_table_are_those_of_rows_with_an_answer(tmp_path, has_statistics):
    missing = [None if number % 3 else "skipped" for number in range(20)]
    written = pa.table({"answer": [f"word {number}" for number in range(20)], "missing_reason": missing})
    parquet = tmp_path / "answers.parquet"
    pq.write_table(written, parquet, row_group_size=6, write_statistics=has_statistics)
    given = [f"word {number}" for number in range(20) if missing[number] is None]
    nothing = np.zeros(0, np.int64)
    table = EventTable(
        name="answers",
        parquet=parquet,
        rows=len(given),
        concepts=nothing.astype(np.int32),
        starts=nothing,
        columns={},
        is_row="missing_reason",
    )
    rows = np.array([12, 0, 3, 4, 7, 8], np.int64)
    assert table.texts("answer", rows) == [given[row] for row in rows]
    assert table.texts("answer", np.arange(len(given))) == given


def test_it_is_built_again_when_absent_damaged_or_of_other_files(release, tmp_path):
    copy = Release(path=tmp_path / "copy", manifest=release.manifest)
    shutil.copytree(release.path, copy.path)
    folder = copy.file(FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    open_event_index(copy).check()
    seal = (folder / "seal.json").read_bytes()
    for spoil in (
        lambda: (folder / "seal.json").write_text("{}"),
        lambda: (folder / "drug/person.bin").write_bytes(b""),
        lambda: (folder / "drug/source_value.values").write_bytes(b"x"),
        lambda: (folder / "checksums.bin").write_bytes(bytes((folder / "checksums.bin").stat().st_size)),
        lambda: (folder / "visits/event_id.bin").unlink(),
    ):
        spoil()
        open_event_index(copy).check()
        assert (folder / "seal.json").read_bytes() == seal


def test_a_changed_byte_is_seen_before_it_is_used(release, tmp_path):
    copy = Release(path=tmp_path / "copy", manifest=release.manifest)
    shutil.copytree(release.path, copy.path)
    build_event_index(copy)
    file = copy.file(FOLDER) / "measurement/person.bin"
    data = bytearray(file.read_bytes())
    data[8] ^= 1
    file.write_bytes(data)
    column = open_event_index(copy).tables[Domain.MEASUREMENT].columns["person"]
    with pytest.raises(DataProblem, match=r"measurement/person\.bin of the event index is damaged") as caught:
        column.check((np.array([0]), np.array([5])))
    assert caught.value.code == "event-index-damaged"


@pytest.mark.parametrize("part", [RUNS, TIMELINES])
def test_what_is_derived_is_made_again_when_absent_or_damaged(release, tmp_path, part):
    copy = Release(path=tmp_path / "copy", manifest=release.manifest)
    shutil.copytree(release.path, copy.path)
    build_event_index(copy)
    made = (copy.file(FOLDER) / "seal.json").stat().st_mtime_ns
    folder = copy.file(part)
    seal = (folder / "seal.json").read_bytes()
    for spoil in (
        lambda: shutil.rmtree(folder),
        lambda: (folder / "seal.json").write_text("{}"),
        lambda: (folder / "drug/row.bin").write_bytes(b""),
        lambda: (folder / "checksums.bin").write_bytes(bytes((folder / "checksums.bin").stat().st_size)),
    ):
        spoil()
        open_event_index(copy).check()
        assert (folder / "seal.json").read_bytes() == seal
    assert (copy.file(FOLDER) / "seal.json").stat().st_mtime_ns == made, "the index itself is left as it is"
    data = bytearray((folder / "drug/start.bin").read_bytes())
    data[0] ^= 1
    (folder / "drug/start.bin").write_bytes(data)
    with pytest.raises(DataProblem, match=rf"{folder.name}/drug/start\.bin of the event index is damaged"):
        open_event_index(copy).check()


def test_a_table_in_another_order_is_refused(release, tmp_path):
    copy = Release(path=tmp_path / "copy", manifest=release.manifest)
    shutil.copytree(release.path, copy.path)
    path = copy.file(EVENT_TABLES[Domain.DRUG].path)
    table = pq.read_table(path)
    pq.write_table(table.take(list(reversed(range(table.num_rows)))), path)
    with pytest.raises(DataProblem, match=r"events/drug\.parquet is not in order") as caught:
        build_event_index(copy)
    assert caught.value.code == "event-index-order"


def test_progress_ends_at_one(release):
    steps = []
    build_event_index(release, progress=lambda step, share: steps.append((step, share)))
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def person(number: int) -> dict[str, object]:
    return {"person": number, "gender_concept_id": 0, "year_of_birth": 1980, "birth_date": datetime.date(1980, 1, 1)}
