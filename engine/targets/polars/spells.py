"""Eras and the gaps between events: what becomes of the events of a person laid end to end."""

import polars as pl

from engine.targets.polars.events import is_place_of_person, numbered


def eras(spans: pl.LazyFrame, *, gap_days: int) -> pl.LazyFrame:
    """Spans (person, start, end) joined while the next starts at most `gap_days` after the latest end before it."""
    opens = (pl.col("start") > _latest_end() + gap_days).fill_null(True)
    first, last = pl.col("start").min(), pl.col("end").max()
    joined = _ordered(spans).with_columns(era=opens.cast(pl.UInt32).cum_sum())
    return numbered(joined.group_by("person", "era").agg(first, last).sort("person", "start"))


def gaps(spans: pl.LazyFrame, *, at_least_days: int) -> pl.LazyFrame:
    """The days between the latest end of all earlier spans and the start of the next, where there are so many. A span
    lasts one day at least, its first, though sources have some end before that."""
    lasting = spans.with_columns(end=pl.max_horizontal("start", "end"))
    between = _ordered(lasting).select("person", start=_latest_end() + 1, end=pl.col("start") - 1)
    return numbered(between.filter(pl.col("end") - pl.col("start") + 1 >= at_least_days))


def _ordered(spans: pl.LazyFrame) -> pl.LazyFrame:
    return spans.select("person", "start", "end").sort("person", "start", "end")


def _latest_end() -> pl.Expr:
    """The latest end of all earlier spans of the person; null for the first.

    A running maximum that restarts at each person: each person's days are shifted into a range of their own.
    """
    own_range = pl.col("person").cast(pl.Int64) * (1 << 32)
    latest = (own_range + pl.col("end")).cum_max().shift(1) - own_range
    return pl.when(~is_place_of_person(1)).then(latest).cast(pl.Int32)
