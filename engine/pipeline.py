"""A question from text to protected answer, step by step: analyse, plan, execute, aggregate, gate.

No step is skipped and none looks back. Counting happens inside the gate's callback, so a question answered
before is never computed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cohort_dsl import print_cohort
from cohort_dsl.ast import Cohort, Dimension, DimensionKind, VariantById
from engine.aggregate import (
    RawHistogram,
    RawIncidence,
    RawInclusion,
    RawLinkage,
    count_cells,
    count_failures,
    count_incidence,
    count_members,
    inclusion_statistics,
    members,
    table_labels,
    times_at_risk,
)
from engine.aggregate.dimensions import PersonFacts, dimension_column, dimension_labels, dimension_text
from engine.aggregate.genotypes import GENOTYPE_LABELS, GenotypeReader, genotype_text
from engine.catalog.people import ConsentBase
from engine.catalog.vocabulary import Unmatched
from engine.disclosure.gate import GenotypeTable
from engine.disclosure.request import Breakdown, ExactOnly, GateRequest, Principal, Steps, Unprotected
from engine.disclosure.safe import (
    SafeAttrition,
    SafeCounts,
    SafeGenotypes,
    SafeIncidence,
    SafeInclusion,
    SafeLinkage,
    SafeTable,
)
from engine.execute import execute, scan_entries
from engine.genotypes.store import GenotypeStore
from engine.logical.analyze import Analysis, analyze, check_dimension
from engine.logical.explain import explain as explain_node
from engine.logical.fingerprint import fingerprint
from engine.logical.frequencies import check_frequencies
from engine.logical.incidence import at_risk
from engine.logical.nodes import CohortPlan
from engine.physical.capabilities import DEFAULT_TARGET
from engine.physical.cost import check_size, plan_size
from engine.physical.entries import CohortResult
from engine.physical.explain import explain_physical
from engine.physical.kleene import evaluate
from engine.physical.nodes import PhysicalPlan
from engine.physical.planner import plan_cohort
from engine.session import Session
from engine.targets.duckdb import cohort_tables, compile_scan
from schemas.errors import AnalysisProblem
from schemas.inclusion import InclusionMode
from schemas.policy import AccessTier, CostClass, Precision

ENTRY_STEP = "consents and has an index event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question. `library` holds the cohorts the document may refer to; `dimensions` replaces its `count by`;
    `variants` are those whose genotypes or linkage is asked for."""

    cohort: Cohort
    principal: Principal
    library: Mapping[str, Cohort] = field(default_factory=dict)
    precision: Precision | None = None
    dimensions: tuple[Dimension, ...] | None = None
    variants: tuple[VariantById, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What is known of a document without looking at anybody's data."""

    query_hash: str
    cost_class: CostClass
    leaves: int
    depth: int
    unmatched: tuple[Unmatched, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How a document will be computed: canonical text, logical and physical plan, SQL of each entry scan (of `duckdb`;
    other targets have none)."""

    text: str
    logical: str
    physical: str
    sql: tuple[str, ...]
    unmatched: tuple[Unmatched, ...]


def validate(session: Session, cohort: Cohort, library: Mapping[str, Cohort], tier: AccessTier) -> Validation:
    """Check a document against the dictionaries and the tier's limits; raises `Problems` or a refusal."""
    analysis = analyze(cohort, session.dictionaries, library)
    size = plan_size(analysis.plan)
    check_size(size, session.policy.of(tier))
    check_frequencies(analysis.plan, session.policy.of(tier))
    return Validation(
        query_hash=fingerprint(analysis.plan),
        cost_class=size.cost_class,
        leaves=size.leaves,
        depth=size.depth,
        unmatched=analysis.unmatched,
    )


def explain(
    session: Session, cohort: Cohort, library: Mapping[str, Cohort], target: str = DEFAULT_TARGET
) -> Explanation:
    """Show the plans and the SQL of a document. Nothing is computed and nothing depends on anybody's data.

    Raises `Unsupported` for a target that is unknown or cannot compute the document.
    """
    analysis = analyze(cohort, session.dictionaries, library)
    physical = plan_cohort(analysis.plan, target)
    return Explanation(
        text=print_cohort(cohort),
        logical="\n".join(explain_node(node) for node in (analysis.plan, analysis.incidence) if node is not None),
        physical=explain_physical(physical),
        sql=tuple(_sql(physical)) if target == DEFAULT_TARGET else (),
        unmatched=analysis.unmatched,
    )


def count(session: Session, request: Request) -> SafeCounts:
    """How many people are in the cohort."""
    question = _Question(session, request)
    return session.gate.release_count(question.gate_request(), question.total)


def breakdown(session: Session, request: Request) -> SafeTable:
    """The cohort by the dimensions asked for; raises `AnalysisProblem` when there are none."""
    question = _Question(session, request)
    table = question.breakdown()
    return session.gate.release_table(
        question.gate_request(), table, evaluate_count=question.total, evaluate_table=question.cells
    )


def attrition(session: Session, request: Request) -> SafeAttrition:
    """How many people are left after having an index event and after each rule, in the order of the document."""
    question = _Question(session, request, members_only=False)
    return session.gate.release_attrition(
        question.gate_request(), question.steps(), evaluate_count=question.total, evaluate_failures=question.failures
    )


def inclusion(session: Session, request: Request) -> SafeInclusion:
    """How many entries pass which rules, in both of OHDSI's modes; for tiers with exact numbers only."""
    question = _Question(session, request, members_only=False)
    return session.gate.release_inclusion(question.gate_request(), question.rules(), question.inclusion)


def incidence(session: Session, request: Request) -> SafeIncidence:
    """Persons and days at risk, and outcomes, by calendar period; for tiers with exact numbers only. Raises
    `AnalysisProblem` when the document does not say of what."""
    question = _AtRisk(session, request)
    return session.gate.release_incidence(question.gate_request(), question.outcome(), question.incidence)


def genotype_counts(session: Session, request: Request) -> SafeGenotypes:
    """Genotypes, allele frequency and missingness of each variant of the request within the cohort. Raises
    `AnalysisProblem` when there are none, or one twice."""
    question = _Genotyped(session, request)
    return session.gate.release_genotypes(question.gate_request(), question.tables(), evaluate_count=question.total)


def linkage(session: Session, request: Request) -> SafeLinkage:
    """Linkage disequilibrium of the two variants of the request within the cohort; for tiers with exact numbers only.
    Raises `AnalysisProblem` unless there are two, each of one allele of the release."""
    question = _Genotyped(session, request)
    return session.gate.release_linkage(question.gate_request(), question.pair(), question.linkage)


def run(session: Session, cohort: Cohort, library: Mapping[str, Cohort]) -> CohortResult:
    """The cohort itself, for other targets to be compared with inside the engine; it never leaves."""
    plan = analyze(cohort, session.dictionaries, library).plan
    return _execute(session, plan, session.genotypes)


class _Question:
    """One request on its way: what it means is fixed at once, the counting waits for the gate to ask.

    With `members_only` nothing is asked about people outside of the cohort.
    """

    def __init__(self, session: Session, request: Request, *, members_only: bool = True) -> None:
        self._members_only = members_only
        self._session = session
        self._request = request
        self._analysis: Analysis = analyze(request.cohort, session.dictionaries, request.library)
        self._limits = session.policy.of(request.principal.tier)
        check_size(plan_size(self._analysis.plan), self._limits)
        check_frequencies(self._analysis.plan, self._limits)
        self._dimensions = self._asked_dimensions()
        plan_cohort(self._analysis.plan, DEFAULT_TARGET)  # refuse what no target can do before anything is charged

    def gate_request(self) -> GateRequest:
        return GateRequest(
            principal=self._request.principal,
            query_hash=fingerprint(self._analysis.plan),
            consent_base_id=self._consent.id,
            precision=self._request.precision,
        )

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
        )

    def steps(self) -> Steps:
        names = (ENTRY_STEP, *(f"{rule.kind.value} {rule.name}" for rule in self._analysis.plan.rules))
        ordered = fingerprint(self._analysis.plan, ordered=True)
        return Steps(spec=ordered, labels=tuple((name,) for name in names))

    def total(self) -> RawHistogram:
        return count_members(members(self._result, self._consent.members))

    def cells(self) -> RawHistogram:
        facts = PersonFacts(people=self._session.people, database=self._session.database, genotypes=self._genotypes)
        columns = [
            dimension_column(dimension, labels, facts=facts, index_day=self._result.index_day)
            for dimension, labels in zip(self._dimensions, self._labels, strict=True)
        ]
        return count_cells(members(self._result, self._consent.members), columns)

    def failures(self) -> RawHistogram:
        return count_failures(self._result, self._consent.members, self.steps().labels)

    def rules(self) -> Unprotected:
        return Unprotected(kind=ExactOnly.INCLUSION, spec=fingerprint(self._analysis.plan, ordered=True))

    def inclusion(self) -> RawInclusion:
        base = self._consent.members
        return RawInclusion(
            rules=tuple(f"{rule.kind.value} {rule.name}" for rule in self._analysis.plan.rules),
            modes=tuple((mode, inclusion_statistics(self._result, mode, base)) for mode in InclusionMode),
        )

    def _asked_dimensions(self) -> tuple[Dimension, ...]:
        if self._request.dimensions is None:
            return self._analysis.dimensions
        for dimension in self._request.dimensions:
            check_dimension(dimension, self._session.dictionaries)
        return self._request.dimensions

    @property
    def _consent(self) -> ConsentBase:
        return self._session.consent[self._request.principal.tier]

    @cached_property
    def _genotypes(self) -> GenotypeReader:
        session = self._session
        return GenotypeReader(session.genotypes, session.finder.annotation, is_exact=self._limits.is_exact)

    @cached_property
    def _labels(self) -> list[tuple[str, ...]]:
        questions = self._session.dictionaries.questions
        return [dimension_labels(dimension, self._session.people, questions) for dimension in self._dimensions]

    @cached_property
    def _result(self) -> CohortResult:
        return _execute(self._session, self._analysis.plan, self._store, members_only=self._members_only)

    @property
    def _store(self) -> GenotypeStore:
        return self._session.genotypes if self._limits.is_exact else self._session.guarded_genotypes


class _Genotyped(_Question):
    """A request for genotypes: beside the cohort, the variants asked for."""

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        self._variants = request.variants
        if not self._variants:
            raise AnalysisProblem("no-variants", "no variant is named", hint='name one, as in "rs671"')
        for variant in self._variants:
            check_dimension(Dimension(kind=DimensionKind.GENOTYPE, variant=variant), session.dictionaries)
        texts = [genotype_text(variant) for variant in self._variants]
        if len(set(texts)) < len(texts):
            raise AnalysisProblem("variant-twice", "a variant is named twice", hint="name each variant once")

    def tables(self) -> tuple[GenotypeTable, ...]:
        """One table a variant, the same as of a breakdown by its genotype."""
        return tuple(self._table(variant) for variant in self._variants)

    def pair(self) -> Unprotected:
        if len(self._variants) != 2:
            raise AnalysisProblem("linkage-variants", "linkage disequilibrium is of two variants")
        return Unprotected(kind=ExactOnly.LINKAGE, spec=" and ".join(map(genotype_text, self._variants)))

    def linkage(self) -> RawLinkage:
        first, second = (self._row(variant) for variant in self._variants)
        cohort = members(self._result, self._consent.members)
        found = self._session.genotypes.linkage(first, second, cohort)
        return RawLinkage(persons=found.people, r_squared=found.r_squared, d_prime=found.d_prime)

    def _table(self, variant: VariantById) -> GenotypeTable:
        def count() -> RawHistogram:
            return count_cells(members(self._result, self._consent.members), [self._genotypes.column(variant)])

        return GenotypeTable(
            variant=variant.name,
            breakdown=Breakdown(
                spec=genotype_text(variant),
                labels=table_labels([GENOTYPE_LABELS]),
                variants=(self._genotypes.frequency(variant),),
            ),
            evaluate=count,
            alleles=lambda: self._genotypes.alleles(variant),
        )

    def _row(self, variant: VariantById) -> int:
        rows = self._session.genotypes.select(variant)
        if rows.size != 1:
            raise AnalysisProblem(
                "linkage-allele",
                f"{variant.name} names {rows.size} alleles of the release; linkage disequilibrium is of one and one",
                hint='name an allele, as in "12-111803962-G-A"',
            )
        return int(rows[0])


class _AtRisk(_Question):
    """A request for incidence: beside the cohort, the times at risk of those in it."""

    def __init__(self, session: Session, request: Request) -> None:
        super().__init__(session, request)
        if self._analysis.incidence is None:
            raise AnalysisProblem(
                "no-incidence",
                "the document does not say what outcome to count",
                hint="add `incidence of first condition in … per year`",
            )
        self._asked = self._analysis.incidence
        self._plan = at_risk(self._analysis.plan, self._asked)
        check_size(plan_size(self._plan), self._limits)
        self._physical = plan_cohort(self._plan, DEFAULT_TARGET)

    def outcome(self) -> Unprotected:
        return Unprotected(kind=ExactOnly.INCIDENCE, spec=fingerprint(self._analysis.plan, self._asked))

    def incidence(self) -> RawIncidence:
        entries = scan_entries(
            self._physical,
            target=self._session.target,
            genotypes=self._store,
            persons=self._session.release.persons,
        )
        (outcome,) = self._plan.rules
        ended = evaluate(outcome.condition, entries.truth, len(entries))
        return count_incidence(times_at_risk(entries, ended, self._consent.members), self._asked.per)


def _execute(
    session: Session, plan: CohortPlan, genotypes: GenotypeStore, *, members_only: bool = False
) -> CohortResult:
    return execute(
        plan_cohort(plan, DEFAULT_TARGET),
        target=session.target,
        genotypes=genotypes,
        persons=session.release.persons,
        members_only=members_only,
    )


def _sql(plan: PhysicalPlan) -> list[str]:
    """SQL of every entry scan, sub-cohorts first. Values are parameters and do not show."""
    inner = [sql for sub in plan.cohorts for sql in _sql(sub.plan)]
    names = cohort_tables(tuple(sub.cohort for sub in plan.cohorts))
    return [*inner, compile_scan(plan.scan, names, pretty=True).sql]
