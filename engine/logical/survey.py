"""Survey criteria against the dictionary: the question exists, and can be asked what is asked of it."""

import difflib
from collections.abc import Mapping

from cohort_dsl.ast import AnswerIn, Answers, Survey, Unanswered
from engine.catalog.survey import Question
from engine.logical.nodes import Answered, AnswerScan, NotAnswered
from schemas.errors import AnalysisProblem, Span

_CHOICES = ("choice", "multiple")


def survey_condition(survey: Survey, questions: Mapping[str, Question]) -> Answered | NotAnswered:
    """The condition of a survey criterion; raises `AnalysisProblem` when the dictionary does not allow it."""
    question = question_of(survey.question, questions, survey.span)
    match survey.test:
        case Unanswered():
            return NotAnswered(question=question.question_id, window=survey.window)
        case AnswerIn(values=values):
            _check_values(question, values, survey.span)
            return Answered(question=question.question_id, test=values, window=survey.window)
        case test:
            _check_number(question, survey.span)
            return Answered(question=question.question_id, test=test, window=survey.window)


def answer_scan(answers: Answers, questions: Mapping[str, Question]) -> AnswerScan:
    """Answers as events; raises `AnalysisProblem` when the dictionary does not allow it."""
    question = question_of(answers.question, questions, answers.span)
    match answers.test:
        case None:
            return AnswerScan(question=question.question_id)
        case AnswerIn(values=values):
            _check_values(question, values, answers.span)
            return AnswerScan(question=question.question_id, test=values)
        case test:
            _check_number(question, answers.span)
            return AnswerScan(question=question.question_id, test=test)


def question_of(name: str, questions: Mapping[str, Question], span: Span) -> Question:
    """The question called `name`, or a problem with the closest name."""
    if name in questions:
        return questions[name]
    close = difflib.get_close_matches(name, questions, n=1)
    raise AnalysisProblem(
        "question-unknown",
        f"there is no survey question {name!r}",
        span=span,
        hint=f"did you mean {close[0]}?" if close else "search the survey dictionary for its name",
    )


def _check_number(question: Question, span: Span) -> None:
    if question.kind != "number":
        raise AnalysisProblem(
            "answer-kind",
            f"{question.question_id} is a {question.kind} question; its answers are not numbers",
            span=span,
            expected=tuple(option.answer for option in question.options),
        )


def _check_values(question: Question, values: tuple[str, ...], span: Span) -> None:
    if question.kind not in _CHOICES:
        raise AnalysisProblem(
            "answer-kind",
            f"{question.question_id} is a {question.kind} question; it has no list of answers",
            span=span,
        )
    offered = tuple(option.answer for option in question.options)
    for value in values:
        if value not in offered:
            close = difflib.get_close_matches(value, offered, n=1)
            raise AnalysisProblem(
                "answer-unknown",
                f"{question.question_id} offers no answer {value!r}",
                span=span,
                expected=offered,
                hint=f'did you mean "{close[0]}"?' if close else None,
            )
