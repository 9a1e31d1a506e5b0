"""One source table to one release table: read once, judge every row, sort the good ones into place.

Three passes, none of which holds the table in memory:

1. *stage*: each source row once, typed, with the reason it cannot be kept (or none) beside it;
2. *judge*: repeated keys, of which the first row in file order is kept; rows that go where another one goes;
3. *place*: kept rows in the release's order; the others, as (table, reason, row), in a file of rejects.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from engine.ingest.casts import cast
from engine.ingest.report import TableReport, counted
from engine.ingest.session import Session, reading, sql
from engine.ingest.source import ROW, SourceFile, whole
from schemas.errors import DataProblem
from schemas.tables import ColumnSpec, ColumnType, TableSpec

REASON = "reject reason"
PERSON_ID = "source person id"
PERSON_INDEX = "person_index"
"""A table of the session: (person_id, person) of every person kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Rows for which `fails` (SQL over the staged columns) is true are rejected with `code`."""

    code: str
    fails: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """Every row of `persons` (SQL over `staged`; `$reason` is why a row cannot be kept) is rejected with `code`."""

    code: str
    persons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one source table becomes one release table.

    `read` names the source column of a release column, where it is not the specification's; `derived` gives
    SQL over the staged columns for columns made here; `extra` are source columns that only checks and derived
    columns use; `needed` are source columns without which the file is not this table; `key` is SQL over
    staged columns, by default the specification's key.
    """

    table: TableSpec
    source: str
    read: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[ColumnSpec, ...] = ()
    checks: tuple[Check, ...] = ()
    in_doubt: InDoubt | None = None
    optional: frozenset[str] = frozenset()
    key: tuple[str, ...] | None = None
    row_key: str | None = None
    """The staged column that names a row in `rejected.parquet`; absent: its number in the file."""

    @property
    def staged(self) -> tuple[ColumnSpec, ...]:
        """Columns read from the source, in order."""
        own = tuple(column for column in self.table.columns if column.name not in self.derived)
        return own + self.extra

    @property
    def keys(self) -> tuple[str, ...]:
        """SQL of the key, empty when rows have none."""
        return self.table.key if self.key is None else self.key

    def source_column(self, column: ColumnSpec) -> str:
        """The source's name of a staged column."""
        return self.read.get(column.name) or column.source or column.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one table goes: `file` is its place in the release, `rejects` and `scratch` lie in the work folder."""

    file: Path
    rejects: Path
    scratch: Path


def load(session: Session, plan: Plan, source: SourceFile, target: Target) -> TableReport:
    """Take the source into the release. Raises `DataProblem` when the file is damaged."""
    with whole(source.path), reading(source.path):
        session.write(_staged(plan, source), target.scratch, scratch=True)
    _judge(session, plan, target.scratch)
    session.write(_placed(plan, target.scratch), target.file)
    session.write(_rejects(plan, target.scratch), target.rejects)
    report = _report(session, plan, source, target)
    target.scratch.unlink()
    return report


def append(session: Session, report: TableReport, table: TableSpec, target: Target, rows: exp.Expr) -> TableReport:
    """Add rows made here, of the table's columns, to a table in place; the report says how many."""
    session.write(rows, target.scratch, scratch=True)
    added = pq.read_metadata(target.scratch).num_rows
    if added:
        both = exp.union(
            exp.select("*").from_(_file(target.file)), exp.select("*").from_(_file(target.scratch)), distinct=False
        )
        merged = target.file.with_suffix(".merged")
        session.write(both.order_by(*(_name(name) for name in table.clustered_by)), merged)
        merged.replace(target.file)
    target.scratch.unlink()
    return replace(report, rows_added=report.rows_added + added, rows_out=report.rows_out + added)


def write_empty(table: TableSpec, file: Path) -> TableReport:
    """A table no source gives: its columns and no rows."""
    # pyrefly: ignore[no-matching-overload] -- the stub lists the aliases as literals
    columns = [pa.field(column.name, pa.type_for_alias(column.type.arrow)) for column in table.columns]
    pq.write_table(pa.schema(columns).empty_table(), file)
    return TableReport(table=table.name, source=None, rows_in=0, rows_added=0, rows_out=0)


