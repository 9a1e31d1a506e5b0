"""A question from text to protected answer, step by step: analyse, plan, execute, aggregate, gate.

No step is skipped and none looks back. Who is where is found out inside the gate's callback, so a question answered
before is never computed again.
"""

from engine.aggregate.intervals import Window
from engine.disclosure.safe import (
    SafeAttrition,
    SafeCounts,
    SafeExecution,
    SafeGenotypes,
    SafeIncidence,
    SafeInclusion,
    SafeLinkage,
    SafeSeries,
    SafeTable,
)
from engine.execute import Wanted
from engine.pipeline.at_risk import AtRisk, Between
from engine.pipeline.genotyped import Genotyped
from engine.pipeline.prevalence import InTime, Series
from engine.pipeline.question import Question, Request
from engine.pipeline.reading import Explanation, Validation, explain, validate, why_refused
from engine.pipeline.several import overlap, profile
from engine.pipeline.warming import warm
from engine.session import Session

__all__ = [
    "Explanation",
    "Request",
    "Series",
    "Validation",
    "Window",
    "attrition",
    "breakdown",
    "count",
    "explain",
    "explain_analyzed",
    "genotype_counts",
    "incidence",
    "inclusion",
    "linkage",
    "overlap",
    "prevalence",
    "profile",
    "validate",
    "warm",
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
    question = Question(session, request, Wanted.STEPS)
    return session.gate.release_attrition(
        question.gate_request(), question.steps(), evaluate_count=question.total, evaluate_failures=question.failures
    )


def inclusion(session: Session, request: Request) -> SafeInclusion:
    """How many entries pass which rules, in both of OHDSI's modes; for tiers with exact numbers only."""
    question = Question(session, request, Wanted.RULES)
    return session.gate.release_inclusion(question.gate_request(), question.rules(), question.inclusion)


def incidence(session: Session, request: Request, between: Between | None = None) -> SafeIncidence:
    """Persons and days at risk, and outcomes, by calendar period and the request's dimensions, between two days where
    they are given; for tiers with exact numbers only. Raises `AnalysisProblem` when the document does not say of what,
    or a split has no such days."""
    question = AtRisk(session, request, between)
    return session.gate.release_incidence(question.gate_request(), question.outcome(), question.incidence)


def prevalence(session: Session, request: Request, series: Series) -> SafeSeries:
    """Persons under observation, and those of them in the cohort, interval by interval and by the request's dimensions.
    Raises `AnalysisProblem` for dimensions other than sex, age, region and race."""
    question = InTime(session, request, series)
    return session.gate.release_prevalence(question.gate_request(), question.asked, question.in_time)


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


def explain_analyzed(session: Session, request: Request) -> SafeExecution:
    """What counting the cohort takes, node by node, beside what was expected; for tiers with exact numbers only."""
    question = Question(session, request)
    return session.gate.release_execution(question.gate_request(), question.run(), question.execution)
