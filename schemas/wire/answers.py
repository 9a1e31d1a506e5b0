"""What is given back: protected or exact numbers, and what is known of a document."""

from typing import Literal

from pydantic import Field, JsonValue

from schemas.inclusion import InclusionMode
from schemas.policy import AccessTier, CostClass, Precision
from schemas.series import PrevalenceMeasure
from schemas.wire.form import Real, Whole, Wire, YesNo


class Number(Wire):
    """A protected number; the true one lies within `value` ± `margin` in 95 of 100 answers."""

    value: Whole
    margin: Whole


class BelowThreshold(Wire):
    """The protected number lies below this threshold; nothing more is said, not even whether it is zero."""

    less_than: Whole


Value = Number | BelowThreshold


class PrecisionUsed(Wire):
    """`name` and `sigma` (standard deviation of the noise, in persons) are absent when `exact`.

    `margin` is the half-width of the 95 % interval of a single count.
    """

    name: Precision | None
    sigma: Whole | None
    margin: Whole
    exact: YesNo


class BudgetBalance(Wire):
    """What an account has spent and may spend this year, in nano-rho; `counts_left` at the tier's usual precision."""

    account: str
    spent: Whole
    cap: Whole
    remaining: Whole
    counts_left: Whole | None = None


class TextSpan(Wire):
    """Half-open range of characters in the text sent."""

    start: Whole
    end: Whole


class UnmatchedName(Wire):
    """A name in the document that the release's dictionaries do not have, which therefore matches nobody."""

    kind: str
    name: str
    hint: str | None = None
    span: TextSpan | None = None


class LintItem(Wire):
    """Something a document says that is valid and probably not meant; `fix` says what to write instead.

    `code` is explained in docs/reference/lints.md; `line` and `column` count from 1.
    """

    code: str
    severity: Literal["warning", "info"]
    message: str
    fix: str | None = None
    span: TextSpan | None = None
    line: Whole | None = None
    column: Whole | None = None


class NoteItem(Wire):
    """Something to know about what an OHDSI definition became; `place` is a JSON Pointer into the definition."""

    place: str
    text: str


class Answer(Wire):
    """What every answer about a cohort carries. `query` is the canonical hash: equal meanings have equal hashes."""

    release: str
    policy_version: str
    policy_sha256: str
    query: str
    tier: AccessTier
    precision: PrecisionUsed
    charged: Whole = Field(description="nano-rho; 0 when this was asked before")
    remaining_budget: list[BudgetBalance]
    unmatched: list[UnmatchedName]


class CountAnswer(Answer):
    """How many persons are in the cohort."""

    count: Value


class Cell(Wire):
    """One cell of a table, labelled by one word a dimension."""

    label: list[str]
    count: Value


class Share(Wire):
    """A proportion between 0 and 1; the true one lies between `low` and `high` in 95 of 100 answers."""

    value: Real
    low: Real
    high: Real


class ShareWithin(Wire):
    """A proportion too close to 0 or 1 to show: the noisy one lies between these two."""

    at_least: Real
    at_most: Real


Proportion = Share | ShareWithin


class Estimate(Wire):
    """A number; the true one lies between `low` and `high` in at least 95 of 100 answers."""

    value: Real
    low: Real
    high: Real


class Summary(Wire):
    """Mean, and lower, middle and upper quartile, of a numeric dimension. They follow from the cells, so that `low` and
    `high` hold all that is not known inside of a band; narrower bands make them narrower."""

    dimension: str
    mean: Estimate
    quartiles: list[Estimate]


class BreakdownAnswer(Answer):
    """The cohort's count and its breakdown; cells, hidden ones included, add up to the total. `shares` are those of the
    cells in the total, in their order; `summaries` those of numeric dimensions, none where the total is hidden."""

    dimensions: list[str]
    total: Value
    cells: list[Cell]
    shares: list[Proportion]
    summaries: list[Summary]


class Step(Wire):
    """Persons left after a step."""

    name: str
    left: Value


class AttritionAnswer(Answer):
    """From the persons of the release, step by step, to the cohort."""

    population: Whole
    steps: list[Step]


class InclusionRule(Wire):
    """A rule, numbered from 1: how many entries pass it, and how many pass all others but not it (`gain`)."""

    number: Whole
    name: str
    passed: Value
    gain: Value


class InclusionPattern(Wire):
    """Entries that pass just the rules with these numbers."""

    passed: list[Whole]
    entries: Value


class InclusionCounts(Wire):
    """OHDSI's inclusion statistics of all entries (`events`), or of one a person (`best event`): the one that passes
    most rules, of those the one whose first passed rule comes earliest, of those the earliest."""

    mode: InclusionMode
    total: Value
    passed_all: Value
    rules: list[InclusionRule]
    patterns: list[InclusionPattern]


class InclusionAnswer(Answer):
    """How many entries pass which rules; exact, for the internal tier only."""

    modes: list[InclusionCounts]


class IncidenceRate(Wire):
    """Outcomes per 1,000 person-years of 365.25 days, with the exact 95 % interval of a Poisson mean."""

    per_1000_person_years: Real
    low: Real
    high: Real


class IncidencePeriod(Wire):
    """One calendar year (`2012`), month (`2012-03`), or the `total`; without time at risk there is no `rate`.

    Person-days and outcomes add up to the total; persons are counted once in it.
    """

    period: str
    persons_at_risk: Value
    person_days: Value
    persons_with_outcome: Value
    outcomes: Value
    rate: IncidenceRate | None


