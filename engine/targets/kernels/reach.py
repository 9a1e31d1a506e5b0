"""On which days the entries of each person can start at all: what periods, and conditions on the person and the first
day alone, leave of their events, before any of these is looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cohort_dsl.ast import RangeTest, RuleKind
from engine.kernels.events import span_observed
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Rows
from engine.logical.nodes import (
    Condition,
    Entry,
    Every,
    PersonConcept,
    PersonRange,
    PersonText,
    PersonUnrecorded,
    RowPredicate,
    RowRange,
    RulePlan,
)
from engine.physical.entries import TRUE
from engine.targets.kernels.durations import room_of
from engine.targets.kernels.matching import interval_of
from engine.targets.kernels.people import PeopleTable, person_truth
from engine.targets.kernels.predicates import parts_of
from engine.targets.kernels.relations import Sources
from engine.targets.kernels.scope import DaysOfEach
from schemas.fields import Field, PersonField

_Day = np.float64 | Rows

_OLDEST = 1_000
"""Years; ages beyond are taken for this, as no date is so far away."""
_LEAST, _GREATEST = np.iinfo(np.int32).min, np.iinfo(np.int32).max


def reach_of(
    entry: Entry, predicates: Sequence[RowPredicate], rules: Sequence[RulePlan], people: People, sources: Sources
) -> DaysOfEach:
    """Days from and to (int32 of each of the people) between which all their entries start that pass the rules. The
    predicates are of the index event as it lies there; conditions that are not decided by a day are passed over."""
    reach = _Reach.observed(entry, people, sources)
    for rule in rules:
        if rule.kind is RuleKind.INCLUDE:
            for condition in conjuncts(rule.condition):
                reach.meet(condition)
    for predicate in predicates:
        for part in parts_of(predicate):
            reach.meet_predicate(part)
    return DaysOfEach(reach.since, reach.until)


def decides(part: Condition | RowPredicate) -> bool:
    """Whether all entries that start between these days meet a condition that has to be met, or a predicate of their
    index event."""
    match part:
        case PersonRange(field=PersonField.INDEX_DATE | PersonField.AGE, test=test):
            return not interval_of(test)[2]
        case PersonRange(field=PersonField.INDEX_END_DATE):
            return False
        case RowRange(field=Field.DATE | Field.AGE, test=test):
            return not interval_of(test)[2]
        case _:
            return isinstance(part, PersonRange | PersonText | PersonConcept | PersonUnrecorded)


def conjuncts(condition: Condition) -> Iterator[Condition]:
    """Conditions that are true wherever this one is."""
    if isinstance(condition, Every):
        for part in condition.parts:
            yield from conjuncts(part)
    else:
        yield condition


@dataclass(frozen=True, slots=True)
class _Reach:
    """The days of each of the people so far."""

    people: People
    table: PeopleTable
    since: Days
    until: Days

    @staticmethod
    def observed(entry: Entry, people: People, sources: Sources) -> "_Reach":
        """The days that observation periods leave room for."""
        since, until = np.empty(people.size, np.int32), np.empty(people.size, np.int32)
        span_observed(people, sources.periods, room_of(entry), since, until)
        return _Reach(people, sources.people, since, until)

    def meet(self, condition: Condition) -> None:
        """Leave out days on which the condition is not true."""
        match condition:
            case PersonRange(field=PersonField.INDEX_DATE, test=test):
                self._between(test)
            case PersonRange(field=PersonField.AGE, test=test, by_year=by_year):
                self._aged(test, by_year=by_year)
            case PersonRange(field=PersonField.INDEX_END_DATE):
                return
            case PersonRange() | PersonText() | PersonConcept() | PersonUnrecorded():
                self.until[person_truth(condition, self.people, self.since, self.since, self.table) != TRUE] = _LEAST
            case _:
                return

    def meet_predicate(self, predicate: RowPredicate) -> None:
        """Leave out days on which no event meets the predicate."""
        match predicate:
            case RowRange(field=Field.DATE, test=test):
                self._between(test)
            case RowRange(field=Field.AGE, test=test, by_year=by_year):
                self._aged(test, by_year=by_year)
            case _:
                return

    def _between(self, test: RangeTest) -> None:
        low, high, is_outside = interval_of(test)
        if not is_outside:
            self._since(np.ceil(low))
            self._until(np.floor(high))

    def _aged(self, test: RangeTest, *, by_year: bool) -> None:
        low, high, is_outside = interval_of(test)
        if is_outside:
            return
        if low > -np.inf:
            self._since(self._birthday(np.ceil(low), by_year=by_year))
        if high < np.inf:
            self._until(self._birthday(np.floor(high) + 1, by_year=by_year) - 1)

    def _birthday(self, years: float, *, by_year: bool) -> Rows:
        """The first day on which people are so old."""
        return self.table.birthdays(self.people, int(np.clip(years, -_OLDEST, _OLDEST)), by_year=by_year)

    def _since(self, day: _Day) -> None:
        np.maximum(self.since, np.clip(day, _LEAST, _GREATEST).astype(np.int32), out=self.since)

    def _until(self, day: _Day) -> None:
        np.minimum(self.until, np.clip(day, _LEAST, _GREATEST).astype(np.int32), out=self.until)
