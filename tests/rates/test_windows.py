"""Intervals of a window, and which windows a tier with coarse dates may name."""

import datetime

import numpy as np
import pytest

from cohort_dsl.ast import Unit
from engine.aggregate.intervals import Window, intervals_of
from engine.logical.dates import outside_steps
from schemas.access import DateStep
from schemas.errors import AnalysisProblem, TooExpensive
from schemas.series import MOST_INTERVALS, PrevalenceMeasure


def window(first: str, last: str, per: Unit = Unit.MONTH) -> Window:
    return Window(first=datetime.date.fromisoformat(first), last=datetime.date.fromisoformat(last), per=per)


def dates(days: np.ndarray) -> list[str]:
    return days.astype("datetime64[D]").astype(str).tolist()


def test_intervals_at_the_ends_are_cut():
    asked = window("2012-01-20", "2012-03-05")
    found = intervals_of(asked, PrevalenceMeasure.PERIOD)
    assert asked.names == ("2012-01", "2012-02", "2012-03")
    assert dates(found.opens) == ["2012-01-20", "2012-02-01", "2012-03-01"]
    assert dates(found.closes) == ["2012-01-31", "2012-02-29", "2012-03-05"]


def test_middle_days():
    of_months = intervals_of(window("2011-01-01", "2011-04-30"), PrevalenceMeasure.POINT)
    assert dates(of_months.opens) == ["2011-01-16", "2011-02-14", "2011-03-16", "2011-04-15"]
    of_years = intervals_of(window("2011-01-01", "2012-12-31", Unit.YEAR), PrevalenceMeasure.POINT)
    assert dates(of_years.closes) == ["2011-07-02", "2012-07-01"]


def test_a_window_may_lie_before_1970_and_last_a_day():
    found = intervals_of(window("1969-12-31", "1969-12-31"), PrevalenceMeasure.POINT)
    assert (dates(found.opens), found.year.tolist(), found.month_day.tolist()) == (
        ["1969-12-31"],
        [1969],
        [12 * 32 + 31],
    )


def test_windows_that_are_refused():
    assert len(window("2010-01-01", "2019-12-31").names) == MOST_INTERVALS
    with pytest.raises(TooExpensive):
        window("2010-01-01", "2020-01-01")
    with pytest.raises(AnalysisProblem):
        window("2010-01-02", "2010-01-01")
    with pytest.raises(AnalysisProblem):
        window("2010-01-01", "2010-02-01", Unit.WEEK)


@pytest.mark.parametrize(
    ("first", "last", "per", "step", "is_allowed"),
    [
        ("2010-01-05", "2010-02-03", Unit.MONTH, DateStep.DAY, True),
        ("2010-02-01", "2010-03-31", Unit.MONTH, DateStep.MONTH, True),
        ("2010-02-01", "2010-03-30", Unit.MONTH, DateStep.MONTH, False),
        ("2010-02-02", "2010-03-31", Unit.YEAR, DateStep.MONTH, False),
        ("2010-01-01", "2011-12-31", Unit.YEAR, DateStep.YEAR, True),
        ("2010-01-01", "2011-12-31", Unit.MONTH, DateStep.YEAR, False),
        ("2010-02-01", "2011-12-31", Unit.YEAR, DateStep.YEAR, False),
    ],
)
def test_windows_are_as_coarse_as_the_dates_a_tier_may_name(first, last, per, step, is_allowed):
    asked = window(first, last, per)
    assert (outside_steps(asked.first, asked.last, per, step) is None) is is_allowed
