"""Which year pays for an answer, also when a clock was wrong.

An answer is booked in the newest year that the log has reached, and a year has spent whatever was booked in it or
later. While clocks are right that is the year of today. Once one was ahead the log cannot tell which of its times was
right: what is charged from then on counts for every year from today's to the one reached, so that none of their budgets
is opened twice, whichever clock it was.
"""

import datetime
from typing import Final

KOREA: Final = datetime.timezone(datetime.timedelta(hours=9))
"""Years and months of budgets and reviews are those of the calendar there."""

_LAST: Final = "9999"
_DIGITS: Final = 4


def year_of(time: str) -> str:
    """The year in Korea of a time in the log."""
    return f"{datetime.datetime.fromisoformat(time).astimezone(KOREA).year:0{_DIGITS}}"


def booked_in(period: str, newest: str | None) -> str:
    """The period that an answer asked for in `period` is booked in, when `newest` is the newest time in the log."""
    return max(period, year_of(newest)) if newest is not None and is_year(period) else period


def counting_for(period: str) -> tuple[str, str]:
    """The first and last period whose charges count for a period: a year and all later ones, any other by itself."""
    return (period, _LAST) if is_year(period) else (period, period)


def counts_for(booked: str, period: str) -> bool:
    """Whether what was booked in one period counts for another."""
    first, last = counting_for(period)
    return first <= booked <= last


def is_year(period: str) -> bool:
    """Whether it is a year: the budget of a public cube has a period of its own."""
    return len(period) == _DIGITS and period.isascii() and period.isdecimal()
