"""The survey dictionary of a release: questions, the answers they offer, labels in English and Korean."""

from dataclasses import dataclass

from engine.catalog.database import Database

_QUESTIONS = "SELECT question_id, survey_id, kind, label, label_ko, unit FROM survey_question ORDER BY ALL"
_OPTIONS = "SELECT question_id, answer, label, label_ko FROM survey_option ORDER BY question_id, position"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An answer a choice question offers; `answer` is the code used in the language."""

    answer: str
    label: str
    label_ko: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A survey question. `kind` is choice, multiple, number, date or text."""

    question_id: str
    survey_id: str
    kind: str
    label: str
    label_ko: str | None
    unit: str | None
    options: tuple[Option, ...]


def load_questions(database: Database) -> dict[str, Question]:
    """Question id -> question, in alphabetical order."""
    options: dict[str, list[Option]] = {}
    for question, answer, label, label_ko in database.rows(_OPTIONS):
        option = Option(answer=str(answer), label=str(label), label_ko=_text(label_ko))
        options.setdefault(str(question), []).append(option)
    return {
        str(question): Question(
            question_id=str(question),
            survey_id=str(survey),
            kind=str(kind),
            label=str(label),
            label_ko=_text(label_ko),
            unit=_text(unit),
            options=tuple(options.get(str(question), ())),
        )
        for question, survey, kind, label, label_ko, unit in database.rows(_QUESTIONS)
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