def lacking_columns(plan: Plan, source: SourceFile) -> DataProblem | None:
    """The columns without which the file is not this table; absent when it has them all."""
    missing = [
        name
        for column in plan.staged
        if column.required
        and column.name not in plan.optional
        and (name := plan.source_column(column)) not in source.columns
    ]
    if not missing:
        return None
    return DataProblem(
        "source-columns",
        f"{source.path.name} lacks {', '.join(missing)}",
        expected=missing,
        hint=f"columns found: {', '.join(list(source.columns)[:40])}",
        place=source.path,
    )


# --- stage ----------------------------------------------------------------------------------------


def _staged(plan: Plan, source: SourceFile) -> exp.Expr:
    """Typed columns, `ROW` and `REASON`, one row a source row."""
    typed = exp.select(*(item for column in plan.staged for item in _typed(plan, source, column)), _name(ROW)).from_(
        source.query.subquery("source")
    )
    columns = [_value(column).as_(column.name, quoted=True) for column in plan.staged]
    reason = _reason(plan, source).as_(REASON, quoted=True)
    query = exp.select(*columns, _name(ROW), reason).from_(typed.subquery("staged"))
    if any(column.type is ColumnType.PERSON for column in plan.staged):
        on = exp.column("person_id", "p").eq(_name(PERSON_ID))
        return query.join(exp.to_table(PERSON_INDEX).as_("p"), on=on, join_type="left")
    return query


def _typed(plan: Plan, source: SourceFile, column: ColumnSpec) -> tuple[exp.Expr, ...]:
    """The column as its type, and whether the source has a value, so that a row is cast once and judged after."""
    found = source.columns.get(plan.source_column(column))
    if found is None:
        nothing = exp.cast(exp.null(), _storage(column), dialect="duckdb")
        return (nothing.as_(_typed_name(column), quoted=True),)
    raw = exp.column(found[0], quoted=True)
    value = cast(raw, found[1], column.type).as_(_typed_name(column), quoted=True)
    return value, raw.is_(exp.null()).not_().as_(_given(column), quoted=True)


def _value(column: ColumnSpec) -> exp.Expr:
    """The column as the release holds it."""
    if column.type is ColumnType.PERSON:
        return exp.column("person", "p")
    value = _name(column.name)
    return exp.func("COALESCE", value, exp.convert(0)) if column.missing == "0" else value


def _reason(plan: Plan, source: SourceFile) -> exp.Expr:
    """The first fault of a row as its code, NULL for a row to keep."""
    reasons = exp.Case()
    for column in plan.staged:
        name = plan.source_column(column)
        value = _name(_typed_name(column))
        if name in source.columns and column.type is not ColumnType.TEXT:
            code = "unparsable-date" if column.type is ColumnType.DATE else "wrong-type"
            fault = sql("$given AND $value IS NULL", given=_name(_given(column)), value=value)
            reasons = reasons.when(fault, exp.convert(f"{code}:{name}"))
        if column.required and column.missing == "null":
            reasons = reasons.when(value.is_(exp.null()), exp.convert(f"missing-value:{name}"))
        if column.type is ColumnType.PERSON:
            reasons = reasons.when(exp.column("person", "p").is_(exp.null()), exp.convert("unknown-person"))
    for check in plan.checks:
        reasons = reasons.when(sql(check.fails), exp.convert(check.code))
    return exp.cast(exp.null(), "VARCHAR") if not reasons.args.get("ifs") else reasons


# --- judge ----------------------------------------------------------------------------------------


def _judge(session: Session, plan: Plan, staged: Path) -> None:
    """A table `judged` of the session: the rows that cannot be kept because of other rows, and why."""
    session.run(sql('CREATE OR REPLACE TABLE judged ("row" BIGINT, reason VARCHAR)'))
    if plan.keys:
        _mark_repeats(session, plan, staged)
    if plan.in_doubt:
        _mark_doubts(session, plan.in_doubt, staged)


def _mark_repeats(session: Session, plan: Plan, staged: Path) -> None:
    """The rows whose key an earlier kept row has."""
    keys = [sql(key) for key in plan.keys]
    kept = exp.select(_name(ROW).as_("row"), *(key.as_(f"key{i}") for i, key in enumerate(keys))).from_(
        _file(staged).as_("staged")
    )
    kept = kept.where(_name(REASON).is_(exp.null()))
    names = [exp.column(f"key{i}") for i in range(len(keys))]
    repeated = (
        exp.select(*names, sql('MIN("row")').as_("first"))
        .from_(kept.subquery("kept"))
        .group_by(*names)
        .having(sql("COUNT(*) > 1"))
    )
    session.run(exp.Create(this=exp.to_table("repeated"), kind="TABLE", replace=True, expression=repeated))
    same = exp.and_(*(exp.NullSafeEQ(this=exp.column(name.name, "k"), expression=exp.column(name.name, "r"))
                      for name in names))  # fmt: skip
    if session.one(sql("SELECT COUNT(*) FROM repeated"))[0]:
        rows = (
            exp.select(exp.column("row", "k"), exp.convert("duplicate-key"))
            .from_(kept.subquery("k"))
            .join(exp.to_table("repeated").as_("r"), on=same)
        )
        session.run(exp.insert(rows.where(sql('k."row" <> r."first"')), "judged"))
    session.run(sql("DROP TABLE repeated"))


