"""Survey answers are checked against their dictionary; consent is what the source says, and nothing without it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.ingest.report import IngestReport
from schemas.errors import DataProblem
from tests.ingest.conftest import write_tables

SURVEY = {
    "question": """
        question_id,survey_id,kind,label,label_ko,unit
        smoking.status,lifestyle,choice,Do you smoke?,흡연하십니까?,
        alcohol.kinds,lifestyle,multiple,Which drinks?,,
        sleep.hours,lifestyle,number,How long do you sleep?,,h
        last.visit,lifestyle,date,When were you last here?,,
        remarks,lifestyle,text,Anything else?,,
        Bad Name,lifestyle,text,A name outside the language,,
        diet,lifestyle,essay,A kind that is none,,
        """,
    "option": """
        question_id,answer,position,label
        smoking.status,current,1,Yes
        smoking.status,never,2,Never
        alcohol.kinds,beer,1,Beer
        alcohol.kinds,soju,2,Soju
        sleep.hours,eight,1,Eight
        hobby,chess,1,Chess
        """,
    "answer": """
        person_id,question_id,answered_on,answer,value,missing_reason
        10,smoking.status,2020-01-01,current,,
        20,smoking.status,2020-01-01,sometimes,,
        30,smoking.status,2020-01-01,,,declined
        10,smoking.status,2020-01-01,never,,
        10,alcohol.kinds,2020-01-01,beer,,
        10,alcohol.kinds,2020-01-01,soju,,
        10,alcohol.kinds,2020-01-01,soju,,
        10,sleep.hours,2020-01-01,7.5,,
        20,sleep.hours,2020-01-01,,6,
        30,sleep.hours,2020-01-01,little,,
        10,last.visit,2020-01-01,20191231,,
        20,last.visit,2020-01-01,yesterday,,
        10,remarks,2020-01-01,thanks,,
        20,remarks,2020-01-01,,,
        30,remarks,2020-01-01,hello,,skipped
        30,remarks,2020-01-02,,,forgot
        10,hobby,2020-01-01,chess,,
        99,remarks,2020-01-01,hello,,
        """,
}


def test_answers_are_checked_against_the_dictionary(
    omop: Callable[..., Path],
    load: Callable[..., IngestReport],
    table: Callable[..., list[tuple]],
    tmp_path: Path,
) -> None:
    report = load(omop(), survey=write_tables(tmp_path / "survey", SURVEY))
    rows = table("survey/answer", "question_id", "person", "answer", "value", "missing_reason")
    assert sorted(rows, key=str) == [
        ("alcohol.kinds", 0, "beer", None, None),
        ("alcohol.kinds", 0, "soju", None, None),
        ("last.visit", 0, "2019-12-31", None, None),
        ("remarks", 0, "thanks", None, None),
        ("sleep.hours", 0, None, 7.5, None),
        ("sleep.hours", 1, None, 6.0, None),
        ("smoking.status", 0, "current", None, None),
        ("smoking.status", 2, None, None, "declined"),
    ]
    rejected = {count.code: count.rows for count in report.table("survey_answer").rejected}
    assert rejected == {
        "answer-and-missing-reason": 1,
        "duplicate-key": 2,
        "no-answer": 1,
        "unknown-missing-reason": 1,
        "unknown-option": 1,
        "unknown-person": 1,
        "unknown-question": 1,
        "unparsable-date:answer": 1,
        "unparsable-number": 1,
    }
    assert [count.code for count in report.table("survey_question").rejected] == [
        "malformed-question-id",
        "unknown-kind",
    ]
    assert [count.code for count in report.table("survey_option").rejected] == ["not-a-choice", "unknown-question"]


CONCEPTS = """
    concept_id,concept_name,vocabulary_id,concept_code
    1,survey_conduct.survey_conduct_id,CDM,CDM1
    2,visit_occurrence.visit_occurrence_id,CDM,CDM2
    40,Lifestyle Survey,SNOMED,400
    100,Smoking: 100 Cigs Lifetime,PPI,Smoking_100CigsLifetime
    101,Yes,PPI,Yes_1
    102,No,PPI,No_1
    903,PMI: Skip,PPI,PMI_Skip
    200,Hours of sleep,LOINC,65551-3
    8505,hour,UCUM,h
    """

OBSERVATIONS = """
    observation_id,person_id,observation_concept_id,observation_date,value_as_number,value_as_concept_id,unit_concept_id,observation_source_concept_id,observation_event_id,obs_event_field_concept_id
    1,10,0,2020-01-01,,101,,100,,
    2,20,0,2020-01-02,,102,,100,,
    3,30,0,2020-01-03,,903,,100,,
    4,10,200,2020-01-01,7.5,,8505,0,500,1
    5,20,200,2020-01-01,6,,8505,0,501,0
    6,30,200,2020-01-01,9,,8505,0,500,1
    7,10,200,2020-02-01,5,,8505,0,500,2
    8,10,200,2020-03-01,4,,8505,0,,
    """

CONDUCTED = """
    survey_conduct_id,person_id,survey_concept_id
    500,10,40
    501,20,40
    """


def test_surveys_in_observations_become_questions(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    report = load(omop(concept=CONCEPTS, observation=OBSERVATIONS, survey_conduct=CONDUCTED))
    assert table("survey/question", "question_id", "survey_id", "kind", "label", "unit", "concept_id") == [
        ("hours.of.sleep", "lifestyle.survey", "number", "Hours of sleep", "h", 200),
        ("smoking_100cigslifetime", "omop", "choice", "Smoking: 100 Cigs Lifetime", None, 100),
    ]
    assert table("survey/option", "question_id", "answer", "position", "label", "concept_id") == [
        ("smoking_100cigslifetime", "no_1", 1, "No", 102),
        ("smoking_100cigslifetime", "yes_1", 2, "Yes", 101),
    ]
    assert table("survey/answer", "question_id", "person", "answer", "value", "missing_reason") == [
        ("hours.of.sleep", 0, None, 7.5, None),
        ("hours.of.sleep", 1, None, 6.0, None),
        ("smoking_100cigslifetime", 0, "yes_1", None, None),
        ("smoking_100cigslifetime", 1, "no_1", None, None),
        ("smoking_100cigslifetime", 2, None, None, "skipped"),
    ]
    assert report.table("observation").rows_out == 8
    assert report.table("survey_answer").rows_added == 5


def test_consent_is_what_the_source_says(
    omop: Callable[..., Path],
    load: Callable[..., IngestReport],
    table: Callable[..., list[tuple]],
    tmp_path: Path,
) -> None:
    text = """
        person_id,permission,granted_on,withdrawn_on
        10,GRU,2020-01-01,
        20,GRU,2020-01-01,2021-01-01
        20,HMB,2020-01-01,2019-01-01
        30,EVERYTHING,2020-01-01,
        30,GRU,,
        30,GRU,2020-01-01,soon
        30,HMB,2020-01-01,
        10,GRU,2020-05-01,
        """
    folder = write_tables(tmp_path / "consent", {"consents_of_2026": text})
    report = load(omop(), consent=folder / "consents_of_2026.csv", assume_consent=())
    rows = [(person, permission, withdrawn and str(withdrawn))
            for person, permission, _, withdrawn in table("consent")]  # fmt: skip
    assert rows == [(0, "GRU", None), (1, "GRU", "2021-01-01"), (1, "HMB", "2019-01-01")]
    assert {count.code: count.rows for count in report.table("consent").rejected} == {
        "duplicate-key": 1,
        "missing-value:granted_on": 1,
        "person-in-doubt": 1,
        "unknown-permission": 1,
        "unparsable-date:withdrawn_on": 1,
    }
    assert [count.code for count in report.table("consent").findings] == ["end-before-start"]
    (warning,) = report.warnings
    assert warning.startswith("consents_of_2026.csv: 5 of 8 rows were rejected: duplicate-key (1), ")
    assert warning.endswith(
        "; whoever has one that is no mere repetition permits nothing until it is mended and ingested anew"
    )


@pytest.mark.parametrize(
    ("rows", "permits"),
    [
        (("GRU,2020-01-01,", "HMB,2020-01-01,"), {"GRU", "HMB"}),
        (("GRU,2020-01-01,", "GRU,2020-05-01,"), {"GRU"}),
        (("GRU,2020-01-01,2021-01-01", "GRU,2020-05-01,2021-01-01"), {"GRU"}),
        (("GRU,2020-01-01,", "GRU,2020-01-01,2021-01-01"), set()),
        (("GRU,2020-01-01,2021-01-01", "GRU,2020-01-01,2021-01-02"), set()),
        (("GRU,2020-01-01,", "NPOA,yesterday,"), set()),
        (("GRU,2020-01-01,", "no genetics,2020-01-01,"), set()),
        (("GRU,2020-01-01,", "NPOA,2020-01-01,never"), set()),
        (("GRU,2020-01-01,", ",2020-01-01,"), set()),
    ],
)
@pytest.mark.parametrize("is_turned", [False, True])
def test_who_may_have_withdrawn_or_restricted_something_permits_nothing(
    omop: Callable[..., Path],
    load: Callable[..., IngestReport],
    table: Callable[..., list[tuple]],
    tmp_path: Path,
    rows: tuple[str, ...],
    permits: set[str],
    is_turned: bool,
) -> None:
    own = "\n".join(f"10,{row}" for row in (reversed(rows) if is_turned else rows))
    text = f"person_id,permission,granted_on,withdrawn_on\n{own}\n20,GRU,2020-01-01,\n"
    folder = write_tables(tmp_path / "consent", {"consent": text})
    report = load(omop(), consent=folder / "consent.csv", assume_consent=()).table("consent")
    assert set(table("consent", "person", "permission")) == {*((0, each) for each in permits), (1, "GRU")}
    assert report.rows_in == report.rows_out + sum(count.rows for count in report.rejected) == 3


def test_an_empty_table_of_consent_is_a_warning_too(
    omop: Callable[..., Path], load: Callable[..., IngestReport], tmp_path: Path
) -> None:
    folder = write_tables(tmp_path / "consent", {"consent": "person_id,permission,granted_on\n"})
    (warning,) = load(omop(), consent=folder / "consent.csv", assume_consent=()).warnings
    assert "nobody permits anything" in warning


def test_without_consent_nobody_permits_anything_and_the_report_says_so(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]], root: Path
) -> None:
    report = load(omop(), assume_consent=())
    assert table("consent") == []
    assert "nobody permits anything" in report.warnings[0]
    assert json.loads((root / "r1" / "report.json").read_text())["warnings"] == list(report.warnings)


def test_consent_may_be_assumed_only_by_name(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    folder = omop()
    with pytest.raises(DataProblem, match="consent-permission"):
        load(folder, assume_consent=("ALL",))
    with pytest.raises(DataProblem, match="consent-twice"):
        load(folder, assume_consent=("GRU",), consent=folder / "person.csv")
    load(folder, assume_consent=("GRU", "HMB", "GRU"))
    assert table("consent", "permission", "person") == [
        *(("GRU", person) for person in range(3)),
        *(("HMB", person) for person in range(3)),
    ]


def test_a_question_that_is_rejected_is_a_warning_since_its_answers_go_with_it(
    omop: Callable[..., Path], load: Callable[..., IngestReport], tmp_path: Path
) -> None:
    questions = (
        "question_id,survey_id,kind,label\nsmoking,life,choice,Smoking\nSleep,life,number,Sleep\nage,life,number,Age\n"
    )
    options = "question_id,answer,position,label\nsmoking,yes,1,Yes\n"
    answers = "question_id,person_id,answered_on,answer,value\nsmoking,10,2015-01-02,Yes,\n"
    survey = write_tables(tmp_path / "survey", {"question": questions, "option": options, "answer": answers})
    assert load(omop(), survey=survey).warnings == (
        "question.csv: 1 of 3 rows were rejected: malformed-question-id (1); "
        "ids of questions are lower-case words joined by dots, as smoking.status",
        "answer.csv: 1 of 1 rows were rejected: unknown-option (1); "
        "each answer has to be written as the option table has it, for that question",
    )
