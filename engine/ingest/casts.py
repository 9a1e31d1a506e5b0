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
        date = _sql("TRY_CAST($raw AS DATE)", raw)
    else:
        date = _sql(
            "CASE WHEN LENGTH(CAST($raw AS VARCHAR)) = 8 AND NOT CONTAINS(CAST($raw AS VARCHAR), '-') "
            "THEN TRY_CAST(TRY_STRPTIME(CAST($raw AS VARCHAR), '%Y%m%d') AS DATE) "
            "ELSE TRY_CAST(CAST($raw AS VARCHAR) AS DATE) END",
            raw,
        )
    return sql("CASE WHEN ISFINITE($date) THEN $date END", date=date)


def _sql(text: str, raw: exp.Expr) -> exp.Expr:
    return sql(text, raw=raw)
