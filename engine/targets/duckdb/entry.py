"""Entries as SQL: index events inside an observation period that reaches far enough, and where each entry ends."""

from dataclasses import replace

from sqlglot import exp

from cohort_dsl.ast import Edge
from engine.logical.nodes import Entry, EventRelation, EveryoneOn, ExitPlan
from engine.targets.duckdb.relations import Relations
from engine.targets.duckdb.sql import Parameters, column, shift, table

ENTRY = "entry"
"""The table of entries: entry (dense number), person, start_date, end_date (of the index event),
observed_from, observed_to."""


def entry_select(entry: Entry, relations: Relations, parameters: Parameters) -> exp.Select:
    """Every index event that is observed long enough before and after, once for each observation period it is in."""
    events = entry.events
    if isinstance(events, EveryoneOn):
        source = _everyone(events, parameters)
    else:
        source = _union([relations.select(event) for event in events])
    start, period_from, period_to = column("start_date", "i"), column("start_date", "o"), column("end_date", "o")
    earliest = shift(start, replace(entry.observed_before, count=-entry.observed_before.count), parameters)
    latest = shift(start.copy(), entry.observed_after, parameters)
    order = [column(name, "i") for name in ("person", "start_date", "end_date", "event_id")]
    number = exp.Window(
        this=exp.func("row_number", copy=False), order=exp.Order(expressions=[exp.Ordered(this=o) for o in order])
    )
    return (
        exp.select(
            exp.alias_(number, ENTRY, copy=False),
            column("person", "i"),
            start.copy(),
            column("end_date", "i"),
            exp.alias_(period_from, "observed_from", copy=False),
            exp.alias_(period_to, "observed_to", copy=False),
            copy=False,
        )
        .from_(source.subquery("i", copy=False), copy=False)
        .join(table("observation_period", "o"), on=_same_person("o", "i"), copy=False)
        .where(
            exp.Between(this=start.copy(), low=period_from.copy(), high=period_to.copy()),
            exp.GTE(this=earliest, expression=period_from.copy()),
            exp.LTE(this=latest, expression=period_to.copy()),
            copy=False,
        )
    )


def exit_date(exit: ExitPlan, parameters: Parameters) -> exp.Expr:
    """The entry's last day: the earliest of offset, first censoring event and end of observation.

    An offset that falls before the entry starts does not count.
    """
    ends: list[exp.Expr] = [column("observed_to", "e")]
    if exit.offset is not None:
        anchor = "start_date" if exit.anchor is Edge.START else "end_date"
        end = shift(column(anchor, "e"), exit.offset, parameters)
        in_time = exp.GTE(this=end.copy(), expression=column("start_date", "e"))
        ends.append(exp.Case().when(in_time, end, copy=False))
    ends.extend(column("censored_on", f"censor_{number}") for number in range(len(exit.censors)))
    return exp.func("least", *ends, copy=False) if len(ends) > 1 else ends[0]  # DuckDB's least() passes over nulls


def censor_select(events: EventRelation, relations: Relations) -> exp.Select:
    """For each entry with one, the start of the first event on or after the entry's start."""
    return (
        exp.select(
            column(ENTRY, "e"),
            exp.alias_(exp.func("min", column("start_date", "x"), copy=False), "censored_on", copy=False),
            copy=False,
        )
        .from_(table(ENTRY, "e"), copy=False)
        .join(relations.select(events).subquery("x", copy=False), on=_same_person("x", "e"), copy=False)
        .where(exp.GTE(this=column("start_date", "x"), expression=column("start_date", "e")), copy=False)
        .group_by(column(ENTRY, "e"), copy=False)
    )


def _everyone(everyone: EveryoneOn, parameters: Parameters) -> exp.Select:
    """One row a person: the given date if observed then, else the first observed day."""
    day = exp.func("min", column("start_date", "o"), copy=False)
    select = exp.select(column("person", "o"), copy=False).from_(table("observation_period", "o"), copy=False)
    if everyone.on is not None:
        day = parameters.bind(everyone.on, "DATE")
        inside = exp.Between(this=day.copy(), low=column("start_date", "o"), high=column("end_date", "o"))
        select = select.where(inside, copy=False)
    return select.select(
        exp.alias_(day, "start_date", copy=False),
        exp.alias_(day.copy(), "end_date", copy=False),
        exp.alias_(exp.Literal.number(0), "event_id", copy=False),
        copy=False,
    ).group_by(column("person", "o"), copy=False)


def _union(selects: list[exp.Select]) -> exp.Query:
    union: exp.Query = selects[0]
    for select in selects[1:]:
        union = exp.union(union, select, distinct=False, copy=False)
    return union


def _same_person(left: str, right: str) -> exp.Expr:
    return exp.EQ(this=column("person", left), expression=column("person", right))
