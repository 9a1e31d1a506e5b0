"""The public cube as it travels over HTTP."""

import datetime

from pydantic import Field

from schemas.cube import CubeFamily, CubeTable
from schemas.wire import Cell, Value, Wire


class PublicRules(Wire):
    """How the numbers are protected: `sigma` is the noise of each cell, in persons; `charged` what all tables together
    tell of one person and `budget` the most that is ever told of this release, in nano-rho."""

    sigma: int
    floor: int
    rounding: int
    charged: int
    budget: int


class PublicPhase(Wire):
    """A stage of the resource's opening, and the day from which on families of its releases are published; absent:
    always. Families that are not listed are not published."""

    number: int
    title: str
    start: datetime.date | None
    families: list[CubeFamily]


class PublicFamily(Wire):
    """A published list: where it comes from, how many categories it has, and in how many of them one person is counted
    at most."""

    name: CubeFamily
    title: str
    title_ko: str
    rule: str
    categories: int
    most: int


class PublicOverview(Wire):
    """What is published, of which release, and under which rules. `persons` is exact, as published for the release."""

    release: str
    release_created: str
    phase: int
    persons: int
    created: str
    policy_version: str
    policy_sha256: str
    rules: PublicRules
    families: list[PublicFamily]
    phases: list[PublicPhase]


class PublicFamilyList(Wire):
    """The published lists."""

    families: list[PublicFamily]


class PublicCategory(Wire):
    """One entry of a list, with its number of people."""

    code: str
    label: str
    label_ko: str | None
    persons: Value


class PublicCategoryList(Wire):
    """A page of a list: entries `offset` to `offset` + `limit` of the `found` that fit the search."""

    family: CubeFamily
    found: int
    offset: int
    categories: list[PublicCategory]


class PublicTable(Wire):
    """One table of a category; where all cells are shown they add up to its number of people."""

    name: CubeTable
    dimensions: list[str]
    cells: list[Cell]


class PublicCategoryTables(Wire):
    """One entry of a list with all its tables."""

    family: CubeFamily
    category: PublicCategory
    tables: list[PublicTable] = Field(description="by sex and age, and by region")
