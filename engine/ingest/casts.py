"""From what a source wrote to what a release holds: one expression a column type, NULL where it cannot be read.

A cast never changes a value: a fraction is not a whole number, a date keeps the day it was written with
whatever its time zone, and infinite or not-a-number values are not values.
"""

from typing import assert_never

from sqlglot import exp

from engine.ingest.session import sql
from schemas.tables import ColumnType

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
                    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"})  # fmt: skip


def date_of(text: str) -> str:
    """SQL of the day that the SQL `text` names, as 2026-11-30 or 20261130, with or without a time after it.

    DuckDB by itself also takes `infinity` and `epoch` for days, and `26-11-30` for one of the year 26.
    """
    return (
        f"CASE WHEN LTRIM({text}) LIKE '____-%' OR {text} LIKE '____/%' THEN TRY_CAST({text} AS DATE) "
        f"WHEN {text} BETWEEN '0' AND ':' "
        f"AND (LENGTH({text}) = 8 OR {text} LIKE '________ %' OR {text} LIKE '________T%') "
        f"THEN CAST(TRY_STRPTIME(LEFT({text}, 8), '%Y%m%d') AS DATE) END"
    )


def cast(raw: exp.Expr, source_type: str, target: ColumnType) -> exp.Expr:
    """`raw`, of SQL type `source_type`, as the target type; NULL where the value does not fit."""
    match target:
        case ColumnType.INT32 | ColumnType.INT64 | ColumnType.CONCEPT | ColumnType.PERSON:
            return _whole(raw, source_type, target)
        case ColumnType.FLOAT64:
            return _sql("CASE WHEN ISFINITE(TRY_CAST($raw AS DOUBLE)) THEN TRY_CAST($raw AS DOUBLE) END", raw)
        case ColumnType.DATE:
            return _date(raw, source_type)
        case ColumnType.TEXT:
            return raw.copy() if source_type == "VARCHAR" else _sql("CAST($raw AS VARCHAR)", raw)
        case ColumnType.BOOLEAN:
            return _sql("TRY_CAST($raw AS BOOLEAN)", raw)
        case _:
            assert_never(target)


def _whole(raw: exp.Expr, source_type: str, target: ColumnType) -> exp.Expr:
    # A person id of the source is any 64-bit integer; it becomes a person index later.
    name = ColumnType.INT64.sql if target is ColumnType.PERSON else target.sql
    number = exp.TryCast(this=raw.copy(), to=exp.DataType.build(name, dialect="duckdb"))
    if source_type in _WHOLE:
        return number
    if source_type != "VARCHAR":
        return sql("CASE WHEN TRY_CAST($raw AS DOUBLE) = $number THEN $number END", raw=raw, number=number)
    # Digits alone, as nearly every value is, need no second look.
    return sql(
        "CASE WHEN NOT (CONTAINS($raw, '.') OR CONTAINS($raw, 'e') OR CONTAINS($raw, 'E')) "
        "OR TRY_CAST($raw AS DOUBLE) = $number THEN $number END",
        raw=raw,
        number=number,
    )


def _date(raw: exp.Expr, source_type: str) -> exp.Expr:
    if source_type == "DATE" or source_type.startswith("TIMESTAMP"):
        return _sql("CASE WHEN ISFINITE(TRY_CAST($raw AS DATE)) THEN TRY_CAST($raw AS DATE) END", raw)
    return _sql(date_of("CAST($raw AS VARCHAR)"), raw)


def _sql(text: str, raw: exp.Expr) -> exp.Expr:
    return sql(text, raw=raw)
