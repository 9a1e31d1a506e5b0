"""Calendar arithmetic on days since 1970-01-01, in the proleptic Gregorian calendar.

The conversions are Howard Hinnant's (https://howardhinnant.github.io/date_algorithms.html): years begin in March, so
that the leap day is the last of a year, and come in eras of 400 years.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels._jit import jit
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Rows, Whole

_MARCH_1_0000 = 719_468
"""Days from 0000-03-01 to 1970-01-01."""
_ERA = 146_097
"""Days of 400 years."""


@jit
def _civil(day: Whole) -> tuple[Whole, Whole, Whole]:
    """Year, month (1 to 12) and day of the month."""
    shifted = day + _MARCH_1_0000
    era = shifted // _ERA
    of_era = shifted - era * _ERA
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day_of_month = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + 400 * era + int(month <= 2), month, day_of_month


@jit
def _day_number(year: Whole, month: Whole, day: Whole) -> Whole:
    """Days since 1970-01-01."""
    year -= int(month <= 2)
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * _ERA + of_era * 365 + of_era // 4 - of_era // 100 + of_year - _MARCH_1_0000


@jit
def _add_months(day: Whole, months: int) -> Whole:
    """The day so many months later; where the month has no such day, its last."""
    year, month, day_of_month = _civil(day)
    total = year * 12 + month - 1 + months
    year, month = total // 12, total % 12 + 1
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = 28 + int(is_leap) if month == 2 else 30 + ((month + month // 8) & 1)
    return _day_number(year, month, min(day_of_month, last))


@jit
def moved(day: Whole, days: int, months: int) -> Whole:
    """The day moved by months, or else by days."""
    return _add_months(day, months) if months else day + days


@jit
def shift(start: Days, days: int, months: int, out: Days) -> None:
    """`out[i]`: the day `start[i]`, moved."""
    for i in range(start.size):
        out[i] = moved(np.int64(start[i]), days, months)


class Calendar(NamedTuple):
    """The date codes of the days from `first` on: year x 512 + month x 32 + day of the month, so that the difference
    of two codes, divided by 512 and rounded down, is the number of full years between them."""

    first: int
    codes: Days


@jit
def _date_code(day: Whole) -> Whole:
    year, month, day_of_month = _civil(day)
    return year * 512 + month * 32 + day_of_month


@jit
def date_codes(first: int, out: Days) -> None:
    """`out[i]`: the date code of day `first + i`."""
    for i in range(out.size):
        out[i] = _date_code(first + i)


@jit
def _code_of(day: Whole, calendar: Calendar) -> Whole:
    """The date code of a day, looked up where the calendar has it."""
    place = np.uint64(day - calendar.first)  # of a day before the first this is a number that is too large
    return np.int64(calendar.codes[place]) if place < np.uint64(calendar.codes.size) else _date_code(day)


@jit
def codes_of(day: Days, calendar: Calendar, out: Days) -> None:
    """`out[i]`: the date code of `day[i]`."""
    for i in range(day.size):
        out[i] = _code_of(np.int64(day[i]), calendar)


@jit
def ages(person: People, born: Days, day: Days, calendar: Calendar, out: Days) -> None:
    """`out[i]`: completed years of age on `day[i]` of `person[i]`, whose day of birth has the date code `born`."""
    for i in range(person.size):
        out[i] = (_code_of(np.int64(day[i]), calendar) - born[person[i]]) >> 9


@jit
def year_differences(person: People, birth_year: Days, day: Days, calendar: Calendar, out: Days) -> None:
    """`out[i]`: the calendar year of `day[i]` less the year of birth of `person[i]`."""
    for i in range(person.size):
        out[i] = (_code_of(np.int64(day[i]), calendar) >> 9) - birth_year[person[i]]


@jit
def birthdays(person: People, born: Days, years: int, out: Rows) -> None:
    """`out[i]`: the first day on which `person[i]`, whose day of birth has the date code `born`, is `years` old. Who is
    born on a leap day is so in other years on 1 March."""
    for i in range(person.size):
        code = np.int64(born[person[i]])
        out[i] = _day_number((code >> 9) + years, (code >> 5) & 15, code & 31)


@jit
def new_years(person: People, birth_year: Days, years: int, out: Rows) -> None:
    """`out[i]`: the first day of the calendar year `years` after the year of birth of `person[i]`."""
    for i in range(person.size):
        out[i] = _day_number(np.int64(birth_year[person[i]]) + years, 1, 1)
