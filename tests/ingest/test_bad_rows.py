"""Rows that cannot be used are counted and set aside; rows that look wrong are kept and counted."""

from collections.abc import Callable
from pathlib import Path

from engine.ingest.report import IngestReport

CONCEPTS = """
    concept_id,concept_name,domain_id,vocabulary_id,concept_class_id,standard_concept,concept_code,valid_start_date
    201826,Type 2 diabetes mellitus,Condition,SNOMED,Disorder,S,44054006,19700101
    8507,MALE,Gender,Gender,Gender,S,M,1970-01-01
    """

CONDITIONS = """
    condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_end_date,visit_occurrence_id,colour
    1,10,201826,2010-01-02,2010-01-05,,blue
    2,99,201826,2010-01-02,,,
    3,10,201826,,,,
    4,10,201826,2010-02-30,,,
    5,20,201826,2011-05-01,31.12.2011,,
    6,20,diabetes,2011-05-01,,,
    7,20,,2011-05-01,2011-04-01,77,
    1,20,201826,2012-01-01,,,
    8,30,4000,1979-01-01,,,
    9,10.5,201826,2010-01-01,,,
    ,10,201826,2010-01-01,,,
    10,,201826,2010-01-01,,,
    11,30,201826,2999-01-01,,,
    """


def test_each_fault_of_a_row_has_its_reason(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    report = load(omop(condition_occurrence=CONDITIONS, concept=CONCEPTS)).table("condition")
    assert (report.rows_in, report.rows_out, report.rows_rejected) == (13, 4, 9)
    assert table("rejected", "table", "reason", "source_row") == [
        ("condition_occurrence", "duplicate-key", 1),
        ("condition_occurrence", "missing-value:condition_occurrence_id", 11),
        ("condition_occurrence", "missing-value:condition_start_date", 3),
        ("condition_occurrence", "missing-value:person_id", 10),
        ("condition_occurrence", "unknown-person", 2),
        ("condition_occurrence", "unparsable-date:condition_end_date", 5),
        ("condition_occurrence", "unparsable-date:condition_start_date", 4),
        ("condition_occurrence", "wrong-type:condition_concept_id", 6),
        ("condition_occurrence", "wrong-type:person_id", 9),
    ]
    assert {count.code: count.rows for count in report.findings} == {
        "date-before-birth": 1,
        "date-in-future": 1,
        "end-before-start": 1,
        "missing-concept": 1,
        "outside-observation": 2,
        "unknown-concept:concept_id": 1,
        "unmatched:visit_occurrence_id": 1,
    }
    assert report.columns_not_carried == ("colour",)
    assert "stop_reason" in report.columns_absent


def test_the_first_row_of_a_key_is_kept(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    load(omop(condition_occurrence=CONDITIONS))
    assert [row for row in table("events/condition", "event_id", "person") if row[0] == 1] == [(1, 0)]


def test_persons_are_numbered_by_source_id_and_born_on_a_real_day(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    location = """
        location_id,state
        1,Seoul
        """
    person = """
        person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,location_id,family_id
        30,8507,1980,,,1,7
        10,8532,1950,2,30,2,
        10,8532,1951,2,3,,
        5,8532,,2,3,,
        6,8532,80,2,3,,
        20,,1990,12,31,,
        """
    report = load(omop(person=person, location=location)).table("person")
    assert [(str(row[2]), *row[:2], *row[3:]) for row in table(
        "person", "person", "source_person_id", "birth_date", "gender_concept_id", "region", "family_id"
    )] == [
        ("1950-02-01", 0, 10, 8532, None, None),
        ("1990-12-31", 1, 20, 0, None, None),
        ("1980-01-01", 2, 30, 8507, "Seoul", 7),
    ]  # fmt: skip
    assert {count.code: count.rows for count in report.rejected} == {
        "duplicate-key": 1,
        "impossible-year-of-birth": 1,
        "missing-value:year_of_birth": 1,
    }
    assert {count.code for count in report.findings} == {
        "impossible-birth-date", "missing-concept", "unmatched:location_id", "unknown-concept:gender_concept_id",
    }  # fmt: skip


def test_tables_without_a_key_are_numbered_by_row(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    location = """
        location_id,state,region_concept_id
        1,Seoul,4330442
        2,Busan,
        """
    history = """
        location_id,domain_id,entity_id,start_date,end_date
        1,Person,20,2015-01-01,2016-01-01
        1,CareSite,20,2015-01-01,
        2,,10,2001-01-01,
        9,Person,10,2002-01-01,
        """
    death = """
        person_id,death_date
        20,2020-01-01
        10,20190203
        10,2019-02-04
        """
    report = load(omop(location=location, location_history=history, death=death))
    columns = ("concept_id", "person", "event_id", "location_id")
    assert table("events/location_region", *columns) == [(0, 0, 3, 2), (0, 0, 4, 9), (4330442, 1, 1, 1)]
    assert [(count.code, count.rows) for count in report.table("location_region").rejected] == [("not-a-person", 1)]
    assert table("events/death", "person", "event_id") == [(0, 2), (0, 3), (1, 1)]
    assert ("repeated-death", 1) in [(count.code, count.rows) for count in report.table("death").findings]


def test_an_observation_period_needs_its_end(omop: Callable[..., Path], load: Callable[..., IngestReport]) -> None:
    periods = """
        observation_period_id,person_id,observation_period_start_date,observation_period_end_date,period_type_concept_id
        1,10,2000-01-01,,32817
        2,20,2010-01-01,2020-12-31,32817
        """
    report = load(omop(observation_period=periods)).table("observation_period")
    assert [count.code for count in report.rejected] == ["missing-value:observation_period_end_date"]


def test_each_concept_is_its_own_ancestor(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    ancestors = """
        ancestor_concept_id,descendant_concept_id,min_levels_of_separation
        201820,201826,1
        201826,201826,0
        201820,201826,1
        """
    report = load(omop(concept=CONCEPTS, concept_ancestor=ancestors)).table("concept_ancestor")
    assert table("vocabulary/concept_ancestor") == [(8507, 8507), (201820, 201820), (201820, 201826), (201826, 201826)]
    assert (report.rows_in, report.rows_added, report.rows_out, report.rows_rejected) == (3, 2, 4, 1)
