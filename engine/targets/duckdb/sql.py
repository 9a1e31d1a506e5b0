"""Small pieces of SQL as trees: bound values, calendar arithmetic, ages."""

import datetime
from collections.abc import Iterable

from sqlglot import exp

from cohort_dsl.ast import Between, Comparator, Compare, Duration, RangeTest, Unit

_COMPARISONS: dict[Comparator, type[exp.Binary]] = {
    Comparator.LT: exp.LT,
    Comparator.LE: exp.LTE,
    Comparator.EQ: exp.EQ,
    Comparator.NE: exp.NEQ,
    Comparator.GE: exp.GTE,
    Comparator.GT: exp.GT,
}


_TYPES = {
    name: exp.DataType.build(name, dialect="duckdb")
    for name in ("TINYINT", "INTEGER", "BIGINT", "DOUBLE", "DATE", "VARCHAR", "INTEGER[]", "VARCHAR[]")
}


AMONG = "among"
"""The table of the people a bounded query is about."""


class Parameters:
    """Values bound to a query, each under a name of its own; no value is ever part of the SQL text.

    `is_bounded`: only people in the table `AMONG` matter, so that what is read can be narrowed to them.
    """

    def __init__(self, *, is_bounded: bool = False) -> None:
        self.values: dict[str, object] = {}
        self._is_bounded = is_bounded

    def bind(self, value: object, type_name: str) -> exp.Expr:
        """A typed reference to a value bound to the query."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return cast(exp.Parameter(this=exp.var(name)), type_name)

    def concepts(self, ids: tuple[int, ...]) -> exp.Expr:
        """A subquery of concept ids, for `IN` over a scan: thousands of ids join fast and prune row groups."""
        unnest = exp.func("unnest", self.bind(list(ids), "INTEGER[]"), copy=False)
        return exp.select(unnest, copy=False).subquery(copy=False)

    def narrowed(self, select: exp.Select, alias: str) -> exp.Select:
        """The select over a table of events `alias`, of the people that matter."""
        if not self._is_bounded:
            return select
        theirs = exp.select(column("person", "a"), copy=False).from_(table(AMONG, "a"), copy=False)
        return select.where(is_in(column("person", alias), theirs.subquery(copy=False)), copy=False)

    def has_concept(self, ids: Iterable[int], value: exp.Expr) -> exp.Expr:
        """Whether the value is one of the concept ids; null where it is null."""
        return exp.func("list_contains", self.bind(list(ids), "INTEGER[]"), value, copy=False)

    def has_text(self, values: Iterable[str], value: exp.Expr) -> exp.Expr:
        """Whether the value is one of the texts; null where it is null."""
        return exp.func("list_contains", self.bind(list(values), "VARCHAR[]"), value, copy=False)


def column(name: str, table: str) -> exp.Column:
    """`table.name`."""
    return exp.column(name, table)


def table(name: str, alias: str | None = None) -> exp.Table:
    """`name AS alias`, built without parsing: compiling is on the path of every question."""
    return exp.Table(this=exp.to_identifier(name), alias=alias and exp.TableAlias(this=exp.to_identifier(alias)))


def cast(value: exp.Expr, type_name: str) -> exp.Cast:
    """`CAST(value AS type)`."""
    return exp.Cast(this=value, to=_TYPES[type_name].copy())


def left_join(select: exp.Select, joined: exp.Table, on: exp.Expr) -> exp.Select:
    """The select with `LEFT JOIN joined ON on`."""
    select.append("joins", exp.Join(this=joined, side="LEFT", on=on))
    return select


def with_table(select: exp.Select, name: str, query: exp.Query, *, materialized: bool | None = None) -> exp.Select:
    """The select with `name AS (query)` before it."""
    alias = exp.TableAlias(this=exp.to_identifier(name))
    return select.with_(alias, as_=query, materialized=materialized, copy=False)


def is_in(value: exp.Expr, members: exp.Expr) -> exp.Expr:
    """`value IN (subquery)`."""
    return exp.In(this=value, query=members)


def in_range(value: exp.Expr, test: RangeTest, parameters: Parameters) -> exp.Expr:
    """The test as a Boolean expression; null where `value` is."""
    match test:
        case Compare(operator=operator, value=bound):
            return _COMPARISONS[operator](this=value, expression=_value(bound, parameters))
        case Between(low=low, high=high):
            parts = [
                kind(this=value.copy(), expression=_value(bound, parameters))
                for kind, bound in ((exp.GTE, low), (exp.LTE, high))
                if bound is not None
            ]
            return exp.and_(*parts, copy=False)


def _value(value: float | datetime.date, parameters: Parameters) -> exp.Expr:
    if isinstance(value, datetime.date):
        return parameters.bind(value, "DATE")
    return parameters.bind(float(value), "DOUBLE")


def shift(date: exp.Expr, offset: Duration, parameters: Parameters) -> exp.Expr:
    """`date` moved by a signed duration; months and years keep the day where the month has it, else take its last."""
    match offset.unit:
        case Unit.DAY | Unit.WEEK:
            days = offset.count * (7 if offset.unit is Unit.WEEK else 1)
            return date if days == 0 else exp.Add(this=date, expression=parameters.bind(days, "INTEGER"))
        case Unit.MONTH | Unit.YEAR:
            months = offset.count * (12 if offset.unit is Unit.YEAR else 1)
            interval = exp.func("to_months", parameters.bind(months, "INTEGER"), copy=False)
            return cast(exp.Add(this=date, expression=interval), "DATE")


def age(birth: exp.Expr, date: exp.Expr) -> exp.Expr:
    """Completed years from `birth` to `date`: the difference of years, less one before the birthday."""

    def ordinal(day: exp.Expr) -> exp.Expr:
        month = exp.func("date_part", exp.Literal.string("month"), day.copy(), copy=False)
        return exp.paren(
            month * 100 + exp.func("date_part", exp.Literal.string("day"), day.copy(), copy=False), copy=False
        )

    def year(day: exp.Expr) -> exp.Expr:
        return exp.func("date_part", exp.Literal.string("year"), day.copy(), copy=False)

    early = cast(exp.LT(this=ordinal(date), expression=ordinal(birth)), "INTEGER")
    return exp.paren(year(date) - year(birth) - early, copy=False)


def year_difference(year_of_birth: exp.Expr, date: exp.Expr) -> exp.Expr:
    """The calendar year of `date` less the year of birth, OHDSI's age."""
    return exp.paren(exp.func("date_part", exp.Literal.string("year"), date, copy=False) - year_of_birth, copy=False)


def days_between(start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """Whole days from `start` to `end`; dates subtract to days."""
    return exp.paren(exp.Sub(this=end, expression=start), copy=False)
