"""What a table is, as data: validation, ingest and the reference pages are all made from this."""

from dataclasses import dataclass
from enum import Enum


class ColumnType(Enum):
    """What a column holds."""

    PERSON = "person"
    """Dense person index, 0 to N-1."""
    CONCEPT = "concept"
    """OMOP concept id; 0 means that no standard concept matches."""
    INT32 = "int32"
    INT64 = "int64"
    FLOAT64 = "float64"
    DATE = "date"
    TEXT = "text"
    BOOLEAN = "boolean"

    @property
    def sql(self) -> str:
        """The type's name in DuckDB SQL, which is also what the Parquet file holds."""
        return _SQL_TYPES[self]

    @property
    def arrow(self) -> str:
        """The type's name in Arrow, as `str(pyarrow.DataType)` writes it."""
        return _ARROW_TYPES[self]


_SQL_TYPES = {
    ColumnType.PERSON: "UINTEGER",
    ColumnType.CONCEPT: "INTEGER",
    ColumnType.INT32: "INTEGER",
    ColumnType.INT64: "BIGINT",
    ColumnType.FLOAT64: "DOUBLE",
    ColumnType.DATE: "DATE",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.BOOLEAN: "BOOLEAN",
}

_ARROW_TYPES = {
    ColumnType.PERSON: "uint32",
    ColumnType.CONCEPT: "int32",
    ColumnType.INT32: "int32",
    ColumnType.INT64: "int64",
    ColumnType.FLOAT64: "double",
    ColumnType.DATE: "date32[day]",
    ColumnType.TEXT: "string",
    ColumnType.BOOLEAN: "bool",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """One column of a release table.

    `source` is the column it comes from in the source table, absent when it is derived;
    `missing` says how an absent value is written.
    """

    name: str
    type: ColumnType
    description: str
    source: str | None = None
    required: bool = False
    unit: str | None = None
    codes: str | None = None
    missing: str = "null"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One Parquet file of a release: `path` is relative to the release folder."""

    name: str
    path: str
    description: str
    columns: tuple[ColumnSpec, ...]
    clustered_by: tuple[str, ...]
    source: str | None = None
    key: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnSpec:
        """The column called `name`; `KeyError` when the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