class IncidenceStratum(IncidencePeriod):
    """A stratum of a period, labelled by one word a dimension; age is that on the period's first day."""

    label: list[str]


class IncidenceAnswer(Answer):
    """Time at risk and outcomes by calendar period; exact, for the internal tier only. `strata` are those with time at
    risk, by `dimensions`; all numbers of a period's strata add up to the period's."""

    periods: list[IncidencePeriod]
    total: IncidencePeriod
    dimensions: list[str] = Field(default_factory=list[str])
    strata: list[IncidenceStratum] = Field(default_factory=list[IncidenceStratum])


class PrevalenceRow(Wire):
    """Persons under observation in an interval, and those of them in the cohort, in a stratum labelled by one word a
    dimension; age is that on the interval's first day, or on its middle day where that is what counts."""

    interval: str
    label: list[str]
    observed: Value
    cases: Value
    prevalence: Proportion


class PrevalenceAnswer(Answer):
    """How common a cohort is over time. Every number of a protected answer has noise of its own, so that strata need
    not add up."""

    measure: PrevalenceMeasure
    dimensions: list[str]
    rows: list[PrevalenceRow]


class ExactAlleles(Wire):
    """What only the internal tier sees: variants of the release that the name fits, alternate alleles, alleles called,
    and the exact p-value of Hardy-Weinberg equilibrium, absent unless the name fits one variant."""

    alleles: list[str]
    allele_count: Whole
    allele_number: Whole
    hardy_weinberg: Real | None


class VariantGenotypes(Wire):
    """Genotypes of one variant. `missing` is the proportion of missing calls among persons with a sample and a copy;
    absent where the variant is not known to be common and missing calls count as the reference."""

    variant: str
    genotypes: list[Cell]
    frequency: Proportion
    missing: Proportion | None
    exact: ExactAlleles | None = None


class GenotypesAnswer(Answer):
    """The cohort's count, and its genotypes at each variant, which add up to it, hidden ones included."""

    total: Value
    variants: list[VariantGenotypes]


class OverlapCohort(Wire):
    """One cohort of an overlap."""

    name: str
    query: str
    count: Value


class OverlapRegion(Wire):
    """Persons in all of the cohorts at these positions (the first is 0), and in none of the others."""

    cohorts: list[Whole]
    count: Value


class OverlapAnswer(Answer):
    """Persons in every combination of cohorts. Regions are disjoint; those of a cohort, hidden ones included, add up to
    its count, and so do unions and intersections."""

    cohorts: list[OverlapCohort]
    regions: list[OverlapRegion]


class ProfileGroup(Wire):
    """Persons of the cohort in a group."""

    name: str
    query: str
    count: Value


class ProfileAnswer(Answer):
    """A cohort's count, and its persons in each group; groups may overlap. Each person is counted in at most `most` of
    them, so that numbers are too small where many are in more; absent where everybody is counted in all."""

    total: Value
    groups: list[ProfileGroup]
    most: Whole | None


class LinkageAnswer(Answer):
    """Linkage disequilibrium of two variants among `persons` with two copies and calls of both, from the
    maximum-likelihood haplotype frequencies; absent where a variant does not vary among them."""

    variants: list[str]
    persons: Value
    r_squared: Real | None
    d_prime: Real | None


class ValidationAnswer(Wire):
    """A document that reads and can be meant, and what it would take to answer it; `notes` are about an OHDSI
    definition."""

    release: str
    policy_version: str
    policy_sha256: str
    query: str
    cost_class: CostClass
    leaves: Whole
    depth: Whole
    unmatched: list[UnmatchedName]
    lints: list[LintItem]
    notes: list[NoteItem]


class ExplanationAnswer(Wire):
    """How a document is understood and computed; `physical` and `sql` only inside the trusted environment."""

    release: str
    policy_version: str
    policy_sha256: str
    query: str
    text: str
    logical: str
    physical: str | None = None
    sql: list[str] | None = None
    unmatched: list[UnmatchedName]


class ExpectedNode(Wire):
    """What was expected of a node before it was worked out: rows of its result, bytes they take, events to be read,
    and time."""

    rows: Whole
    bytes: Whole
    events: Whole
    milliseconds: Real


class ExecutedNode(Wire):
    """One node of a plan. What `expected` says of rows and bytes beside what they came to; `milliseconds` are absent
    where the result was kept from an earlier question."""

    node: str
    target: str
    expected: ExpectedNode | None = None
    rows: Whole
    bytes: Whole
    milliseconds: Real | None = None


class ExecutionAnswer(Answer):
    """What running a plan took, node by node in the order they were worked out."""

    nodes: list[ExecutedNode]


class FormattedDocument(Wire):
    """The document as text, as the formatter writes it, and as JSON; `canonical_hash` is the same for both."""

    canonical_hash: str
    text: str
    cohort: dict[str, JsonValue]


class ImportedDefinition(FormattedDocument):
    """What an OHDSI definition became; lints have their place in `text`."""

    notes: list[NoteItem]
    lints: list[LintItem]


class ExportedDefinition(Wire):
    """A document as an OHDSI cohort definition."""

    definition: dict[str, JsonValue]


class CompletionItem(Wire):
    """Something that may come next; `insert` replaces the text from `start` to the place asked about."""

    insert: str
    kind: str
    start: Whole


class Completions(Wire):
    """What may come next, in the order to offer it."""

    items: list[CompletionItem]
