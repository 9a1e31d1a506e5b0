"""What can be said of a document without looking at anybody's data."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cohort_dsl import print_cohort
from cohort_dsl.ast import Cohort
from engine.catalog.vocabulary import Unmatched
from engine.disclosure.request import (
    check_interactive,
)
from engine.logical.access import Asked, granted, refusals
from engine.logical.analyze import analyze
from engine.logical.explain import explain as explain_node
from engine.logical.fingerprint import fingerprint
from engine.logical.frequencies import check_frequencies
from engine.physical.cost import check_size, plan_size
from engine.physical.explain import explain_physical
from engine.physical.nodes import PhysicalPlan
from engine.physical.planner import plan_cohort
from engine.pipeline.question import Request, access_of
from engine.pipeline.sensitive import check_sensitive, sensitive_refusals
from engine.session import Session
from engine.targets.duckdb import cohort_tables, compile_anchors, compile_last_days, compile_truths
from schemas.errors import NotAllowed, Problem, TooExpensive
from schemas.policy import AccessTier, CostClass

_DUCKDB = "duckdb"


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
    """How a document will be computed: canonical text, logical and physical plan, SQL of each fragment that
    DuckDB computes (other targets have none)."""

    text: str
    logical: str
    physical: str
    sql: tuple[str, ...]
    unmatched: tuple[Unmatched, ...]


def validate(session: Session, cohort: Cohort, library: Mapping[str, Cohort], tier: AccessTier) -> Validation:
    """Check a document against the dictionaries and the tier's limits; raises `Problems` or a refusal."""
    analysis = analyze(cohort, session.dictionaries, library)
    access_of(session, tier, Asked(cohort=cohort, library=library, tables=session.policy.of(tier).genotypes))
    check_sensitive(session, cohort, library, session.policy.of(tier))
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


def why_refused(session: Session, request: Request, *, phase: int) -> tuple[Problem, ...]:
    """Every reason why a tier would be refused this today, were the release of this phase; none when it would not.

    Raises `Problems` when the document cannot be meant.
    """
    analysis = analyze(request.cohort, session.dictionaries, request.library)
    rules = session.policy.of(request.principal.tier)
    size = plan_size(analysis.plan)
    checks: tuple[Callable[[], object], ...] = (
        lambda: check_interactive(rules),
        lambda: check_size(size, rules),
        lambda: check_frequencies(analysis.plan, rules),
    )
    found = [problem for check in checks if (problem := _refusal_of(check)) is not None]
    try:
        access = granted(session.policy, rules.tier, phase=phase, on=session.today())
    except NotAllowed as refusal:
        return (*found, refusal)
    asked = Asked(cohort=request.cohort, library=request.library, precision=request.precision)
    sensitive = sensitive_refusals(
        session,
        request.cohort,
        request.library,
        rules,
        project=request.principal.project,
        precision=access.precision(request.precision, rules.default_precision) or rules.default_precision,
    )
    return (*found, *refusals(asked, access, session.reference_frequency), *sensitive)


def _refusal_of(check: Callable[[], object]) -> Problem | None:
    try:
        check()
    except (NotAllowed, TooExpensive) as refusal:
        return refusal
    return None


def explain(session: Session, cohort: Cohort, library: Mapping[str, Cohort], target: str | None = None) -> Explanation:
    """Show the plans and the SQL of a document, on the session's targets or on one. Nothing is computed and nothing
    depends on anybody's data.

    Raises `Unsupported` for a target that is unknown or cannot compute the document.
    """
    analysis = analyze(cohort, session.dictionaries, library)
    physical = plan_cohort(analysis.plan, *(session.targets if target is None else (target,)))
    return Explanation(
        text=print_cohort(cohort),
        logical="\n".join(explain_node(node) for node in (analysis.plan, analysis.incidence) if node is not None),
        physical=explain_physical(physical),
        sql=tuple(_sql(physical)),
        unmatched=analysis.unmatched,
    )


def _sql(plan: PhysicalPlan) -> Iterator[str]:
    """SQL of every fragment that DuckDB computes, sub-cohorts first. Values are parameters and do not show."""
    for sub in plan.cohorts:
        yield from _sql(sub.plan)
    names = cohort_tables(tuple(sub.cohort for sub in plan.cohorts))
    if plan.entries == _DUCKDB:
        yield compile_anchors(plan.cohort.entry, names, pretty=True).sql
    if plan.ends == _DUCKDB:
        yield compile_last_days(plan.cohort.exit, names, pretty=True).sql
    atoms = tuple(scan.atom for scan in plan.columns if scan.target == _DUCKDB)
    if atoms:
        yield compile_truths(atoms, names, pretty=True).sql
