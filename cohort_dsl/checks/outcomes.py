"""Index, end, study period and incidence."""

from collections.abc import Iterator

from cohort_dsl.ast import Cohort, Everyone, Exposure, Incidence, Index, Pick, StudyPeriod, Unit
from cohort_dsl.checks.values import range_problems
from cohort_dsl.tree import Visit
from schemas.errors import AnalysisProblem, Problem

_PERIODS = (Unit.YEAR, Unit.MONTH)

OUTCOMES = frozenset((Index, Exposure, Cohort, StudyPeriod, Incidence))
"""The kinds of value that `outcome_problems` has something to say of."""


def outcome_problems(visit: Visit) -> Iterator[Problem]:
    """No index events, times below zero, periods upside down or of no calendar unit."""
    match visit.value:
        case Index(events=()):
            yield AnalysisProblem("empty-group", "the index names at least one kind of event", span=visit.span)
        case Index(events=Everyone(), pick=Pick.EARLIEST | Pick.LATEST):
            message = "`everyone` has one entry a person, and none to choose from"
            yield AnalysisProblem("pick-everyone", message, span=visit.span)
        case Index(observed_before=before, observed_after=after) if min(before.count, after.count) < 0:
            yield AnalysisProblem("negative-time", "observation is asked for in days before and after", span=visit.span)
        case Exposure(gap=gap, offset=offset, supply=supply) if min(gap, offset, supply or 0) < 0:
            message = "the gap, the offset and the supply of an exposure are days of 0 or more"
            yield AnalysisProblem("negative-time", message, span=visit.span)
        case Cohort(join_within=days) if days < 0:
            yield AnalysisProblem("negative-time", "entries are joined over days of 0 or more", span=visit.span)
        case StudyPeriod(first=first, last=last):
            yield from range_problems(first, last, visit.span)
        case Incidence(per=per) if per not in _PERIODS:
            expected = tuple(unit.value for unit in _PERIODS)
            yield AnalysisProblem("incidence-period", "incidence is per year or per month", span=visit.span,
                                  expected=expected)  # fmt: skip
        case _:
            pass
