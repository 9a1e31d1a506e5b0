"""One way to write a value: `40..` is `>= 40`, a year is 12 months, a window without bounds is none."""

import json
from dataclasses import replace

from cohort_dsl.ast import Between, CountOperator, Distinct, Duration, Window
from cohort_dsl.canonicalize.values import canonical_duration, canonical_range, is_any_time
from engine.logical.fingerprint import structure
from engine.logical.nodes import Answered, AnswerScan, NotAnswered, Occurs

KINDS = frozenset((Between, Duration, Occurs, Answered, NotAnswered, AnswerScan))
"""The kinds of node that the rule has something to say of."""


def unify_values(node: object) -> object:
    """Ranges, durations, windows, counts and lists of answers, each in one form of those that say the same.

    Example:
        >>> from cohort_dsl.ast import Unit
        >>> unify_values(Duration(count=2, unit=Unit.YEAR))
        Duration(count=24, unit=<Unit.MONTH: 'month'>)
    """
    match node:
        case Between():
            return canonical_range(node)
        case Duration():
            return canonical_duration(node)
        case Occurs():
            return _occurs(node)
        case Answered(test=tuple() as answers):
            return replace(node, test=tuple(sorted(set(answers))), window=_bounded(node.window))
        case Answered() | NotAnswered():
            return replace(node, window=_bounded(node.window))
        case AnswerScan(test=tuple() as answers):
            return replace(node, test=tuple(sorted(set(answers))))
        case _:
            return node


def _occurs(occurs: Occurs) -> Occurs:
    """None at all is `exactly 0`, and where only none or some matters, days are counted as events are."""
    operator, number, distinct = occurs.operator, occurs.number, occurs.distinct
    if operator is CountOperator.AT_MOST and number == 0:
        operator = CountOperator.EXACTLY
    is_presence = (operator, number) in ((CountOperator.AT_LEAST, 1), (CountOperator.EXACTLY, 0))
    if distinct is Distinct.DATES and is_presence:
        distinct = None
    return replace(occurs, operator=operator, distinct=distinct, windows=_windows(occurs.windows))


def _windows(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """Those that bound something, each once; those on the start first, as plans are read."""
    told = {window for window in windows if not is_any_time(window)}
    if len(told) < 2:
        return tuple(told)
    return tuple(sorted(told, key=lambda window: (window.edge.value != "start", json.dumps(structure(window)))))


def _bounded(window: Window | None) -> Window | None:
    return None if window is None or is_any_time(window) else window
