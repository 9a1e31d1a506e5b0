"""The public cube of a release: lists from its dictionaries, who is where, and what the ledger has of it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.aggregate.cells import DimensionColumn
from engine.aggregate.cube import Columns, RawFamily, place_family
from engine.aggregate.dimensions import age_column, year_labels
from engine.aggregate.genotypes import GenotypeReader
from engine.catalog.annotation import Annotation
from engine.catalog.consent import Consent
from engine.catalog.database import Database
from engine.catalog.lookups import WriterSettings
from engine.catalog.people import People, load_people
from engine.catalog.published import CategoryList, category_list
from engine.catalog.release import Release, open_release
from engine.catalog.sensitive import SensitiveConcepts
from engine.catalog.vocabulary import Vocabulary
from engine.disclosure.cube.build import CubePlan, CubeRelease, FamilyPlan, build
from engine.disclosure.cube.file import Cube, CubeCategory
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import FreshGaussian, NoiseSource
from engine.disclosure.query_id import read_or_create_key
from engine.genotypes.store import GenotypeStore
from engine.personset import PersonSet
from engine.pipeline.cube_genotypes import genotype_list
from engine.session import EngineSettings, today_in_korea
from schemas.access import Access
from schemas.cube import CubeFamily, CubeTable, FamilyRules
from schemas.errors import NotAllowed
from schemas.policy import AccessTier, DisclosurePolicy
from schemas.sensitive import SensitiveUse

Progress = Callable[[str, float], None]
"""Told the name of a step and how much of the whole is done, 0 to 1."""


def build_cube(
    settings: EngineSettings,
    policy: DisclosurePolicy,
    cubes: Path,
    *,
    user: str,
    progress: Progress,
    today: Callable[[], datetime.date] = today_in_korea,
    noise: NoiseSource | None = None,
) -> Cube:
    """The cube of a release with every family whose domain is open to the public tier today.

    Noise is drawn once for a release: a cube built before comes back as it was. `noise` other than OpenDP's makes a
    rehearsal, which says so. Raises `NotAllowed` when nothing is open, `OverBudget` when the rules are others than
    those of the release's cube, and `DataProblem`.
    """
    progress("check the release", 0.0)
    release = open_release(settings.releases, settings.release_id)
    access = public_access(policy, release, today())
    temporary = settings.state / "temporary"
    temporary.mkdir(parents=True, exist_ok=True)
    database = Database(release, threads=settings.threads, memory_limit=settings.memory_limit, temporary=temporary)
    try:
        plan = plan_cube(CubeSource(release, database, settings, access), policy, user)
        ledger = Ledger(settings.state)
        try:
            return build(
                plan,
                cubes,
                ledger,
                key=read_or_create_key(settings.state),
                noise=noise or FreshGaussian(),
                progress=progress,
                is_rehearsal=noise is not None,
            )
        finally:
            ledger.close()
    finally:
        database.close()
        progress("done", 1.0)


def public_access(policy: DisclosurePolicy, release: Release, day: datetime.date) -> Access:
    """What the policy opens to the public tier, for a release of this phase on a day; raises `NotAllowed` where no
    family is of it."""
    access = policy.access(AccessTier.PUBLIC, phase=release.manifest.phase, on=day)
    if access is None or not any(access.may_use(rules.family.domain) for rules in policy.cube.families):
        raise NotAllowed(
            "cube-not-open",
            f"nothing of a release of phase {release.manifest.phase} is open to the public on {day}",
            hint="grant the public tier a domain in the policy",
        )
    return access


@dataclass(frozen=True, slots=True)
class CubeSource:
    """Where lists and people are read, and what of them the public tier may use."""

    release: Release
    database: Database
    settings: EngineSettings
    access: Access

    def list_of(self, rules: FamilyRules, sensitive: frozenset[int]) -> CategoryList:
        """The published list of a family."""
        if rules.family is CubeFamily.GENOTYPES:
            return genotype_list(rules, self.access.variants, self._genotypes())
        return category_list(self.release, self.database, rules, sensitive)

    def _genotypes(self) -> GenotypeReader:
        settings = self.settings
        writer = WriterSettings(
            threads=settings.threads, memory_limit=settings.memory_limit, temporary=settings.state / "temporary"
        )
        annotation = Annotation.open(self.release, self.database, writer)
        return GenotypeReader(GenotypeStore.open(self.release), annotation, is_exact=False)


def plan_cube(source: CubeSource, policy: DisclosurePolicy, user: str) -> CubePlan:
    """All that a cube is made of: its lists now, and who is in which when it is drawn. Raises `DataProblem`."""
    release, database, access = source.release, source.database, source.access
    manifest = release.manifest
    consent = Consent(database, release.persons, source.settings.state)
    base = consent.for_permissions(policy.of(AccessTier.PUBLIC).consent_permissions)
    sensitive = _unpublished(policy, Vocabulary(database))
    day = datetime.datetime.fromisoformat(manifest.created).date()
    return CubePlan(
        release=CubeRelease(id=release.id, created=manifest.created, phase=manifest.phase, persons=manifest.persons),
        policy=policy,
        consent_base_id=base.id,
        columns=cube_columns(load_people(release, database), policy.cube.age_width, day),
        families=tuple(
            _family(source.list_of(rules, sensitive), rules, base.members)
            for rules in policy.cube.families
            if access.may_use(rules.family.domain)
        ),
        user=user,
    )


def _unpublished(policy: DisclosurePolicy, vocabulary: Vocabulary) -> frozenset[int]:
    """Sensitive concepts, unless the public tier may use them like any other."""
    if policy.of(AccessTier.PUBLIC).sensitive is SensitiveUse.ANY:
        return frozenset()
    return frozenset().union(*SensitiveConcepts(policy.sensitive, vocabulary).concepts.values())


def cube_columns(people: People, age_width: int, day: datetime.date) -> Columns:
    """What the tables tell people apart by; ages are those on `day`, in whose year the years end."""
    days = np.full(people.sex.size, (day - datetime.date(1970, 1, 1)).days, np.int32)
    sex = DimensionColumn(labels=people.sexes, cell=people.sex.astype(np.int32))
    region = DimensionColumn(labels=people.regions, cell=people.region)
    race = DimensionColumn(labels=people.races, cell=people.race.astype(np.int32))
    by_person = {
        CubeTable.TOTAL: (),
        CubeTable.SEX_AND_AGE: (sex, age_column(people, age_width, days)),
        CubeTable.REGION: (region,),
        CubeTable.RACE: (race,),
    }
    return Columns(by_person, year_labels(day.year))


def _family(listed: CategoryList, rules: FamilyRules, base: PersonSet) -> FamilyPlan:
    names = tuple(category.code for category in listed.categories)

    def place() -> RawFamily:
        return place_family(listed.family, names, listed.members(), base=base, most=rules.most)

    return FamilyPlan(
        rules=rules,
        rule=listed.rule,
        categories=tuple(
            CubeCategory(code=each.code, label=each.label, label_ko=each.label_ko) for each in listed.categories
        ),
        place=place,
    )
