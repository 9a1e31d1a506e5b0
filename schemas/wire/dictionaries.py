"""Dictionaries, the release, budgets and examples, as they are looked up."""

from typing import Literal

from pydantic import Field

from schemas.policy import AccessTier, Precision
from schemas.roles import Role
from schemas.wire.answers import BudgetBalance
from schemas.wire.form import Wire


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
    """A weighted score: variants its file lists, how many of them the release has, and words to begin a criterion.

    One person may decide that a release has a variant, so `matched` is given inside the trusted environment alone.
    """

    score: str
    words: str
    label: str | None
    source_id: str | None
    listed: int
    matched: int | None


class ScoreList(Wire):
    """Weighted scores found."""

    release: str
    scores: list[ScoreInfo]


class BudgetAnswer(Wire):
    """Who the caller is, balances of the accounts, and the precisions the tier offers."""

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
    roles: list[Role] = Field(
        default_factory=list[Role], description="what the caller is beside a researcher, mostly nothing"
    )


class ProjectInfo(Wire):
    """A project to ask in, and at which tier."""

    project: str
    tier: AccessTier


class ProjectList(Wire):
    """The projects that a caller may ask in, their own first where it is open."""

    projects: list[ProjectInfo]


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
