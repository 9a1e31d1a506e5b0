"""The DuckDB target: entries, their ends and their conditions each as one query, the results as NumPy columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from engine.catalog.database import Columns, Database
from engine.catalog.interruption import Interruption
from engine.logical.nodes import Atom, CohortPlan, Entry, ExitPlan
from engine.personset import PersonSet
from engine.physical.entries import NO_VISIT, UNKNOWN, Anchors, CohortRows, Days, Truth
from engine.targets.duckdb.conditions import ENTRY, Conditions
from engine.targets.duckdb.entry import ORDER, entry_select, exit_date, exit_tables
from engine.targets.duckdb.sql import AMONG, Parameters, cast, column, left_join, table, with_table

Cohorts = Mapping[CohortPlan, CohortRows]
Number = TypeVar("Number", np.int8, np.int32)


@dataclass(frozen=True, slots=True)
class Query:
    """SQL text of fixed shape and the values bound to it."""

    sql: str
    parameters: Mapping[str, object]


class DuckDBTarget:
    """Runs the parts of a plan over a release's database; safe to use from several threads. See
    `engine.execute.Target`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def anchors(
        self,
        entry: Entry,
        cohorts: Cohorts,
        among: PersonSet | None = None,
        stop: Interruption | None = None,
        *,
        with_visits: bool = True,  # noqa: ARG002  # they are there anyway
        with_ends: bool = True,  # noqa: ARG002
    ) -> Anchors:
        query = compile_anchors(entry, cohort_tables(tuple(cohorts)), is_bounded=among is not None)
        columns = self._columns(query, _tables(cohorts, among), stop)
        return Anchors(
            person=np.asarray(columns["person"], np.uint32),
            start=_int32(columns["first_day"]),
            end=_int32(columns["end_day"]),
            observed_from=_int32(columns["from_day"]),
            observed_to=_int32(columns["to_day"]),
            visit=np.asarray(columns["visit"], np.int64),
        )

    def last_days(
        self,
        exit: ExitPlan,
        anchors: Anchors,
        cohorts: Cohorts,
        among: PersonSet | None = None,
        stop: Interruption | None = None,
    ) -> Days:
        query = compile_last_days(exit, cohort_tables(tuple(cohorts)), is_bounded=among is not None)
        columns = self._columns(query, _tables(cohorts, among) | {ENTRY: _anchor_table(anchors)}, stop)
        return _in_order(columns, "last_day", np.empty(len(anchors), np.int32))

    def truths(
        self,
        atoms: tuple[Atom, ...],
        anchors: Anchors,
        cohorts: Cohorts,
        among: PersonSet | None = None,
        stop: Interruption | None = None,
    ) -> dict[Atom, Truth]:
        query = compile_truths(atoms, cohort_tables(tuple(cohorts)), is_bounded=among is not None)
        columns = self._columns(query, _tables(cohorts, among) | {ENTRY: _anchor_table(anchors)}, stop)
        return {
            atom: _in_order(columns, f"truth_{number}", np.empty(len(anchors), np.int8))
            for number, atom in enumerate(atoms)
        }

    def _columns(self, query: Query, tables: Mapping[str, pa.Table], stop: Interruption | None) -> Columns:
        return self._database.columns(query.sql, query.parameters, tables, stop)


def cohort_tables(cohorts: tuple[CohortPlan, ...]) -> dict[CohortPlan, str]:
    """The name of the table that holds each referred cohort's rows."""
    return {cohort: f"cohort_{number}" for number, cohort in enumerate(cohorts)}


