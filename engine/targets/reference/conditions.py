"""Conditions on one entry of one person, as True, False or None for unknown."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from cohort_dsl.ast import Bound, CountOperator, Distinct, Edge, VariantSelector, Window, Zygosity
from engine.genotypes.store import GenotypeStore
from engine.logical.nodes import (
    Answered,
    Carrier,
    Condition,
    CountOf,
    Every,
    IsUnknown,
    Negation,
    NoCallAt,
    NotAnswered,
    Occurs,
    PersonConcept,
    PersonRange,
    PersonText,
    Some,
)
from engine.targets.reference.calendar import completed_years, holds, shifted
from engine.targets.reference.data import ReferenceData, Row
from engine.targets.reference.events import EventReader, kleene_all, kleene_any, kleene_not
from schemas.fields import PersonField
from schemas.sex import SEX_CONCEPTS

_COPIES = {Zygosity.ANY: (1, 2), Zygosity.HETEROZYGOUS: (1,), Zygosity.HOMOZYGOUS: (2,)}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An index event inside an observation period."""

    person: int
    start: datetime.date
    end: datetime.date
    observed_from: datetime.date
    observed_to: datetime.date


class ConditionReader:
    """Decides conditions for one entry at a time."""

    def __init__(self, data: ReferenceData, events: EventReader, genotypes: GenotypeStore) -> None:
        self._data = data
        self._events = events
        self._genotypes = genotypes
        self._calls: dict[int, Sequence[int]] = {}

    def decide(self, condition: Condition, entry: EntryRow) -> bool | None:
        """Whether the condition is true of the entry."""
        match condition:
            case Occurs():
                return _count_holds(condition.operator, condition.number, self._occurrences(condition, entry))
            case PersonRange(field=field, test=test):
                return holds(test, self._person_number(field, entry))
            case PersonText(field=field, values=values):
                text = self._person_text(field, entry.person)
                return None if text is None else text in values
            case PersonConcept(field=field, concepts=concepts):
                return self._person_concept(field, concepts, entry.person)
            case Carrier(variants=variants, zygosity=zygosity):
                return self._carries(variants, zygosity, entry.person)
            case NoCallAt(variants=variants):
                return self._has_no_call(variants, entry.person)
            case Answered():
                return self._answered(condition, entry)
            case NotAnswered(question=question, window=window):
                return not self._answers(question, window, entry)
            case Every(parts=parts):
                return kleene_all([self.decide(part, entry) for part in parts])
            case Some(parts=parts):
                return kleene_any([self.decide(part, entry) for part in parts])
            case CountOf():
                return self._count_of(condition, entry)
            case Negation(part=part):
                return kleene_not(self.decide(part, entry))
            case IsUnknown(part=part):
                return self.decide(part, entry) is None
            case _:
                assert_never(condition)

    def _occurrences(self, condition: Occurs, entry: EntryRow) -> int:
        events = [
            event
            for event in self._events.events(condition.events, entry.person)
            if (not condition.within_observation or entry.observed_from <= event.start <= entry.observed_to)
            and all(_in_window(event.start if w.edge is Edge.START else event.end, w, entry) for w in condition.windows)
        ]
        match condition.distinct:
            case None:
                return len(events)
            case Distinct.DATES:
                return len({event.start for event in events})
            case Distinct.VISITS:
                return len({event.visit for event in events} - {None})
            case Distinct.CONCEPTS:
                return len({event.concept for event in events})

    def _count_of(self, condition: CountOf, entry: EntryRow) -> bool | None:
        """Try every way the unknown parts could turn out: certain only if all agree."""
        decided = [self.decide(part, entry) for part in condition.parts]
        certain, unknown = decided.count(True), decided.count(None)
        outcomes = {_count_holds(condition.operator, condition.number, certain + extra) for extra in range(unknown + 1)}
        return outcomes.pop() if len(outcomes) == 1 else None

    def _person_number(self, field: PersonField, entry: EntryRow) -> float | None:
        row = self._data.people[entry.person]
        if field is PersonField.AGE:
            born = row["birth_date"]
            assert isinstance(born, datetime.date)
            return completed_years(born, entry.start)
        return float(str(row["year_of_birth"]))

    def _person_text(self, field: PersonField, person: int) -> str | None:
        row = self._data.people[person]
        if field is PersonField.REGION:
            return None if row["region"] is None else str(row["region"])
        words = {concept: word for word, concept in SEX_CONCEPTS.items()}
        return words.get(int(str(row["gender_concept_id"])))

    def _person_concept(self, field: PersonField, concepts: tuple[int, ...], person: int) -> bool | None:
        row: Row = self._data.people[person]
        concept = row["race_concept_id" if field is PersonField.RACE else "ethnicity_concept_id"]
        return concept in concepts if concept else None

    def _carries(self, variants: VariantSelector, zygosity: Zygosity, person: int) -> bool | None:
        if not self._is_genotyped(person):
            return None
        calls = [self._call(int(variant), person) for variant in self._genotypes.select(variants)]
        if any(call in _COPIES[zygosity] for call in calls):
            return True
        return None if -1 in calls else False

    def _has_no_call(self, variants: VariantSelector, person: int) -> bool:
        if not self._is_genotyped(person):
            return True
        return any(self._call(int(variant), person) == -1 for variant in self._genotypes.select(variants))

    def _is_genotyped(self, person: int) -> bool:
        return bool(self._genotypes.genotyped.contains(np.array([person], np.uint32))[0])

    def _call(self, variant: int, person: int) -> int:
        if variant not in self._calls:
            self._calls[variant] = self._genotypes.calls(variant).tolist()
        return self._calls[variant][person]

    def _answers(self, question: str, window: Window | None, entry: EntryRow) -> list[Row]:
        return [
            row
            for row in self._data.answers.get(entry.person, [])
            if row["question_id"] == question
            and row["missing_reason"] is None
            and (window is None or _in_window(_day(row["answered_on"]), window, entry))
        ]

    def _answered(self, condition: Answered, entry: EntryRow) -> bool | None:
        answers = self._answers(condition.question, condition.window, entry)
        if not answers:
            return None
        test = condition.test
        if isinstance(test, tuple):
            return any(row["answer"] in test for row in answers)
        return any(holds(test, None if row["value"] is None else float(str(row["value"]))) is True for row in answers)


def _in_window(day: datetime.date, window: Window, entry: EntryRow) -> bool:
    after_lower = window.lower is None or day >= _bound(window.lower, entry)
    return after_lower and (window.upper is None or day <= _bound(window.upper, entry))


def _bound(bound: Bound, entry: EntryRow) -> datetime.date:
    return shifted(entry.start if bound.anchor is Edge.START else entry.end, bound.offset)


def _day(value: object) -> datetime.date:
    assert isinstance(value, datetime.date)
    return value


def _count_holds(operator: CountOperator, number: int, count: int) -> bool:
    match operator:
        case CountOperator.AT_LEAST:
            return count >= number
        case CountOperator.AT_MOST:
            return count <= number
        case CountOperator.EXACTLY:
            return count == number
