"""What can be said of a document without looking at anybody's data."""

from collections.abc import Callable, Mapping
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
from engine.physical.capabilities import DEFAULT_TARGET
from engine.physical.cost import check_size, plan_size
from engine.physical.explain import explain_physical
from engine.physical.nodes import PhysicalPlan
from engine.physical.planner import plan_cohort
from engine.pipeline.question import Request, access_of
from engine.session import Session
from engine.targets.duckdb import cohort_tables, compile_scan
from schemas.errors import NotAllowed, Problem, TooExpensive
from schemas.policy import AccessTier, CostClass


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
    access_of(session, tier, Asked(cohort=cohort, library=library, tables=session.policy.of(tier).genotypes))
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
    return (*found, *refusals(asked, access, session.reference_frequency))


def _refusal_of(check: Callable[[], object]) -> Problem | None:
    try:
        check()
    except (NotAllowed, TooExpensive) as refusal:
        return refusal
    return None


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


def _sql(plan: PhysicalPlan) -> list[str]:
    """SQL of every entry scan, sub-cohorts first. Values are parameters and do not show."""
    inner = [sql for sub in plan.cohorts for sql in _sql(sub.plan)]
    names = cohort_tables(tuple(sub.cohort for sub in plan.cohorts))
    return [*inner, compile_scan(plan.scan, names, pretty=True).sql]
