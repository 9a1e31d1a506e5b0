"""The registry of approved projects: TOML, read strictly. docs/reference/consent.md says what each key means."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from schemas.consent import Purpose, Research
from schemas.errors import DataProblem, located
from schemas.strict_toml import Entry, FileCodes, Word, parse_toml, read_text

_CODES: Final = FileCodes("projects-unreadable", "projects-form")

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Disease = Annotated[int, Field(ge=1, le=2**31 - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedProject:
    """A project, what it was approved for, its first and last day, and the policy's lists of sensitive concepts that it
    may ask about."""

    id: str
    purpose: Purpose
    first: datetime.date
    last: datetime.date
    sensitive: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Projects:
    """All approved projects."""

    projects: tuple[ApprovedProject, ...]

    def of(self, project: str) -> ApprovedProject | None:
        """The project of an id."""
        return next((each for each in self.projects if each.id == project), None)


class _Project(Entry):
    id: Id
    title: Annotated[str, Field(min_length=1, max_length=500)]
    first: Annotated[datetime.date, Field(alias="from")]
    last: Annotated[datetime.date, Field(alias="until")]
    research: Annotated[list[Annotated[Research, Word]], Field(min_length=1)]
    diseases: Annotated[list[Disease], Field(default_factory=list, max_length=100)]
    countries: Annotated[list[Country], Field(min_length=1)]
    institutions: Annotated[list[Id], Field(min_length=1)]
    genetic: bool
    for_profit: bool
    commercial: bool
    ethics_approval: bool
    collaborates: bool = False
    publishes: bool = False
    returns_results: bool = False
    sensitive: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=64)]], Field(default_factory=list, max_length=100)
    ]

    def value(self) -> ApprovedProject:
        purpose = Purpose(
            research=tuple(sorted(set(self.research), key=lambda kind: kind.value)),
            diseases=tuple(sorted(set(self.diseases))),
            is_genetic=self.genetic,
            is_for_profit=self.for_profit,
            is_commercial=self.commercial,
            countries=tuple(sorted(set(self.countries))),
            institutions=tuple(sorted(set(self.institutions))),
            project=self.id,
            has_ethics_approval=self.ethics_approval,
            collaborates=self.collaborates,
            publishes=self.publishes,
            returns_results=self.returns_results,
        )
        return ApprovedProject(
            id=self.id, purpose=purpose, first=self.first, last=self.last, sensitive=tuple(self.sensitive)
        )


class _File(Entry):
    project: list[_Project] = Field(default_factory=list)


def read_projects(path: Path) -> Projects:
    """The registry of a file; raises `DataProblem` with the place of what is wrong."""
    with located(path):
        return parse_projects(read_text(path, _CODES), name=path.name)


def parse_projects(text: str, *, name: str) -> Projects:
    """The registry of a text; `name` stands for it in problems. Raises `DataProblem`."""
    projects = tuple(each.value() for each in parse_toml(text, _File, name=name, codes=_CODES).project)
    ids = [project.id for project in projects]
    for number, project in enumerate(projects, start=1):
        if ids.index(project.id) != number - 1:
            raise DataProblem(_CODES.form, f"{name}: project[{number}].id: this project is there twice")
        if project.last < project.first:
            raise DataProblem(_CODES.form, f"{name}: project[{number}].until: it ends before it begins")
        if project.purpose.diseases and Research.HEALTH not in project.purpose.research:
            raise DataProblem(_CODES.form, f"{name}: project[{number}].diseases: it is not about `health`")
    return Projects(projects)
