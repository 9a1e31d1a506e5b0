"""What our targets make of a unit case: a cohort's rows, or how often a criterion finds each event.

Events are counted by asking "at least n of them, with exactly these values" of an entry, so that nothing of the cohort
around a criterion (observation, exits, joining) touches what is compared.
"""

import datetime
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cohort_dsl.ast import Between, CountOperator, Duration, RuleKind
from cohort_dsl.circe import from_circe
from engine.logical.nodes import (
    CohortPlan,
    Covering,
    Entry,
    EventRelation,
    EveryoneOn,
    Filter,
    Occurs,
    Respan,
    RowAll,
    RowConcept,
    RowRange,
    RulePlan,
    Scan,
)
from schemas.fields import Field
from tests.conformance.corpus import Row
from tests.conformance.unit_cases import Found, UnitCase
from tests.conformance.world import World

_FIELDS = {
    "duration": Field.DURATION,
    "quantity": Field.QUANTITY,
    "value_as_number": Field.VALUE,
    "gap_days": Field.GAP,
    "occurrence_count": Field.OCCURRENCES,
    "refills": Field.REFILLS,
    "days_supply": Field.DAYS_SUPPLY,
    "range_low": Field.RANGE_LOW,
    "range_high": Field.RANGE_HIGH,
}
"""Columns of expected events that hold numbers, by the field that says the same."""


def found_rows(case: UnitCase, world: World, target: str) -> list[Row]:
    """The cohort of a case on a target."""
    return world.rows(world.run(from_circe(json.dumps(case.definition)).cohort, target))


def found_events(case: UnitCase, world: World, target: str) -> Found:
    """How often a target finds each event that the case expects; all others together under their person alone."""
    plan = world.plan(from_circe(json.dumps(case.definition)).cohort)
    wanted = sorted({key[1:] for key in case.events}, key=str)
    entry, occurs = _asked(plan)
    plan = replace(plan, entry=entry, qualify=None)
    relations = [
        occurs.events,
        *(_only(occurs.events, dict(zip(case.columns[1:], key, strict=True))) for key in wanted),
    ]
    found: Found = Counter()
    for person, (total, *numbers) in _numbers(world, target, plan, occurs, relations, case.events.total() + 1):
        others = total - sum(numbers)
        found += Counter({(person,): others, **{(person, *key): n for key, n in zip(wanted, numbers, strict=True)}})
    return found


def _asked(plan: CohortPlan) -> tuple[Entry, Occurs]:
    """The events of a criterion, asked of everyone wherever they lie; those of a window, asked of each index event."""
    if plan.qualify is not None:
        assert isinstance(plan.qualify.condition, Occurs)
        return plan.entry, plan.qualify.condition
    assert not isinstance(plan.entry.events, EveryoneOn)
    (events,) = plan.entry.events
    everyone = Entry(events=EveryoneOn(on=None), observed_before=Duration(count=0), observed_after=Duration(count=0))
    return everyone, Occurs(events=events, operator=CountOperator.AT_LEAST, number=1, within_observation=False)


def _numbers(
    world: World, target: str, plan: CohortPlan, occurs: Occurs, relations: list[EventRelation], most: int
) -> Iterator[tuple[int, list[int]]]:
    """For each entry its person and, up to `most`, how many events of each relation fall in the windows."""
    rules = tuple(
        RulePlan(
            kind=RuleKind.INCLUDE,
            name=f"{n} of {place}",
            condition=replace(occurs, events=events, operator=CountOperator.AT_LEAST, number=n),
        )
        for place, events in enumerate(relations)
        for n in range(1, most + 1)
    )
    result = world.answer(replace(plan, rules=rules), target)
    numbers = result.passed.reshape(len(relations), most, -1).sum(axis=1)
    yield from zip(world.source_ids[result.qualified].tolist(), numbers.T.tolist(), strict=True)


def _only(events: EventRelation, values: Mapping[str, Any]) -> EventRelation:
    """The events with these values."""
    tests = tuple(_has(name, value) for name, value in values.items() if name != "domain_concept_id")
    of_concept = _of_concept(events, values["domain_concept_id"]) if "domain_concept_id" in values else events
    return Filter(source=of_concept, predicate=RowAll(parts=tests))


def _of_concept(events: EventRelation, concept: int) -> EventRelation:
    match events:
        case Scan():
            return replace(events, concepts=(concept,))
        case Covering(source=source) | Respan(source=source):
            return replace(events, source=_of_concept(source, concept))
        case _:
            raise AssertionError(f"no concept to ask of {type(events).__name__}")


def _has(name: str, value: Any) -> RowRange | RowConcept:
    match name:
        case "start_date" | "end_date":
            day = datetime.date.fromisoformat(value)
            return RowRange(
                field=Field.DATE if name == "start_date" else Field.END_DATE, test=Between(low=day, high=day)
            )
        case "unit_concept_id":
            return RowConcept(field=Field.UNIT, concepts=(value,), zero_is_value=True)
        case _:
            return RowRange(field=_FIELDS[name], test=Between(low=float(value), high=float(value)))
