"""The public cube as it travels over HTTP."""

import datetime

from pydantic import Field

from schemas.cube import CubeFamily, CubeTable
from schemas.wire import Cell, Proportion, Value, Wire


class PublicRules(Wire):
    """How the numbers are protected: `sigma` is the noise of a total, in persons, where a list has no other; `charged`
    what all tables together tell of one person and `budget` the most that is ever told of this release, in nano-rho."""

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
    title_ko: str | None
    start: datetime.date | None
    families: list[CubeFamily]


class PublicFamily(Wire):
    """A published list: where it comes from, how many categories it has, in how many of them one person is counted at
    most, the noise of totals and of each cell of other tables, in persons, and by what its categories are counted."""

    name: CubeFamily
    title: str
    title_ko: str
    rule: str
    categories: int
    most: int
    sigma: int
    table_sigma: int
    tables: list[CubeTable]


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
    """One table of a category; where all cells are shown they add up to its number of people. By `race` people are
    counted as recorded (OMOP's race), which is not ancestry as genotypes tell it; by `year` in that of their first
    record of the category, or of the answer that counts."""

    name: CubeTable
    dimensions: list[str]
    cells: list[Cell]


class PublicCategoryTables(Wire):
    """One entry of a list with all its tables."""

    family: CubeFamily
    category: PublicCategory
    tables: list[PublicTable] = Field(
        description="by sex and age, region, race as recorded, and the year of the first record or of the answer"
    )


class PublicVariant(Wire):
    """One variant among everybody whose numbers may be published: people by genotype, and what follows from them.

    `allele_count` and `allele_number` are sums of the people shown. A genotype that is hidden counts as the middle of
    what it may be, and their margin takes it in. `frequency` is absent where too few alleles are shown to tell one.
    """

    name: str
    label: str
    genotypes: list[Cell]
    allele_count: Value
    allele_number: Value
    frequency: Proportion | None


class PublicVariantList(Wire):
    """A page of the published variants: entries `offset` to `offset` + `limit` of the `found` that fit the search."""

    found: int
    offset: int
    variants: list[PublicVariant]
