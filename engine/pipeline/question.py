"""One request on its way to the gate: what it means, and who is where once the gate asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cohort_dsl import print_cohort
from cohort_dsl.ast import Cohort, Dimension, VariantById
from engine.aggregate import (
    RawCells,
    RawExecution,
    RawInclusion,
    inclusion_statistics,
    members,
    place_failures,
    place_failures_of_most,
    place_in_table,
    place_members,
    place_others,
    table_labels,
)
from engine.aggregate.dimensions import PersonFacts, dimension_column, dimension_edges, dimension_labels, dimension_text
from engine.aggregate.genotypes import GenotypeReader, genotype_text
from engine.cached import cached_property
from engine.catalog.consent import ConsentBase
from engine.catalog.interruption import Interruption
from engine.disclosure.request import (
    Breakdown,
    ExactOnly,
    GateRequest,
    Principal,
    Scale,
    Settling,
    Steps,
    Unprotected,
    at_once,
)
from engine.execute import Record, Wanted, execute
from engine.genotypes.store import GenotypeStore
from engine.logical.access import Asked, check_access
from engine.logical.analyze import Analysis, analyze, check_dimension
from engine.logical.fingerprint import fingerprint
from engine.logical.frequencies import check_frequencies
from engine.logical.most import is_most
from engine.logical.nodes import CohortPlan
from engine.personset import PersonSet
from engine.physical.cost import check_size, plan_size
from engine.physical.entries import CohortResult
from engine.physical.planner import plan_cohort
from engine.pipeline.sensitive import check_sensitive
from engine.session import Session
from schemas.errors import AnalysisProblem
from schemas.inclusion import InclusionMode
from schemas.policy import Access, AccessTier, Precision

LIMIT_DEADLINES = 10
"""A question may take this many times the deadline of its class before it is given up."""

ENTRY_STEP = "consents and has an index event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question. `library` holds the cohorts the document may refer to; `dimensions` replaces its `count by`;
    `variants` are those whose genotypes or linkage is asked for; `stop` gives the question up when nobody waits for it
    any more, and `settling` is waited for between counting and charging."""

    cohort: Cohort
    principal: Principal
    library: Mapping[str, Cohort] = field(default_factory=dict)
    precision: Precision | None = None
    dimensions: tuple[Dimension, ...] | None = None
    variants: tuple[VariantById, ...] = ()
    stop: Interruption | None = None
    settling: Settling = at_once


