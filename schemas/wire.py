"""What travels over HTTP: requests, answers and problems, as the models the OpenAPI document is made from.

Nothing in here computes. A count travels as `{"value": 1230, "margin": 44}` or, below the threshold, as
`{"less_than": 81}`; budgets are whole nano-rho (see docs/understand/disclosure.md).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from schemas.inclusion import InclusionMode
from schemas.policy import AccessTier, CostClass, Precision

MOST_BYTES = 1_048_576
"""Bytes of a request body, measured before it is read as JSON; the largest published OHDSI definition has 680,000."""

MOST_ANONYMOUS_BYTES = 65_536
"""The same for callers without a token."""

MOST_LIBRARY = 16
"""Cohorts a request may send along for reference by name."""

MOST_VARIANTS = 100
"""Variants in a request, of any tier."""

MOST_OVERLAPPING = 4
"""Cohorts in an overlap."""

MOST_GROUPS = 20
"""Groups in a profile; each is a cohort to be computed."""

_EXAMPLE_TEXT = (
    'cohort "Adults with type 2 diabetes"\n\nlet t2dm = concept 201826 with descendants\n\n'
    "index first condition in t2dm where age >= 18\ncount by sex, age(10)\n"
)

_SECOND_EXAMPLE_TEXT = 'cohort "Adults seen in hospital"\n\nindex first visit where age >= 18\n'

_EXAMPLE_DEFINITION: dict[str, JsonValue] = {
    "ConceptSets": [
        {"id": 0, "name": "Type 2 diabetes", "expression": {"items": [{"concept": {"CONCEPT_ID": 201826}}]}}
    ],
    "PrimaryCriteria": {
        "CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0}}],
        "ObservationWindow": {"PriorDays": 365, "PostDays": 0},
        "PrimaryCriteriaLimit": {"Type": "First"},
    },
    "QualifiedLimit": {"Type": "First"},
    "ExpressionLimit": {"Type": "First"},
}

Semantics = Literal["circe-exact", "corrected"]
"""How an OHDSI definition is understood."""

Name = Annotated[str, Field(min_length=1, max_length=256)]
Text = Annotated[str, Field(max_length=MOST_BYTES)]


class Wire(BaseModel):
    """Closed and frozen: a field that is not declared is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- requests -------------------------------------------------------------------------------------


class CohortDocument(Wire):
    """A cohort as `text`, or as `cohort` in JSON; exactly one of the two. An OHDSI definition is known by its shape."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT}]})

    text: Text | None = Field(default=None, description="the document in the language")
    cohort: dict[str, JsonValue] | None = Field(
        default=None,
        description="the document in its JSON form, or an OHDSI cohort definition (Circe JSON, as ATLAS exports it)",
    )
    library: dict[Name, Text] = Field(
        default_factory=dict,
        max_length=MOST_LIBRARY,
        description="documents in text that this one refers to by name: name -> text",
    )


class CountRequest(CohortDocument):
    """A cohort to be counted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "precision": "standard"}]})

    precision: Precision | None = Field(default=None, description="how much noise; absent means the tier's default")


class BreakdownRequest(CountRequest):
    """A cohort to be counted by the dimensions of `by`, or of its own `count by` where `by` is absent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "by": ["sex", "age(10)"]}]})

    by: list[Name] | None = Field(
        default=None, min_length=1, max_length=8, description="dimensions, written as after `count by`"
    )


class GenotypesRequest(CountRequest):
    """A cohort, and the variants whose genotypes are to be counted in it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "variants": ["rs671", "1-55039974-G-T"]}]}
    )

    variants: list[Name] = Field(
        min_length=1,
        max_length=MOST_VARIANTS,
        description="rsIDs, `contig-position-ref-alt` on GRCh38, or HGVS names; a tier may take fewer at once",
    )


class OverlapRequest(Wire):
    """Cohorts whose overlap is to be counted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cohorts": [{"text": _EXAMPLE_TEXT}, {"text": _SECOND_EXAMPLE_TEXT}]}]}
    )

    cohorts: list[CohortDocument] = Field(min_length=2, max_length=MOST_OVERLAPPING, description="2 to 4 documents")
    precision: Precision | None = Field(default=None, description="how much noise; absent means the tier's default")


class ProfileRequest(CountRequest):
    """A cohort, and groups, which are cohorts too, of whose people those in the cohort are to be counted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "groups": [{"text": _SECOND_EXAMPLE_TEXT}], "most": 1}]}
    )

    groups: list[CohortDocument] = Field(min_length=1, max_length=MOST_GROUPS)
    most: int = Field(
        default=1,
        ge=1,
        le=MOST_GROUPS,
        description="in how many groups a person is counted at most, which is also how many tables it costs",
    )


