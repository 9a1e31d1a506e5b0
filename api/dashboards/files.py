"""What a page shows, as one flat table for a file."""

from typing import Final

from api.client.tables import Table, TableCell
from api.dashboards.numbers import Measured
from engine import Cube
from schemas.wire import Number, Proportion, Share, Value

_NUMBERS: Final = ("persons", "margin", "less_than", "share", "share_low", "share_high")
_NUMBER_TYPES: Final = (int, int, int, float, float, float)


def list_table(cube: Cube, family: str, rows: tuple[Measured, ...]) -> Table:
    """A row a category, in the language of its name."""
    return _table(cube, family, ("code", "label"), [((row.code, row.label[0]), row) for row in rows])


def category_table(cube: Cube, family: str, code: str, dimensions: list[str], rows: tuple[Measured, ...]) -> Table:
    """A row a cell."""
    return _table(cube, family, ("code", *dimensions), [((code, *row.label), row) for row in rows])


def _table(cube: Cube, family: str, names: tuple[str, ...], rows: list[tuple[tuple[str, ...], Measured]]) -> Table:
    """Every row says which release and policy its numbers are of, so that a file can be cited."""
    manifest = cube.manifest
    source = (manifest.release_id, manifest.policy_version)
    return Table(
        columns=("family", *names, *_NUMBERS, "release", "policy"),
        types=(str, *(str for _ in names), *_NUMBER_TYPES, str, str),
        rows=tuple((family, *words, *_value(row.persons), *_share(row.share), *source) for words, row in rows),
    )


def _value(value: Value) -> tuple[TableCell, ...]:
    return (value.value, value.margin, None) if isinstance(value, Number) else (None, None, value.less_than)


def _share(share: Proportion | None) -> tuple[TableCell, ...]:
    if share is None:
        return (None, None, None)
    if isinstance(share, Share):
        return (share.value, share.low, share.high)
    return (None, share.at_least, share.at_most)
