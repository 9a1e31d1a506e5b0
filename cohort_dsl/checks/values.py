"""Ranges, numbers, answers and concepts."""

import datetime
import math
from collections.abc import Iterator

from cohort_dsl.ast import AnswerIn, Between, Compare, ConceptByCode, ConceptById, Ordinal, RangeTest
from cohort_dsl.tree import Visit
from schemas.errors import AnalysisProblem, Problem, Span
from schemas.fields import Kind

LARGEST_CONCEPT_ID = 2**31 - 1
_LARGEST_POSITION = 9_999

VALUES = frozenset((ConceptById, ConceptByCode, Ordinal, Between, float))
"""The kinds of value that `value_problems` has something to say of."""


def value_problems(visit: Visit) -> Iterator[Problem]:
    """Concept ids, codes, ranges upside down, numbers that are none."""
    match visit.value:
        case ConceptById(concept_id=concept_id) if not 0 <= concept_id <= LARGEST_CONCEPT_ID:
            yield AnalysisProblem("bad-concept-id", f"concept ids run from 0 to {LARGEST_CONCEPT_ID}", span=visit.span)
        case ConceptByCode(vocabulary=vocabulary, code=code) if not vocabulary or not code:
            yield AnalysisProblem("empty-text", "a code names its vocabulary and itself", span=visit.span)
        case Ordinal(position=position) if not 1 <= position <= _LARGEST_POSITION:
            yield AnalysisProblem("bad-ordinal", f"positions run from 1 to {_LARGEST_POSITION:,}", span=visit.span)
        case Between(low=low, high=high):
            yield from range_problems(low, high, visit.span)
        case float() as number if not math.isfinite(number):
            yield AnalysisProblem("bad-number", "a limit is a finite number", span=visit.span)
        case _:
            pass


def range_problems(
    low: float | datetime.date | None, high: float | datetime.date | None, span: Span | None
) -> Iterator[Problem]:
    """A range without limits, upside down, or from a number to a date."""
    match low, high:
        case None, None:
            yield AnalysisProblem("empty-range", "a range has at least one limit", span=span)
        case float(), float():
            yield from _order_problems(low > high, span)
        case datetime.date(), datetime.date():
            yield from _order_problems(low > high, span)
        case (float(), datetime.date()) | (datetime.date(), float()):
            yield AnalysisProblem("wrong-kind", "a range runs between two numbers or two dates", span=span)
        case _:
            pass


def _order_problems(is_reversed: bool, span: Span | None) -> Iterator[Problem]:
    if is_reversed:
        message = "the range ends before it starts"
        yield AnalysisProblem("empty-range", message, span=span, hint="swap the two limits")


def answer_problems(question: str, test: object, span: Span | None) -> Iterator[Problem]:
    """A question without a name, no answers to choose from, an answer compared with a date."""
    if not question:
        yield AnalysisProblem("empty-text", "a survey criterion names its question", span=span)
    match test:
        case AnswerIn(values=()):
            yield AnalysisProblem("empty-group", "a list holds at least one answer", span=span)
        case Compare() | Between():
            yield from kind_problems("survey", Kind.NUMBER, test, span)
        case _:
            pass


def kind_problems(name: str, kind: Kind, test: RangeTest, span: Span | None) -> Iterator[Problem]:
    """A number compared with a date and the other way round."""
    limits = (test.value,) if isinstance(test, Compare) else (test.low, test.high)
    given = Kind.DATE if any(isinstance(limit, datetime.date) for limit in limits) else Kind.NUMBER
    wanted = Kind.NUMBER if kind is Kind.DURATION else kind
    if given is not wanted:
        message = f"`{name}` is compared with a {kind.value}, not with a {given.value}"
        yield AnalysisProblem("wrong-kind", message, span=span, expected=(kind.value,))
