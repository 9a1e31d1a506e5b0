"""What is asked of the gate, by whom, and the refusals that depend on the text alone."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from engine.aggregate import Label
from engine.aggregate.overlap import overlap_labels
from engine.aggregate.prevalence import prevalence_labels
from engine.aggregate.profile import profile_labels
from engine.disclosure.account import Account, AccountKind
from schemas.errors import AnalysisProblem, NotAllowed, TooExpensive
from schemas.policy import COMMON_FREQUENCY, ONE_HOT, SINGLE, AccessTier, Budget, GenotypeAccess, Precision, TierPolicy

MOST_OVERLAPPING = 4
"""Cohorts in an overlap: 15 cells, each with its own noise."""

LEAST_REASON = 10
MOST_REASON = 500
"""Characters of a reason. What it says is read by people, every month."""

Settling = Callable[[], None]
"""Returns when a question whose people are known, or could not be found out, may be charged and logged. Called once, in
the thread that counted; what it raises ends the question, which then was neither charged nor answered."""


def at_once() -> None:
    """The settling of a question that nobody times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks: stable ids of the user, the approved project and the institution, and the tier they act in.

    `reason` says why they need exact numbers, `address` where they ask from; both are kept in the log. `linked` are ids
    of other accounts of the same person.
    """

    user: str
    project: str
    institution: str
    tier: AccessTier
    reason: str | None = None
    address: str | None = None
    linked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.user and self.project and self.institution):
            raise NotAllowed("principal-incomplete", "a request needs a user, a project and an institution")


def accounts_of(principal: Principal, budget: Budget) -> tuple[Account, ...]:
    """The accounts that pay for what a principal asks."""
    user, project, linked = principal.user, principal.project, principal.linked
    # A project of somebody's own bears their id, and is theirs under each.
    own = tuple(project.removesuffix(user) + other for other in linked) if project.endswith(user) else ()
    return (
        Account(kind=AccountKind.PROJECT, id=project, cap=budget.project, linked=own),
        Account(kind=AccountKind.USER, id=user, cap=budget.user, linked=linked),
        Account(kind=AccountKind.INSTITUTION, id=principal.institution, cap=budget.institution),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRequest:
    """One question: `query_hash` is the canonical hash of the cohort, `consent_base_id` names who consented to the
    project's purpose. An absent precision is the tier's default; a tier with exact numbers has none. `budget` is what
    the phase of the release allows, absent where that is the tier's. `document` is the question as a text, for
    the log. `settling` is waited for before anything is charged."""

    principal: Principal
    query_hash: str
    consent_base_id: str
    precision: Precision | None = None
    budget: Budget | None = None
    document: str = ""
    settling: Settling = at_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The whole cohort in one cell."""

    labels: tuple[Label, ...] = ((),)
    distance_squared: int = SINGLE
    presence_squared: int = SINGLE
    identity: tuple[str, ...] = ("count",)


