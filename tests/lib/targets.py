"""Every target over one release, answering whole plans."""

from engine.catalog.database import Database
from engine.catalog.release import Release
from engine.execute import Means, Target, Wanted, execute
from engine.genotypes.store import GenotypeStore
from engine.logical.nodes import CohortPlan
from engine.physical.capabilities import SUPPORTED
from engine.physical.entries import CohortResult
from engine.physical.planner import plan_cohort
from engine.targets.duckdb import DuckDBTarget
from engine.targets.kernels import KernelTarget
from engine.targets.polars import PolarsTarget
from engine.targets.reference import ReferenceTarget

TARGETS = tuple(SUPPORTED)
"""The targets that must agree with the reference."""


class World:
    """A release, the reference over it, and every other target."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.database = Database(release, threads=1)
        self.genotypes = GenotypeStore.open(release)
        self._reference = ReferenceTarget(release, self.genotypes)
        self._targets: dict[str, Target] = {
            "duckdb": DuckDBTarget(self.database),
            "polars": PolarsTarget(release),
            "kernels": KernelTarget(release),
        }

    def reference(self, plan: CohortPlan) -> CohortResult:
        """What the plan means."""
        return self._reference.run(plan)

    def answer(self, plan: CohortPlan, target: str, wanted: Wanted = Wanted.RULES) -> CohortResult:
        """What the target makes of it; raises `Unsupported` where it refuses."""
        return execute(plan_cohort(plan, target), self.means(), wanted)

    def means(self) -> Means:
        """What plans are run with, and nothing kept of earlier ones."""
        return Means(targets=self._targets, genotypes=self.genotypes, persons=self.release.persons)

    def target(self, name: str) -> Target:
        """One of the targets, for questions other than a cohort's."""
        return self._targets[name]