def compile_anchors(
    entry: Entry, cohorts: Mapping[CohortPlan, str], *, is_bounded: bool = False, pretty: bool = False
) -> Query:
    """The entries in their order, as one SELECT. When bounded it reads the events of the people in the table `among`
    only."""
    parameters = Parameters(is_bounded=is_bounded)
    relations = Conditions(parameters, cohorts).relations
    days = {"first_day": "start_date", "end_day": "end_date", "from_day": "observed_from", "to_day": "observed_to"}
    none = exp.Literal.number(int(NO_VISIT))
    select = exp.select(
        column("person", "e"),
        *(exp.alias_(_days(column(name, "e")), alias, copy=False) for alias, name in days.items()),
        exp.alias_(exp.func("coalesce", column("visit", "e"), none, copy=False), "visit", copy=False),
        copy=False,
    ).from_(table(ENTRY, "e"), copy=False)
    select = with_table(select, ENTRY, entry_select(entry, relations, parameters))
    order = [exp.Ordered(this=column(name, "e")) for name in ORDER]
    return _query(select.order_by(*order, copy=False), parameters, pretty)


def compile_last_days(
    exit: ExitPlan, cohorts: Mapping[CohortPlan, str], *, is_bounded: bool = False, pretty: bool = False
) -> Query:
    """Position and last day of each entry of the table `entry`, in no order."""
    parameters = Parameters(is_bounded=is_bounded)
    relations = Conditions(parameters, cohorts).relations
    last = exp.alias_(_days(exit_date(exit, parameters)), "last_day", copy=False)
    select = exp.select(column(ENTRY, "e"), last, copy=False).from_(table(ENTRY, "e"), copy=False)
    tables = exit_tables(exit, relations, parameters)
    for alias in tables:
        own = exp.EQ(this=column(ENTRY, alias), expression=column(ENTRY, "e"))
        select = left_join(select, table(alias), own)
    return _query(_with_tables(select, tables), parameters, pretty)


def compile_truths(
    atoms: tuple[Atom, ...], cohorts: Mapping[CohortPlan, str], *, is_bounded: bool = False, pretty: bool = False
) -> Query:
    """Position of each entry of the table `entry`, in no order, and a code a condition (0 false, 1 true, 2 unknown)."""
    parameters = Parameters(is_bounded=is_bounded)
    conditions = Conditions(parameters, cohorts)
    select = exp.select(column(ENTRY, "e"), copy=False).from_(table(ENTRY, "e"), copy=False)
    joined = conditions.join(select, ENTRY, atoms)
    codes = (exp.alias_(_code(joined.truth[atom]), f"truth_{number}", copy=False) for number, atom in enumerate(atoms))
    return _query(_with_tables(joined.select.select(*codes, copy=False), joined.tables), parameters, pretty)


def _with_tables(select: exp.Select, tables: Mapping[str, exp.Select]) -> exp.Select:
    for alias, query in tables.items():
        select = with_table(select, alias, query)
    return select


def _query(select: exp.Select, parameters: Parameters, pretty: bool) -> Query:
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


def _tables(cohorts: Cohorts, among: PersonSet | None) -> dict[str, pa.Table]:
    names = cohort_tables(tuple(cohorts))
    tables = {name: _cohort_table(cohorts[cohort]) for cohort, name in names.items()}
    return tables if among is None else tables | {AMONG: pa.table({"person": among.indices()})}


def _anchor_table(anchors: Anchors) -> pa.Table:
    """The entries as the table that conditions and exits are written against."""
    return pa.table(
        {
            ENTRY: pa.array(np.arange(len(anchors), dtype=np.int64)),
            "person": pa.array(anchors.person),
            "start_date": pa.array(anchors.start, pa.date32()),
            "end_date": pa.array(anchors.ends(), pa.date32()),
            "visit": pa.array(anchors.visits(), mask=anchors.visits() == NO_VISIT),
            "observed_from": pa.array(anchors.observed_from, pa.date32()),
            "observed_to": pa.array(anchors.observed_to, pa.date32()),
        }
    )


def _in_order(columns: Columns, name: str, laid_out: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """A column put in the order of the entries."""
    laid_out[columns[ENTRY]] = columns[name]
    return laid_out


def _int32(values: npt.NDArray[np.generic]) -> npt.NDArray[np.int32]:
    return np.asarray(values, np.int32)
