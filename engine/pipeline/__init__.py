"""A question from text to protected answer, step by step: analyse, plan, execute, aggregate, gate.

No step is skipped and none looks back. Who is where is found out inside the gate's callback, so a question answered
before is never computed again.
"""

from collections.abc import Mapping

from cohort_dsl.ast import Cohort
from engine.disclosure.safe import (
    SafeAttrition,
    SafeCounts,
    SafeGenotypes,
    SafeIncidence,
    SafeInclusion,
    SafeLinkage,
    SafeTable,
)
from engine.logical.analyze import analyze
from engine.physical.entries import CohortResult
from engine.pipeline.at_risk import AtRisk
from engine.pipeline.genotyped import Genotyped
from engine.pipeline.question import Question, Request, run_plan
from engine.pipeline.reading import Explanation, Validation, explain, validate, why_refused
from engine.pipeline.several import overlap, profile
from engine.session import Session

__all__ = [
    "Explanation",
    "Request",
    "Validation",
    "attrition",
    "breakdown",
    "count",
    "explain",
    "genotype_counts",
    "incidence",
    "inclusion",
    "linkage",
    "overlap",
    "profile",
    "run",
    "validate",
    "why_refused",
]


def count(session: Session, request: Request) -> SafeCounts:
    """How many people are in the cohort."""
    question = Question(session, request)
    return session.gate.release_count(question.gate_request(), question.total)


def breakdown(session: Session, request: Request) -> SafeTable:
    """The cohort by the dimensions asked for; raises `AnalysisProblem` when there are none."""
    question = Question(session, request)
    table = question.breakdown()
    return session.gate.release_table(
        question.gate_request(), table, evaluate_count=question.total, evaluate_table=question.cells
    )


def attrition(session: Session, request: Request) -> SafeAttrition:
    """How many people are left after having an index event and after each rule, in the order of the document."""
    question = Question(session, request, members_only=False)
    return session.gate.release_attrition(
        question.gate_request(), question.steps(), evaluate_count=question.total, evaluate_failures=question.failures
    )


def inclusion(session: Session, request: Request) -> SafeInclusion:
    """How many entries pass which rules, in both of OHDSI's modes; for tiers with exact numbers only."""
    question = Question(session, request, members_only=False)
    return session.gate.release_inclusion(question.gate_request(), question.rules(), question.inclusion)


def incidence(session: Session, request: Request) -> SafeIncidence:
    """Persons and days at risk, and outcomes, by calendar period; for tiers with exact numbers only. Raises
    `AnalysisProblem` when the document does not say of what."""
    question = AtRisk(session, request)
    return session.gate.release_incidence(question.gate_request(), question.outcome(), question.incidence)


def genotype_counts(session: Session, request: Request) -> SafeGenotypes:
    """Genotypes, allele frequency and missingness of each variant of the request within the cohort. Raises
    `AnalysisProblem` when there are none, or one twice."""
    question = Genotyped(session, request)
    return session.gate.release_genotypes(question.gate_request(), question.tables(), evaluate_count=question.total)


def linkage(session: Session, request: Request) -> SafeLinkage:
    """Linkage disequilibrium of the two variants of the request within the cohort; for tiers with exact numbers only.
    Raises `AnalysisProblem` unless there are two, each of one allele of the release."""
    question = Genotyped(session, request)
    return session.gate.release_linkage(question.gate_request(), question.pair(), question.linkage)


def run(session: Session, cohort: Cohort, library: Mapping[str, Cohort]) -> CohortResult:
    """The cohort itself, for other targets to be compared with inside the engine; it never leaves."""
    plan = analyze(cohort, session.dictionaries, library).plan
    return run_plan(session, plan, session.genotypes)
