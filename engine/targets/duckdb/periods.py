"""Observation periods as SQL, where an event is to be in no more than one of them."""

from sqlglot import exp

from engine.targets.duckdb.sql import column, table


def first_periods(alias: str) -> exp.Subquery:
    """Each period with `since`, from which day on no earlier one of its person holds the days to its end: the first
    period that a day lies in is the one that has it from `since` to `end_date`, which nearly always is all of it."""
    start, end, one = column("start_date", "p"), column("end_date", "p"), exp.Literal.number(1)
    ended = exp.Window(
        this=exp.func("max", end.copy(), copy=False),
        partition_by=[column("person", "p")],
        order=exp.Order(expressions=[exp.Ordered(this=start.copy()), exp.Ordered(this=end.copy())]),
        spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=one, end_side="PRECEDING"),
    )
    # DuckDB's greatest() passes over nulls.
    since = exp.func("greatest", start.copy(), exp.Add(this=ended, expression=one.copy()), copy=False)
    periods = exp.select(column("person", "p"), start, end, exp.alias_(since, "since", copy=False), copy=False)
    return periods.from_(table("observation_period", "p"), copy=False).subquery(alias, copy=False)
