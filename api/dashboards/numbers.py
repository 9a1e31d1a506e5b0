"""Published numbers as the rows of pages: persons, and their share of everybody in the same cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.client.pictures.values import Drawn, drawn_share, drawn_value
from api.dashboards.asking import Asked, Measure, Order, View
from api.dashboards.shares import share_of
from api.published.content import category_of, category_tables
from engine import Cube
from schemas.cube import CubeFamily
from schemas.language import Language
from schemas.wire import Proportion, Value
from schemas.wire_cube import PublicCategory, PublicTable

EVERYBODY: Final = "everybody"
"""The category of the resource that has all whose numbers may be published."""
PAGE_ROWS: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A row: what it is about, by one word a dimension, its persons, and their share where that can be told."""

    label: tuple[str, ...]
    persons: Value
    share: Proportion | None
    code: str = ""

    @property
    def persons_drawn(self) -> Drawn:
        """Persons with their interval."""
        return drawn_value(self.persons)

    @property
    def share_drawn(self) -> Drawn | None:
        """The share with its interval, in per cent."""
        return None if self.share is None else drawn_share(self.share)

    def drawn(self, measure: Measure) -> Drawn | None:
        """One of the two."""
        return self.persons_drawn if measure is Measure.PERSONS else self.share_drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of a list: its rows, how many fit the search, which page it is, and of how many."""

    rows: tuple[Measured, ...]
    found: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A category: its name, its total, and one of its tables, as rows too."""

    name: str
    category: PublicCategory
    total: Measured
    table: PublicTable
    rows: tuple[Measured, ...]


def listed(cube: Cube, asked: Asked, language: Language, *, rows: int | None = PAGE_ROWS) -> Listed:
    """The page asked for, or the last one; all rows that fit when `rows` is None."""
    tables = cube.families[asked.family]
    found = list(tables.search(asked.search))
    if asked.order is Order.PERSONS:
        totals = tables.value[:, 0]  # the first cell; hidden ones are negative, and so come last
        found.sort(key=lambda number: -int(totals[number]))
    size = rows or max(len(found), 1)
    pages = max(1, -(-len(found) // size))
    page = min(asked.page, pages)
    shown = found[(page - 1) * size : page * size]
    return Listed(
        rows=tuple(_row(cube, asked.family, category_of(cube, asked.family, number), language) for number in shown),
        found=len(found),
        page=page,
        pages=pages,
    )


def described(cube: Cube, asked: Asked, language: Language) -> Described | None:
    """The category asked for by the view asked for; absent when its code is not in the list."""
    if cube.families[asked.family].find(asked.code) is None:
        return None
    found = category_tables(cube, asked.family.value, asked.code)
    table = _table(found.tables, asked.view)
    wholes = _wholes(cube, asked, len(table.cells))
    return Described(
        name=name_of(found.category, language),
        category=found.category,
        total=_row(cube, asked.family, found.category, language),
        table=table,
        rows=tuple(
            Measured(
                label=tuple(cell.label),
                persons=cell.count,
                share=None if whole is None else share_of(cell.count, whole),
            )
            for cell, whole in zip(table.cells, wholes, strict=True)
        ),
    )


def _wholes(cube: Cube, asked: Asked, cells: int) -> Sequence[Value | None]:
    """Of what each cell is a share: of everybody in the same cell; of everybody where there is no such cell, as of
    years, and for everybody's own cells; of nothing where that is not published."""
    entry = cube.families[CubeFamily.RESOURCE].entry if CubeFamily.RESOURCE in cube.families else None
    if entry is None or is_everybody(asked.family, asked.code) or not entry.has(asked.view.table):
        return [_everybodys_number(cube)] * cells
    everybody = category_tables(cube, CubeFamily.RESOURCE.value, EVERYBODY)
    return [cell.count for cell in _table(everybody.tables, asked.view).cells]


def name_of(category: PublicCategory, language: Language) -> str:
    """What a category is called."""
    return (language is Language.KOREAN and category.label_ko) or category.label


def _row(cube: Cube, family: CubeFamily, category: PublicCategory, language: Language) -> Measured:
    is_part = not is_everybody(family, category.code)
    whole = _everybodys_number(cube) if is_part else None
    return Measured(
        label=(name_of(category, language),),
        persons=category.persons,
        share=None if whole is None else share_of(category.persons, whole),
        code=category.code,
    )


def _everybodys_number(cube: Cube) -> Value | None:
    if CubeFamily.RESOURCE not in cube.families:
        return None
    number = cube.families[CubeFamily.RESOURCE].find(EVERYBODY)
    return None if number is None else category_of(cube, CubeFamily.RESOURCE, number).persons


def is_everybody(family: CubeFamily, code: str) -> bool:
    """Whether a category is the one that has all."""
    return family is CubeFamily.RESOURCE and code == EVERYBODY


def _table(tables: Sequence[PublicTable], view: View) -> PublicTable:
    return next(table for table in tables if table.name is view.table)
