"""Entries: index events inside an observation period that reaches far enough, and where each entry ends."""

from typing import TYPE_CHECKING, assert_never

import polars as pl

from cohort_dsl.ast import Pick
from engine.logical.nodes import Entry, EveryoneOn, ExitPlan, ExposurePlan
from engine.targets.polars.events import edge_column
from engine.targets.polars.expressions import backwards, day_number, shifted
from engine.targets.polars.tables import collect, collect_all

if TYPE_CHECKING:
    from engine.targets.polars.relations import Relations

_TIES = ("event_id", "place", "end", "observed_from", "observed_to")
"""What decides the order of a person's entries of one day."""


def observed(events: pl.LazyFrame, periods: pl.LazyFrame) -> pl.LazyFrame:
    """The events once for each observation period their start lies in, with `observed_from` and `observed_to`."""
    inside = pl.col("start").is_between(pl.col("observed_from"), pl.col("observed_to"))
    return events.join(periods, on="person").filter(inside)


def entry_rows(entry: Entry, relations: "Relations") -> pl.DataFrame:
    """Entries in their order: entry (position), person, start, end (of the index event), event_id, visit,
    observed_from, observed_to."""
    inside = observed(_index_events(entry, relations), relations.tables.periods.lazy()).filter(
        shifted(pl.col("start"), backwards(entry.observed_before)) >= pl.col("observed_from"),
        shifted(pl.col("start"), entry.observed_after) <= pl.col("observed_to"),
    )
    picked = _picked(collect(inside), entry.pick)
    return picked.sort("person", "start", *_TIES).drop("place", "sort_day").with_row_index("entry")


def _index_events(entry: Entry, relations: "Relations") -> pl.LazyFrame:
    columns = ("person", "start", "end", "sort_day", "event_id", "visit")
    if isinstance(entry.events, EveryoneOn):
        return _everyone(entry.events, relations.tables.periods.lazy()).with_columns(place=pl.lit(0, pl.UInt32))
    return pl.concat(
        relations.frame(events).select(*columns, pl.lit(place, pl.UInt32).alias("place"))
        for place, events in enumerate(entry.events)
    )


def _everyone(everyone: EveryoneOn, periods: pl.LazyFrame) -> pl.LazyFrame:
    """One event a person: on the day given where observed then, else on the first observed day."""
    if everyone.on is None:
        days = periods.group_by("person").agg(start=pl.col("observed_from").min())
    else:
        on = pl.lit(day_number(everyone.on), pl.Int32)
        inside = periods.filter(on.is_between(pl.col("observed_from"), pl.col("observed_to")))
        days = inside.select("person").unique().with_columns(start=on)
    none = pl.lit(None, pl.Int64)
    return days.select("person", "start", end="start", sort_day="start", event_id=pl.lit(0, pl.Int64), visit=none)


def _picked(rows: pl.DataFrame, pick: Pick) -> pl.DataFrame:
    """All rows, each person's first, or each person's first on the latest day."""
    match pick:
        case Pick.ALL:
            return rows
        case Pick.EARLIEST:
            return rows.sort("person", "sort_day", *_TIES).unique("person", keep="first")
        case Pick.LATEST:
            latest = rows.filter(pl.col("sort_day") == pl.col("sort_day").max().over("person"))
            return latest.sort("person", *_TIES).unique("person", keep="first")
        case _:
            assert_never(pick)


def last_days(exit: ExitPlan, entries: pl.DataFrame, relations: "Relations") -> pl.Series:
    """The last day of each entry, in their order; the day before its start where it has none."""
    people = entries.lazy().select("entry", "person", "observed_to", entry_start="start")
    frames = [_censored(people, relations.spans((censor,))) for censor in exit.censors]
    if exit.exposure is not None:
        frames.append(_exposed(people, exit.exposure, relations))
    ends = entries.select("entry", "start", last=_planned(exit))
    for found in collect_all(frames):
        joined = ends.join(found, on="entry", how="left", maintain_order="left")
        ends = joined.select("entry", "start", last=pl.min_horizontal("last", "found"))
    return ends.select(pl.col("last").fill_null(pl.col("start") - 1)).to_series()


def _planned(exit: ExitPlan) -> pl.Expr:
    """The index event's edge moved by the offset, not later than the end of the observation period; null before the
    entry starts."""
    if exit.offset is None:
        return pl.col("observed_to")
    end = pl.min_horizontal(shifted(pl.col(edge_column(exit.anchor)), exit.offset), "observed_to")
    return pl.when(end >= pl.col("start")).then(end)


def _censored(entries: pl.LazyFrame, spans: pl.LazyFrame) -> pl.LazyFrame:
    """For each entry with one, the start of the first event from the entry's start to the end of observation."""
    inside = pl.col("start").is_between(pl.col("entry_start"), pl.col("observed_to"))
    found = entries.join(spans, on="person").filter(inside)
    return found.group_by("entry").agg(found=pl.col("start").min())


def _exposed(entries: pl.LazyFrame, exposure: ExposurePlan, relations: "Relations") -> pl.LazyFrame:
    """For each entry that starts in an era of exposure, the end of that era."""
    gap_days = exposure.gap_days + exposure.offset_days
    eras = relations.eras(exposure.exposures, gap_days=gap_days)
    lasting = eras.with_columns(end=pl.col("end") + exposure.offset_days)
    inside = entries.join(lasting, on="person").filter(pl.col("entry_start").is_between(pl.col("start"), pl.col("end")))
    return inside.group_by("entry").agg(found=pl.col("end").min())
