"""A session: one opened release with all that is needed to answer questions about it."""

import datetime
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cohort_dsl.ast import Cohort, VariantById
from cohort_dsl.lint import Lint, in_order, lint
from engine.catalog.annotation import Annotation
from engine.catalog.consent import Consent, ConsentBase, ConsentClass, published
from engine.catalog.database import QUERY_SECONDS, Database
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.genotype_names import Panel, Score, find_panels, find_scores
from engine.catalog.known_variants import known_variant
from engine.catalog.lookups import WriterSettings
from engine.catalog.people import People, load_people
from engine.catalog.projects import ProjectRegistry
from engine.catalog.release import Release, open_release
from engine.catalog.sensitive import SensitiveConcepts
from engine.catalog.statistics import open_statistics
from engine.catalog.survey import Question, load_questions
from engine.catalog.variant_search import VariantFinder, VariantSearch
from engine.catalog.vocabulary import Concept, Vocabulary
from engine.disclosure.account import Balance
from engine.disclosure.gate import Gate, open_gate
from engine.disclosure.request import Principal
from engine.execute import Intermediates, Means, Target
from engine.execute.intermediates import KEPT_BYTES
from engine.genotypes.genes import Gene, GeneDictionary
from engine.genotypes.store import GenotypeStore
from engine.kernels.warm import warm_up
from engine.logical.access import granted
from engine.logical.lints import lint_meaning
from engine.physical.estimates import Estimates
from engine.targets.duckdb import DuckDBTarget
from engine.targets.kernels import KernelTarget
from schemas.errors import located
from schemas.policy import DEFAULT_POLICY, Access, AccessTier, DisclosurePolicy

_EVERY_GENE = 10**6
_KOREA = datetime.timezone(datetime.timedelta(hours=9))


