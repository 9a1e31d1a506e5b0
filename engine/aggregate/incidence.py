"""Person-time and outcomes by calendar period, from the times at risk of a cohort.

Counts are taken with difference arrays over days and periods, so that a person of forty years costs as much as one
of a day. The numbers are raw: only the internal tier sees them, through the gate.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Unit
from engine.aggregate.cells import Label
from engine.aggregate.intervals import Split, Window, intervals_of, stays_of
from engine.aggregate.raw import Raw
from engine.kernels import rates
from engine.personset import PersonSet
from engine.physical.entries import TRUE, EntryTable, Truth
from schemas.series import PrevalenceMeasure

Days = npt.NDArray[np.int64]
"""Days since 1970-01-01, or numbers of calendar periods since then."""


@dataclass(frozen=True, slots=True, repr=False)
class TimesAtRisk:
    """Sorted by person and start, at most one of a person on any day: `person` uint32[n], `start` and `end` the first
    and last day at risk, and whether an `outcome` on that last day ended it (bool[n])."""

    person: npt.NDArray[np.uint32]
    start: Days
    end: Days
    outcome: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PeriodCounts(Raw):
    """One calendar period, or all of them. `days` counts person-days, first and last day of being at risk included;
    `with_outcome` persons; `outcomes` what ended a time at risk, each counted."""

    at_risk: int
    days: int
    with_outcome: int
    outcomes: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RawIncidence(Raw):
    """`periods` from the first to the last with anybody at risk, named as `2012` or `2012-03`. Days and outcomes add up
    to those of `total`; persons are counted once in it, and so do not. `strata` are those of each period with anybody
    at risk, and all of a period's numbers add up over them; none where no split is asked for."""

    periods: tuple[tuple[str, PeriodCounts], ...]
    total: PeriodCounts
    strata: tuple[tuple[str, Label, PeriodCounts], ...] = ()


def times_at_risk(entries: EntryTable, ended: Truth, base: PersonSet) -> TimesAtRisk:
    """The times at risk of those whose data the query may use; `ended` says which an outcome ended.

    An entry that starts inside several overlapping observation periods is there once a period; the one that ends last
    counts.
    """
    chosen = _ending_last(entries)
    chosen = chosen[base.contains(entries.person[chosen])]
    return TimesAtRisk(
        person=entries.person[chosen],
        start=entries.start[chosen].astype(np.int64),
        end=entries.end[chosen].astype(np.int64),
        outcome=ended[chosen] == TRUE,
    )


def _ending_last(entries: EntryTable) -> npt.NDArray[np.intp]:
    """Of the entries of a person that start on the same day, which stand beside each other, the position of the one
    that ends last, and of several of these the last; without sorting millions again."""
    person, start = entries.person, entries.start
    opens = np.ones(len(entries), np.bool_)
    opens[1:] = (person[1:] != person[:-1]) | (start[1:] != start[:-1])
    first = np.flatnonzero(opens)
    if first.size == len(entries):
        return first
    latest = np.repeat(np.maximum.reduceat(entries.end, first), np.diff(first, append=len(entries)))
    fits = np.flatnonzero(entries.end == latest)
    group = np.cumsum(opens)[fits]
    return fits[np.diff(group, append=-1) != 0]


def within(times: TimesAtRisk, window: Window) -> TimesAtRisk:
    """The days at risk between the first and the last day of a window, and the outcomes on them."""
    opens, closes = window.days()
    first, last = int(opens[0]), int(closes[-1])
    here = (times.start <= last) & (times.end >= first) & (times.start <= times.end)
    return TimesAtRisk(
        person=times.person[here],
        start=np.maximum(times.start[here], first),
        end=np.minimum(times.end[here], last),
        outcome=times.outcome[here] & (times.end[here] <= last),
    )


def count_strata(times: TimesAtRisk, window: Window, split: Split) -> tuple[tuple[str, Label, PeriodCounts], ...]:
    """Persons, person-days and outcomes of each stratum in each period of a window, which all times lie in."""
    out = np.zeros((len(window.names), len(split.labels), 4), np.int64)
    rates.count_at_risk(
        stays_of(times.person, times.start, times.end),
        times.outcome,
        intervals_of(window, PrevalenceMeasure.PERIOD),
        split.strata(),
        out,
    )
    return tuple(
        (name, label, PeriodCounts(at_risk=at_risk, days=days, with_outcome=with_outcome, outcomes=outcomes))
        for name, rows in zip(window.names, out.tolist(), strict=True)
        for label, (at_risk, days, with_outcome, outcomes) in zip(split.labels, rows, strict=True)
        if days
    )


