"""The synthetic release is a release: complete, keyed, ordered, and every reference in it resolves."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from engine.catalog.release import Release, open_release
from engine.genotypes.alleles import CONTIG_RANK
from engine.ingest.synthetic import synthesize
from schemas.errors import DataProblem
from schemas.omop import EVENT_TABLES
from schemas.release import CALLS_PATH, RELEASE_TABLES, SURVEY_ANSWER
from schemas.tables import ColumnType, TableSpec
from tests.synthetic.conftest import PERSONS, SEED, one, quiet

BY_NAME = pytest.mark.parametrize("table", RELEASE_TABLES, ids=lambda table: table.name)


def source(release: Release, table: TableSpec) -> str:
    return f"read_parquet('{release.file(table.path)}')"


def test_opens_with_every_table_and_the_calls(release: Release) -> None:
    opened = open_release(release.path.parent)
    assert opened.persons == PERSONS
    assert all(opened.has(table) for table in RELEASE_TABLES)
    assert opened.file(CALLS_PATH).is_file()
    assert not any(entry.path.startswith(".") for entry in opened.manifest.files)


def test_same_people_and_seed_give_the_same_bytes(release: Release, tmp_path: Path) -> None:
    again = synthesize(tmp_path, "again", persons=PERSONS, seed=SEED, events_per_person=120, progress=quiet)
    assert again.manifest.files == release.manifest.files


def test_another_seed_gives_other_people(release: Release, tmp_path: Path) -> None:
    other = synthesize(tmp_path, "other", persons=PERSONS, seed=SEED + 1, events_per_person=120, progress=quiet)
    same = {entry.path for entry in other.manifest.files} & {
        entry.path for entry in other.manifest.files if entry in release.manifest.files
    }
    assert "person.parquet" not in same
    assert "vocabulary/concept.parquet" in same


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="synthetic-size"):
        synthesize(tmp_path, "tiny", persons=1, seed=1, progress=quiet)


def test_a_handful_of_people_is_a_release_too(tmp_path: Path) -> None:
    assert synthesize(tmp_path, "handful", persons=12, seed=1, progress=quiet).persons == 12


@BY_NAME
def test_required_columns_have_values(release: Release, table: TableSpec) -> None:
    metadata = pq.read_table(release.file(table.path))
    empty = [column.name for column in table.columns if column.required and metadata[column.name].null_count]
    assert empty == []


@BY_NAME
def test_keys_are_unique(release: Release, tables: duckdb.DuckDBPyConnection, table: TableSpec) -> None:
    if table.key:
        keys = ", ".join(table.key)
        assert one(tables, f"SELECT count(*) - count(DISTINCT ({keys})) FROM {source(release, table)}") == (0,)


@BY_NAME
def test_rows_are_in_the_order_of_the_table(
    release: Release, tables: duckdb.DuckDBPyConnection, table: TableSpec
) -> None:
    contigs = sorted(CONTIG_RANK, key=lambda contig: CONTIG_RANK[contig])
    columns = [f"list_position({contigs}, contig)" if name == "contig" else f'"{name}"' for name in table.clustered_by]
    row = f"row({', '.join(columns)})"
    query = f"""SELECT count(*) FROM (
                  SELECT file_row_number, {row} < lag({row}) OVER (ORDER BY file_row_number) AS down
                  FROM read_parquet('{release.file(table.path)}', file_row_number = true))
                WHERE down AND file_row_number > 0"""
    assert one(tables, query) == (0,)


@BY_NAME
def test_concepts_and_people_resolve(release: Release, tables: duckdb.DuckDBPyConnection, table: TableSpec) -> None:
    for column in table.columns:
        if column.type is ColumnType.CONCEPT:
            unknown = f"""SELECT list(DISTINCT "{column.name}") FROM {source(release, table)}
                          WHERE "{column.name}" <> 0 AND "{column.name}" NOT IN (SELECT concept_id FROM concept)"""
            assert one(tables, unknown) == (None,), column.name
        if column.type is ColumnType.PERSON:
            beyond = f"SELECT count(*) FROM {source(release, table)} WHERE {column.name} >= {PERSONS}"
            assert one(tables, beyond) == (0,)


@pytest.mark.parametrize("table", EVENT_TABLES.values(), ids=lambda table: table.name)
def test_visits_providers_and_places_resolve(
    release: Release, tables: duckdb.DuckDBPyConnection, table: TableSpec
) -> None:
    homes = {
        "visit_occurrence_id": ("visit_event", "event_id"),
        "provider_id": ("provider", "provider_id"),
        "care_site_id": ("care_site", "care_site_id"),
        "location_id": ("location", "location_id"),
    }
    for column, (home, key) in homes.items():
        if any(found.name == column for found in table.columns):
            lost = f"SELECT count(*) FROM {source(release, table)} WHERE {column} NOT IN (SELECT {key} FROM {home})"
            assert one(tables, lost) == (0,), column


def test_standard_events_are_of_standard_concepts(tables: duckdb.DuckDBPyConnection) -> None:
    for name in ("condition", "drug", "procedure", "measurement", "device"):
        query = f"""SELECT count(*) FROM {name}_event LEFT JOIN concept USING (concept_id)
                    WHERE standard_concept IS DISTINCT FROM 'S'"""
        assert one(tables, query) == (0,), name


def test_source_codes_map_to_the_concept_of_their_event(tables: duckdb.DuckDBPyConnection) -> None:
    for name in ("condition", "drug", "procedure", "measurement", "device"):
        query = f"""SELECT count(*) FROM {name}_event e ANTI JOIN concept_relationship r
                    ON r.concept_id_1 = e.source_concept_id AND r.concept_id_2 = e.concept_id
                    AND r.relationship_id = 'Maps to'"""
        assert one(tables, query) == (0,), name


def test_statin_class_has_ingredients_and_products_below(tables: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT list(DISTINCT concept_class_id ORDER BY concept_class_id), count(*) FROM concept c
               JOIN concept_ancestor a ON a.descendant_concept_id = c.concept_id
               JOIN concept class ON class.concept_id = a.ancestor_concept_id AND class.concept_code = 'C10AA'"""
    query = query.replace("concept_class_id", "c.concept_class_id")
    assert one(tables, query) == (["ATC 4th", "Clinical Drug", "Ingredient"], 9)