class Question:
    """One request on its way: what it means is fixed at once, the counting waits for the gate to ask.

    `wanted` is how much of the cohort is asked for: of people outside of it nothing, unless steps are.
    """

    def __init__(self, session: Session, request: Request, wanted: Wanted = Wanted.MEMBERS) -> None:
        self._wanted = wanted
        self._session = session
        self._interruption = request.stop or Interruption()
        self._request = request
        self._analysis: Analysis = analyze(request.cohort, session.dictionaries, request.library)
        self._limits = session.policy.of(request.principal.tier)
        self._access = access_of(
            session,
            request.principal.tier,
            Asked(
                cohort=request.cohort,
                library=request.library,
                dimensions=request.dimensions,
                variants=request.variants,
                precision=request.precision,
                tables=self._limits.genotypes,
            ),
        )
        self._size = plan_size(self._analysis.plan)
        check_size(self._size, self._limits)
        check_sensitive(
            session,
            request.cohort,
            request.library,
            self._limits,
            project=request.principal.project,
            precision=self._precision or self._limits.default_precision,
        )
        check_frequencies(self._analysis.plan, self._limits)
        self._dimensions = self._asked_dimensions()
        plan_cohort(self._analysis.plan, *session.targets)  # refuse what no target can do before anything is charged

    def gate_request(self) -> GateRequest:
        return GateRequest(
            principal=self._request.principal,
            query_hash=fingerprint(self._analysis.plan),
            consent_base_id=self._consent.id,
            precision=self._precision,
            budget=self._access.budget if self._access else None,
            document=self._document(),
            settling=self._request.settling,
        )

    def _document(self) -> str:
        """What is asked, as a text: the documents referred to, the cohort, and what is named beside it."""
        request = self._request
        cohorts = [*(request.library[name] for name in sorted(request.library)), request.cohort]
        beside = [*map(dimension_text, self._dimensions or ()), *map(genotype_text, request.variants)]
        return "\n".join([*map(print_cohort, cohorts), *beside])

    def breakdown(self) -> Breakdown:
        if not self._dimensions:
            raise AnalysisProblem(
                "no-dimensions", "there is nothing to break down by", hint="add `count by sex, age(10)`"
            )
        genotypes = self._genotypes
        return Breakdown(
            spec=", ".join(map(dimension_text, self._dimensions)),
            labels=table_labels(self._labels),
            variants=tuple(genotypes.frequency(each.variant) for each in self._dimensions if each.variant is not None),
            scales=self._scales,
        )

    def steps(self) -> Steps:
        names = (ENTRY_STEP, *(f"{rule.kind.value} {rule.name}" for rule in self._analysis.plan.rules))
        ordered = fingerprint(self._analysis.plan, ordered=True)
        return Steps(spec=ordered, labels=tuple((name,) for name in names))

    def total(self) -> RawCells:
        cohort, base = self.people, self._consent.members
        return place_others(cohort, base) if is_most(self._analysis.plan) else place_members(cohort)

    def cells(self) -> RawCells:
        means = self._session.means(self._store)
        facts = PersonFacts(
            people=self._session.people,
            database=self._session.database,
            genotypes=self._genotypes,
            kept=means.kept,
            scope=means.scope,
            stop=self._interruption,
        )
        index_day = self._result.rows.first_days(self._session.release.persons)
        columns = [
            dimension_column(dimension, labels, facts=facts, index_day=index_day)
            for dimension, labels in zip(self._dimensions, self._labels, strict=True)
        ]
        return place_in_table(self.people, columns)

    def failures(self) -> RawCells:
        place = place_failures_of_most if is_most(self._analysis.plan) else place_failures
        return place(self._result, self._consent.members, self.steps().labels)

    def most_counted(self, most: int) -> int | None:
        """In how many groups a person is counted: all of them where numbers are exact."""
        return None if self._limits.is_exact else most

    def rules(self) -> Unprotected:
        return Unprotected(kind=ExactOnly.INCLUSION, spec=fingerprint(self._analysis.plan, ordered=True))

    def inclusion(self) -> RawInclusion:
        base = self._consent.members
        return RawInclusion(
            rules=tuple(f"{rule.kind.value} {rule.name}" for rule in self._analysis.plan.rules),
            modes=tuple((mode, inclusion_statistics(self._result, mode, base)) for mode in InclusionMode),
        )

    def run(self) -> Unprotected:
        return Unprotected(kind=ExactOnly.EXECUTION, spec=fingerprint(self._analysis.plan, ordered=True))

    def execution(self) -> RawExecution:
        record = Record()
        run_plan(self._session, self._analysis.plan, self._store, self._wanted, stop=self._stop, record=record)
        return RawExecution(nodes=tuple(record.nodes))

    def _asked_dimensions(self) -> tuple[Dimension, ...]:
        if self._request.dimensions is None:
            return self._analysis.dimensions
        for dimension in self._request.dimensions:
            check_dimension(dimension, self._session.dictionaries)
        return self._request.dimensions

    @property
    def _precision(self) -> Precision | None:
        asked = self._request.precision
        return self._access.precision(asked, self._limits.default_precision) if self._access else asked

    @cached_property
    def _consent(self) -> ConsentBase:
        """Fixed for the question: who withdraws while it is answered is left out of the next one."""
        return self._session.consent_base(self._request.principal)

    @cached_property
    def _genotypes(self) -> GenotypeReader:
        session = self._session
        return GenotypeReader(session.genotypes, session.finder.annotation, is_exact=self._limits.is_exact)

    @property
    def _scales(self) -> tuple[Scale, ...]:
        found = zip(self._dimensions, self._labels, map(dimension_edges, self._dimensions), strict=True)
        return tuple(
            Scale(dimension=dimension_text(dimension), place=place, words=words, edges=edges)
            for place, (dimension, words, edges) in enumerate(found)
            if edges is not None
        )

    @cached_property
    def _labels(self) -> list[tuple[str, ...]]:
        questions = self._session.dictionaries.questions
        return [dimension_labels(dimension, self._session.people, questions) for dimension in self._dimensions]

    @cached_property
    def people(self) -> PersonSet:
        """The cohort."""
        return members(self._result, self._consent.members)

    @cached_property
    def _result(self) -> CohortResult:
        return run_plan(self._session, self._analysis.plan, self._store, self._wanted, stop=self._stop)

    @property
    def _stop(self) -> Interruption:
        """What gives the question up: who asked for it, or a limit from when the work on it begins.

        The limit follows from the document and the tier alone, and is so far beyond the deadline that meeting it is an
        incident, not a way to learn how long something takes.
        """
        deadline = self._limits.deadline(self._size.cost_class)
        self._interruption.limit(LIMIT_DEADLINES * deadline if deadline else self._session.exact_seconds)
        return self._interruption

    @property
    def _store(self) -> GenotypeStore:
        return self._session.genotypes if self._limits.is_exact else self._session.guarded_genotypes


def access_of(session: Session, tier: AccessTier, asked: Asked) -> Access | None:
    """What the tier may use today; refuses what it may not. Absent for a tier that the gate refuses with advice."""
    if not session.policy.of(tier).is_interactive:
        return None
    access = session.access(tier)
    check_access(asked, access, session.reference_frequency)
    return access


def run_plan(
    session: Session,
    plan: CohortPlan,
    genotypes: GenotypeStore,
    wanted: Wanted = Wanted.RULES,
    *,
    stop: Interruption | None = None,
    record: Record | None = None,
) -> CohortResult:
    return execute(plan_cohort(plan, *session.targets), session.means(genotypes), wanted, stop=stop, record=record)