class LinkageRequest(CohortDocument):
    """A cohort, and two variants."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "variants": ["rs671", "rs1229984"]}]}
    )

    variants: list[Name] = Field(min_length=2, max_length=2, description="written as for genotypes")


class CompletionRequest(Wire):
    """A text being written, and the place in it, counted in characters from 0."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": 'cohort "x"\nindex first ', "position": 23}]})

    text: Text
    position: int = Field(ge=0, le=MOST_BYTES)


class DefinitionImport(Wire):
    """An OHDSI cohort definition to be read into the language."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"definition": _EXAMPLE_DEFINITION}]})

    definition: dict[str, JsonValue] = Field(description="Circe JSON, or the envelope WebAPI sends it in")
    mode: Semantics = Field(
        default="circe-exact",
        description="`circe-exact`: what OHDSI's SQL computes; `corrected`: what the attributes are called",
    )
    name: Name | None = Field(default=None, description="name of the cohort; the definition's own if absent")


# --- answers --------------------------------------------------------------------------------------


class Number(Wire):
    """A protected number; the true one lies within `value` ± `margin` in 95 of 100 answers."""

    value: int
    margin: int


class BelowThreshold(Wire):
    """The protected number lies below this threshold; nothing more is said, not even whether it is zero."""

    less_than: int


Value = Number | BelowThreshold


class PrecisionUsed(Wire):
    """`name` and `sigma` (standard deviation of the noise, in persons) are absent when `exact`.

    `margin` is the half-width of the 95 % interval of a single count.
    """

    name: Precision | None
    sigma: int | None
    margin: int
    exact: bool


class BudgetBalance(Wire):
    """What an account has spent and may spend this year, in nano-rho; `counts_left` at the tier's usual precision."""

    account: str
    spent: int
    cap: int
    remaining: int
    counts_left: int | None = None


class TextSpan(Wire):
    """Half-open range of characters in the text sent."""

    start: int
    end: int


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
    line: int | None = None
    column: int | None = None


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
    charged: int = Field(description="nano-rho; 0 when this was asked before")
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

    value: float
    low: float
    high: float


class ShareWithin(Wire):
    """A proportion too close to 0 or 1 to show: the noisy one lies between these two."""

    at_least: float
    at_most: float


Proportion = Share | ShareWithin


class Estimate(Wire):
    """A number; the true one lies between `low` and `high` in at least 95 of 100 answers."""

    value: float
    low: float
    high: float


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

    population: int
    steps: list[Step]


class InclusionRule(Wire):
    """A rule, numbered from 1: how many entries pass it, and how many pass all others but not it (`gain`)."""

    number: int
    name: str
    passed: Value
    gain: Value


class InclusionPattern(Wire):
    """Entries that pass just the rules with these numbers."""

    passed: list[int]
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

    per_1000_person_years: float
    low: float
    high: float


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


class IncidenceAnswer(Answer):
    """Time at risk and outcomes by calendar period; exact, for the internal tier only."""

    periods: list[IncidencePeriod]
    total: IncidencePeriod


class ExactAlleles(Wire):
    """What only the internal tier sees: variants of the release that the name fits, alternate alleles, alleles called,
    and the exact p-value of Hardy-Weinberg equilibrium, absent unless the name fits one variant."""

    alleles: list[str]
    allele_count: int
    allele_number: int
    hardy_weinberg: float | None


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

    cohorts: list[int]
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
    most: int | None


class LinkageAnswer(Answer):
    """Linkage disequilibrium of two variants among `persons` with two copies and calls of both, from the
    maximum-likelihood haplotype frequencies; absent where a variant does not vary among them."""

    variants: list[str]
    persons: Value
    r_squared: float | None
    d_prime: float | None


class ValidationAnswer(Wire):
    """A document that reads and can be meant, and what it would take to answer it; `notes` are about an OHDSI
    definition."""

    release: str
    policy_version: str
    policy_sha256: str
    query: str
    cost_class: CostClass
    leaves: int
    depth: int
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
    start: int


class Completions(Wire):
    """What may come next, in the order to offer it."""

    items: list[CompletionItem]


# --- dictionaries ---------------------------------------------------------------------------------


class ConsentClassInfo(Wire):
    """How many people permit exactly this, as codes of the Data Use Ontology; `other` joins small classes."""

    permissions: list[str]
    persons: int


class ReleaseInfo(Wire):
    """The release in service. `persons` and `consent` are published once a release."""

    release: str
    created: str
    phase: int
    persons: int
    policy_version: str
    policy_sha256: str
    consent: list[ConsentClassInfo]
    sources: dict[str, str]
    tables: list[str]


