"""What a demonstration can discover: each known association is in the data, in its known direction."""

import duckdb

from tests.synthetic.conftest import PERSONS, one

T2DM, COPD, BREAST_CANCER, NAFLD = 201826, 255573, 4112853, 4059290


def prevalence(tables: duckdb.DuckDBPyConnection, concept: int, who: str) -> float:
    """The share of people, among those `who` selects, with any record of a condition."""
    query = f"""SELECT avg((person IN (SELECT person FROM condition_event WHERE concept_id = {concept}))::INT)
                FROM person WHERE {who}"""
    return one(tables, query)[0]


def ratio(tables: duckdb.DuckDBPyConnection, concept: int, exposed: str, others: str) -> float:
    return prevalence(tables, concept, exposed) / max(prevalence(tables, concept, others), 1e-9)


def answered(question: str, answer: str) -> str:
    return f"""person IN (SELECT person FROM survey_answer WHERE question_id = '{question}' AND answer = '{answer}')"""


def test_chronic_diseases_rise_with_age(tables: duckdb.DuckDBPyConnection) -> None:
    for concept in (T2DM, 320128, 432867, 4329847, 381316, 46271022, COPD):
        young = prevalence(tables, concept, "year_of_birth > 1980")
        middle = prevalence(tables, concept, "year_of_birth BETWEEN 1961 AND 1980")
        old = prevalence(tables, concept, "year_of_birth <= 1960")
        assert young <= middle < old, concept


def test_common_diseases_have_plausible_prevalence(tables: duckdb.DuckDBPyConnection) -> None:
    for concept, low, high in ((T2DM, 0.06, 0.25), (320128, 0.15, 0.5), (432867, 0.15, 0.5), (COPD, 0.005, 0.08)):
        assert low < prevalence(tables, concept, "true") < high, concept


def test_regions_have_the_weights_of_the_census(tables: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT count(DISTINCT region), avg((region = 'Gyeonggi')::INT) FROM person"
    regions, gyeonggi = one(tables, query)
    assert regions == 17
    assert 0.2 < gyeonggi < 0.32


def test_few_people_are_of_another_race_and_families_are_of_one(tables: duckdb.DuckDBPyConnection) -> None:
    """Each recorded race is in the dictionary; of some people none is recorded."""
    query = """SELECT avg((race_concept_id = 38003585)::INT), count(DISTINCT race_concept_id),
                 count(*) FILTER (race_concept_id = 0),
                 count(DISTINCT race_concept_id) FILTER (race_concept_id NOT IN (FROM concept SELECT concept_id)),
                 (SELECT max(races) FROM (SELECT count(DISTINCT race_concept_id) AS races FROM person
                  WHERE family_id IS NOT NULL GROUP BY family_id))
               FROM person"""
    korean, races, unrecorded, outside, in_a_family = one(tables, query)
    assert 0.93 < korean < 0.99 and races >= 7 and unrecorded > 0
    assert (outside, in_a_family) == (1, 1)  # outside of the dictionary is only 0, for nothing recorded


def test_diabetes_raises_hba1c(tables: duckdb.DuckDBPyConnection) -> None:
    query = f"""SELECT avg(value_as_number) FILTER (ill), avg(value_as_number) FILTER (NOT ill) FROM (
                SELECT value_as_number, person IN (SELECT person FROM condition_event WHERE concept_id = {T2DM}
                AND start_date <= m.start_date) AS ill FROM measurement_event m WHERE concept_id = 3004410)"""
    diabetic, others = one(tables, query)
    assert others < 6.0 < diabetic


def test_statins_are_given_for_recorded_dyslipidaemia(tables: duckdb.DuckDBPyConnection) -> None:
    query = """WITH starts AS (SELECT person, min(start_date) AS start FROM drug_event JOIN concept_ancestor
                 ON descendant_concept_id = concept_id AND ancestor_concept_id = 21601855 GROUP BY person)
               SELECT count(*), count(*) FILTER (EXISTS (FROM condition_event c WHERE c.person = starts.person
                 AND c.concept_id IN (432867, 2040000001) AND c.start_date <= start)) FROM starts"""
    starters, indicated = one(tables, query)
    assert starters > PERSONS * 0.05
    assert indicated == starters


def test_statins_lower_ldl(tables: duckdb.DuckDBPyConnection) -> None:
    query = """WITH starts AS (SELECT person, min(start_date) AS start FROM drug_event JOIN concept_ancestor
                 ON descendant_concept_id = concept_id AND ancestor_concept_id = 21601855 GROUP BY person)
               SELECT avg(value_as_number) FILTER (m.start_date < start),
                      avg(value_as_number) FILTER (m.start_date > start + 60)
               FROM measurement_event m JOIN starts USING (person) WHERE concept_id = 3028437"""
    before, after = one(tables, query)
    assert after < before - 20


def test_smokers_have_more_copd(tables: duckdb.DuckDBPyConnection) -> None:
    current, never = answered("smoking.status", "current"), answered("smoking.status", "never")
    assert ratio(tables, COPD, current, never) > 2


def test_education_and_drinking_follow_from_circumstances(tables: duckdb.DuckDBPyConnection) -> None:
    flushers = answered("alcohol.flushing", "always")
    drink = answered("alcohol.frequency", "4_weekly")
    query = f"SELECT avg(({drink})::INT) FROM person WHERE {{}}"
    assert one(tables, query.format(flushers))[0] < one(tables, query.format(f"NOT {flushers}"))[0] / 2


def test_the_dead_have_no_later_care(tables: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT count(DISTINCT d.person), count(v.person) FROM death_event d
               LEFT JOIN visit_event v ON v.person = d.person AND v.start_date > d.start_date"""
    dead, later = one(tables, query)
    assert dead > 20
    assert later == 0


def test_screening_comes_in_years_of_the_birth_years_parity(tables: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT count(*), count(*) FILTER ((year(start_date) - year_of_birth) % 2 <> 0)
               FROM measurement_event JOIN person USING (person) WHERE concept_id = 3014051"""
    screenings, odd = one(tables, query)
    assert screenings > PERSONS
    assert odd == 0
