"""Calendar arithmetic, ranges and texts mean in Polars what they mean in plain Python."""

import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Between, Duration, TextOperator, Unit
from engine.targets.polars.expressions import (
    all_of,
    any_of,
    completed_years,
    day_number,
    in_range,
    is_concept_in,
    matches_text,
    shifted,
)
from engine.targets.reference.calendar import completed_years as years_in_python
from engine.targets.reference.calendar import shifted as shifted_in_python
from tests.lib.budgets import examples

DAYS = st.dates(datetime.date(1890, 1, 1), datetime.date(2100, 12, 31))
DURATIONS = st.builds(Duration, count=st.integers(-400, 400), unit=st.sampled_from((Unit.DAY, Unit.WEEK, Unit.MONTH)))
YEARS = st.builds(Duration, count=st.integers(-80, 80), unit=st.just(Unit.YEAR))
MONTH_ENDS = st.sampled_from(
    [datetime.date(2023 + n // 12, n % 12 + 1, 28) + datetime.timedelta(n % 4) for n in range(36)]
)


def column(days: list[datetime.date]) -> pl.DataFrame:
    return pl.DataFrame({"day": [day_number(day) for day in days]}, schema={"day": pl.Int32})


@settings(max_examples=examples(50, nightly=2000))
@given(days=st.lists(DAYS | MONTH_ENDS, min_size=1), offset=DURATIONS | YEARS)
def test_days_move_by_calendar_units(days, offset):
    moved = column(days).select(shifted(pl.col("day"), offset).cast(pl.Date)).to_series().to_list()
    assert moved == [shifted_in_python(day, offset) for day in days]


@settings(max_examples=examples(50, nightly=2000))
@given(pairs=st.lists(st.tuples(DAYS | MONTH_ENDS, DAYS | MONTH_ENDS), min_size=1))
def test_age_is_completed_years(pairs):
    frame = column([day for _, day in pairs]).with_columns(born=column([born for born, _ in pairs])["day"])
    ages = frame.select(completed_years(pl.col("born"), pl.col("day"))).to_series().to_list()
    assert ages == [years_in_python(born, day) for born, day in pairs]


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("completed%", ["completed", "completed early"], ["not completed", "Completed"]),
        ("%", ["", "anything", "two\nlines"], []),
        ("a_b", ["a_b", "axb", "a\nb"], ["ab", "axxb"]),
        ("10%", ["10", "10%", "100"], ["x10"]),
        ("a.c*", ["a.c*"], ["abc", "a.cc"]),
        ("", [""], ["a"]),
        ("(a b", ["(a b"], ["a b"]),
    ],
)
def test_like_knows_two_wildcards_and_nothing_else(pattern, matching, other):
    frame = pl.DataFrame({"text": [*matching, *other, None]}, schema={"text": pl.String})
    found = frame.select(matches_text(pl.col("text"), TextOperator.LIKE, pattern)).to_series().to_list()
    assert found == [True] * len(matching) + [False] * len(other) + [None]


def test_what_is_missing_is_neither_inside_nor_outside_a_range():
    frame = pl.DataFrame({"value": [1.0, 5.0, None]})
    inside = in_range(pl.col("value"), Between(low=2.0, high=None))
    assert frame.select(inside).to_series().to_list() == [False, True, None]
    assert frame.select(~inside).to_series().to_list() == [True, False, None]


def test_no_concepts_match_nothing_that_is_there():
    frame = pl.DataFrame({"concept": [7, None]}, schema={"concept": pl.Int32})
    assert frame.select(is_concept_in((), pl.col("concept"))).to_series().to_list() == [False, None]


def test_conjunction_and_disjunction_are_kleene_s():
    frame = pl.DataFrame(
        {"known": [True, False], "unknown": [None, None]}, schema={"known": pl.Boolean, "unknown": pl.Boolean}
    )
    both = (pl.col("known"), pl.col("unknown"))
    assert frame.select(all_of(both)).to_series().to_list() == [None, False]
    assert frame.select(any_of(both)).to_series().to_list() == [True, None]
    assert pl.select(all_of(()), any_=any_of(())).row(0) == (True, False)