class FieldInfo(Wire):
    """A field that a where-clause of the domain may test."""

    name: str
    kind: str
    description: str


class DomainInfo(Wire):
    """A kind of event and its fields."""

    name: str
    description: str
    fields: list[FieldInfo]


class DomainList(Wire):
    """Kinds of event, fields of variants and fields of persons."""

    domains: list[DomainInfo]
    variant_fields: list[FieldInfo]
    person_fields: list[FieldInfo]


class ConceptInfo(Wire):
    """A row of the vocabulary; `standard` is S, C or absent."""

    concept_id: int
    name: str
    name_ko: str | None
    domain: str | None
    vocabulary: str
    code: str
    standard: str | None


class ConceptList(Wire):
    """Concepts found, standard ones first."""

    release: str
    concepts: list[ConceptInfo]


class VocabularyList(Wire):
    """Vocabulary ids of the release."""

    release: str
    vocabularies: list[str]


class OptionInfo(Wire):
    """An answer a question offers."""

    answer: str
    label: str
    label_ko: str | None


class QuestionInfo(Wire):
    """A survey question."""

    question_id: str
    survey_id: str
    kind: str
    label: str
    label_ko: str | None
    unit: str | None
    options: list[OptionInfo]


class QuestionList(Wire):
    """Survey questions found."""

    release: str
    questions: list[QuestionInfo]


class GeneInfo(Wire):
    """A gene; positions are 1-based on GRCh38, both ends included."""

    gene: str
    contig: str | None
    start: int | None
    end: int | None
    name: str | None


class GeneList(Wire):
    """Genes found; `hint` names one that was perhaps meant where there is none."""

    release: str
    genes: list[GeneInfo]
    hint: str | None = None


class KnownVariantInfo(Wire):
    """What the annotation says of an allele, on GRCh38; nothing tells of the release's people.

    `lof` is HC (high confidence), LC (low) or absent, `af_external` the allele frequency in a reference, and `words`
    mean this allele in a document.
    """

    variant: str = Field(description="contig-position-ref-alt")
    words: str
    rsid: str | None
    gene: str | None
    transcript: str | None
    consequence: str | None
    hgvs_c: str | None
    hgvs_p: str | None
    lof: str | None
    clinvar: str | None
    af_external: float | None


class KnownVariantList(Wire):
    """What a text means and the variants that the annotation has of it, a gene's most severe first.

    `words` mean the same in a document, whether or not it is `known`; they are absent for a gene that does not exist.
    `total` counts all, of which `variants` are the first. `near` were perhaps meant where there are none; `hint` says
    why.
    """

    release: str
    assembly: Literal["GRCh38"] = "GRCh38"
    kind: Literal["rsid", "hgvs", "allele", "gene", "region"]
    words: str | None
    known: bool
    total: int
    variants: list[KnownVariantInfo]
    near: list[KnownVariantInfo]
    hint: str | None


class PanelInfo(Wire):
    """A gene panel, and the words that mean it in a document."""

    panel: str
    words: str
    genes: list[str]


class PanelList(Wire):
    """Gene panels found."""

    release: str
    panels: list[PanelInfo]


class ScoreInfo(Wire):
    """A weighted score: variants its file lists, how many of them the release has, and words to begin a criterion."""

    score: str
    words: str
    label: str | None
    source_id: str | None
    listed: int
    matched: int


class ScoreList(Wire):
    """Weighted scores found."""

    release: str
    scores: list[ScoreInfo]


class BudgetAnswer(Wire):
    """Balances of the caller's accounts, and the precisions the tier offers."""

    release: str
    policy_version: str
    policy_sha256: str
    tier: AccessTier
    user: str
    project: str
    institution: str
    precisions: list[Precision]
    default_precision: Precision | None
    remaining_budget: list[BudgetBalance]


class ExampleDocument(Wire):
    """A cohort to start from."""

    id: str
    title: str
    text: str


class ExampleList(Wire):
    """Cohorts to start from, in the order to read them."""

    examples: list[ExampleDocument]


class Health(Wire):
    """The server answers."""

    status: str


# --- problems -------------------------------------------------------------------------------------


class ProblemItem(Wire):
    """One fault of a document; `line` and `column` count from 1, `excerpt` underlines the place."""

    code: str
    message: str
    span: TextSpan | None = None
    line: int | None = None
    column: int | None = None
    expected: list[str] = []
    hint: str | None = None
    excerpt: str | None = None


class ProblemDocument(Wire):
    """A problem as RFC 9457 has it; `code` is explained in docs/reference/errors.md.

    `problems` are the single faults of a document; `incident` is given for faults of ours only.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str | None = None
    expected: list[str] | None = None
    problems: list[ProblemItem] | None = None
    incident: str | None = None
