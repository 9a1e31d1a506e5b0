"""Surveys that lie in OMOP observations, as questions, options and answers. The observations stay where they are.

An observation is an answer when it points to a row of `survey_conduct` of the same person
(`observation_event_id`, CDM 5.3 with surveys and 5.4), or when its source concept is of a questionnaire
vocabulary. The question is the source concept, or the standard concept where there is none in the vocabulary.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from engine.ingest.casts import cast
from engine.ingest.session import Session, reading, select, sql
from engine.ingest.source import SourceFile, whole
from schemas.tables import ColumnType

QUESTIONNAIRE_VOCABULARIES = ("PPI",)
"""Vocabularies whose concepts are survey questions and answers (PPI: the All of Us surveys)."""

_SKIPS = {"pmi_skip": "skipped", "pmi_prefernottoanswer": "declined", "pmi_dontknow": "unknown"}
"""Answer codes of PPI that say why there is no answer."""

_CONDUCTED = {name: name for name in ("survey_conduct_id", "person_id", "survey_concept_id")}
"""Columns of `survey_conduct` that are read."""

_NO_COLUMN = "CAST(NULL AS BIGINT)"

_LINKED = """
    SELECT DISTINCT o.observation_id AS event_id, s.survey_concept_id
    FROM observation_source AS o
    JOIN survey_source AS s ON s.survey_conduct_id = o.observation_event_id AND s.person_id = o.person_id
    LEFT JOIN concept AS f ON f.concept_id = o.field_concept_id
    WHERE COALESCE(o.field_concept_id, 0) = 0 OR LOWER(f.concept_name) LIKE 'survey_conduct.%'
"""

_SLUG = "TRIM(REGEXP_REPLACE(LOWER($text), '[^a-z0-9_]+', '.', 'g'), '.')"

# Codes of a questionnaire vocabulary are words; codes of others are numbers, so their names are taken.
_WORDS = "CASE WHEN $vocabulary IN $vocabularies THEN $code ELSE $name END"

_ASKED = """
    SELECT o.event_id, o.person, o.start_date AS answered_on, q.concept_id, q.concept_name AS label,
        $question AS words, l.survey_concept_id,
        o.value_as_number, o.value_as_string, o.unit_concept_id,
        CASE WHEN a.concept_id <> 0 THEN a.concept_id END AS answer_concept_id, a.concept_name AS answer_label,
        $answer AS answer,
        $reason AS missing_reason
    FROM observation AS o
    LEFT JOIN linked AS l ON l.event_id = o.event_id
    LEFT JOIN concept AS s ON s.concept_id = o.source_concept_id AND s.concept_id <> 0
    JOIN concept AS q ON q.concept_id = COALESCE(s.concept_id, o.concept_id) AND q.concept_id <> 0
    LEFT JOIN concept AS a ON a.concept_id = o.value_as_concept_id
    WHERE l.event_id IS NOT NULL OR q.vocabulary_id IN $vocabularies
"""

_QUESTIONS = """
    WITH kinds AS (
        SELECT concept_id, ANY_VALUE(label) AS label, ANY_VALUE(words) AS words,
            MIN(survey_concept_id) AS survey_concept_id, MIN(NULLIF(unit_concept_id, 0)) AS unit_concept_id,
            CASE WHEN COUNT(*) FILTER (WHERE answer_concept_id IS NOT NULL AND missing_reason IS NULL) > 0
                    THEN CASE WHEN COUNT(answer_concept_id) > COUNT(DISTINCT (person, answered_on)) THEN 'multiple'
                        ELSE 'choice' END
                WHEN COUNT(value_as_number) > 0 THEN 'number' ELSE 'text' END AS kind
        FROM asked GROUP BY concept_id
    )
    SELECT CASE WHEN k.words = '' OR COUNT(*) OVER (PARTITION BY k.words) > 1
            OR k.words IN (SELECT question_id FROM survey_question)
            THEN TRIM(CONCAT(k.words, '.', k.concept_id), '.') ELSE k.words END AS question_id,
        COALESCE(NULLIF($survey, ''), 'omop') AS survey_id,
        k.kind, k.label, CAST(NULL AS VARCHAR) AS label_ko, u.concept_code AS unit, k.concept_id
    FROM kinds AS k
    LEFT JOIN concept AS s ON s.concept_id = k.survey_concept_id AND s.concept_id <> 0
    LEFT JOIN concept AS u ON u.concept_id = k.unit_concept_id AND k.kind = 'number'
"""

_OPTIONS = """
    SELECT q.question_id, a.answer, CAST(ROW_NUMBER() OVER (PARTITION BY q.question_id ORDER BY a.answer) AS INTEGER)
        AS position, ANY_VALUE(a.answer_label) AS label, CAST(NULL AS VARCHAR) AS label_ko,
        MIN(a.answer_concept_id) AS concept_id
    FROM asked AS a JOIN asked_question AS q ON q.concept_id = a.concept_id
    WHERE q.kind IN ('choice', 'multiple') AND a.answer_concept_id IS NOT NULL AND a.missing_reason IS NULL
    GROUP BY q.question_id, a.answer
