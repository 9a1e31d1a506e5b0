"""Events made of others: eras, gaps, sequences and answers."""

from collections.abc import Iterator

from cohort_dsl.ast import Answers, Duration, Eras, EventQuery, Gaps, Sequence, Step, Unit
from cohort_dsl.checks.values import answer_problems
from cohort_dsl.tree import Visit, span_of
from schemas.errors import AnalysisProblem, Problem, Span

_COUNTED_IN_DAYS = (Unit.DAY, Unit.WEEK)

COMPOSITES = frozenset((Eras, Gaps, Sequence, Step, Answers))
"""The kinds of value that `composite_problems` has something to say of."""


def composite_problems(visit: Visit) -> Iterator[Problem]:
    """Ordinals inside, gaps that are none, sequences of one event, answers to nothing."""
    match visit.value:
        case Eras(events=query, gap=gap):
            yield from _ordinal_problems(query, visit.span)
            yield from _gap_problems(gap, 0, visit.span)
        case Gaps(events=query, at_least=at_least):
            yield from _ordinal_problems(query, visit.span)
            yield from _gap_problems(at_least, 1, visit.span)
        case Sequence(first=first, steps=steps):
            yield from _ordinal_problems(first, visit.span)
            if not steps:
                yield AnalysisProblem("empty-group", "a sequence has at least one `then`", span=visit.span)
        case Step(events=query, within=within):
            yield from _ordinal_problems(query, visit.span)
            if within is not None and within.count < 1:
                message = "a step is on a later day, so its time is at least one day"
                yield AnalysisProblem("empty-window", message, span=visit.span)
        case Answers(question=question, test=test):
            yield from answer_problems(question, test, visit.span)
        case _:
            pass


def _ordinal_problems(query: EventQuery, span: Span | None) -> Iterator[Problem]:
    if query.ordinal is not None:
        message = "eras, gaps and sequences are made of all events; `first` and the like stand before the whole"
        yield AnalysisProblem("inner-ordinal", message, span=span_of(query) or span)


def _gap_problems(gap: Duration, least: int, span: Span | None) -> Iterator[Problem]:
    if gap.count < least:
        message = f"a gap here lasts at least {least} day{'' if least == 1 else 's'}"
        yield AnalysisProblem("gap-range", message, span=span)
    if gap.unit not in _COUNTED_IN_DAYS:
        expected = tuple(f"{unit.value}s" for unit in _COUNTED_IN_DAYS)
        yield AnalysisProblem("gap-unit", "a gap is counted in days or weeks", span=span, expected=expected)