def today_in_korea() -> datetime.date:
    """The day that phases of the policy open by."""
    return datetime.datetime.now(_KOREA).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """Where releases lie, where the ledger and keys are kept, and how much of the machine queries may use.

    `projects` is the file of approved projects; without one every question is asked for its tier's usual purpose.
    `memory_limit` bounds DuckDB's buffers, as in `4GB`, a query of DuckDB's is stopped after `query_seconds`, and
    `kept_bytes` bounds what is kept of questions for the next ones like them. A question of a tier without deadlines is
    given up after `exact_seconds`. An absent `release_id` means the current release. Without `gives_exact` no exact
    number leaves the session, whoever asks.
    """

    releases: Path
    state: Path
    release_id: str | None = None
    projects: Path | None = None
    threads: int = 2
    memory_limit: str = "4GB"
    query_seconds: float = QUERY_SECONDS
    kept_bytes: int = KEPT_BYTES
    exact_seconds: float = 300.0
    gives_exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOverview:
    """What is published of a release: its id, date, phase, number of persons, sources, rows of each table, and what how
    many people permit, small classes joined."""

    release_id: str
    created: str
    phase: int
    persons: int
    sources: tuple[tuple[str, str], ...]
    tables: tuple[tuple[str, int], ...]
    policy_version: str
    policy_sha256: str
    consent: tuple[ConsentClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Safe to share between threads; everything in it is immutable but the ledger behind the gate, and what is kept of
    questions, which changes no answer.

    `targets` are those that plans are made for, the ones preferred first. `today` tells the day that the policy's dates
    are compared with.
    """

    release: Release
    database: Database
    dictionaries: Dictionaries
    people: People
    consent: Consent
    projects: ProjectRegistry
    genotypes: GenotypeStore
    guarded_genotypes: GenotypeStore
    gate: Gate
    policy: DisclosurePolicy
    sensitive: SensitiveConcepts
    today: Callable[[], datetime.date]
    targets: Mapping[str, Target]
    kept: Intermediates
    estimates: Estimates
    exact_seconds: float
    finder: VariantFinder

    @staticmethod
    def open(
        settings: EngineSettings,
        policy: DisclosurePolicy = DEFAULT_POLICY,
        *,
        today: Callable[[], datetime.date] = today_in_korea,
    ) -> "Session":
        """Open and check a release; raises `DataProblem` when it, the ledger or a key cannot be trusted."""
        release = open_release(settings.releases, settings.release_id)
        with located(release.path):
            return Session._of(release, settings, policy, today)

    @staticmethod
    def _of(
        release: Release, settings: EngineSettings, policy: DisclosurePolicy, today: Callable[[], datetime.date]
    ) -> "Session":
        temporary = settings.state / "temporary"
        temporary.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(1) as aside:  # half of the wait is DuckDB's, and the other half not
            gate = aside.submit(
                open_gate,
                settings.state,
                release_id=release.id,
                population=release.persons,
                policy=policy,
                gives_exact=settings.gives_exact,
            )
            genotypes_opening = aside.submit(GenotypeStore.open, release)
            database = Database(
                release,
                threads=settings.threads,
                memory_limit=settings.memory_limit,
                temporary=temporary,
                query_seconds=settings.query_seconds,
            )
        genotypes = genotypes_opening.result()
        genes = genotypes.genes(limit=_EVERY_GENE)
        vocabulary = Vocabulary(database)
        writer = WriterSettings(threads=settings.threads, memory_limit=settings.memory_limit, temporary=temporary)
        return Session(
            release=release,
            database=database,
            dictionaries=Dictionaries(
                vocabulary=vocabulary,
                questions=load_questions(database),
                genes=frozenset(gene.gene for gene in genes),
                panels=genotypes.panels,
                scores=frozenset(genotypes.scores),
                unranked=genotypes.unranked,
            ),
            people=load_people(release, database),
            consent=Consent(database, release.persons, settings.state),
            projects=ProjectRegistry.open(settings.projects),
            genotypes=genotypes,
            guarded_genotypes=genotypes.guarded(),
            gate=gate.result(),
            policy=policy,
            sensitive=SensitiveConcepts(policy.sensitive, vocabulary),
            today=today,
            targets={"kernels": KernelTarget(release), "duckdb": DuckDBTarget(database)},
            kept=Intermediates(settings.kept_bytes),
            estimates=Estimates(open_statistics(release, database)),
            exact_seconds=settings.exact_seconds,
            finder=VariantFinder(Annotation.open(release, database, writer), GeneDictionary(genes)),
        )

    def means(self, genotypes: GenotypeStore) -> Means:
        """What plans are run with when genotypes are read as this store reads them."""
        reading = "guarded" if genotypes is self.guarded_genotypes else "as called"
        return Means(
            targets=self.targets,
            genotypes=genotypes,
            persons=self.release.persons,
            scope=f"{self.release.id} {reading}",
            kept=self.kept,
            estimates=self.estimates,
        )

    def record_export(self, principal: Principal, export: str, outcome: str) -> None:
        """Log what becomes of an export of exact numbers; raises `NotAllowed` without a reason."""
        self.gate.record_export(principal, export, outcome)

    def sign_log(self) -> None:
        """Sign what the log of answers holds now."""
        self.gate.sign_log()

    def check_ledger(self) -> None:
        """Raise `DataProblem` when the ledger cannot be read now, and so nothing would be answered."""
        self.gate.check_ledger()

    def close(self) -> None:
        """Let go of the database and the ledger."""
        self.kept.clear()
        self.database.close()
        self.gate.close()

    def overview(self) -> ReleaseOverview:
        """What is published of the release."""
        manifest = self.release.manifest
        return ReleaseOverview(
            release_id=manifest.release_id,
            created=manifest.created,
            phase=manifest.phase,
            persons=manifest.persons,
            sources=tuple(sorted(manifest.sources.items())),
            tables=tuple((entry.path, entry.rows) for entry in manifest.files if entry.rows is not None),
            policy_version=self.policy.version,
            policy_sha256=self.policy.sha256,
            consent=published(self.consent.classes(), floor=max(rules.floor for rules in self.policy.tiers)),
        )

    def concepts(
        self, text: str, *, vocabulary: str | None = None, domain: str | None = None, limit: int = 20
    ) -> tuple[Concept, ...]:
        """Concepts by label, code or id."""
        return self.dictionaries.vocabulary.search(text, vocabulary=vocabulary, domain=domain, limit=limit)

    def lints(self, cohort: Cohort) -> tuple[Lint, ...]:
        """What is odd about a document that can be answered, from the document and the dictionaries alone."""
        return in_order((*lint(cohort), *lint_meaning(cohort, self.dictionaries)))

    def vocabularies(self) -> tuple[str, ...]:
        """Vocabulary ids that codes may be given in."""
        return self.dictionaries.vocabulary.names()

    def questions(self, text: str = "") -> tuple[Question, ...]:
        """Survey questions whose id or label holds the text."""
        wanted = text.casefold()
        return tuple(
            question
            for question in self.dictionaries.questions.values()
            if any(
                wanted in part.casefold() for part in (question.question_id, question.label, question.label_ko or "")
            )
        )

    def warm(self) -> None:
        """Load the kernels and ask a question of each kind, so that the first in earnest finds everything loaded."""
        warm_up()
        self.genotypes.warm()
        self.guarded_genotypes.warm()

    def genes(self, text: str = "", *, limit: int = 20) -> tuple[Gene, ...]:
        """Genes of the annotation by symbol or name."""
        return self.genotypes.genes(text, limit=limit)

    def gene_near(self, text: str) -> str | None:
        """The symbol a misspelled one most likely meant."""
        return self.finder.genes.near(text)

    def variants(self, text: str, *, limit: int = 20) -> VariantSearch:
        """Known variants by name, gene or region; nothing in the answer depends on the people of the release.

        Raises `AnalysisProblem` when the text is none of these, and `TooExpensive` when it asks for too much.
        """
        return self.finder.search(text, limit=limit)

    def panels(self, text: str = "", *, limit: int = 20) -> tuple[Panel, ...]:
        """Gene panels by name, or by a gene they have."""
        return find_panels(self.genotypes.panels, text, limit=limit)

    def scores(self, text: str = "", *, limit: int = 20) -> tuple[Score, ...]:
        """Weighted scores by name, label or source id."""
        return find_scores(self.genotypes.scores, text, limit=limit)

    def consent_base(self, principal: Principal) -> ConsentBase:
        """Everybody whose data a question of this caller may use now, those who withdrew left out.

        Raises `NotAllowed` when the caller's project is not approved today.
        """
        today, rules = self.today(), self.policy.of(principal.tier)
        purpose = self.projects.purpose(principal.project, rules, on=today)
        if purpose is None:
            return self.consent.for_permissions(rules.consent_permissions)
        return self.consent.for_purpose(purpose, on=today)

    def access(self, tier: AccessTier) -> Access:
        """What a tier may use of this release today; raises `NotAllowed` when nothing."""
        return granted(self.policy, tier, phase=self.release.manifest.phase, on=self.today())

    def reference_frequency(self, variant: VariantById) -> float | None:
        """What reference data say of the most frequent allele a name fits; absent where they know none."""
        return known_variant(self.finder.annotation, variant).frequency

    def budget(self, principal: Principal) -> tuple[Balance, ...]:
        """What the principal's accounts have spent and may spend; what a phase allows may be less than the tier."""
        access = self.policy.access(principal.tier, phase=self.release.manifest.phase, on=self.today())
        return self.gate.budget(principal, access.budget if access else None)
