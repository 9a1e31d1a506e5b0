"""What each kernel over calendar intervals computes, in NumPy: the same names and arguments, interval by interval."""

import numpy as np
import numpy.typing as npt

from engine.kernels.rates import Counts, Intervals, Stays, Strata


def count_prevalence(
    observed: Stays,
    cases: Stays,
    counted: npt.NDArray[np.bool_],
    intervals: Intervals,
    strata: Strata,
    state: npt.NDArray[np.uint8],  # noqa: ARG001 - the kernel's own
    out: Counts,
) -> None:
    for k in range(intervals.opens.size):
        is_observed, is_case = (_present(stays, k, intervals, counted.size) for stays in (observed, cases))
        stratum = _strata_on(k, intervals, strata)
        for place, chosen in enumerate((is_observed & ~is_case, is_observed & is_case)):
            np.add.at(out[k, :, place], stratum[chosen & counted], 1)


def count_at_risk(
    times: Stays, ended: npt.NDArray[np.bool_], intervals: Intervals, strata: Strata, out: Counts
) -> None:
    for k in range(intervals.opens.size):
        opens, closes = int(intervals.opens[k]), int(intervals.closes[k])
        days = np.minimum(times.end, closes) - np.maximum(times.start, opens) + 1
        here, stratum = days > 0, _strata_on(k, intervals, strata)
        struck = here & ended & (times.end <= closes)
        np.add.at(out[k, :, 0], stratum[np.unique(times.person[here])], 1)
        np.add.at(out[k, :, 1], stratum[times.person[here]], days[here])
        np.add.at(out[k, :, 2], stratum[np.unique(times.person[struck])], 1)
        np.add.at(out[k, :, 3], stratum[times.person[struck]], 1)


def _present(stays: Stays, k: int, intervals: Intervals, people: int) -> npt.NDArray[np.bool_]:
    """Who has a day in an interval."""
    days = np.minimum(stays.end, intervals.closes[k]) - np.maximum(stays.start, intervals.opens[k]) + 1
    found = np.zeros(people, np.bool_)
    found[stays.person[days > 0]] = True
    return found


def _strata_on(k: int, intervals: Intervals, strata: Strata) -> npt.NDArray[np.int64]:
    """Everybody's stratum on the first day of an interval."""
    if not strata.of_age.size:
        return strata.fixed.astype(np.int64)
    age = int(intervals.year[k]) - strata.birth_year.astype(np.int64)
    age -= strata.birth_month_day > intervals.month_day[k]
    return strata.fixed + strata.of_age[np.clip(age, 0, strata.of_age.size - 1)].astype(np.int64)
