"""What a client asks, one line a question; whoever has the connection gives `ask`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import JsonValue

from api.client import dictionaries, questions
from api.client import runs as run_questions
from api.client.asking import Asked
from api.client.documents import Document
from api.client.questions import Day, Library, PrecisionName
from api.client.results import Attrition, Breakdown, Count, Genotypes, Incidence, Overlap, Prevalence, Profile, Run
from api.client.runs import Part
from schemas.language import Language
from schemas.wire.answers import (
    ExplanationAnswer,
    ExportedDefinition,
    FormattedDocument,
    ImportedDefinition,
    ValidationAnswer,
)
from schemas.wire.dictionaries import (
    BudgetAnswer,
    ConceptInfo,
    ExampleDocument,
    FieldInfo,
    GeneInfo,
    KnownVariantList,
    PanelInfo,
    QuestionInfo,
    ReleaseInfo,
    ScoreInfo,
)
from schemas.wire.feasibility import SignedReport
from schemas.wire.paraphrase import ParaphraseAnswer
from schemas.wire.runs import RunList, SharedLink
from schemas.wire_precision import PrecisionAnswer

T = TypeVar("T")


class Methods(ABC):
    """Every question, asked and answered."""

    @abstractmethod
    def ask(self, asked: Asked[T]) -> T:
        """Any question of `kohort_client.questions`."""

    # Questions about a cohort

    def count(
        self, document: Document, *, precision: PrecisionName | None = None, library: Library | None = None
    ) -> Count:
        """How many persons are in the cohort."""
        return self.ask(questions.count(document, library, precision))

    def breakdown(
        self,
        document: Document,
        by: Sequence[str] | None = None,
        *,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> Breakdown:
        """The cohort by dimensions, as in `["sex", "age(10)"]`, or by its own `count by`."""
        return self.ask(questions.breakdown(document, by, library, precision))

    def attrition(
        self, document: Document, *, precision: PrecisionName | None = None, library: Library | None = None
    ) -> Attrition:
        """Who is left after each step."""
        return self.ask(questions.attrition(document, library, precision))

    def genotypes(
        self,
        document: Document,
        variants: Sequence[str],
        *,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> Genotypes:
        """Genotypes of variants, as `["rs671"]`, in the cohort."""
        return self.ask(questions.genotypes(document, variants, library, precision))

    def overlap(self, documents: Sequence[Document], *, precision: PrecisionName | None = None) -> Overlap:
        """Persons in every combination of two to four cohorts."""
        return self.ask(questions.overlap(documents, precision))

    def profile(
        self, document: Document, groups: Sequence[Document], *, most: int = 1, precision: PrecisionName | None = None
    ) -> Profile:
        """The cohort's persons in each of several groups, each person in at most `most` of them."""
        return self.ask(questions.profile(document, groups, most, precision))

    def prevalence(
        self,
        document: Document,
        first_day: Day,
        last_day: Day,
        *,
        per: str = "month",
        measure: str = "period",
        by: Sequence[str] | None = None,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> Prevalence:
        """How common the cohort is, `per` month or year."""
        return self.ask(
            questions.prevalence(
                document, first_day, last_day, per=per, measure=measure, by=by, library=library, precision=precision
            )
        )

    def incidence(
        self,
        document: Document,
        first_day: Day | None = None,
        last_day: Day | None = None,
        *,
        by: Sequence[str] | None = None,
        library: Library | None = None,
    ) -> Incidence:
        """Outcomes and time at risk; inside the trusted environment only."""
        return self.ask(questions.incidence(document, first_day, last_day, by, library))

    # Documents

    def validate(self, document: Document, *, library: Library | None = None) -> ValidationAnswer:
        """What a document would take to be answered, and what is probably not meant; nothing is charged."""
        return self.ask(questions.validate(document, library))

    def explain(self, document: Document, *, library: Library | None = None) -> ExplanationAnswer:
        """How a document is understood."""
        return self.ask(questions.explain(document, library))

    def format(self, document: Document) -> FormattedDocument:
        """A document as the formatter writes it, and as JSON."""
        return self.ask(questions.format_document(document))

    def import_definition(
        self, definition: Mapping[str, JsonValue], *, mode: str = "circe-exact", name: str | None = None
    ) -> ImportedDefinition:
        """An OHDSI definition (Circe JSON) in the language."""
        return self.ask(questions.import_definition(definition, mode, name))

    def export_definition(self, document: Document) -> ExportedDefinition:
        """A document as an OHDSI definition."""
        return self.ask(questions.export_definition(document))

    def paraphrase(self, document: Document, *, language: Language | str = Language.ENGLISH) -> ParaphraseAnswer:
        """A document in words, in English (`en`) or Korean (`ko`); nothing is charged."""
        return self.ask(questions.paraphrase(document, language))

    # Reports and runs

    def feasibility(
        self,
        document: Document,
        breakdowns: Sequence[Sequence[str]] | None = None,
        *,
        language: Language | str = Language.ENGLISH,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> SignedReport:
        """A dated, signed report for an application; `breakdowns` are tables as `[["sex", "age(10)"]]`."""
        return self.ask(questions.feasibility(document, breakdowns, language, library, precision))

    def start_run(
        self,
        document: Document,
        parts: Sequence[Part] = ("count",),
        *,
        title: str | None = None,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> Run:
        """Ask up to eight questions about a cohort, which the server keeps; answers come one after another."""
        return self.ask(run_questions.start(document, parts, title, library, precision))

    def runs(self, *, before: int | None = None, limit: int = 20) -> RunList:
        """The caller's own runs in the project, the newest first."""
        return self.ask(run_questions.newest(before, limit))

    def find_run(self, run: str) -> Run:
        """A run with what is answered so far."""
        return self.ask(run_questions.one(run))

    def cancel_run(self, run: str) -> Run:
        """Take away what waits; what has begun is counted to its end and paid."""
        return self.ask(run_questions.cancel(run))

    def share_run(self, run: str) -> SharedLink:
        """Let colleagues of the project see what was asked, without numbers."""
        return self.ask(run_questions.share(run))

    def delete_run(self, run: str) -> None:
        """Forget a run; what was paid stays paid."""
        return self.ask(run_questions.delete(run))

    # Dictionaries

    def concepts(
        self, search: str, *, vocabulary: str | None = None, domain: str | None = None, limit: int = 20
    ) -> list[ConceptInfo]:
        """Concepts whose English or Korean name holds the text, or whose code or id it is."""
        return self.ask(dictionaries.concepts(search, vocabulary, domain, limit)).concepts

    def fields(self, search: str = "") -> dict[str, FieldInfo]:
        """What a where-clause may test, by `domain.name`."""
        return dictionaries.fields_of(self.ask(dictionaries.DOMAINS), search)

    def questions(self, search: str = "") -> list[QuestionInfo]:
        """Survey questions."""
        return self.ask(dictionaries.questions(search)).questions

    def genes(self, search: str, *, limit: int = 20) -> list[GeneInfo]:
        """Genes."""
        return self.ask(dictionaries.genes(search, limit)).genes

    def variants(self, search: str, *, limit: int = 20) -> KnownVariantList:
        """What is known of the variants of a gene or region, or of an rsID or HGVS name; the release may lack them."""
        return self.ask(dictionaries.variants(search, limit))

    def panels(self, search: str = "", *, limit: int = 20) -> list[PanelInfo]:
        """Gene panels."""
        return self.ask(dictionaries.panels(search, limit)).panels

    def scores(self, search: str = "", *, limit: int = 20) -> list[ScoreInfo]:
        """Weighted scores."""
        return self.ask(dictionaries.scores(search, limit)).scores

    def vocabularies(self) -> list[str]:
        """Vocabularies that codes may be given in."""
        return self.ask(dictionaries.VOCABULARIES).vocabularies

    def examples(self) -> list[ExampleDocument]:
        """Cohorts to start from."""
        return self.ask(dictionaries.EXAMPLES).examples

    def release(self) -> ReleaseInfo:
        """The release in service."""
        return self.ask(dictionaries.RELEASE)

    # Budget

    def budget(self) -> BudgetAnswer:
        """What the caller's accounts have left."""
        return self.ask(dictionaries.BUDGET)

    def expected_precision(self, size: int, *, cells: int = 12, steps: int = 6) -> PrecisionAnswer:
        """What answers about a cohort of that size will be worth, and cost."""
        return self.ask(questions.expected_precision(size, cells, steps))
