"""Entries as SQL: index events inside an observation period that reaches far enough, and where each entry ends."""

from dataclasses import replace

from sqlglot import exp

from cohort_dsl.ast import Edge, Pick
from engine.logical.nodes import Entry, EventRelation, EveryoneOn, ExitPlan, ExposurePlan
from engine.targets.duckdb.conditions import ENTRY
from engine.targets.duckdb.derived import eras_select
from engine.targets.duckdb.relations import Relations
from engine.targets.duckdb.sql import Parameters, column, shift, table

ORDER = ("person", "start_date", "event_id", "place", "end_date", "observed_from", "observed_to")
"""The order of entries."""


def entry_select(entry: Entry, relations: Relations, parameters: Parameters) -> exp.Select:
    """The anchor of a cohort's entries: every index event that is observed long enough before and after, once for each
    observation period it is in; `place` says which of the entry's event relations it comes from."""
    events = entry.events
    source = _everyone(events, parameters) if isinstance(events, EveryoneOn) else _placed_union(events, relations)
    start, period_from, period_to = column("start_date", "i"), column("start_date", "o"), column("end_date", "o")
    earliest = shift(start, replace(entry.observed_before, count=-entry.observed_before.count), parameters)
    latest = shift(start.copy(), entry.observed_after, parameters)
    select = (
        exp.select(
            *(column(name, "i") for name in ("person", "start_date", "end_date", "event_id", "visit", "place")),
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
    return select if entry.pick is Pick.ALL else _picked(select, latest_day=entry.pick is Pick.LATEST)


def _picked(select: exp.Select, *, latest_day: bool) -> exp.Select:
    """One entry a person: the first in order, of the earliest or of the latest day."""
    keys = [
        exp.Ordered(this=column("sort_date", "i"), desc=latest_day),
        *(exp.Ordered(this=column(name, "i")) for name in ("event_id", "place", "end_date")),
        *(exp.Ordered(this=column(name, "o")) for name in ("start_date", "end_date")),
    ]
    rank = exp.Window(
        this=exp.func("row_number", copy=False),
        partition_by=[column("person", "i")],
        order=exp.Order(expressions=keys),
    )
    return select.qualify(exp.EQ(this=rank, expression=exp.Literal.number(1)), copy=False)


def exit_date(exit: ExitPlan, parameters: Parameters) -> exp.Expr:
    """The entry's last day, or the day before its start where it has none (see `ExitPlan`)."""
    start, observed_to = column("start_date", "e"), column("observed_to", "e")
    ends: list[exp.Expr] = [observed_to]
    if exit.offset is not None:
        anchor = "start_date" if exit.anchor is Edge.START else "end_date"
        end = exp.func("least", shift(column(anchor, "e"), exit.offset, parameters), observed_to, copy=False)
        in_time = exp.GTE(this=end.copy(), expression=start)
        ends = [exp.Case().when(in_time, end, copy=False)]
    if exit.exposure is not None:
        ends.append(column("exposed_to", "exposure"))
    ends.extend(column("censored_on", f"censor_{number}") for number in range(len(exit.censors)))
    never = exp.Sub(this=start.copy(), expression=exp.Literal.number(1))
    # DuckDB's least() passes over nulls.
    earliest = exp.func("least", *ends, copy=False) if len(ends) > 1 else ends[0]
    return earliest if exit.offset is None else exp.func("coalesce", earliest, never, copy=False)


def exit_tables(exit: ExitPlan, relations: Relations, parameters: Parameters) -> dict[str, exp.Select]:
    """The tables `exit_date` reads, each keyed by entry."""
    exposure = {} if exit.exposure is None else {"exposure": _exposure_select(exit.exposure, relations, parameters)}
    censors = {f"censor_{number}": _censor_select(events, relations) for number, events in enumerate(exit.censors)}
    return exposure | censors


def _exposure_select(exposure: ExposurePlan, relations: Relations, parameters: Parameters) -> exp.Select:
    """For each entry inside one, the end of the era of exposure."""
    eras = eras_select(relations.union(exposure.exposures), exposure.gap_days + exposure.offset_days, parameters)
    offset = parameters.bind(exposure.offset_days, "INTEGER")
    end = exp.Add(this=column("end_date", "x"), expression=offset)
    inside = exp.Between(this=column("start_date", "e"), low=column("start_date", "x"), high=end.copy())
    return (
        exp.select(
            column(ENTRY, "e"),
            exp.alias_(exp.func("min", end, copy=False), "exposed_to", copy=False),
            copy=False,
        )
        .from_(table(ENTRY, "e"), copy=False)
        .join(eras.subquery("x", copy=False), on=_same_person("x", "e"), copy=False)
        .where(inside, copy=False)
        .group_by(column(ENTRY, "e"), copy=False)
    )


def _censor_select(events: EventRelation, relations: Relations) -> exp.Select:
    """For each entry with one, the start of the first event from the entry's start to the end of observation."""
    between = exp.Between(
        this=column("start_date", "x"), low=column("start_date", "e"), high=column("observed_to", "e")
    )
    return (
        exp.select(
            column(ENTRY, "e"),
            exp.alias_(exp.func("min", column("start_date", "x"), copy=False), "censored_on", copy=False),
            copy=False,
        )
        .from_(table(ENTRY, "e"), copy=False)
        .join(relations.select(events).subquery("x", copy=False), on=_same_person("x", "e"), copy=False)
        .where(between, copy=False)
        .group_by(column(ENTRY, "e"), copy=False)
    )


def _placed_union(events: tuple[EventRelation, ...], relations: Relations) -> exp.Query:
    union: exp.Query | None = None
    for place, relation in enumerate(events):
        select = exp.select(
            *(column(name, "u") for name in ("person", "start_date", "end_date", "sort_date", "event_id", "visit")),
            exp.alias_(exp.Literal.number(place), "place", copy=False),
            copy=False,
        ).from_(relations.select(relation).subquery("u", copy=False), copy=False)
        union = select if union is None else exp.union(union, select, distinct=False, copy=False)
    assert union is not None, "an index names at least one event"
    return union


def _everyone(everyone: EveryoneOn, parameters: Parameters) -> exp.Select:
    """One row a person: the given date if observed then, else the first observed day."""
    day = exp.func("min", column("start_date", "o"), copy=False)
    select = exp.select(column("person", "o"), copy=False).from_(table("observation_period", "o"), copy=False)
    select = parameters.narrowed(select, "o")
    if everyone.on is not None:
        day = parameters.bind(everyone.on, "DATE")
        inside = exp.Between(this=day.copy(), low=column("start_date", "o"), high=column("end_date", "o"))
        select = select.where(inside, copy=False)
    zero = exp.Literal.number(0)
    return select.select(
        exp.alias_(day, "start_date", copy=False),
        exp.alias_(day.copy(), "end_date", copy=False),
        exp.alias_(day.copy(), "sort_date", copy=False),
        exp.alias_(zero, "event_id", copy=False),
        exp.alias_(exp.null(), "visit", copy=False),
        exp.alias_(zero.copy(), "place", copy=False),
        copy=False,
    ).group_by(column("person", "o"), copy=False)


def _same_person(left: str, right: str) -> exp.Expr:
    return exp.EQ(this=column("person", left), expression=column("person", right))