"""

_ANSWERS = """
    WITH given AS (
        SELECT q.question_id, q.kind, a.person, a.answered_on, a.event_id, a.missing_reason,
            CASE q.kind WHEN 'text' THEN a.value_as_string WHEN 'number' THEN NULL
                WHEN 'date' THEN NULL ELSE CASE WHEN a.answer_concept_id IS NOT NULL THEN a.answer END END AS answer,
            CASE WHEN q.kind = 'number' THEN a.value_as_number END AS value
        FROM asked AS a JOIN asked_question AS q ON q.concept_id = a.concept_id
    ), told AS (
        SELECT * REPLACE (
            CASE WHEN missing_reason IS NULL THEN answer END AS answer,
            CASE WHEN missing_reason IS NULL THEN value END AS value,
            CASE WHEN missing_reason IS NULL AND answer IS NULL AND value IS NULL THEN 'unknown'
                ELSE missing_reason END AS missing_reason)
        FROM given
    )
    SELECT question_id, person, answered_on, answer, value, missing_reason FROM told
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY question_id, person, answered_on, CASE WHEN kind = 'multiple' THEN answer END ORDER BY event_id
    ) = 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OmopSurvey:
    """Rows to add to the three survey tables, each a query over the session."""

    questions: exp.Expr
    options: exp.Expr
    answers: exp.Expr


def find_surveys(
    session: Session, observation: SourceFile, survey_conduct: SourceFile | None, *, work: Path
) -> OmopSurvey:
    """Questions, options and answers in the observations of a source.

    Needs the views `observation`, `concept` and `survey_question` of the session; writes its files in `work`.
    """
    linked = work / "survey_linked.parquet"
    if survey_conduct is not None:
        conducted = work / "survey_conducted.parquet"
        with whole(survey_conduct.path), reading(survey_conduct.path):
            session.write(_whole_columns(survey_conduct, _CONDUCTED), conducted)
        session.view("survey_source", conducted)
    with reading(observation.path):
        session.write(_linked(observation, survey_conduct), linked)
    session.view("linked", linked)
    asked = work / "survey_asked.parquet"
    session.write(_asked(), asked)
    session.view("asked", asked)
    questions = work / "survey_asked_question.parquet"
    session.write(sql(_QUESTIONS, survey=_slug(exp.column("concept_name", "s"))), questions)
    session.view("asked_question", questions)
    return OmopSurvey(questions=sql("SELECT * FROM asked_question"), options=sql(_OPTIONS), answers=sql(_ANSWERS))


def _linked(observation: SourceFile, survey_conduct: SourceFile | None) -> exp.Expr:
    """(event_id, survey_concept_id) of the observations that answer a survey; empty when there is no link column."""
    if survey_conduct is None or "observation_event_id" not in observation.columns:
        return sql("SELECT CAST(0 AS BIGINT) AS event_id, CAST(0 AS INTEGER) AS survey_concept_id WHERE FALSE")
    query = select(_LINKED)
    names = {"observation_id": "observation_id", "observation_event_id": "observation_event_id",
             "person_id": "person_id", "field_concept_id": "obs_event_field_concept_id"}  # fmt: skip
    return query.with_("observation_source", as_=_whole_columns(observation, names))


def _whole_columns(source: SourceFile, names: dict[str, str]) -> exp.Select:
    columns = []
    for name, source_name in names.items():
        found = source.columns.get(source_name)
        value = cast(exp.column(found[0], quoted=True), found[1], ColumnType.INT64) if found else sql(_NO_COLUMN)
        columns.append(value.as_(name))
    return exp.select(*columns).from_(source.query.subquery("source"))


def _asked() -> exp.Expr:
    reason = exp.Case(this=sql("LOWER(a.concept_code)"))
    for code, missing_reason in _SKIPS.items():
        reason = reason.when(exp.convert(code), exp.convert(missing_reason))
    return sql(
        _ASKED, question=_words("q"), answer=_words("a"), reason=reason, vocabularies=_questionnaire_vocabularies()
    )


def _words(table: str) -> exp.Expr:
    """Lower-case words joined by dots for the concept `table`."""
    columns = {
        name: exp.column(f"{column}", table)
        for name, column in (("vocabulary", "vocabulary_id"), ("code", "concept_code"), ("name", "concept_name"))
    }
    return _slug(sql(_WORDS, vocabularies=_questionnaire_vocabularies(), **columns))


def _slug(text: exp.Expr) -> exp.Expr:
    return sql(_SLUG, text=text)


def _questionnaire_vocabularies() -> exp.Expr:
    return exp.Tuple(expressions=[exp.convert(name) for name in QUESTIONNAIRE_VOCABULARIES])
