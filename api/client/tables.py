"""An answer as one flat table: the numbers a picture is drawn of, a row each, for files and data frames.

A number is a column with its `margin` beside it; where it is hidden both are absent and `less_than` says below which
threshold it lies. Proportions have `low` and `high`, which are the bounds of what is told where the value is hidden.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, assert_never

from schemas.wire import (
    AttritionAnswer,
    BelowThreshold,
    BreakdownAnswer,
    CountAnswer,
    GenotypesAnswer,
    IncidenceAnswer,
    IncidencePeriod,
    Number,
    OverlapAnswer,
    PrevalenceAnswer,
    ProfileAnswer,
    Share,
    ShareWithin,
    Value,
)
from schemas.wire.pictures import ComparedCohorts

TableCell = str | int | float | bool | None
TabledAnswer = (
    CountAnswer
    | AttritionAnswer
    | BreakdownAnswer
    | PrevalenceAnswer
    | GenotypesAnswer
    | OverlapAnswer
    | ProfileAnswer
    | IncidenceAnswer
    | ComparedCohorts
)
"""Answers that a table is made of."""

Row = tuple[TableCell, ...]

CellType = type[str] | type[int] | type[float] | type[bool]

_PERSONS: Final[dict[str, CellType]] = {"persons": int, "margin": int, "less_than": int}
_NO_WORDS: Final[list[str]] = []
_SHARE: Final[dict[str, CellType]] = {"share": float, "share_low": float, "share_high": float}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns by name, in which every row has one cell, of the type in `types` or absent."""

    columns: tuple[str, ...]
    types: tuple[CellType, ...]
    rows: tuple[Row, ...]

    def column(self, name: str) -> list[TableCell]:
        """The cells of a column; raises `ValueError` when there is none of this name."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]


def table(answer: TabledAnswer) -> Table:
    """The answer's numbers, one a row."""
    match answer:
        case CountAnswer():
            return _made(_PERSONS, [_number(answer.count)])
        case AttritionAnswer():
            everyone: Row = ("everyone in the release", answer.population, 0, None)
            steps = [(step.name, *_number(step.left)) for step in answer.steps]
            return _made({"step": str, **_PERSONS}, [everyone, *steps])
        case BreakdownAnswer():
            return _made({**_dimensions(answer.dimensions), **_PERSONS, **_SHARE}, list(_cells(answer)))
        case PrevalenceAnswer():
            return _prevalence(answer)
        case GenotypesAnswer():
            return _genotypes(answer)
        case OverlapAnswer():
            return _overlap(answer)
        case ProfileAnswer():
            rows = [(group.name, *_number(group.count)) for group in answer.groups]
            return _made({"group": str, **_PERSONS}, rows)
        case IncidenceAnswer():
            return _incidence(answer)
        case ComparedCohorts():
            return _compared(answer)
        case _:
            assert_never(answer)


def _made(columns: Mapping[str, CellType], rows: Sequence[Row]) -> Table:
    return Table(columns=tuple(columns), types=tuple(columns.values()), rows=tuple(rows))


def _number(value: Value) -> tuple[int | None, int | None, int | None]:
    match value:
        case Number():
            return value.value, value.margin, None
        case BelowThreshold():
            return None, None, value.less_than
        case _:
            assert_never(value)


def _share(share: Share | ShareWithin | None) -> tuple[float | None, float | None, float | None]:
    match share:
        case Share():
            return share.value, share.low, share.high
        case ShareWithin():
            return None, share.at_least, share.at_most
        case None:
            return None, None, None
        case _:
            assert_never(share)


def _dimensions(dimensions: Sequence[str]) -> dict[str, CellType]:
    """A column of text for each; a dimension is never called as one of our columns."""
    return dict.fromkeys(dimensions, str)


def _cells(answer: BreakdownAnswer) -> Iterator[Row]:
    for cell, share in zip_longest(answer.cells, answer.shares):
        yield *cell.label, *_number(cell.count), *_share(share)


def _compared(answer: ComparedCohorts) -> Table:
    names = (f"{place}. {name}" for place, name in enumerate(answer.names, start=1))
    rows = [(name, *row) for name, each in zip(names, answer.answers, strict=True) for row in _cells(each)]
    return _made({"cohort": str, **_dimensions(answer.answers[0].dimensions), **_PERSONS, **_SHARE}, rows)


def _prevalence(answer: PrevalenceAnswer) -> Table:
    numbers = {f"{what}{of}": int for what in ("observed", "cases") for of in ("", "_margin", "_less_than")}
    shares = {"prevalence": float, "prevalence_low": float, "prevalence_high": float}
    rows = [
        (row.interval, *row.label, *_number(row.observed), *_number(row.cases), *_share(row.prevalence))
        for row in answer.rows
    ]
    return _made({"interval": str, **_dimensions(answer.dimensions), **numbers, **shares}, rows)


def _incidence(answer: IncidenceAnswer) -> Table:
    """A row a period, or a stratum of one where there are strata; rates are per 1,000 person-years."""
    numbers: dict[str, CellType] = {
        f"{what}{of}": int for what in ("at_risk", "person_days", "outcomes") for of in ("", "_margin", "_less_than")
    }
    rates: dict[str, CellType] = {"rate": float, "rate_low": float, "rate_high": float}
    labelled = [(each, each.label) for each in answer.strata] or [(each, _NO_WORDS) for each in answer.periods]
    rows = [(each.period, *label, *_rate(each)) for each, label in labelled]
    dimensions = _dimensions(answer.dimensions) if answer.strata else {}
    return _made({"period": str, **dimensions, **numbers, **rates}, rows)


def _rate(period: IncidencePeriod) -> Row:
    counts = (*_number(period.persons_at_risk), *_number(period.person_days), *_number(period.outcomes))
    rate = period.rate
    return (*counts, *((rate.per_1000_person_years, rate.low, rate.high) if rate else (None, None, None)))


def _genotypes(answer: GenotypesAnswer) -> Table:
    frequency = {"frequency": float, "frequency_low": float, "frequency_high": float}
    rows = [
        (each.variant, cell.label[0], *_number(cell.count), *_share(each.frequency))
        for each in answer.variants
        for cell in each.genotypes
    ]
    return _made({"variant": str, "genotype": str, **_PERSONS, **frequency}, rows)


def _overlap(answer: OverlapAnswer) -> Table:
    names: dict[str, CellType] = {
        f"in {place}. {cohort.name}": bool for place, cohort in enumerate(answer.cohorts, start=1)
    }
    rows = [
        (*(place in region.cohorts for place in range(len(names))), *_number(region.count)) for region in answer.regions
    ]
    return _made({**names, **_PERSONS}, rows)
