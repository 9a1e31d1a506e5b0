"""Tests of values: ranges, sets, texts. Days are compared as numbers."""

import datetime
import re
from collections.abc import Callable, Collection
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Between, Comparator, Compare, RangeTest, TextOperator
from engine.kernels.predicates import lies_between
from engine.physical.entries import TRUE, UNKNOWN, Truth
from engine.targets.kernels.values import Mask, Values

_EPOCH = datetime.date(1970, 1, 1)


def day_number(date: datetime.date) -> int:
    """Days since 1970-01-01."""
    return (date - _EPOCH).days


def in_range(values: Values, test: RangeTest) -> Truth:
    """Whether each value lies in the range; unknown where it is missing."""
    if values.codes is not None:
        listed = in_range(Values(values.data, values.missing), test)
        return Values(listed, values.missing, values.codes).truth(_is_true)
    low, high, outside = interval_of(test)
    out = np.empty(values.data.size, np.int8)
    lies_between(values.data, low, high, outside, np.nan, out)
    out[values.missing] = UNKNOWN
    return out


def is_concept_in(values: Values, concepts: Collection[int]) -> Truth:
    """Whether each value is one of the concept ids; unknown where it is missing."""
    return values.truth(lambda data: np.isin(data, np.array(list(concepts), np.int64)))


def is_text_in(values: Values, texts: Collection[str]) -> Truth:
    """Whether each value is one of the texts; unknown where it is missing."""
    wanted = set(texts)
    return values.truth(lambda data: np.array([text in wanted for text in data.tolist()], np.bool_))


def fits_text(values: Values, how: TextOperator, text: str) -> Truth:
    """Whether each text matches, letter case counting; unknown where it is missing."""
    fits = _text_test(how, text)
    return values.truth(lambda data: np.array([fits(str(value)) for value in data.tolist()], np.bool_))


def interval_of(test: RangeTest) -> tuple[float, float, bool]:
    """The least and the greatest number that pass, or with the third those that do not."""
    match test:
        case Between(low=low, high=high):
            return -np.inf if low is None else _number(low), np.inf if high is None else _number(high), False
        case Compare(operator=operator, value=value):
            bound = _number(value)
            match operator:
                case Comparator.LT:
                    return -np.inf, float(np.nextafter(bound, -np.inf)), False
                case Comparator.LE:
                    return -np.inf, bound, False
                case Comparator.EQ | Comparator.NE:
                    return bound, bound, operator is Comparator.NE
                case Comparator.GE:
                    return bound, np.inf, False
                case Comparator.GT:
                    return float(np.nextafter(bound, np.inf)), np.inf, False
                case _:
                    assert_never(operator)
        case _:
            assert_never(test)


def _is_true(data: npt.NDArray[Any]) -> Mask:
    return np.asarray(data == TRUE)


def _number(value: float | datetime.date) -> float:
    return float(day_number(value) if isinstance(value, datetime.date) else value)


def _text_test(how: TextOperator, text: str) -> Callable[[str], bool]:
    match how:
        case TextOperator.IS:
            return lambda value: value == text
        case TextOperator.CONTAINS:
            return lambda value: text in value
        case TextOperator.STARTS_WITH:
            return lambda value: value.startswith(text)
        case TextOperator.ENDS_WITH:
            return lambda value: value.endswith(text)
        case TextOperator.LIKE:
            wild = {"%": ".*", "_": "."}
            pattern = re.compile("".join(wild.get(letter, re.escape(letter)) for letter in text), re.DOTALL)
            return lambda value: pattern.fullmatch(value) is not None
        case _:
            assert_never(how)
