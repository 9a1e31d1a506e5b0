"""Lints of survey answers against the survey dictionary of a release."""

from collections.abc import Iterator

from cohort_dsl.ast import AnswerIn, Answers, Survey
from cohort_dsl.lint import Finding, Severity
from cohort_dsl.tree import walk
from engine.logical.lints.reading import MeaningRule, Reading


def every_answer(reading: Reading) -> Iterator[Finding]:
    """Lists that hold every answer a question offers."""
    for visit in walk(reading.cohort):
        match visit.value:
            case (
                Survey(question=name, test=AnswerIn(values=values))
                | Answers(question=name, test=AnswerIn(values=values))
            ) if name in reading.questions:
                offered = {option.answer for option in reading.questions[name].options}
                if offered and offered <= set(values):
                    message = f"these are all answers that {name} offers, so this asks only whether it was answered"
                    fix = f"write `not (survey {name} is unanswered)`, or leave some out"
                    yield Finding(visit.span, message, fix)
            case _:
                pass


RULES = (
    MeaningRule(
        code="every-answer",
        severity=Severity.INFO,
        meaning="A criterion lists all answers that a survey question offers. It is true of everybody who answered, "
        "and unknown of the rest.",
        example='index everyone\ninclude "smoking" when survey smoking.status in ("never", "former", "current")',
        fixed='index everyone\ninclude "smoking" when survey smoking.status in ("former", "current")',
        find=every_answer,
    ),
)
