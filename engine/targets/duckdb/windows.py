"""Windows as SQL: a day of an event between bounds relative to an entry `e`."""

from sqlglot import exp

from cohort_dsl.ast import Anchor, Bound, Window
from engine.targets.duckdb.sql import Parameters, column, shift

_ANCHORS = {
    Anchor.START: "start_date",
    Anchor.END: "end_date",
    Anchor.OBSERVATION_START: "observed_from",
    Anchor.OBSERVATION_END: "observed_to",
}


def window_tests(value: exp.Expr, window: Window, parameters: Parameters) -> list[exp.Expr]:
    """A test for each bound the window has."""
    tests: list[exp.Expr] = []
    if window.lower is not None:
        tests.append(exp.GTE(this=value.copy(), expression=_bound(window.lower, parameters)))
    if window.upper is not None:
        tests.append(exp.LTE(this=value.copy(), expression=_bound(window.upper, parameters)))
    return tests


def _bound(bound: Bound, parameters: Parameters) -> exp.Expr:
    return shift(column(_ANCHORS[bound.anchor], "e"), bound.offset, parameters)
