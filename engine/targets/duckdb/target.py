"""The DuckDB target: an entry scan as one query, its result as NumPy columns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from engine.catalog.database import Columns, Database
from engine.logical.nodes import Atom, CohortPlan
from engine.personset import PersonSet
from engine.physical.entries import UNKNOWN, CohortRows, EntryTable, Truth
from engine.physical.nodes import EntryScan
from engine.targets.duckdb.conditions import ENTRY, Conditions
from engine.targets.duckdb.entry import ORDER, entry_select, exit_date, exit_tables
from engine.targets.duckdb.sql import AMONG, Parameters, cast, column, left_join, table, with_table


@dataclass(frozen=True, slots=True)
class Query:
    """SQL text of fixed shape and the values bound to it."""

    sql: str
    parameters: Mapping[str, object]


class DuckDBTarget:
    """Runs entry scans over a release's database; safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(
        self, scan: EntryScan, cohorts: Mapping[CohortPlan, CohortRows], among: PersonSet | None = None
    ) -> EntryTable:
        """Compute the scan; see `engine.execute.Target`."""
        names = cohort_tables(tuple(cohorts))
        tables = {name: _cohort_table(cohorts[cohort]) for cohort, name in names.items()}
        if among is not None:
            tables[AMONG] = pa.table({"person": among.indices()})
        query = compile_scan(scan, names, is_bounded=among is not None)
        return _entry_table(scan, self._database.columns(query.sql, query.parameters, tables))


def cohort_tables(cohorts: tuple[CohortPlan, ...]) -> dict[CohortPlan, str]:
    """The name of the table that holds each referred cohort's rows."""
    return {cohort: f"cohort_{number}" for number, cohort in enumerate(cohorts)}


def compile_scan(
    scan: EntryScan, cohorts: Mapping[CohortPlan, str], *, is_bounded: bool = False, pretty: bool = False
) -> Query:
    """The scan as one SELECT: person, first and last day, first day of the observation period, and a code a condition
    (0 false, 1 true, 2 unknown). When bounded it reads the events of the people in the table `among` only."""
    parameters = Parameters(is_bounded=is_bounded)
    conditions = Conditions(parameters, cohorts)
    select = exp.select(
        column("person", "e"),
        exp.alias_(_days(column("start_date", "e")), "first_day", copy=False),
        exp.alias_(_days(exit_date(scan.exit, parameters)), "last_day", copy=False),
        exp.alias_(_days(column("observed_from", "e")), "period_day", copy=False),
        copy=False,
    ).from_(table(ENTRY, "e"), copy=False)
    joined = conditions.join(select, ENTRY, scan.atoms)
    select = joined.select.select(
        *(
            exp.alias_(_code(joined.truth[atom]), f"truth_{number}", copy=False)
            for number, atom in enumerate(scan.atoms)
        ),
        copy=False,
    )
    ends = exit_tables(scan.exit, conditions.relations, parameters)
    for alias in ends:
        own = exp.EQ(this=column(ENTRY, alias), expression=column(ENTRY, "e"))
        select = left_join(select, table(alias), own)
    tables = dict(joined.tables) | ends
    entries = entry_select(scan.entry, conditions.relations, parameters, numbered=bool(tables))
    select = with_table(select, ENTRY, entries, materialized=bool(tables))
    for alias, query in tables.items():
        select = with_table(select, alias, query)
    order = [exp.Ordered(this=column(name, "e")) for name in ORDER]
    select = select.order_by(*order, copy=False)
    return Query(select.sql("duckdb", pretty=pretty, copy=False), parameters.values)


def _days(date: exp.Expr) -> exp.Expr:
    """Days since 1970-01-01."""
    epoch = cast(exp.Literal.string("1970-01-01"), "DATE")
    return cast(exp.paren(exp.Sub(this=date, expression=epoch), copy=False), "INTEGER")


def _code(truth: exp.Expr) -> exp.Expr:
    unknown = exp.Literal.number(int(UNKNOWN))
    return cast(exp.func("coalesce", cast(truth, "TINYINT"), unknown, copy=False), "TINYINT")


def _cohort_table(rows: CohortRows) -> pa.Table:
    return pa.table(
        {
            "person": pa.array(rows.person),
            "start_date": pa.array(rows.start, pa.date32()),
            "end_date": pa.array(rows.end, pa.date32()),
            "event_id": pa.array(_numbers_of_each(rows.person)),
        }
    )


def _numbers_of_each(persons: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Numbers from 1 for the rows of each person; `persons` is sorted."""
    return np.arange(1, persons.size + 1) - np.searchsorted(persons, persons)


def _entry_table(scan: EntryScan, columns: Columns) -> EntryTable:
    truth: dict[Atom, Truth] = {
        atom: np.asarray(columns[f"truth_{number}"], np.int8) for number, atom in enumerate(scan.atoms)
    }
    return EntryTable(
        person=np.asarray(columns["person"], np.uint32),
        start=_int32(columns["first_day"]),
        end=_int32(columns["last_day"]),
        period=_int32(columns["period_day"]),
        truth=truth,
    )


def _int32(values: npt.NDArray[np.generic]) -> npt.NDArray[np.int32]:
    return np.asarray(values, np.int32)
