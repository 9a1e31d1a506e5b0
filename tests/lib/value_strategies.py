"""Hypothesis strategies for the values of a document: texts, numbers, days, durations, and limits of these."""

import datetime

from hypothesis import strategies as st

from cohort_dsl import ast

texts = st.text(st.sampled_from("abcXYZ 019_-.%\\\"'한글é"), min_size=1, max_size=8)
numbers = st.one_of(
    st.integers(-1000, 1000).map(float), st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
)
dates = st.dates(datetime.date(1850, 1, 1), datetime.date(2200, 12, 31))
MOST_OF_UNIT = {ast.Unit.DAY: 400, ast.Unit.WEEK: 60, ast.Unit.MONTH: 24, ast.Unit.YEAR: 10}


@st.composite
def durations(draw: st.DrawFn, *, signed: bool = True) -> ast.Duration:
    unit = draw(st.sampled_from(ast.Unit))
    return ast.Duration(count=draw(st.integers(-MOST_OF_UNIT[unit] if signed else 0, MOST_OF_UNIT[unit])), unit=unit)


compares_numbers = st.builds(ast.Compare, operator=st.sampled_from(ast.Comparator), value=numbers)
compares_dates = st.builds(ast.Compare, operator=st.sampled_from(ast.Comparator), value=dates)


@st.composite
def betweens(draw: st.DrawFn, limits: st.SearchStrategy) -> ast.Between:
    low, high = sorted((draw(limits), draw(limits)))
    shape = draw(st.sampled_from(("both", "low", "high")))
    return ast.Between(low=None if shape == "high" else low, high=None if shape == "low" else high)


number_tests = compares_numbers | betweens(numbers)
date_tests = compares_dates | betweens(dates)


def several(parts: st.SearchStrategy, least: int = 2) -> st.SearchStrategy[tuple]:
    return st.lists(parts, min_size=least, max_size=3).map(tuple)
