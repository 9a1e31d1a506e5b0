"""Events of the language to event relations of the plan."""

from collections.abc import Callable, Mapping
from typing import assert_never

from cohort_dsl.ast import (
    Answers,
    Bound,
    CohortEvents,
    CountOperator,
    Criterion,
    Duration,
    Edge,
    Eras,
    EventQuery,
    Events,
    Exposure,
    Gaps,
    Moved,
    Ordinal,
    Sequence,
    Step,
    Unit,
    Window,
)
from engine.catalog.survey import Question
from engine.logical.concepts import ConceptResolver
from engine.logical.nodes import (
    CohortEntries,
    CohortPlan,
    Condition,
    Covering,
    EraJoin,
    EventRelation,
    ExposurePlan,
    Filter,
    GapsBetween,
    Having,
    Nth,
    Occurs,
    Respan,
    Scan,
    Trending,
)
from engine.logical.predicates import PredicateAnalyzer, placed
from engine.logical.survey import answer_scan
from schemas.errors import AnalysisProblem
from schemas.omop import Domain

_ONE_DAY = Duration(count=1)
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}


class EventAnalyzer:
    """Turns events into relations. `condition` analyses the criterion of a `having`, `referred` finds a cohort."""

    def __init__(
        self,
        concepts: ConceptResolver,
        questions: Mapping[str, Question],
        *,
        exact: bool,
        condition: Callable[[Criterion], Condition],
        referred: Callable[[CohortEvents], CohortPlan],
    ) -> None:
        self._concepts = concepts
        self._questions = questions
        self._predicates = PredicateAnalyzer(concepts, exact=exact)
        self._exact = exact
        self._condition = condition
        self._referred = referred

    def relation(self, events: Events) -> EventRelation:
        """The relation; an ordinal counts after everything else, or with `ever` before the where-clause."""
        relation = placed(events.span, lambda: self._unordered(events))
        ordinal = events.ordinal
        if ordinal is None or (ordinal.ever and isinstance(events, EventQuery)):
            return relation
        return _nth(relation, ordinal)

    def exposure(self, exposure: Exposure) -> ExposurePlan:
        """The eras an exposure exit follows: drugs by concept and by source concept."""
        ids = self._concepts.resolve(exposure.concepts)
        sources = self._concepts.resolve(exposure.concepts, source=True)
        scans: tuple[EventRelation, ...] = (
            Scan(domain=Domain.DRUG, concepts=ids),
            Scan(domain=Domain.DRUG, source=sources),
        )
        if exposure.supply is not None:
            end = Moved(offset=Duration(count=exposure.supply))
            scans = tuple(Respan(source=scan, start=Moved(), end=end) for scan in scans)
        return ExposurePlan(exposures=scans, gap_days=exposure.gap, offset_days=exposure.offset)

    def _unordered(self, events: Events) -> EventRelation:
        match events:
            case EventQuery():
                return self._query(events)
            case CohortEvents():
                return CohortEntries(cohort=self._referred(events))
            case Eras(events=query, gap=gap):
                return EraJoin(sources=(self.relation(query),), gap_days=_days(gap))
            case Gaps(events=query, at_least=at_least):
                return GapsBetween(source=self.relation(query), at_least_days=_days(at_least))
            case Answers():
                return answer_scan(events, self._questions)
            case Sequence(first=first, steps=steps):
                return self._sequence(self.relation(first), steps)
            case _:
                assert_never(events)

    def _query(self, query: EventQuery) -> EventRelation:
        relation = self._scan(query)
        if query.ordinal is not None and query.ordinal.ever:
            relation = _nth(relation, query.ordinal)
        if (spanning := query.spanning) is not None:
            relation = Respan(source=relation, start=spanning.start, end=spanning.end)
        if (where := query.where) is not None:
            predicate = self._predicates.predicate(where)
            relation = placed(where.span, lambda source=relation: Filter(source=source, predicate=predicate))
        if (covering := query.covering) is not None:
            relation = Covering(source=relation, first=covering.first, last=covering.last)
        if query.having is not None:
            relation = Having(source=relation, condition=self._condition(query.having))
        if (trend := query.trend) is not None:
            relation = Trending(source=relation, direction=trend.direction, by=trend.by, within=trend.within)
        return relation

    def _scan(self, query: EventQuery) -> EventRelation:
        scan = Scan(
            domain=query.domain,
            concepts=None if query.concepts is None else self._concepts.resolve(query.concepts),
            source=None if query.source is None else self._concepts.resolve(query.source, source=True),
        )
        if self._exact and query.domain is Domain.PROCEDURE:
            # OHDSI's SQL does not know the end of a procedure, which CDM 5.4 has.
            return Respan(source=scan, start=Moved(), end=Moved(offset=_ONE_DAY))
        return scan

    def _sequence(self, first: EventRelation, steps: tuple[Step, ...]) -> EventRelation:
        """Each event followed by the next is a `having` with the rest of the steps inside it."""
        if not steps:
            return first
        step, *rest = steps
        within = None if step.within is None else Bound(offset=step.within)
        follows = Occurs(
            events=self._sequence(self.relation(step.events), tuple(rest)),
            operator=CountOperator.AT_LEAST,
            number=1,
            windows=(Window(lower=Bound(offset=_ONE_DAY), upper=within, edge=Edge.START),),
        )
        return Having(source=first, condition=follows)


def _nth(relation: EventRelation, ordinal: Ordinal) -> Nth:
    return Nth(source=relation, position=ordinal.position, from_end=ordinal.from_end)


def _days(duration: Duration) -> int:
    """A duration as days; months and years have no fixed number of them."""
    if duration.unit not in _DAYS:
        raise AnalysisProblem(
            "gap-unit", "a gap between events is measured in days or weeks", expected=("days", "weeks")
        )
    return duration.count * _DAYS[duration.unit]
