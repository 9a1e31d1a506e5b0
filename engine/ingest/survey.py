"""A survey as three tables: questions, the options they offer, and answers keyed by the source's person id."""

from engine.ingest.casts import date_of
from engine.ingest.table import Check, Plan
from schemas.release import SURVEY_ANSWER, SURVEY_OPTION, SURVEY_QUESTION

KINDS = ("choice", "multiple", "number", "date", "text")
MISSING_REASONS = ("skipped", "declined", "unknown", "not_asked")

QUESTION_ID = "[a-z0-9_]+(\\.[a-z0-9_]+)*"
"""Lower-case words joined by dots."""

_KIND = "(SELECT q.kind FROM survey_question AS q WHERE q.question_id = staged.question_id)"
_OPTION = (
    "EXISTS (SELECT 1 FROM survey_option AS o WHERE o.question_id = staged.question_id AND o.answer = staged.answer)"
)
_KNOWN_QUESTION = "question_id IN (SELECT q.question_id FROM survey_question AS q)"
_NUMBER = "COALESCE(value, CASE WHEN ISFINITE(TRY_CAST(answer AS DOUBLE)) THEN TRY_CAST(answer AS DOUBLE) END)"
_DATE = date_of("answer")


def _words(words: tuple[str, ...]) -> str:
    return "('" + "', '".join(words) + "')"


QUESTIONS = Plan(
    table=SURVEY_QUESTION,
    source="question",
    checks=(
        Check(code="malformed-question-id", fails=f"NOT REGEXP_FULL_MATCH(question_id, '{QUESTION_ID}')"),
        Check(code="unknown-kind", fails=f"kind NOT IN {_words(KINDS)}"),
    ),
)

OPTIONS = Plan(
    table=SURVEY_OPTION,
    source="option",
    checks=(
        Check(code="unknown-question", fails=f"NOT {_KNOWN_QUESTION}"),
        Check(code="not-a-choice", fails=f"{_KIND} NOT IN ('choice', 'multiple')"),
    ),
)

ANSWERS = Plan(
    table=SURVEY_ANSWER,
    source="answer",
    read={"person": "person_id"},
    derived={
        "answer": f"CASE {_KIND} WHEN 'number' THEN NULL WHEN 'date' THEN CAST({_DATE} AS VARCHAR) ELSE answer END",
        "value": f"CASE WHEN {_KIND} = 'number' THEN {_NUMBER} END",
    },
    checks=(
        Check(code="unknown-question", fails=f"NOT {_KNOWN_QUESTION}"),
        Check(code="unknown-missing-reason", fails=f"missing_reason NOT IN {_words(MISSING_REASONS)}"),
        Check(
            code="answer-and-missing-reason",
            fails="missing_reason IS NOT NULL AND COALESCE(answer, CAST(value AS VARCHAR)) IS NOT NULL",
        ),
        Check(
            code="no-answer",
            fails="missing_reason IS NULL AND COALESCE(answer, CAST(value AS VARCHAR)) IS NULL",
        ),
        Check(
            code="unknown-option",
            fails=f"missing_reason IS NULL AND {_KIND} IN ('choice', 'multiple') AND NOT {_OPTION}",
        ),
        Check(code="unparsable-number", fails=f"missing_reason IS NULL AND {_KIND} = 'number' AND {_NUMBER} IS NULL"),
        Check(code="unparsable-date:answer", fails=f"missing_reason IS NULL AND {_KIND} = 'date' AND {_DATE} IS NULL"),
        Check(code="no-answer", fails=f"missing_reason IS NULL AND {_KIND} = 'text' AND answer IS NULL"),
    ),
    extra=(SURVEY_ANSWER.column("answer"), SURVEY_ANSWER.column("value")),
    key=("question_id", "person", "answered_on", f"CASE WHEN {_KIND} = 'multiple' THEN answer END"),
)

PLANS = (QUESTIONS, OPTIONS, ANSWERS)
