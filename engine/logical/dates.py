"""Whether the dates of a document are as coarse as its author may name them."""

import calendar
import datetime
from typing import assert_never

from cohort_dsl.ast import Between, Comparator, Compare, Covering, Everyone, StudyPeriod, Unit
from schemas.access import DateStep


def misplaced(node: object, step: DateStep) -> str | None:
    """What is wrong with the dates of a node, absent when nothing is.

    A range covers whole steps: it begins on the first day of one and ends on the last day of one. A day on its own, as
    of `index everyone on`, is the first or the last of a step.
    """
    if step is DateStep.DAY:
        return None
    match node:
        case Compare(operator=operator, value=datetime.date() as day):
            return _compared(operator, day, step)
        case Between(low=low, high=high):
            return _begins(low, step) or _ends(high, step)
        case StudyPeriod(first=first, last=last) | Covering(first=first, last=last):
            return _begins(first, step) or _ends(last, step)
        case Everyone(on=day):
            return _begins(day, step) and _ends(day, step)
        case datetime.date():
            return _begins(node, step) and _ends(node, step)
        case _:
            return None


def outside_steps(first: datetime.date, last: datetime.date, per: Unit, step: DateStep) -> str | None:
    """What is wrong with counting by month or year between two days, absent when nothing is."""
    if step is DateStep.YEAR and per is not Unit.YEAR:
        return f"a {per.value} is no whole year"
    return misplaced(StudyPeriod(first=first, last=last), step)


def _compared(operator: Comparator, day: datetime.date, step: DateStep) -> str | None:
    match operator:
        case Comparator.GE | Comparator.LT:
            return _begins(day, step)
        case Comparator.LE | Comparator.GT:
            return _ends(day, step)
        case Comparator.EQ | Comparator.NE:
            return f"{day} is a single day"
        case _:  # pragma: no cover - the enumeration is closed
            assert_never(operator)


def _begins(day: object, step: DateStep) -> str | None:
    if not isinstance(day, datetime.date) or (day.day == 1 and (step is DateStep.MONTH or day.month == 1)):
        return None
    return f"{day} is not the first day of a {step.value}"


def _ends(day: object, step: DateStep) -> str | None:
    if not isinstance(day, datetime.date):
        return None
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    if is_last and (step is DateStep.MONTH or day.month == 12):
        return None
    return f"{day} is not the last day of a {step.value}"