def count_incidence(times: TimesAtRisk, per: Unit) -> RawIncidence:
    """Persons, person-days and outcomes by calendar month or year."""
    total = PeriodCounts(
        at_risk=_distinct(times.person),
        days=int((times.end - times.start + 1).sum()),
        with_outcome=_distinct(times.person[times.outcome]),
        outcomes=int(times.outcome.sum()),
    )
    if not times.person.size:
        return RawIncidence(periods=(), total=total)
    calendar = _Calendar.over(times, per)
    columns = (
        _persons_at_risk(times, calendar),
        _days_at_risk(times, calendar),
        _persons_with_outcome(times, calendar),
        np.bincount(calendar.last[times.outcome], minlength=calendar.size),
    )
    periods = tuple(
        (name, PeriodCounts(at_risk=at_risk, days=days, with_outcome=with_outcome, outcomes=outcomes))
        for name, at_risk, days, with_outcome, outcomes in zip(
            calendar.names, *(column.tolist() for column in columns), strict=True
        )
    )
    return RawIncidence(periods=periods, total=total)


@dataclass(frozen=True, slots=True, repr=False)
class _Calendar:
    """The periods that times at risk fall in, numbered from 0: `names`, their first days and the day after the last
    (`bounds`), and the period in which each time at risk starts (`first`) and ends (`last`)."""

    names: list[str]
    bounds: Days
    first: Days
    last: Days

    @property
    def size(self) -> int:
        return len(self.names)

    @staticmethod
    def over(times: TimesAtRisk, per: Unit) -> "_Calendar":
        unit = "M" if per is Unit.MONTH else "Y"

        def period_of(days: Days) -> Days:
            return days.astype("datetime64[D]").astype(f"datetime64[{unit}]").astype(np.int64)

        first, last = period_of(times.start), period_of(times.end)
        origin = int(first.min())
        periods = np.arange(origin, int(last.max()) + 2).astype(f"datetime64[{unit}]")
        return _Calendar(
            names=periods[:-1].astype(str).tolist(),
            bounds=periods.astype("datetime64[D]").astype(np.int64),
            first=first - origin,
            last=last - origin,
        )


def _days_at_risk(times: TimesAtRisk, calendar: _Calendar) -> Days:
    """Persons at risk on each day, added up by period."""
    origin, after = int(calendar.bounds[0]), int(calendar.bounds[-1])
    daily = _covered(times.start - origin, times.end - origin, after - origin)
    return np.add.reduceat(daily, calendar.bounds[:-1] - origin)


def _persons_at_risk(times: TimesAtRisk, calendar: _Calendar) -> Days:
    """A person who is at risk several times in a period is counted there with the first of them."""
    opens = calendar.first.copy()
    again = times.person[1:] == times.person[:-1]
    opens[1:] = np.where(again, np.maximum(opens[1:], calendar.last[:-1] + 1), opens[1:])
    new = opens <= calendar.last
    return _covered(opens[new], calendar.last[new], calendar.size)


def _persons_with_outcome(times: TimesAtRisk, calendar: _Calendar) -> Days:
    person, period = times.person[times.outcome], calendar.last[times.outcome]
    new = np.ones(person.size, np.bool_)
    new[1:] = (person[1:] != person[:-1]) | (period[1:] != period[:-1])
    return np.bincount(period[new], minlength=calendar.size)


def _distinct(persons: npt.NDArray[np.uint32]) -> int:
    """How many persons, of a sorted array."""
    return int(np.count_nonzero(np.diff(persons.astype(np.int64), prepend=-1)))


def _covered(first: Days, last: Days, size: int) -> Days:
    """How many of the ranges `first` to `last`, both included, each of the places 0 to size - 1 lies in."""
    change = np.bincount(first, minlength=size + 1) - np.bincount(last + 1, minlength=size + 1)
    return np.cumsum(change[:size])