def _mark_doubts(session: Session, in_doubt: InDoubt, staged: Path) -> None:
    """The rows of persons of whom another row was rejected."""
    rows = sql(
        """
        WITH staged AS (FROM READ_PARQUET($staged))
        SELECT $row, $code FROM staged
        WHERE $reason IS NULL AND person IN ($persons) AND $row NOT IN (SELECT "row" FROM judged)
        """,
        staged=staged,
        row=_name(ROW),
        reason=_name(REASON),
        code=in_doubt.code,
        persons=sql(in_doubt.persons, reason=_name(REASON)),
    )
    session.run(exp.insert(rows, "judged"))


# --- place ----------------------------------------------------------------------------------------


def _placed(plan: Plan, staged: Path) -> exp.Expr:
    query = exp.select(
        *(
            exp.cast(sql(plan.derived[column.name]), column.type.sql, dialect="duckdb").as_(column.name, quoted=True)
            if column.name in plan.derived
            else _name(column.name)
            for column in plan.table.columns
        )
    ).from_(_file(staged).as_("staged"))
    kept = query.where(_name(REASON).is_(exp.null()), _is_judged().not_())
    return kept.order_by(*(_name(name) for name in (*plan.table.clustered_by, ROW)))


def _rejects(plan: Plan, staged: Path) -> exp.Expr:
    key = exp.func("COALESCE", _name(plan.row_key), _name(ROW)) if plan.row_key else _name(ROW)
    return sql(
        """
        SELECT $table AS "table", COALESCE($reason, judged.reason) AS reason, CAST($key AS BIGINT) AS source_row
        FROM READ_PARQUET($staged) LEFT JOIN judged ON $row = judged."row"
        WHERE COALESCE($reason, judged.reason) IS NOT NULL
        """,
        table=plan.source, reason=_name(REASON), key=key, row=_name(ROW), staged=staged,
    )  # fmt: skip


def _is_judged() -> exp.Expr:
    return sql('$row IN (SELECT "row" FROM judged)', row=_name(ROW))


# --- report ---------------------------------------------------------------------------------------


def _report(session: Session, plan: Plan, source: SourceFile, target: Target) -> TableReport:
    reasons = session.rows(sql("SELECT reason, COUNT(*) FROM READ_PARQUET($file) GROUP BY reason", file=target.rejects))
    wanted = {plan.source_column(column) for column in plan.staged}
    return TableReport(
        table=plan.table.name,
        source=source.path.name,
        rows_in=source_rows(source, target.scratch),
        rows_added=0,
        rows_out=pq.read_metadata(target.file).num_rows,
        rejected=counted((str(reason), int(str(rows))) for reason, rows in reasons),
        columns_absent=tuple(sorted(_named(plan) - set(source.columns))),
        columns_not_carried=tuple(sorted(set(source.columns) - wanted)),
    )


def _named(plan: Plan) -> set[str]:
    """Source columns that the source is expected to have, by the specification's word."""
    return {plan.source_column(column) for column in plan.staged if column.source}


def source_rows(source: SourceFile, staged: Path) -> int:
    """Rows of the source, from its own footer where it has one and else from the pass that read it."""
    parquet = source.path.name.lower().endswith(".parquet")
    return pq.read_metadata(source.path if parquet else staged).num_rows


def _name(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _typed_name(column: ColumnSpec) -> str:
    return PERSON_ID if column.type is ColumnType.PERSON else column.name


def _given(column: ColumnSpec) -> str:
    return f"{column.name} given"


def _storage(column: ColumnSpec) -> str:
    return ColumnType.INT64.sql if column.type is ColumnType.PERSON else column.type.sql


def _file(path: Path) -> exp.Table:
    return exp.Table(this=sql("READ_PARQUET($path)", path=path))
