"""Events of every kind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from cohort_dsl.ast import (
    Answers,
    CohortEvents,
    ConceptSet,
    Criterion,
    Eras,
    EventQuery,
    Events,
    Gaps,
    Moved,
    Ordinal,
    Sequence,
    Spanning,
    Step,
    Trend,
)
from cohort_dsl.canonicalize.concepts import ConceptSets
from cohort_dsl.canonicalize.predicates import canonical_predicate
from cohort_dsl.canonicalize.values import canonical_answers, canonical_duration


@dataclass(frozen=True, slots=True)
class EventCanonicalizer:
    """The canonical forms of one document's events; `criterion` gives that of what stands after `having`."""

    sets: ConceptSets
    criterion: Callable[[Criterion], Criterion]

    def events(self, events: Events) -> Events:
        """The events with canonical parts."""
        match events:
            case EventQuery():
                return self._query(events)
            case CohortEvents(ordinal=ordinal):
                return replace(events, ordinal=_of_the_whole(ordinal))
            case Eras(events=query, gap=gap, ordinal=ordinal):
                return replace(
                    events, events=self._query(query), gap=canonical_duration(gap), ordinal=_of_the_whole(ordinal)
                )
            case Gaps(events=query, at_least=at_least, ordinal=ordinal):
                at_least = canonical_duration(at_least)
                return replace(events, events=self._query(query), at_least=at_least, ordinal=_of_the_whole(ordinal))
            case Answers(test=test, ordinal=ordinal):
                return replace(
                    events, test=None if test is None else canonical_answers(test), ordinal=_of_the_whole(ordinal)
                )
            case Sequence(first=first, steps=steps, ordinal=ordinal):
                steps = tuple(map(self._step, steps))
                return replace(events, first=self._query(first), steps=steps, ordinal=_of_the_whole(ordinal))
            case _:
                assert_never(events)

    def _query(self, query: EventQuery) -> EventQuery:
        return replace(
            query,
            concepts=self._concepts(query.concepts),
            source=self._concepts(query.source),
            spanning=None if query.spanning is None else _spanning(query.spanning),
            where=None if query.where is None else canonical_predicate(query.where, self.sets),
            having=None if query.having is None else self.criterion(query.having),
            trend=None if query.trend is None else _trend(query.trend),
        )

    def _concepts(self, concepts: ConceptSet | None) -> ConceptSet | None:
        return None if concepts is None else self.sets.canonical(concepts)

    def _step(self, step: Step) -> Step:
        within = None if step.within is None else canonical_duration(step.within)
        return replace(step, events=self._query(step.events), within=within)


def _of_the_whole(ordinal: Ordinal | None) -> Ordinal | None:
    """Only events of a domain have a where-clause that `ever` could stand before."""
    return None if ordinal is None else replace(ordinal, ever=False)


def _spanning(spanning: Spanning) -> Spanning:
    """Kept also where an event is given its own days: one that ends before it starts, as sources have them, is then
    left out."""
    return replace(spanning, start=_moved(spanning.start), end=_moved(spanning.end))


def _moved(moved: Moved) -> Moved:
    return replace(moved, offset=canonical_duration(moved.offset))


def _trend(trend: Trend) -> Trend:
    return replace(trend, by=float(trend.by), within=canonical_duration(trend.within))
