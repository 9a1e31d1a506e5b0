"""What both clients ask, each question once."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from pydantic import JsonValue

from api.client import dictionaries, questions
from api.client import runs as run_questions
from api.client.asking import Asked
from api.client.batches import Plan
from api.client.documents import Document
from api.client.exchange import Steps
from api.client.method import method
from api.client.planning import Documents, plan
from api.client.questions import Day, Library, PrecisionName
from api.client.results import Attrition, Breakdown, Count, Genotypes, Incidence, Overlap, Prevalence, Profile, Run
from api.client.runs import Part, unheard
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


class Methods:
    """Every question. The answer is what a client's method gives, or gives when it is awaited."""

    # Questions about a cohort

    @method
    def count(
        self, document: Document, *, precision: PrecisionName | None = None, library: Library | None = None
    ) -> Asked[Count]:
        """How many persons are in the cohort."""
        return questions.count(document, library, precision)

    @method
    def breakdown(
        self,
        document: Document,
        by: Sequence[str] | None = None,
        *,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> Asked[Breakdown]:
        """The cohort by dimensions, as in `["sex", "age(10)"]`, or by its own `count by`."""
        return questions.breakdown(document, by, library, precision)

    @method
    def attrition(
        self, document: Document, *, precision: PrecisionName | None = None, library: Library | None = None
    ) -> Asked[Attrition]:
        """Who is left after each step."""
        return questions.attrition(document, library, precision)

    @method
    def genotypes(
        self,
        document: Document,
        variants: Sequence[str],
        *,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> Asked[Genotypes]:
        """Genotypes of variants, as `["rs671"]`, in the cohort."""
        return questions.genotypes(document, variants, library, precision)

    @method
    def overlap(self, documents: Sequence[Document], *, precision: PrecisionName | None = None) -> Asked[Overlap]:
        """Persons in every combination of two to four cohorts."""
        return questions.overlap(documents, precision)

    @method
    def profile(
        self, document: Document, groups: Sequence[Document], *, most: int = 1, precision: PrecisionName | None = None
    ) -> Asked[Profile]:
        """The cohort's persons in each of several groups, each person in at most `most` of them."""
        return questions.profile(document, groups, most, precision)

    @method
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
    ) -> Asked[Prevalence]:
        """How common the cohort is, `per` month or year."""
        return questions.prevalence(
            document, first_day, last_day, per=per, measure=measure, by=by, library=library, precision=precision
        )

    @method
    def incidence(
        self,
        document: Document,
        first_day: Day | None = None,
        last_day: Day | None = None,
        *,
        by: Sequence[str] | None = None,
        library: Library | None = None,
    ) -> Asked[Incidence]:
        """Outcomes and time at risk; inside the trusted environment only."""
        return questions.incidence(document, first_day, last_day, by, library)

    # Documents

    @method
    def validate(self, document: Document, *, library: Library | None = None) -> Asked[ValidationAnswer]:
        """What a document would take to be answered, and what is probably not meant; nothing is charged."""
        return questions.validate(document, library)

    @method
    def explain(self, document: Document, *, library: Library | None = None) -> Asked[ExplanationAnswer]:
        """How a document is understood."""
        return questions.explain(document, library)

    @method
    def format(self, document: Document) -> Asked[FormattedDocument]:
        """A document as the formatter writes it, and as JSON."""
        return questions.format_document(document)

    @method
    def import_definition(
        self, definition: Mapping[str, JsonValue], *, mode: str = "circe-exact", name: str | None = None
    ) -> Asked[ImportedDefinition]:
        """An OHDSI definition (Circe JSON) in the language."""
        return questions.import_definition(definition, mode, name)

    @method
    def export_definition(self, document: Document) -> Asked[ExportedDefinition]:
        """A document as an OHDSI definition."""
        return questions.export_definition(document)

    @method
    def paraphrase(self, document: Document, *, language: Language | str = Language.ENGLISH) -> Asked[ParaphraseAnswer]:
        """A document in words, in English (`en`) or Korean (`ko`); nothing is charged."""
        return questions.paraphrase(document, language)

    # Reports and runs

    @method
    def feasibility(
        self,
        document: Document,
        breakdowns: Sequence[Sequence[str]] | None = None,
        *,
        language: Language | str = Language.ENGLISH,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> Asked[SignedReport]:
        """A dated, signed report for an application; `breakdowns` are tables as `[["sex", "age(10)"]]`."""
        return questions.feasibility(document, breakdowns, language, library, precision)

    @method
    def start_run(
        self,
        document: Document,
        parts: Sequence[Part] = ("count",),
        *,
        title: str | None = None,
        precision: PrecisionName | None = None,
        library: Library | None = None,
    ) -> Asked[Run]:
        """Ask up to ten questions about a cohort, which the server keeps; answers come one after another."""
        return run_questions.start(document, parts, title, library, precision)

    @method
    def runs(self, *, before: int | None = None, limit: int = 20) -> Asked[RunList]:
        """The caller's own runs in the project, the newest first."""
        return run_questions.newest(before, limit)

    @method
    def find_run(self, run: str) -> Asked[Run]:
        """A run with what is answered so far."""
        return run_questions.one(run)

    @method
    def follow_run(self, run: str, *, progress: Callable[[Run], None] = unheard) -> Steps[Run]:
        """Wait until a run is at its end; `progress` is told each second where it stands."""
        return run_questions.follow(run, progress)

    @method
    def cancel_run(self, run: str) -> Asked[Run]:
        """Take away what waits; what has begun is counted to its end and paid."""
        return run_questions.cancel(run)

    @method
    def share_run(self, run: str) -> Asked[SharedLink]:
        """Let colleagues of the project see what was asked, without numbers."""
        return run_questions.share(run)

    @method
    def delete_run(self, run: str) -> Asked[None]:
        """Forget a run; what was paid stays paid."""
        return run_questions.delete(run)

    # Dictionaries

    @method
    def concepts(
        self, search: str, *, vocabulary: str | None = None, domain: str | None = None, limit: int = 20
    ) -> Asked[list[ConceptInfo]]:
        """Concepts whose English or Korean name holds the text, or whose code or id it is."""
        return dictionaries.concepts(search, vocabulary, domain, limit).giving(lambda found: found.concepts)

    @method
    def fields(self, search: str = "") -> Asked[dict[str, FieldInfo]]:
        """What a where-clause may test, by `domain.name`."""
        return dictionaries.DOMAINS.giving(partial(dictionaries.fields_of, search=search))

    @method
    def questions(self, search: str = "") -> Asked[list[QuestionInfo]]:
        """Survey questions."""
        return dictionaries.questions(search).giving(lambda found: found.questions)

    @method
    def genes(self, search: str, *, limit: int = 20) -> Asked[list[GeneInfo]]:
        """Genes."""
        return dictionaries.genes(search, limit).giving(lambda found: found.genes)

    @method
    def variants(self, search: str, *, limit: int = 20) -> Asked[KnownVariantList]:
        """What is known of the variants of a gene or region, or of an rsID or HGVS name; the release may lack them."""
        return dictionaries.variants(search, limit)

    @method
    def panels(self, search: str = "", *, limit: int = 20) -> Asked[list[PanelInfo]]:
        """Gene panels."""
        return dictionaries.panels(search, limit).giving(lambda found: found.panels)

    @method
    def scores(self, search: str = "", *, limit: int = 20) -> Asked[list[ScoreInfo]]:
        """Weighted scores."""
        return dictionaries.scores(search, limit).giving(lambda found: found.scores)

    @method
    def vocabularies(self) -> Asked[list[str]]:
        """Vocabularies that codes may be given in."""
        return dictionaries.VOCABULARIES.giving(lambda found: found.vocabularies)

    @method
    def examples(self) -> Asked[list[ExampleDocument]]:
        """Cohorts to start from."""
        return dictionaries.EXAMPLES.giving(lambda found: found.examples)

    @method
    def release(self) -> Asked[ReleaseInfo]:
        """The release in service."""
        return dictionaries.RELEASE

    # Budget, and many questions within it

    @method
    def budget(self) -> Asked[BudgetAnswer]:
        """What the caller's accounts have left."""
        return dictionaries.BUDGET

    @method
    def expected_precision(self, size: int, *, cells: int = 12, steps: int = 6) -> Asked[PrecisionAnswer]:
        """What answers about a cohort of that size will be worth, and cost."""
        return questions.expected_precision(size, cells, steps)

    @method
    def plan_counts(
        self, documents: Documents, *, precision: PrecisionName | None = None, reserve: float = 0.0
    ) -> Steps[Plan[Count]]:
        """Counts of many cohorts, priced and not begun; `reserve` is the part of the budget to be left alone."""
        ask = partial(questions.count, library=None, precision=precision)
        return plan(documents, ask, "count", precision=precision, reserve=reserve)

    @method
    def plan_breakdowns(
        self,
        documents: Documents,
        by: Sequence[str] | None = None,
        *,
        precision: PrecisionName | None = None,
        reserve: float = 0.0,
    ) -> Steps[Plan[Breakdown]]:
        """The same for breakdowns."""
        ask = partial(questions.breakdown, by=by, library=None, precision=precision)
        return plan(documents, ask, "breakdown", precision=precision, reserve=reserve)

    @method
    def plan_attritions(
        self, documents: Documents, *, precision: PrecisionName | None = None, reserve: float = 0.0
    ) -> Steps[Plan[Attrition]]:
        """The same for who is left after each step."""
        ask = partial(questions.attrition, library=None, precision=precision)
        return plan(documents, ask, "attrition", precision=precision, reserve=reserve)

    @method
    def plan_genotypes(
        self,
        documents: Documents,
        variants: Sequence[str],
        *,
        precision: PrecisionName | None = None,
        reserve: float = 0.0,
    ) -> Steps[Plan[Genotypes]]:
        """The same for genotypes of variants."""
        ask = partial(questions.genotypes, variants=variants, library=None, precision=precision)
        return plan(documents, ask, "genotypes", precision=precision, reserve=reserve, variants=len(variants))
