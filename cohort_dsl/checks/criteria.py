"""Criteria: groups, counts, windows, persons and surveys."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    Bound,
    Count,
    CountOperator,
    Duration,
    Group,
    GroupKind,
    Occurrence,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
    Survey,
    Unit,
    Window,
)
from cohort_dsl.checks.values import answer_problems, kind_problems
from cohort_dsl.tree import Visit
from cohort_dsl.words import SEXES
from schemas.errors import AnalysisProblem, Problem, Span, TooExpensive
from schemas.fields import PERSON_FIELDS, Kind, PersonField

_COUNTED = (GroupKind.AT_LEAST, GroupKind.AT_MOST, GroupKind.EXACTLY)
_MOST_COUNTED = 1_000_000
_MOST_WINDOWS = 8
_DAYS = {Unit.DAY: (1, 1), Unit.WEEK: (7, 7), Unit.MONTH: (28, 31), Unit.YEAR: (365, 366)}

CRITERIA = frozenset((Group, Count, Occurrence, Window, PersonTest, PersonIn, PersonConcepts, PersonMissing, Survey))
"""The kinds of value that `criterion_problems` has something to say of."""


def criterion_problems(visit: Visit) -> Iterator[Problem]:
    """Groups that cannot hold, counts of zero, windows that are empty, values that do not exist."""
    match visit.value:
        case Group() as node:
            yield from _group_problems(node, visit.span)
        case Count() as count:
            yield from _count_problems(count, visit.span)
        case Occurrence(windows=windows) if len(windows) > _MOST_WINDOWS:
            message = f"a criterion has {len(windows)} windows; at most {_MOST_WINDOWS} are allowed"
            yield TooExpensive("too-many-windows", message, span=visit.span)
        case Window() as window:
            yield from _window_problems(window, visit.span)
        case PersonTest() | PersonIn() | PersonConcepts() | PersonMissing() as test:
            yield from _person_problems(test, visit.span)
        case Survey(question=question, test=test):
            yield from answer_problems(question, test, visit.span)
        case _:
            pass


def _group_problems(node: Group, span: Span | None) -> Iterator[Problem]:
    if not node.parts and node.kind is not GroupKind.ALL:
        yield AnalysisProblem(
            "empty-group", "a group holds at least one criterion", span=span, hint="`all of ()` is always true"
        )
    elif node.kind in _COUNTED and not 0 <= node.number <= len(node.parts):
        message = f"the group has {len(node.parts)} parts, and {node.number} are asked for"
        yield AnalysisProblem("group-number", message, span=span)
    elif node.kind is GroupKind.AT_LEAST and node.number == 0:
        yield AnalysisProblem("at-least-zero", "`at least 0` is always true", span=span)


def _count_problems(count: Count, span: Span | None) -> Iterator[Problem]:
    if count.operator is CountOperator.AT_LEAST and count.number == 0:
        yield AnalysisProblem("at-least-zero", "`at least 0` is always true", span=span, hint="write `any` or `no`")
    if not 0 <= count.number <= _MOST_COUNTED:
        yield AnalysisProblem("bad-count", f"counts run from 0 to {_MOST_COUNTED:,}", span=span)


def _window_problems(window: Window, span: Span | None) -> Iterator[Problem]:
    match window.lower, window.upper:
        case Bound(offset=low, anchor=one), Bound(offset=high, anchor=other) if one is other:
            if min(_days(low)) > max(_days(high)):
                yield AnalysisProblem("empty-window", "the window ends before it starts", span=span,
                                      hint="swap the two bounds")  # fmt: skip
        case _:
            pass


def _days(offset: Duration) -> tuple[int, int]:
    """The fewest and the most days an offset can be."""
    shortest, longest = _DAYS[offset.unit]
    return offset.count * shortest, offset.count * longest


def _person_problems(
    test: PersonTest | PersonIn | PersonConcepts | PersonMissing, span: Span | None
) -> Iterator[Problem]:
    kind = PERSON_FIELDS[test.field][0]
    match test, kind:
        case PersonTest(test=limits), Kind.NUMBER | Kind.DATE:
            yield from kind_problems(test.field.value, kind, limits, span)
        case PersonIn(values=()), Kind.TEXT:
            yield AnalysisProblem("empty-group", "a list holds at least one text", span=span)
        case PersonIn(field=PersonField.SEX, values=values), Kind.TEXT if not set(values) <= set(SEXES):
            yield AnalysisProblem("unknown-sex", "this is not a sex the data knows", span=span, expected=SEXES)
        case (PersonIn() | PersonMissing(), Kind.TEXT) | (PersonConcepts() | PersonMissing(), Kind.CONCEPT):
            pass
        case PersonMissing(), _:
            message = f"every person has `{test.field.value}`"
            yield AnalysisProblem("wrong-kind", message, span=span)
        case _:
            message = f"`{test.field.value}` is compared with a {kind.value}"
            yield AnalysisProblem("wrong-kind", message, span=span, expected=(kind.value,))
