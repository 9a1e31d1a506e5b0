"""Syntax tree and dictionaries to logical plan: names resolved, types checked, meaning fixed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar, assert_never

from cohort_dsl.ast import (
    Cohort,
    CohortEvents,
    Dimension,
    DimensionKind,
    EventQuery,
    Events,
    Everyone,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Ordinal,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
)
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.vocabulary import Unmatched
from engine.logical.concepts import ConceptResolver
from engine.logical.conditions import ConditionAnalyzer
from engine.logical.nodes import (
    CohortEntries,
    CohortPlan,
    Entry,
    EventRelation,
    EveryoneOn,
    ExitPlan,
    Filter,
    Nth,
    RowAll,
    RowAny,
    RowConcept,
    RowMissing,
    RowNot,
    RowPredicate,
    RowRange,
    RowText,
    RulePlan,
    Scan,
)
from engine.logical.optimize import optimize
from engine.logical.survey import question_of
from schemas.errors import AnalysisProblem, Problem, Problems, Span
from schemas.fields import FIELDS, Field, Kind

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a document means in one release, and the names in it that the release's dictionaries do not have."""

    plan: CohortPlan
    dimensions: tuple[Dimension, ...]
    unmatched: tuple[Unmatched, ...]


def analyze(cohort: Cohort, dictionaries: Dictionaries, library: Mapping[str, Cohort]) -> Analysis:
    """The optimised plan of a document; `library` holds the cohorts it may refer to by name.

    Raises `Problems` with every fault found, each with its place in the text.
    """
    return _Analyzer(cohort, dictionaries, library, ()).run()


