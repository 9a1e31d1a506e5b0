"""An opened cube as wire models."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from engine import Cube, CubeCell
from schemas.cube import CubeFamily, CubeTable
from schemas.errors import AnalysisProblem, DataProblem
from schemas.policy import AccessTier, DisclosurePolicy
from schemas.wire import BelowThreshold, Cell, Number, Value
from schemas.wire_cube import (
    PublicCategory,
    PublicCategoryList,
    PublicCategoryTables,
    PublicFamily,
    PublicOverview,
    PublicPhase,
    PublicRules,
    PublicTable,
)


@dataclass(frozen=True, slots=True)
class Published:
    """What a process publishes: a cube, if there is one, under the policy in force."""

    policy: DisclosurePolicy
    found: Cube | None

    @property
    def cube(self) -> Cube:
        """The cube; raises `DataProblem` when none was made."""
        if self.found is None:
            raise DataProblem("cube-none", "no tables are published of this release", hint="ask for it later")
        return self.found

    def version(self) -> str:
        """The same for as long as nothing that is answered changes."""
        return sha256(f"{self.cube.sha256}+{self.policy.sha256}".encode()).hexdigest()[:32]


def overview(published: Published) -> PublicOverview:
    """What is published, and when more will be."""
    manifest = published.cube.manifest
    return PublicOverview(
        release=manifest.release_id,
        release_created=manifest.release_created,
        phase=manifest.phase,
        persons=manifest.persons,
        created=manifest.created,
        policy_version=manifest.policy_version,
        policy_sha256=manifest.policy_sha256,
        rules=PublicRules(
            sigma=manifest.sigma,
            floor=manifest.floor,
            rounding=manifest.rounding,
            charged=manifest.charged,
            budget=manifest.budget,
        ),
        families=list(families(published.cube)),
        phases=list(_phases(published.policy)),
    )


def families(cube: Cube) -> Iterator[PublicFamily]:
    """The published lists in order."""
    for family, tables in cube.families.items():
        title, title_ko = family.titles
        yield PublicFamily(
            name=family,
            title=title,
            title_ko=title_ko,
            rule=tables.entry.rule,
            categories=tables.entry.categories,
            most=tables.entry.most,
            sigma=cube.manifest.sigma_of(tables.entry),
            table_sigma=cube.manifest.table_sigma_of(tables.entry),
            tables=[table for table in CubeTable if tables.entry.has(table)],
        )


def category_page(cube: Cube, name: str, *, search: str, offset: int, limit: int) -> PublicCategoryList:
    """A page of a family's list; raises `AnalysisProblem` for a family that is not published."""
    family = _family(cube, name)
    found = cube.families[family].search(search)
    return PublicCategoryList(
        family=family,
        found=len(found),
        offset=offset,
        categories=[category_of(cube, family, number) for number in found[offset : offset + limit]],
    )


def category_tables(cube: Cube, name: str, code: str) -> PublicCategoryTables:
    """All tables of one category; raises `AnalysisProblem` for one that is not in the list."""
    family = _family(cube, name)
    number = cube.families[family].find(code)
    if number is None:
        raise AnalysisProblem(
            "cube-category-unknown", "the list has no such category", hint="search the list for its code"
        )
    tables = [
        PublicTable(
            name=table,
            dimensions=list(table.dimensions),
            cells=[Cell(label=list(cell.label), count=_value(cell)) for cell in cube.cells(family, number, table)],
        )
        for table in CubeTable
        if table is not CubeTable.TOTAL and cube.families[family].entry.has(table)
    ]
    return PublicCategoryTables(family=family, category=category_of(cube, family, number), tables=tables)


def _family(cube: Cube, name: str) -> CubeFamily:
    for family in cube.families:
        if family.value == name:
            return family
    raise AnalysisProblem(
        "cube-family-unknown", "no such list is published", expected=[family.value for family in cube.families]
    )


def category_of(cube: Cube, family: CubeFamily, number: int) -> PublicCategory:
    """One entry of a list, by its place there."""
    found = cube.families[family].categories[number]
    (total,) = cube.cells(family, number, CubeTable.TOTAL)
    return PublicCategory(code=found.code, label=found.label, label_ko=found.label_ko, persons=_value(total))


def _value(cell: CubeCell) -> Value:
    if cell.value is not None and cell.margin is not None:
        return Number(value=cell.value, margin=cell.margin)
    return BelowThreshold(less_than=cell.less_than or 0)


def _phases(policy: DisclosurePolicy) -> Iterator[PublicPhase]:
    """Every grant to the public, by phase and day."""
    phases = {phase.number: phase for phase in policy.phases}
    for grant in policy.grants:
        if grant.tier is AccessTier.PUBLIC:
            rules = policy.cube.families
            open_ = [each.family for each in rules if grant.may_use(each.family.domain)]
            phase = phases[grant.phase]
            yield PublicPhase(
                number=phase.number, title=phase.title, title_ko=phase.title_ko, start=grant.start, families=open_
            )
