"""Rates over calendar intervals of a plan on a target, and the same from rows in plain Python, day by day."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from cohort_dsl.ast import Dimension, DimensionKind
from engine.aggregate import times_at_risk
from engine.aggregate.incidence import count_strata, within
from engine.aggregate.intervals import Split, Window, intervals_of, stays_of
from engine.aggregate.prevalence import place_in_time, prevalence_labels
from engine.catalog.interruption import Interruption
from engine.catalog.observation import load_observed_days
from engine.catalog.people import load_people
from engine.execute import Wanted, scan_entries
from engine.logical.incidence import at_risk
from engine.logical.nodes import CohortPlan, IncidencePlan
from engine.personset import PersonSet
from engine.physical.kleene import evaluate
from engine.physical.planner import plan_cohort
from engine.targets.reference.data import load_reference_data
from schemas.races import RACE_CONCEPTS
from schemas.series import PrevalenceMeasure
from schemas.sex import SEX_CONCEPTS
from tests.lib.incidence import Counts, DayByDay, Tally, counts_of, name_of, spans
from tests.lib.targets import World

DAY = datetime.timedelta(days=1)
Row = tuple[str, ...]
"""An interval's name, and a word a dimension."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a cohort."""

    window: Window
    by: tuple[Dimension, ...] = ()
    measure: PrevalenceMeasure = PrevalenceMeasure.PERIOD


def prevalence(world: World, cohort: CohortPlan, asked: Asked, target: str) -> dict[Row, tuple[int, int]]:
    """Persons observed and in the cohort, of rows with anybody observed, as a target's cohort gives them."""
    rows = world.answer(cohort, target, Wanted.MEMBERS).rows
    observed = load_observed_days(world.database, Interruption())
    split = Split(asked.by, load_people(world.release, world.database))
    raw = place_in_time(
        stays_of(rows.person, rows.start, rows.end),
        stays_of(observed.person, observed.start, observed.end),
        PersonSet.all(world.release.persons),
        intervals=intervals_of(asked.window, asked.measure),
        strata=split.strata(),
        labels=prevalence_labels(asked.window.names, split.labels),
    )
    counts = raw.count_all().tolist()
    found = zip(raw.labels[::2], counts[::2], counts[1::2], strict=True)
    return {label[:-1]: (others + cases, cases) for label, others, cases in found if others + cases}


def incidence(world: World, cohort: CohortPlan, outcome: IncidencePlan, asked: Asked, target: str) -> dict[Row, Counts]:
    """Incidence by stratum, of rows with anybody at risk, as a target's times at risk give it."""
    plan = at_risk(cohort, outcome)
    entries = scan_entries(plan_cohort(plan, target), world.means())
    (rule,) = plan.rules
    ended = evaluate(rule.condition, entries.truth, len(entries))
    times = within(times_at_risk(entries, ended, PersonSet.all(world.release.persons)), asked.window)
    strata = count_strata(times, asked.window, Split(asked.by, load_people(world.release, world.database)))
    return {(name, *label): counts_of(counts) for name, label, counts in strata}


class PersonByPerson:
    """The meaning: everybody is looked at on every day of every interval."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._data = load_reference_data(world.release)
        self._walk = DayByDay(world)
        self._places = load_people(world.release, world.database).regions
        self._ancestors = world.database.rows("SELECT * FROM concept_ancestor")
        self._sex = {concept: word for word, concept in SEX_CONCEPTS.items()}

    def prevalence(self, cohort: CohortPlan, asked: Asked) -> dict[Row, tuple[int, int]]:
        """What is to be found: persons observed and in the cohort."""
        inside = defaultdict(list)
        for person, start, end in spans(self._world.reference(cohort)):
            inside[person].append((start, end))
        found: dict[Row, list[bool]] = defaultdict(list)
        for name, days in self._intervals(asked):
            looked_at = [days[(len(days) - 1) // 2]] if asked.measure is PrevalenceMeasure.POINT else days
            for person in range(self._world.release.persons):
                if any(_covers(self._data.periods(person), day) for day in looked_at):
                    row = (name, *self._labels(person, looked_at[0], asked.by))
                    found[row].append(any(_covers(inside[person], day) for day in looked_at))
        return {row: (len(cases), sum(cases)) for row, cases in found.items()}

    def incidence(self, cohort: CohortPlan, outcome: IncidencePlan, asked: Asked) -> dict[Row, Counts]:
        """What is to be found: persons at risk, days, persons with an outcome, outcomes."""
        tallies: dict[Row, Tally] = defaultdict(Tally)
        first_days = {name: days[0] for name, days in self._intervals(asked)}
        for person, day, is_ill in self._walk.days(cohort, outcome):
            if asked.window.first <= day <= asked.window.last:
                name = name_of(day, asked.window.per)
                tallies[name, *self._labels(person, first_days[name], asked.by)].add(person, is_ill=is_ill)
        return {row: tally.counts() for row, tally in tallies.items()}

    def _intervals(self, asked: Asked) -> list[tuple[str, list[datetime.date]]]:
        days = defaultdict(list)
        for day in _days(asked.window.first, asked.window.last):
            days[name_of(day, asked.window.per)].append(day)
        return list(days.items())

    def _labels(self, person: int, day: datetime.date, by: tuple[Dimension, ...]) -> Row:
        row = self._data.people[person]
        return tuple(self._label(row, day, dimension) for dimension in by)

    def _label(self, row, day: datetime.date, dimension: Dimension) -> str:
        if dimension.kind is DimensionKind.SEX:
            return self._sex.get(row["gender_concept_id"], "unknown")
        if dimension.kind is DimensionKind.REGION:
            return row["region"] if row["region"] in self._places else "unknown"
        if dimension.kind is DimensionKind.RACE:
            return self._race(row["race_concept_id"])
        born = row["birth_date"]
        age = max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))
        low = age // dimension.width * dimension.width
        oldest = -(-100 // dimension.width) * dimension.width
        return (
            f"{oldest}+" if low >= oldest else f"{low}-{low + dimension.width - 1}" if dimension.width > 1 else f"{low}"
        )

    def _race(self, concept: int | None) -> str:
        if not concept:
            return "unknown"
        above = {concept, *(ancestor for ancestor, below in self._ancestors if below == concept)}
        return next((name for name, listed in RACE_CONCEPTS.items() if listed in above), "other")


def _covers(spans_of: list[tuple[datetime.date, datetime.date]], day: datetime.date) -> bool:
    return any(start <= day <= end for start, end in spans_of)


def _days(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    while first <= last:
        yield first
        first += DAY