class _Analyzer:
    def __init__(
        self, cohort: Cohort, dictionaries: Dictionaries, library: Mapping[str, Cohort], path: tuple[str, ...]
    ) -> None:
        self._cohort = cohort
        self._dictionaries = dictionaries
        self._library = library
        self._path = path
        self._problems: list[Problem] = []
        self._concepts = ConceptResolver(dictionaries.vocabulary, {let.name: let.concepts for let in cohort.lets})
        self._unmatched: list[Unmatched] = []
        self._conditions = ConditionAnalyzer(self._concepts, dictionaries, self.relation)

    def run(self) -> Analysis:
        cohort = self._cohort
        entry = self._guard(self._entry)
        rules = [
            self._guard(
                lambda rule=rule: RulePlan(
                    kind=rule.kind, name=rule.name, condition=self._conditions.condition(rule.criterion)
                )
            )
            for rule in cohort.rules
        ]
        exit_plan = self._guard(self._exit)
        for dimension in cohort.count_by:
            self._guard(lambda dimension=dimension: check_dimension(dimension, self._dictionaries))
        if self._problems or entry is None or exit_plan is None:
            raise Problems(self._problems)
        plan = CohortPlan(
            entry=entry, rules=tuple(rule for rule in rules if rule is not None), keep=cohort.keep, exit=exit_plan
        )
        unmatched = (*self._concepts.unmatched, *self._conditions.unmatched, *self._unmatched)
        return Analysis(plan=optimize(plan), dimensions=cohort.count_by, unmatched=unmatched)

    def relation(self, events: Events) -> EventRelation:
        """An event query as a relation: the ordinal counts after the where-clause, or before it with `ever`."""
        if isinstance(events, CohortEvents):
            relation: EventRelation = CohortEntries(cohort=self._referred(events))
        else:
            relation = self._scan(events)
        ordinal = events.ordinal
        where = events.where if isinstance(events, EventQuery) else None
        if ordinal is not None and ordinal.ever:
            relation = Nth(source=relation, position=ordinal.position, from_end=ordinal.from_end)
        if where is not None:
            relation = _placed(
                where.span, lambda source=relation: Filter(source=source, predicate=self._predicate(where))
            )
        if ordinal is not None and not ordinal.ever:
            relation = Nth(source=relation, position=ordinal.position, from_end=ordinal.from_end)
        return relation

    def _entry(self) -> Entry:
        index = self._cohort.index
        if isinstance(index.events, Everyone):
            events: tuple[EventRelation, ...] | EveryoneOn = EveryoneOn(on=index.events.on)
        else:
            events = tuple(self.relation(event) for event in index.events)
        return Entry(events=events, observed_before=index.observed_before, observed_after=index.observed_after)

    def _exit(self) -> ExitPlan:
        exit_ = self._cohort.exit
        return ExitPlan(
            offset=exit_.offset, anchor=exit_.anchor, censors=tuple(self._censor(event) for event in exit_.censors)
        )

    def _censor(self, events: Events) -> EventRelation:
        """`first` counts from the entry's start, which is what ending at the earliest event does by itself."""
        ordinal = events.ordinal
        if ordinal is None or ordinal.ever:
            return self.relation(events)
        if ordinal != Ordinal():
            raise AnalysisProblem(
                "censor-ordinal",
                "an entry ends at the first event from its start on; it cannot end at another",
                span=events.span,
                expected=("first", "first ever", "no ordinal"),
            )
        return self.relation(replace(events, ordinal=None))

    def _scan(self, query: EventQuery) -> Scan:
        concepts = None if query.concepts is None else self._concepts.resolve(query.concepts)
        return Scan(domain=query.domain, concepts=concepts)

    def _referred(self, events: CohortEvents) -> CohortPlan:
        name = events.name
        if name in self._path or name == self._cohort.name:
            chain = " -> ".join((*self._path, self._cohort.name, name))
            raise AnalysisProblem("cohort-cycle", f"cohorts refer to each other in a circle: {chain}", span=events.span)
        if name not in self._library:
            raise AnalysisProblem(
                "cohort-unknown",
                f"there is no cohort named {name!r}",
                span=events.span,
                expected=tuple(sorted(self._library)),
                hint="send its definition along, under this name",
            )
        path = (*self._path, self._cohort.name)
        analysis = _Analyzer(self._library[name], self._dictionaries, self._library, path).run()
        self._unmatched.extend(analysis.unmatched)
        return analysis.plan

    def _predicate(self, predicate: Predicate) -> RowPredicate:
        match predicate:
            case FieldTest():
                return _placed(predicate.span, lambda: self._field_test(predicate))
            case FieldConcepts(field=field, concepts=concepts):
                ids = self._concepts.resolve(concepts, source=field is Field.SOURCE)
                return _placed(predicate.span, lambda: RowConcept(field=field, concepts=ids))
            case FieldText(field=field, operator=operator, text=text):
                return _placed(predicate.span, lambda: RowText(field=field, operator=operator, text=text))
            case FieldMissing(field=field):
                return RowMissing(field=field)
            case PredicateAll(parts=parts):
                return RowAll(parts=tuple(self._predicate(part) for part in parts))
            case PredicateAny(parts=parts):
                return RowAny(parts=tuple(self._predicate(part) for part in parts))
            case PredicateNot(part=part):
                return RowNot(part=self._predicate(part))
            case _:
                assert_never(predicate)

    def _field_test(self, predicate: FieldTest) -> RowPredicate:
        test = RowRange(field=predicate.field, test=predicate.test)
        if predicate.unit is None:
            return test
        if FIELDS[predicate.field].kind is not Kind.NUMBER:
            raise AnalysisProblem("unit-not-allowed", f"{predicate.field.value} has no unit", span=predicate.span)
        unit = RowConcept(field=Field.UNIT, concepts=self._conditions.unit(predicate.unit))
        return RowAll(parts=(test, unit))

    def _guard(self, step: Callable[[], Node]) -> Node | None:
        """Run a step and note its problems, so that one pass reports every fault of a document."""
        try:
            return step()
        except Problems as error:
            self._problems.extend(error.problems)
        except Problem as error:
            self._problems.append(error)
        return None


def check_dimension(dimension: Dimension, dictionaries: Dictionaries) -> None:
    """A survey dimension must name a question with a fixed list of answers, one a person."""
    if dimension.kind is DimensionKind.SURVEY:
        question = question_of(str(dimension.question), dictionaries.questions, dimension.span)
        if question.kind != "choice":
            raise AnalysisProblem(
                "dimension-kind",
                f"counts cannot be broken down by {question.question_id}, a {question.kind} question",
                span=dimension.span,
                expected=("a choice question",),
            )


def _placed(span: Span, make: Callable[[], Node]) -> Node:
    """A node whose problems, found while it is made, are given the place of the text it comes from."""
    try:
        return make()
    except AnalysisProblem as problem:
        if problem.span is None:
            problem.span = span
        raise
