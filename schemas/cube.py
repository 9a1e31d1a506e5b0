"""The public cube: what is published of a release for everybody, and what a person adds to it. Values and arithmetic.

The cube is a fixed set of tables: for each category of a published list the number of people, also by sex and age, by
region, by race as recorded, and by the year of the first record or of the answer, as far as the policy has them. A
person is counted in at most `most` categories of a family, and in one cell of each of its tables, so that leaving a
record out changes a table by at most one in `most` cells.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from schemas.access import DataDomain
from schemas.tiers import NANO_RHO

REGIONS_SIGMA: Final = 50
"""Noise of the counts that decide which regions a release lists, where its operator gave no list, in persons."""

REGIONS_COST: Final = NANO_RHO // (2 * REGIONS_SIGMA**2)
"""What that list tells of a person, in nano-rho. It is kept free in the budget of the cube, whoever gave the list."""


class CubeFamily(Enum):
    """A list of categories that is published as one; the value names it in addresses and files."""

    RESOURCE = "resource"
    CONDITIONS = "conditions"
    DRUGS = "drugs"
    MEASUREMENTS = "measurements"
    PROCEDURES = "procedures"
    VISITS = "visits"
    OBSERVATIONS = "observations"
    DEVICES = "devices"
    SURVEY = "survey"
    GENOTYPES = "genotypes"

    @property
    def domain(self) -> DataDomain:
        """The kind of data it is made of: it is published once that is open to the public tier."""
        return _DOMAINS[self]

    @property
    def titles(self) -> tuple[str, str]:
        """What it is about, in English and in Korean."""
        return _TITLES[self]


_DOMAINS: Final = {
    CubeFamily.RESOURCE: DataDomain.PERSONS,
    CubeFamily.CONDITIONS: DataDomain.CONDITIONS,
    CubeFamily.DRUGS: DataDomain.DRUGS,
    CubeFamily.MEASUREMENTS: DataDomain.MEASUREMENTS,
    CubeFamily.PROCEDURES: DataDomain.PROCEDURES,
    CubeFamily.VISITS: DataDomain.VISITS,
    CubeFamily.OBSERVATIONS: DataDomain.OBSERVATIONS,
    CubeFamily.DEVICES: DataDomain.DEVICES,
    CubeFamily.SURVEY: DataDomain.SURVEYS,
    CubeFamily.GENOTYPES: DataDomain.GENOTYPES,
}
_TITLES: Final = {
    CubeFamily.RESOURCE: ("People in the resource, and the data there are of them", "참여자와 보유 자료"),
    CubeFamily.CONDITIONS: ("People with a diagnosis", "진단을 받은 사람"),
    CubeFamily.DRUGS: ("People with a medicine", "약물을 처방받은 사람"),
    CubeFamily.MEASUREMENTS: ("People with a measurement", "검사를 받은 사람"),
    CubeFamily.PROCEDURES: ("People with a procedure", "시술을 받은 사람"),
    CubeFamily.VISITS: ("People with a visit", "의료기관을 이용한 사람"),
    CubeFamily.OBSERVATIONS: ("People with an observation", "관찰 기록이 있는 사람"),
    CubeFamily.DEVICES: ("People with a device", "의료기기를 사용한 사람"),
    CubeFamily.SURVEY: ("People by their last answer to a survey question", "설문 문항의 최근 응답"),
    CubeFamily.GENOTYPES: ("People by their genotype of a variant", "변이의 유전형별 사람 수"),
}


LISTED_FAMILIES: Final = frozenset(
    {
        CubeFamily.CONDITIONS,
        CubeFamily.DRUGS,
        CubeFamily.MEASUREMENTS,
        CubeFamily.PROCEDURES,
        CubeFamily.VISITS,
        CubeFamily.OBSERVATIONS,
        CubeFamily.DEVICES,
    }
)
"""Families of concepts, whose list a policy may tell by codes."""

DATED_FAMILIES: Final = LISTED_FAMILIES | {CubeFamily.SURVEY}
"""Families of what happened on a day: a person's first record of a concept, or last answer to a question."""


class CubeTable(Enum):
    """What each category of a family is counted by: a histogram in which each of its people is in one cell."""

    TOTAL = "total"
    SEX_AND_AGE = "sex and age"
    REGION = "region"
    RACE = "race"
    YEAR = "year"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What its cells are told apart by, one word a part of their labels."""
        return _DIMENSIONS[self]


_DIMENSIONS: Final = {
    CubeTable.TOTAL: (),
    CubeTable.SEX_AND_AGE: ("sex", "age"),
    CubeTable.REGION: ("region",),
    CubeTable.RACE: ("race",),
    CubeTable.YEAR: ("year",),
}
FIRST_TABLES: Final = (CubeTable.TOTAL, CubeTable.SEX_AND_AGE, CubeTable.REGION)
"""The tables of a family for which nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRules:
    """How a family is published. A person is counted in at most `most` of its categories, by each of its `tables`, the
    total first, with noise of `sigma` in the total and of `table_sigma` in each cell of the others.

    `codes` are the concepts that are its list, as (vocabulary, code); absent, the vocabulary decides. `variants` are
    those whose genotypes are counted, by any name that a document may give them.
    """

    family: CubeFamily
    most: int
    sigma: int
    table_sigma: int
    tables: tuple[CubeTable, ...] = FIRST_TABLES
    codes: tuple[tuple[str, str], ...] = ()
    variants: tuple[str, ...] = ()

    def sigma_of(self, table: CubeTable) -> int:
        """The noise of a cell of one of its tables, in persons."""
        return self.sigma if table is CubeTable.TOTAL else self.table_sigma

    def price(self, table: CubeTable) -> int:
        """Of one table, in nano-rho, rounded up: `most` / (2 sigma²).

        A record that is left out changes at most `most` cells by one, which is a squared distance of `most`. One that
        is replaced changes twice as many.
        """
        return -(-NANO_RHO * self.most // (2 * self.sigma_of(table) ** 2))

    def cost(self) -> int:
        """Of all its tables, in nano-rho."""
        return sum(map(self.price, self.tables))


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeRules:
    """The cube of a release: `budget` in nano-rho for all that is ever published of the release, its list of regions
    included; `sigma` of the noise of totals and `table_sigma` of that of cells, where a family has no other, and
    `age_width` in years. Floor and rounding are those of the public tier."""

    budget: int
    sigma: int
    table_sigma: int
    age_width: int
    families: tuple[FamilyRules, ...]

    def cost(self) -> int:
        """Of all tables of all families, in nano-rho."""
        return sum(rules.cost() for rules in self.families)

    @property
    def for_tables(self) -> int:
        """What of the budget there is for tables, in nano-rho: all but what the list of regions tells."""
        return self.budget - REGIONS_COST

    def of(self, family: CubeFamily) -> FamilyRules | None:
        """The rules of a family; absent where it is not published."""
        return next((rules for rules in self.families if rules.family is family), None)