COUNT = Total()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A dimension whose labels are bands of a number: its text, its words in order, and where each begins, with one
    number more for the end of the last. `place` is where in a label its word stands."""

    dimension: str
    place: int
    words: tuple[str, ...]
    edges: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A table: `spec` is the canonical text of its dimensions, `labels` its cells in order, one word a dimension.

    Labels must come from the vocabulary, the dictionary or the dimension's text, never from who is in the cohort.
    Someone without a value needs a cell too. `variants` has one entry for each variant whose genotypes it tells apart:
    the frequency reference data give, absent where they have none. `scales` has one entry for each numeric dimension.
    """

    spec: str
    labels: tuple[Label, ...]
    variants: tuple[float | None, ...] = ()
    scales: tuple["Scale", ...] = ()

    @property
    def distance_squared(self) -> int:
        return ONE_HOT

    @property
    def presence_squared(self) -> int:
        return SINGLE

    @property
    def identity(self) -> tuple[str, ...]:
        """The labels take part: a stored answer must never be read against other labels."""
        labels = json.dumps(self.labels, ensure_ascii=False, separators=(",", ":"))
        return ("table", self.spec, hashlib.sha256(labels.encode()).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Attrition: `spec` is the canonical text of the steps in order, `labels` their names, which change nothing."""

    spec: str
    labels: tuple[Label, ...]

    @property
    def distance_squared(self) -> int:
        return ONE_HOT

    @property
    def presence_squared(self) -> int:
        """Who is looked at leaves the cell that everybody is thought to be in, and may enter another."""
        return ONE_HOT

    @property
    def identity(self) -> tuple[str, ...]:
        return ("attrition", self.spec, str(len(self.labels)))


class ExactOnly(Enum):
    """Kinds of answer that no noise for one person covers: exact inside the trusted environment, refused elsewhere."""

    INCLUSION = "inclusion"
    INCIDENCE = "incidence"
    LINKAGE = "linkage"
    EXECUTION = "execution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unprotected:
    """An answer of one of these kinds; `spec` is the canonical text of what is asked beside the cohort, `rows` how many
    are asked for where they follow from the text."""

    kind: ExactOnly
    spec: str
    rows: int = 1

    @property
    def identity(self) -> tuple[str, ...]:
        return (self.kind.value, self.spec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Who is in which of the cohorts with these canonical hashes, in order."""

    hashes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 2 <= len(self.hashes) <= MOST_OVERLAPPING:
            raise AnalysisProblem("overlap-cohorts", f"an overlap is of 2 to {MOST_OVERLAPPING} cohorts")
        _check_distinct(self.hashes)

    @property
    def labels(self) -> tuple[Label, ...]:
        return overlap_labels(len(self.hashes))

    @property
    def distance_squared(self) -> int:
        return ONE_HOT

    @property
    def presence_squared(self) -> int:
        return SINGLE

    @property
    def identity(self) -> tuple[str, ...]:
        return ("overlap", *self.hashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How many of a cohort are in each of the groups with these canonical hashes, in order; a person is counted in at
    most `most`."""

    hashes: tuple[str, ...]
    most: int

    def __post_init__(self) -> None:
        _check_distinct(self.hashes)
        if not 1 <= self.most <= max(1, len(self.hashes)):
            raise AnalysisProblem("profile-most", "a person is counted in at least one group, and in no more than all")

    @property
    def labels(self) -> tuple[Label, ...]:
        return profile_labels(self.hashes)

    @property
    def distance_squared(self) -> int:
        return ONE_HOT * self.most

    @property
    def presence_squared(self) -> int:
        return self.most

    @property
    def identity(self) -> tuple[str, ...]:
        return ("profile", str(self.most), *self.hashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevalence:
    """A histogram for each of some intervals: `spec` is the canonical text of intervals and dimensions, `intervals` and
    `strata` their labels. A person is in at most one cell of each."""

    spec: str
    intervals: tuple[str, ...]
    strata: tuple[Label, ...]

    @property
    def labels(self) -> tuple[Label, ...]:
        return prevalence_labels(self.intervals, self.strata)

    @property
    def distance_squared(self) -> int:
        return ONE_HOT * len(self.intervals)

    @property
    def presence_squared(self) -> int:
        return len(self.intervals)

    @property
    def identity(self) -> tuple[str, ...]:
        """The labels take part: a stored answer must never be read against other labels."""
        labels = json.dumps(self.labels, ensure_ascii=False, separators=(",", ":"))
        return ("prevalence", self.spec, hashlib.sha256(labels.encode()).hexdigest())


def _check_distinct(hashes: tuple[str, ...]) -> None:
    if len(set(hashes)) < len(hashes):
        raise AnalysisProblem("cohort-twice", "two of the cohorts mean the same", hint="name each once")


Shape = Total | Breakdown | Steps | Overlap | Profile | Prevalence
"""What one histogram is over. `distance_squared` is the squared distance between the histograms of two releases that
differ in what one person's record says: what accounts pay for. `presence_squared` is the same when in one of them the
record is not counted: what the ledger per person charges."""


def check_exact(principal: Principal, rules: TierPolicy, *, gives_exact: bool) -> None:
    """Raise when the tier's numbers are exact and this process gives none, or when nobody says why they are needed."""
    if not rules.is_exact:
        return
    if not gives_exact:
        raise NotAllowed(
            "exact-elsewhere",
            "exact numbers are given inside the trusted environment, by a server of its own, and not here",
        )
    reason = (principal.reason or "").strip()
    if not (LEAST_REASON <= len(reason) <= MOST_REASON and reason.isprintable()):
        raise NotAllowed(
            "reason-needed",
            f"exact numbers need a reason in words, of {LEAST_REASON} to {MOST_REASON} characters on one line; it is "
            "kept in the log",
            hint="over HTTP send it as `Kohort-Reason`, on the command line as `--reason`; name nobody in it",
        )


def check_request(request: GateRequest, rules: TierPolicy, shapes: tuple[Shape, ...]) -> Precision | None:
    """The precision to answer with, absent when the tier's numbers are exact; raises when the tier forbids it."""
    check_interactive(rules)
    for shape in shapes:
        _check_shape(shape, rules)
    if rules.is_exact:
        return None
    precision = request.precision or rules.default_precision
    if precision is None or precision not in rules.precisions:
        raise NotAllowed(
            "precision-not-allowed",
            f"the {rules.tier.value} tier does not answer with this precision",
            expected=[allowed.value for allowed in rules.precisions],
        )
    return precision


def check_unprotected(rules: TierPolicy, asked: Unprotected) -> None:
    """Raise unless the tier's numbers are exact."""
    check_interactive(rules)
    if rules.is_exact:
        _check_limit("table-cells", "rows", asked.rows, rules.max_cells)
        return
    match asked.kind:
        case ExactOnly.INCLUSION:
            raise NotAllowed(
                "inclusion-exact-only",
                "inclusion statistics count entries, and one person may have any number of them, so noise that hides "
                "one person's record does not hide their entries",
                hint="ask for `attrition`, which counts persons rule by rule",
            )
        case ExactOnly.INCIDENCE:
            raise NotAllowed(
                "incidence-exact-only",
                "time at risk is not a count of persons: one person may add years of it, so noise that hides a count "
                "of one person does not hide their time",
                hint="ask for `count` or `breakdown` of those with the outcome",
            )
        case ExactOnly.LINKAGE:
            raise NotAllowed(
                "linkage-exact-only",
                "linkage disequilibrium is no count of persons: in a small cohort one person's two genotypes may "
                "decide it, so noise that hides a count of one person does not hide them",
                hint="ask for `breakdown` by the genotypes of both variants",
            )
        case ExactOnly.EXECUTION:
            raise NotAllowed(
                "execution-exact-only",
                "what a plan took shows how many people and entries every step found, and how long that takes "
                "depends on them",
                hint="ask for the plan alone, which depends on the document and on nobody's data",
            )
        case _:  # pragma: no cover - the enumeration is closed
            assert_never(asked.kind)


def check_variants(number: int, rules: TierPolicy) -> None:
    """Raise when a request names more variants than the tier may ask about at once."""
    check_interactive(rules)
    _check_access((), rules)
    _check_limit("genotype-variants", "variants in a request", number, rules.max_variants)


def check_interactive(rules: TierPolicy) -> None:
    """Raise when the tier asks no questions."""
    if not rules.is_interactive:
        raise NotAllowed(
            "tier-not-interactive",
            f"the {rules.tier.value} tier has published tables and no questions of its own",
            hint="ask for registered access, or use the published tables",
        )


def _check_shape(shape: Shape, rules: TierPolicy) -> None:
    match shape:
        case Total():
            return
        case Breakdown(labels=labels, variants=variants):
            if variants:
                _check_access(variants, rules)
            _check_limit("table-cells", "cells in a table", len(labels), rules.max_cells)
            dimensions = max((len(label) for label in labels), default=0)
            _check_limit("table-dimensions", "dimensions in a table", dimensions, rules.max_dimensions)
        case Steps(labels=labels):
            _check_limit("attrition-steps", "attrition steps", len(labels), rules.max_attrition_steps)
        case Prevalence(labels=labels, strata=strata):
            _check_limit("table-cells", "cells in a series", len(labels), rules.max_cells)
            if strata[0]:
                _check_limit("table-dimensions", "dimensions in a series", len(strata[0]), rules.max_dimensions)
        case Overlap(labels=labels) | Profile(labels=labels):
            _check_limit("table-cells", "cells in a table", len(labels), rules.max_cells)
        case _:  # pragma: no cover - the union is closed
            assert_never(shape)


def _check_access(variants: tuple[float | None, ...], rules: TierPolicy) -> None:
    """The refusal depends on the names and on annotation, never on whether the release has a variant."""
    match rules.genotypes:
        case GenotypeAccess.ANY:
            return
        case GenotypeAccess.COMMON:
            if all(frequency is not None and frequency >= COMMON_FREQUENCY for frequency in variants):
                return
            raise NotAllowed(
                "genotype-not-common",
                f"the {rules.tier.value} tier sees genotypes of variants that reference data call common, with a "
                f"frequency of at least {COMMON_FREQUENCY:.0%}; one of these is rarer or not known there",
                hint="ask how many carry one of its gene, with `carries variant in gene …`; the controlled tier may "
                "ask for any variant",
            )
        case GenotypeAccess.NONE:
            raise NotAllowed("genotype-not-allowed", f"the {rules.tier.value} tier sees no genotypes")
        case _:  # pragma: no cover - the enumeration is closed
            assert_never(rules.genotypes)


def _check_limit(code: str, what: str, asked: int, limit: int) -> None:
    if asked > limit or asked == 0:
        raise TooExpensive(code, f"{asked} {what}; this tier takes 1 to {limit}")
