"""Incidence of a plan on a target, and the same from rows in plain Python."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cohort_dsl.ast import Duration, Edge, Keep, Unit
from engine.aggregate import PeriodCounts, RawIncidence, count_incidence, times_at_risk
from engine.execute import scan_entries
from engine.logical.incidence import at_risk
from engine.logical.nodes import CohortPlan, Entry, EventRelation, ExitPlan, IncidencePlan
from engine.personset import PersonSet
from engine.physical.entries import CohortResult
from engine.physical.kleene import evaluate
from engine.physical.planner import plan_cohort
from engine.targets.reference.data import load_reference_data
from tests.lib.targets import World

EPOCH = datetime.date(1970, 1, 1)
DAY = datetime.timedelta(days=1)
NOW = Duration(count=0)
Counts = tuple[int, int, int, int]
"""Persons at risk, days at risk, persons with an outcome, outcomes."""


def answered(world: World, cohort: CohortPlan, asked: IncidencePlan, target: str) -> dict[str, Counts]:
    """What a target's time at risk gives, by period and in `total`."""
    plan = at_risk(cohort, asked)
    entries = scan_entries(plan_cohort(plan, target), world.means())
    (outcome,) = plan.rules
    ended = evaluate(outcome.condition, entries.truth, len(entries))
    return shown(count_incidence(times_at_risk(entries, ended, PersonSet.all(world.release.persons)), asked.per))


def shown(raw: RawIncidence) -> dict[str, Counts]:
    """The numbers of an answer."""
    return {name: counts_of(counts) for name, counts in (*raw.periods, ("total", raw.total))}


def counts_of(counts: PeriodCounts) -> Counts:
    return counts.at_risk, counts.days, counts.with_outcome, counts.outcomes


@dataclass
class Tally:
    """One period being counted."""

    persons: set[int] = field(default_factory=set)
    days: int = 0
    diseased: Counter[int] = field(default_factory=Counter)

    def add(self, person: int, *, is_ill: bool) -> None:
        self.persons.add(person)
        self.days += 1
        self.diseased.update([person] * is_ill)

    def counts(self) -> Counts:
        return len(self.persons), self.days, len(self.diseased), self.diseased.total()


class DayByDay:
    """The meaning: every entry of the reference's cohort is walked day by day until its outcome."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._data = load_reference_data(world.release)

    def incidence(self, cohort: CohortPlan, asked: IncidencePlan) -> dict[str, Counts]:
        """What is to be found, by period and in `total`."""
        tallies: dict[str, Tally] = defaultdict(Tally)
        for person, day, is_ill in self.days(cohort, asked):
            for tally in (tallies[name_of(day, asked.per)], tallies["total"]):
                tally.add(person, is_ill=is_ill)
        return {"total": (0, 0, 0, 0)} | _without_gaps({name: tally.counts() for name, tally in tallies.items()})

    def days(self, cohort: CohortPlan, asked: IncidencePlan) -> Iterator[tuple[int, datetime.date, bool]]:
        """Every day at risk of every person, and whether an outcome ended it."""
        outcomes = days_of(self._world.reference(_one_day_each(asked.outcome)))
        for person, start, end in spans(self._world.reference(cohort)):
            for day in self._days_at_risk(person, start, end, outcomes[person]):
                yield person, day, day in outcomes[person]

    def _days_at_risk(
        self, person: int, start: datetime.date, end: datetime.date, outcomes: set[datetime.date]
    ) -> Iterator[datetime.date]:
        observed_to = [last for first, last in self._data.periods(person) if first <= start <= last]
        last = min(end, max(observed_to)) if observed_to else start - DAY
        day = start
        while day <= last:
            yield day
            if day in outcomes:
                return
            day += DAY


def name_of(day: datetime.date, per: Unit) -> str:
    return day.isoformat()[: 7 if per is Unit.MONTH else 4]


def spans(result: CohortResult) -> list[tuple[int, datetime.date, datetime.date]]:
    rows = result.rows
    return [
        (person, EPOCH + datetime.timedelta(days=start), EPOCH + datetime.timedelta(days=end))
        for person, start, end in zip(rows.person.tolist(), rows.start.tolist(), rows.end.tolist(), strict=True)
    ]


def days_of(result: CohortResult) -> Mapping[int, set[datetime.date]]:
    found: dict[int, set[datetime.date]] = defaultdict(set)
    for person, day, _ in spans(result):
        found[person].add(day)
    return found


def _one_day_each(outcome: EventRelation) -> CohortPlan:
    """The days on which outcomes start while their person is observed."""
    return CohortPlan(
        entry=Entry(events=(outcome,), observed_before=NOW, observed_after=NOW),
        rules=(),
        keep=Keep.ALL,
        exit=ExitPlan(offset=NOW, anchor=Edge.START, censors=()),
    )


def _without_gaps(counts: dict[str, Counts]) -> dict[str, Counts]:
    """Periods between the first and the last in which nobody was at risk are listed too."""
    names = sorted(name for name in counts if name != "total")
    if not names:
        return counts
    every, name = {}, names[0]
    while name <= names[-1]:
        every[name] = counts.get(name, (0, 0, 0, 0))
        name = _next(name)
    return every | {"total": counts["total"]}


def _next(name: str) -> str:
    if len(name) == 4:
        return f"{int(name) + 1:04}"
    year, month = int(name[:4]), int(name[5:])
    return f"{year + month // 12:04}-{month % 12 + 1:02}"
