"""What a caller's project may do, by the registry of approved projects, which is read again when its file changed."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from engine.catalog.watched import Watched
from schemas.consent import Purpose
from schemas.errors import NotAllowed
from schemas.policy import TierPolicy
from schemas.purpose_file import Projects, read_projects


@dataclass(frozen=True, slots=True)
class ProjectRegistry:
    """The registry in force; absent where none is kept, as for development."""

    file: Watched[Projects] | None

    @staticmethod
    def open(path: Path | None) -> "ProjectRegistry":
        """The registry of a file; raises `DataProblem` when it cannot be trusted."""
        if path is None:
            return ProjectRegistry(None)
        file = Watched[Projects](path, lambda path, _: read_projects(path))
        file.now()
        return ProjectRegistry(file)

    def purpose(self, project: str, rules: TierPolicy, *, on: datetime.date) -> Purpose | None:
        """The purpose a project of a tier was approved for; absent where the tier has one of its own for all.

        Raises `NotAllowed` outside of the project's days, and when it is not approved in a tier that needs approval.
        """
        if self.file is None:
            return None
        found = self.file.now().of(project)
        if found is None:
            if rules.needs_project:
                raise NotAllowed(
                    "project-not-approved",
                    f"the {rules.tier.value} tier asks for approved projects, and this one is not in the registry",
                )
            return None
        if not found.first <= on <= found.last:
            raise NotAllowed("project-days", f"the project was approved from {found.first} to {found.last}")
        return found.purpose

    def sensitive(self, project: str, *, on: datetime.date) -> tuple[str, ...]:
        """The policy's lists of sensitive concepts that a project was approved for; none outside of its days, for a
        project that is not in the registry, and where no registry is kept."""
        found = None if self.file is None else self.file.now().of(project)
        return found.sensitive if found is not None and found.first <= on <= found.last else ()
