"""Criteria and events, with `not` carried inwards, which Kleene's three-valued logic allows: `not (a and b)` is
`not a or not b` and `not (at least 2 of …)` is `at most 1 of …` also when parts are unknown."""

from dataclasses import dataclass, replace
from typing import assert_never

from cohort_dsl.ast import (
    AnswerIn,
    Between,
    Carries,
    CohortEvents,
    Compare,
    Count,
    CountOperator,
    Criterion,
    EventQuery,
    Events,
    Group,
    GroupKind,
    NoCall,
    Not,
    Occurrence,
    PersonConcepts,
    PersonIn,
    PersonTest,
    Survey,
    Unanswered,
    Unknown,
)
from cohort_dsl.canonicalize.boolean import joined
from cohort_dsl.canonicalize.concepts import ConceptSets
from cohort_dsl.canonicalize.order import in_order, order_key
from cohort_dsl.canonicalize.predicates import canonical_predicate
from cohort_dsl.canonicalize.values import canonical_range, canonical_window, opposite_range
from cohort_dsl.canonicalize.variants import canonical_variants


@dataclass(frozen=True, slots=True)
class Canonicalizer:
    """The canonical forms of one document's parts."""

    sets: ConceptSets

    def events(self, events: Events) -> Events:
        """The events with canonical concepts and where-clause."""
        match events:
            case CohortEvents():
                return events
            case EventQuery(concepts=concepts, where=where):
                return replace(
                    events,
                    concepts=None if concepts is None else self.sets.canonical(concepts),
                    where=None if where is None else canonical_predicate(where, self.sets),
                )
            case _:
                assert_never(events)

    def criterion(self, criterion: Criterion, *, negated: bool = False) -> Criterion:
        """The canonical criterion, or that of its negation."""
        match criterion:
            case Not(part=part):
                return self.criterion(part, negated=not negated)
            case Group():
                return self._group(criterion, negated=negated)
            case Occurrence(count=count):
                turned = _opposite_count(count) if negated else None
                negated = negated and turned is None
                leaf: Criterion = self._occurrence(replace(criterion, count=turned or count))
            case PersonTest(test=test):
                opposite = opposite_range(test) if negated else None
                negated = negated and opposite is None
                leaf = replace(criterion, test=opposite or canonical_range(test))
            case _:
                leaf = self._leaf(criterion)
        return Not(part=leaf) if negated else leaf

    def _leaf(self, criterion: PersonIn | PersonConcepts | Carries | NoCall | Survey | Unknown) -> Criterion:
        match criterion:
            case PersonIn(values=values):
                return replace(criterion, values=tuple(sorted(set(values))))
            case PersonConcepts(concepts=concepts):
                return replace(criterion, concepts=self.sets.canonical(concepts))
            case Carries(variants=variants) | NoCall(variants=variants):
                return replace(criterion, variants=canonical_variants(variants))
            case Survey(test=test, window=window):
                return replace(criterion, test=_answer(test), window=window and canonical_window(window))
            case Unknown(part=part):
                sides = (self.criterion(part), self.criterion(part, negated=True))
                return Unknown(part=min(sides, key=order_key))
            case _:
                assert_never(criterion)

    def _occurrence(self, occurrence: Occurrence) -> Occurrence:
        return replace(
            occurrence,
            events=self.events(occurrence.events),
            count=_canonical_count(occurrence.count),
            windows=in_order(map(canonical_window, occurrence.windows)),
        )

    def _group(self, criteria: Group, *, negated: bool) -> Criterion:
        kind, number, size = criteria.kind, criteria.number, len(criteria.parts)
        match kind:
            case GroupKind.NONE:
                return self._joined(criteria, every=not negated, negated=not negated)
            case GroupKind.ALL | GroupKind.ANY:
                return self._joined(criteria, every=(kind is GroupKind.ALL) is not negated, negated=negated)
            case GroupKind.AT_MOST if number == size:
                return self._as_it_stands(
                    criteria, negated=negated
                )  # always true, and nothing counted says its opposite
            case GroupKind.AT_LEAST | GroupKind.AT_MOST:
                if negated:
                    kind, number = _opposite_group(kind, number)
                return self._counted(criteria, at_least=kind is GroupKind.AT_LEAST, number=number)
            case GroupKind.EXACTLY if number == 0:
                return self._joined(criteria, every=not negated, negated=not negated)
            case GroupKind.EXACTLY if number == size:
                return self._joined(criteria, every=not negated, negated=negated)
            case GroupKind.EXACTLY:
                return self._as_it_stands(criteria, negated=negated)
            case _:
                assert_never(kind)

    def _as_it_stands(self, criteria: Group, *, negated: bool) -> Criterion:
        ordered = replace(criteria, parts=in_order(map(self.criterion, criteria.parts)))
        return Not(part=ordered) if negated else ordered

    def _counted(self, criteria: Group, *, at_least: bool, number: int) -> Criterion:
        """At least or at most so many, as `and` or `or` where that says the same."""
        size = len(criteria.parts)
        least = number if at_least else size - number
        if least == size:
            return self._joined(criteria, every=True, negated=not at_least)
        if least == 1:
            return self._joined(criteria, every=False, negated=not at_least)
        kind = GroupKind.AT_LEAST if at_least else GroupKind.AT_MOST
        return replace(criteria, kind=kind, number=number, parts=in_order(map(self.criterion, criteria.parts)))

    def _joined(self, criteria: Group, *, every: bool, negated: bool) -> Criterion:
        kind = GroupKind.ALL if every else GroupKind.ANY
        return joined(
            (self.criterion(part, negated=negated) for part in criteria.parts),
            inside=lambda part: part.parts if isinstance(part, Group) and part.kind is kind else None,
            made=lambda parts: Group(kind=kind, parts=parts),
        )


def _opposite_group(kind: GroupKind, number: int) -> tuple[GroupKind, int]:
    if kind is GroupKind.AT_LEAST:
        return GroupKind.AT_MOST, number - 1
    return GroupKind.AT_LEAST, number + 1


def _canonical_count(count: Count) -> Count:
    """None at all is `exactly 0`; one distinct thing is one event."""
    if count.operator is CountOperator.AT_MOST and count.number == 0:
        count = replace(count, operator=CountOperator.EXACTLY)
    return replace(count, distinct=None) if _counts_presence(count) else count


def _counts_presence(count: Count) -> bool:
    """Whether only none or some matters, so that counting dates counts the same as counting events."""
    at_least_one = count.operator is CountOperator.AT_LEAST and count.number == 1
    return at_least_one or (count.operator is CountOperator.EXACTLY and count.number == 0)


def _opposite_count(count: Count) -> Count | None:
    """The count that holds exactly where this does not: occurrences are never unknown. Absent for `exactly 2`."""
    match count.operator:
        case CountOperator.AT_LEAST:
            return replace(count, operator=CountOperator.AT_MOST, number=count.number - 1)
        case CountOperator.AT_MOST:
            return replace(count, operator=CountOperator.AT_LEAST, number=count.number + 1)
        case CountOperator.EXACTLY if count.number == 0:
            return replace(count, operator=CountOperator.AT_LEAST, number=1)
        case CountOperator.EXACTLY:
            return None
        case _:
            assert_never(count.operator)


def _answer(test: AnswerIn | Compare | Between | Unanswered) -> AnswerIn | Compare | Between | Unanswered:
    match test:
        case AnswerIn(values=values):
            return AnswerIn(values=tuple(sorted(set(values))))
        case Compare() | Between():
            return canonical_range(test)
        case Unanswered():
            return test
        case _:
            assert_never(test)
