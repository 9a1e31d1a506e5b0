"""One data set of the corpus as a release of ours, and any target that answers over it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from cohort_dsl.ast import Cohort
from engine.catalog.database import Database
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.release import Release, open_release
from engine.catalog.survey import load_questions
from engine.catalog.vocabulary import Vocabulary
from engine.execute import Means, Target, Wanted, execute
from engine.genotypes.store import GenotypeStore
from engine.ingest.run import Sources, ingest_sources
from engine.logical.analyze import analyze
from engine.logical.nodes import CohortPlan
from engine.physical.entries import CohortResult
from engine.physical.planner import plan_cohort
from engine.targets.duckdb import DuckDBTarget
from engine.targets.kernels import KernelTarget
from engine.targets.polars import PolarsTarget
from engine.targets.reference import ReferenceTarget
from schemas.release import PERSON
from tests.conformance.corpus import Row

TARGETS = ("duckdb", "polars", "kernels", "reference")


@dataclass(frozen=True)
class World:
    """A release and what it takes to answer over it."""

    release: Release

    @staticmethod
    def make(shared: Path, dataset: str, root: Path) -> "World":
        """The data set, ingested into `root` unless it is there already."""
        if not (root / dataset).exists():
            source = shared / "data" / "circe" / "omop" / dataset
            sources = Sources(omop=source, assume_consent=("GRU",))
            ingest_sources(root, dataset, sources, progress=lambda *_: None)
        return World(open_release(root, dataset))

    @cached_property
    def database(self) -> Database:
        return Database(self.release)

    @cached_property
    def dictionaries(self) -> Dictionaries:
        return Dictionaries(Vocabulary(self.database), load_questions(self.database), frozenset())

    @cached_property
    def genotypes(self) -> GenotypeStore:
        return GenotypeStore.open(self.release)

    @cached_property
    def source_ids(self) -> np.ndarray:
        """Person index -> person id of the source."""
        return pq.read_table(self.release.file(PERSON.path), columns=["source_person_id"])[0].to_numpy()

    @cached_property
    def reference(self) -> ReferenceTarget:
        return ReferenceTarget(self.release, self.genotypes)

    @cached_property
    def engines(self) -> dict[str, Target]:
        return {
            "duckdb": DuckDBTarget(self.database),
            "polars": PolarsTarget(self.release),
            "kernels": KernelTarget(self.release),
        }

    def plan(self, cohort: Cohort) -> CohortPlan:
        """What the cohort means in the release."""
        return analyze(cohort, self.dictionaries, {}).plan

    def run(self, cohort: Cohort, target: str) -> CohortResult:
        """The cohort on a target."""
        return self.answer(self.plan(cohort), target)

    def answer(self, plan: CohortPlan, target: str) -> CohortResult:
        """The plan on a target."""
        if target == "reference":
            return self.reference.run(plan)
        means = Means(targets=self.engines, genotypes=self.genotypes, persons=self.release.persons)
        return execute(plan_cohort(plan, target), means, Wanted.RULES)

    def rows(self, result: CohortResult) -> list[Row]:
        """The cohort's rows by source person id, in order."""
        days = [np.datetime_as_string(days.astype("datetime64[D]")) for days in (result.rows.start, result.rows.end)]
        people = self.source_ids[result.rows.person].tolist()
        return sorted(zip(people, days[0].tolist(), days[1].tolist(), strict=True))
