"""Survey answers over Python rows."""

from cohort_dsl.ast import RangeTest
from engine.targets.reference.calendar import holds
from engine.targets.reference.data import ReferenceData, Row


def answers_to(data: ReferenceData, question: str, person: int) -> list[Row]:
    """The answers a person gave to a question; a refusal is none."""
    rows = data.answers.get(person, [])
    return [row for row in rows if row["question_id"] == question and row["missing_reason"] is None]


def answer_fits(test: tuple[str, ...] | RangeTest, row: Row) -> bool:
    """Whether the answer is one of the codes, or a number in the range."""
    if isinstance(test, tuple):
        return row["answer"] in test
    return holds(test, None if row["value"] is None else float(str(row["value"]))) is True
