"""Syntax tree and dictionaries to logical plan: names resolved, types checked, meaning fixed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from cohort_dsl.ast import (
    Cohort,
    CohortEvents,
    Dimension,
    DimensionKind,
    Events,
    Everyone,
    Incidence,
    Mode,
    Ordinal,
    Qualify,
)
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.vocabulary import Unmatched
from engine.logical.concepts import ConceptResolver
from engine.logical.conditions import ConditionAnalyzer
from engine.logical.events import EventAnalyzer
from engine.logical.nodes import (
    CohortPlan,
    Entry,
    EventRelation,
    EveryoneOn,
    ExitPlan,
    IncidencePlan,
    QualifyPlan,
    RulePlan,
    StudyDays,
)
from engine.logical.optimize import optimize
from engine.logical.predicates import placed
from engine.logical.survey import question_of
from schemas.errors import AnalysisProblem, Problem, Problems, TooExpensive

Node = TypeVar("Node")

MOST_REFERENCES = 64
"""References to other cohorts, those in the cohorts referred to included: sixteen cohorts of which each refers to the
next one three times have 43 million."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a document means in one release, and the names in it that the release's dictionaries do not have."""

    plan: CohortPlan
    dimensions: tuple[Dimension, ...]
    unmatched: tuple[Unmatched, ...]
    incidence: IncidencePlan | None = None


def analyze(cohort: Cohort, dictionaries: Dictionaries, library: Mapping[str, Cohort]) -> Analysis:
    """The optimised plan of a document; `library` holds the cohorts it may refer to by name.

    Raises `Problems` with every fault found, each with its place in the text.
    """
    return _Analyzer(cohort, dictionaries, library, (cohort.name,), count(1)).run()


class _Analyzer:
    """Reads one cohort. `path` are the names by which it was come to, the document's first; `references` numbers those
    to other cohorts, in all of them."""

    def __init__(
        self,
        cohort: Cohort,
        dictionaries: Dictionaries,
        library: Mapping[str, Cohort],
        path: tuple[str, ...],
        references: Iterator[int],
    ) -> None:
        self._cohort = cohort
        self._dictionaries = dictionaries
        self._library = library
        self._path = path
        self._references = references
        self._problems: list[Problem] = []
        exact = cohort.mode is Mode.CIRCE_EXACT
        self._exact = exact
        self._concepts = ConceptResolver(dictionaries.vocabulary, cohort, known_only=exact)
        self._unmatched: list[Unmatched] = []
        self._events = EventAnalyzer(
            self._concepts,
            dictionaries.questions,
            exact=exact,
            condition=lambda criterion: self._conditions.condition(criterion),
            referred=self._referred,
        )
        self._conditions = ConditionAnalyzer(self._concepts, dictionaries, self._events.relation, exact=exact)

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
        qualify = None if cohort.qualify is None else self._guard(lambda given=cohort.qualify: self._qualify(given))
        exit_plan = self._guard(self._exit)
        incidence = (
            None if cohort.incidence is None else self._guard(lambda asked=cohort.incidence: self._incidence(asked))
        )
        for dimension in cohort.count_by:
            self._guard(lambda dimension=dimension: check_dimension(dimension, self._dictionaries))
        if self._problems or entry is None or exit_plan is None:
            raise Problems(self._problems)
        study = cohort.study_period
        plan = CohortPlan(
            entry=entry,
            qualify=qualify,
            rules=tuple(rule for rule in rules if rule is not None),
            keep=cohort.keep,
            exit=exit_plan,
            join_days=cohort.join_within,
            across_periods=self._exact,
            study=None if study is None else StudyDays(first=study.first, last=study.last),
        )
        unmatched = (*self._concepts.unmatched, *self._conditions.unmatched, *self._unmatched)
        return Analysis(plan=optimize(plan), dimensions=cohort.count_by, unmatched=unmatched, incidence=incidence)

    def _entry(self) -> Entry:
        index = self._cohort.index
        if isinstance(index.events, Everyone):
            events: tuple[EventRelation, ...] | EveryoneOn = EveryoneOn(on=index.events.on)
        else:
            events = tuple(self._events.relation(event) for event in index.events)
        return Entry(
            events=events,
            observed_before=index.observed_before,
            observed_after=index.observed_after,
            pick=index.pick,
        )

    def _qualify(self, qualify: Qualify) -> QualifyPlan:
        return QualifyPlan(condition=self._conditions.condition(qualify.criterion), pick=qualify.pick)

    def _exit(self) -> ExitPlan:
        exit_ = self._cohort.exit
        return ExitPlan(
            offset=exit_.offset,
            anchor=exit_.anchor,
            exposure=None if exit_.exposure is None else self._events.exposure(exit_.exposure),
            censors=tuple(self._censor(event) for event in exit_.censors),
        )

    def _censor(self, events: Events) -> EventRelation:
        """Events that end an entry, or being at risk. `first` counts from the entry's start, which is what ending at
        the earliest event does by itself."""
        ordinal = events.ordinal
        if ordinal is None or ordinal.ever:
            return self._events.relation(events)
        if ordinal != Ordinal():
            raise AnalysisProblem(
                "censor-ordinal",
                "an entry, and being at risk, ends at the first event from its start on; it cannot end at another",
                span=events.span,
                expected=("first", "first ever", "no ordinal"),
            )
        return self._events.relation(replace(events, ordinal=None))

    def _incidence(self, asked: Incidence) -> IncidencePlan:
        outcome = self._censor(asked.outcome)
        return placed(asked.span, lambda: IncidencePlan(outcome=outcome, per=asked.per))

    def _referred(self, events: CohortEvents) -> CohortPlan:
        name = events.name
        if name in self._path:
            chain = " -> ".join((*self._path, name))
            raise AnalysisProblem("cohort-cycle", f"cohorts refer to each other in a circle: {chain}", span=events.span)
        if name not in self._library:
            raise AnalysisProblem(
                "cohort-unknown",
                f"there is no cohort named {name!r}",
                span=events.span,
                expected=tuple(sorted(self._library)),
                hint="send its definition along, under this name",
            )
        if next(self._references) > MOST_REFERENCES:
            message = f"with the cohorts that it refers to, the document has more than {MOST_REFERENCES} references"
            raise TooExpensive("too-many-parts", message, span=events.span)
        path = (*self._path, name)
        analysis = _Analyzer(self._library[name], self._dictionaries, self._library, path, self._references).run()
        self._unmatched.extend(analysis.unmatched)
        return analysis.plan

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
    """A survey dimension names a question with a fixed list of answers, one a person; a genotype dimension a variant.

    Of the variant nothing is asked: whether it was seen in people is data.
    """
    if dimension.kind is DimensionKind.GENOTYPE and dimension.variant is None:
        raise AnalysisProblem(
            "dimension-form",
            "a breakdown by genotype names its variant",
            span=dimension.span,
            expected=("genotype of variant rs11591147",),
        )
    if dimension.kind is DimensionKind.SURVEY:
        question = question_of(str(dimension.question), dictionaries.questions, dimension.span)
        if question.kind != "choice":
            raise AnalysisProblem(
                "dimension-kind",
                f"counts cannot be broken down by {question.question_id}, a {question.kind} question",
                span=dimension.span,
                expected=("a choice question",),
            )
