"""How many entries a condition is thought to let through: it orders work, and no answer depends on it."""

import math
from itertools import pairwise

import pytest

from cohort_dsl.ast import Anchor, Bound, Duration, Unit, Window
from engine.physical.chance import at_least, share_of_time


def bound(count: int, unit: Unit = Unit.DAY, anchor: Anchor = Anchor.START) -> Bound:
    return Bound(offset=Duration(count=count, unit=unit), anchor=anchor)


@pytest.mark.parametrize(
    ("windows", "share"),
    [
        ((), 1.0),
        ((Window(lower=bound(-29), upper=bound(0)),), 0.03),
        ((Window(lower=bound(-1, Unit.WEEK), upper=bound(-1)),), 0.007),
        ((Window(upper=bound(0)),), 0.5),
        ((Window(lower=bound(0), upper=bound(0, anchor=Anchor.OBSERVATION_END)),), 0.5),
        ((Window(upper=bound(0)), Window(lower=bound(-9), upper=bound(0))), 0.01),
        ((Window(lower=bound(-10, Unit.YEAR), upper=bound(0)),), 1.0),
        ((Window(lower=bound(5), upper=bound(-5)),), 0.0),
    ],
)
def test_windows_leave_a_share_of_the_days(windows, share):
    assert share_of_time(windows, 1000) == pytest.approx(share)


def test_so_many_events_or_more_are_as_likely_as_poisson_says():
    assert at_least(0, 3.0) == 1.0
    assert at_least(1, 3.0) == pytest.approx(1 - math.exp(-3))
    assert at_least(3, 2.0) == pytest.approx(1 - math.exp(-2) * (1 + 2 + 2))
    assert at_least(2, 0.0) == 0.0
    assert at_least(5, 1e6) == pytest.approx(1.0)
    for fewer, more in pairwise(at_least(number, 4.0) for number in range(12)):
        assert fewer > more