def test_care_happens_within_observation(tables: duckdb.DuckDBPyConnection) -> None:
    for name in ("condition", "drug", "measurement", "visit"):
        query = f"""SELECT count(*) FROM {name}_event e ANTI JOIN observation_period_event o
                    ON o.person = e.person AND e.start_date BETWEEN o.start_date AND o.end_date"""
        assert one(tables, query) == (0,), name


def test_observation_periods_of_a_person_do_not_touch(tables: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT count(*), count(*) FILTER (start_date <= before) FROM (SELECT start_date,
               lag(end_date) OVER (PARTITION BY person ORDER BY start_date) AS before FROM observation_period_event)
               WHERE before IS NOT NULL"""
    gaps, touching = one(tables, query)
    assert gaps > 100
    assert touching == 0


def test_answers_are_offered_or_say_why_they_are_missing(tables: duckdb.DuckDBPyConnection) -> None:
    query = f"""SELECT count(*) FILTER (missing_reason IS NOT NULL), count(*) FILTER (
                  (missing_reason IS NULL) = (answer IS NULL AND value IS NULL)),
                  count(*) FILTER (kind IN ('choice', 'multiple') AND missing_reason IS NULL AND o.answer IS NULL)
                FROM {SURVEY_ANSWER.name} a JOIN survey_question USING (question_id)
                LEFT JOIN survey_option o USING (question_id, answer)"""
    missing, contradictory, unknown = one(tables, query)
    assert missing > 0
    assert (contradictory, unknown) == (0, 0)


def test_consent_has_classes_and_withdrawals(tables: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT count(DISTINCT permission), count(DISTINCT person),
               count(DISTINCT person) FILTER (withdrawn_on IS NOT NULL) FROM consent"""
    permissions, persons, withdrawn = one(tables, query)
    assert permissions == 3
    assert PERSONS * 0.97 < persons < PERSONS
    assert PERSONS * 0.004 < withdrawn < PERSONS * 0.02
